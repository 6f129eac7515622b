//! The end of a token where a reply gives it as a moment, or in another field than `expires_in`.

use std::time::Duration;

use glowjar_lifecycle::time::Timestamp;
use jiff::civil::DateTime;

use crate::{lenient_json::Fields, lifetime::Ends, skew::parse_http_date};

/// The end and, where it is said, the beginning.
pub(crate) fn end(fields: &Fields) -> Ends {
    let first = |keys: &[&str]| keys.iter().find_map(|key| moment(fields, key));
    Ends { at: first(&END_KEYS), made_at: first(&START_KEYS) }
}

/// A lifetime in seconds in another field, or with its unit in the text: `3600s`.
pub(crate) fn span(fields: &Fields) -> Option<f64> {
    let with_unit = || {
        let text = fields.text("expires_in")?;
        text.trim().strip_suffix(['s', 'S'])?.trim().parse::<f64>().ok()
    };
    // A moment would be a larger number.
    let other =
        || SPAN_KEYS.iter().find_map(|key| fields.number(key)).filter(|n| *n < MOMENTS_FROM);
    with_unit().or_else(other).filter(|number| number.is_finite())
}

/// What a reply says of the end of its refresh token. Nought is how Keycloak and Apigee write that it has none.
pub(crate) fn refresh_token_end(fields: &Fields) -> RefreshTokenEnd {
    let number = |keys: &[&str]| keys.iter().find_map(|key| fields.number(key));
    let span = number(&REFRESH_SPAN_KEYS).filter(|n| (1.0..MOMENTS_FROM).contains(n));
    RefreshTokenEnd {
        span: span.map(Duration::from_secs_f64),
        at: REFRESH_END_KEYS.iter().find_map(|key| moment(fields, key)),
    }
}

/// From the request on, or on the server's clock.
pub(crate) struct RefreshTokenEnd {
    pub span: Option<Duration>,
    pub at: Option<Timestamp>,
}

fn moment(fields: &Fields, key: &str) -> Option<Timestamp> {
    match fields.number(key) {
        Some(number) => of_number(number),
        None => of_text(&fields.text(key)?),
    }
}

/// Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their size.
fn of_number(number: f64) -> Option<Timestamp> {
    let millis = match number {
        n if n < MOMENTS_FROM => return None,
        n if n < 1e11 => n * 1e3,
        n if n < 1e14 => n,
        n if n < 1e17 => n / 1e3,
        n if n < 1e20 => n / 1e6,
        _ => return None,
    };
    Some(Timestamp::from_millis(millis as i64))
}

/// ISO 8601 (RFC 3339 and what leaves out the zone, which is UTC then), an HTTP date, or what .NET writes.
fn of_text(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let millis = |moment: jiff::Timestamp| Timestamp::from_millis(moment.as_millisecond());
    let utc =
        |local: DateTime| local.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|it| it.timestamp());
    text.parse::<jiff::Timestamp>()
        .ok()
        .or_else(|| utc(text.parse().ok()?))
        .or_else(|| DOT_NET.iter().find_map(|form| jiff::Timestamp::strptime(form, text).ok()))
        // Azure's documentation has an hour of 24 and a half of the day beside it.
        .or_else(|| {
            let text = text.replace(" AM ", " ").replace(" PM ", " ");
            jiff::Timestamp::strptime(DOT_NET[1], text).ok()
        })
        .or_else(|| DOT_NET_UTC.iter().find_map(|form| utc(DateTime::strptime(form, text).ok()?)))
        .map(millis)
        .or_else(|| parse_http_date(text))
        .filter(|moment| moment.as_millis() >= MOMENTS_FROM as i64 * 1_000)
}

/// Microsoft Entra v1 and managed identities, ASP.NET's OWIN, Google, and whoever calls it what it is.
const END_KEYS: [&str; 8] = [
    "expires_on",
    "expires_at",
    "expire_at",
    "expiration",
    "expiry",
    "expire_time",
    "expires",
    "access_token_expires_at",
];

/// Keycloak; GitHub, LinkedIn, Azure AD B2C and Apigee; QuickBooks.
const REFRESH_SPAN_KEYS: [&str; 3] =
    ["refresh_expires_in", "refresh_token_expires_in", "x_refresh_token_expires_in"];
const REFRESH_END_KEYS: [&str; 2] = ["refresh_token_expires_at", "refresh_token_expires_on"];

/// Microsoft, Salesforce, Doorkeeper.
const START_KEYS: [&str; 4] = ["issued_at", "created_at", "not_before", "issued"];

/// Old Facebook and others.
const SPAN_KEYS: [&str; 5] =
    ["expires", "expires_in_seconds", "expire_in", "expires_on", "expires_at"];

/// Azure writes the first on Windows and the second on Linux.
const DOT_NET: [&str; 3] =
    ["%m/%d/%Y %I:%M:%S %p %:z", "%m/%d/%Y %H:%M:%S %:z", "%Y-%m-%d %H:%M:%S%:z"];
const DOT_NET_UTC: [&str; 2] = ["%m/%d/%Y %I:%M:%S %p", "%Y-%m-%d %H:%M:%S UTC"];

/// 1973 in seconds. What is smaller is a span, since no token ended so long ago.
const MOMENTS_FROM: f64 = 1e8;

#[cfg(test)]
mod tests {
    use super::*;

    /// 2027-01-15T08:00:00Z.
    const MOMENT: i64 = 1_800_000_000_000;

    #[track_caller]
    fn check(body: &str, expect: Option<i64>) {
        let fields = Fields::parse(body.as_bytes()).unwrap();
        assert_eq!(end(&fields).at.map(Timestamp::as_millis), expect, "{body}");
    }

    #[test]
    fn f50_an_end_is_read_as_seconds_milliseconds_dates_and_strings() {
        check(r#"{"expires_on":1800000000}"#, Some(MOMENT));
        check(r#"{"expires_on":"1800000000"}"#, Some(MOMENT));
        check(r#"{"expires_at":1800000000.0}"#, Some(MOMENT));
        check(r#"{"expires_at":1800000000000}"#, Some(MOMENT));
        check(r#"{"expires_at":1800000000000000}"#, Some(MOMENT));
        check(r#"{"expires_at":1800000000000000000}"#, Some(MOMENT));
        check(r#"{"expires_at":"2027-01-15T08:00:00Z"}"#, Some(MOMENT));
        check(r#"{"expires_at":"2027-01-15T08:00:00.000+00:00"}"#, Some(MOMENT));
        check(r#"{"expires_at":"2027-01-15T09:00:00+01:00"}"#, Some(MOMENT));
        check(r#"{"expires_at":"2027-01-15 08:00:00"}"#, Some(MOMENT));
        check(r#"{"expiresAt":"2027-01-15T08:00:00"}"#, Some(MOMENT));
        check(r#"{".expires":"Fri, 15 Jan 2027 08:00:00 GMT"}"#, Some(MOMENT));
        check(r#"{"expires_on":"1/15/2027 8:00:00 AM +00:00"}"#, Some(MOMENT));
        check(r#"{"expires_on":"01/15/2027 08:00:00 +00:00"}"#, Some(MOMENT));
        check(r#"{"expires_on":"01/15/2027 20:00:00 PM +12:00"}"#, Some(MOMENT));
        check(r#"{"expireTime":"2027-01-15T08:00:00Z"}"#, Some(MOMENT));
        check(r#"{"expires_at":"2100-01-01T00:00:00Z"}"#, Some(4_102_444_800_000));
    }

    #[test]
    fn f50_what_is_no_moment_is_none() {
        for value in
            ["0", "-1", "3600", "1e300", "null", "\"\"", "\"soon\"", "\"1960-01-01T00:00:00Z\""]
        {
            check(&format!("{{\"expires_at\":{value}}}"), None);
        }
    }

    #[test]
    fn f50_a_lifetime_is_read_in_other_fields_and_with_its_unit() {
        for body in [
            r#"{"expires_in":"3600s"}"#,
            r#"{"expires":3600}"#,
            r#"{"expires_at":3600}"#,
            r#"{"expires_on":"3600"}"#,
        ] {
            assert_eq!(span(&Fields::parse(body.as_bytes()).unwrap()), Some(3600.0), "{body}");
        }
        assert_eq!(span(&Fields::parse(br#"{"expires_at":1800000000}"#).unwrap()), None);
    }
}
