//! Forms as people fill them in.

use glowjar_agent::{
    request::{ClientAuthentication, Draft, Encoding},
    view::{GrantView, Preset},
};
use glowjar_sandbox::{CLIENT_ID, CLIENT_SECRET, SEED_REFRESH_TOKEN};

pub const SCOPES: &str = "openid,AdobeID,firefly_api,ff_apis";

/// Mints at the built-in sandbox, which also says whether a token is good.
pub fn minting() -> Draft {
    Draft {
        name: "Campaign".to_owned(),
        preset: Preset::Sandbox,
        token_endpoint: String::new(),
        encoding: Encoding::Form,
        client_authentication: ClientAuthentication::Body,
        client_id: CLIENT_ID.to_owned(),
        grant: GrantView::ClientCredentials,
        scopes: SCOPES.to_owned(),
        client_secret: Some(CLIENT_SECRET.into()),
        standby_secret: None,
        refresh_token: None,
        renew_early_minutes: None,
        family: None,
        authority: None,
    }
}

/// Refreshes at the built-in sandbox, with a refresh token that may rotate.
pub fn refreshing() -> Draft {
    Draft {
        grant: GrantView::RefreshToken,
        refresh_token: Some(SEED_REFRESH_TOKEN.into()),
        ..minting()
    }
}

/// An OAuth server of one's own: it takes token requests and nothing else.
pub fn at(token_endpoint: String, draft: Draft) -> Draft {
    Draft { preset: Preset::Custom, token_endpoint, ..draft }
}

/// What an admin writes, with the command as the Developer Console shows it.
pub fn mail(token_endpoint: &str, secret: &str) -> String {
    format!(
        "Hi Mia, here it is:\n\ncurl -X POST '{token_endpoint}' \\\n  \
         -H 'Content-Type: application/x-www-form-urlencoded' \\\n  \
         -d 'grant_type=client_credentials&client_id={CLIENT_ID}&scope={SCOPES}' \\\n  \
         --data-urlencode 'client_secret={secret}'\n\nTom\n"
    )
}

/// As it comes back from the form when nothing was touched: stored secrets stay stored.
pub fn untouched(draft: Draft) -> Draft {
    Draft { client_secret: None, standby_secret: None, refresh_token: None, ..draft }
}
