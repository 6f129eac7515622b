//! `POST /ims/revoke`: 200 and an empty body, whatever the token was (RFC 7009 §2.2, docs/adobe-ims.md §2).

use super::{Exchange, Refused, Verdict, client_auth};
use crate::record::Outcome;
use crate::reply::Reply;
use crate::state::State;
use crate::token::{Claims, Kind};

pub(super) fn answer(state: &mut State, exchange: &mut Exchange<'_>) -> Verdict {
    revoke(state, exchange).unwrap_or_else(|refused| exchange.refuse(refused))
}

fn revoke(state: &mut State, exchange: &mut Exchange<'_>) -> Result<Verdict, Refused> {
    let fields = exchange.request.form().map_err(Refused::malformed)?;
    fields.remark_unknown(
        &["client_id", "client_secret", "token", "token_type_hint"],
        &mut exchange.wrong,
    );
    let client = client_auth::authenticate(&state.settings, exchange.request, &fields)?;
    let token = fields.need("token").map_err(Refused::malformed)?;
    let is_ours = |claims: &Claims| claims.client_id == client.id;
    let words = if let Some(claims) = state.check(token, Kind::Refresh).ok().filter(is_ours) {
        state.ledger.revoke_family(claims.family.as_deref().unwrap_or_default());
        "revoked a refresh token and its family"
    } else if let Some(claims) = state.check(token, Kind::Access).ok().filter(is_ours) {
        state.ledger.revoke_access_token(&claims.id);
        "revoked an access token"
    } else {
        "nothing to revoke"
    };
    Ok(Verdict::new(Outcome::Served, Reply::empty(200), words))
}
