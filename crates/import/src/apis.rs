//! Adobe's APIs for which a credential may be: which scopes a token needs for them, and which have ended
//! (docs/adobe-ims.md sections 8 and 9).

use std::fmt;

use glowjar_ims::Scopes;

/// An API of Adobe's, and the scopes with which its own guide asks for a token.
#[derive(PartialEq, Eq)]
pub struct Api {
    /// What a person types for it.
    pub id: &'static str,
    /// With commas.
    pub scopes: &'static str,
    /// Whether only a person who signs in gets a token for it.
    pub needs_sign_in: bool,
    /// A token with one of these is meant for it.
    own: &'static [&'static str],
    hosts: &'static [&'static str],
}

/// What it is called says it all.
impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Api").field(&self.id).finish()
    }
}

/// An API that answers no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The Photoshop API's first version.
    Photoshop,
    Lightroom,
    /// Firefly's calls that waited for the picture.
    FireflyWaiting,
}

/// All that are offered, the usual one first.
#[must_use]
pub const fn apis() -> &'static [Api] {
    &APIS
}

#[must_use]
pub fn api(id: &str) -> Option<&'static Api> {
    APIS.iter().find(|api| api.id == id)
}

impl Api {
    /// The one that these scopes are for, as far as they tell.
    #[must_use]
    pub fn of_scopes(scopes: &Scopes) -> Option<&'static Self> {
        let is_all = |api: &&Self| {
            Scopes::parse(api.scopes).is_ok_and(|own| {
                own.iter().count() == scopes.iter().count()
                    && own.iter().all(|scope| scopes.iter().any(|it| it == scope))
            })
        };
        let has_own = |api: &&Self| scopes.iter().any(|scope| api.own.contains(&scope));
        APIS.iter().find(is_all).or_else(|| APIS.iter().find(has_own))
    }

    /// The only one whose address stands in a text.
    pub(super) fn named_in(text: &str) -> Option<&'static Self> {
        let is_named = |api: &&Self| api.hosts.iter().any(|host| has_host(text, host));
        let mut named = APIS.iter().filter(is_named);
        named.next().filter(|_| named.next().is_none())
    }
}

impl Ended {
    /// Those that a text calls.
    pub(super) fn called_in(text: &str) -> Vec<Self> {
        let all = [
            (Self::Photoshop, text.contains("/pie/psdService")),
            (Self::Lightroom, text.contains("/lrService/")),
            (Self::FireflyWaiting, calls_waiting_firefly(text)),
        ];
        all.into_iter().filter_map(|(api, is_called)| is_called.then_some(api)).collect()
    }
}

/// `https://HOST/`, and no longer name that ends or begins like it.
fn has_host(text: &str, host: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "-.".contains(letter);
    text.match_indices(host).any(|(at, _)| {
        !text[..at].ends_with(is_part) && !text[at + host.len()..].starts_with(is_part)
    })
}

/// `/v3/images/generate`, while `/v3/images/generate-async` goes on.
fn calls_waiting_firefly(text: &str) -> bool {
    text.match_indices(WAITING).any(|(at, _)| {
        let rest = &text[at + WAITING.len()..];
        let is_name = |letter: char| letter.is_ascii_lowercase() || letter == '-';
        let name = &rest[..rest.find(|letter| !is_name(letter)).unwrap_or(rest.len())];
        !name.is_empty() && !name.ends_with("-async")
    })
}

const WAITING: &str = "firefly-api.adobe.io/v3/images/";

const APIS: [Api; 9] = [
    Api {
        id: "firefly",
        scopes: crate::FIREFLY_SCOPES,
        needs_sign_in: false,
        own: &["firefly_api"],
        hosts: &["firefly-api.adobe.io"],
    },
    Api {
        id: "photoshop",
        scopes: "openid,AdobeID,read_organizations",
        needs_sign_in: false,
        own: &[],
        hosts: &["photoshop-api.adobe.io"],
    },
    Api {
        id: "indesign",
        scopes: "openid,AdobeID,indesign_services,creative_cloud,creative_sdk",
        needs_sign_in: false,
        own: &["indesign_services"],
        hosts: &["indesign.adobe.io"],
    },
    Api {
        id: "illustrator",
        scopes: "openid,AdobeID,ff_apis,firefly_enterprise,illustrator_services_beta",
        needs_sign_in: false,
        own: &["illustrator_services_beta"],
        hosts: &["illustrator-api.adobe.io"],
    },
    Api {
        id: "express",
        scopes: "openid,AdobeID,ee.express_api",
        needs_sign_in: false,
        own: &["ee.express_api"],
        hosts: &["express-api.adobe.io"],
    },
    Api {
        id: "audio-video",
        scopes: "openid,AdobeID,firefly_enterprise",
        needs_sign_in: false,
        own: &[],
        hosts: &["audio-video-api.adobe.io"],
    },
    Api {
        id: "substance-3d",
        scopes: "openid,AdobeID,read_organizations,email,firefly_api,firefly_enterprise,profile,\
                 substance3d_api.spaces.create,substance3d_api.jobs.create",
        needs_sign_in: false,
        own: &["substance3d_api.spaces.create", "substance3d_api.jobs.create"],
        hosts: &["s3d.adobe.io"],
    },
    Api {
        id: "pdf-services",
        scopes: "openid,AdobeID,DCAPI",
        needs_sign_in: false,
        own: &["DCAPI"],
        hosts: &["pdf-services.adobe.io", "pdf-services-ue1.adobe.io", "pdf-services-ew1.adobe.io"],
    },
    Api {
        id: "lightroom",
        scopes: "openid,AdobeID,lr_partner_apis,lr_partner_rendition_apis,offline_access",
        needs_sign_in: true,
        own: &["lr_partner_apis", "lr_partner_rendition_apis"],
        hosts: &["lr.adobe.io"],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_tell_which_api_they_are_for() {
        let of =
            |text: &str| Api::of_scopes(&Scopes::parse(text).expect("scopes")).map(|api| api.id);
        for api in apis() {
            assert_eq!(of(api.scopes), Some(api.id));
            assert_eq!(super::api(api.id), Some(api));
        }
        assert_eq!(of("AdobeID,openid,firefly_api"), Some("firefly"));
        assert_eq!(of("openid AdobeID indesign_services"), Some("indesign"));
        assert_eq!(of("openid,AdobeID"), None);
        assert_eq!(of(""), None);
    }

    #[test]
    fn an_address_tells_which_api_a_text_is_about() {
        let named = |text: &str| Api::named_in(text).map(|api| api.id);
        assert_eq!(named("POST https://photoshop-api.adobe.io/v2/edit"), Some("photoshop"));
        assert_eq!(named("host: 's3d.adobe.io'"), Some("substance-3d"));
        assert_eq!(named("https://evil-s3d.adobe.io.example/"), None);
        assert_eq!(named("photoshop-api.adobe.io and indesign.adobe.io"), None, "which is it");
        assert_eq!(named("nothing"), None);
    }

    #[test]
    fn calls_of_what_has_ended_are_known() {
        let called = |text: &str| Ended::called_in(text);
        let old = "https://image.adobe.io/pie/psdService/documentManifest";
        assert_eq!(called(old), [Ended::Photoshop]);
        assert_eq!(called("https://image.adobe.io/lrService/autoTone"), [Ended::Lightroom]);
        let firefly = "https://firefly-api.adobe.io/v3/images/";
        assert_eq!(called(&format!("{firefly}generate'")), [Ended::FireflyWaiting]);
        assert_eq!(called(&format!("{firefly}generate-async")), []);
        assert_eq!(called(&format!("{firefly}generate-async then {firefly}fill")).len(), 1);
        assert_eq!(called("https://photoshop-api.adobe.io/v2/edit"), []);
    }
}
