//! A profile: a named, non-secret configuration. Parsed once; whoever holds one can rely on it.

use std::time::Duration;

use glowjar_ims::{ClientId, Endpoint, Provider, Scopes};
use glowjar_lifecycle::{
    id::ProfileId,
    input::{GrantType, Policy},
};
use glowjar_protocol::names::{self, Family, Variable};

use crate::{
    request::{ClientAuthentication, Encoding},
    view::{GrantView, Language, Preset},
};

/// What a person configured.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    pub id: ProfileId,
    pub name: Name,
    pub source: Source,
    pub client_id: ClientId,
    pub grant: GrantView,
    pub scopes: Scopes,
    /// How long before expiry to renew; `None` for the usual margin.
    pub renew_early: Option<Duration>,
    pub paused: bool,
    /// Whether the person is asked before a program takes a token for the first time.
    pub asks_first: bool,
    /// Under which names this profile's programs read what they need; `None` for the usual ones.
    pub family: Option<&'static Family>,
    /// Present where a person signs in with a browser.
    pub sign_in: Option<SignIn>,
}

/// How a person signs in for a profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignIn {
    /// Where the provider tells its endpoints; absent where the preset says it.
    pub issuer: Option<Endpoint>,
    /// As it is registered with the client; absent for a free port of this machine.
    pub redirect: Option<String>,
    /// Who signed in, as the provider calls them.
    pub account: Option<String>,
}

/// Where a profile's tokens come from, as configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub preset: Preset,
    /// Present exactly where the preset leaves it open ([`Preset::has_own_endpoint`]).
    pub token_endpoint: Option<Endpoint>,
    pub encoding: Encoding,
    pub client_authentication: ClientAuthentication,
}

/// What a person changed of a profile: its fields, and never a whole older profile. A field that was left alone keeps
/// what it is when the edit is applied.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Edit {
    name: Option<Name>,
    source: Option<Source>,
    client_id: Option<ClientId>,
    grant: Option<GrantView>,
    scopes: Option<Scopes>,
    renew_early: Option<Option<Duration>>,
    family: Option<Option<&'static Family>>,
    sign_in: Option<Option<SignIn>>,
}

impl Edit {
    /// Whether a profile is paused or asks first is no part of an edit.
    pub(crate) fn between(old: &Profile, new: Profile) -> Self {
        let Profile {
            id: _,
            name,
            source,
            client_id,
            grant,
            scopes,
            renew_early,
            paused: _,
            asks_first: _,
            family,
            sign_in,
        } = new;
        Self {
            name: (name != old.name).then_some(name),
            source: (source != old.source).then_some(source),
            client_id: (client_id != old.client_id).then_some(client_id),
            grant: (grant != old.grant).then_some(grant),
            scopes: (scopes != old.scopes).then_some(scopes),
            renew_early: (renew_early != old.renew_early).then_some(renew_early),
            family: (family != old.family).then_some(family),
            sign_in: (sign_in != old.sign_in).then_some(sign_in),
        }
    }

    /// The new name, if it is another.
    pub(crate) const fn name(&self) -> Option<&Name> {
        self.name.as_ref()
    }

    pub(crate) fn apply(self, profile: &mut Profile) {
        let Self { name, source, client_id, grant, scopes, renew_early, family, sign_in } = self;
        set(&mut profile.name, name);
        set(&mut profile.source, source);
        set(&mut profile.client_id, client_id);
        set(&mut profile.grant, grant);
        set(&mut profile.scopes, scopes);
        set(&mut profile.renew_early, renew_early);
        set(&mut profile.family, family);
        set(&mut profile.sign_in, sign_in);
    }
}

fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}

/// A profile's name: any script, not blank, at most [`Name::LONGEST`] characters, no control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

/// Why a text is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    #[error("Give the profile a name.")]
    Blank,
    #[error("A name has at most {} characters.", Name::LONGEST)]
    TooLong,
    #[error("A name is one line of text.")]
    Control,
}

impl Name {
    /// In characters. Room for any campaign's name; views cut what they can't show.
    pub const LONGEST: usize = 200;

    /// White space around the name comes from copying and is dropped.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let name = text.trim();
        if name.is_empty() {
            return Err(NameError::Blank);
        }
        if name.chars().count() > Self::LONGEST {
            return Err(NameError::TooLong);
        }
        if name.chars().any(char::is_control) {
            return Err(NameError::Control);
        }
        Ok(Self(name.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a person would take both for the same name.
    #[must_use]
    pub fn reads_like(&self, other: &Self) -> bool {
        self.0.to_lowercase() == other.0.to_lowercase()
    }
}

impl Source {
    /// Whether requests go to the same place, however they are written.
    #[must_use]
    pub fn is_same_server(&self, other: &Self) -> bool {
        self.preset == other.preset && self.token_endpoint == other.token_endpoint
    }
}

impl Profile {
    /// `renew_early` is for profiles that don't say themselves.
    #[must_use]
    pub fn policy(&self, renew_early: Option<Duration>) -> Policy {
        Policy {
            grant: match self.grant {
                GrantView::ClientCredentials => GrantType::ClientCredentials,
                GrantView::RefreshToken => GrantType::RefreshToken,
            },
            renew_early: self.renew_early.or(renew_early),
        }
    }

    /// What goes into an `.env` file for this profile's programs: under the names that were chosen for it, if programs
    /// read a token under those, and otherwise under the usual ones.
    #[must_use]
    pub fn env_variables(&self) -> Vec<Variable> {
        match self.family.filter(|family| family.token_name().is_some()) {
            Some(family) => family.variables(false).collect(),
            None => names::usual().map(|it| it.token_and_id().collect()).unwrap_or_default(),
        }
    }

    /// The name in [`Self::env_variables`] that stands before the token.
    #[must_use]
    pub fn env_name(&self) -> &'static str {
        let chosen = self.family.and_then(Family::token_name);
        chosen.or_else(|| names::usual()?.token_name()).unwrap_or_default()
    }

    /// Whether requests need a client secret.
    #[must_use]
    pub fn needs_secret(&self) -> bool {
        self.source.client_authentication != ClientAuthentication::None
    }

    /// The provider to talk to. `sandbox` is the built-in sandbox's address; `None` if this profile needs it and it
    /// is not running.
    #[must_use]
    pub fn provider(&self, sandbox: Option<&Endpoint>) -> Option<Provider> {
        let own = self.source.token_endpoint.clone();
        let mut provider = match self.source.preset {
            Preset::AdobeIms => Provider::adobe_ims(),
            Preset::AdobeImsStage => Provider::adobe_ims_stage(),
            Preset::Tutorial => Provider::tutorial(&own?),
            Preset::Custom => Provider::custom(own?),
            Preset::Sandbox => Provider::sandbox(sandbox?),
        };
        provider.encoding = match self.source.encoding {
            Encoding::Form => glowjar_ims::Encoding::Form,
            Encoding::Json => glowjar_ims::Encoding::Json,
        };
        provider.client_authentication = match self.source.client_authentication {
            ClientAuthentication::Body => glowjar_ims::ClientAuthentication::Body,
            ClientAuthentication::Basic => glowjar_ims::ClientAuthentication::Basic,
            ClientAuthentication::None => glowjar_ims::ClientAuthentication::None,
        };
        Some(provider)
    }

    /// Where a person looks after the account behind this profile, where that is known.
    #[must_use]
    pub const fn account_url(&self) -> Option<&'static str> {
        match self.source.preset {
            Preset::AdobeIms | Preset::AdobeImsStage => Some("https://account.adobe.com/"),
            Preset::Tutorial | Preset::Custom | Preset::Sandbox => None,
        }
    }

    /// What the provider is called in a sentence.
    #[must_use]
    pub fn provider_label(&self, language: Language) -> String {
        match (self.source.preset, &self.source.token_endpoint) {
            (Preset::AdobeIms, _) => language.say("preset-adobe_ims"),
            (Preset::AdobeImsStage, _) => language.say("preset-adobe_ims_stage"),
            (Preset::Sandbox, _) => language.say("preset-sandbox"),
            (Preset::Tutorial | Preset::Custom, Some(endpoint)) => endpoint.host().to_owned(),
            (Preset::Tutorial | Preset::Custom, None) => language.say("provider-unnamed"),
        }
    }
}
