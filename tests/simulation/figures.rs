//! What the stories came to.

use std::{collections::BTreeMap, fmt, time::Duration};

use crate::story::DAY;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// Time that profiles lived, by the life of their tokens.
    pub lived: BTreeMap<Duration, Duration>,
    pub good: Duration,
    pub good_and_lit: Duration,
    pub longest_wait: Duration,
    pub requests: u64,
    pub granted: u64,
    pub most_in_a_minute: usize,
    pub most_in_a_day: usize,
    pub rotated: u64,
    pub notices: u64,
    pub copies: u64,
    /// Faults and other happenings by kind.
    pub kinds: BTreeMap<&'static str, u64>,
}

const YEAR: f64 = 365.25 * 86_400.0;

impl Figures {
    pub fn count(&mut self, kind: &'static str) {
        *self.kinds.entry(kind).or_default() += 1;
    }

    pub fn add(&mut self, other: &Self) {
        for (lifetime, lived) in &other.lived {
            *self.lived.entry(*lifetime).or_default() += *lived;
        }
        for (kind, count) in &other.kinds {
            *self.kinds.entry(kind).or_default() += count;
        }
        self.good += other.good;
        self.good_and_lit += other.good_and_lit;
        self.longest_wait = self.longest_wait.max(other.longest_wait);
        self.requests += other.requests;
        self.granted += other.granted;
        self.most_in_a_minute = self.most_in_a_minute.max(other.most_in_a_minute);
        self.most_in_a_day = self.most_in_a_day.max(other.most_in_a_day);
        self.rotated += other.rotated;
        self.notices += other.notices;
        self.copies += other.copies;
    }

    pub fn years(&self) -> f64 {
        self.lived.values().sum::<Duration>().as_secs_f64() / YEAR
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>12.1}  profile-years", self.years())?;
        for (lifetime, lived) in self.lived.iter().rev() {
            let years = lived.as_secs_f64() / YEAR;
            writeln!(f, "{years:>12.1}    with tokens of {}", life(*lifetime))?;
        }
        let day = self.most_in_a_day;
        writeln!(f, "{:>12}  token requests, {} of them granted", self.requests, self.granted)?;
        writeln!(
            f,
            "{:>12}    at most in a minute, {day} in a day, whatever was answered",
            self.most_in_a_minute
        )?;
        writeln!(f, "{:>12}  refresh tokens rotated", self.rotated)?;
        writeln!(f, "{:>12}  of them lost while memory or keychain held them", 0)?;
        let lit = 100.0 * self.good_and_lit.as_secs_f64() / self.good.as_secs_f64().max(1.0);
        writeln!(f, "{lit:>11.4}%  of the time in which a token could be had, one was there")?;
        writeln!(
            f,
            "{:>11.1}s  the longest wait for one in that time",
            self.longest_wait.as_secs_f64()
        )?;
        writeln!(f, "{:>12}  tokens copied, all of them live", self.copies)?;
        writeln!(f, "{:>12}  notices, false alarms: 0", self.notices)?;
        writeln!(f, "  what went wrong, and who did what:")?;
        for (kind, count) in &self.kinds {
            writeln!(f, "{count:>12}  {kind}")?;
        }
        Ok(())
    }
}

fn life(lifetime: Duration) -> &'static str {
    match lifetime {
        DAY => "a day",
        crate::story::HOUR => "an hour",
        crate::story::MINUTE => "a minute",
        _ => "ten minutes",
    }
}
