//! What the form offers to choose from, in the order it offers it: providers, APIs with their scopes, and names of
//! variables.

use glowjar_import::Api;
use glowjar_protocol::names;

use crate::{
    request::{ApiView, ClientAuthentication, Encoding, FamilyView, PresetView},
    view::{GrantView, Language, Preset},
};

/// What there is to choose for the scopes. What has ended is among it, so that whoever looks for it is told.
pub(crate) fn apis(language: Language) -> Vec<ApiView> {
    let offered = glowjar_import::apis().iter().map(|api| {
        let id = API_WORDS.iter().find(|(known, _)| *known == api.id).map_or("", |(_, id)| id);
        ApiView {
            api: api.id.to_owned(),
            label: language.say(id),
            help: language.help(id),
            scopes: api.scopes.to_owned(),
            grant: match api.needs_sign_in {
                true => GrantView::RefreshToken,
                false => GrantView::ClientCredentials,
            },
            has_ended: false,
        }
    });
    let ended = ENDED_WORDS.iter().map(|(api, id, why)| ApiView {
        api: (*api).to_owned(),
        label: language.say(id),
        help: language.tell(why, &[]).advice,
        scopes: String::new(),
        grant: GrantView::ClientCredentials,
        has_ended: true,
    });
    offered.chain(ended).collect()
}

/// What an API is called.
pub(crate) fn api_label(api: &Api, language: Language) -> String {
    let words = API_WORDS.iter().find(|(known, _)| *known == api.id);
    words.map(|(_, id)| language.say(id)).unwrap_or_default()
}

pub(crate) fn families(language: Language) -> Vec<FamilyView> {
    let view = |family: &names::Family| {
        let words = FAMILY_WORDS.iter().find(|(known, _)| *known == family.name);
        let label = words.map(|(_, id)| language.say(id));
        let names = [family.token_name(), family.client_id_name()];
        FamilyView {
            family: family.name.clone(),
            label: label.unwrap_or_else(|| family.read_by.clone()),
            names: names.into_iter().flatten().collect::<Vec<_>>().join(", "),
            has_token: family.token_name().is_some(),
        }
    };
    names::families().iter().map(view).collect()
}

const API_WORDS: [(&str, &str); 9] = [
    ("firefly", "api-firefly"),
    ("photoshop", "api-photoshop"),
    ("indesign", "api-indesign"),
    ("illustrator", "api-illustrator"),
    ("express", "api-express"),
    ("audio-video", "api-audio_video"),
    ("substance-3d", "api-substance_3d"),
    ("pdf-services", "api-pdf_services"),
    ("lightroom", "api-lightroom"),
];

/// With the sentence that says since when.
const ENDED_WORDS: [(&str, &str, &str); 2] = [
    ("ended-photoshop", "api-photoshop_1", "paste-ended_photoshop"),
    ("ended-lightroom", "api-lightroom_1", "paste-ended_lightroom"),
];

const FAMILY_WORDS: [(&str, &str); 9] = [
    ("firefly-services", "family-firefly_services"),
    ("firefly", "family-firefly"),
    ("ims-s2s", "family-ims_s2s"),
    ("adobe-firefly", "family-adobe_firefly"),
    ("adobe", "family-adobe"),
    ("adobe-ims", "family-adobe_ims"),
    ("aio", "family-aio"),
    ("aio-commerce", "family-aio_commerce"),
    ("postman", "family-postman"),
];

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
            preset: Preset::Keeper,
            label: language.say("preset-keeper"),
            help: language.help("preset-keeper"),
            token_endpoint: String::new(),
            encoding: Encoding::Form,
            client_authentication: ClientAuthentication::Body,
            grants: vec![ClientCredentials],
            default_scopes: String::new(),
            custom_endpoint: true,
        },
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_api_and_every_family_has_its_words_in_both_languages() {
        for language in [Language::En, Language::De] {
            for api in apis(language) {
                assert!(!api.label.is_empty() && !api.help.is_empty(), "{}", api.api);
                assert_eq!(api.scopes.is_empty(), api.has_ended, "{}", api.api);
            }
            let families = families(language);
            assert_eq!(families.len(), names::families().len());
            for (view, family) in families.iter().zip(names::families()) {
                assert!(!view.names.is_empty());
                let is_german = language == Language::De;
                assert!(!is_german || view.label != family.read_by, "{}", view.family);
            }
        }
    }
}
