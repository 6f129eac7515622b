//! The one time domain of the core: UTC, in milliseconds.

use std::{
    fmt,
    ops::{Add, Sub},
    time::Duration,
};

/// A moment in UTC, in milliseconds since the Unix epoch. Arithmetic saturates: no reply of a server can overflow it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    pub const EPOCH: Self = Self(0);
    /// Later than every deadline.
    pub const FAR_FUTURE: Self = Self(i64::MAX);

    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Time from `earlier` to `self`; zero if `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// The same moment on a clock that was moved by `step`.
    #[must_use]
    pub const fn shifted(self, step: Step) -> Self {
        Self(self.0.saturating_add(step.0))
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, span: Duration) -> Self {
        Self(self.0.saturating_add(millis(span)))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(millis(span)))
    }
}

/// Milliseconds since the Unix epoch; formatting for people is the view's work.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// How far a clock was set, in milliseconds: forward if positive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step(i64);

impl Step {
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Both steps, one after the other.
    #[must_use]
    pub const fn then(self, next: Self) -> Self {
        Self(self.0.saturating_add(next.0))
    }

    /// The step that takes a clock that was set by `self` to where `other` puts it.
    #[must_use]
    pub const fn until(self, other: Self) -> Self {
        Self(other.0.saturating_sub(self.0))
    }

    #[must_use]
    pub const fn magnitude(self) -> Duration {
        Duration::from_millis(self.0.unsigned_abs())
    }
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}
