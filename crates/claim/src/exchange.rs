//! What happens to a [`Member`](crate::member::Member), and what it wants done.

use std::time::Duration;

use glowjar_lifecycle::time::Timestamp;

use crate::{
    memory::{Kept, Memory},
    record::{Answer, Attempt, Fence, Record, Revision, TroubleKind, Version},
};

/// What the store held when it was read, linearizably: a reading is never older than a change that was confirmed before it began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading<S> {
    pub revision: Revision,
    /// Who leads at this moment.
    pub leader: Option<Fence>,
    /// Absent if nothing is there, or nothing of this pool.
    pub record: Option<Record<S>>,
}

/// A fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input<S> {
    /// Answers to [`Effect::Read`].
    Read(Box<Reading<S>>),
    /// The store did not answer, or what it holds can't be opened with this studio's key.
    ReadFailed,
    /// Answers to [`Effect::Swap`].
    Swapped(Revision),
    /// It was not done: the record is another by now, or somebody else leads.
    Stale,
    /// It may have been done, or may be done yet.
    SwapUnknown,
    /// Answers to [`Effect::Lead`] and [`Effect::KeepAlive`]: `None` if somebody else leads. The lease counts from `asked_at`, when the
    /// question was sent.
    Led {
        fence: Option<Fence>,
        asked_at: Timestamp,
    },
    LeadFailed,
    /// The store says that something changed.
    Stirred,
    /// Answers to [`Effect::Connect`].
    Connected(Attempt),
    /// Nothing was sent, and nothing will be.
    NotSent(Attempt),
    Answered(Attempt, Answer<S>),
    /// The provider answered, and issued nothing.
    Refused(Attempt, Refusal),
    /// It was sent, and no answer can come any more.
    Lost(Attempt),
    /// The answer is in the keeper's own store, or that store can't take it; then the pool is the only place.
    Kept(Attempt),
    /// This machine is about to sleep, or the keeper to end.
    Leaving,
    /// This machine woke.
    Staying,
}

/// Why nothing was issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What `Retry-After` says.
    pub pause: Option<Duration>,
    /// What only a person can mend.
    pub trouble: Option<TroubleKind>,
}

/// What is to be done, in this order. All but [`Effect::Remember`], [`Effect::Forget`], [`Effect::Resign`], [`Effect::Abandon`] and
/// [`Effect::Announce`] are answered, sooner or later, and the machine keeps asking nothing else of the store meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect<S> {
    Read,
    /// Puts this record in the place of the one of this revision, if that is still there, and if `leading`, where given, still
    /// leads. In one transaction.
    Swap {
        expected: Revision,
        record: Box<Record<S>>,
        leading: Option<Fence>,
    },
    /// Leads if nobody does.
    Lead,
    KeepAlive(Fence),
    Resign(Fence),
    /// Opens a connection to the provider, as far as TLS goes, and sends nothing.
    Connect(Attempt),
    /// Sends the request, if it is not later than this by a clock that counts sleep, looked at right before.
    Write {
        attempt: Attempt,
        refresh_token: Option<S>,
        not_after: Timestamp,
    },
    /// Closes the connection without a word.
    Abandon(Attempt),
    /// Makes an answer durable in the keeper's own store, the refresh token before the access token.
    Keep {
        attempt: Attempt,
        kept: Kept<S>,
    },
    Forget(Attempt),
    /// Makes this durable before any later effect is begun.
    Remember(Box<Memory<S>>),
    /// A token may be handed out until then.
    Announce {
        generation: Version,
        access_token: S,
        ends: Timestamp,
    },
}
