//! How a desk joins its studio: the word in the line that it was sent is exchanged, once, for a secret that the desk made up.
//!
//! The keeper is told the hash of that secret alone. So the question may be asked again where its answer was lost, and who finds
//! the line later has nothing of it.

use crate::{
    client_id::ClientId,
    endpoint::Endpoint,
    provider::{Encoding, Provider},
    request::Wire,
    secret::ClientSecret,
};

/// Where a keeper takes a desk in.
pub const JOIN_PATH: &str = "/v1/join";

/// What a one-time word begins with, in the place of a client secret. After it come 64 hexadecimal digits.
pub const ONE_TIME: &str = "once-";

/// Whether a client secret is a word that is good once, to join a studio with.
#[must_use]
pub fn is_one_time(text: &str) -> bool {
    let digits = text.strip_prefix(ONE_TIME).map(str::as_bytes);
    digits.is_some_and(|digits| digits.len() == 64 && digits.iter().all(u8::is_ascii_hexdigit))
}

/// Where to ask, and what.
pub(crate) fn request(
    provider: &Provider,
    client_id: &ClientId,
    word: &ClientSecret,
    own_hash: &str,
) -> (Endpoint, Wire) {
    let fields =
        [("client_id", client_id.as_str()), ("word", word.expose()), ("secret_sha256", own_hash)];
    (provider.token_endpoint.at(JOIN_PATH), Wire::new(Encoding::Form, &fields, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_told_from_a_secret_by_its_form() {
        let digits = "0123456789abcdef".repeat(4);
        assert!(is_one_time(&format!("once-{digits}")));
        for other in [&digits, "once-", &format!("once-{}", &digits[1..]), "once-upon a time", ""] {
            assert!(!is_one_time(other), "{other}");
        }
    }
}
