//! The providers that the form offers, in the order it offers them.

use crate::{
    request::{ClientAuthentication, Encoding, PresetView},
    view::{GrantView, Preset},
};

/// What the Developer Console grants a Firefly project (adobe-ims section 1).
pub(crate) const FIREFLY_SCOPES: &str =
    "openid,AdobeID,session,additional_info,read_organizations,firefly_api,ff_apis";

pub(crate) fn offered() -> Vec<PresetView> {
    use GrantView::{ClientCredentials, RefreshToken};
    let adobe = |preset, label: &str, help: &str, token_endpoint: &str| PresetView {
        preset,
        label: label.to_owned(),
        help: help.to_owned(),
        token_endpoint: token_endpoint.to_owned(),
        encoding: Encoding::Form,
        client_authentication: ClientAuthentication::Body,
        grants: vec![ClientCredentials, RefreshToken],
        default_scopes: FIREFLY_SCOPES.to_owned(),
        custom_endpoint: false,
    };
    vec![
        adobe(
            Preset::AdobeIms,
            "Adobe",
            "For a client id and secret from the Adobe Developer Console. This is the usual choice.",
            "https://ims-na1.adobelogin.com/ims/token/v3",
        ),
        adobe(
            Preset::AdobeImsStage,
            "Adobe (stage)",
            "Adobe's test environment, for partners who were given access to it.",
            "https://ims-na1-stg1.adobelogin.com/ims/token/v3",
        ),
        PresetView {
            preset: Preset::Tutorial,
            label: "Tutorial style".to_owned(),
            help: "A server that renews as Adobe's tutorial describes it: JSON to /oauth/token."
                .to_owned(),
            token_endpoint: String::new(),
            encoding: Encoding::Json,
            client_authentication: ClientAuthentication::Body,
            grants: vec![RefreshToken, ClientCredentials],
            default_scopes: String::new(),
            custom_endpoint: true,
        },
        PresetView {
            preset: Preset::Custom,
            label: "Other OAuth 2.0 server".to_owned(),
            help: "Any server that issues tokens as RFC 6749 describes it.".to_owned(),
            token_endpoint: String::new(),
            encoding: Encoding::Form,
            client_authentication: ClientAuthentication::Body,
            grants: vec![ClientCredentials, RefreshToken],
            default_scopes: String::new(),
            custom_endpoint: true,
        },
        PresetView {
            preset: Preset::Sandbox,
            label: "Sandbox".to_owned(),
            help: "Built into Glowjar, to try things out without an Adobe account.".to_owned(),
            token_endpoint: String::new(),
            encoding: Encoding::Form,
            client_authentication: ClientAuthentication::Body,
            grants: vec![ClientCredentials, RefreshToken],
            default_scopes: FIREFLY_SCOPES.to_owned(),
            custom_endpoint: false,
        },
    ]
}
