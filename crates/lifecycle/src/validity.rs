//! Non-secret facts about a token.

use std::time::Duration;

use crate::time::{Step, Timestamp};

/// When a token was issued and when it ends. `issued_at` is when the request was *sent*, so that time on the wire
/// never makes a token look longer-lived than it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
}

impl Validity {
    #[must_use]
    pub fn lifetime(self) -> Duration {
        self.expires_at.since(self.issued_at)
    }

    #[must_use]
    pub fn is_live(self, now: Timestamp) -> bool {
        now < self.expires_at
    }

    /// The same life on a clock that was moved by `step`.
    #[must_use]
    pub fn shifted(self, step: Step) -> Self {
        Self { issued_at: self.issued_at.shifted(step), expires_at: self.expires_at.shifted(step) }
    }
}
