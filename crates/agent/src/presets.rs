//! The providers that the form offers, in the order it offers them.

use crate::{
    request::{ClientAuthentication, Encoding, PresetView},
    view::{GrantView, Language, Preset},
};

pub(crate) fn offered(language: Language) -> Vec<PresetView> {
    use GrantView::{ClientCredentials, RefreshToken};
    let adobe = |preset, id: &str, token_endpoint: &str| PresetView {
        preset,
        label: language.say(id),
        help: language.help(id),
        token_endpoint: token_endpoint.to_owned(),
        encoding: Encoding::Form,
        client_authentication: ClientAuthentication::Body,
        grants: vec![ClientCredentials, RefreshToken],
        default_scopes: glowjar_import::FIREFLY_SCOPES.to_owned(),
        custom_endpoint: false,
    };
    vec![
        adobe(Preset::AdobeIms, "preset-adobe_ims", "https://ims-na1.adobelogin.com/ims/token/v3"),
        adobe(
            Preset::AdobeImsStage,
            "preset-adobe_ims_stage",
            "https://ims-na1-stg1.adobelogin.com/ims/token/v3",
        ),
        PresetView {
            preset: Preset::Tutorial,
            label: language.say("preset-tutorial"),
            help: language.help("preset-tutorial"),
            token_endpoint: String::new(),
            encoding: Encoding::Json,
            client_authentication: ClientAuthentication::Body,
            grants: vec![RefreshToken, ClientCredentials],
            default_scopes: String::new(),
            custom_endpoint: true,
        },
        PresetView {
            preset: Preset::Custom,
            label: language.say("preset-custom"),
            help: language.help("preset-custom"),
            token_endpoint: String::new(),
            encoding: Encoding::Form,
            client_authentication: ClientAuthentication::Body,
            grants: vec![ClientCredentials, RefreshToken],
            default_scopes: String::new(),
            custom_endpoint: true,
        },
        PresetView {
            preset: Preset::Sandbox,
            label: language.say("preset-sandbox"),
            help: language.help("preset-sandbox"),
            token_endpoint: String::new(),
            encoding: Encoding::Form,
            client_authentication: ClientAuthentication::Body,
            grants: vec![ClientCredentials, RefreshToken],
            default_scopes: glowjar_import::FIREFLY_SCOPES.to_owned(),
            custom_endpoint: false,
        },
    ]
}
