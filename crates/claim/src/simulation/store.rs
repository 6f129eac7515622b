//! The pool's store: linearizable, with leases, and it can be restored from a backup.

use crate::{
    exchange::Reading,
    plan::LEASE,
    record::{Fence, Record, Revision},
};

pub(super) type Secret = u64;

#[derive(Debug)]
pub(super) struct Store {
    pub(super) revision: u64,
    pub(super) record: Record<Secret>,
    /// A keeper, its term, and when that ends unless it is heard of.
    leader: Option<(usize, Fence, u64)>,
    next_fence: u64,
    backup: Option<(u64, Record<Secret>)>,
}

impl Store {
    pub(super) fn new(record: Record<Secret>) -> Self {
        Self { revision: 1, record, leader: None, next_fence: 1, backup: None }
    }

    pub(super) fn read(&mut self, now: u64) -> Reading<Secret> {
        self.expire(now);
        Reading {
            revision: Revision(self.revision),
            leader: self.leader.map(|(_, fence, _)| fence),
            record: Some(self.record.clone()),
        }
    }

    pub(super) fn swap(
        &mut self,
        now: u64,
        expected: Revision,
        record: Record<Secret>,
        leading: Option<Fence>,
    ) -> Option<Revision> {
        self.expire(now);
        let leads = leading.is_none() || self.leader.map(|(_, fence, _)| fence) == leading;
        if expected.0 != self.revision || !leads {
            return None;
        }
        self.revision += 1;
        self.record = record;
        Some(Revision(self.revision))
    }

    pub(super) fn lead(&mut self, now: u64, keeper: usize) -> Option<Fence> {
        self.expire(now);
        if self.leader.is_some() {
            return None;
        }
        self.next_fence += 1;
        let fence = Fence(self.next_fence);
        self.leader = Some((keeper, fence, now + millis(LEASE)));
        Some(fence)
    }

    pub(super) fn keep_alive(&mut self, now: u64, fence: Fence) -> Option<Fence> {
        self.expire(now);
        let (_, held, until) = self.leader.as_mut()?;
        if *held != fence {
            return None;
        }
        *until = now + millis(LEASE);
        Some(fence)
    }

    pub(super) fn resign(&mut self, fence: Fence) {
        if self.leader.is_some_and(|(_, held, _)| held == fence) {
            self.leader = None;
        }
    }

    pub(super) fn lose_leases(&mut self) {
        self.leader = None;
    }

    pub(super) fn leader(&self) -> Option<usize> {
        self.leader.map(|(keeper, _, _)| keeper)
    }

    pub(super) fn back_up(&mut self) {
        self.backup = Some((self.revision, self.record.clone()));
    }

    /// Silently back to the last backup.
    pub(super) fn restore(&mut self) -> bool {
        let Some((revision, record)) = self.backup.take() else { return false };
        self.revision = revision;
        self.record = record;
        self.leader = None;
        true
    }

    fn expire(&mut self, now: u64) {
        if self.leader.is_some_and(|(_, _, until)| until <= now) {
            self.leader = None;
        }
    }
}

fn millis(span: std::time::Duration) -> u64 {
    u64::try_from(span.as_millis()).expect("short")
}
