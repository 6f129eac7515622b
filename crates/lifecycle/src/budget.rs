//! How many tokens may be issued a day. Adobe throttles an integration that mints too many (docs/adobe-ims.md section 3).
//!
//! Failed requests are not counted: they are bounded by backoff and spacing, and a long outage must not leave
//! a profile without the means to recover.

use std::{collections::VecDeque, time::Duration};

use crate::{
    fault_injection::{InjectedFault, is_committed},
    plan::{SPACING, margin},
    time::{Step, Timestamp},
};

const DAY: Duration = Duration::from_secs(86_400);
/// Room for restarts, clicks and consumers' rejections, on top of what the lifetime needs.
const SPARE: usize = 24;

/// The tokens issued during the last 24 hours.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Budget {
    issued: VecDeque<Timestamp>,
    lifetime: Duration,
    own_margin: Option<Duration>,
}

impl Budget {
    pub(crate) fn count(
        &mut self,
        now: Timestamp,
        lifetime: Duration,
        own_margin: Option<Duration>,
    ) {
        self.issued.push_back(now);
        self.lifetime = lifetime;
        self.own_margin = own_margin;
        while self.issued.len() > self.limit()
            || self.issued.front().is_some_and(|&at| at + DAY <= now)
        {
            self.issued.pop_front();
        }
    }

    /// When the next automatic renewal may go out; `None` for at once.
    pub(crate) fn spent_until(&self, now: Timestamp) -> Option<Timestamp> {
        if is_committed(InjectedFault::NoBudget) {
            return None;
        }
        let excess = self.issued.len().checked_sub(self.limit())?;
        self.issued.get(excess).map(|&at| at + DAY).filter(|&until| until > now)
    }

    /// Whether a consumer's rejection may cost a token: they draw on the spare part only.
    pub(crate) fn affords_rejection(&self, now: Timestamp) -> bool {
        let today = self.issued.iter().filter(|&&at| at + DAY > now).count();
        today < self.needed() + SPARE || is_committed(InjectedFault::NoBudget)
    }

    pub(crate) fn shift(&mut self, step: Step) {
        for at in &mut self.issued {
            *at = at.shifted(step);
        }
    }

    fn limit(&self) -> usize {
        4 * self.needed() + SPARE
    }

    /// How many renewals a day this lifetime needs.
    fn needed(&self) -> usize {
        let interval = (self.lifetime - margin(self.lifetime, self.own_margin)).max(SPACING);
        DAY.as_secs().div_ceil(interval.as_secs()) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_token_may_be_issued_thirty_two_times_a_day_and_then_waits_for_the_first_to_be_a_day_old()
     {
        let mut budget = Budget::default();
        let start = Timestamp::from_millis(1_000_000);
        for n in 0..32 {
            assert_eq!(budget.spent_until(start + Duration::from_secs(n)), None, "after {n}");
            budget.count(start + Duration::from_secs(n), DAY, None);
        }
        assert_eq!(budget.spent_until(start + Duration::from_secs(60)), Some(start + DAY));
        assert_eq!(budget.spent_until(start + DAY), None);
    }
}
