//! OpenID Connect Discovery 1.0 §4, at the root and under `/ims`.

use serde_json::json;

use super::{
    AUTHORIZE, DEVICE_AUTHORIZATION, Exchange, IMS_DISCOVERY, IMS_TOKEN, REVOKE, USERINFO, Verdict,
};
use crate::record::Outcome;
use crate::reply::Reply;
use crate::state::State;

pub(super) fn answer(state: &mut State, exchange: &mut Exchange<'_>) -> Verdict {
    let url = &state.url;
    let issuer =
        if exchange.request.path == IMS_DISCOVERY { format!("{url}/ims") } else { url.clone() };
    let mut body = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{url}{AUTHORIZE}"),
        "token_endpoint": format!("{url}{IMS_TOKEN}"),
        "userinfo_endpoint": format!("{url}{USERINFO}"),
        "revocation_endpoint": format!("{url}{REVOKE}"),
        "grant_types_supported": ["client_credentials", "refresh_token", "authorization_code"],
        "response_types_supported": ["code"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic", "none"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": state.settings.clients.first().map(|client| &client.scopes),
    });
    if state.settings.device_flow.is_some() {
        body["device_authorization_endpoint"] = format!("{url}{DEVICE_AUTHORIZATION}").into();
    }
    Verdict::new(Outcome::Served, Reply::json(200, &body), "told its endpoints")
}
