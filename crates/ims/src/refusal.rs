//! What a reply without a token means. The `error` string decides, not the status (`adobe-ims` section 5).

use glowjar_lifecycle::failure::{Failure, Permanent, Transient};
use url::Url;

use crate::reply::{Content, Reply};

/// What was asked, as far as it changes the meaning of an error.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) url: &'a Url,
    pub(crate) with_secret: bool,
    pub(crate) with_refresh_token: bool,
}

/// Call this for every reply that is not a good one.
pub(crate) fn classify(reply: &Reply, asked: Asked<'_>) -> Failure {
    match verdict(reply, asked) {
        Verdict::Transient(cause) => Failure::Transient { cause, retry_after: reply.retry_after },
        Verdict::Permanent(cause) => Failure::Permanent(cause),
    }
}

enum Verdict {
    Transient(Transient),
    Permanent(Permanent),
}

use Verdict::{Permanent as Never, Transient as Later};

fn verdict(reply: &Reply, asked: Asked<'_>) -> Verdict {
    match reply.status {
        // An error inside a good status is a broken reply, whatever it says.
        200..300 => return Later(without_fields(reply).unwrap_or(Transient::BrokenReply)),
        300..400 => return redirect(reply, asked.url),
        407 => return Later(Transient::Proxy),
        429 => return Later(Transient::Throttled),
        // RFC 6585 section 6.
        511 => return Later(Transient::CaptivePortal),
        _ => {}
    }
    if let Some(verdict) = reply.error().and_then(|error| named(&error, reply, asked)) {
        return verdict;
    }
    match reply.status {
        408 | 500.. => Later(Transient::Server),
        404 | 405 | 410 if reply.content != Content::Html => Never(Permanent::EndpointMissing),
        406 | 413..=415 if reply.content != Content::Html => Never(Permanent::RequestRejected),
        _ => without_fields(reply).map_or(Never(Permanent::RequestRejected), Later),
    }
}

/// The trouble with a body that should have been JSON and isn't. Words in plain text are an answer; nothing is none.
fn without_fields(reply: &Reply) -> Option<Transient> {
    match reply.content {
        Content::Html => Some(Transient::CaptivePortal),
        Content::Cut(cause) => Some(cause),
        Content::Empty => Some(Transient::BrokenReply),
        Content::Json | Content::Other => None,
    }
}

/// A host that sends us elsewhere on itself, for good, has moved its endpoint. Every other redirect is taken for the
/// network's sign-in page.
fn redirect(reply: &Reply, asked: &Url) -> Verdict {
    let same_host = reply.location.as_ref().is_some_and(|to| to.host() == asked.host());
    match reply.status {
        301 | 308 if same_host => Never(Permanent::EndpointMissing),
        _ => Later(Transient::CaptivePortal),
    }
}

fn named(error: &str, reply: &Reply, asked: Asked<'_>) -> Option<Verdict> {
    let description = reply.description().unwrap_or_default().to_ascii_lowercase();
    if error.starts_with("ride_") || description.starts_with("ride_") {
        return Some(Never(Permanent::AccountAction));
    }
    Some(match error {
        "invalid_client" => Never(invalid_client(&description, asked.with_secret)),
        "invalid_grant" | "invalid_token" | "access_denied" if asked.with_refresh_token => {
            Never(Permanent::RefreshTokenRejected)
        }
        "invalid_grant" | "invalid_token" | "access_denied" => Never(Permanent::GrantNotAllowed),
        "invalid_scope" => Never(Permanent::ScopeRejected),
        "unauthorized_client" | "unsupported_grant_type" => Never(Permanent::GrantNotAllowed),
        "invalid_request" => Never(Permanent::RequestRejected),
        "internal_error" | "server_error" | "temporarily_unavailable" => Later(Transient::Server),
        "slow_down" => Later(Transient::Throttled),
        _ => return None,
    })
}

/// "unexpected client_secret parameter", "invalid client_secret parameter", "invalid client_id parameter": Adobe's
/// words. Without such words the secret is suspected, if one was sent.
fn invalid_client(description: &str, with_secret: bool) -> Permanent {
    if description.contains("unexpected client_secret") {
        Permanent::SecretNotWanted
    } else if description.contains("secret") {
        Permanent::SecretRejected
    } else if description.contains("client_id") || !with_secret {
        Permanent::ClientRejected
    } else {
        Permanent::SecretRejected
    }
}
