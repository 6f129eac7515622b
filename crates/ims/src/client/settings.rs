//! What can be set about the HTTP client.

use std::{fmt, time::Duration};

use glowjar_lifecycle::plan;

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
    /// How long what was sent and not acknowledged is sent again by the system, also after the request was given up: no byte
    /// leaves later. Kept on Linux alone (`TCP_USER_TIMEOUT`, tcp(7)), since reqwest reaches the socket nowhere else.
    pub unacknowledged: Duration,
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
            unacknowledged: plan::UNACKNOWLEDGED,
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
