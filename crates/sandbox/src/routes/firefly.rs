//! `GET /v3/custom-models` behind a gateway like Adobe's (docs/adobe-ims.md §5, "Firefly gateway").

use serde_json::json;

use super::{Exchange, Verdict, bearer};
use crate::answer::Gateway;
use crate::record::Outcome;
use crate::reply::Reply;
use crate::state::State;
use crate::token::Kind;

pub(super) fn answer(state: &mut State, exchange: &mut Exchange<'_>) -> Verdict {
    check(state, exchange).unwrap_or_else(|(gateway, why)| {
        let reply = gateway.reply(state.now(), state.settings.error_code_is_number);
        exchange.refuse_with(reply, why)
    })
}

fn check(state: &State, exchange: &mut Exchange<'_>) -> Result<Verdict, (Gateway, String)> {
    let request = exchange.request;
    let key = request.header("x-api-key").filter(|key| !key.is_empty());
    let key =
        key.ok_or_else(|| (Gateway::ApiKeyMissing, "the header x-api-key is missing".to_owned()))?;
    if !state.settings.clients.iter().any(|client| client.id == key) {
        return Err((Gateway::ApiKeyInvalid, "nobody knows this x-api-key".into()));
    }
    let token = bearer(request).map_err(|why| match why {
        None => (Gateway::TokenMissing, "the authorization header is missing".to_owned()),
        Some(why) => (Gateway::TokenNotValid, why.to_owned()),
    })?;
    let claims =
        state.check(token, Kind::Access).map_err(|why| (Gateway::TokenNotValid, why.to_owned()))?;
    if claims.client_id != key {
        return Err((
            Gateway::ApiKeyInvalid,
            "x-api-key is not the client id the token was issued to".into(),
        ));
    }
    if request.header("x-request-id").is_none_or(str::is_empty) {
        exchange.wrong.push("the header x-request-id is missing".into());
    }
    let is_known = |(name, value): &(String, String)| match name.as_str() {
        "start" | "limit" => value.parse::<u32>().is_ok(),
        name => matches!(name, "sortBy" | "publishedState"),
    };
    if !request.query_fields().0.iter().all(is_known) {
        exchange.wrong.push("the query holds something that custom-models does not know, or a start or limit that is no number".into());
    }
    let body = json!({ "custom_models": [], "total_count": 0 });
    Ok(Verdict::new(Outcome::Served, Reply::json(200, &body), format!("let {key} in")))
}
