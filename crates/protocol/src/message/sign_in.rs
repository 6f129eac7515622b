//! What is said about a person who signs in with a browser.

use serde::{Deserialize, Serialize};

use super::SentText;

/// A profile that there is to be. `Debug` hides its secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct NewSignIn {
    pub name: String,
    pub client_id: String,
    /// Absent for a public client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<SentText>,
    /// The server's address, from which its endpoints are found. Absent for Adobe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// With commas or spaces.
    #[serde(default)]
    pub scopes: String,
    /// Where the browser is to end, as it is registered with the client. Empty for a free port of this machine.
    #[serde(default)]
    pub redirect: String,
}

/// A sign-in waits for its person.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct SigningInAnswer {
    /// The page at which to sign in, for a browser on whichever computer.
    pub address: String,
    /// What is to be typed in there, where there is such a code. Then nothing comes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Whether a browser on this computer finds back by itself. If not, the address that it ends at has to be told by
    /// [`Ask::PasteSignIn`](super::Ask::PasteSignIn), as that of a browser elsewhere has to be.
    pub comes_back: bool,
    /// Until when it waits, in seconds since the Unix epoch.
    pub until: i64,
}
