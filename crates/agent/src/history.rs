//! What happened to each profile over a week. Kept across restarts, bounded, nothing secret.

mod file;
mod records;
mod strip;
mod takers;

use std::time::Duration;

use glowjar_lifecycle::{
    id::ProfileId,
    time::{Step, Timestamp},
    validity::Validity,
};
use serde::{Deserialize, Serialize};

use crate::{
    handout::{Caller, Program, Way},
    timed::{Due, Timed},
};

use self::records::Records;

pub use self::file::HistoryFile;
pub(crate) use self::{
    strip::strip,
    takers::{last_taken, takers},
};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Entry {
    /// The first token.
    Granted {
        issued_at: i64,
        expires_at: i64,
    },
    Renewed {
        issued_at: i64,
        expires_at: i64,
    },
    /// A request failed, or several in a row for the same reason. `code` is that of
    /// [`TroubleView`](crate::view::TroubleView); `detail` was redacted where it came from.
    Failed {
        code: String,
        detail: Option<String>,
        times: u32,
    },
    Recovered,
    Copied,
    /// A token went to another program, or several in a short time. `pid` is that of the last, which was at `last`.
    HandedOut {
        program: Program,
        pid: Option<i32>,
        way: Way,
        format: String,
        times: u32,
        last: i64,
    },
    /// A person does not let this program have tokens, and it asked.
    Refused {
        program: Program,
    },
    Paused,
    Resumed,
    /// Glowjar itself, so for all profiles.
    Started,
    Ended,
    /// The token was dropped, since the profile is somebody else now. Ends its bar and is not shown.
    Dropped,
}

impl Entry {
    pub(crate) fn granted(is_first: bool, validity: Validity) -> Self {
        let (issued_at, expires_at) =
            (validity.issued_at.as_millis(), validity.expires_at.as_millis());
        if is_first {
            Self::Granted { issued_at, expires_at }
        } else {
            Self::Renewed { issued_at, expires_at }
        }
    }
}

/// An [`Entry`], when, and to whom; to all if `profile` is absent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    pub entry: Entry,
}

/// All records, oldest first.
#[derive(Debug)]
pub(crate) struct History {
    file: HistoryFile,
    records: Records,
    revision: u64,
    /// When what is new has to be in the file.
    write_at: Option<Timestamp>,
}

impl History {
    /// A file that can't be read is an empty history: it is worth a look back, and nobody's work.
    pub(crate) fn open(file: HistoryFile) -> Self {
        let records = file.load().unwrap_or_else(|error| {
            tracing::warn!(%error, "the history could not be read");
            Vec::new()
        });
        Self { file, records: records.into_iter().collect(), revision: 0, write_at: None }
    }

    pub(crate) fn note(&mut self, now: Timestamp, profile: Option<ProfileId>, entry: Entry) {
        let profile = profile.map(|id| id.to_string());
        match (self.records.newest_of(&profile), &entry) {
            // A night of outage is one entry.
            (
                Some(Record { entry: Entry::Failed { code: last, times, detail: seen }, .. }),
                Entry::Failed { code, detail, .. },
            ) if last == code => {
                *times = times.saturating_add(1);
                seen.clone_from(detail);
            }
            _ => self.records.push(Record { at: now.as_millis(), profile, entry }),
        }
        self.prune(now);
        self.changed(now);
    }

    fn changed(&mut self, now: Timestamp) {
        self.revision += 1;
        self.write_at.get_or_insert(now + WRITE_AFTER);
    }

    /// A script in a loop would push the week out of the records: what the same program takes in some minutes is one.
    pub(crate) fn handed_out(
        &mut self,
        now: Timestamp,
        profile: ProfileId,
        caller: &Caller,
        format: &str,
    ) {
        let (at, id) = (now.as_millis(), Some(profile.to_string()));
        let is_same = |record: &Record| {
            matches!(&record.entry, Entry::HandedOut { program, way, format: known, .. }
                if record.at <= at
                    && (program, *way, known.as_str()) == (&caller.program, caller.way, format))
        };
        if let Some(record) = self.records.find_recent(&id, at - TOGETHER, is_same)
            && let Entry::HandedOut { pid, times, last, .. } = &mut record.entry
        {
            (*pid, *last, *times) = (caller.pid, at, times.saturating_add(1));
            return self.changed(now);
        }
        let entry = Entry::HandedOut {
            program: caller.program.clone(),
            pid: caller.pid,
            way: caller.way,
            format: format.to_owned(),
            times: 1,
            last: at,
        };
        self.note(now, Some(profile), entry);
    }

    pub(crate) fn refused(&mut self, now: Timestamp, profile: ProfileId, program: &Program) {
        let (since, id) = (now.as_millis() - TOGETHER, Some(profile.to_string()));
        let is_told = |record: &Record| matches!(&record.entry, Entry::Refused { program: known } if known == program);
        if self.records.find_recent(&id, since, is_told).is_none() {
            self.note(now, Some(profile), Entry::Refused { program: program.clone() });
        }
    }

    pub(crate) const fn revision(&self) -> u64 {
        self.revision
    }

    /// Writes what is not in the file yet.
    pub(crate) fn keep(&mut self) {
        if self.write_at.take().is_none() {
            return;
        }
        if let Err(error) = self.file.save(&self.records) {
            tracing::warn!(%error, "the history was not saved");
        }
    }

    pub(crate) fn forget(&mut self, now: Timestamp, profile: ProfileId) {
        self.records.forget(&Some(profile.to_string()));
        self.changed(now);
    }

    /// Moves with the clock, as tokens' lifetimes do.
    pub(crate) fn of(&self, profile: ProfileId) -> impl Iterator<Item = &Record> {
        let id = profile.to_string();
        self.records.iter().filter(move |record| record.profile.as_ref().is_none_or(|it| *it == id))
    }

    fn prune(&mut self, now: Timestamp) {
        let oldest = now.as_millis() - i64::try_from(KEPT.as_millis()).unwrap_or(i64::MAX);
        self.records.prune(MOST, oldest);
    }
}

impl Timed for History {
    fn deadline(&self) -> Option<Timestamp> {
        self.write_at
    }

    /// What happened did so at the time that the clock showed.
    fn shift(&mut self, step: Step) {
        self.write_at.shift(step);
    }

    fn on_time(&mut self, now: Timestamp) -> Option<Due> {
        if self.write_at.is_some_and(|at| at <= now) {
            self.keep();
        }
        None
    }
}

/// A week, and the day before, whose last token may reach into it.
const KEPT: Duration = Duration::from_secs(8 * 24 * 60 * 60);
/// A minute's token renews some ten thousand times a week; then the last days have to do.
const MOST: usize = 5_000;
/// Milliseconds. A week of somebody who asks all the time is a thousand records.
const TOGETHER: i64 = 10 * 60 * 1_000;
/// Several things happen at once, and none is worth a write of its own.
const WRITE_AFTER: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests;
