//! How long a token lives, whatever shape `expires_in` comes in.

use std::time::Duration;

use glowjar_lifecycle::{time::Timestamp, validity::Validity};

use crate::{provider::LifetimeUnit, skew::Skew};

/// Where the end of the access token was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LifetimeSource {
    /// The reply's `expires_in`, or the moment in it at which the token ends.
    Reply,
    /// The access token itself, a JWT that ends earlier than the reply says, or the only one to say anything.
    Token,
    /// Nobody said: five minutes.
    Assumed,
}

/// What an access token says about time; all absent for an opaque one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hints {
    /// The end, on the issuer's clock.
    pub(crate) end: Option<Timestamp>,
    /// How long the token lives from its making; needs no clock to be right.
    pub(crate) lifetime: Option<Duration>,
    /// `rtea`: the end of the refresh token that belongs to it, on the issuer's clock.
    pub(crate) refresh_token_end: Option<Timestamp>,
}

/// What a token's end is worked out from.
pub(crate) struct Clues {
    /// The number in the reply, if there is one.
    pub(crate) expires_in: Option<f64>,
    pub(crate) unit: LifetimeUnit,
    /// The end as a moment, which counts where no number does.
    pub(crate) ends: Ends,
    pub(crate) hints: Hints,
    pub(crate) skew: Option<Skew>,
}

impl Clues {
    /// The earlier of the reply's and the token's own end, counted from `sent_at`.
    ///
    /// The token's end is a moment on the server's clock. Only with a `Date` beside it can it be moved into ours;
    /// without one only its lifetime counts, and an end that would already be past is not believed. So a clock
    /// that is wrong never makes a fresh token look dead.
    pub(crate) fn validity(&self, sent_at: Timestamp) -> (Validity, LifetimeSource) {
        let reply_end = self
            .expires_in
            .and_then(|number| stated(number, self.unit))
            .map(|span| sent_at + span)
            .or_else(|| self.stated_end(sent_at));
        let (expires_at, source) = match (reply_end, self.token_end(sent_at)) {
            (Some(reply), Some(token)) if token + TOLERANCE < reply => {
                (token, LifetimeSource::Token)
            }
            (Some(reply), _) => (reply, LifetimeSource::Reply),
            (None, Some(token)) => (token, LifetimeSource::Token),
            (None, None) => (sent_at + ASSUMED, LifetimeSource::Assumed),
        };
        (Validity { issued_at: sent_at, expires_at }, source)
    }

    /// By the server's own span where it says when the token was made, else by its clock, moved into ours if that can be
    /// done. An end that is past is not believed.
    fn stated_end(&self, sent_at: Timestamp) -> Option<Timestamp> {
        let end = self.ends.at?;
        let by_span = self.ends.made_at.and_then(|made_at| {
            bounded(end.as_millis().saturating_sub(made_at.as_millis()) as f64)
        });
        let by_clock = self.skew.map_or(end, |skew| skew.into_our_clock(end));
        let end = match (by_span, self.skew) {
            (Some(span), None) => sent_at + span,
            _ => by_clock,
        };
        (end > sent_at).then(|| end.min(sent_at + LONGEST))
    }

    fn token_end(&self, sent_at: Timestamp) -> Option<Timestamp> {
        let by_lifetime = self.hints.lifetime.map(|lifetime| sent_at + lifetime);
        let by_clock = match (self.skew, self.hints.end) {
            (Some(skew), Some(end)) => Some(skew.into_our_clock(end)).filter(|end| *end > sent_at),
            _ => None,
        };
        let end = match (by_clock, by_lifetime) {
            (Some(clock), Some(lifetime)) if clock + TOLERANCE < lifetime => clock,
            (_, Some(lifetime)) => lifetime,
            (clock, None) => clock?,
        };
        Some(end.min(sent_at + LONGEST))
    }
}

/// What the reply says about moments, on the server's clock.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ends {
    pub(crate) at: Option<Timestamp>,
    pub(crate) made_at: Option<Timestamp>,
}

/// A lifetime in milliseconds, cut to [`LONGEST`]; nothing if it is zero, negative or no number.
pub(crate) fn bounded(millis: f64) -> Option<Duration> {
    (millis >= 1.0).then(|| Duration::from_millis(millis.min(LONGEST.as_millis() as f64) as u64))
}

fn stated(number: f64, unit: LifetimeUnit) -> Option<Duration> {
    let in_millis = match unit {
        LifetimeUnit::Seconds => number > SECONDS_AT_MOST,
        LifetimeUnit::Milliseconds => true,
        LifetimeUnit::Unknown => number >= MILLIS_FROM,
    };
    bounded(if in_millis { number } else { number * 1_000.0 })
}

/// Where nobody says how long a token lives (RFC 6749 section 5.1 leaves it open): short enough to be true of every
/// provider that was looked at, long enough not to be throttled.
const ASSUMED: Duration = Duration::from_secs(5 * 60);

/// Renewing once a year harms nobody, and keeps every sum far from overflow.
pub(crate) const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Ten years: no access token is issued for longer, so a larger number is not seconds.
const SECONDS_AT_MOST: f64 = 10.0 * 365.0 * 86_400.0;

/// Read as seconds this is 11 days, longer than access tokens usually live; read as milliseconds 17 minutes, shorter
/// than they usually live. In doubt the shorter reading is the safe one: it renews too early, never too late.
const MILLIS_FROM: f64 = 1_000_000.0;

/// The rounding of `Date` to seconds, and the time between making a token and writing the header.
const TOLERANCE: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SENT: Timestamp = Timestamp::from_millis(1_700_000_000_000);
    const HOUR: i64 = 3_600_000;

    fn of_reply(number: Option<f64>, unit: LifetimeUnit) -> (u64, LifetimeSource) {
        let clues = Clues {
            expires_in: number,
            unit,
            ends: Ends::default(),
            hints: Hints::default(),
            skew: None,
        };
        let (validity, source) = clues.validity(SENT);
        assert_eq!(validity.issued_at, SENT);
        (u64::try_from(validity.lifetime().as_millis()).unwrap(), source)
    }

    fn with_token(expires_in: f64, hints: Hints, date: Option<i64>) -> (i64, LifetimeSource) {
        let skew = date.map(|date| Skew::between(SENT, Timestamp::from_millis(date)));
        let clues = Clues {
            expires_in: Some(expires_in),
            unit: LifetimeUnit::Seconds,
            ends: Ends::default(),
            hints,
            skew,
        };
        let (validity, source) = clues.validity(SENT);
        (validity.expires_at.as_millis() - SENT.as_millis(), source)
    }

    fn token(start: i64, lifetime: i64) -> Hints {
        Hints {
            end: Some(Timestamp::from_millis(start + lifetime)),
            lifetime: bounded(lifetime as f64),
            refresh_token_end: None,
        }
    }

    #[test]
    fn f16_the_unit_is_the_providers() {
        use LifetimeSource::Reply;
        assert_eq!(of_reply(Some(86_399.0), LifetimeUnit::Seconds), (86_399_000, Reply));
        assert_eq!(of_reply(Some(86_399_000.0), LifetimeUnit::Milliseconds), (86_399_000, Reply));
        assert_eq!(of_reply(Some(86_399.0), LifetimeUnit::Unknown), (86_399_000, Reply));
        assert_eq!(of_reply(Some(86_399_000.0), LifetimeUnit::Unknown), (86_399_000, Reply));
        assert_eq!(of_reply(Some(0.5), LifetimeUnit::Seconds), (500, Reply));
    }

    #[test]
    fn f16_what_is_no_lifetime_counts_as_not_said() {
        for unit in [LifetimeUnit::Seconds, LifetimeUnit::Milliseconds, LifetimeUnit::Unknown] {
            for nonsense in [None, Some(0.0), Some(-1.0), Some(-1e300)] {
                assert_eq!(
                    of_reply(nonsense, unit),
                    (300_000, LifetimeSource::Assumed),
                    "{nonsense:?}"
                );
            }
        }
    }

    #[test]
    fn f16_a_huge_lifetime_is_cut_to_a_year() {
        let year = 365 * 24 * 60 * 60 * 1_000;
        assert_eq!(of_reply(Some(1e300), LifetimeUnit::Seconds), (year, LifetimeSource::Reply));
        assert_eq!(
            of_reply(Some(f64::MAX), LifetimeUnit::Milliseconds),
            (year, LifetimeSource::Reply)
        );
    }

    #[test]
    fn f16_a_token_that_ends_earlier_than_the_reply_says_wins() {
        let now = SENT.as_millis();
        assert_eq!(
            with_token(3_600.0, token(now, 60_000), Some(now)),
            (60_000, LifetimeSource::Token)
        );
        assert_eq!(with_token(60.0, token(now, HOUR), Some(now)), (60_000, LifetimeSource::Reply));
    }

    #[test]
    fn f16_a_token_minted_a_while_ago_ends_by_its_own_clock() {
        let made = SENT.as_millis() - HOUR / 2;
        assert_eq!(
            with_token(3_600.0, token(made, HOUR), Some(SENT.as_millis())),
            (HOUR / 2, LifetimeSource::Token)
        );
    }

    #[test]
    fn rounding_of_the_date_takes_nothing_off() {
        let made = SENT.as_millis() - 400;
        assert_eq!(
            with_token(60.0, token(made, 60_000), Some(SENT.as_millis() + 1_000)),
            (60_000, LifetimeSource::Reply)
        );
    }

    #[test]
    fn f09_on_a_clock_that_is_two_days_fast_a_fresh_token_is_fresh() {
        let server = SENT.as_millis() - 48 * HOUR;
        assert_eq!(
            with_token(3_600.0, token(server, HOUR), Some(server)),
            (HOUR, LifetimeSource::Reply)
        );
        assert_eq!(with_token(3_600.0, token(server, HOUR), None), (HOUR, LifetimeSource::Reply));
        assert_eq!(
            with_token(3_600.0, token(server, 60_000), None),
            (60_000, LifetimeSource::Token)
        );
    }

    #[test]
    fn f10_on_a_clock_that_is_two_days_slow_a_token_lives_no_longer() {
        let server = SENT.as_millis() + 48 * HOUR;
        assert_eq!(
            with_token(3_600.0, token(server, 60_000), Some(server)),
            (60_000, LifetimeSource::Token)
        );
        assert_eq!(
            with_token(3_600.0, token(server, 60_000), None),
            (60_000, LifetimeSource::Token)
        );
    }

    #[test]
    fn f09_a_nonsensical_date_does_not_kill_a_token() {
        let made = SENT.as_millis();
        assert_eq!(
            with_token(3_600.0, token(made, HOUR), Some(made + 999 * HOUR)),
            (HOUR, LifetimeSource::Reply)
        );
    }

    proptest! {
        #[test]
        fn every_lifetime_is_more_than_nothing_and_at_most_a_year(
            expires_in in any::<Option<f64>>(),
            end in any::<Option<i64>>(),
            lifetime in any::<Option<f64>>(),
            date in any::<Option<i64>>(),
            at in any::<Option<i64>>(),
            made_at in any::<Option<i64>>(),
        ) {
            let clues = Clues {
                expires_in,
                unit: LifetimeUnit::Unknown,
                ends: Ends { at: at.map(Timestamp::from_millis), made_at: made_at.map(Timestamp::from_millis) },
                hints: Hints {
                    end: end.map(Timestamp::from_millis),
                    lifetime: lifetime.and_then(bounded),
                    refresh_token_end: None,
                },
                skew: date.map(|date| Skew::between(SENT, Timestamp::from_millis(date))),
            };
            let (validity, _) = clues.validity(SENT);
            prop_assert!(validity.lifetime() > Duration::ZERO && validity.lifetime() <= LONGEST);
        }
    }
}
