//! Why an attempt brought no token, as far as deciding what to do next needs to know.

use std::time::Duration;

use crate::time::Timestamp;

/// The outcome of a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// May heal by itself: keep the token, retry.
    Transient {
        cause: Transient,
        /// What `Retry-After` asked for (RFC 9110 section 10.2.3). Obeyed exactly, but for spans over a day, which are
        /// cut, and moments before [`SPACING`](crate::plan::SPACING) is over, which are put off till then.
        retry_after: Option<RetryAfter>,
    },
    /// Will not heal by asking again: keep the token to its end, call a person.
    Permanent(Permanent),
}

impl Failure {
    #[must_use]
    pub const fn transient(cause: Transient) -> Self {
        Self::Transient { cause, retry_after: None }
    }
}

/// `Retry-After`, in either of its two forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    /// Seconds, counted from the reply.
    Delay(Duration),
    /// An HTTP date, already moved into our clock by the skew to the server's.
    At(Timestamp),
}

/// Trouble that may heal by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transient {
    /// The host name could not be resolved.
    Dns,
    /// Connection refused, reset or cut before a reply was complete.
    Connect,
    /// The certificate was refused: self-signed, expired or for another host. Retried, since networks that
    /// intercept TLS are left again.
    Tls,
    /// The proxy could not be used, or wants authentication.
    Proxy,
    /// A variable of the environment names a proxy that can't be used, and without one nothing was reached.
    ProxyUnusable,
    /// No connection within the time limit, so nothing was sent.
    ConnectTimeout,
    /// No complete reply within the time limit. The request was given up, not unsent: it may still arrive.
    Timeout,
    /// 429.
    Throttled,
    /// 408 and 5xx.
    Server,
    /// Whoever runs the provider lets nobody have a token for now.
    Withheld,
    /// HTML or a redirect where JSON was due: the network wants a sign-in.
    CaptivePortal,
    /// The page of a firewall, a proxy or whatever guards the provider, in place of its answer.
    Blocked,
    /// A reply that is not what RFC 6749 section 5 describes.
    BrokenReply,
    /// The work ended without an outcome, by a bug of ours. Whether anything was sent is not known.
    Internal,
}

/// Trouble that only a person can end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permanent {
    /// `invalid_client` that names the secret, or names nothing: a standby secret may help.
    SecretRejected,
    /// `invalid_client` that names the client id.
    ClientRejected,
    /// `invalid_client` for a public client that sent a secret.
    SecretNotWanted,
    /// `invalid_grant` and its kin on a refresh: expired, revoked or already used.
    RefreshTokenRejected,
    /// `invalid_scope`.
    ScopeRejected,
    /// `unauthorized_client`, `unsupported_grant_type`.
    GrantNotAllowed,
    /// The person must act at their Adobe account (`ride_AdobeID_acct_terms` and its kin).
    AccountAction,
    /// `invalid_request` or another 4xx: the provider does not understand us. Another endpoint or encoding may help.
    RequestRejected,
    /// The token endpoint is not there (404, 405, or it redirects elsewhere).
    EndpointMissing,
}
