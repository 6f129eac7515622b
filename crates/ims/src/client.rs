//! The HTTP client: one connection per request, no redirects, bounded in time and size.

use std::{fmt, time::Duration};

use glowjar_lifecycle::time::Timestamp;

use crate::{
    access::AccessReport,
    client_id::ClientId,
    discovery::Metadata,
    endpoint::{Endpoint, Gateway},
    error::RequestError,
    issued::Issued,
    provider::Provider,
    request::TokenRequest,
    secret::{AccessToken, ClientSecret, RefreshToken},
    verification::Verification,
};

/// Sends requests. Cheap to clone; wants a tokio runtime.
#[derive(Clone, Debug)]
pub struct Client {}

/// What can be set. Certificate checks can't be switched off.
#[derive(Clone)]
pub struct ClientSettings {
    /// PEM, one certificate or more, trusted besides the system's.
    pub extra_ca: Option<Vec<u8>>,
    pub proxy: ProxyChoice,
    pub user_agent: String,
    pub timeouts: Timeouts,
}

/// The way to hosts other than this machine, which is always reached directly.
#[derive(Clone, Default)]
pub enum ProxyChoice {
    /// `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`, else what the system is set to.
    #[default]
    System,
    /// No proxy.
    Direct,
    /// `http://` or `https://` with or without user name and password, which are not shown in `Debug`.
    At(String),
}

/// Limits in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Name lookup, TCP and TLS.
    pub connect: Duration,
    /// All of a request, to the last byte of its reply.
    pub total: Duration,
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("the extra certificate file holds no certificate in PEM form")]
    ExtraCa,
    #[error("the proxy's address is malformed")]
    Proxy,
    #[error("the user agent holds a character that no header may have")]
    UserAgent,
    /// For example no certificates installed on the system.
    #[error("TLS could not be set up: {0}")]
    Tls(String),
}

impl Client {
    pub fn new(settings: &ClientSettings) -> Result<Self, ClientError> {
        todo!()
    }

    /// Asks for a token. `sent_at` is now, on the caller's clock.
    pub async fn request_token(
        &self,
        provider: &Provider,
        request: &TokenRequest<'_>,
        sent_at: Timestamp,
    ) -> Result<Issued, RequestError> {
        todo!()
    }

    /// Asks the provider about a token; [`Verification::Unknown`] where it has no endpoint for that.
    pub async fn verify(&self, provider: &Provider, client_id: &ClientId, token: &AccessToken) -> Verification {
        todo!()
    }

    /// Tries a token at the Firefly gateway. Never call this by itself more than once per token: the limits are the
    /// organisation's, four calls a minute (`adobe-ims` section 5).
    pub async fn check_access(&self, gateway: &Gateway, client_id: &ClientId, token: &AccessToken) -> AccessReport {
        todo!()
    }

    /// Ends a refresh token (RFC 7009). Does nothing where the provider has no endpoint for that.
    pub async fn revoke(
        &self,
        provider: &Provider,
        client_id: &ClientId,
        secret: Option<&ClientSecret>,
        token: &RefreshToken,
    ) -> Result<(), RequestError> {
        todo!()
    }

    /// Reads the metadata of `issuer`.
    pub async fn discover(&self, issuer: &Endpoint) -> Result<Metadata, RequestError> {
        todo!()
    }
}

impl Default for ClientSettings {
    fn default() -> Self {
        Self {
            extra_ca: None,
            proxy: ProxyChoice::System,
            user_agent: concat!("Glowjar/", env!("CARGO_PKG_VERSION")).to_owned(),
            timeouts: Timeouts::default(),
        }
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            // Long enough for a lost SYN to be sent again twice, and for a slow phone's hotspot.
            connect: Duration::from_secs(10),
            // Adobe answers in about one second; a person who clicked "Refresh now" gives up after half a minute.
            total: Duration::from_secs(30),
        }
    }
}

impl fmt::Debug for ClientSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientSettings")
            .field("extra_ca", &self.extra_ca.as_ref().map(Vec::len))
            .field("proxy", &self.proxy)
            .field("user_agent", &self.user_agent)
            .field("timeouts", &self.timeouts)
            .finish()
    }
}

impl fmt::Debug for ProxyChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::System => "System",
            Self::Direct => "Direct",
            Self::At(_) => "At([hidden])",
        })
    }
}
