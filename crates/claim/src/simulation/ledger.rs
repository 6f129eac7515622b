//! What must hold, and what was counted.

use std::collections::{BTreeMap, BTreeSet};

use super::store::Secret;
use crate::record::{Attempt, Version};

#[derive(Debug, Default)]
pub(super) struct Ledger {
    pub(super) broken: Vec<String>,
    /// Refresh tokens whose answer never reached a keeper that lived to keep it: nothing can bring it back.
    pub(super) unanswered: BTreeSet<Secret>,
    /// The refresh token that each answer brought, and when a keeper had it.
    pub(super) answered: BTreeMap<Secret, u64>,
    pub(super) highest: Version,
    /// When each claim came to be.
    pub(super) claimed: BTreeMap<Attempt, u64>,
    /// Since when a keeper that can say so knows that the provider wants to be left alone, and until when.
    pub(super) pause_heard: Option<(u64, u64)>,
    pub(super) counts: Counts,
}

#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Counts {
    pub(super) pauses: u64,
    pub(super) cuts: u64,
    pub(super) kills: u64,
    pub(super) rewinds: u64,
    pub(super) answers: u64,
    pub(super) second_uses: u64,
    pub(super) unavoidable: u64,
    pub(super) given_back: u64,
    pub(super) found: u64,
}

impl Counts {
    pub(super) fn add(&mut self, other: Self) {
        self.pauses += other.pauses;
        self.cuts += other.cuts;
        self.kills += other.kills;
        self.rewinds += other.rewinds;
        self.answers += other.answers;
        self.second_uses += other.second_uses;
        self.unavoidable += other.unavoidable;
        self.given_back += other.given_back;
        self.found += other.found;
    }
}

impl Ledger {
    pub(super) fn broken(&mut self, now: u64, what: impl Into<String>) {
        self.broken.push(format!("{:>10.3} s: {}", now as f64 / 1_000.0, what.into()));
    }
}
