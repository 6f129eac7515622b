//! `POST /ims/token/v3`, its older versions and `POST /oauth/token`: the grants (docs/adobe-ims.md §3, §4; RFC 6749 §4 to §6).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{
    Exchange, IMS_TOKEN_V1, IMS_TOKEN_V2, RefreshTokenShape, Refused, TUTORIAL_TOKEN, Verdict,
    client_auth, console, device,
};
use crate::answer::Refusal;
use crate::client::{Client, ClientKind, Grant};
use crate::ledger::Dead;
use crate::record::Outcome;
use crate::reply::Reply;
use crate::request::Fields;
use crate::settings::{ExpiresIn, Rotation, ScopeShape, TokenType};
use crate::state::State;
use crate::token::{Claims, Kind, millis, random_id};

pub(super) fn answer(state: &mut State, exchange: &mut Exchange<'_>) -> Verdict {
    grant(state, exchange).unwrap_or_else(|refused| exchange.refuse(refused))
}

fn grant(state: &mut State, exchange: &mut Exchange<'_>) -> Result<Verdict, Refused> {
    let fields = match exchange.request.path.as_str() {
        TUTORIAL_TOKEN => exchange.request.json(),
        IMS_TOKEN_V1 | IMS_TOKEN_V2 => exchange.request.form_of_any_encoding(),
        _ => exchange.request.form(),
    };
    let fields = fields.map_err(Refused::malformed)?;
    if let Some(secret) =
        exchange.wrong.iter().find(|wrong| wrong.contains("is in the query")).cloned()
    {
        return Err(Refused::malformed(secret));
    }
    let name = fields
        .need("grant_type")
        .map_err(|why| Refused::new(Refusal::UnsupportedGrantType, why))?;
    let Some(kind) = Grant::named(name) else {
        return Err(Refused::new(Refusal::UnsupportedGrantType, "nobody knows this grant_type"));
    };
    fields.remark_unknown(known(kind), &mut exchange.wrong);
    let client = client_auth::authenticate(&state.settings, exchange.request, &fields)?;
    if !client.grants.contains(&kind) {
        let why = format!("this client may not use the grant {}", kind.name());
        return Err(Refused::new(Refusal::UnauthorizedClient, why));
    }
    // For this answer alone.
    let usual = state.settings.expires_in.clone();
    if exchange.request.path == IMS_TOKEN_V1 && usual == ExpiresIn::Seconds {
        state.settings.expires_in = ExpiresIn::Milliseconds;
    }
    let verdict = match kind {
        Grant::ClientCredentials => mint(state, &fields, &client),
        Grant::RefreshToken => refresh(state, exchange, &fields, &client),
        Grant::AuthorizationCode => redeem(state, exchange, &fields, &client),
        Grant::DeviceCode => device::redeem(state, exchange, &fields, &client),
    };
    state.settings.expires_in = usual;
    verdict
}

fn mint(state: &mut State, fields: &Fields, client: &Client) -> Result<Verdict, Refused> {
    let allowed = match fields.one("scope") {
        Some(_) => client.may_ask_for(),
        None => client.scopes.clone(),
    };
    let scope = scope(fields, &allowed)?;
    if let Some(secret) = fields.one("client_secret") {
        let now = millis(state.now());
        state.ledger.secret_used(&console::uuid_of(secret), now);
    }
    Ok(issue(state, client, Grant::ClientCredentials, &scope, None, RefreshTokenShape::Missing))
}

fn refresh(
    state: &mut State,
    exchange: &Exchange<'_>,
    fields: &Fields,
    client: &Client,
) -> Result<Verdict, Refused> {
    let token = fields.need("refresh_token").map_err(Refused::malformed)?;
    let no_good = |why: &str| format!("the refresh token is no good: {why}");
    let old = state
        .check(token, Kind::Refresh)
        .map_err(|why| Refused::new(Refusal::InvalidGrant, no_good(why)))?;
    if old.client_id != client.id {
        return Err(Refused::new(
            Refusal::InvalidGrant,
            no_good("it was issued to another client"),
        ));
    }
    let granted: Vec<String> = old.scope.split(',').map(str::to_owned).collect();
    let scope = scope(fields, &granted)?;
    let family = match &old.family {
        Some(seed) if old.id == crate::SEED_REFRESH_TOKEN && state.settings.seed_starts_anew => {
            let anew = format!("{seed}-{}", random_id());
            state.ledger.family_begun(&anew);
            anew
        }
        family => family.clone().unwrap_or_default(),
    };
    let rotation = if exchange.refresh_token == RefreshTokenShape::Usual {
        state.settings.rotation
    } else {
        Rotation::Off
    };
    let next = state.ledger.use_refresh_token(&family, old.sequence, rotation).map_err(|dead| {
        let why = match dead {
            Dead::Revoked => "it was revoked",
            Dead::Reused => "it was rotated away before, so its whole family is revoked now",
        };
        Refused::new(Refusal::InvalidGrant, no_good(why))
    })?;
    let (following, shape) = match next {
        Some(sequence) => (state.rotated(&old, &family, sequence), RefreshTokenShape::Usual),
        None if exchange.refresh_token == RefreshTokenShape::Empty => {
            (old, RefreshTokenShape::Empty)
        }
        None => (old, RefreshTokenShape::Missing),
    };
    Ok(issue(state, client, Grant::RefreshToken, &scope, Some(&following), shape))
}

fn redeem(
    state: &mut State,
    exchange: &Exchange<'_>,
    fields: &Fields,
    client: &Client,
) -> Result<Verdict, Refused> {
    let code = fields.need("code").map_err(Refused::malformed)?;
    let redirect_uri = fields.need("redirect_uri").map_err(Refused::malformed)?;
    let Some(kept) = state.ledger.take_code(code) else {
        return Err(Refused::new(
            Refusal::InvalidGrant,
            "nobody knows this code, or it was used before",
        ));
    };
    let why = if kept.client_id != client.id {
        Some("the code was issued to another client")
    } else if kept.redirect_uri != redirect_uri {
        Some("redirect_uri is not the one the code was sent to")
    } else if state.now() >= kept.ends {
        Some("the code has expired")
    } else {
        why_unproven(kept.challenge.as_deref(), fields.one("code_verifier"))
    };
    if let Some(why) = why {
        return Err(Refused::new(Refusal::InvalidGrant, why));
    }
    Ok(signed_in(state, exchange, Grant::AuthorizationCode, &kept.scope, client))
}

/// What a person agreed to, with a refresh token where that was asked for.
pub(super) fn signed_in(
    state: &mut State,
    exchange: &Exchange<'_>,
    kind: Grant,
    scope: &str,
    client: &Client,
) -> Verdict {
    let wants_to_stay = scope.split(',').any(|scope| scope == "offline_access");
    if !wants_to_stay || !client.grants.contains(&Grant::RefreshToken) {
        return issue(state, client, kind, scope, None, RefreshTokenShape::Missing);
    }
    let family = random_id();
    state.ledger.family_begun(&family);
    let first = state.refresh_token(&client.id, scope, &family, 0);
    issue(state, client, kind, scope, Some(&first), exchange.refresh_token)
}

/// PKCE (RFC 7636 §4.6), S256 only.
fn why_unproven(challenge: Option<&str>, verifier: Option<&str>) -> Option<&'static str> {
    match (challenge, verifier) {
        (None, None) => None,
        (None, Some(_)) => Some("a code_verifier, and yet there was no code_challenge"),
        (Some(_), None) => Some("code_verifier is missing"),
        (Some(_), Some(verifier)) if !(43..=128).contains(&verifier.len()) => {
            Some("code_verifier must be 43 to 128 characters long")
        }
        (Some(challenge), Some(verifier)) => (BASE64.encode(Sha256::digest(verifier)) != challenge)
            .then_some("code_verifier does not fit the code_challenge"),
    }
}

/// What is asked for, by commas or spaces, or else all that may be (RFC 6749 §3.3, docs/adobe-ims.md §3).
pub(super) fn scope(fields: &Fields, allowed: &[String]) -> Result<String, Refused> {
    let Some(asked) = fields.one("scope") else { return Ok(allowed.join(",")) };
    let asked: Vec<&str> = asked.split([',', ' ']).filter(|scope| !scope.is_empty()).collect();
    if asked.is_empty() {
        return Err(Refused::new(Refusal::InvalidScope, "scope is empty"));
    }
    if asked.iter().all(|scope| allowed.iter().any(|allowed| allowed == scope)) {
        return Ok(asked.join(","));
    }
    let is_case = |scope: &&str| {
        allowed.iter().any(|allowed| allowed != scope && allowed.eq_ignore_ascii_case(scope))
    };
    let why = if asked.iter().any(is_case) {
        "a scope is written in the wrong case"
    } else {
        "a scope is asked for that this client or token does not have"
    };
    Err(Refused::new(Refusal::InvalidScope, why))
}

/// `refresh` is the refresh token that is good beside the new access token; whether the reply carries it is its shape's.
fn issue(
    state: &mut State,
    client: &Client,
    kind: Grant,
    scope: &str,
    refresh: Option<&Claims>,
    shape: RefreshTokenShape,
) -> Verdict {
    let family = refresh.and_then(|refresh| refresh.family.as_deref());
    let refresh_ends = refresh.filter(|refresh| refresh.id != crate::SEED_REFRESH_TOKEN);
    let refresh_ends =
        refresh_ends.map(|refresh| refresh.created_at.saturating_add(refresh.expires_in));
    let access = state.access_token(&client.id, scope, family, refresh_ends);
    let form = state.settings.token_form;
    let mut fields = vec![("access_token", quoted(&access.write(form)))];
    let carried = match (refresh, shape) {
        (Some(refresh), RefreshTokenShape::Usual) => Some(refresh.write(form)),
        (Some(_), RefreshTokenShape::Empty) => Some(String::new()),
        _ => None,
    };
    fields.extend(carried.as_deref().map(|token| ("refresh_token", quoted(token))));
    let is_untyped = client.kind == ClientKind::WebApp && kind == Grant::ClientCredentials;
    fields.extend(
        token_type(&state.settings.token_type)
            .filter(|_| !is_untyped)
            .map(|value| ("token_type", value)),
    );
    fields.extend(
        expires_in(&state.settings.expires_in, access.expires_in)
            .map(|value| ("expires_in", value)),
    );
    fields.extend(scope_value(&state.settings.scope, scope).map(|value| ("scope", value)));
    let body: Vec<String> =
        fields.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    let outcome = if carried.is_some_and(|token| !token.is_empty()) {
        Outcome::Rotated
    } else {
        Outcome::Granted
    };
    let words = match (outcome, kind) {
        (Outcome::Rotated, Grant::RefreshToken) => "granted and rotated".to_owned(),
        _ => "granted".to_owned(),
    };
    let words = format!("{words} ({}) to {}", kind.name(), client.id);
    Verdict::new(outcome, Reply::json_text(200, format!("{{{}}}", body.join(","))), words)
}

fn token_type(shape: &TokenType) -> Option<String> {
    Some(match shape {
        TokenType::LowerCase => quoted("bearer"),
        TokenType::Capitalised => quoted("Bearer"),
        TokenType::Missing => return None,
        TokenType::Raw(text) => text.clone(),
    })
}

fn expires_in(shape: &ExpiresIn, millis: u64) -> Option<String> {
    Some(match shape {
        ExpiresIn::Seconds => (millis / 1000).to_string(),
        ExpiresIn::Milliseconds => millis.to_string(),
        ExpiresIn::String => quoted(&(millis / 1000).to_string()),
        ExpiresIn::Null => "null".into(),
        ExpiresIn::Missing => return None,
        ExpiresIn::Raw(text) => text.clone(),
    })
}

fn scope_value(shape: &ScopeShape, scope: &str) -> Option<String> {
    Some(match shape {
        ScopeShape::Missing => return None,
        ScopeShape::Null => "null".into(),
        ScopeShape::Commas => quoted(scope),
        ScopeShape::Spaces => quoted(&scope.replace(',', " ")),
    })
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn known(grant: Grant) -> &'static [&'static str] {
    match grant {
        Grant::ClientCredentials => {
            &["grant_type", "client_id", "client_secret", "org_id", "scope"]
        }
        Grant::RefreshToken => {
            &["grant_type", "client_id", "client_secret", "scope", "refresh_token"]
        }
        Grant::AuthorizationCode => {
            &["grant_type", "client_id", "client_secret", "code", "code_verifier", "redirect_uri"]
        }
        Grant::DeviceCode => &["grant_type", "client_id", "client_secret", "device_code"],
    }
}
