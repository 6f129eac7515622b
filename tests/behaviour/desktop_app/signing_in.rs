//! A person signs in from the window, in the browser that their desktop opens, at servers that are not ours.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use anyhow::{Context, Result};
use desktop::{Desktop, PATIENCE, Query, Window, timeouts::until};
use glowjar_sandbox::NATIVE_CLIENT_ID;

use super::fixture::Scene;
use crate::another_server::{
    Server,
    signing_in::{Mock, run_browser},
};

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

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn a_person_types_the_window_s_code_in_on_another_device_and_the_token_is_copied_from_the_tray()
-> Result<()> {
    let server = Server::start().await;
    let scene = Scene::new().await?;
    let window = scene.window().await?;
    let scopes = "openid email offline_access";
    fill(&window, &server.ready.issuer, "public", "", scopes).await?;
    window.choose(&Query::test_id("field-sign-in-way"), "With a code, on any device").await?;
    window.click(&Query::test_id("sign-in-begin")).await?;
    let code = Query::test_id("sign-in-code");
    window.wait_for(&code, PATIENCE).await?;
    scene.picture(&window, "sign-in-code").await?;
    let address = Query::test_id("sign-in-address");
    let page = window.wait_for(&address, PATIENCE).await?.text().await?;
    let code = window.wait_for(&code, PATIENCE).await?.text().await?;
    let end = run_browser(&[page.trim(), "allow", "dana", code.trim()]).await;
    assert!(end.text.contains("Sign-in Success"), "{}", end.text);
    window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
    scene.close(window).await?;
    let token = scene.copied_by_tray().await?;
    assert!(server.is_active(&token).await, "the server knows the token");
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn a_sign_in_comes_back_by_adobe_s_scheme_and_a_forged_call_of_it_ends_nothing() -> Result<()>
{
    const SCHEME: &str = "adobe+0123456789abcdef0123456789abcdef01234567";
    let scene = Scene::new().await?;
    let window = scene.window().await?;
    let redirect = format!("{SCHEME}://adobeid/{NATIVE_CLIENT_ID}");
    let address = scene.desktop.home().join("asked");
    set_up_browser_that(&scene.desktop, &format!("echo \"$1\" > '{}'", address.display()))?;
    fill(&window, &scene.sandbox.url(), NATIVE_CLIENT_ID, "", "openid,offline_access").await?;
    window.fill(&Query::test_id("field-redirect"), &redirect).await?;
    window.click(&Query::test_id("sign-in-begin")).await?;
    let waits = Query::test_id("sign-in-wait");
    window.wait_for(&Query::test_id("sign-in-paste"), PATIENCE).await?;
    scene.picture(&window, "sign-in-by-scheme").await?;

    let open = |url: String| {
        let mut command = scene.desktop.command("xdg-open");
        command.arg(url);
        command.status()
    };
    let open_and_hear = async |url: String, event: &str| -> Result<()> {
        let heard = scene.app.lines().len();
        assert!(open(url).await?.success());
        scene.app.wait_for_line_after(heard, PATIENCE, |line| line.contains(event)).await?;
        Ok(())
    };
    let forged = ["code=forged", "error=access_denied", "code=x&state=forged", ""];
    for query in forged {
        open_and_hear(format!("{redirect}?{query}"), "sign_in_not_ours").await?;
    }
    assert!(window.has(&waits).await?, "the sign-in waits");
    assert_eq!(scene.token_requests(), 0, "no code is tried");
    assert!(!scene.data_folder().join("profiles.json").exists(), "nothing is stored");
    scene.close(window).await?;
    for query in forged {
        open_and_hear(format!("{redirect}?{query}"), "sign_in_not_ours").await?;
    }
    assert!(scene.app.descendants().is_empty(), "a forged call opens no window");

    let asked = || async { Ok(fs::read_to_string(&address).ok().filter(|it| it.ends_with('\n'))) };
    let page = until(PATIENCE, "the page", asked).await?;
    let browser = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .user_agent("Browser")
        .build()?;
    let sent = browser.get(format!("{}&decision=allow", page.trim())).send().await?;
    let back = sent.headers()["location"].to_str()?.to_owned();
    assert!(back.starts_with(&redirect), "{back}");
    assert!(open(back.clone()).await?.success());
    let window = scene.window_showing(&Query::test_id("hero-countdown")).await?;
    assert!(scene.sandbox.accepts(&scene.copied_by_tray().await?));
    scene.close(window).await?;
    // Once more, as a second tab would.
    for _ in 0..2 {
        open_and_hear(back.clone(), "sign_in_over").await?;
    }
    assert!(scene.app.descendants().is_empty(), "a second tab opens no window");
    assert_eq!(scene.token_requests(), 1);
    Ok(())
}

async fn sign_in(window: &Window, server: &str, client_id: &str, secret: &str) -> Result<()> {
    fill(window, server, client_id, secret, "openid email offline_access").await?;
    window.click(&Query::test_id("sign-in-begin")).await?;
    window.wait_for(&Query::test_id("sign-in-wait"), PATIENCE).await?;
    Ok(())
}

async fn fill(
    window: &Window,
    server: &str,
    client_id: &str,
    secret: &str,
    scopes: &str,
) -> Result<()> {
    window.click(&Query::test_id("sign-in")).await?;
    window.wait_for(&Query::test_id("sign-in-begin"), PATIENCE).await?;
    window.choose(&Query::test_id("field-preset"), "Other OAuth 2.0 server").await?;
    window.wait_for(&Query::test_id("field-token-endpoint"), PATIENCE).await?;
    for (field, text) in [
        ("field-name", "Studio"),
        ("field-token-endpoint", server),
        ("field-client-id", client_id),
        ("field-client-secret", secret),
        ("field-scopes", scopes),
    ] {
        window.fill(&Query::test_id(field), text).await?;
    }
    Ok(())
}

/// What this desktop opens web pages with: Chromium without a window, in which somebody signs in.
fn set_up_browser(desktop: &Desktop) -> Result<()> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("oidc-provider/browser.mjs");
    let output = desktop.home().join("browsed");
    let run = format!("exec node '{}' \"$1\" > '{}' 2>&1", script.display(), output.display());
    set_up_browser_that(desktop, &run)
}

/// As [`set_up_browser`], with what the shell does with the address in `$1`.
fn set_up_browser_that(desktop: &Desktop, does: &str) -> Result<()> {
    let home = desktop.home();
    let program = home.join("browser");
    fs::write(&program, format!("#!/bin/sh\n{does}\n"))?;
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
