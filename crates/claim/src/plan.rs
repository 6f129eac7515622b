//! Every judged span of time, with its reason.

use std::time::Duration;

/// How long a keeper leads without being heard of. Long enough for an engine to elect a leader of its own meanwhile, and so
/// short that a dead keeper is followed within six seconds.
pub const LEASE: Duration = Duration::from_secs(5);
/// Three chances within a lease.
pub(crate) const KEEP_ALIVE: Duration = Duration::from_millis(1_500);
/// A leader stops claiming so long before its lease ends by its own clock.
pub(crate) const LEASE_SLACK: Duration = Duration::from_secs(1);
/// From the moment a claim is begun to the moment its request goes out. Who is later has been stopped meanwhile, sends nothing, and
/// gives the claim back.
pub const TIME_TO_SEND: Duration = Duration::from_secs(2);
/// How long an answer is waited for.
pub const TIME_TO_ANSWER: Duration = Duration::from_secs(30);
/// After so long, counted from when the claim was first seen, no byte of its request can arrive at the provider any more:
/// [`TIME_TO_SEND`], 30 s in which the system repeats what was not acknowledged (`TCP_USER_TIMEOUT`), and 5 s on the way.
pub const LAST_ARRIVAL: Duration = Duration::from_secs(37);
/// An open claim on a refresh token is waited out until so long before the token in use ends: a stopped keeper may wake with the
/// answer, a killed one may restart with it. A quarter of an hour is left to use the refresh token once more, or for a person. It is
/// also the least that is waited, where the token in use has less to live: an hour without a token is mended by itself, a
/// sign-in that ended is not.
pub const LAST_RESORT: Duration = Duration::from_secs(15 * 60);
/// When a pool's token is renewed. More than the margin of desks, which ask about an hour before the end: they find the next token.
pub const MARGIN: Duration = Duration::from_secs(2 * 60 * 60);
/// How often the leader writes anew how much of the token's life is left, so that a keeper that came later knows: by the second
/// time, since it needs a reading from before it.
pub(crate) const RESTATE: Duration = Duration::from_secs(60);
/// Who came to the store just now does not claim for so long: another keeper, who knows that the store was restored from
/// an old backup, needs the time to say so.
pub const HEARING: Duration = Duration::from_secs(10);
/// A leader that can't reach the provider hands over after so long...
pub(crate) const PROVIDER_PATIENCE: Duration = Duration::from_secs(60);
/// ...and then not again for so long, since it is likely the provider's trouble, which follows wherever the pool is led.
pub(crate) const BETWEEN_HANDOVERS: Duration = Duration::from_secs(10 * 60);
/// How long the others have to take over.
pub(crate) const ABSTENTION: Duration = Duration::from_secs(15);
/// Requests of a pool that were answered are at least so far apart.
pub(crate) const SPACING: Duration = Duration::from_secs(30);
pub(crate) const LONGEST_RETRY: Duration = Duration::from_secs(5 * 60);
/// A provider that wants more is mistaken.
pub(crate) const LONGEST_PAUSE: Duration = Duration::from_secs(24 * 60 * 60);
/// After the store did not answer.
pub(crate) const STORE_RETRY: Duration = Duration::from_millis(500);
/// A store that tells of no change is looked at all the same.
pub(crate) const LOOK: Duration = Duration::from_secs(75);

/// How many requests a pool may make at once, over what a token's life needs.
pub const BUDGET: u32 = 24;
/// How often one is added.
pub(crate) const REFILL: Duration = Duration::from_secs(60 * 60);

pub(crate) fn retry(failures: u32) -> Duration {
    SPACING.saturating_mul(1 << failures.saturating_sub(1).min(8)).min(LONGEST_RETRY)
}
