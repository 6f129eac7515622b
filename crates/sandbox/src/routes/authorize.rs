//! `GET /ims/authorize/v2`: a sign-in page without a sign-in (docs/adobe-ims.md §6, RFC 6749 §4.1, RFC 7636).
//!
//! The page has one link that allows and one that denies; both lead back here with `decision` added.

use std::time::Duration;

use url::Url;

use super::{AUTHORIZE, Exchange, Verdict};
use crate::client::{Client, ClientKind, Grant};
use crate::ledger::Code;
use crate::record::Outcome;
use crate::reply::Reply;
use crate::state::State;
use crate::token::random_id;

pub(super) fn answer(state: &mut State, exchange: &mut Exchange<'_>) -> Verdict {
    sign_in(state, exchange).unwrap_or_else(|refused| *refused)
}

fn sign_in(state: &mut State, exchange: &mut Exchange<'_>) -> Result<Verdict, Box<Verdict>> {
    let query = exchange.request.query_fields();
    query.remark_unknown(KNOWN, &mut exchange.wrong);
    // Whoever cannot be trusted with a redirect sees a page instead (RFC 6749 §4.1.2.1).
    let client = state
        .settings
        .clients
        .iter()
        .find(|client| Some(client.id.as_str()) == query.one("client_id"))
        .cloned();
    let Some(client) = client else {
        return Err(page_error(exchange, "nobody knows this client_id"));
    };
    let redirect = query.one("redirect_uri").and_then(|uri| redirect(uri, &client));
    let Some(redirect) = redirect else {
        return Err(page_error(
            exchange,
            "redirect_uri is missing, or neither https, nor loopback, nor adobe+<40 hex>://adobeid/<client_id>",
        ));
    };
    let back = |fields: &[(&str, &str)]| {
        let mut to = redirect.clone();
        to.query_pairs_mut()
            .extend_pairs(fields)
            .extend_pairs(query.one("state").map(|state| ("state", state)));
        Reply::empty(302).with("location", to)
    };
    if let Some((error, why)) = why_not(&query, &client) {
        return Err(exchange.refuse_with(back(&[("error", error)]), why).into());
    }
    let scope = super::tokens::scope(&query, &client.scopes);
    let scope = scope.map_err(|refused| {
        exchange.refuse_with(back(&[("error", refused.refusal.error())]), refused.why)
    })?;
    match query.one("decision") {
        None => Ok(Verdict::new(
            Outcome::Served,
            page(exchange.request.query.as_deref().unwrap_or_default(), &client),
            "showed the sign-in page",
        )),
        Some("allow") => {
            let code = random_id();
            let ends = state.now() + CODE_LIFETIME;
            let kept = Code {
                client_id: client.id.clone(),
                redirect_uri: query.one("redirect_uri").unwrap_or_default().to_owned(),
                scope,
                challenge: query.one("code_challenge").map(str::to_owned),
                ends,
            };
            state.ledger.keep_code(code.clone(), kept);
            Ok(Verdict::new(
                Outcome::Served,
                back(&[("code", &code)]),
                format!("signed in for {}", client.id),
            ))
        }
        Some(_) => Ok(Verdict::new(
            Outcome::Served,
            back(&[("error", "access_denied")]),
            format!("denied to {}", client.id),
        )),
    }
}

fn why_not(
    query: &crate::request::Fields,
    client: &Client,
) -> Option<(&'static str, &'static str)> {
    if query.one("response_type") != Some("code") {
        return Some(("unsupported_response_type", "response_type is not code"));
    }
    if !client.grants.contains(&Grant::AuthorizationCode) {
        return Some((
            "unauthorized_client",
            "this client may not use the grant authorization_code",
        ));
    }
    if query.one("state").is_none_or(str::is_empty) {
        return Some(("invalid_request", "state is missing"));
    }
    match (query.one("code_challenge"), query.one("code_challenge_method")) {
        (None, None) if client.kind == ClientKind::Public => {
            Some(("invalid_request", "a public client must send a code_challenge"))
        }
        (None, None) => None,
        (Some(challenge), Some("S256")) if challenge.len() == 43 => None,
        (Some(_), Some("S256")) => Some((
            "invalid_request",
            "code_challenge is not a SHA-256 in base64url without padding",
        )),
        _ => Some((
            "invalid_request",
            "code_challenge_method is not S256 (without one it means plain)",
        )),
    }
}

fn redirect(uri: &str, client: &Client) -> Option<Url> {
    let url = Url::parse(uri).ok()?;
    let scheme = url.scheme();
    let is_loopback = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
    let is_adobes = scheme
        .strip_prefix("adobe+")
        .is_some_and(|hex| hex.len() == 40 && hex.chars().all(|c| c.is_ascii_hexdigit()))
        && url.host_str() == Some("adobeid")
        && url.path() == format!("/{}", client.id);
    (scheme == "https" || scheme == "http" && is_loopback || is_adobes).then_some(url)
}

fn page_error(exchange: &mut Exchange<'_>, why: &str) -> Box<Verdict> {
    Box::new(exchange.refuse_with(
        Reply::html(
            400,
            format!(
                "<!DOCTYPE html>\n<title>Sandbox</title><h1>Sign-in is not possible</h1><p>{}</p>",
                escaped(why)
            ),
        ),
        why,
    ))
}

fn page(query: &str, client: &Client) -> Reply {
    let (here, id) = (escaped(&format!("{AUTHORIZE}?{query}&decision=")), escaped(&client.id));
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><title>Sandbox sign-in</title><h1>Sign in as Dana Designer?</h1>\n\
         <p>{id} asks for access.</p>\n<p><a id=\"allow\" href=\"{here}allow\">Allow</a> <a id=\"deny\" href=\"{here}deny\">Deny</a></p></html>\n"
    );
    Reply::html(200, page)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

const KNOWN: &[&str] = &[
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
    "locale",
    "nonce",
    "prompt",
    "decision",
];
/// A code is exchanged at once or never; RFC 6749 §4.1.2 recommends ten minutes at most.
const CODE_LIFETIME: Duration = Duration::from_secs(600);
