//! What happened to each profile over a week. Kept across restarts, bounded, nothing secret.

mod entry;
mod file;
mod records;
mod strip;
mod takers;

use std::time::Duration;

use crate::{
    handout::{Caller, Program},
    timed::{Due, Timed},
};
use glowjar_lifecycle::{
    id::ProfileId,
    time::{Step, Timestamp},
};

use self::records::Records;

pub(crate) use self::entry::Record;
pub use self::{entry::Entry, file::HistoryFile};
pub(crate) use self::{
    strip::strip,
    takers::{last_taken, takers},
};

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
