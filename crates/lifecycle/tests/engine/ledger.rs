//! Keeps count of what a world went through, and checks the promises on the way.

use std::{collections::VecDeque, fmt, time::Duration};

use glowjar_lifecycle::status::{Incident, Phase, Status, Trouble};

use super::weather::DAY;

const MINUTE: Duration = Duration::from_secs(60);
const TWO_MINUTES: Duration = Duration::from_secs(120);
/// Retries are at least a second apart, and rarely so close for long.
const MOST_IN_A_MINUTE: usize = 45;
/// A day in the dark: a retry about every 40 s. Requests that bring a token are bounded by the budget.
const MOST_FAILURES_IN_A_DAY: usize = 3_000;

/// Times count from the beginning of the story.
#[derive(Default)]
pub(crate) struct Ledger {
    elapsed: Duration,
    /// Since when nothing but the engine itself stands between the person and a token.
    good_since: Option<Duration>,
    /// The last moment with a live token, or at which nobody could expect one.
    lit_until: Duration,
    incident: Option<Incident>,
    asked: VecDeque<Duration>,
    failed: VecDeque<Duration>,
    granted: VecDeque<Duration>,
    clicked: VecDeque<Duration>,
    figures: Figures,
}

#[derive(Clone, Copy, Default)]
pub(crate) struct Figures {
    lived: Duration,
    good: Duration,
    good_and_lit: Duration,
    longest_wait: Duration,
    requests: usize,
    failures: usize,
    incidents: usize,
    most_in_a_minute: usize,
    most_in_a_day: usize,
}

impl Ledger {
    /// Time passes and nothing happens.
    pub(crate) fn passes(&mut self, span: Duration, is_live: bool) {
        self.elapsed += span;
        self.figures.lived += span;
        if is_live {
            self.lit_until = self.elapsed;
        }
        let Some(since) = self.good_since else { return };
        self.figures.good += span;
        if is_live {
            self.figures.good_and_lit += span;
        } else {
            let wait = self.elapsed - since;
            assert!(wait <= TWO_MINUTES, "{wait:?} of good weather and no token");
            self.figures.longest_wait = self.figures.longest_wait.max(wait);
        }
    }

    /// The machine sleeps, and whatever was good has to be found anew.
    pub(crate) fn sleeps(&mut self, span: Duration) {
        self.elapsed += span;
        self.lit_until = self.elapsed;
        self.good_since = None;
    }

    pub(crate) fn clicks(&mut self) {
        self.clicked.push_back(self.elapsed);
    }

    pub(crate) fn asks(&mut self) {
        self.figures.requests += 1;
        self.asked.push_back(self.elapsed);
        let minute = self.within(&self.asked, MINUTE);
        assert!(minute <= MOST_IN_A_MINUTE, "{minute} requests within a minute");
        self.figures.most_in_a_minute = self.figures.most_in_a_minute.max(minute);
        forget(&mut self.asked, self.elapsed);
        self.figures.most_in_a_day = self.figures.most_in_a_day.max(self.asked.len());
    }

    pub(crate) fn fails(&mut self) {
        self.figures.failures += 1;
        self.failed.push_back(self.elapsed);
        forget(&mut self.failed, self.elapsed);
        let day = self.failed.len();
        assert!(day <= MOST_FAILURES_IN_A_DAY, "{day} failed requests within a day");
    }

    /// `needed`: how many tokens a day the lifetime needs.
    pub(crate) fn is_granted(&mut self, needed: usize) {
        self.granted.push_back(self.elapsed);
        forget(&mut self.granted, self.elapsed);
        forget(&mut self.clicked, self.elapsed);
        let (day, clicks) = (self.granted.len(), self.clicked.len());
        assert!(day <= 4 * needed + 24 + clicks, "{day} tokens a day, {clicks} of them wanted");
    }

    /// After something happened.
    pub(crate) fn looks(&mut self, is_good: bool, status: &Status) {
        let is_live = status.token.is_some_and(|token| token.live);
        let is_good = is_good && status.phase != Phase::Halted;
        self.good_since = self.good_since.or(Some(self.elapsed)).filter(|_| is_good);
        if status.incident.is_some() && self.incident.is_none() {
            self.figures.incidents += 1;
        }
        match status.incident {
            Some(Incident::NoLiveToken) => {
                let dark = self.elapsed - self.lit_until;
                assert!(!is_live, "a false alarm");
                assert!(self.incident.is_some() || dark >= TWO_MINUTES, "called after {dark:?}");
            }
            Some(Incident::PersonNeeded) if self.incident != status.incident => {
                assert!(matches!(status.trouble, Some(Trouble::Rejected(_))), "{status:?}");
            }
            _ => {}
        }
        self.incident = status.incident;
    }

    pub(crate) fn figures(&self) -> Figures {
        self.figures
    }

    fn within(&self, moments: &VecDeque<Duration>, span: Duration) -> usize {
        moments.iter().rev().take_while(|at| self.elapsed - **at < span).count()
    }
}

impl Figures {
    pub(crate) fn add(&mut self, other: Self) {
        self.lived += other.lived;
        self.good += other.good;
        self.good_and_lit += other.good_and_lit;
        self.longest_wait = self.longest_wait.max(other.longest_wait);
        self.requests += other.requests;
        self.failures += other.failures;
        self.incidents += other.incidents;
        self.most_in_a_minute = self.most_in_a_minute.max(other.most_in_a_minute);
        self.most_in_a_day = self.most_in_a_day.max(other.most_in_a_day);
    }

    /// Whether enough went wrong for the promises to have been tried.
    pub(crate) fn tell_a_story(&self) -> bool {
        self.failures > 1_000 && self.incidents > 10
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = self.lived.as_secs_f64() / DAY.as_secs_f64();
        let lit = 100.0 * self.good_and_lit.as_secs_f64() / self.good.as_secs_f64();
        write!(
            f,
            "{days:.0} days awake, {} requests ({} failed; at most {} a minute, {} a day), {} incidents; \
             a live token for {lit:.3} % of the time it could be had, waited for {:?} at most",
            self.requests,
            self.failures,
            self.most_in_a_minute,
            self.most_in_a_day,
            self.incidents,
            self.longest_wait,
        )
    }
}

fn forget(moments: &mut VecDeque<Duration>, elapsed: Duration) {
    while moments.front().is_some_and(|at| elapsed - *at >= DAY) {
        moments.pop_front();
    }
}
