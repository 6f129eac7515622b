//! Who signed in: what the provider's ID token says of the person (OpenID Connect Core 1.0 section 2), checked against the
//! keys that the provider shows (section 3.1.3.7), and what its userinfo endpoint says (section 5.3).

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use glowjar_lifecycle::time::Timestamp;
use openidconnect::{
    ClientId as OpenIdClientId, IssuerUrl, Nonce,
    core::{CoreIdToken, CoreIdTokenVerifier, CoreJsonWebKeySet, CoreJwsSigningAlgorithm as Alg},
};
use secrecy::SecretString;

use crate::{client_id::ClientId, lenient_json::Fields, reply::Reply};

/// An ID token as the provider wrote it. It is good for nothing but to be checked, and still nobody's business.
#[derive(Clone)]
pub struct IdToken(SecretString);

impl IdToken {
    pub(crate) fn new(text: String) -> Self {
        Self(text.into())
    }

    fn expose(&self) -> &str {
        secrecy::ExposeSecret::expose_secret(&self.0)
    }
}

impl fmt::Debug for IdToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdToken([hidden])")
    }
}

/// The keys with which an issuer signs (RFC 7517), as they were when it was asked.
#[derive(Clone, Debug)]
pub struct Keys {
    issuer: IssuerUrl,
    set: CoreJsonWebKeySet,
}

impl Keys {
    /// Nothing if this is no set of keys. A key of a kind that nobody here knows is left out.
    pub(crate) fn read(issuer: &str, reply: &Reply) -> Option<Self> {
        let fields = reply.fields.as_ref().filter(|_| reply.is_success())?;
        let keys = fields.value("keys")?;
        let set = serde_json::json!({ "keys": keys }).to_string();
        Some(Self {
            issuer: IssuerUrl::new(issuer.to_owned()).ok()?,
            set: serde_json::from_str(&set).ok()?,
        })
    }
}

/// A person as the provider knows them. Nothing secret, but nothing for a log either.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The provider's own name for the account; the same for ever.
    pub subject: String,
    /// A mail address or a name, for a person to read. Absent if the provider says neither.
    pub label: Option<String>,
}

/// The ID token is not what it has to be, so whoever signed in is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the ID token is not good: {why}")]
pub struct IdTokenError {
    /// In the words of a developer, and none from the token.
    why: &'static str,
}

/// Who signed in, by the ID token, where there is one and keys to check it with. `now` is the server's time.
pub(crate) fn person(
    token: Option<&IdToken>,
    keys: Option<&Keys>,
    client_id: &ClientId,
    nonce: Option<&Nonce>,
    now: Timestamp,
) -> Result<Option<Person>, IdTokenError> {
    let (Some(token), Some(keys)) = (token, keys) else { return Ok(None) };
    check(token, keys, client_id, nonce, now).map(Some)
}

/// `now` is the server's time. Checks signature, issuer, audience, end and, where there is one, the nonce.
fn check(
    token: &IdToken,
    keys: &Keys,
    client_id: &ClientId,
    nonce: Option<&Nonce>,
    now: Timestamp,
) -> Result<Person, IdTokenError> {
    let token =
        CoreIdToken::from_str(token.expose()).map_err(|_| IdTokenError { why: "malformed" })?;
    let client_id = OpenIdClientId::new(client_id.as_str().to_owned());
    let now = DateTime::<Utc>::from_timestamp_millis(now.as_millis() - LEEWAY_MILLIS);
    let now = now.unwrap_or(DateTime::UNIX_EPOCH);
    let verifier =
        CoreIdTokenVerifier::new_public_client(client_id, keys.issuer.clone(), keys.set.clone())
            .set_allowed_algs(ALGORITHMS)
            .set_time_fn(move || now);
    let claims = match nonce {
        Some(nonce) => token.claims(&verifier, nonce),
        None => token.claims(&verifier, |_: Option<&Nonce>| Ok(())),
    };
    let claims = claims.map_err(|error| IdTokenError { why: why(&error) })?;
    let text = |text: Option<&str>| text.and_then(label);
    let name = claims.name().and_then(|names| names.get(None)).map(|name| name.as_str());
    Ok(Person {
        subject: claims.subject().as_str().to_owned(),
        label: text(claims.email().map(|it| it.as_str()))
            .or_else(|| text(name))
            .or_else(|| text(claims.preferred_username().map(|it| it.as_str()))),
    })
}

fn why(error: &openidconnect::ClaimsVerificationError) -> &'static str {
    use openidconnect::ClaimsVerificationError as Error;
    match error {
        Error::Expired(_) => "it has expired",
        Error::InvalidAudience(_) => "it is for another client",
        Error::InvalidIssuer(_) => "it is from another issuer",
        Error::InvalidNonce(_) => "it belongs to another sign-in",
        Error::SignatureVerification(_) => "its signature is not the issuer's",
        _ => "it is not understood",
    }
}

/// What the userinfo endpoint says of `subject`. About anybody else it says nothing here, since a token may have been
/// put in another's place (section 5.3.2).
pub(crate) fn read_userinfo(reply: &Reply, subject: Option<&str>) -> Option<Person> {
    let fields: &Fields = reply.fields.as_ref().filter(|_| reply.is_success())?;
    let told = fields.text("sub").or_else(|| fields.text("user_id"))?;
    if subject.is_some_and(|subject| subject != told) {
        return None;
    }
    let names = ["email", "name", "preferred_username"];
    let text = names.iter().find_map(|key| label(&fields.text(key)?));
    Some(Person { subject: told, label: text })
}

/// One line that a person reads.
fn label(text: &str) -> Option<String> {
    let text: String = text.trim().chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    Some(text).filter(|text| !text.is_empty())
}

/// Signatures that only the issuer can make. With `HS256` the client secret would do, and `none` is none.
const ALGORITHMS: [Alg; 9] = [
    Alg::RsaSsaPkcs1V15Sha256,
    Alg::RsaSsaPkcs1V15Sha384,
    Alg::RsaSsaPkcs1V15Sha512,
    Alg::RsaSsaPssSha256,
    Alg::RsaSsaPssSha384,
    Alg::RsaSsaPssSha512,
    Alg::EcdsaP256Sha256,
    Alg::EcdsaP384Sha384,
    Alg::EdDsa,
];
/// Clocks of two servers of one provider may differ by this much.
const LEEWAY_MILLIS: i64 = 60_000;
/// In characters.
const LONGEST: usize = 100;

#[cfg(test)]
mod tests;
