//! The built-in identity server, in this process, for trying Glowjar out.

use std::{io, pin::Pin, time::Duration};

use glowjar_agent::ports::{Sandbox as Port, SandboxOffer};
use glowjar_sandbox::{CLIENT_ID, CLIENT_SECRET, Sandbox, Settings};
use tokio::sync::OnceCell;

/// Starts at its first use and stays until the application ends.
pub struct BuiltInSandbox {
    settings: Settings,
    running: OnceCell<Sandbox>,
}

impl BuiltInSandbox {
    pub fn new(token_life: Duration) -> Self {
        let settings = Settings { access_token_lifetime: token_life, ..Settings::default() };
        Self { settings, running: OnceCell::new() }
    }

    async fn offer(&self) -> io::Result<SandboxOffer> {
        let sandbox = self.running.get_or_try_init(|| self.begin()).await?;
        Ok(SandboxOffer {
            url: sandbox.url(),
            client_id: CLIENT_ID.into(),
            client_secret: CLIENT_SECRET.into(),
            // Rotation is the part that people want to see for themselves.
            refresh_token: Some(sandbox.issue_refresh_token(CLIENT_ID).into()),
            scopes: SCOPES.into(),
        })
    }

    async fn begin(&self) -> io::Result<Sandbox> {
        let sandbox = Sandbox::start(self.settings.clone()).await?;
        tracing::info!(event = "sandbox_started", url = sandbox.url());
        Ok(sandbox)
    }
}

impl Port for BuiltInSandbox {
    fn start(&self) -> Pin<Box<dyn Future<Output = io::Result<SandboxOffer>> + Send + '_>> {
        Box::pin(self.offer())
    }
}

/// As in Adobe's own example.
const SCOPES: &str =
    "openid,AdobeID,session,additional_info,read_organizations,firefly_api,ff_apis";
