//! Who may ask for tokens, and the demo credentials everybody knows.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The demo client: takes every grant, which no single Adobe credential does, so that one profile shows it all.
pub const CLIENT_ID: &str = "sandbox-client";
/// Its primary secret. Holds what careless form encoding breaks: `+ & % =` and a space in disguise (`%20`).
pub const CLIENT_SECRET: &str = "p8e-Sandb0x+se&cret=100%25/~%20!";
/// Its standby secret (docs/adobe-ims.md §3: a credential has up to two).
pub const STANDBY_SECRET: &str = "p8e-Standby+se&cret=50%/~!";
/// A refresh token of [`CLIENT_ID`] that exists from the start, and has no end of its own.
pub const SEED_REFRESH_TOKEN: &str = "seed-of-the-sandbox-refresh-token";
/// A web app: secret, browser sign-in and refresh tokens, and the enterprise `client_credentials` without `token_type`.
pub const WEB_CLIENT_ID: &str = "sandbox-web";
/// The secret of [`WEB_CLIENT_ID`].
pub const WEB_CLIENT_SECRET: &str = "p8e-Web+App&secret%";
/// A public client: browser sign-in and refresh tokens, and never a secret.
pub const NATIVE_CLIENT_ID: &str = "sandbox-native";

/// What a client may ask a token with (RFC 6749 §1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grant {
    ClientCredentials,
    RefreshToken,
    AuthorizationCode,
    /// RFC 8628. Not Adobe's.
    DeviceCode,
}

impl Grant {
    /// The `grant_type` value on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::ClientCredentials => "client_credentials",
            Self::RefreshToken => "refresh_token",
            Self::AuthorizationCode => "authorization_code",
            Self::DeviceCode => "urn:ietf:params:oauth:grant-type:device_code",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::ClientCredentials, Self::RefreshToken, Self::AuthorizationCode, Self::DeviceCode]
            .into_iter()
            .find(|grant| grant.name() == name)
    }
}

/// The credential types of Adobe's Developer Console (docs/adobe-ims.md §1, §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientKind {
    ServerToServer,
    /// Its `client_credentials` reply has no `token_type` (docs/adobe-ims.md §1).
    WebApp,
    /// Single Page App or Native: a secret is refused with `invalid_client`.
    Public,
}

/// A credential the sandbox knows.
#[derive(Clone, PartialEq, Eq)]
pub struct Client {
    pub id: String,
    /// Every one of them is accepted: primary and standby. Empty for a public client.
    pub secrets: Vec<String>,
    pub kind: ClientKind,
    /// Case-sensitive. What may be asked for, and what is granted when nothing is asked for.
    pub scopes: Vec<String>,
    pub grants: Vec<Grant>,
    /// Where the console's API has it, if the admin added the I/O Management API to its project. It may then ask for
    /// that API's scopes as well.
    pub console: Option<ConsolePlace>,
}

/// An OAuth server-to-server credential in Adobe's Developer Console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsolePlace {
    pub organization: String,
    pub credential: String,
}

impl Client {
    /// What Firefly prescribes: mints again, never has a refresh token.
    pub fn server_to_server(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            secrets: vec![secret.into()],
            kind: ClientKind::ServerToServer,
            scopes: scopes(),
            grants: vec![Grant::ClientCredentials],
            console: None,
        }
    }

    /// Signs in through the browser with a secret, and may also mint.
    pub fn web_app(id: impl Into<String>, secret: impl Into<String>) -> Self {
        let grants = vec![
            Grant::AuthorizationCode,
            Grant::RefreshToken,
            Grant::ClientCredentials,
            Grant::DeviceCode,
        ];
        Self {
            id: id.into(),
            secrets: vec![secret.into()],
            kind: ClientKind::WebApp,
            scopes: scopes(),
            grants,
            console: None,
        }
    }

    /// Signs in through the browser without a secret.
    pub fn public(id: impl Into<String>) -> Self {
        let grants = vec![Grant::AuthorizationCode, Grant::RefreshToken, Grant::DeviceCode];
        Self {
            id: id.into(),
            secrets: Vec::new(),
            kind: ClientKind::Public,
            scopes: scopes(),
            grants,
            console: None,
        }
    }

    /// What it may ask for, scope by scope.
    pub(crate) fn may_ask_for(&self) -> Vec<String> {
        let console = self.console.iter().flat_map(|_| CONSOLE_SCOPES.map(String::from));
        self.scopes.iter().cloned().chain(console).collect()
    }

    pub(crate) fn demo() -> Vec<Self> {
        vec![
            Self {
                secrets: vec![CLIENT_SECRET.into(), STANDBY_SECRET.into()],
                grants: vec![
                    Grant::ClientCredentials,
                    Grant::RefreshToken,
                    Grant::AuthorizationCode,
                    Grant::DeviceCode,
                ],
                ..Self::server_to_server(CLIENT_ID, CLIENT_SECRET)
            },
            Self::web_app(WEB_CLIENT_ID, WEB_CLIENT_SECRET),
            Self::public(NATIVE_CLIENT_ID),
        ]
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("id", &self.id)
            .field("secrets", &format_args!("{} redacted", self.secrets.len()))
            .field("kind", &self.kind)
            .field("scopes", &self.scopes)
            .field("grants", &self.grants)
            .field("console", &self.console)
            .finish()
    }
}

fn scopes() -> Vec<String> {
    SCOPES.map(String::from).to_vec()
}

/// The scopes of the Firefly cURL command (docs/adobe-ims.md §1), and those a person's sign-in asks for.
const SCOPES: [&str; 10] = [
    "openid",
    "AdobeID",
    "session",
    "additional_info",
    "read_organizations",
    "firefly_api",
    "ff_apis",
    "offline_access",
    "email",
    "profile",
];

/// Of the I/O Management API, beside those that the credential has already (docs/adobe-ims.md §10).
const CONSOLE_SCOPES: [&str; 5] = [
    "additional_info.projectedProductContext",
    "additional_info.roles",
    "adobeio_api",
    "read_client_secret",
    "manage_client_secrets",
];
