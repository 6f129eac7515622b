//! Trying a token at the Firefly gateway, by a call that reads only and costs nothing (`adobe-ims` section 5).

use glowjar_lifecycle::failure::{Failure, RetryAfter};

use crate::error::Technical;

/// What the gateway answered, with details that are safe to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessReport {
    pub access: Access,
    pub technical: Technical,
}

/// The gateway's answers (`adobe-ims` section 5, "Firefly gateway").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Token and client id were accepted.
    Works,
    /// 401, usually `401013`: the gateway does not take this token. Can be transient.
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
