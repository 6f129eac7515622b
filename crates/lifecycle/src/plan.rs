//! When to renew and when to retry: every judged span of time, with its reason.

use std::time::Duration;

use crate::{
    failure::{Failure, Transient},
    fault_injection::{InjectedFault, is_committed},
    rng::Rng,
    time::Timestamp,
    validity::Validity,
};

/// Automatic requests that the provider answers are at least this far apart, whatever it answers. Only the standby
/// secret after the refused primary, and a newer refresh token found in the keychain, follow at once, once each.
pub const SPACING: Duration = Duration::from_secs(30);
/// A person's clicks are at least this far apart from the request before them.
pub(crate) const CLICK_SPACING: Duration = Duration::from_secs(5);
/// No live token and no success for so long: a person should be told. Long enough for a network to come back after a
/// wake (seconds) and for a short outage, short enough to beat the first angry user.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);
/// A clock this wrong deserves a word.
pub(crate) const NOTEWORTHY_SKEW: Duration = Duration::from_secs(60);
/// A stored token "issued" this far in the future proves that the clock was set back meanwhile.
pub(crate) const FUTURE_TOLERANCE: Duration = Duration::from_secs(60);

/// How long what was sent and not acknowledged may be sent again, counted from the moment it was handed to the system: no byte
/// of a request leaves later. Long enough for a phone to change its cell, and so short that who waits for a token does not
/// notice. `ims` sets it on the socket.
pub const UNACKNOWLEDGED: Duration = Duration::from_secs(15);
/// A refresh with a refresh token that may rotate is over only so long after it was given up: [`UNACKNOWLEDGED`], and five
/// seconds for a packet on its way through full buffers. Sent again sooner, the first request could arrive after the second,
/// with a refresh token that the second used up, which ends the sign-in (RFC 9700 section 4.14.2).
pub const LATE_ARRIVAL: Duration = Duration::from_secs(20);
/// So many replies in a row that make no sense are no accident any more: with the pauses between them they take five to
/// fifteen minutes, longer than a server is half way through a restart. Then the address is wrong, or what is there speaks
/// another protocol, and a person is told so.
pub(crate) const BROKEN_REPLIES_AT_MOST: u32 = 10;

const LEAST_MARGIN: Duration = Duration::from_secs(5 * 60);
const FIRST_RETRY: Duration = Duration::from_secs(2);
/// However often a network comes and goes.
pub(crate) const SHORTEST_RETRY: Duration = Duration::from_secs(1);
const LONGEST_RETRY: Duration = Duration::from_secs(5 * 60);
/// `Retry-After` beyond this is a mistake of the provider's; nobody should be locked out by it for years.
pub(crate) const LONGEST_ORDER: Duration = Duration::from_secs(24 * 60 * 60);
/// Without a live token somebody waits for us: with it, and a request that hangs for its whole time limit,
/// two minutes of a healthy provider always bring a token.
const LONGEST_RETRY_IN_THE_DARK: Duration = Duration::from_secs(80);
/// A retry that is to come before the token ends has to leave this much for the reply.
const TIME_FOR_A_REQUEST: Duration = Duration::from_secs(40);
/// After a wake the network comes back within seconds, and a token should follow it within five; so it should just
/// before the token in use ends.
const LONGEST_RETRY_OF_THE_UNHEARD: Duration = Duration::from_secs(4);
pub(crate) const WAKE_SPAN: Duration = Duration::from_secs(60);
const FIRST_STORE_RETRY: Duration = Duration::from_secs(5);
/// An unlocked keychain is noticed this soon, without anyone telling us.
const LONGEST_STORE_RETRY: Duration = Duration::from_secs(30);

/// How long before expiry to renew: min(max(5 min, 4 % of life), 25 % of life), or the profile's own span up to half
/// of life. Before jitter.
#[must_use]
pub fn margin(lifetime: Duration, own: Option<Duration>) -> Duration {
    match own {
        Some(own) => own.min(lifetime / 2),
        None => (lifetime / 25).max(LEAST_MARGIN).min(lifetime / 4),
    }
}

/// When to renew a token: `expires − margin`, the margin jittered by ±20 %, and never closer than [`SPACING`] to
/// the request that brought it.
pub(crate) fn renewal(validity: Validity, own: Option<Duration>, rng: &mut Rng) -> Timestamp {
    if is_committed(InjectedFault::RenewsTooLate) {
        return validity.expires_at + LEAST_MARGIN;
    }
    let margin = margin(validity.lifetime(), own);
    let jittered = rng.between(margin * 4 / 5, margin * 6 / 5);
    (validity.expires_at - jittered).max(validity.issued_at + SPACING)
}

/// What a retry has to reckon with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Retry {
    pub cause: Transient,
    /// Failures in a row, this one included.
    pub failures: u32,
    /// How long the token in use still lives; zero without one.
    pub token_left: Duration,
    pub just_woke: bool,
}

impl Retry {
    /// Exponential backoff with full jitter: up to 2 s after the first failure, 4 s after the second and so on up to
    /// 5 min, never less than 1 s. A retry comes while the token in use still lives; where the provider answered,
    /// only if that ends in more than two minutes.
    pub(crate) fn delay(self, rng: &mut Rng) -> Duration {
        let longest = self
            .token_left
            .saturating_sub(TIME_FOR_A_REQUEST)
            .clamp(LONGEST_RETRY_IN_THE_DARK, LONGEST_RETRY);
        let longest = match (is_answer(self.cause), self.just_woke, self.token_left) {
            (true, _, _) | (false, false, Duration::ZERO) => longest,
            (false, true, _) => LONGEST_RETRY_OF_THE_UNHEARD,
            // A provider that never heard of the attempt is not troubled by another just before the token ends.
            (false, false, left) => longest.min((left / 2).max(LONGEST_RETRY_OF_THE_UNHEARD)),
        };
        if is_committed(InjectedFault::NoBackoff) {
            return SHORTEST_RETRY;
        }
        rng.between(SHORTEST_RETRY, doubled(FIRST_RETRY, self.failures).min(longest))
    }
}

/// When to ask the keychain again: without jitter, since nobody else is kept waiting.
pub(crate) fn store_retry(failures: u32) -> Duration {
    doubled(FIRST_STORE_RETRY, failures).min(LONGEST_STORE_RETRY)
}

/// Whether the failure is an answer of the provider, which [`SPACING`] protects.
pub(crate) const fn was_answered(failure: Failure) -> bool {
    match failure {
        Failure::Transient { cause, .. } => is_answer(cause),
        Failure::Permanent(_) => true,
    }
}

pub(crate) const fn is_answer(cause: Transient) -> bool {
    match cause {
        Transient::Throttled
        | Transient::Server
        | Transient::Withheld
        | Transient::Blocked
        | Transient::BrokenReply
        | Transient::Internal => true,
        Transient::Dns
        | Transient::Connect
        | Transient::Tls
        | Transient::Proxy
        | Transient::ProxyUnusable
        | Transient::ConnectTimeout
        | Transient::Timeout
        | Transient::CaptivePortal => false,
    }
}

fn doubled(first: Duration, failures: u32) -> Duration {
    first.saturating_mul(1 << failures.saturating_sub(1).min(16))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);
    const DAY: Duration = Duration::from_secs(86_400);

    #[track_caller]
    fn check(lifetime: Duration, own: Option<Duration>, expect: Duration) {
        assert_eq!(margin(lifetime, own), expect);
    }

    #[test]
    fn a_day_is_renewed_about_an_hour_early_and_a_minute_fifteen_seconds_early() {
        check(DAY, None, DAY / 25);
        check(60 * MINUTE, None, 5 * MINUTE);
        check(MINUTE, None, Duration::from_secs(15));
        check(Duration::ZERO, None, Duration::ZERO);
    }

    #[test]
    fn f11_an_own_margin_longer_than_the_life_is_capped_at_half_of_it() {
        check(MINUTE, Some(10 * MINUTE), MINUTE / 2);
    }

    #[test]
    fn retries_grow_from_two_seconds_to_five_minutes_and_never_beyond() {
        let mut rng = Rng::new(7);
        for failures in 1..200 {
            let retry =
                Retry { cause: Transient::Connect, failures, token_left: DAY, just_woke: false };
            let delay = retry.delay(&mut rng);
            assert!(delay >= SHORTEST_RETRY && delay <= LONGEST_RETRY);
            assert!(failures > 1 || delay <= FIRST_RETRY);
        }
    }
}
