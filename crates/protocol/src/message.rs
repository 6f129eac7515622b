//! What is said over the socket. Each message is one JSON object in a frame ([`crate::frame`]).
//!
//! Times are seconds: since the Unix epoch (UTC) for moments, plain for spans. Fields that one side doesn't know are
//! ignored; what can't be understood without them raises [`VERSION`].

mod import;
mod sign_in;
mod target;

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};

pub use self::{
    import::{SentText, UnderstoodAnswer, Warning},
    sign_in::{NewSignIn, SigningInAnswer},
    target::{Target, Variables},
};

/// In every message. One that says another number is refused.
pub const VERSION: u32 = 1;

/// A message with the version it is written in.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Message<T> {
    pub version: u32,
    #[serde(flatten)]
    pub body: T,
}

impl<T> Message<T> {
    pub const fn new(body: T) -> Self {
        Self { version: VERSION, body }
    }
}

/// What a program can ask for. A profile is named by its name or id, and need not be named if there is only one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Ask {
    /// A live token; one that ends too soon is renewed first, and the answer waits for it.
    Token(TokenAsk),
    /// How all profiles are.
    #[default]
    Status,
    /// As [`Ask::Status`], and again after each change, until the asking side closes.
    Watch,
    /// A new token whatever the old one is like. Answered when it is there.
    Refresh {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        profile: Option<String>,
        #[serde(default = "usual_timeout")]
        timeout: u64,
    },
    /// Whether Firefly takes the token. Uses up no credits.
    Check {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        profile: Option<String>,
    },
    /// What the text that somebody was sent is taken for. Nothing is stored.
    Understand {
        text: SentText,
        /// The API of Adobe's that it is for. Its scopes are taken, whatever the text says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        api: Option<String>,
    },
    /// Tries what was understood at its provider, and makes a profile of it if that works.
    Import {
        /// [`UnderstoodAnswer::handle`].
        handle: String,
        name: String,
        /// Also if the provider can't be asked now. A secret that it rejects is not stored even so.
        #[serde(default)]
        anyway: bool,
    },
    /// A person signs in with a browser of their own. Answered with [`Answer::SigningIn`] when the page is known, and once more
    /// when the sign-in is over; closing the connection ends it. Glowjar opens no browser for it.
    SignIn {
        /// One that there is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        profile: Option<String>,
        /// One that there is to be.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        new: Option<Box<NewSignIn>>,
        /// With a code that they type in on whichever device. A profile that there is remembers it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        device: bool,
    },
    /// The address that the browser of the sign-in that waits ended at, from another connection.
    PasteSignIn {
        address: SentText,
    },
    /// Where tokens go by themselves.
    #[serde(rename = "outlets")]
    Sinks,
    /// From now on, each new token goes there as well.
    #[serde(rename = "add_outlet")]
    AddSink {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        profile: Option<String>,
        target: Target,
    },
    #[serde(rename = "remove_outlet")]
    RemoveSink {
        /// [`SinkStatus::number`].
        number: u32,
    },
    /// Who took tokens since Glowjar started.
    Log,
    /// No more hand-outs until a person unlocks Glowjar in its window.
    Lock,
    /// Who may ask over HTTP.
    Http,
    /// Lets one more in, with a secret of its own.
    AddHttp {
        name: String,
        /// Only this profile's tokens; otherwise those of all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        profile: Option<String>,
    },
    /// Lets the program that asks get its own tokens over HTTP as long as it runs, with a secret that ends with it.
    Admit {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        profile: Option<String>,
        /// What it is going to run, for the list of programs.
        #[serde(default)]
        label: String,
        /// As long as this connection is open, and not as the process runs: only Linux tells of its end.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        connected: bool,
    },
    RemoveHttp {
        name: String,
    },
    /// Gives one of them a new secret in place of the old one.
    RenewHttp {
        name: String,
    },
    /// Takes another port, which all of them have to be told.
    MoveHttp,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct TokenAsk {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// Seconds that the token should still live. Absent: so many that it never costs an extra renewal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_valid: Option<u64>,
    /// Seconds after which an answer is no longer of use; at most [`LONGEST_TIMEOUT`].
    #[serde(default = "usual_timeout")]
    pub timeout: u64,
    /// What it will be written as; recorded, nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Fingerprint of a token that a server answered 401 to. If it is the current one, a new one is got.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejected: Option<String>,
}

impl Default for TokenAsk {
    fn default() -> Self {
        Self {
            profile: None,
            min_valid: None,
            timeout: USUAL_TIMEOUT,
            format: None,
            rejected: None,
        }
    }
}

/// An entry of [`Answer::Sinks`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct SinkStatus {
    pub number: u32,
    pub profile: String,
    pub target: Target,
    /// It has got the last token that it should have.
    pub is_current: bool,
    /// Why not, for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
}

/// What the application says.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    Token(TokenAnswer),
    Status(StatusAnswer),
    /// To [`Ask::Refresh`].
    Refreshed {
        profile: String,
        expires_at: i64,
        expires_at_rfc3339: String,
    },
    /// To [`Ask::Check`].
    Checked {
        profile: String,
        /// True only if Firefly accepted token and client id.
        works: bool,
        message: String,
        advice: String,
    },
    /// To [`Ask::Understand`].
    Understood(UnderstoodAnswer),
    /// To [`Ask::Import`]: the profile is there.
    Imported {
        /// Its name.
        profile: String,
        id: String,
    },
    /// To [`Ask::SignIn`], first: somebody is to sign in there.
    SigningIn(SigningInAnswer),
    /// To [`Ask::SignIn`], at the end: the profile has a token.
    SignedIn {
        /// Its name.
        profile: String,
        id: String,
    },
    /// To [`Ask::PasteSignIn`]: it was this sign-in's. What comes of it is told to who began it.
    Pasted,
    /// To [`Ask::Sinks`], [`Ask::AddSink`] and [`Ask::RemoveSink`].
    #[serde(rename = "outlets")]
    Sinks {
        #[serde(rename = "outlets")]
        sinks: Vec<SinkStatus>,
    },
    /// To [`Ask::Log`], the newest last.
    Log {
        taken: Vec<AccessLogEntry>,
        /// Requests over HTTP that got nothing.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        turned_away: Vec<TurnedAway>,
    },
    /// To [`Ask::Lock`].
    Locked,
    /// To [`Ask::Http`] and what changes it.
    Http(HttpAnswer),
    /// To [`Ask::Admit`].
    Admitted(AdmittedAnswer),
    Failed(Refusal),
}

/// A token was handed out.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct AccessLogEntry {
    pub at: i64,
    pub at_rfc3339: String,
    /// Its file as the operating system tells it; empty if it doesn't.
    pub program: String,
    #[serde(default)]
    pub pid: Option<i32>,
    pub profile: String,
    /// As the program had it in [`TokenAsk::format`].
    pub format: String,
}

/// Requests over HTTP that were refused for the same reason, one after the other.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct TurnedAway {
    /// Of the last one.
    pub at: i64,
    pub at_rfc3339: String,
    /// `wrong_secret`, `browser`, `host` or `too_many`.
    pub cause: String,
    /// The program's name; empty where nobody knows who it was.
    #[serde(default)]
    pub program: String,
    pub count: u64,
}

/// What a program needs that gets its own tokens.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct AdmittedAnswer {
    /// The profile's name.
    pub profile: String,
    /// The real one: it is no secret, and Firefly wants it as `x-api-key`.
    pub client_id: String,
    /// As Adobe writes them, with commas.
    #[serde(default)]
    pub scopes: String,
    /// See [`TokenAnswer::family`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// `http://127.0.0.1:PORT`, where the token endpoint is.
    #[serde(default)]
    pub url: String,
    /// Made up for this program, of no use elsewhere, and of none after its end.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "expose_some")]
    pub secret: Option<SecretString>,
}

impl AdmittedAnswer {
    /// Where the token is got, as Adobe's path has it.
    #[must_use]
    pub fn token_url(&self) -> String {
        format!("{}{TOKEN_PATH}", self.url)
    }
}

/// The HTTP port of this machine, for programs that can't do better.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct HttpAnswer {
    /// `http://127.0.0.1:PORT`. Absent while nobody may ask, and while another program has the port.
    #[serde(default)]
    pub url: Option<String>,
    /// Who may ask.
    pub names: Vec<String>,
    /// Programs that may ask as long as they run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passing: Vec<String>,
    /// Those whose secrets a program of another user's may have seen, since it listened at the port.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exposed: Vec<String>,
    /// The new one's secret. It is told this once and kept nowhere.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "expose_some")]
    pub secret: Option<SecretString>,
}

/// A live token and what goes with it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct TokenAnswer {
    #[serde(serialize_with = "expose")]
    pub access_token: SecretString,
    /// `Bearer` (RFC 6750), in whatever case the provider writes it.
    pub token_type: String,
    /// Firefly wants it beside the token, as `x-api-key`.
    pub client_id: String,
    pub expires_at: i64,
    pub expires_at_rfc3339: String,
    /// Seconds left when this was said.
    #[serde(default)]
    pub expires_in: u64,
    /// The profile's name.
    pub profile: String,
    /// What the profile asks for, as Adobe writes it, with commas.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub scopes: String,
    /// The family of names that was chosen for the profile ([`crate::names`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// The first 12 hexadecimal digits of the token's SHA-256, for [`TokenAsk::rejected`].
    pub fingerprint: String,
    /// A sentence for a person, if the token is less than was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct StatusAnswer {
    /// The application's own.
    pub app_version: String,
    pub profiles: Vec<ProfileStatus>,
    /// Trouble that belongs to no single profile, worst first: a variable or a file that can't be used, say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub troubles: Vec<GeneralTrouble>,
    /// The server that is told when a profile needs a person: scheme, host and port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook: Option<String>,
    /// Absent where the application is older than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub managed: Option<Box<ManagedStatus>>,
}

/// What a studio's admin has set for this computer, over what the person at it chose.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct ManagedStatus {
    /// The file or registry key where this system has it, be something there or not.
    pub source: String,
    /// What counts.
    pub settings: Vec<ManagedSetting>,
    /// What does not.
    #[serde(default)]
    pub ignored: Vec<IgnoredSetting>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct ManagedSetting {
    pub key: String,
    pub value: serde_json::Value,
}

/// Its value is told nobody: it may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct IgnoredSetting {
    /// Empty where it is all that stands there.
    pub key: String,
    /// Stable name of the reason.
    pub code: String,
    pub message: String,
}

/// Trouble of the application as a whole, in words.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct GeneralTrouble {
    /// Stable name of the cause.
    pub code: String,
    pub headline: String,
    /// Why, and what to do about it.
    pub advice: String,
}

/// A profile without its secrets.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct ProfileStatus {
    pub profile: String,
    pub id: String,
    pub provider: String,
    pub client_id: String,
    /// See [`TokenAnswer::family`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// `off`, `fresh`, `busy`, `soon` (live, but renewing meets trouble) or `attention` (a person is needed).
    pub level: String,
    /// The status in a few words.
    pub headline: String,
    /// What to do about it; empty if nothing.
    pub advice: String,
    pub live: bool,
    #[serde(default)]
    pub expires_at: Option<i64>,
    #[serde(default)]
    pub expires_at_rfc3339: Option<String>,
    /// Seconds left when this was said.
    #[serde(default)]
    pub expires_in: Option<u64>,
    /// Of the token in use; see [`TokenAnswer::fingerprint`].
    #[serde(default)]
    pub fingerprint: Option<String>,
    /// Somebody was told that the token in use is not valid, and another is got in its place.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rejected: bool,
    #[serde(flatten)]
    pub person: PersonStatus,
}

/// What a person has to do for a profile.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct PersonStatus {
    /// Nothing will change before they do something, in Glowjar's window.
    #[serde(default, rename = "person_needed", skip_serializing_if = "std::ops::Not::not")]
    pub is_needed: bool,
    /// When they have to sign in again; absent where nobody signs in, and where it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_in_end: Option<SignInEndStatus>,
}

/// The end of a sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct SignInEndStatus {
    pub at: i64,
    pub at_rfc3339: String,
    /// Nobody said it: the provider usually gives so long.
    #[serde(default)]
    pub assumed: bool,
    /// In three days at most, and no renewal will put it off.
    #[serde(default)]
    pub near: bool,
}

/// Why there is no other answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Refusal {
    /// Stable, for programs.
    pub code: String,
    pub reason: Reason,
    /// What happened, for people.
    pub message: String,
    /// What to do; perhaps empty.
    #[serde(default)]
    pub advice: String,
}

/// Who can do something about a [`Refusal`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Nobody in particular; it may work later.
    Failed,
    /// The program that asked: it asked wrongly.
    Usage,
    /// A person, in Glowjar's window.
    Person,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if self.advice.is_empty() { Ok(()) } else { write!(f, ". {}", self.advice) }
    }
}

/// Where the token endpoint is, behind the address that programs are let in at: as in Adobe's.
pub const TOKEN_PATH: &str = "/ims/token/v3";
/// Seconds. A token request gives up after 30.
pub const USUAL_TIMEOUT: u64 = 30;
/// Seconds. Longer than anything is worth waiting for, and short enough that nobody waits for ever.
pub const LONGEST_TIMEOUT: u64 = 600;

const fn usual_timeout() -> u64 {
    USUAL_TIMEOUT
}

/// The only way in which a secret is written here: for the program that asked for it, and for the application to
/// read what somebody was sent.
fn expose<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose_secret())
}

fn expose_some<S: Serializer>(
    secret: &Option<SecretString>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(ExposeSecret::expose_secret).serialize(serializer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> TokenAnswer {
        TokenAnswer {
            access_token: "eyJhbGciOi-secret".into(),
            token_type: "Bearer".to_owned(),
            client_id: "id".to_owned(),
            expires_at: 1_893_499_200,
            expires_at_rfc3339: "2030-01-01T12:00:00Z".to_owned(),
            expires_in: 3_600,
            profile: "Campaign".to_owned(),
            scopes: String::new(),
            family: None,
            fingerprint: "0123456789ab".to_owned(),
            note: None,
        }
    }

    #[test]
    fn messages_are_written_as_the_page_about_the_protocol_has_them() {
        let ask = Message::new(Ask::Token(TokenAsk {
            profile: Some("Campaign".to_owned()),
            min_valid: Some(300),
            ..TokenAsk::default()
        }));
        assert_eq!(
            serde_json::to_string(&ask).expect("JSON"),
            r#"{"version":1,"ask":"token","profile":"Campaign","min_valid":300,"timeout":30}"#
        );
        let answer = serde_json::to_value(Message::new(Answer::Token(token()))).expect("JSON");
        assert_eq!(
            answer,
            serde_json::json!({
                "version": 1, "answer": "token", "access_token": "eyJhbGciOi-secret",
                "token_type": "Bearer", "client_id": "id", "expires_at": 1_893_499_200,
                "expires_at_rfc3339": "2030-01-01T12:00:00Z", "expires_in": 3600, "profile": "Campaign",
                "fingerprint": "0123456789ab"
            })
        );
    }

    #[test]
    fn the_least_that_can_be_said_is_enough_and_what_is_not_known_is_ignored() {
        let ask: Message<Ask> =
            serde_json::from_str(r#"{"version":1,"ask":"token","colour":"red"}"#).expect("an ask");
        assert_eq!(ask.body, Ask::Token(TokenAsk::default()));
        let ask: Message<Ask> =
            serde_json::from_str(r#"{"ask":"refresh","version":1}"#).expect("an ask");
        assert_eq!(ask.body, Ask::Refresh { profile: None, timeout: 30 });
    }

    #[test]
    fn f33_debug_of_a_message_hides_the_secret_in_it() {
        let debug = format!("{:?}", Message::new(Answer::Token(token())));
        assert!(!debug.contains("eyJ") && debug.contains("REDACTED"), "{debug}");
        let text = SentText("client_secret=p8e-secret".into());
        let debug = format!("{:?}", Message::new(Ask::Understand { text, api: None }));
        assert!(!debug.contains("p8e") && debug.contains("REDACTED"), "{debug}");
    }
}
