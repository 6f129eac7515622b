//! The tokens themselves: self-describing and signed with a key everybody knows, so that a restarted sandbox still
//! knows what it issued. Worth nothing as protection, and not meant as any.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Map, Value, json};
use sha2::Sha256;

use crate::settings::TokenForm;

/// What a token says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Claims {
    pub(crate) id: String,
    pub(crate) kind: Kind,
    pub(crate) client_id: String,
    /// As granted, with commas.
    pub(crate) scope: String,
    /// Milliseconds since 1970.
    pub(crate) created_at: u64,
    /// Life in milliseconds.
    pub(crate) expires_in: u64,
    /// The refresh token family it belongs to.
    pub(crate) family: Option<String>,
    /// Of a refresh token: its place in the family.
    pub(crate) sequence: u64,
    /// Of an access token: when the refresh token beside it ends, in milliseconds since 1970 (docs/adobe-ims.md §4, `rtea`).
    pub(crate) refresh_ends: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Access,
    Refresh,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Access => "access_token",
            Self::Refresh => "refresh_token",
        }
    }
}

impl Claims {
    pub(crate) fn ends(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(self.created_at.saturating_add(self.expires_in))
    }

    /// The user this token speaks for: one made-up designer, or the project itself.
    pub(crate) fn user_id(&self) -> String {
        match self.family {
            Some(_) => USER_ID.to_owned(),
            None => format!("{}@techacct.adobe.com", self.client_id),
        }
    }

    /// In Adobe's shape: numbers as strings, in milliseconds (docs/adobe-ims.md §4).
    pub(crate) fn json(&self) -> Map<String, Value> {
        let mut claims = Map::new();
        let mut add = |name: &str, value: Value| claims.insert(name.to_owned(), value);
        add("id", json!(self.id));
        add("type", json!(self.kind.name()));
        add("client_id", json!(self.client_id));
        add("user_id", json!(self.user_id()));
        add("as", json!(INSTANCE));
        add("scope", json!(self.scope));
        add("created_at", json!(self.created_at.to_string()));
        add("expires_in", json!(self.expires_in.to_string()));
        if let Some(family) = &self.family {
            add("fid", json!(family));
        }
        if self.kind == Kind::Refresh {
            add("seq", json!(self.sequence.to_string()));
        }
        if let Some(ends) = self.refresh_ends {
            add("rtea", json!(ends.to_string()));
        }
        claims
    }

    fn parse(claims: &Value) -> Option<Self> {
        let text = |name: &str| claims.get(name)?.as_str().map(str::to_owned);
        let number = |name: &str| text(name)?.parse().ok();
        Some(Self {
            id: text("id")?,
            kind: if text("type")? == Kind::Access.name() { Kind::Access } else { Kind::Refresh },
            client_id: text("client_id")?,
            scope: text("scope")?,
            created_at: number("created_at")?,
            expires_in: number("expires_in")?,
            family: text("fid"),
            sequence: number("seq").unwrap_or(0),
            refresh_ends: number("rtea"),
        })
    }

    pub(crate) fn write(&self, form: TokenForm) -> String {
        let mut claims = self.json();
        match form {
            TokenForm::Opaque => {
                let payload = Value::Object(claims).to_string();
                BASE64.encode([&sign(payload.as_bytes())[..], payload.as_bytes()].concat())
            }
            TokenForm::Jwt | TokenForm::JwtWithExp => {
                if form == TokenForm::JwtWithExp {
                    claims.insert("iat".into(), json!(self.created_at / 1000));
                    claims.insert(
                        "exp".into(),
                        json!(self.created_at.saturating_add(self.expires_in) / 1000),
                    );
                }
                if self.kind == Kind::Access {
                    let short = PAYLOAD_LENGTH
                        .saturating_sub(Value::Object(claims.clone()).to_string().len());
                    claims.insert("padding".into(), json!("x".repeat(short)));
                }
                let header =
                    json!({ "alg": "HS256", "kid": "sandbox-key-at-1", "itt": "at" }).to_string();
                let signed = format!(
                    "{}.{}",
                    BASE64.encode(header),
                    BASE64.encode(Value::Object(claims).to_string())
                );
                let signature = BASE64.encode(sign(signed.as_bytes()));
                format!("{signed}.{signature}")
            }
        }
    }

    /// Whichever form it was written in.
    ///
    /// # Errors
    /// In words, and never a piece of the token.
    pub(crate) fn read(token: &str) -> Result<Self, &'static str> {
        let payload = match token.rsplit_once('.') {
            Some((signed, signature)) => {
                let signature = BASE64.decode(signature).map_err(|_| NOT_OURS)?;
                verify(signed.as_bytes(), &signature)?;
                BASE64.decode(signed.split_once('.').ok_or(NOT_OURS)?.1).map_err(|_| NOT_OURS)?
            }
            None => {
                let whole = BASE64.decode(token).map_err(|_| NOT_OURS)?;
                let (signature, payload) =
                    whole.split_at_checked(SIGNATURE_LENGTH).ok_or(NOT_OURS)?;
                verify(payload, signature)?;
                payload.to_vec()
            }
        };
        serde_json::from_slice(&payload)
            .ok()
            .and_then(|claims| Self::parse(&claims))
            .ok_or(NOT_OURS)
    }
}

pub(crate) fn millis(time: SystemTime) -> u64 {
    span_millis(time.duration_since(UNIX_EPOCH).unwrap_or_default())
}

pub(crate) fn span_millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

/// Sixteen random bytes in hexadecimal.
pub(crate) fn random_id() -> String {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the system's random source answers");
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn mac(message: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(KEY).expect("HMAC takes a key of any length");
    mac.update(message);
    mac
}

fn sign(message: &[u8]) -> Vec<u8> {
    mac(message).finalize().into_bytes().to_vec()
}

fn verify(message: &[u8], signature: &[u8]) -> Result<(), &'static str> {
    mac(message).verify_slice(signature).map_err(|_| "its signature is wrong")
}

const NOT_OURS: &str = "it is not a token of this sandbox";
const KEY: &[u8] = b"glowjar sandbox: known to everybody, protects nothing";
const SIGNATURE_LENGTH: usize = 32;
const INSTANCE: &str = "ims-na1";
pub(crate) const USER_ID: &str = "0F1E2D3C4B5A69788796A5B4@AdobeID";
/// Makes the token 1 200 characters long and a bit: real ones are 1 100 to 1 600 (docs/adobe-ims.md §4).
const PAYLOAD_LENGTH: usize = 800;

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(kind: Kind) -> Claims {
        Claims {
            id: random_id(),
            kind,
            client_id: "a-client".into(),
            scope: "openid,AdobeID".into(),
            created_at: 1_700_000_000_000,
            expires_in: 86_399_000,
            family: Some("family".into()),
            sequence: 7,
            refresh_ends: None,
        }
    }

    #[test]
    fn every_form_reads_back_as_it_was_written() {
        for form in [TokenForm::Jwt, TokenForm::JwtWithExp, TokenForm::Opaque] {
            let written = claims(Kind::Refresh);
            assert_eq!(Claims::read(&written.write(form)), Ok(written), "{form:?}");
        }
    }

    #[test]
    fn a_token_with_one_character_changed_is_not_ours() {
        for form in [TokenForm::Jwt, TokenForm::Opaque] {
            let token = claims(Kind::Access).write(form);
            let at = token.len() / 2;
            let other = if &token[at..=at] == "A" { "B" } else { "A" };
            assert!(
                Claims::read(&format!("{}{other}{}", &token[..at], &token[at + 1..])).is_err(),
                "{form:?}"
            );
        }
        assert!(Claims::read("").is_err());
        assert!(Claims::read("not.a.token").is_err());
    }

    #[test]
    fn an_access_token_looks_like_adobes() {
        let token = claims(Kind::Access).write(TokenForm::Jwt);
        assert!((1_100..1_600).contains(&token.len()), "{}", token.len());
        assert!(!token.contains('='), "base64url without padding");
        let payload =
            BASE64.decode(token.split('.').nth(1).expect("three parts")).expect("base64url");
        let payload: Value = serde_json::from_slice(&payload).expect("JSON");
        assert_eq!(payload["created_at"], "1700000000000");
        assert_eq!(payload["expires_in"], "86399000");
        assert_eq!(payload["as"], "ims-na1");
        assert_eq!(payload["type"], "access_token");
        assert!(payload.get("exp").is_none());
    }
}
