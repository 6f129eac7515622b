//! How far our clock is from the server's, as far as a reply's `Date` header shows it.

use std::time::{Duration, SystemTime};

use glowjar_lifecycle::time::Timestamp;

/// Our clock minus the server's. `Date` counts whole seconds and is written after the request was sent (RFC 9110
/// section 6.6.1), so this is good to some seconds only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Skew(i64);

impl Skew {
    /// Milliseconds by which our clock is ahead; negative: behind. Zero if too small to tell.
    #[must_use]
    pub fn ahead_millis(self) -> i64 {
        if self.0.unsigned_abs() < RESOLUTION_MILLIS { 0 } else { self.0 }
    }

    /// The distance, without its direction.
    #[must_use]
    pub fn magnitude(self) -> Duration {
        Duration::from_millis(self.ahead_millis().unsigned_abs())
    }

    pub(crate) fn between(sent_at: Timestamp, date: Timestamp) -> Self {
        Self(sent_at.as_millis().saturating_sub(date.as_millis()))
    }

    /// A moment of the server's clock on ours. Unrounded, so that a `Date` and a moment from one reply cancel out.
    pub(crate) fn into_our_clock(self, moment: Timestamp) -> Timestamp {
        Timestamp::from_millis(moment.as_millis().saturating_add(self.0))
    }
}

/// An HTTP date in any of its three forms (RFC 9110 section 5.6.7). Moments before 1970 are none.
pub(crate) fn parse_http_date(text: &str) -> Option<Timestamp> {
    let moment = httpdate::parse_http_date(text.trim()).ok()?;
    let since_epoch = moment.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).ok()?))
}

/// One second of rounding at the server, one of latency.
const RESOLUTION_MILLIS: u64 = 2_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn less_than_two_seconds_is_no_skew() {
        let skew = |millis: i64| {
            Skew::between(Timestamp::from_millis(100_000 + millis), Timestamp::from_millis(100_000))
        };
        assert_eq!(skew(1_999).ahead_millis(), 0);
        assert_eq!(skew(-1_999).ahead_millis(), 0);
        assert_eq!(skew(420_000).ahead_millis(), 420_000);
        assert_eq!(skew(-420_000).ahead_millis(), -420_000);
        assert_eq!(skew(-420_000).magnitude(), Duration::from_secs(420));
    }

    #[test]
    fn a_date_that_is_none_is_no_skew() {
        assert_eq!(
            parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"),
            Some(Timestamp::from_millis(784_111_777_000))
        );
        for none in ["", "tomorrow", "Thu, 01 Jan 1960 00:00:00 GMT", "99999999999999999999"] {
            assert_eq!(parse_http_date(none), None, "{none}");
        }
    }
}
