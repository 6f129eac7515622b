//! Who took a token, and when. Never the token.

use std::{collections::VecDeque, time::Duration};

use glowjar_lifecycle::{id::ProfileId, time::Timestamp};
use glowjar_protocol::message::{AccessLogEntry, Answer, TurnedAway};

use super::{Caller, Counted, rfc3339, seconds};

/// The newest come last; the oldest are forgotten.
#[derive(Debug, Default)]
pub(crate) struct Record {
    taken: VecDeque<(ProfileId, AccessLogEntry)>,
    turned_away: VecDeque<TurnedAway>,
}

impl Record {
    pub(crate) fn add(
        &mut self,
        at: Timestamp,
        caller: &Caller,
        profile: (ProfileId, &str),
        format: &str,
    ) {
        if self.taken.len() == LONGEST {
            self.taken.pop_front();
        }
        let (id, name) = profile;
        let taken = AccessLogEntry {
            at: seconds(at),
            at_rfc3339: rfc3339(seconds(at)),
            program: caller.program.line(),
            pid: caller.pid,
            profile: name.to_owned(),
            format: format.to_owned(),
        };
        self.taken.push_back((id, taken));
    }

    /// What goes on for a while is one entry.
    pub(crate) fn add_turned_away(&mut self, at: Timestamp, counted: Counted) {
        let (at, Counted { cause, program, count }) = (seconds(at), counted);
        let goes_on = self.turned_away.iter_mut().rev().find(|it| {
            it.cause == cause && it.program == program && at - it.at <= SAME.as_secs().cast_signed()
        });
        if let Some(entry) = goes_on {
            (entry.at, entry.at_rfc3339) = (at, rfc3339(at));
            entry.count += count;
            return;
        }
        if self.turned_away.len() == LONGEST {
            self.turned_away.pop_front();
        }
        let (cause, at_rfc3339) = (cause.to_owned(), rfc3339(at));
        self.turned_away.push_back(TurnedAway { at, at_rfc3339, cause, program, count });
    }

    pub(crate) fn answer(&self) -> Answer {
        let turned_away = self.turned_away.iter().cloned().collect();
        Answer::Log { taken: self.entries(), turned_away }
    }

    fn entries(&self) -> Vec<AccessLogEntry> {
        self.taken.iter().map(|(_, taken)| taken.clone()).collect()
    }

    pub(crate) fn forget(&mut self, profile: ProfileId) {
        self.taken.retain(|(id, _)| *id != profile);
    }
}

/// A script in a loop fills it in minutes, and still leaves the loop to be seen.
const LONGEST: usize = 500;
/// As in the history.
const SAME: Duration = Duration::from_secs(10 * 60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_record_does_not_grow_for_ever_and_forgets_removed_profiles() {
        let mut record = Record::default();
        let caller = Caller::over_http("Postman");
        for n in 0..i64::try_from(LONGEST).expect("a number") + 10 {
            let profile = (ProfileId::new(u64::from(n % 2 == 0)), "Campaign");
            record.add(Timestamp::from_millis(n * 1_000), &caller, profile, "raw");
        }
        let entries = record.entries();
        assert_eq!((entries.len(), entries[0].at, entries[LONGEST - 1].at), (LONGEST, 10, 509));
        record.forget(ProfileId::new(0));
        assert_eq!(record.entries().len(), LONGEST / 2);
    }
}
