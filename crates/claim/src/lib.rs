//! How several keepers share one credential, so that a refresh token that rotates is never used by two of them.
//!
//! A pool's state is one [`Record`] in a store that knows "replace it if nobody else did meanwhile" ([`record`]). A keeper
//! that wants a new token first writes a [`Claim`](record::Claim) into it: *this version of the refresh token is being spent by this
//! attempt*. The claim ends with the answer alone. No time limit ends it, because a process that was stopped for an hour
//! may still have the answer in its socket.
//!
//! [`Member`] is one keeper's part in one pool. It is pure: no clock, no I/O, no async. What it wants done are
//! [`Effect`]s, what became of them are [`Input`]s, and time is what the caller's clock shows, which counts sleep. The clocks of two
//! machines are never compared. Secrets pass through as a type of the caller's, `S`, that nothing here looks into.
//!
//! [`Record`]: record::Record
//! [`Member`]: member::Member
//! [`Effect`]: exchange::Effect
//! [`Input`]: exchange::Input

pub mod exchange;
pub mod fault_injection;
pub mod member;
pub mod memory;
pub mod plan;
pub mod record;
#[cfg(test)]
mod simulation;
