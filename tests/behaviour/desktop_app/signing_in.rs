//! A person signs in from the window, in the browser that their desktop opens, at servers that are not ours.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use anyhow::{Context, Result};
use desktop::{Desktop, PATIENCE, Query, Window};

use super::fixture::Scene;
use crate::another_server::{Server, signing_in::Mock};

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn a_person_signs_in_in_the_desktop_s_browser_and_the_token_is_copied_from_the_tray()
-> Result<()> {
    let server = Server::start().await;
    let scene = Scene::new().await?;
    set_up_browser(&scene.desktop)?;
    let window = scene.window().await?;
    sign_in(&window, &server.ready.issuer, "public", "").await?;
    scene.picture(&window, "sign-in-waits").await?;
    window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
    let who = Query::test_id("signed-in-as");
    window.wait_until(&who, PATIENCE, |text| text.contains("dana@studio.example")).await?;
    scene.picture(&window, "signed-in").await?;
    scene.close(window).await?;
    let token = scene.copied_by_tray().await?;
    assert!(server.is_active(&token).await, "the server knows the token");
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn a_person_signs_in_at_the_second_server_and_a_closed_window_keeps_no_sign_in_from_its_end()
-> Result<()> {
    let server = Mock::start(&[]).await;
    let scene = Scene::new().await?;
    let window = scene.window().await?;
    // Without a browser the page can only be copied, so the sign-in waits.
    // It takes whatever client comes, but none without a secret.
    sign_in(&window, &server.url, "glowjar", "mock+secret&").await?;
    let waits = Query::test_id("sign-in-paste");
    window.wait_for(&waits, PATIENCE).await?;
    scene.close(window).await?;
    scene.item().await?.click(&["Open Glowjar"]).await?;
    let window = scene.window_showing(&waits).await?;
    set_up_browser(&scene.desktop)?;
    window.click(&Query::test_id("sign-in-reopen")).await?;
    window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
    assert!(!scene.copied_by_tray().await?.is_empty());
    Ok(())
}

async fn sign_in(window: &Window, server: &str, client_id: &str, secret: &str) -> Result<()> {
    window.click(&Query::test_id("sign-in")).await?;
    window.wait_for(&Query::test_id("sign-in-begin"), PATIENCE).await?;
    window.choose(&Query::test_id("field-preset"), "Other OAuth 2.0 server").await?;
    window.wait_for(&Query::test_id("field-token-endpoint"), PATIENCE).await?;
    for (field, text) in [
        ("field-name", "Studio"),
        ("field-token-endpoint", server),
        ("field-client-id", client_id),
        ("field-client-secret", secret),
        ("field-scopes", "openid email offline_access"),
    ] {
        window.fill(&Query::test_id(field), text).await?;
    }
    window.click(&Query::test_id("sign-in-begin")).await?;
    window.wait_for(&Query::test_id("sign-in-wait"), PATIENCE).await?;
    Ok(())
}

/// What this desktop opens web pages with: Chromium without a window, in which somebody signs in.
fn set_up_browser(desktop: &Desktop) -> Result<()> {
    let home = desktop.home();
    let program = home.join("browser");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("oidc-provider/browser.mjs");
    fs::write(
        &program,
        format!(
            "#!/bin/sh\nexec node '{}' \"$1\" > '{}' 2>&1\n",
            script.display(),
            home.join("browsed").display()
        ),
    )?;
    fs::set_permissions(&program, fs::Permissions::from_mode(0o700))?;
    let write = |path: &str, text: String| -> Result<()> {
        let path = home.join(path);
        fs::create_dir_all(path.parent().context("a folder")?)?;
        Ok(fs::write(path, text)?)
    };
    let program = program.display();
    write(
        ".local/share/applications/browser.desktop",
        format!(
            "[Desktop Entry]\nType=Application\nName=Browser\nExec={program} %u\n\
             MimeType=x-scheme-handler/http;x-scheme-handler/https;\n"
        ),
    )?;
    let schemes = ["http", "https"].map(|it| format!("x-scheme-handler/{it}=browser.desktop\n"));
    write(".config/mimeapps.list", format!("[Default Applications]\n{}", schemes.concat()))?;
    // Xfce asks its own list first.
    write(".config/xfce4/helpers.rc", "WebBrowser=custom-WebBrowser\n".to_owned())?;
    write(
        ".local/share/xfce4/helpers/custom-WebBrowser.desktop",
        format!(
            "[Desktop Entry]\nVersion=1.0\nType=X-XFCE-Helper\nNoDisplay=true\nName=Browser\n\
             X-XFCE-Category=WebBrowser\nX-XFCE-Commands={program}\n\
             X-XFCE-CommandsWithParameter={program} \"%s\"\n"
        ),
    )
}
