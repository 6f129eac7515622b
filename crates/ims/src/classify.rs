//! What a reply without a token means. The `error` string decides, not the status.

use glowjar_lifecycle::failure::{Failure, Permanent, Transient};
use url::Url;

use crate::{
    page::Page,
    reply::{Content, Reply},
    said::Known,
};

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
        200..300 => return Later(page(reply, asked.url).unwrap_or(Transient::BrokenReply)),
        300..400 => return redirect(reply, asked.url),
        407 => return Later(Transient::Proxy),
        429 => return Later(Transient::Throttled),
        // RFC 6585 section 6.
        511 => return Later(Transient::CaptivePortal),
        _ => {}
    }
    // RFC 6749 section 4.1.2.1 has the word; with this status nobody refused for good.
    if reply.status == 503 && reply.error().is_some_and(|error| error == "access_denied") {
        return Later(Transient::Withheld);
    }
    if let Some(verdict) = reply.error().and_then(|error| named(&error, reply, asked)) {
        return verdict;
    }
    if (400..500).contains(&reply.status) && is_throttled_in_words(reply) {
        return Later(Transient::Throttled);
    }
    let trouble = match (reply.status, page(reply, asked.url)) {
        (408 | 500.., _) if reply.page != Page::Block => return Later(Transient::Server),
        (_, Some(trouble @ (Transient::Blocked | Transient::CaptivePortal))) => {
            return Later(trouble);
        }
        (_, trouble) => trouble,
    };
    match reply.status {
        // RFC 6749 section 5.2 keeps it for a client that did not prove who it is.
        401 if asked.with_secret && !matches!(reply.content, Content::Cut(_)) => {
            Never(Permanent::SecretRejected)
        }
        401 | 403 | 451 if reply.content == Content::Html => Later(Transient::Blocked),
        404 | 405 | 410 => Never(Permanent::EndpointMissing),
        406 | 413..=415 => Never(Permanent::RequestRejected),
        _ => trouble.map_or(Never(Permanent::RequestRejected), Later),
    }
}

/// The trouble with a body that should have been JSON and isn't. Words in plain text are an answer; nothing is none.
///
/// Over TLS the page is the asked server's own, or comes from something that this computer was told to trust, so it is no
/// network's sign-in. Elsewhere it is taken for one, unless nothing on it could be filled in and the status says that it
/// answers the request.
pub(crate) fn page(reply: &Reply, asked: &Url) -> Option<Transient> {
    let is_answer = matches!(reply.status, 401 | 403 | 404 | 405 | 410 | 451);
    match reply.content {
        Content::Html | Content::Other if matches!(reply.page, Page::Block | Page::Guard) => {
            Some(Transient::Blocked)
        }
        Content::Html if reply.page == Page::WantsTls => None,
        Content::Html if asked.scheme() == "https" => Some(Transient::BrokenReply),
        Content::Html if is_answer && reply.page == Page::Plain => Some(Transient::BrokenReply),
        Content::Html => Some(Transient::CaptivePortal),
        Content::Cut(cause) => Some(cause),
        Content::Empty => Some(Transient::BrokenReply),
        Content::Json | Content::Other => None,
    }
}

/// A host that sends us elsewhere on itself, for good, has moved its endpoint; for now, it answers something else. Every
/// other redirect is taken for the network's sign-in page.
fn redirect(reply: &Reply, asked: &Url) -> Verdict {
    let same_host = reply.location.as_ref().is_some_and(|to| to.host() == asked.host());
    match reply.status {
        301 | 308 if same_host => Never(Permanent::EndpointMissing),
        _ if same_host && asked.scheme() == "https" => Later(Transient::BrokenReply),
        _ => Later(Transient::CaptivePortal),
    }
}

fn named(error: &str, reply: &Reply, asked: Asked<'_>) -> Option<Verdict> {
    let description = reply.description().unwrap_or_default().to_ascii_lowercase();
    if error.to_ascii_lowercase().starts_with("ride_") || description.starts_with("ride_") {
        return Some(Never(Permanent::AccountAction));
    }
    // RFC 6749 section 5.2 keeps 401 for this; Auth0 and Keycloak write it with other error strings.
    let secret_is_suspected = asked.with_secret
        && (reply.status == 401 || SECRET_WORDS.iter().any(|words| description.contains(words)));
    Some(match Known::of(error)? {
        Known::Client => Never(invalid_client(&description, asked.with_secret)),
        Known::ClientSecret if asked.with_secret => Never(Permanent::SecretRejected),
        Known::ClientId | Known::ClientSecret => Never(Permanent::ClientRejected),
        Known::UnauthorizedClient | Known::Request if is_unknown_client(&description) => {
            Never(Permanent::ClientRejected)
        }
        Known::UnauthorizedClient if secret_is_suspected => Never(Permanent::SecretRejected),
        Known::Grant if asked.with_refresh_token => Never(Permanent::RefreshTokenRejected),
        Known::Grant if secret_is_suspected => Never(Permanent::SecretRejected),
        Known::Scope => Never(Permanent::ScopeRejected),
        Known::Grant | Known::UnauthorizedClient | Known::GrantType => {
            Never(Permanent::GrantNotAllowed)
        }
        Known::Request => Never(Permanent::RequestRejected),
        Known::Endpoint => Never(Permanent::EndpointMissing),
        Known::Server => Later(Transient::Server),
        Known::Throttled => Later(Transient::Throttled),
    })
}

/// "unexpected client_secret parameter", "invalid client_secret parameter", "invalid client_id parameter": Adobe's
/// words. Without such words the secret is suspected, if one was sent.
fn invalid_client(description: &str, with_secret: bool) -> Permanent {
    if description.contains("unexpected client_secret") {
        Permanent::SecretNotWanted
    } else if description.contains("secret") {
        Permanent::SecretRejected
    } else if description.contains("client_id") || is_unknown_client(description) || !with_secret {
        Permanent::ClientRejected
    } else {
        Permanent::SecretRejected
    }
}

/// Whether the id is what's wrong. RFC 6749 section 5.2 explains `invalid_client` with an unknown client and all else that it
/// may be; Doorkeeper sends that explanation for a wrong secret as well.
fn is_unknown_client(description: &str) -> bool {
    UNKNOWN_CLIENT.iter().any(|words| description.contains(words))
        && !description.contains("no client authentication")
        && !description.contains("secret")
}

/// Amazon's services may say it with 400 and without a name for it.
fn is_throttled_in_words(reply: &Reply) -> bool {
    let description = reply.description().unwrap_or_default().to_ascii_lowercase();
    ["rate exceeded", "rate limit", "too many requests"].iter().any(|it| description.contains(it))
}

/// Of a client id that is not known: Apigee, Google, Keycloak, Microsoft Entra, Okta, ForgeRock.
const UNKNOWN_CLIENT: [&str; 10] = [
    "invalid client id",
    "clientid is invalid",
    "client was not identified",
    "client was not found",
    "client not found",
    "unknown client",
    "no such client",
    "aadsts700016",
    "was not found in the directory",
    "client identifier invalid",
];

/// Of a wrong secret beside another error string than `invalid_client`: Keycloak.
const SECRET_WORDS: [&str; 3] = ["client secret", "client_secret", "invalid client credentials"];
