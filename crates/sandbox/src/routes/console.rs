//! `…/console/organizations/{org}/credentials/{credential}/secrets`: a credential's client secrets, listed, made and deleted
//! (docs/adobe-ims.md §10).
//!
//! What Adobe answers to who may not is not written down anywhere; the gateway before it is that of the other APIs.

use std::fmt::Write as _;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{CONSOLE, Exchange, Verdict, bearer};
use crate::answer::Gateway;
use crate::client::ConsolePlace;
use crate::record::Outcome;
use crate::reply::Reply;
use crate::state::State;
use crate::token::{Claims, Kind, millis, random_id};

/// Which methods the path takes: one secret can be deleted, all can be listed and another be made.
pub(super) fn methods(path: &str) -> &'static [&'static str] {
    match Place::of(path) {
        Some(Place { uuid: Some(_), .. }) => &["DELETE"],
        _ => &["GET", "POST"],
    }
}

pub(super) fn answer(state: &mut State, exchange: &mut Exchange<'_>) -> Verdict {
    let claims = match claims(state, exchange) {
        Ok(claims) => claims,
        Err((gateway, why)) => {
            let reply = gateway.reply(state.now(), state.settings.error_code_is_number);
            return exchange.refuse_with(reply, why);
        }
    };
    let request = exchange.request;
    let method = request.method.as_str();
    let needed = if method == "GET" { "read_client_secret" } else { "manage_client_secrets" };
    for scope in ["adobeio_api", needed] {
        if !claims.scope.split(',').any(|granted| granted == scope) {
            let why = format!("the token lacks the scope {scope}");
            return exchange.refuse_with(refused(403, "Forbidden"), why);
        }
    }
    let place = Place::of(&request.path);
    let at = |place: &Place<'_>| ConsolePlace {
        organization: place.organization.to_owned(),
        credential: place.credential.to_owned(),
    };
    let clients = &mut state.settings.clients;
    let found = place.and_then(|place| {
        let is_here = |client: &&mut crate::Client| client.console == Some(at(&place));
        Some((place.uuid, clients.iter_mut().find(is_here)?))
    });
    let Some((uuid, client)) = found else {
        let why = "there is no such credential in this organisation";
        return exchange.refuse_with(refused(404, "Not found"), why);
    };
    if client.id != claims.client_id {
        let why = "the token is another credential's";
        return exchange.refuse_with(refused(403, "Forbidden"), why);
    }
    if !request.body.is_empty() {
        exchange.wrong.push("this API takes no body".into());
    }
    let id = client.id.clone();
    match (method, uuid) {
        ("GET", _) => {
            let secrets = client.secrets.clone();
            let listed: Vec<Value> =
                secrets.iter().map(|secret| described(state, secret)).collect();
            let body = json!({ "client_id": id, "client_secrets": listed });
            let words = format!("listed {} secrets of {id}", secrets.len());
            Verdict::new(Outcome::Served, Reply::json(200, &body), words)
        }
        ("POST", _) if client.secrets.len() >= MOST => {
            let why = format!("there are {MOST} secrets already");
            exchange.refuse_with(refused(409, "Maximum number of client secrets reached"), why)
        }
        ("POST", _) => {
            let secret = format!("p8e-{}", random_id());
            client.secrets.push(secret.clone());
            let now = millis(state.now());
            state.ledger.secret_made(&uuid_of(&secret), now);
            let mut body = described(state, &secret);
            body["client_secret"] = secret.into();
            Verdict::new(Outcome::Served, Reply::json(201, &body), format!("made a secret of {id}"))
        }
        (_, uuid) => {
            let before = client.secrets.len();
            client.secrets.retain(|secret| Some(uuid_of(secret).as_str()) != uuid);
            if client.secrets.len() == before {
                return exchange.refuse_with(refused(404, "Not found"), "there is no such secret");
            }
            let words = format!("deleted a secret of {id}");
            Verdict::new(Outcome::Served, Reply::empty(204), words)
        }
    }
}

/// Past the gateway, with a token of the key's own client.
fn claims(state: &State, exchange: &mut Exchange<'_>) -> Result<Claims, (Gateway, String)> {
    let request = exchange.request;
    let key = request.header("x-api-key").filter(|key| !key.is_empty());
    let key =
        key.ok_or_else(|| (Gateway::ApiKeyMissing, "the header x-api-key is missing".to_owned()))?;
    let token = bearer(request).map_err(|why| match why {
        None => (Gateway::TokenMissing, "the authorization header is missing".to_owned()),
        Some(why) => (Gateway::TokenNotValid, why.to_owned()),
    })?;
    let claims =
        state.check(token, Kind::Access).map_err(|why| (Gateway::TokenNotValid, why.to_owned()))?;
    if claims.client_id != key {
        let why = "x-api-key is not the client id the token was issued to";
        return Err((Gateway::ApiKeyInvalid, why.into()));
    }
    Ok(claims)
}

fn refused(status: u16, message: &str) -> Reply {
    Reply::json(status, &json!({ "error_code": status.to_string(), "message": message }))
}

/// Without the secret itself. Times are texts that hold milliseconds.
fn described(state: &State, secret: &str) -> Value {
    let uuid = uuid_of(secret);
    let used = state
        .ledger
        .secret_used_at(&uuid)
        .map(|at| json!([{ "last_used_at": at.to_string(), "grant_type": "client_credentials" }]));
    let made = state.ledger.secret_made_at(&uuid).unwrap_or(LONG_AGO);
    json!({
        "expires_at": "PERMANENT",
        "expires_at_str": "PERMANENT",
        "created_at": made.to_string(),
        "uuid": uuid,
        "secret_usages": used,
    })
}

/// The same for the same secret, so that there is nothing to be kept.
pub(crate) fn uuid_of(secret: &str) -> String {
    let mut uuid = String::new();
    for byte in &Sha256::digest(secret)[..16] {
        let _ = write!(uuid, "{byte:02x}");
    }
    uuid
}

struct Place<'a> {
    organization: &'a str,
    credential: &'a str,
    uuid: Option<&'a str>,
}

impl<'a> Place<'a> {
    fn of(path: &'a str) -> Option<Self> {
        let parts: Vec<&str> = path.strip_prefix(CONSOLE)?.split('/').collect();
        let (organization, credential, uuid) = match parts[..] {
            [organization, "credentials", credential, "secrets"] => {
                (organization, credential, None)
            }
            [organization, "credentials", credential, "secrets", uuid] => {
                (organization, credential, Some(uuid))
            }
            _ => return None,
        };
        Some(Self { organization, credential, uuid })
    }
}

/// Of one credential (docs/adobe-ims.md §3).
const MOST: usize = 2;
/// When the secrets that were there from the start were made: April 2023.
const LONG_AGO: u64 = 1_682_448_485_000;
