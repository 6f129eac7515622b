//! Who is asking: client authentication (RFC 6749 §2.3).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::Refused;
use crate::answer::Refusal;
use crate::client::{Client, ClientKind};
use crate::request::{Fields, Request};
use crate::settings::Settings;

/// The client that proved to be itself: by secret in the body, by HTTP Basic, or, if public, by its id alone.
pub(super) fn authenticate(
    settings: &Settings,
    request: &Request,
    fields: &Fields,
) -> Result<Client, Refused> {
    let shown = match request.header("authorization") {
        None => Shown::in_body(fields),
        Some(_) if fields.one("client_secret").is_some() => {
            return Err(Refused::malformed(
                "the client authenticates twice, by HTTP Basic and in the body",
            ));
        }
        Some(header) => Shown::by_basic(header),
    };
    let shown = shown.map_err(|why| Refused::new(Refusal::WrongClientId, why))?;
    if fields.one("client_id").is_some_and(|id| id != shown.id) {
        return Err(Refused::malformed("client_id in the body is not the one in HTTP Basic"));
    }
    let Some(client) = settings.clients.iter().find(|client| client.id == shown.id) else {
        let is_padded = settings.clients.iter().any(|client| client.id == shown.id.trim());
        let why =
            if is_padded { "white space around client_id" } else { "nobody knows this client_id" };
        return Err(Refused::new(Refusal::WrongClientId, why));
    };
    match (client.kind, &shown.secret) {
        (ClientKind::Public, None) => Ok(client.clone()),
        (ClientKind::Public, Some(_)) => Err(Refused::new(
            Refusal::UnexpectedClientSecret,
            "a public client must not send a client_secret",
        )),
        (_, None) => Err(Refused::new(Refusal::WrongClientSecret, "client_secret is missing")),
        (_, Some(secret)) if client.secrets.contains(secret) => Ok(client.clone()),
        (_, Some(_)) => Err(Refused::new(Refusal::WrongClientSecret, shown.why_wrong(client))),
    }
}

struct Shown {
    id: String,
    secret: Option<String>,
    /// Of HTTP Basic: id and secret before they were form-decoded.
    raw_secret: Option<String>,
}

impl Shown {
    fn in_body(fields: &Fields) -> Result<Self, String> {
        let id = fields.need("client_id")?.to_owned();
        Ok(Self { id, secret: fields.one("client_secret").map(str::to_owned), raw_secret: None })
    }

    /// RFC 6749 §2.3.1: both are form-urlencoded first, then joined by a colon, then in base64.
    fn by_basic(header: &str) -> Result<Self, String> {
        let (scheme, encoded) = header.split_once(' ').unwrap_or((header, ""));
        if !scheme.eq_ignore_ascii_case("basic") {
            return Err("the authorization header is not HTTP Basic".into());
        }
        let joined = BASE64.decode(encoded).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let joined = joined.ok_or("HTTP Basic is not base64 of UTF-8 text")?;
        let (id, secret) = joined.split_once(':').ok_or("HTTP Basic holds no colon")?;
        let decoded_secret = decode(secret);
        Ok(Self {
            id: decode(id),
            secret: (!secret.is_empty()).then_some(decoded_secret),
            raw_secret: Some(secret.to_owned()),
        })
    }

    /// The likely mistake.
    fn why_wrong(&self, client: &Client) -> &'static str {
        let is_ours = |secret: &str| client.secrets.iter().any(|ours| ours == secret);
        let looks_like = |change: &dyn Fn(&str) -> String| {
            self.secret
                .as_deref()
                .is_some_and(|shown| client.secrets.iter().any(|ours| change(ours) == shown))
        };
        if self.raw_secret.as_deref().is_some_and(is_ours) {
            "client_secret was not form-urlencoded before HTTP Basic (RFC 6749 §2.3.1)"
        } else if self.secret.as_deref().is_some_and(|secret| is_ours(secret.trim())) {
            "white space around client_secret"
        } else if looks_like(&decode) || looks_like(&|ours| ours.replace('+', " ")) {
            "client_secret was not percent-encoded: it arrived decoded once too often"
        } else if self.secret.as_deref().is_some_and(|secret| is_ours(&decode(secret))) {
            "client_secret was percent-encoded twice"
        } else if looks_like(&until_ampersand) || looks_like(&|ours| decode(&until_ampersand(ours)))
        {
            "client_secret was not percent-encoded: it ends where an & was"
        } else {
            "client_secret is wrong"
        }
    }
}

fn until_ampersand(secret: &str) -> String {
    secret.split('&').next().unwrap_or_default().to_owned()
}

/// As the value of a form field.
fn decode(text: &str) -> String {
    let pair = format!("v={}", text.replace('&', "%26"));
    url::form_urlencoded::parse(pair.as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}
