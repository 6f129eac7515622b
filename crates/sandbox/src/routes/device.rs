//! `POST /device_authorization` and `GET /device`: a sign-in with a code, on whichever device (RFC 8628). Adobe has none, so
//! they are there and announced only where [`crate::Settings::device_flow`] says so.
//!
//! The page has one link that allows and one that denies; both lead back to it with `decision` added.

use std::time::Duration;

use serde_json::json;

use super::{DEVICE_PAGE, Exchange, Refused, Verdict, client_auth, tokens};
use crate::answer::Refusal;
use crate::client::{Client, Grant};
use crate::ledger::{Decision, DeviceCode};
use crate::record::Outcome;
use crate::reply::Reply;
use crate::request::Fields;
use crate::settings::DeviceFlow;
use crate::state::State;
use crate::token::random_id;

pub(super) fn authorize(state: &mut State, exchange: &mut Exchange<'_>) -> Verdict {
    begin(state, exchange).unwrap_or_else(|refused| exchange.refuse(refused))
}

fn begin(state: &mut State, exchange: &mut Exchange<'_>) -> Result<Verdict, Refused> {
    let Some(flow) = state.settings.device_flow else { return Err(nobody_serves_it()) };
    let fields = exchange.request.form().map_err(Refused::malformed)?;
    fields.remark_unknown(&["client_id", "client_secret", "scope"], &mut exchange.wrong);
    let client = client_auth::authenticate(&state.settings, exchange.request, &fields)?;
    if !client.grants.contains(&Grant::DeviceCode) {
        let why = "this client may not use the device flow";
        return Err(Refused::new(Refusal::UnauthorizedClient, why));
    }
    let scope = tokens::scope(&fields, &client.scopes)?;
    let DeviceFlow { interval, lifetime } = flow;
    let (device_code, user_code) = (random_id(), user_code());
    let kept = DeviceCode {
        client_id: client.id.clone(),
        user_code: user_code.clone(),
        scope,
        ends: state.now() + lifetime,
        interval,
        asked_at: None,
        decision: None,
    };
    state.ledger.keep_device_code(device_code.clone(), kept);
    let page = format!("{}{DEVICE_PAGE}", state.url);
    let body = json!({
        "device_code": device_code,
        "verification_uri": page,
        "verification_uri_complete": format!("{page}?user_code={user_code}"),
        "user_code": user_code,
        "expires_in": lifetime.as_secs(),
        "interval": interval.as_secs(),
    });
    let words = format!("gave a code to sign in with to {}", client.id);
    Ok(Verdict::new(Outcome::Served, Reply::json(200, &body), words))
}

pub(super) fn page(state: &mut State, exchange: &mut Exchange<'_>) -> Verdict {
    let query = exchange.request.query_fields();
    query.remark_unknown(&["user_code", "decision"], &mut exchange.wrong);
    let code = query.one("user_code").unwrap_or_default().trim().to_ascii_uppercase();
    let now = state.now();
    let kept = state.ledger.device_code_of(&code).filter(|kept| now < kept.ends);
    let Some(kept) = kept else {
        let form =
            "<form><label>Code <input name=\"user_code\"></label> <button>Next</button></form>";
        return shown("Type in your code", form, "showed the page for a code");
    };
    let decision = match query.one("decision") {
        Some("allow") => Decision::Allowed,
        Some(_) => Decision::Denied,
        None => {
            let link = |id: &str| {
                format!(
                    "<a id=\"{id}\" href=\"{DEVICE_PAGE}?user_code={code}&amp;decision={id}\">{id}</a>"
                )
            };
            let links = format!(
                "<p>{} asks for access.</p><p>{} {}</p>",
                kept.client_id,
                link("allow"),
                link("deny")
            );
            return shown("Sign in as Dana Designer?", &links, "showed what a code asks for");
        }
    };
    kept.decision.get_or_insert(decision);
    shown("You can close this page", "", "noted what a person decided")
}

/// `grant_type=urn:ietf:params:oauth:grant-type:device_code` at the token endpoint.
///
/// # Errors
/// `invalid_grant` for a code that nobody knows or that brought its token. What RFC 8628 section 3.5 has is no mistake of who
/// asks.
pub(super) fn redeem(
    state: &mut State,
    exchange: &mut Exchange<'_>,
    fields: &Fields,
    client: &Client,
) -> Result<Verdict, Refused> {
    if state.settings.device_flow.is_none() {
        return Err(Refused::new(Refusal::UnsupportedGrantType, "there is no device flow here"));
    }
    let code = fields.need("device_code").map_err(Refused::malformed)?;
    let now = state.now();
    let kept = state.ledger.device_code(code).filter(|kept| kept.client_id == client.id);
    let Some(kept) = kept else {
        let why = "nobody knows this device code, or it was used before";
        return Err(Refused::new(Refusal::InvalidGrant, why));
    };
    let is_early = kept.asked_at.is_some_and(|asked_at| now < asked_at + kept.interval);
    kept.asked_at = Some(now);
    if is_early {
        kept.interval += SLOWER_BY;
        exchange.wrong.push("asked again before the interval was over".to_owned());
        return Ok(not_yet("slow_down"));
    }
    Ok(match kept.decision {
        _ if now >= kept.ends => not_yet("expired_token"),
        None => not_yet("authorization_pending"),
        Some(Decision::Denied) => not_yet("access_denied"),
        Some(Decision::Allowed) => {
            let scope = kept.scope.clone();
            state.ledger.forget_device_code(code);
            tokens::signed_in(state, exchange, Grant::DeviceCode, &scope, client)
        }
    })
}

fn not_yet(error: &str) -> Verdict {
    let reply = Reply::json(400, &json!({ "error": error }));
    Verdict::new(Outcome::Refused, reply, format!("not yet: {error}"))
}

fn nobody_serves_it() -> Refused {
    Refused::new(Refusal::InvalidRequest, "there is no device flow here")
}

fn shown(headline: &str, body: &str, words: &str) -> Verdict {
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><title>Sandbox sign-in</title><h1>{headline}</h1>{body}</html>\n"
    );
    Verdict::new(Outcome::Served, Reply::html(200, page), words)
}

/// RFC 8628 section 3.5.
const SLOWER_BY: Duration = Duration::from_secs(5);

/// Eight letters without vowels (RFC 8628 section 6.1).
fn user_code() -> String {
    const LETTERS: &[u8] = b"BCDFGHJKLMNPQRSTVWXZ";
    let mut letters = random_id().into_bytes().into_iter();
    let mut four = || -> String {
        letters
            .by_ref()
            .take(4)
            .map(|byte| char::from(LETTERS[usize::from(byte) % LETTERS.len()]))
            .collect()
    };
    format!("{}-{}", four(), four())
}
