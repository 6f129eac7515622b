//! From what was found to a credential: what kind it is, where it belongs, and what to look at twice. Or why there is
//! none.

use glowjar_ims::{Authority, ClientId, Endpoint, Scopes};
use secrecy::SecretString;

use super::{
    Api, Authentication, Body, Ended, Grant, Refusal, Remark, Source, Told, Understood,
    facts::{Facts, Reader, SignIn},
    join::Joined,
    token,
};

/// Adobe's kinds of credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    ServerToServer,
    /// A person signs in; the refresh token renews.
    WebApp,
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    Production,
    Stage,
    /// Not Adobe's.
    Other,
}

pub(super) fn credential(text: &str, facts: &Facts) -> Result<Understood, Refusal> {
    let mut joined = match Joined::of(text, facts) {
        // What looks like two may be halves of one.
        Err(_) if facts.notes.is_cut_off => return Err(Refusal::CutOff),
        joined => joined?,
    };
    if let Some(refusal) = refusal(text, facts, &joined) {
        return Err(refusal);
    }
    let mut remarks = Vec::new();
    let endpoint = joined.addresses.used.as_deref().map(address).transpose()?;
    if endpoint.as_ref().is_some_and(|it| it.path().contains("/ims/exchange/jwt")) {
        return Err(Refusal::ServiceAccount);
    }
    let environment = endpoint.as_ref().map_or(Environment::Production, environment);
    let endpoint = endpoint.filter(|it| it.path() != "/" || environment == Environment::Other);
    let keepers = match (environment, &endpoint) {
        (Environment::Other, Some(endpoint)) => keepers(text, endpoint),
        _ => Vec::new(),
    };
    let (manner_body, authentication) = facts
        .manners
        .iter()
        .find(|it| facts.all.iter().any(|fact| fact.group == it.group && is_of_credential(fact)))
        .map_or((Body::Form, Authentication::Body), |it| (it.body, it.authentication));
    let masked = joined.secrets.iter().any(|secret| is_masked(secret));
    let mut secrets: Vec<_> = std::mem::take(&mut joined.secrets)
        .into_iter()
        .filter(|secret| !is_masked(secret))
        .map(|secret| unwrapped(&secret, &mut remarks))
        .collect();
    secrets.truncate(2);
    let client_id = joined.client_id.take().ok_or(Refusal::Nothing)?;
    if ClientId::parse(&client_id).is_err() {
        return Err(Refusal::Nothing);
    }
    let grant = match joined.grant_type.as_deref() {
        Some("refresh_token") => Grant::RefreshToken,
        _ if joined.refresh_token.is_some() => Grant::RefreshToken,
        _ => Grant::ClientCredentials,
    };
    let kind = match (environment, grant) {
        (_, Grant::RefreshToken) => Kind::WebApp,
        _ if joined.has_redirect => Kind::WebApp,
        (Environment::Other, Grant::ClientCredentials) => Kind::Unknown,
        (_, Grant::ClientCredentials) => Kind::ServerToServer,
    };
    let is_adobe = environment != Environment::Other;
    let wanted = is_adobe && grant == Grant::ClientCredentials;
    let named = Api::named_in(text);
    let scopes = scopes(&joined.scopes, named.filter(|_| wanted), wanted, &mut remarks)?;
    let api = Api::of_scopes(&scopes).or(named).filter(|_| is_adobe);
    match secrets.first() {
        None if joined.is_unclear => remarks.push(Remark::SecretUnclear),
        None if masked => remarks.push(Remark::SecretMasked),
        None => remarks.push(Remark::SecretMissing),
        Some(secret) if looks_cut_off(secret, is_adobe) => remarks.push(Remark::SecretLooksCutOff),
        Some(_) if facts.notes.taken_literally => remarks.push(Remark::SecretTakenLiterally),
        Some(_) if joined.is_unclear => remarks.push(Remark::SecretUnclear),
        Some(_) => {}
    }
    if grant == Grant::RefreshToken && joined.refresh_token.is_none() {
        remarks.push(Remark::RefreshTokenMissing);
    }
    match environment {
        Environment::Stage => remarks.push(Remark::StageHost),
        Environment::Other if !keepers.is_empty() => remarks.push(Remark::Keeper),
        Environment::Other => remarks.push(Remark::OtherHost),
        Environment::Production => {}
    }
    remarks.extend(Ended::called_in(text).into_iter().map(Remark::ApiEnded));
    if facts.notes.is_trimmed {
        remarks.push(Remark::EndLeftOut);
    }
    if joined.is_unlabelled {
        remarks.push(Remark::KnownByLooks);
    }
    if joined.addresses.unused.is_some() {
        remarks.push(Remark::AddressNotUsed);
    }
    let mut secrets = secrets.into_iter().map(SecretString::from);
    Ok(Understood {
        source: source(facts, &joined),
        kind,
        token_endpoint: endpoint,
        unused_address: joined.addresses.unused.take(),
        environment,
        body: manner_body,
        authentication,
        grant,
        client_id,
        client_secret: secrets.next(),
        standby_secret: secrets.next(),
        refresh_token: joined.refresh_token.take().map(|it| line(&it).to_owned().into()),
        scopes,
        told: Told {
            title: joined.title.take().filter(|title| !title.is_empty()),
            api,
            names: names(facts),
            authority: authority(text).filter(|_| !keepers.is_empty()),
            keepers,
        },
        remarks,
    })
}

/// Why nothing can be taken, the most telling reason first.
fn refusal(text: &str, facts: &Facts, joined: &Joined) -> Option<Refusal> {
    let notes = &facts.notes;
    let has_id = joined.client_id.is_some() && !joined.is_api_key;
    let has_secret = !joined.secrets.is_empty() || joined.refresh_token.is_some();
    let grant = joined.grant_type.as_deref().unwrap_or_default();
    if joined.has_jwt || grant.contains("jwt") || (notes.has_jwt && !has_secret) {
        return Some(Refusal::ServiceAccount);
    }
    if joined.client_id.is_some() && has_secret {
        return match &joined.addresses {
            it if it.is_unknown => Some(Refusal::AddressUnknown),
            _ if grant == "authorization_code" && joined.refresh_token.is_none() => {
                Some(Refusal::SignIn(SignIn::Unknown))
            }
            _ => None,
        };
    }
    if let Some(ends) = token::find(text).filter(|_| !joined.is_unclear) {
        return Some(Refusal::Token { ends });
    }
    match notes.sign_in {
        Some(kind) => return Some(Refusal::SignIn(kind)),
        None if notes.from_file => return Some(Refusal::FromFile),
        None if notes.is_cut_off => return Some(Refusal::CutOff),
        None if notes.is_without_values => return Some(Refusal::SecretsElsewhere),
        None => {}
    }
    if joined.is_unclear && joined.client_id.is_none() {
        return Some(Refusal::Unclear);
    }
    // A secret that is hidden, or a name in its place, is one that can be asked for.
    let expects_secret = facts.has(super::names::Part::ClientSecret) || joined.is_unclear;
    if (joined.is_api_key && !expects_secret) || (notes.is_api_key_only && !has_id) {
        return Some(Refusal::ApiKeyOnly);
    }
    if joined.client_id.is_none() {
        let is_token = joined.access_token.as_ref().is_some_and(|it| it.len() > 40);
        return Some(if is_token { Refusal::Token { ends: None } } else { Refusal::Nothing });
    }
    joined.addresses.is_unknown.then_some(Refusal::AddressUnknown)
}

/// Names of variables and fields, as they stand in the text.
fn names(facts: &Facts) -> Vec<String> {
    let is_name = |name: &str| {
        !name.is_empty() && name.chars().all(|it| it.is_ascii_alphanumeric() || it == '_')
    };
    let mut names: Vec<String> = Vec::new();
    for fact in facts.all.iter().filter(|fact| fact.is_enabled && fact.part.is_some()) {
        if is_name(&fact.name) && !names.contains(&fact.name) {
            names.push(fact.name.clone());
        }
    }
    names
}

fn is_of_credential(fact: &super::facts::Fact) -> bool {
    use super::names::Part;
    fact.part.as_ref().is_some_and(|name| {
        matches!(
            name.part,
            Part::ClientId | Part::ClientSecret | Part::RefreshToken | Part::GrantType
        )
    })
}

fn source(facts: &Facts, joined: &Joined) -> Source {
    match joined.reader {
        Some(Reader::Request) => Source::Curl,
        Some(Reader::Json) => Source::ProjectJson,
        Some(Reader::Postman) => Source::Postman,
        Some(Reader::Variables) => Source::Env,
        Some(Reader::Labels | Reader::Looks) | None => {
            // A mail with one assignment in it is a mail with assignments.
            let is_assigned = facts.all.iter().any(|fact| {
                fact.reader == Reader::Variables && is_of_credential(fact) && fact.is_enabled
            });
            if is_assigned { Source::Env } else { Source::Labels }
        }
    }
}

fn address(text: &str) -> Result<Endpoint, Refusal> {
    let text = text.trim().trim_end_matches('/');
    let text = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    // An address is shown, and a field that lost what held it apart from the address would be shown with it.
    let (address, query) = text.split_once('?').unwrap_or((&text, ""));
    let is_of_a_credential = |field: &str| {
        super::names::Name::parse(field.split('=').next().unwrap_or_default()).is_some()
    };
    if address.contains(['=', '&']) {
        return Err(Refusal::Address);
    }
    let has_credential = query.split('&').any(is_of_a_credential);
    let address = if has_credential { address } else { &text };
    Endpoint::parse(address).map_err(|_| Refusal::Address)
}

/// The addresses in the header by which `glowjar-keeper admit` says what the line is for. The one that is asked comes first.
fn keepers(text: &str, asked: &Endpoint) -> Vec<Endpoint> {
    let lower = text.to_ascii_lowercase();
    let Some(at) = lower.find(KEEPERS) else { return Vec::new() };
    let rest = &text[at + KEEPERS.len()..];
    let rest = rest.split(['\'', '"', '\n', '’', '”']).next().unwrap_or_default();
    let mut keepers = vec![asked.clone()];
    for address in rest.split_whitespace().take(MOST_KEEPERS) {
        let Ok(keeper) = Endpoint::of_keeper(address) else { continue };
        if !keepers.contains(&keeper) {
            keepers.push(keeper);
        }
    }
    keepers
}

/// The authority in the header beside it. A mail may have wrapped it.
fn authority(text: &str) -> Option<Authority> {
    let at = text.to_ascii_lowercase().find(AUTHORITY)?;
    let rest = &text[at + AUTHORITY.len()..];
    let rest = rest.split(['\'', '"', '’', '”']).next().unwrap_or_default();
    let written: String = rest.split_whitespace().collect();
    Authority::parse(&written)
}

fn environment(endpoint: &Endpoint) -> Environment {
    let host = endpoint.host();
    let is_adobe = ["adobelogin.com", "adobe.io", "adobe.com"]
        .iter()
        .any(|domain| host == *domain || host.ends_with(&format!(".{domain}")));
    match is_adobe {
        true if host.contains("-stg") || host.contains("stage") => Environment::Stage,
        true => Environment::Production,
        false => Environment::Other,
    }
}

/// `named` is the API whose address stands in the text.
fn scopes(
    found: &str,
    named: Option<&Api>,
    wanted: bool,
    remarks: &mut Vec<Remark>,
) -> Result<Scopes, Refusal> {
    let text = found.replace(['"', '\'', '[', ']', '“', '”'], " ");
    let scopes = Scopes::parse(&text).map_err(|_| Refusal::Scopes)?;
    if wanted && scopes.is_empty() {
        remarks.push(Remark::ScopesAssumed);
        let usual = named.map_or(crate::FIREFLY_SCOPES, |api| api.scopes);
        return Scopes::parse(usual).map_err(|_| Refusal::Scopes);
    }
    let is_for_another = Api::of_scopes(&scopes).is_some();
    if wanted && !is_for_another && !scopes.iter().any(|scope| FIREFLY.contains(&scope)) {
        remarks.push(Remark::FireflyScopeMissing);
    }
    Ok(scopes)
}

/// Line ends at its edges come from copying; one in its middle from a mail that was wrapped.
fn unwrapped(secret: &str, remarks: &mut Vec<Remark>) -> String {
    let secret = line(secret).to_owned();
    if !secret.contains('\n') {
        return secret;
    }
    remarks.push(Remark::SecretWasWrapped);
    secret.lines().map(str::trim).collect()
}

fn line(secret: &str) -> &str {
    secret.trim_matches(['\r', '\n'])
}

fn is_masked(secret: &str) -> bool {
    let secret = secret.trim();
    let dots = secret.chars().filter(|c| matches!(c, '•' | '*' | '●' | '·' | '∙')).count();
    dots >= 4 && dots * 2 > secret.chars().count()
}

fn looks_cut_off(secret: &str, is_adobe: bool) -> bool {
    secret.ends_with('…')
        || secret.ends_with("...")
        || (is_adobe && secret.chars().count() < SHORTEST)
}

const KEEPERS: &str = "glowjar-keepers:";
const AUTHORITY: &str = "glowjar-authority:";
const MOST_KEEPERS: usize = 9;
/// Either is enough for the calls that designers make.
const FIREFLY: [&str; 3] = ["firefly_api", "ff_apis", "firefly_enterprise"];
/// Adobe's have 36 characters and more, older ones 35; shorter ones are mostly half of one.
const SHORTEST: usize = 24;
