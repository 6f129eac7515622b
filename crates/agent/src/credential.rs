//! What is kept in the keychain, in memory and as bytes. The only file that writes a secret into a buffer.

use std::{borrow::Cow, time::Duration};

use glowjar_ims::{AccessToken, ClientId, ClientSecret, MadeSecret, RefreshToken};
use glowjar_lifecycle::{
    input,
    sign_in_end::{Moves, SignInEnd},
    time::{Step, Timestamp},
    validity::Validity,
};
use secrecy::{ExposeSecret, SecretSlice};
use serde::{Deserialize, Serialize};

use crate::{
    console::Console,
    profile::Profile,
    view::{GrantView, SecretStep},
};

/// A profile's secrets. `Debug` is safe, since each secret hides itself.
#[derive(Clone, Debug, Default)]
pub struct Credential {
    pub client_secret: Option<ClientSecret>,
    pub standby_secret: Option<ClientSecret>,
    pub refresh_token: Option<RefreshToken>,
    pub refresh_token_ends: Option<SignInEnd>,
    /// The last secret that was made by the console's API, with its name there. Perhaps one of those above; which, only
    /// the secret itself says.
    pub made: Option<MadeSecret>,
}

/// An access token and the facts about it.
#[derive(Clone, Debug)]
pub struct Token {
    pub access_token: AccessToken,
    pub validity: Validity,
    /// Nobody said how long it lives.
    pub life_is_assumed: bool,
}

#[derive(Serialize, Deserialize)]
struct CredentialRecord<'a> {
    v: u32,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    client_secret: Option<Cow<'a, str>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    standby_secret: Option<Cow<'a, str>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    refresh_token: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refresh_token_ends: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end_known_since: Option<i64>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    end_is_assumed: bool,
    /// Absent as long as nobody knows whether it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end_slides: Option<bool>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    made: Option<MadeRecord<'a>>,
}

#[derive(Serialize, Deserialize)]
struct MadeRecord<'a> {
    #[serde(borrow)]
    uuid: Cow<'a, str>,
    #[serde(borrow)]
    secret: Cow<'a, str>,
}

#[derive(Serialize, Deserialize)]
struct TokenRecord<'a> {
    v: u32,
    /// A token that was issued to another client is not this profile's.
    #[serde(borrow)]
    client_id: Cow<'a, str>,
    #[serde(borrow)]
    access_token: Cow<'a, str>,
    issued_at: i64,
    expires_at: i64,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    life_is_assumed: bool,
}

impl Credential {
    pub(crate) fn to_bytes(&self) -> SecretSlice<u8> {
        to_secret(&CredentialRecord {
            v: 1,
            client_secret: self.client_secret.as_ref().map(|secret| secret.expose().into()),
            standby_secret: self.standby_secret.as_ref().map(|secret| secret.expose().into()),
            refresh_token: self.refresh_token.as_ref().map(|token| token.expose().into()),
            refresh_token_ends: self.refresh_token_ends.map(|end| end.at.as_millis()),
            end_known_since: self
                .refresh_token_ends
                .and_then(|end| end.since)
                .map(Timestamp::as_millis),
            end_is_assumed: self.refresh_token_ends.is_some_and(|end| end.is_assumed),
            end_slides: self.refresh_token_ends.and_then(|end| match end.moves {
                Moves::NotSeen => None,
                Moves::Stays => Some(false),
                Moves::Slides => Some(true),
            }),
            made: self.made.as_ref().map(|made| MadeRecord {
                uuid: made.uuid.as_str().into(),
                secret: made.secret.expose().into(),
            }),
        })
    }

    /// `None` if the bytes are not a credential.
    pub(crate) fn from_bytes(bytes: &SecretSlice<u8>) -> Option<Self> {
        let record: CredentialRecord<'_> = serde_json::from_slice(bytes.expose_secret()).ok()?;
        Some(Self {
            client_secret: record
                .client_secret
                .and_then(|text| ClientSecret::parse(text.into_owned()).ok()),
            standby_secret: record
                .standby_secret
                .and_then(|text| ClientSecret::parse(text.into_owned()).ok()),
            refresh_token: record
                .refresh_token
                .and_then(|text| RefreshToken::parse(text.into_owned()).ok()),
            refresh_token_ends: record.refresh_token_ends.map(|at| SignInEnd {
                at: Timestamp::from_millis(at),
                since: record.end_known_since.map(Timestamp::from_millis),
                is_assumed: record.end_is_assumed,
                moves: match record.end_slides {
                    None => Moves::NotSeen,
                    Some(false) => Moves::Stays,
                    Some(true) => Moves::Slides,
                },
            }),
            made: record.made.and_then(|made| {
                let secret = ClientSecret::parse(made.secret.into_owned()).ok()?;
                Some(MadeSecret { uuid: made.uuid.into_owned(), secret })
            }),
        })
    }

    /// How far another secret has come by the console's API.
    pub(crate) fn step(&self, console: Option<&Console>) -> SecretStep {
        let is_made = |secret: Option<&ClientSecret>| {
            let both = self.made.as_ref().zip(secret);
            both.is_some_and(|(made, secret)| made.secret.expose() == secret.expose())
        };
        let kept = self.made.as_ref().map(|made| made.uuid.as_str());
        if self.standby_secret.is_some() && is_made(self.client_secret.as_ref()) {
            SecretStep::DeleteOld
        } else if is_made(self.standby_secret.as_ref()) {
            SecretStep::TryMade
        } else if self.standby_secret.is_some() {
            SecretStep::ByHand
        } else if console.is_some_and(|console| console.lost(kept).is_some()) {
            SecretStep::LookAfterLost
        } else {
            SecretStep::Make
        }
    }

    /// Whether this is enough for what the profile wants.
    #[must_use]
    pub fn standing(&self, profile: &Profile) -> input::Credential {
        if profile.needs_secret() && self.client_secret.is_none() {
            input::Credential::SecretMissing
        } else if profile.grant == GrantView::RefreshToken && self.refresh_token.is_none() {
            input::Credential::RefreshTokenMissing
        } else {
            input::Credential::Complete
        }
    }

    /// Tokens came at `at`, perhaps with word of when the refresh token ends. `usual` is how long a sign-in lasts where
    /// nobody says it.
    pub(crate) fn renewed(
        &mut self,
        at: Timestamp,
        said: Option<Timestamp>,
        usual: Option<Duration>,
    ) {
        if self.refresh_token.is_some() {
            self.refresh_token_ends = SignInEnd::renewed(self.refresh_token_ends, at, said, usual);
        }
    }

    /// Moves the times held here with the clock.
    pub(crate) fn shift(&mut self, step: Step) {
        self.refresh_token_ends = self.refresh_token_ends.map(|end| end.shifted(step));
    }

    /// Whether both hold the same secrets, whenever they end.
    pub(crate) fn has_secrets_of(&self, other: &Self) -> bool {
        fn exposed(secret: Option<&ClientSecret>) -> Option<&str> {
            secret.map(ClientSecret::expose)
        }
        self.has_refresh_token(other.refresh_token.as_ref())
            && exposed(self.client_secret.as_ref()) == exposed(other.client_secret.as_ref())
            && exposed(self.standby_secret.as_ref()) == exposed(other.standby_secret.as_ref())
    }

    pub(crate) fn has_refresh_token(&self, token: Option<&RefreshToken>) -> bool {
        self.refresh_token.as_ref().map(RefreshToken::expose) == token.map(RefreshToken::expose)
    }
}

impl Token {
    pub(crate) fn to_bytes(&self, client_id: &ClientId) -> SecretSlice<u8> {
        to_secret(&TokenRecord {
            v: 1,
            client_id: client_id.as_str().into(),
            access_token: self.access_token.expose().into(),
            issued_at: self.validity.issued_at.as_millis(),
            expires_at: self.validity.expires_at.as_millis(),
            life_is_assumed: self.life_is_assumed,
        })
    }

    /// `None` if the bytes are not a token of this client.
    pub(crate) fn from_bytes(bytes: &SecretSlice<u8>, client_id: &ClientId) -> Option<Self> {
        let record: TokenRecord<'_> = serde_json::from_slice(bytes.expose_secret()).ok()?;
        if record.client_id != client_id.as_str() {
            return None;
        }
        Some(Self {
            access_token: AccessToken::parse(record.access_token.into_owned()).ok()?,
            validity: Validity {
                issued_at: Timestamp::from_millis(record.issued_at),
                expires_at: Timestamp::from_millis(record.expires_at),
            },
            life_is_assumed: record.life_is_assumed,
        })
    }
}

fn to_secret(record: &impl Serialize) -> SecretSlice<u8> {
    serde_json::to_vec(record).unwrap_or_default().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f32_a_credential_comes_back_to_the_letter() {
        let odd = " p-8+\"&%'\\\r\n é \u{2028}";
        let credential = Credential {
            client_secret: Some(ClientSecret::parse(odd).unwrap()),
            standby_secret: None,
            refresh_token: Some(RefreshToken::parse(odd).unwrap()),
            refresh_token_ends: Some(SignInEnd {
                at: Timestamp::from_millis(7),
                since: Some(Timestamp::from_millis(3)),
                is_assumed: true,
                moves: Moves::Stays,
            }),
            made: Some(MadeSecret {
                uuid: "11ede399".to_owned(),
                secret: ClientSecret::parse(odd).unwrap(),
            }),
        };
        let back = Credential::from_bytes(&credential.to_bytes()).unwrap();
        assert_eq!(back.client_secret.unwrap().expose(), odd);
        assert!(back.standby_secret.is_none());
        assert_eq!(back.refresh_token.unwrap().expose(), odd);
        assert_eq!(back.refresh_token_ends, credential.refresh_token_ends);
        let made = back.made.unwrap();
        assert_eq!((made.uuid.as_str(), made.secret.expose()), ("11ede399", odd));
    }

    #[test]
    fn an_end_that_an_earlier_version_stored_is_read_as_one_that_was_said() {
        let stored = br#"{"v":1,"refresh_token":"abc","refresh_token_ends":7}"#.to_vec();
        let end = Credential::from_bytes(&stored.into()).unwrap().refresh_token_ends;
        assert_eq!(end, Some(SignInEnd::said(Timestamp::from_millis(7))));
    }

    #[test]
    fn a_token_of_another_client_is_none_of_ours() {
        let token = Token {
            access_token: AccessToken::parse("abc").unwrap(),
            validity: Validity {
                issued_at: Timestamp::EPOCH,
                expires_at: Timestamp::from_millis(1),
            },
            life_is_assumed: true,
        };
        let bytes = token.to_bytes(&ClientId::parse("one").unwrap());
        let back = Token::from_bytes(&bytes, &ClientId::parse("one").unwrap()).unwrap();
        assert!(back.life_is_assumed);
        assert!(Token::from_bytes(&bytes, &ClientId::parse("two").unwrap()).is_none());
    }

    #[test]
    fn f33_debug_hides_every_secret() {
        let credential = Credential {
            client_secret: Some(ClientSecret::parse("hunter2hunter2").unwrap()),
            standby_secret: Some(ClientSecret::parse("hunter3hunter3").unwrap()),
            refresh_token: Some(RefreshToken::parse("hunter4hunter4").unwrap()),
            refresh_token_ends: None,
            made: Some(MadeSecret {
                uuid: "11ede399".to_owned(),
                secret: ClientSecret::parse("hunter5hunter5").unwrap(),
            }),
        };
        let text = format!("{credential:?} {:?}", credential.to_bytes());
        assert!(!text.contains("hunter"), "{text}");
    }

    #[test]
    fn f24_fuzzed_entries_are_read_whole_or_not_at_all() {
        let client_id = ClientId::parse("a1b2c3").unwrap();
        glowjar_fuzz::feed("entries", |bytes| {
            let bytes: SecretSlice<u8> = bytes.to_vec().into();
            if let Some(token) = Token::from_bytes(&bytes, &client_id) {
                let again = Token::from_bytes(&token.to_bytes(&client_id), &client_id);
                assert_eq!(again.map(|again| again.validity), Some(token.validity));
            }
            if let Some(credential) = Credential::from_bytes(&bytes) {
                let again = Credential::from_bytes(&credential.to_bytes()).unwrap();
                assert_eq!(again.to_bytes().expose_secret(), credential.to_bytes().expose_secret());
            }
        });
    }
}
