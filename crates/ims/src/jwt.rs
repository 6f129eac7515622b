//! What an access token says about its own end. A hint only: nobody here can check the signature.

use std::time::Duration;

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use glowjar_lifecycle::time::Timestamp;

use crate::{
    lenient_json::Fields,
    lifetime::{Hints, bounded},
};

/// Reads Adobe's claims (`created_at` and `expires_in`, strings in milliseconds) and RFC 7519's (`iat` and `exp`).
pub(crate) fn hints(token: &str) -> Hints {
    let Some(claims) = claims(token) else {
        return Hints::default();
    };
    let adobe = adobe_span(&claims);
    let rfc = (claims.number("iat").map(moment), claims.number("exp").map(moment));

    let adobe_end = adobe.map(|(start, lifetime)| start + lifetime);
    let rfc_lifetime = match rfc {
        (Some(start), Some(end)) => bounded((end.as_millis() - start.as_millis()) as f64),
        _ => None,
    };
    Hints {
        end: adobe_end.into_iter().chain(rfc.1).min(),
        lifetime: adobe.map(|(_, lifetime)| lifetime).into_iter().chain(rfc_lifetime).min(),
        refresh_token_end: claims.number("rtea").map(moment),
    }
}

fn claims(token: &str) -> Option<Fields> {
    let mut parts = token.split('.');
    let (_header, claims, _signature) = (parts.next()?, parts.next()?, parts.next()?);
    Fields::parse(&BASE64URL.decode(claims).ok()?)
}

/// `expires_in` alone is left unread: without `created_at` beside it there is no telling its unit.
fn adobe_span(claims: &Fields) -> Option<(Timestamp, Duration)> {
    let created_at = claims.number("created_at")?;
    let in_seconds = created_at < SECONDS_BELOW;
    let lifetime = claims.number("expires_in")? * if in_seconds { 1_000.0 } else { 1.0 };
    Some((moment(created_at), bounded(lifetime)?))
}

/// Seconds or milliseconds since 1970: no token was made before 1973 or ends after 5138.
fn moment(number: f64) -> Timestamp {
    let millis = if number < SECONDS_BELOW { number * 1_000.0 } else { number };
    // A hundred thousand years either way, far from where adding could overflow.
    Timestamp::from_millis(millis.clamp(-3e15, 3e15) as i64)
}

const SECONDS_BELOW: f64 = 1e11;

const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

#[cfg(test)]
pub(crate) fn unsigned(claims: &str) -> String {
    use base64::prelude::BASE64_URL_SAFE_NO_PAD as ENGINE;
    format!("{}.{}.c2ln", ENGINE.encode("{\"alg\":\"RS256\"}"), ENGINE.encode(claims))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(claims: &str, end: Option<i64>, lifetime: Option<u64>) {
        let found = hints(&unsigned(claims));
        assert_eq!(found.end, end.map(Timestamp::from_millis), "{claims}");
        assert_eq!(found.lifetime, lifetime.map(Duration::from_millis), "{claims}");
    }

    #[test]
    fn f16_adobes_claims_are_strings_in_milliseconds() {
        check(
            r#"{"created_at":"1700000000000","expires_in":"86400000","type":"access_token"}"#,
            Some(1_700_086_400_000),
            Some(86_400_000),
        );
    }

    #[test]
    fn f16_exp_and_iat_are_seconds() {
        check(r#"{"iat":1700000000,"exp":1700003600}"#, Some(1_700_003_600_000), Some(3_600_000));
        check(r#"{"exp":1700003600}"#, Some(1_700_003_600_000), None);
    }

    #[test]
    fn f16_the_earlier_of_two_ends_counts() {
        check(
            r#"{"created_at":"1700000000000","expires_in":"86400000","iat":1700000000,"exp":1700000060}"#,
            Some(1_700_000_060_000),
            Some(60_000),
        );
    }

    #[test]
    fn f16_nonsense_is_no_hint() {
        check(r#"{"created_at":"soon","expires_in":"86400000"}"#, None, None);
        check(r#"{"created_at":"1700000000000","expires_in":"-1"}"#, None, None);
        check(r#"{"expires_in":"86400000"}"#, None, None);
        check(r#"{"iat":1700003600,"exp":1700000000}"#, Some(1_700_000_000_000), None);
        for opaque in
            ["", "opaque", "a.b", "a.b.c", "..", "....", "eyJ.eyJ.eyJ", "\u{1f512}.\u{1f512}.x"]
        {
            assert_eq!(hints(opaque), Hints::default(), "{opaque}");
        }
    }

    #[test]
    fn padding_is_taken_though_it_should_not_be_there() {
        let padded = base64::prelude::BASE64_URL_SAFE.encode(r#"{"exp": 1700003600}"#);
        assert!(padded.ends_with('='));
        assert!(hints(&format!("e30.{padded}.c2ln")).end.is_some());
    }

    #[test]
    fn the_end_of_the_refresh_token_is_read_from_the_access_token() {
        let found = hints(&unsigned(r#"{"rtea":"1701209600000"}"#));
        assert_eq!(found.refresh_token_end, Some(Timestamp::from_millis(1_701_209_600_000)));
    }

    proptest! {
        #[test]
        fn no_token_makes_the_reader_panic(token in "\\PC{0,80}") {
            hints(&token);
        }

        #[test]
        fn no_claims_make_a_lifetime_out_of_bounds(
            created_at in any::<f64>(), expires_in in any::<f64>(), iat in any::<f64>(), exp in any::<f64>(),
        ) {
            let found = hints(&unsigned(&format!(
                r#"{{"created_at":"{created_at}","expires_in":"{expires_in}","iat":{iat:?},"exp":{exp:?}}}"#
            )));
            if let Some(lifetime) = found.lifetime {
                prop_assert!(lifetime > Duration::ZERO && lifetime <= crate::lifetime::LONGEST);
            }
        }
    }
}
