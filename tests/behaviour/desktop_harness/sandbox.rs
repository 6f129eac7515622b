//! The sandbox's controls, from outside of its process.

use std::time::Duration;

use anyhow::Result;
use desktop::{PATIENCE, Sandbox};
use glowjar_sandbox::{Answer, CLIENT_ID, CLIENT_SECRET, Outage, Route, Settings};

#[tokio::test]
async fn a_sandbox_elsewhere_is_told_what_to_answer_and_counts_what_it_was_asked() -> Result<()> {
    let running = glowjar_sandbox::Sandbox::start(Settings::default()).await?;
    let sandbox = Sandbox::at(&running.url().to_string())?;
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", CLIENT_ID),
        ("client_secret", CLIENT_SECRET),
    ];
    let http = reqwest::Client::builder().no_proxy().build()?;
    let mint = || http.post(format!("{}/ims/token/v3", running.url())).form(&form).send();

    sandbox.until_cleared(Route::Token, &Answer::Unavailable).await?;
    sandbox.next(Route::Token, &Answer::InternalError, 1).await?;
    assert_eq!(mint().await?.status(), 500);
    assert_eq!(mint().await?.status(), 503);
    sandbox.clear().await?;
    sandbox.let_tokens_live(Duration::from_secs(60)).await?;
    let reply: serde_json::Value = mint().await?.json().await?;
    assert_eq!(reply["expires_in"], 60);

    let counts = sandbox.wait_until(PATIENCE, |counts| counts.issued() == 1).await?;
    assert_eq!((counts.to("token"), counts.of("token", "scripted")), (3, 2));
    sandbox.outage(Outage::ConnectionRefused, Duration::from_hours(1)).await?;
    assert!(mint().await.is_err());
    Ok(())
}
