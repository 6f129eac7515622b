//! The world's dice, not the engine's: seeded, so that a story can be told again.

use std::time::Duration;

/// SplitMix64.
#[derive(Clone, Debug)]
pub struct Dice(pub u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// True once in `times`.
    pub fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// Short spans as likely as long ones.
    pub fn span(&mut self, shortest: Duration, longest: Duration) -> Duration {
        let (shortest, longest) = (shortest.as_millis() as f64, longest.as_millis() as f64);
        let fraction = self.below(1 << 32) as f64 / (1_u64 << 32) as f64;
        Duration::from_millis((shortest * (longest / shortest).powf(fraction)) as u64)
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }
}
