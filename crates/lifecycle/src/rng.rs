//! Random numbers for jitter: seeded, so that a story can be told again to the letter.

use std::time::Duration;

/// SplitMix64 (Steele, Lea, Flood 2014). Good enough to spread requests over time, and nothing here needs more.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Uniform over all of them.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform between `low` and `high`, both included, to the millisecond.
    pub(crate) fn between(&mut self, low: Duration, high: Duration) -> Duration {
        let low = low.as_millis() as u64;
        let span = (high.as_millis() as u64).saturating_sub(low) + 1;
        Duration::from_millis(low + self.next_u64() % span)
    }
}
