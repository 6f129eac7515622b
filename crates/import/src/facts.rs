//! From fields to a credential: what kind it is, where it belongs, and what to look at twice.

use glowjar_ims::{ClientId, Endpoint, Scopes};
use secrecy::SecretString;

use super::{Authentication, Body, Grant, Refusal, Remark, Source, Understood, fields::Fields};

/// Adobe's kinds of credentials (`docs/adobe-ims.md` section 1).
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

pub(super) fn settle(source: Source, mut fields: Fields) -> Result<Understood, Refusal> {
    let mut remarks = Vec::new();
    if fields.has_jwt || fields.grant_type.as_deref().is_some_and(|it| it.contains("jwt")) {
        return Err(Refusal::ServiceAccount);
    }
    let endpoint = fields.endpoint.take().map(|text| address(&text)).transpose()?;
    if endpoint.as_ref().is_some_and(|it| it.path().contains("/ims/exchange/jwt")) {
        return Err(Refusal::ServiceAccount);
    }
    let environment = endpoint.as_ref().map_or(Environment::Production, environment);
    let endpoint = endpoint.filter(|it| it.path() != "/" || environment == Environment::Other);
    let client_id = fields.client_id.take();
    let masked = fields.client_secrets.iter().any(|secret| is_masked(secret));
    let mut secrets: Vec<_> = std::mem::take(&mut fields.client_secrets)
        .into_iter()
        .filter(|secret| !is_masked(secret))
        .map(|secret| unwrapped(secret, &mut remarks))
        .collect();
    secrets.truncate(2);
    if fields.is_api_key && secrets.is_empty() && !masked && fields.refresh_token.is_none() {
        return Err(Refusal::ApiKeyOnly);
    }
    let Some(client_id) = client_id else { return Err(Refusal::Nothing) };
    if ClientId::parse(&client_id).is_err() {
        return Err(Refusal::Nothing);
    }
    let grant = match fields.grant_type.as_deref() {
        Some("refresh_token") => Grant::RefreshToken,
        _ if fields.refresh_token.is_some() => Grant::RefreshToken,
        _ => Grant::ClientCredentials,
    };
    let kind = match (environment, grant) {
        (_, Grant::RefreshToken) => Kind::WebApp,
        _ if fields.has_redirect => Kind::WebApp,
        (Environment::Other, Grant::ClientCredentials) => Kind::Unknown,
        (_, Grant::ClientCredentials) => Kind::ServerToServer,
    };
    let is_adobe = environment != Environment::Other;
    let scopes = scopes(&fields, is_adobe && grant == Grant::ClientCredentials, &mut remarks)?;
    match secrets.first() {
        None if masked => remarks.push(Remark::SecretMasked),
        None => remarks.push(Remark::SecretMissing),
        Some(secret) if looks_cut_off(secret, is_adobe) => remarks.push(Remark::SecretLooksCutOff),
        Some(_) if fields.taken_literally => remarks.push(Remark::SecretTakenLiterally),
        Some(_) => {}
    }
    if grant == Grant::RefreshToken && fields.refresh_token.is_none() {
        remarks.push(Remark::RefreshTokenMissing);
    }
    match environment {
        Environment::Stage => remarks.push(Remark::StageHost),
        Environment::Other => remarks.push(Remark::OtherHost),
        Environment::Production => {}
    }
    let mut secrets = secrets.into_iter().map(SecretString::from);
    Ok(Understood {
        source,
        kind,
        token_endpoint: endpoint,
        environment,
        body: fields.body.unwrap_or(Body::Form),
        authentication: fields.authentication.unwrap_or(Authentication::Body),
        grant,
        client_id,
        client_secret: secrets.next(),
        standby_secret: secrets.next(),
        refresh_token: fields.refresh_token.take().map(|it| line(&it).to_owned().into()),
        scopes,
        title: fields.title.take().filter(|title| !title.is_empty()),
        remarks,
    })
}

fn address(text: &str) -> Result<Endpoint, Refusal> {
    let text = text.trim().trim_end_matches('/');
    let text = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    Endpoint::parse(&text).map_err(|_| Refusal::Address)
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

fn scopes(fields: &Fields, wanted: bool, remarks: &mut Vec<Remark>) -> Result<Scopes, Refusal> {
    let text =
        fields.scopes.as_deref().unwrap_or_default().replace(['"', '\'', '[', ']', '“', '”'], " ");
    let scopes = Scopes::parse(&text).map_err(|_| Refusal::Scopes)?;
    if wanted && scopes.is_empty() {
        remarks.push(Remark::ScopesAssumed);
        return Scopes::parse(crate::FIREFLY_SCOPES).map_err(|_| Refusal::Scopes);
    }
    if wanted && !scopes.iter().any(|scope| FIREFLY.contains(&scope)) {
        remarks.push(Remark::FireflyScopeMissing);
    }
    Ok(scopes)
}

/// Line ends at its edges come from copying; one in its middle from a mail that was wrapped.
fn unwrapped(secret: String, remarks: &mut Vec<Remark>) -> String {
    let secret = line(&secret).to_owned();
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

/// Either is enough for the calls that designers make (`docs/adobe-ims.md` section 1).
const FIREFLY: [&str; 3] = ["firefly_api", "ff_apis", "firefly_enterprise"];
/// Adobe's have 36 characters and more, older ones 35; shorter ones are mostly half of one.
const SHORTEST: usize = 24;
