//! Whether a token is good, asked of those who decide it.

use anyhow::{Context, Result, ensure};
use glowjar_sandbox::CLIENT_ID;
use serde_json::Value;

/// Shows `token` to the identity server and to the Firefly stand-in of the sandbox at `url`.
///
/// # Errors
/// When either of them refuses it; says what it answered. Never quotes the token.
pub async fn is_accepted(url: &str, token: &str) -> Result<()> {
    let http = reqwest::Client::builder().no_proxy().build()?;
    let form = [("type", "access_token"), ("client_id", CLIENT_ID), ("token", token)];
    let reply = http.post(format!("{url}/ims/validate_token/v1")).form(&form).send().await?;
    let verdict: Value = reply.json().await.context("the identity server's verdict")?;
    ensure!(verdict["valid"] == true, "the identity server says no: {}", verdict["reason"]);

    let firefly = http
        .get(format!("{url}/v3/custom-models"))
        .bearer_auth(token)
        .header("x-api-key", CLIENT_ID)
        .header("x-request-id", "glowjar-tour")
        .send()
        .await?;
    ensure!(firefly.status() == 200, "Firefly answers {}", firefly.status());
    Ok(())
}
