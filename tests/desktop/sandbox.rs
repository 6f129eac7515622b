//! Tells a sandbox in another process what to answer. Its own manual is at `GET /sandbox`.

use std::{collections::BTreeMap, time::Duration};

use anyhow::{Context, Result, bail};
use glowjar_sandbox::{Answer, Outage, Route};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::timeouts::{PATIENCE, until};

/// A sandbox that runs on loopback, perhaps inside of the application.
#[derive(Clone, Debug)]
pub struct Sandbox {
    url: String,
    http: reqwest::Client,
}

/// How many requests arrived since the sandbox started.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Counts {
    pub total: u64,
    /// By route, then by outcome, under their names in the sandbox's JSON: `token`, `rotated`.
    pub routes: BTreeMap<String, BTreeMap<String, u64>>,
}

impl Counts {
    /// The requests to this route that ended this way, e.g. `("token", "granted")`.
    #[must_use]
    pub fn of(&self, route: &str, outcome: &str) -> u64 {
        self.routes.get(route).and_then(|outcomes| outcomes.get(outcome)).copied().unwrap_or(0)
    }

    /// Every request to this route.
    #[must_use]
    pub fn to(&self, route: &str) -> u64 {
        self.routes.get(route).map_or(0, |outcomes| outcomes.values().sum())
    }

    /// Access tokens issued, with or without a new refresh token.
    #[must_use]
    pub fn issued(&self) -> u64 {
        self.of("token", "granted") + self.of("token", "rotated")
    }
}

impl Sandbox {
    /// The sandbox at this address, e.g. `http://127.0.0.1:8080`.
    ///
    /// # Errors
    /// When the HTTP client can't be made.
    pub fn at(url: &str) -> Result<Self> {
        // A proxy in the environment is not for loopback. And no connection is kept: an ordered outage begins once
        // the connection that ordered it is closed.
        let http = reqwest::Client::builder()
            .no_proxy()
            .pool_max_idle_per_host(0)
            .timeout(PATIENCE)
            .build()?;
        Ok(Self { url: url.trim_end_matches('/').to_owned(), http })
    }

    /// Gives this answer to the next `count` requests on `route`.
    ///
    /// # Errors
    /// When the sandbox doesn't answer or doesn't understand.
    pub async fn next(&self, route: Route, answer: &Answer, count: u32) -> Result<()> {
        self.post("script", json!({ "route": route, "answer": answer, "next": count })).await
    }

    /// Gives this answer to every request on `route` for a while, on the sandbox's own clock.
    ///
    /// # Errors
    /// As [`Sandbox::next`].
    pub async fn during(&self, route: Route, answer: &Answer, time: Duration) -> Result<()> {
        let millis = u64::try_from(time.as_millis())?;
        self.post("script", json!({ "route": route, "answer": answer, "millis": millis })).await
    }

    /// Gives this answer to every request on `route` until [`Sandbox::clear`].
    ///
    /// # Errors
    /// As [`Sandbox::next`].
    pub async fn until_cleared(&self, route: Route, answer: &Answer) -> Result<()> {
        self.post("script", json!({ "route": route, "answer": answer })).await
    }

    /// Forgets all that was scripted.
    ///
    /// # Errors
    /// As [`Sandbox::next`].
    pub async fn clear(&self) -> Result<()> {
        self.post("clear", Value::Null).await
    }

    /// Sends the answers that were held back.
    ///
    /// # Errors
    /// As [`Sandbox::next`].
    pub async fn release(&self) -> Result<()> {
        self.post("release", Value::Null).await
    }

    /// Takes the whole server away for a while (a second at least), and waits until it is gone.
    ///
    /// # Errors
    /// As [`Sandbox::next`].
    pub async fn outage(&self, kind: Outage, time: Duration) -> Result<()> {
        let order = json!({ "kind": kind, "millis": u64::try_from(time.as_millis())? });
        self.post("outage", order).await?;
        if kind == Outage::ConnectionRefused {
            let is_gone = || async { Ok(self.counts().await.is_err().then_some(())) };
            until(PATIENCE, "the outage to begin", is_gone).await?;
        }
        Ok(())
    }

    /// Sets the life of access tokens issued from now on.
    ///
    /// # Errors
    /// As [`Sandbox::next`].
    pub async fn let_tokens_live(&self, life: Duration) -> Result<()> {
        self.change(json!({ "access_token_lifetime_millis": u64::try_from(life.as_millis())? }))
            .await
    }

    /// Changes settings, named as in the sandbox's manual.
    ///
    /// # Errors
    /// As [`Sandbox::next`].
    pub async fn change(&self, settings: Value) -> Result<()> {
        self.post("settings", settings).await
    }

    /// What arrived so far.
    ///
    /// # Errors
    /// As [`Sandbox::next`].
    pub async fn counts(&self) -> Result<Counts> {
        Ok(self
            .http
            .get(format!("{}/sandbox/requests", self.url))
            .send()
            .await?
            .error_for_status()?
            .json()
            .await?)
    }

    /// Waits until `wanted` holds for what arrived.
    ///
    /// # Errors
    /// When it doesn't within `limit`.
    pub async fn wait_until(
        &self,
        limit: Duration,
        wanted: impl Fn(&Counts) -> bool,
    ) -> Result<Counts> {
        let found = until(limit, "requests to the sandbox", || async {
            let counts = self.counts().await?;
            Ok(wanted(&counts).then_some(counts))
        });
        match found.await {
            Ok(counts) => Ok(counts),
            Err(error) => Err(error).with_context(|| format!("no such requests to {}", self.url)),
        }
    }

    async fn post(&self, path: &str, body: Value) -> Result<()> {
        let reply =
            self.http.post(format!("{}/sandbox/{path}", self.url)).json(&body).send().await?;
        let status = reply.status();
        if !status.is_success() {
            bail!(
                "the sandbox answered {status} to {path}: {}",
                reply.text().await.unwrap_or_default()
            );
        }
        Ok(())
    }
}
