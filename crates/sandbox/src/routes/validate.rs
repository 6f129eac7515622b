//! `POST /ims/validate_token/v1`, as Adobe's own clients use it (docs/adobe-ims.md §5): the token is a field, or in the header.

use serde_json::{Value, json};

use super::{Exchange, Refused, Verdict, bearer};
use crate::answer::Refusal;
use crate::record::Outcome;
use crate::reply::Reply;
use crate::state::State;
use crate::token::Kind;

pub(super) fn answer(state: &mut State, exchange: &mut Exchange<'_>) -> Verdict {
    let asked = exchange.request.form_of_any_encoding().and_then(|fields| {
        fields.remark_unknown(&["type", "client_id", "token"], &mut exchange.wrong);
        let kind = match fields.need("type")? {
            "access_token" => Kind::Access,
            "refresh_token" => Kind::Refresh,
            _ => return Err("type is neither access_token nor refresh_token".into()),
        };
        let token = match (fields.one("token"), bearer(exchange.request)) {
            (None, Ok(token)) => token,
            _ => fields.need("token")?,
        };
        Ok((kind, fields.need("client_id")?.to_owned(), token.to_owned()))
    });
    let (kind, client_id, token) = match asked {
        Ok(asked) => asked,
        Err(why) => return exchange.refuse(Refused::malformed(why)),
    };
    if !state.settings.clients.iter().any(|client| client.id == client_id) {
        return exchange
            .refuse(Refused::new(Refusal::WrongClientId, "nobody knows this client_id"));
    }
    let checked = state.check(&token, kind).and_then(|claims| match (&claims.family, kind) {
        _ if claims.client_id != client_id => Err("it was issued to another client"),
        (Some(family), Kind::Refresh)
            if state.ledger.standing(family, claims.sequence).is_err() =>
        {
            Err("it was revoked")
        }
        _ => Ok(claims),
    });
    match checked {
        Ok(claims) => {
            let body = json!({ "valid": true, "token": Value::Object(claims.json()) });
            Verdict::new(
                Outcome::Served,
                Reply::json(200, &body),
                format!("the token of {client_id} is valid"),
            )
        }
        Err(why) => {
            let reason = match why {
                "it has expired" => "expired",
                "it was revoked" => "revoked",
                "its signature is wrong" => "bad_signature",
                "it was issued to another client" => "client_mismatch",
                _ => "bad_token",
            };
            let body = json!({ "valid": false, "reason": reason });
            Verdict::new(
                Outcome::Served,
                Reply::json(200, &body),
                format!("the token is not valid: {why}"),
            )
        }
    }
}
