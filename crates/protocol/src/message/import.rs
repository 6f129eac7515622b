//! What is said about a credential that somebody was sent, and the profile that comes of it.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};

use super::expose;

/// A text with a secret in it, as it was sent. `Debug` hides it.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct SentText(pub SecretString);

impl Serialize for SentText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        expose(&self.0, serializer)
    }
}

impl PartialEq for SentText {
    fn eq(&self, other: &Self) -> bool {
        self.0.expose_secret() == other.0.expose_secret()
    }
}

impl Eq for SentText {}

/// What a text was taken for. Nothing is stored yet, and nothing here is secret.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct UnderstoodAnswer {
    /// For [`Ask::Import`](super::Ask::Import), for ten minutes.
    pub handle: String,
    /// `curl`, `project_json`, `postman`, `env` or `mail`.
    pub source: String,
    /// `oauth_server_to_server`, `oauth_web_app` or `unknown`.
    pub credential_type: String,
    /// `client_credentials` or `refresh_token`.
    pub grant: String,
    /// `production` and `stage` are Adobe's; `other` is a server of one's own.
    pub environment: String,
    /// Empty where the environment says it.
    pub token_endpoint: String,
    pub client_id: String,
    pub scopes: Vec<String>,
    /// The API of Adobe's that they are for, as far as they tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api: Option<String>,
    /// A name for it that no profile has yet.
    pub suggested_name: String,
    /// What had to be guessed or looks wrong, in the order in which a person should read it.
    pub warnings: Vec<Warning>,
}

/// Something to look at twice.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Warning {
    /// Stable, for programs.
    pub code: String,
    pub message: String,
    pub advice: String,
}
