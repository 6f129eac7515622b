//! What comes back when no token does: a class to decide by, and details that are safe to show.

use std::fmt;

use glowjar_lifecycle::failure::{Failure, Permanent, Transient};

use crate::skew::Skew;

/// A request that brought no usable reply. Holds neither a body nor a header, nor any piece of what was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{technical}", words(*.failure))]
pub struct RequestError {
    pub failure: Failure,
    pub technical: Box<Technical>,
    /// Error replies tell the time as well as good ones.
    pub skew: Option<Skew>,
}

/// For the fold-out below a message and for bug reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Technical {
    /// HTTP status; absent if no reply came.
    pub status: Option<u16>,
    /// The `error` string (RFC 6749 section 5.2), at most 64 characters.
    pub error: Option<String>,
    /// The provider's `error_description` or the network's own words: secrets hidden, at most 200 characters.
    pub description: Option<String>,
    /// Adobe's `x-debug-id` or another `x-request-id`, at most 80 characters.
    pub request_id: Option<String>,
}

/// The details in brackets, with a space before them; nothing if there are none.
impl fmt::Display for Technical {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> = [
            self.status.map(|status| format!("HTTP {status}")),
            self.error.clone(),
            self.description.clone(),
            self.request_id.as_ref().map(|id| format!("request id {id}")),
        ]
        .into_iter()
        .flatten()
        .collect();
        if parts.is_empty() {
            return Ok(());
        }
        write!(f, " ({})", parts.join(" · "))
    }
}

fn words(failure: Failure) -> &'static str {
    match failure {
        Failure::Transient { cause, .. } => match cause {
            Transient::Dns => "the host name could not be looked up",
            Transient::Connect => "the connection could not be made or was cut",
            Transient::Tls => "the server's certificate was refused",
            Transient::Proxy => "the proxy could not be used",
            Transient::ProxyUnusable => "the environment names a proxy that can't be used",
            Transient::ConnectTimeout => "no connection was made in time",
            Transient::Timeout => "no complete reply came in time",
            Transient::Throttled => "the provider asks to slow down",
            Transient::Server => "the provider has trouble of its own",
            Transient::Withheld => "the provider gives out no tokens for now",
            Transient::CaptivePortal => {
                "a web page came instead of an answer: the network may want a sign-in"
            }
            Transient::Blocked => "a firewall or proxy answered instead of the provider",
            Transient::BrokenReply => "the reply makes no sense",
            Transient::Internal => "a bug in Glowjar ended the request",
        },
        Failure::Permanent(cause) => match cause {
            Permanent::SecretRejected => "the client secret was rejected",
            Permanent::ClientRejected => "the client ID was rejected",
            Permanent::SecretNotWanted => "this client must not send a secret",
            Permanent::RefreshTokenRejected => "the refresh token is expired, revoked or used",
            Permanent::ScopeRejected => "a scope was rejected",
            Permanent::GrantNotAllowed => "this client may not ask for tokens in this way",
            Permanent::AccountAction => "the provider wants the person to act at their account",
            Permanent::RequestRejected => "the provider did not accept the request",
            Permanent::EndpointMissing => "there is no token endpoint at this address",
        },
    }
}
