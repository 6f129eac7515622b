//! What a provider and a keychain do over months: mostly well, and badly for spans of seconds to half a day.
//! Seeded, so that a year can be told again.

use std::time::Duration;

use glowjar_lifecycle::{
    failure::{Failure, Permanent, RetryAfter, Transient},
    input::KeychainTrouble,
};

/// SplitMix64: the world's dice, not the engine's.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }

    /// Short spans as likely as long ones.
    pub(crate) fn span(&mut self, shortest: Duration, longest: Duration) -> Duration {
        let (shortest, longest) = (shortest.as_millis() as f64, longest.as_millis() as f64);
        let fraction = self.below(1 << 32) as f64 / (1_u64 << 32) as f64;
        Duration::from_millis((shortest * (longest / shortest).powf(fraction)) as u64)
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }
}

/// How the provider answers during a spell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Provider {
    Grants,
    /// No answer, at once.
    IsAway(Transient),
    /// No answer, after the whole time limit.
    Hangs,
    Fails(Transient),
    Throttles,
    Refuses(Permanent),
}

impl Provider {
    pub(crate) fn next(self, dice: &mut Dice) -> (Self, Duration) {
        if self != Self::Grants {
            return (Self::Grants, dice.span(Duration::from_secs(5), 3 * DAY));
        }
        let trouble = match dice.below(20) {
            0..8 => Self::IsAway(dice.pick(&[
                Transient::Dns,
                Transient::Connect,
                Transient::Tls,
                Transient::Proxy,
                Transient::CaptivePortal,
            ])),
            8..12 => Self::Hangs,
            12..16 => Self::Fails(dice.pick(&[Transient::Server, Transient::BrokenReply])),
            16..19 => Self::Throttles,
            _ => Self::Refuses(dice.pick(&[
                Permanent::SecretRejected,
                Permanent::RefreshTokenRejected,
                Permanent::ScopeRejected,
                Permanent::RequestRejected,
            ])),
        };
        (trouble, dice.span(Duration::from_secs(2), DAY / 2))
    }

    /// What becomes of a request that is sent now, and how long that takes.
    pub(crate) fn answer(self, dice: &mut Dice) -> (Result<(), Failure>, Duration) {
        let soon = Duration::from_millis(20 + dice.below(2_000));
        match self {
            Self::Grants => (Ok(()), soon),
            Self::IsAway(cause) => (Err(Failure::transient(cause)), soon),
            Self::Hangs => (Err(Failure::transient(Transient::Timeout)), TIME_LIMIT),
            Self::Fails(cause) => (Err(Failure::transient(cause)), soon),
            Self::Throttles => {
                let named = [None, Some(1), Some(120), Some(3_244)];
                let retry_after = dice
                    .pick(&named)
                    .map(|seconds| RetryAfter::Delay(Duration::from_secs(seconds)));
                let cause = Transient::Throttled;
                (Err(Failure::Transient { cause, retry_after }), soon)
            }
            Self::Refuses(cause) => (Err(Failure::Permanent(cause)), soon),
        }
    }
}

/// How the keychain behaves during a spell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Keychain {
    Open,
    Fails(KeychainTrouble),
}

impl Keychain {
    pub(crate) fn next(self, dice: &mut Dice) -> (Self, Duration) {
        if self != Self::Open {
            return (Self::Open, dice.span(Duration::from_secs(60), 10 * DAY));
        }
        let trouble = dice.pick(&[
            KeychainTrouble::Locked,
            KeychainTrouble::NotAnswering,
            KeychainTrouble::Refused,
        ]);
        (Self::Fails(trouble), dice.span(Duration::from_secs(1), DAY / 4))
    }
}

pub(crate) const DAY: Duration = Duration::from_secs(86_400);
/// After so long without an answer, `ims` gives up.
const TIME_LIMIT: Duration = Duration::from_secs(30);
