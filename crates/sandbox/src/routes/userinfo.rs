//! `/ims/userinfo/v2`: who the token speaks for.

use serde_json::json;

use super::{Exchange, Verdict, bearer};
use crate::record::Outcome;
use crate::reply::Reply;
use crate::state::State;
use crate::token::Kind;

pub(super) fn answer(state: &mut State, exchange: &mut Exchange<'_>) -> Verdict {
    let checked = bearer(exchange.request)
        .map_err(|why| why.unwrap_or("the authorization header is missing"))
        .and_then(|token| state.check(token, Kind::Access));
    match checked {
        Ok(claims) => {
            let body = json!({
                "sub": claims.user_id(),
                "name": "Dana Designer",
                "given_name": "Dana",
                "family_name": "Designer",
                "email": "dana@example.com",
                "email_verified": true,
                "account_type": "ind",
            });
            Verdict::new(
                Outcome::Served,
                Reply::json(200, &body),
                format!("told who uses {}", claims.client_id),
            )
        }
        Err(why) => {
            let reply = Reply::json(401, &json!({ "error": "invalid_token" }))
                .with("www-authenticate", "Bearer error=\"invalid_token\"");
            exchange.refuse_with(reply, why)
        }
    }
}
