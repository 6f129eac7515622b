//! Trying a token at the Firefly gateway, by a call that reads only and costs nothing.

use glowjar_lifecycle::failure::{Failure, RetryAfter, Transient};
use url::Url;

use crate::{
    classify::{self, Asked},
    endpoint::{Endpoint, Gateway},
    error::Technical,
    redact::Redactor,
    reply::{Content, Reply},
};

/// What the gateway answered, with details that are safe to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessReport {
    pub access: Access,
    pub technical: Technical,
}

/// The gateway's answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Token and client id were accepted.
    Works,
    /// 401, usually `401013`, or a 403 whose body says the same: the gateway does not take this token. Can be transient.
    TokenRejected,
    /// 403 `403010`: the token did not reach the gateway.
    TokenMissing,
    /// 403 `403000`, `403003`: the client id is missing or wrong.
    ClientRejected,
    /// 403 with `x-access-error`: a new token will not help.
    Denied(Denial),
    /// Any other 403: the token may be good, and only this call not covered.
    Forbidden,
    /// 429.
    Throttled { retry_after: Option<RetryAfter> },
    /// 503 `503010`: the gateway could not check the token. Keep it.
    TokenUnchecked,
    /// No answer that says anything about the token.
    Unreachable(Failure),
}

/// The words of `x-access-error`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    QuotaExhausted,
    UserNotEntitled,
    ProfileDenied,
    ScopeMissing,
    /// A word that the facts do not know.
    Other,
}

/// The one read-only call: no credits.
pub(crate) fn probe(gateway: &Gateway) -> Endpoint {
    let base = gateway.endpoint();
    base.at(&format!("{}/v3/custom-models", base.path().trim_end_matches('/')))
        .with_query("start=0&limit=1")
}

/// A fresh id, by which Adobe's support can find the call.
pub(crate) fn request_id() -> Option<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).ok()?;
    Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

pub(crate) fn read(reply: &Reply, asked: &Url, redactor: &Redactor) -> AccessReport {
    let mut technical = reply.technical(redactor);
    if technical.error.is_none() {
        technical.error = reply.access_error.as_ref().and_then(|word| redactor.id(word, 64));
    }
    AccessReport { access: access(reply, asked), technical }
}

fn access(reply: &Reply, asked: &Url) -> Access {
    let code = reply.fields.as_ref().and_then(|fields| fields.code("error_code"));
    match (reply.status, code.as_deref()) {
        (429, _) => Access::Throttled { retry_after: reply.retry_after },
        (401 | 403, _) if reply.content == Content::Html => {
            let cause = match classify::page(reply, asked) {
                Some(Transient::CaptivePortal) => Transient::CaptivePortal,
                _ => Transient::Blocked,
            };
            Access::Unreachable(Failure::transient(cause))
        }
        (_, Some("401013")) | (401, _) => Access::TokenRejected,
        (_, Some("403010")) => Access::TokenMissing,
        (_, Some("403000" | "403003")) => Access::ClientRejected,
        (_, Some("503010")) => Access::TokenUnchecked,
        (403, _) if speaks_of_the_token(reply) => Access::TokenRejected,
        (403, _) => reply
            .access_error
            .as_deref()
            .map_or(Access::Forbidden, |word| Access::Denied(denial(word))),
        (200..300, _) if reply.content == Content::Json => Access::Works,
        _ => Access::Unreachable(classify::classify(
            reply,
            Asked { url: asked, with_secret: false, with_refresh_token: false },
        )),
    }
}

/// Whether a 403 is about the token and not about what it may do. Adobe's own word for the latter, `x-access-error`, counts
/// first; `invalid_token` is RFC 6750's (section 3.1) for the former.
fn speaks_of_the_token(reply: &Reply) -> bool {
    let message = || reply.fields.as_ref().and_then(|fields| fields.text("message"));
    let is_adobe_s = |text: String| text.trim().eq_ignore_ascii_case("oauth token is not valid");
    reply.access_error.is_none()
        && (reply.error().as_deref() == Some("invalid_token") || message().is_some_and(is_adobe_s))
}

fn denial(word: &str) -> Denial {
    match word.trim() {
        "quota_exhausted" => Denial::QuotaExhausted,
        "user_non_entitled" => Denial::UserNotEntitled,
        "user_profile_denied" => Denial::ProfileDenied,
        "invalid_ims_scope" => Denial::ScopeMissing,
        _ => Denial::Other,
    }
}
