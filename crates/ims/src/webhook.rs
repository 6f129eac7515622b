//! Telling a person's own server that something happened, signed as Standard Webhooks has it
//! (<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>): HMAC-SHA256 over the
//! message's id, its time and its body, so that the server can tell it from a forged and from an old one.

use std::fmt;

use base64::{Engine, prelude::BASE64_STANDARD};
use glowjar_lifecycle::time::Timestamp;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret, SecretString, zeroize::Zeroizing};
use sha2::Sha256;

use crate::endpoint::Endpoint;

/// Where messages go, and what they are signed with. The address may hold a secret as well, as those of chats do.
#[derive(Clone)]
pub struct Webhook {
    address: Endpoint,
    secret: WebhookSecret,
}

/// What a server and Glowjar know: `whsec_` and 24 to 64 bytes in base64.
#[derive(Clone)]
pub struct WebhookSecret(SecretString);

/// Why a text is no [`WebhookSecret`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not whsec_ and 24 to 64 bytes in base64")]
pub struct NoWebhookSecret;

/// One message. The same id goes with it each time that it is sent again.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    pub id: &'a str,
    /// JSON, without anything secret.
    pub body: &'a str,
}

impl WebhookSecret {
    pub fn parse(text: &str) -> Result<Self, NoWebhookSecret> {
        let text = text.trim();
        let key = key(text).ok_or(NoWebhookSecret)?;
        if !(24..=64).contains(&key.len()) {
            return Err(NoWebhookSecret);
        }
        Ok(Self(text.into()))
    }

    /// For the keychain.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// `webhook-signature`.
    fn signature(&self, message: &Message<'_>, seconds: i64) -> String {
        let key = key(self.expose()).expect("it was parsed");
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes a key of any length");
        for part in [message.id, ".", &seconds.to_string(), ".", message.body] {
            mac.update(part.as_bytes());
        }
        format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret([hidden])")
    }
}

impl Webhook {
    #[must_use]
    pub const fn new(address: Endpoint, secret: WebhookSecret) -> Self {
        Self { address, secret }
    }

    #[must_use]
    pub const fn address(&self) -> &Endpoint {
        &self.address
    }

    /// Scheme, host and port, which may be shown.
    #[must_use]
    pub fn server(&self) -> String {
        self.address.url().origin().ascii_serialization()
    }

    /// The headers that a server checks a message by.
    pub(crate) fn headers(
        &self,
        message: &Message<'_>,
        at: Timestamp,
    ) -> [(&'static str, String); 3] {
        let seconds = at.as_millis().div_euclid(1_000);
        [
            ("webhook-id", message.id.to_owned()),
            ("webhook-timestamp", seconds.to_string()),
            ("webhook-signature", self.secret.signature(message, seconds)),
        ]
    }

    /// What must not show up in an error.
    pub(crate) fn secrets(&self) -> [&str; 2] {
        [self.secret.expose(), self.address.path()]
    }
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").field("server", &self.server()).finish_non_exhaustive()
    }
}

fn key(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    BASE64_STANDARD.decode(text.strip_prefix("whsec_")?).ok().map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    /// The example of the specification's own libraries.
    #[test]
    fn the_signature_is_that_of_standard_webhooks() {
        let message =
            Message { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", body: r#"{"test": 2432232314}"# };
        let secret = WebhookSecret::parse(SECRET).unwrap();
        assert_eq!(
            secret.signature(&message, 1_614_265_330),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn a_secret_that_is_too_short_or_no_base64_is_none() {
        for wrong in ["", "whsec_", "whsec_c2hvcnQ=", "hunter2", "whsec_not base64 at all, is it?"]
        {
            assert!(WebhookSecret::parse(wrong).is_err(), "{wrong}");
        }
        assert!(WebhookSecret::parse(&format!(" {SECRET}\n")).is_ok());
    }

    #[test]
    fn f33_debug_of_a_webhook_hides_its_secret_and_its_path() {
        let address = Endpoint::parse("https://hooks.example/T0/hunter2").unwrap();
        let webhook = Webhook::new(address, WebhookSecret::parse(SECRET).unwrap());
        let text = format!("{webhook:?} {:?}", webhook.secret);
        assert!(!text.contains("hunter2") && !text.contains("MfKQ"), "{text}");
        assert_eq!(webhook.server(), "https://hooks.example");
    }
}
