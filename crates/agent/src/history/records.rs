//! The records in the order in which they came, and where those of each profile are.

use std::collections::{HashMap, VecDeque};

use super::entry::Record;

/// Oldest first. What is noted of one profile is found without a look at those of others.
#[derive(Clone, Debug, Default)]
pub(super) struct Records {
    list: VecDeque<Record>,
    /// How many came before the first in the list and are gone.
    gone: usize,
    /// By profile, or `None` for what concerns all: the numbers of its records, counted from the very first.
    of: HashMap<Option<String>, VecDeque<usize>>,
}

impl Records {
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Record> {
        self.list.iter()
    }

    pub(super) fn push(&mut self, record: Record) {
        let number = self.gone + self.list.len();
        self.of.entry(record.profile.clone()).or_default().push_back(number);
        self.list.push_back(record);
    }

    /// The newest of exactly this profile.
    pub(super) fn newest_of(&mut self, profile: &Option<String>) -> Option<&mut Record> {
        let number = *self.of.get(profile)?.back()?;
        self.list.get_mut(number - self.gone)
    }

    /// The first that satisfies `condition`, newest first, of exactly this profile and not older than `since`.
    pub(super) fn find_recent(
        &mut self,
        profile: &Option<String>,
        since: i64,
        condition: impl Fn(&Record) -> bool,
    ) -> Option<&mut Record> {
        let numbers = self.of.get(profile)?.iter().rev();
        let recent = numbers
            .map(|number| number - self.gone)
            .take_while(|place| self.list.get(*place).is_some_and(|record| record.at > since));
        let mut found = recent.filter(|place| self.list.get(*place).is_some_and(&condition));
        let place = found.next()?;
        self.list.get_mut(place)
    }

    pub(super) fn forget(&mut self, profile: &Option<String>) {
        let kept = std::mem::take(&mut self.list).into_iter();
        *self = kept.filter(|record| record.profile != *profile).collect();
    }

    /// Drops all but `most`, and those before `oldest` up to the first that is not.
    pub(super) fn prune(&mut self, most: usize, oldest: i64) {
        while let Some(first) = self.list.front()
            && (self.list.len() > most || first.at < oldest)
        {
            if let Some(numbers) = self.of.get_mut(&first.profile) {
                numbers.pop_front();
                if numbers.is_empty() {
                    self.of.remove(&first.profile);
                }
            }
            self.list.pop_front();
            self.gone += 1;
        }
    }
}

impl PartialEq for Records {
    fn eq(&self, other: &Self) -> bool {
        self.list == other.list
    }
}

impl FromIterator<Record> for Records {
    fn from_iter<I: IntoIterator<Item = Record>>(records: I) -> Self {
        let mut all = Self::default();
        records.into_iter().for_each(|record| all.push(record));
        all
    }
}
