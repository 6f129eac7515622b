//! A request, in any of the ways in which programs write one: a form, JSON, a form in parts as Adobe's own client sends
//! it, and HTTP Basic (RFC 6749 §2.3.1).

use axum::{
    body::{Body, HttpBody as _, to_bytes},
    extract::{FromRequest, Multipart, Request},
    http::{HeaderMap, header},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::{SecretString, zeroize::Zeroizing};
use serde_json::Value;

use crate::{Refusal, guard::only};

/// The fields of a request. Some are secret, so that none has a `Debug`.
pub(crate) struct Asked {
    fields: Vec<(String, SecretString)>,
    basic: Option<(String, SecretString)>,
    bearer: Option<SecretString>,
}

impl Asked {
    /// # Errors
    /// [`Refusal::NotUnderstood`].
    pub(crate) async fn read(request: Request) -> Result<Self, Refusal> {
        // Before anything of it is read: whoever asks first whether to send it (`Expect: 100-continue`, as curl does
        // with long ones) is told no, and hears why. An answer to one who is still sending can be lost on the way.
        if request.body().size_hint().lower() > LONGEST_BODY as u64 {
            return Err(Refusal::NotUnderstood);
        }
        let (basic, bearer) = authorization(request.headers())?;
        let kind = only(request.headers(), &header::CONTENT_TYPE).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let fields = match kind.as_str() {
            "multipart/form-data" => of_parts(request).await?,
            "application/json" => of_json(&whole(request.into_body()).await?)?,
            // A form is what everything else is taken for: some programs don't say.
            _ => of_form(&whole(request.into_body()).await?),
        };
        Ok(Self { fields, basic, bearer })
    }

    /// `None` if it is not there, is empty, or is there twice with two values.
    pub(crate) fn one(&self, name: &str) -> Option<&str> {
        use secrecy::ExposeSecret;
        let mut values = self.fields.iter().filter(|(known, _)| known == name);
        let first = values.next()?.1.expose_secret();
        let is_one = values.all(|(_, value)| value.expose_secret() == first);
        Some(first).filter(|value| is_one && !value.is_empty())
    }

    /// Of whom and with what proof: in the body or by HTTP Basic, and by both only if they say the same.
    ///
    /// # Errors
    /// [`Refusal::NotUnderstood`], [`Refusal::WrongClientId`] if it is missing.
    pub(crate) fn client(&self) -> Result<(&str, Option<&str>), Refusal> {
        use secrecy::ExposeSecret;
        let (id, secret) = (self.one("client_id"), self.one("client_secret"));
        let Some((basic_id, basic_secret)) = &self.basic else {
            return Ok((id.ok_or(Refusal::WrongClientId)?, secret));
        };
        let basic_secret = basic_secret.expose_secret();
        let agrees = id.is_none_or(|id| id == basic_id)
            && secret.is_none_or(|secret| secret == basic_secret);
        if agrees { Ok((basic_id, Some(basic_secret))) } else { Err(Refusal::NotUnderstood) }
    }

    /// Separated by commas, as is Adobe's habit, or by spaces, as RFC 6749 §3.3 says.
    pub(crate) fn scopes(&self) -> Vec<String> {
        let scope = self.one("scope").unwrap_or_default();
        let scopes = scope.split([',', ' ']).filter(|scope| !scope.is_empty());
        scopes.map(str::to_owned).collect()
    }

    pub(crate) fn token(&self) -> Option<SecretString> {
        self.one("token").map(SecretString::from).or_else(|| self.bearer.clone())
    }
}

async fn whole(body: Body) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    let bytes = to_bytes(body, LONGEST_BODY).await.map_err(|_| Refusal::NotUnderstood)?;
    Ok(Zeroizing::new(bytes.to_vec()))
}

fn of_form(body: &[u8]) -> Vec<(String, SecretString)> {
    let pairs = url::form_urlencoded::parse(body);
    pairs.map(|(name, value)| (name.into_owned(), value.into_owned().into())).collect()
}

fn of_json(body: &[u8]) -> Result<Vec<(String, SecretString)>, Refusal> {
    let Ok(Value::Object(fields)) = serde_json::from_slice(body) else {
        return Err(Refusal::NotUnderstood);
    };
    let text = |value: Value| match value {
        Value::String(text) => Some(text),
        // A list of scopes.
        Value::Array(items) => {
            let items: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
            Some(items?.join(","))
        }
        _ => None,
    };
    let pairs = fields.into_iter().filter_map(|(name, value)| Some((name, text(value)?.into())));
    Ok(pairs.collect())
}

async fn of_parts(request: Request) -> Result<Vec<(String, SecretString)>, Refusal> {
    let parts = Multipart::from_request(request, &()).await;
    let mut parts = parts.map_err(|_| Refusal::NotUnderstood)?;
    let mut fields = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(|_| Refusal::NotUnderstood)? {
        let name = part.name().ok_or(Refusal::NotUnderstood)?.to_owned();
        let value = part.text().await.map_err(|_| Refusal::NotUnderstood)?;
        fields.push((name, value.into()));
    }
    Ok(fields)
}

type Authorization = (Option<(String, SecretString)>, Option<SecretString>);

fn authorization(headers: &HeaderMap) -> Result<Authorization, Refusal> {
    if !headers.contains_key(header::AUTHORIZATION) {
        return Ok((None, None));
    }
    let value = only(headers, &header::AUTHORIZATION).ok_or(Refusal::NotUnderstood)?;
    let (scheme, rest) = value.split_once(' ').ok_or(Refusal::NotUnderstood)?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Ok((None, Some(rest.trim().into())));
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(Refusal::NotUnderstood);
    }
    let bytes = STANDARD.decode(rest.trim()).map_err(|_| Refusal::NotUnderstood)?;
    let text = Zeroizing::new(String::from_utf8(bytes).map_err(|_| Refusal::NotUnderstood)?);
    let (id, secret) = text.split_once(':').ok_or(Refusal::NotUnderstood)?;
    Ok((Some((decoded(id), decoded(secret).into())), None))
}

/// Id and secret are form-encoded before they are joined (RFC 6749 §2.3.1). Not every program does that, and what needs
/// no encoding is the same either way.
fn decoded(text: &str) -> String {
    let pair = Zeroizing::new(format!("v={}", text.replace('&', "%26")));
    let value = url::form_urlencoded::parse(pair.as_bytes()).next();
    value.map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// Bytes. An id, a secret and a dozen scopes have a few hundred, and a token to be validated 2 000.
pub(crate) const LONGEST_BODY: usize = 16 * 1024;
