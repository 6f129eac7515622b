//! Asking the provider whether a token is good (`validate_token/v1`).

use crate::{redact::Redactor, reply::Reply};

/// What the provider says about a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verification {
    Valid,
    /// `reason` is the provider's word, secrets hidden, at most 200 characters.
    Invalid {
        reason: Option<String>,
    },
    /// No answer, or none to rely on: the token may well be good.
    Unknown,
}

/// Only a plain `"valid": false` in a good reply condemns a token.
pub(crate) fn read(reply: &Reply, redactor: &Redactor) -> Verification {
    let fields = reply.fields.as_ref().filter(|_| reply.is_success());
    match fields.and_then(|fields| fields.flag("valid")) {
        Some(true) => Verification::Valid,
        Some(false) => Verification::Invalid {
            reason: reply.description().and_then(|text| redactor.line(&text, 200)),
        },
        None => Verification::Unknown,
    }
}
