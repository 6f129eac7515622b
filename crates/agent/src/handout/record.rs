//! Who took a token, and when. Never the token.

use std::collections::VecDeque;

use glowjar_lifecycle::{id::ProfileId, time::Timestamp};
use glowjar_protocol::message::Taken;

use super::{Caller, rfc3339, seconds};

/// The newest come last; the oldest are forgotten.
#[derive(Debug, Default)]
pub(crate) struct Record(VecDeque<(ProfileId, Taken)>);

impl Record {
    pub(crate) fn add(
        &mut self,
        at: Timestamp,
        caller: &Caller,
        profile: (ProfileId, &str),
        format: &str,
    ) {
        if self.0.len() == LONGEST {
            self.0.pop_front();
        }
        let (id, name) = profile;
        let taken = Taken {
            at: seconds(at),
            at_rfc3339: rfc3339(seconds(at)),
            program: caller.program.line(),
            pid: caller.pid,
            profile: name.to_owned(),
            format: format.to_owned(),
        };
        self.0.push_back((id, taken));
    }

    pub(crate) fn entries(&self) -> Vec<Taken> {
        self.0.iter().map(|(_, taken)| taken.clone()).collect()
    }

    pub(crate) fn forget(&mut self, profile: ProfileId) {
        self.0.retain(|(id, _)| *id != profile);
    }
}

/// A script in a loop fills it in minutes, and still leaves the loop to be seen.
const LONGEST: usize = 500;

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
