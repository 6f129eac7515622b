//! "Connect a program" in the window that people have.

use anyhow::{Context, Result};
use desktop::{PATIENCE, Query};
use glowjar_sandbox::{CLIENT_ID, CLIENT_SECRET, Settings};

use super::fixture::Scene;

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn an_mcp_client_s_file_is_changed_from_the_window_and_a_secret_for_n8n_is_on_the_clipboard()
-> Result<()> {
    let scene = Scene::at_work(Settings::default()).await?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("mcp.json");
    let before = serde_json::json!({ "mcpServers": { "firefly": {
        "command": "npx", "args": ["-y", "firefly-mcp"],
        "env": { "FIREFLY_CLIENT_ID": CLIENT_ID, "FIREFLY_CLIENT_SECRET": CLIENT_SECRET },
    } } });
    std::fs::write(&file, before.to_string())?;
    let text = || std::fs::read_to_string(&file);

    let window = scene.open_window().await?;
    window.click(&Query::test_id("programs-latest")).await?;
    window.click(&Query::test_id("connect-program")).await?;
    window.wait_for(&Query::test_id("recipe"), PATIENCE).await?;
    scene.picture(&window, "connect").await?;
    window.fill(&Query::test_id("field-path"), &file.display().to_string()).await?;
    window.click(&Query::test_id("file-preview")).await?;
    let change = Query::test_id("file-change");
    let is_shown = |text: &str| text.contains("glowjar exec --mint firefly -- npx -y firefly-mcp");
    window.wait_until(&change, PATIENCE, is_shown).await?;
    assert!(!window.text().await?.contains(CLIENT_SECRET), "the window shows a secret");
    assert_eq!(text()?, before.to_string());
    window.click(&Query::test_id("file-apply")).await?;
    window.wait_for(&Query::test_id("file-undo"), PATIENCE).await?;
    assert!(!text()?.contains(CLIENT_SECRET));
    scene.picture(&window, "connect-changed").await?;
    window.click(&Query::test_id("file-undo")).await?;
    window.wait_until_gone(&Query::test_id("file-undo"), PATIENCE).await?;
    assert_eq!(text()?, before.to_string());

    window.choose(&Query::test_id("field-program"), "n8n").await?;
    window.click(&Query::test_id("let-in")).await?;
    let shown = window.wait_for(&Query::test_id("connect-token-url"), PATIENCE).await?;
    assert!(shown.text().await?.ends_with("/ims/token/v3"));
    let secret = scene.desktop.clipboard()?.text().await?.context("nothing was copied")?;
    assert_eq!(secret.len(), 64, "256 bits in hexadecimal");
    assert!(!window.text().await?.contains(&secret[..8]), "the window shows a secret");
    scene.picture(&window, "connect-secret").await?;
    Ok(())
}
