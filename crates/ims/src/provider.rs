//! Where tokens come from, and the ways in which providers differ.

use std::{sync::LazyLock, time::Duration};

use crate::{
    authority::Authority,
    endpoint::{Endpoint, Gateway},
    scopes::ScopeSeparator,
};

/// An identity provider: its endpoints and its habits. The constructors are the presets; fields may be changed after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    pub token_endpoint: Endpoint,
    pub encoding: Encoding,
    pub client_authentication: ClientAuthentication,
    pub lifetime_unit: LifetimeUnit,
    pub scope_separator: ScopeSeparator,
    /// How long a sign-in lasts here at least, as the provider says it in public; absent if it does not.
    pub sign_in_life: Option<Duration>,
    /// Where a person signs in (RFC 6749 section 3.1).
    pub authorization: Option<Endpoint>,
    /// Says whether a token is good (Adobe's `validate_token/v1`).
    pub validation: Option<Endpoint>,
    /// RFC 7009.
    pub revocation: Option<Endpoint>,
    /// Where "Check access" tries a token.
    pub gateway: Option<Gateway>,
    /// Where a credential's secrets are made and deleted.
    pub console: Option<Gateway>,
    /// Who signed its certificate, if that is nobody whom the system trusts.
    pub authority: Option<Authority>,
}

/// How the token request's body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// `application/x-www-form-urlencoded`, RFC 6749 appendix B.
    Form,
    /// `application/json`, as the tutorial has it.
    Json,
}

/// How the client proves who it is (RFC 6749 section 2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAuthentication {
    /// `client_id` and `client_secret` in the body.
    Body,
    /// HTTP Basic, id and secret form-encoded first (RFC 6749 section 2.3.1).
    Basic,
    /// A public client: `client_id` only, and never a secret, even if one is given.
    None,
}

/// What `expires_in` counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LifetimeUnit {
    /// RFC 6749 section 5.1, and Adobe's v2 and v3.
    Seconds,
    /// Adobe's unversioned and v1 endpoints.
    Milliseconds,
    /// Nobody has said: small numbers are read as seconds, large ones as milliseconds.
    Unknown,
}

impl Provider {
    /// Adobe IMS in production.
    #[must_use]
    pub fn adobe_ims() -> Self {
        static PRESET: LazyLock<Provider> = LazyLock::new(|| Provider {
            console: Gateway::new(known("https://api.adobe.io")).ok(),
            ..Provider::ims_at(&known("https://ims-na1.adobelogin.com"), firefly())
        });
        PRESET.clone()
    }

    /// Adobe IMS stage, for Adobe's partners.
    #[must_use]
    pub fn adobe_ims_stage() -> Self {
        Self::ims_at(&known("https://ims-na1-stg1.adobelogin.com"), firefly())
    }

    /// A studio's keeper: a token endpoint shaped like Adobe's, whose tokens are for Firefly. A person signs in nowhere there.
    #[must_use]
    pub fn keeper(token_endpoint: Endpoint) -> Self {
        Self {
            token_endpoint,
            encoding: Encoding::Form,
            client_authentication: ClientAuthentication::Body,
            lifetime_unit: LifetimeUnit::Seconds,
            scope_separator: ScopeSeparator::Comma,
            sign_in_life: None,
            authorization: None,
            validation: None,
            revocation: None,
            gateway: firefly(),
            console: None,
            authority: None,
        }
    }

    /// The tutorial's way: JSON to `/oauth/token` at `base`. Tokens are for Firefly, so they are tried there,
    /// or at `base` itself if that is this machine.
    #[must_use]
    pub fn tutorial(base: &Endpoint) -> Self {
        let token_endpoint =
            if base.path() == "/" { base.at("/oauth/token") } else { base.clone() };
        Self {
            token_endpoint,
            encoding: Encoding::Json,
            client_authentication: ClientAuthentication::Body,
            lifetime_unit: LifetimeUnit::Unknown,
            scope_separator: ScopeSeparator::Comma,
            sign_in_life: None,
            authorization: None,
            validation: None,
            revocation: None,
            gateway: Gateway::new(base.at("/")).ok().or_else(firefly),
            console: Gateway::new(base.at("/")).ok().filter(|here| here.endpoint().is_loopback()),
            authority: None,
        }
    }

    /// Any OAuth 2.0 server: form-encoded, secret in the body, unless changed. An address of Adobe's keeps Adobe's habits.
    #[must_use]
    pub fn custom(token_endpoint: Endpoint) -> Self {
        let adobe = is_adobe(&token_endpoint);
        let has_page = token_endpoint.is_under("adobelogin.com");
        let authorization = has_page.then(|| token_endpoint.at("/ims/authorize/v2"));
        Self {
            lifetime_unit: LifetimeUnit::at(&token_endpoint),
            scope_separator: if adobe { ScopeSeparator::Comma } else { ScopeSeparator::Space },
            sign_in_life: adobe.then_some(ADOBE_SIGN_IN),
            gateway: if adobe { firefly() } else { None },
            console: None,
            authority: None,
            token_endpoint,
            encoding: Encoding::Form,
            client_authentication: ClientAuthentication::Body,
            authorization,
            validation: None,
            revocation: None,
        }
    }

    /// The built-in sandbox at `base`, which speaks like Adobe IMS and stands in for Firefly as well.
    #[must_use]
    pub fn sandbox(base: &Endpoint) -> Self {
        let gateway = Gateway::new(base.at("/")).ok();
        Self { console: gateway.clone(), ..Self::ims_at(base, gateway) }
    }

    fn ims_at(base: &Endpoint, gateway: Option<Gateway>) -> Self {
        Self {
            token_endpoint: base.at("/ims/token/v3"),
            encoding: Encoding::Form,
            client_authentication: ClientAuthentication::Body,
            lifetime_unit: LifetimeUnit::Seconds,
            scope_separator: ScopeSeparator::Comma,
            sign_in_life: Some(ADOBE_SIGN_IN),
            authorization: Some(base.at("/ims/authorize/v2")),
            validation: Some(base.at("/ims/validate_token/v1")),
            revocation: Some(base.at("/ims/revoke")),
            gateway,
            console: None,
            authority: None,
        }
    }
}

impl LifetimeUnit {
    /// Adobe's unit depends on the version in the path; everybody else's is RFC 6749's.
    #[must_use]
    pub fn at(token_endpoint: &Endpoint) -> Self {
        let path = token_endpoint.path();
        if !(is_adobe(token_endpoint) || token_endpoint.is_loopback() && path.starts_with("/ims/"))
        {
            return Self::Seconds;
        }
        match path.trim_end_matches('/') {
            "/ims/token/v2" | "/ims/token/v3" => Self::Seconds,
            "/ims/token" | "/ims/token/v1" => Self::Milliseconds,
            path if path.starts_with("/ims/exchange/jwt") => Self::Milliseconds,
            _ => Self::Unknown,
        }
    }
}

/// docs/adobe-ims.md section 1: by default. Whether it begins anew with each rotation is not known.
const ADOBE_SIGN_IN: Duration = Duration::from_secs(14 * 86_400);

fn is_adobe(endpoint: &Endpoint) -> bool {
    ["adobelogin.com", "adobe.com", "adobe.io"].iter().any(|domain| endpoint.is_under(domain))
}

fn firefly() -> Option<Gateway> {
    Gateway::new(known("https://firefly-api.adobe.io")).ok()
}

fn known(address: &str) -> Endpoint {
    Endpoint::parse(address).expect("a preset's address is well formed")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(text: &str) -> Endpoint {
        Endpoint::parse(text).unwrap()
    }

    #[test]
    fn f16_the_unit_of_expires_in_follows_adobes_path() {
        let unit = |text: &str| LifetimeUnit::at(&endpoint(text));
        assert_eq!(unit("https://ims-na1.adobelogin.com/ims/token/v3"), LifetimeUnit::Seconds);
        assert_eq!(unit("https://ims-na1.adobelogin.com/ims/token/v2"), LifetimeUnit::Seconds);
        assert_eq!(unit("https://ims-na1.adobelogin.com/ims/token/v1"), LifetimeUnit::Milliseconds);
        assert_eq!(unit("https://ims-na1.adobelogin.com/ims/token"), LifetimeUnit::Milliseconds);
        assert_eq!(
            unit("https://ims-na1.adobelogin.com/ims/exchange/jwt/"),
            LifetimeUnit::Milliseconds
        );
        assert_eq!(unit("https://ims-na1.adobelogin.com/ims/token/v4"), LifetimeUnit::Unknown);
        assert_eq!(unit("https://id.example/ims/token"), LifetimeUnit::Seconds);
        assert_eq!(unit("http://127.0.0.1:1/token"), LifetimeUnit::Seconds);
    }

    #[test]
    fn the_presets_are_where_the_facts_say() {
        let ims = Provider::adobe_ims();
        assert_eq!(ims.token_endpoint.as_str(), "https://ims-na1.adobelogin.com/ims/token/v3");
        assert_eq!(
            ims.validation.unwrap().as_str(),
            "https://ims-na1.adobelogin.com/ims/validate_token/v1"
        );
        assert_eq!(ims.gateway.unwrap().endpoint().as_str(), "https://firefly-api.adobe.io/");
        assert_eq!(ims.console.unwrap().endpoint().as_str(), "https://api.adobe.io/");
        assert_eq!(
            Provider::adobe_ims_stage().token_endpoint.host(),
            "ims-na1-stg1.adobelogin.com"
        );
    }

    #[test]
    fn the_tutorials_path_is_added_to_a_bare_host_only() {
        let at = |text: &str| Provider::tutorial(&endpoint(text)).token_endpoint;
        assert_eq!(at("https://firefly.example").as_str(), "https://firefly.example/oauth/token");
        assert_eq!(
            at("https://firefly.example/v1/oauth/token").as_str(),
            "https://firefly.example/v1/oauth/token"
        );
    }
}
