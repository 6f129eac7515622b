//! Somebody new types in what the admin sent.

use anyhow::{Context, Result};
use desktop::{PATIENCE, Parts, Query, Window};
use glowjar_sandbox::{Client, Route, Settings};

use super::fixture::{NAME, Scene, add, fill};

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f32_a_profile_typed_in_by_hand_with_an_awkward_secret_brings_a_token() -> Result<()> {
    let clients = vec![Client::server_to_server("typed-client", AWKWARD)];
    let scene = Scene::with(Parts::default(), Settings { clients, ..Settings::default() }).await?;
    let window = scene.window().await?;
    window.wait_for(&Query::test_id("welcome"), PATIENCE).await?;
    scene.picture(&window, "welcome").await?;

    let mut typed = scene.minting();
    typed.provider = "Other OAuth 2.0 server";
    typed.endpoint = format!("{}/ims/token/v3", scene.sandbox.url());
    typed.client_id = "typed-client".to_owned();
    typed.secret = AWKWARD.to_owned();
    fill(&window, &typed).await?;
    scene.picture(&window, "form-filled").await?;
    window.click(&Query::test_id("save-profile")).await?;

    window
        .wait_until(&Query::test_id("hero-countdown"), PATIENCE, |text| text.contains("left"))
        .await?;
    window.wait_until(&Query::test_id("hero-name"), PATIENCE, |text| text == NAME).await?;
    let renews = window.find(&Query::test_id("renews-at")).await?.text().await?;
    assert!(renews.starts_with("Renews by itself"), "{renews}");
    assert!(window.has(&Query::test_id("expires-at")).await?);
    scene.picture(&window, "live").await?;

    let requests = scene.sandbox.requests_to(Route::Token);
    let [request] = requests.as_slice() else { panic!("{requests:?}") };
    assert_eq!(request.field("client_secret"), Some(AWKWARD));
    assert_eq!(request.wrong, Vec::<String>::new());
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn bad_input_is_answered_at_its_field_and_stores_nothing() -> Result<()> {
    let mut scene = Scene::new().await?;
    let window = scene.window().await?;
    let mut typed = scene.minting();
    typed.name = String::new();
    typed.secret = "   ".to_owned();
    typed.endpoint = "http://example.com/token".to_owned();
    fill(&window, &typed).await?;
    window.click(&Query::test_id("save-profile")).await?;
    for field in ["name", "token-endpoint", "client-secret"] {
        assert_ne!(error_at(&window, field).await?, "", "{field}");
    }
    scene.picture(&window, "form-refused").await?;

    for (field, text) in [
        ("name", "n".repeat(201)),
        ("token-endpoint", "not an address".to_owned()),
        ("client-id", String::new()),
        ("scopes", "openid,\"quoted\"".to_owned()),
    ] {
        window.fill(&Query::test_id(&format!("field-{field}")), &text).await?;
        window.wait_until_gone(&Query::test_id(&format!("error-{field}")), PATIENCE).await?;
        window.click(&Query::test_id("save-profile")).await?;
        assert_ne!(error_at(&window, field).await?, "", "{field}");
        let kept = window.find(&Query::test_id(&format!("field-{field}"))).await?;
        assert_eq!(kept.value().await?, text);
    }

    assert_eq!(scene.desktop.keychain()?.entries().await?, []);
    assert!(!scene.data_folder().join("profiles.json").exists());
    assert_eq!(scene.token_requests(), 0);
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn a_name_in_any_script_is_taken_and_the_same_name_again_is_not() -> Result<()> {
    let scene = Scene::new().await?;
    let window = scene.window().await?;
    let mut typed = scene.minting();
    typed.name = "مشروع 日本 & _Söhne_".to_owned();
    add(&window, &typed).await?;
    window.wait_until(&Query::test_id("hero-name"), PATIENCE, |text| text == typed.name).await?;
    scene.wait_for_status(&format!("{}: valid until", typed.name)).await?;

    fill(&window, &typed).await?;
    window.click(&Query::test_id("save-profile")).await?;
    assert!(error_at(&window, "name").await?.contains(&typed.name));
    window.click(&Query::test_id("cancel-edit")).await?;
    window.wait_for(&Query::test_id("hero-name"), PATIENCE).await?;
    let rows = window.find_all(&Query::test_id(&format!("profile-row-{}", typed.name))).await?;
    assert_eq!(rows.len(), 1);
    scene.picture(&window, "any-script").await
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn a_megabyte_pasted_by_mistake_is_refused_at_its_field() -> Result<()> {
    let mut scene = Scene::new().await?;
    let window = scene.window().await?;
    fill(&window, &scene.minting()).await?;
    window.client().execute(PASTE, Vec::new()).await?;
    window.click(&Query::test_id("save-profile")).await?;
    let error = error_at(&window, "client-secret").await?;
    assert!(error.contains("far longer than a secret"), "{error}");
    assert_eq!(scene.desktop.keychain()?.entries().await?, []);
    assert_eq!(scene.token_requests(), 0);
    Ok(())
}

async fn error_at(window: &Window, field: &str) -> Result<String> {
    let error = Query::test_id(&format!("error-{field}"));
    window.wait_for(&error, PATIENCE).await.context("no message")?.text().await
}

/// What form encoding, JSON and shells each break, and white space at both ends.
const AWKWARD: &str = " p8e-Xq7+&% \"quoted' =%2B ";
/// What a paste does to a field; the driver can only type, and would type a megabyte for minutes.
const PASTE: &str = "const field = document.querySelector('#field-client-secret'); \
    field.value = 'x'.repeat(1024 * 1024); field.dispatchEvent(new Event('input'));";
