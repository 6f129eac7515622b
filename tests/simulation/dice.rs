//! The world's dice, not the engine's: seeded, so that a story can be told again.

use std::time::Duration;

use glowjar_lifecycle::rng::Rng;

#[derive(Clone, Debug)]
pub struct Dice(Rng);

impl Dice {
    pub fn from_seed(seed: u64) -> Self {
        Self(Rng::new(seed))
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.0.next_u64() % limit
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
