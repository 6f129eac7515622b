//! From what a person typed to a profile and a credential, or to what is wrong with it, field by field.

use std::time::Duration;

use glowjar_ims::{
    ClientId, ClientIdError, ClientSecret, Endpoint, EndpointError, RefreshToken, Scopes,
    ScopesError,
};
use glowjar_lifecycle::{id::ProfileId, input::Change};
use glowjar_protocol::names::{self, Family};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    credential::Credential,
    localization::FieldError,
    profile::{Edit, Name, NameError, Profile, Refused, Source},
    request::{ClientAuthentication, Draft, DraftView, Encoding, Field, FieldTrouble},
    secret_life::SecretLife,
    view::{GrantView, Language, Preset},
};

/// In bytes. The longest refresh tokens seen have some 2 000.
const LONGEST_SECRET: usize = 16 * 1024;
pub(crate) const LONGEST_RENEW_EARLY: u32 = 24 * 60;

/// A draft that can be stored.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub profile: ParsedProfile,
    pub credential: Credential,
    /// The refresh token in `credential` is the stored one, so a newer one that is stored meanwhile counts.
    pub keeps_refresh_token: bool,
    /// What the edit means for the engine; `None` if nothing but the name changed.
    pub change: Option<Change>,
    /// With which the secret in `credential`, which was made up here, has to be made known first.
    pub one_time_word: Option<ClientSecret>,
    /// Taken into use even if the keychain can't take its secrets.
    pub may_stay_in_memory: bool,
}

/// A new profile as a whole, or what is to change of one that exists.
#[derive(Debug)]
pub(crate) enum ParsedProfile {
    New(Profile),
    Edited(ProfileId, Edit),
}

impl Parsed {
    pub(crate) const fn id(&self) -> ProfileId {
        match &self.profile {
            ParsedProfile::New(profile) => profile.id,
            ParsedProfile::Edited(id, _) => *id,
        }
    }
}

/// What a draft is checked against.
#[derive(Debug)]
pub(crate) struct Known<'a> {
    pub id: ProfileId,
    /// The profile being edited, and what is stored for it.
    pub edited: Option<(&'a Profile, &'a Credential)>,
    pub names: Vec<&'a Name>,
    /// A sign-in brings the refresh token, if there is to be one.
    pub signs_in: bool,
    pub language: Language,
}

pub(crate) fn parse(draft: &Draft, known: &Known<'_>) -> Result<Parsed, Vec<FieldTrouble>> {
    let mut form = Form { language: known.language, faults: Vec::new() };
    let name = form.take(Field::Name, parse_name(&draft.name, &known.names));
    let source = form.take(Field::TokenEndpoint, parse_source(draft)).map(|source| {
        let stored = known.edited.map(|(profile, _)| &profile.source);
        let same = stored.filter(|stored| stored.is_same_server(&source));
        // The form does not show it.
        let authority = source.authority.clone().or_else(|| same?.authority.clone());
        Source { authority, ..source }
    });
    let client_id =
        form.take(Field::ClientId, ClientId::parse(&draft.client_id).map_err(client_id_fault));
    let scopes = form.take(Field::Scopes, parse_scopes(draft));
    let renew_early =
        form.take(Field::RenewEarlyMinutes, parse_renew_early(draft.renew_early_minutes));

    // A stored secret goes only to the server it was given for.
    let stored = known
        .edited
        .filter(|(profile, _)| source.as_ref().is_none_or(|it| it.is_same_server(&profile.source)));
    let stored = stored.map(|(_, credential)| credential);
    let needs_secret = draft.client_authentication != ClientAuthentication::None;
    let sign_in = known.edited.and_then(|(profile, _)| {
        let same = source.as_ref().is_none_or(|it| it.is_same_server(&profile.source));
        profile.sign_in.clone().filter(|_| same && draft.grant == GrantView::RefreshToken)
    });
    let needs_refresh_token =
        draft.grant == GrantView::RefreshToken && !known.signs_in && sign_in.is_none();
    let client_secret = form.take(
        Field::ClientSecret,
        parse_secret(draft.client_secret.as_ref(), needs_secret, ClientSecret::parse)
            .map(|typed| typed.or_else(|| stored.and_then(|stored| stored.client_secret.clone()))),
    );
    let standby_secret = form.take(Field::StandbySecret, parse_standby(draft, stored));
    let refresh_token = form.take(
        Field::RefreshToken,
        parse_secret(draft.refresh_token.as_ref(), needs_refresh_token, RefreshToken::parse)
            .map(|typed| typed.or_else(|| stored.and_then(|stored| stored.refresh_token.clone()))),
    );
    let is_word = |secret: &ClientSecret| glowjar_ims::is_one_time(secret.expose());
    let is_keeper = draft.preset == Preset::Keeper;
    if is_keeper && known.edited.is_some() && client_secret.iter().flatten().any(is_word) {
        form.fault(Field::ClientSecret, &FieldError::new("secret_one_time"));
    }
    if needs_secret && matches!(client_secret, Some(None)) {
        form.fault(Field::ClientSecret, &FieldError::new("secret_wanted"));
    }
    if needs_refresh_token && matches!(refresh_token, Some(None)) {
        form.fault(Field::RefreshToken, &FieldError::new("refresh_token_wanted"));
    }
    let (
        Some(name),
        Some(source),
        Some(client_id),
        Some(scopes),
        Some(renew_early),
        Some(client_secret),
        Some(standby_secret),
        Some(refresh_token),
        [],
    ) = (
        name,
        source,
        client_id,
        scopes,
        renew_early,
        client_secret,
        standby_secret,
        refresh_token,
        &*form.faults,
    )
    else {
        return Err(form.faults);
    };

    let profile = Profile {
        id: known.id,
        name,
        source,
        client_id,
        grant: draft.grant,
        scopes,
        renew_early,
        paused: false,
        asks_first: false,
        family: draft.family.as_deref().and_then(names::family).filter(is_unusual),
        sign_in,
        foretold: None,
        secret_life: SecretLife::default(),
        refused: Refused::default(),
        console: None,
    };
    let same_refresh_token =
        known.edited.is_some_and(|(_, old)| old.has_refresh_token(refresh_token.as_ref()));
    let refresh_token_ends = known
        .edited
        .filter(|_| same_refresh_token)
        .and_then(|(_, credential)| credential.refresh_token_ends);
    let made = stored.and_then(|stored| stored.made.clone());
    let credential =
        Credential { client_secret, standby_secret, refresh_token, refresh_token_ends, made };
    let change = match known.edited {
        None => Some(Change::Identity),
        Some((old, stored)) => change(old, stored, &profile, &credential),
    };
    let keeps_refresh_token = stored.is_some() && same_refresh_token;
    let profile = match known.edited {
        None => ParsedProfile::New(profile),
        Some((old, _)) => ParsedProfile::Edited(known.id, Edit::between(old, profile)),
    };
    Ok(Parsed {
        profile,
        credential,
        keeps_refresh_token,
        change,
        one_time_word: None,
        may_stay_in_memory: false,
    })
}

/// The editable parts of a profile. `credential` is absent while the keychain is closed.
pub(crate) fn view(profile: &Profile, credential: Option<&Credential>) -> DraftView {
    DraftView {
        name: profile.name.as_str().to_owned(),
        preset: profile.source.preset,
        token_endpoint: profile.source.addresses(),
        encoding: profile.source.encoding,
        client_authentication: profile.source.client_authentication,
        client_id: profile.client_id.to_string(),
        grant: profile.grant,
        scopes: profile.scopes.to_string(),
        renew_early_minutes: profile
            .renew_early
            .and_then(|span| u32::try_from(span.as_secs() / 60).ok()),
        family: profile.family.map(|family| family.name.clone()),
        has_client_secret: credential.is_some_and(|credential| credential.client_secret.is_some()),
        has_standby_secret: credential
            .is_some_and(|credential| credential.standby_secret.is_some()),
        has_refresh_token: credential.is_some_and(|credential| credential.refresh_token.is_some()),
    }
}

/// The usual one is kept as none, so that it can become another.
fn is_unusual(family: &&'static Family) -> bool {
    names::usual() != Some(*family)
}

fn change(
    old: &Profile,
    stored: &Credential,
    new: &Profile,
    credential: &Credential,
) -> Option<Change> {
    let secret =
        |secret: &Option<ClientSecret>| secret.as_ref().map(|secret| secret.expose().to_owned());
    let same_identity = old.client_id == new.client_id
        && old.source == new.source
        && old.grant == new.grant
        && stored.has_refresh_token(credential.refresh_token.as_ref());
    let same_credential = secret(&stored.client_secret) == secret(&credential.client_secret)
        && secret(&stored.standby_secret) == secret(&credential.standby_secret)
        && old.scopes == new.scopes;
    if !same_identity {
        Some(Change::Identity)
    } else if !same_credential {
        Some(Change::Credential)
    } else if old.renew_early != new.renew_early {
        Some(Change::Policy)
    } else {
        None
    }
}

#[derive(Debug)]
struct Form {
    language: Language,
    faults: Vec<FieldTrouble>,
}

impl Form {
    fn take<T>(&mut self, field: Field, parsed: Result<T, FieldError>) -> Option<T> {
        parsed.map_err(|fault| self.fault(field, &fault)).ok()
    }

    fn fault(&mut self, field: Field, fault: &FieldError) {
        self.faults.push(FieldTrouble { field, message: fault.say(self.language), cause: None });
    }
}

pub(crate) fn parse_name(text: &str, others: &[&Name]) -> Result<Name, FieldError> {
    let name = Name::parse(text).map_err(|error| match error {
        NameError::Blank => FieldError::new("name_blank"),
        NameError::TooLong => FieldError::with("name_too_long", "most", Name::LONGEST),
        NameError::Control => FieldError::new("name_control"),
    })?;
    if others.iter().any(|other| other.reads_like(&name)) {
        return Err(FieldError::with("name_taken", "name", name.as_str()));
    }
    Ok(name)
}

fn client_id_fault(error: ClientIdError) -> FieldError {
    FieldError::new(match error {
        ClientIdError::Blank => "client_id_blank",
        ClientIdError::TooLong => "client_id_too_long",
        ClientIdError::Character => "client_id_character",
    })
}

fn endpoint_fault(error: EndpointError) -> FieldError {
    FieldError::new(match error {
        EndpointError::Blank => "endpoint_blank",
        EndpointError::TooLong => "endpoint_too_long",
        EndpointError::Malformed(_) => "endpoint_malformed",
        EndpointError::Scheme => "endpoint_scheme",
        EndpointError::Unencrypted => "endpoint_unencrypted",
        EndpointError::UserInfo => "endpoint_user_info",
        EndpointError::Fragment => "endpoint_fragment",
    })
}

fn parse_source(draft: &Draft) -> Result<Source, FieldError> {
    let mut endpoints = match draft.preset {
        Preset::Keeper => keepers(&draft.token_endpoint)?,
        preset if preset.has_own_endpoint() => {
            vec![Endpoint::parse(&draft.token_endpoint).map_err(endpoint_fault)?]
        }
        _ => Vec::new(),
    }
    .into_iter();
    let encoding = match draft.preset {
        Preset::Tutorial | Preset::Custom => draft.encoding,
        Preset::AdobeIms | Preset::AdobeImsStage | Preset::Keeper | Preset::Sandbox => {
            Encoding::Form
        }
    };
    Ok(Source {
        preset: draft.preset,
        token_endpoint: endpoints.next(),
        other_endpoints: endpoints.collect(),
        authority: draft.authority.clone().filter(|_| draft.preset == Preset::Keeper),
        encoding,
        client_authentication: draft.client_authentication,
    })
}

/// One address or several, in the order in which they are to be asked.
fn keepers(text: &str) -> Result<Vec<Endpoint>, FieldError> {
    let mut keepers: Vec<Endpoint> = Vec::new();
    for address in text.split([' ', ',', '\n', '\t']).filter(|it| !it.is_empty()) {
        let keeper = Endpoint::of_keeper(address).map_err(endpoint_fault)?;
        if !keepers.contains(&keeper) {
            keepers.push(keeper);
        }
    }
    if keepers.is_empty() { Err(endpoint_fault(EndpointError::Blank)) } else { Ok(keepers) }
}

fn parse_scopes(draft: &Draft) -> Result<Scopes, FieldError> {
    let scopes = Scopes::parse(&draft.scopes).map_err(|error| match error {
        ScopesError::Character(character) => {
            FieldError::with("scopes_character", "character", character)
        }
        ScopesError::TooLong => FieldError::new("scopes_too_long"),
    })?;
    let adobe_mints = matches!(draft.preset, Preset::AdobeIms | Preset::AdobeImsStage)
        && draft.grant == GrantView::ClientCredentials;
    if adobe_mints && scopes.is_empty() {
        return Err(FieldError::new("scopes_wanted"));
    }
    Ok(scopes)
}

pub(crate) fn parse_renew_early(minutes: Option<u32>) -> Result<Option<Duration>, FieldError> {
    match minutes {
        None => Ok(None),
        Some(minutes @ 1..=LONGEST_RENEW_EARLY) => {
            Ok(Some(Duration::from_secs(u64::from(minutes) * 60)))
        }
        Some(_) => Err(FieldError::with("renew_early", "most", LONGEST_RENEW_EARLY)),
    }
}

/// `Ok(None)` if nothing was typed.
fn parse_secret<T, E>(
    typed: Option<&SecretString>,
    is_needed: bool,
    parse: impl Fn(SecretString) -> Result<T, E>,
) -> Result<Option<T>, FieldError> {
    let Some(text) = typed else { return Ok(None) };
    if !is_needed && text.expose_secret().is_empty() {
        return Ok(None);
    }
    if text.expose_secret().len() > LONGEST_SECRET {
        return Err(FieldError::new("secret_too_long"));
    }
    parse(text.clone()).map(Some).map_err(|_| FieldError::new("secret_blank"))
}

pub(crate) fn parse_client_secret(typed: &SecretString) -> Result<ClientSecret, FieldError> {
    let parsed = parse_secret(Some(typed), false, ClientSecret::parse)?;
    parsed.ok_or_else(|| FieldError::new("secret_wanted"))
}

fn parse_standby(
    draft: &Draft,
    stored: Option<&Credential>,
) -> Result<Option<ClientSecret>, FieldError> {
    match &draft.standby_secret {
        None => Ok(stored.and_then(|stored| stored.standby_secret.clone())),
        Some(text) => parse_secret(Some(text), false, ClientSecret::parse),
    }
}

#[cfg(test)]
pub(crate) mod tests;
