//! A profile: a named, non-secret configuration. Parsed once; whoever holds one can rely on it.

use std::time::Duration;

use glowjar_ims::{Authority, ClientId, Endpoint, Provider, Scopes};
use glowjar_lifecycle::{
    failure::Permanent,
    id::ProfileId,
    input::{GrantType, Input, Policy},
    sign_in_end::Ahead,
    time::Timestamp,
};
use glowjar_protocol::names::{self, Family, Variable};

use crate::{
    console::Console,
    request::{ClientAuthentication, Encoding},
    secret_life::SecretLife,
    view::{GrantView, Language, Preset, SignInWay},
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
    /// How far ahead of its end a person was told of the sign-in's.
    pub foretold: Option<Foretold>,
    pub secret_life: SecretLife,
    pub refused: Refused,
    /// Present where its secrets are made and deleted by the console's API.
    pub console: Option<Console>,
}

/// That whoever gives tokens said no, as long as nothing came of it: known also after a restart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refused {
    pub cause: Option<Permanent>,
    pub halted: Option<Halt>,
}

/// A studio's keeper was halted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Halt {
    /// When this desk heard of it.
    pub at: Timestamp,
    /// As the admin says; it may be nothing.
    pub why: String,
}

impl Refused {
    /// What the engine is told of it when the profile is there again.
    pub(crate) fn remembered(&self, profile: ProfileId) -> impl Iterator<Item = Input> + use<> {
        let cause = self.cause.map(|cause| Input::RefusalRemembered { profile, cause });
        let halted = self.halted.is_some().then_some(Input::WithholdingRemembered { profile });
        cause.into_iter().chain(halted)
    }
}

/// What a person was told of the end of a sign-in, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Foretold {
    pub ahead: Ahead,
    pub at: Timestamp,
}

/// How a person signs in for a profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignIn {
    /// Where the person was shown what to do, the last time.
    pub way: SignInWay,
    /// Where the provider tells its endpoints; absent where the preset says it.
    pub issuer: Option<Endpoint>,
    /// As it is registered with the client; absent for a free port of this machine.
    pub redirect: Option<String>,
    /// Who signed in, as the provider calls them.
    pub account: Option<String>,
    /// Where a sign-in is ended (RFC 7009), as the provider told it.
    pub revocation: Option<Endpoint>,
    /// The person signed out, and nobody renews anything until they sign in again.
    pub signed_out: bool,
}

/// Where a profile's tokens come from, as configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub preset: Preset,
    /// Present exactly where the preset leaves it open ([`Preset::has_own_endpoint`]).
    pub token_endpoint: Option<Endpoint>,
    /// Where the same is asked for if nobody is there, in this order; a studio may have several keepers.
    pub other_endpoints: Vec<Endpoint>,
    /// Who signed their certificates, if that is nobody whom the system trusts.
    pub authority: Option<Authority>,
    pub encoding: Encoding,
    pub client_authentication: ClientAuthentication,
}

/// What a person changed of a profile: its fields, and never a whole older profile. A field that was left alone keeps
/// what it is when the edit is applied.
#[derive(Clone, Debug, Default, PartialEq)]
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
    /// Whether a profile is paused or asks first, and what was told of it, is no part of an edit.
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
            foretold: _,
            secret_life: _,
            refused: _,
            console: _,
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

    /// Where tokens come from now, if that is another.
    pub(crate) const fn source(&self) -> Option<&Source> {
        self.source.as_ref()
    }

    pub(crate) fn apply(self, profile: &mut Profile) {
        let Self { name, source, client_id, grant, scopes, renew_early, family, sign_in } = self;
        if source.is_some() || client_id.is_some() {
            // It was that of another client.
            profile.console = None;
        }
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
        self.preset == other.preset
            && self.token_endpoint == other.token_endpoint
            && self.other_endpoints == other.other_endpoints
    }

    /// The addresses of its own, as they are typed: the first, then the others.
    #[must_use]
    pub fn addresses(&self) -> String {
        let all: Vec<String> = self
            .token_endpoint
            .iter()
            .chain(&self.other_endpoints)
            .map(ToString::to_string)
            .collect();
        all.join(" ")
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

    /// How long a sign-in lasts at the provider at least, where nothing else is known of it.
    #[must_use]
    pub fn usual_sign_in_life(&self) -> Option<Duration> {
        match self.grant {
            GrantView::ClientCredentials => None,
            GrantView::RefreshToken => self.provider(None)?.sign_in_life,
        }
    }

    /// Whether the person signed out of it.
    #[must_use]
    pub fn is_signed_out(&self) -> bool {
        self.sign_in.as_ref().is_some_and(|way| way.signed_out)
    }

    /// Whether requests need a client secret.
    #[must_use]
    pub fn needs_secret(&self) -> bool {
        self.source.client_authentication != ClientAuthentication::None
    }

    /// Whether its tokens are minted with a secret that can be replaced and tried without touching anything else.
    #[must_use]
    pub fn mints_with_a_secret(&self) -> bool {
        self.grant == GrantView::ClientCredentials && self.needs_secret()
    }

    /// Whether requests of both are the same but for the secrets.
    #[must_use]
    pub fn asks_like(&self, other: &Self) -> bool {
        self.source == other.source
            && self.client_id == other.client_id
            && self.grant == other.grant
            && self.scopes == other.scopes
    }

    /// The provider to talk to. `sandbox` is the built-in sandbox's address; `None` if this profile needs it and it
    /// is not running.
    #[must_use]
    pub fn provider(&self, sandbox: Option<&Endpoint>) -> Option<Provider> {
        let own = self.source.token_endpoint.clone();
        let mut provider = match self.source.preset {
            Preset::AdobeIms => Provider::adobe_ims(),
            Preset::AdobeImsStage => Provider::adobe_ims_stage(),
            Preset::Keeper => Provider::keeper(own?),
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
        provider.authority.clone_from(&self.source.authority);
        if let Some(way) = &self.sign_in {
            provider.revocation = provider.revocation.or_else(|| way.revocation.clone());
        }
        Some(provider)
    }

    /// The same provider at its other addresses.
    #[must_use]
    pub fn elsewhere(&self, provider: &Provider) -> Vec<Provider> {
        let at =
            |endpoint: &Endpoint| Provider { token_endpoint: endpoint.clone(), ..provider.clone() };
        self.source.other_endpoints.iter().map(at).collect()
    }

    /// Where a person looks after the account behind this profile, where that is known.
    #[must_use]
    pub const fn account_url(&self) -> Option<&'static str> {
        match self.source.preset {
            Preset::AdobeIms | Preset::AdobeImsStage => Some("https://account.adobe.com/"),
            Preset::Keeper | Preset::Tutorial | Preset::Custom | Preset::Sandbox => None,
        }
    }

    /// What the provider is called in a sentence.
    #[must_use]
    pub fn provider_label(&self, language: Language) -> String {
        match (self.source.preset, &self.source.token_endpoint) {
            (Preset::AdobeIms, _) => language.say("preset-adobe_ims"),
            (Preset::AdobeImsStage, _) => language.say("preset-adobe_ims_stage"),
            (Preset::Keeper, _) => language.say("provider-keeper"),
            (Preset::Sandbox, _) => language.say("preset-sandbox"),
            (Preset::Tutorial | Preset::Custom, Some(endpoint)) => endpoint.host().to_owned(),
            (Preset::Tutorial | Preset::Custom, None) => language.say("provider-unnamed"),
        }
    }
}
