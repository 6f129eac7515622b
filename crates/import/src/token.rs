//! Access tokens that are taken for a credential.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::Value;

/// When an access token ends, if there is one in a text: in seconds since 1970, `None` if it does not say.
pub(super) fn find(text: &str) -> Option<Option<i64>> {
    let words = text.split(|c: char| c.is_whitespace() || "\"'`<>(),;=“”‘’".contains(c));
    words.filter(|word| word.starts_with("eyJ") && word.len() > 40).find_map(ends)
}

/// RFC 7519 has `exp`. Adobe's have when they were issued and for how long, both in milliseconds.
fn ends(token: &str) -> Option<Option<i64>> {
    let mut parts = token.split('.');
    let (Some(_), Some(payload), Some(_)) = (parts.next(), parts.next(), parts.next()) else {
        return None;
    };
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    let claims: Value = serde_json::from_slice(&bytes).ok()?;
    claims.as_object()?;
    let number = |name: &str| {
        let value = claims.get(name)?;
        value.as_i64().or_else(|| value.as_str()?.parse().ok())
    };
    let of_adobe = || number("created_at")?.checked_add(number("expires_in")?).map(|it| it / 1000);
    Some(number("exp").or_else(of_adobe))
}
