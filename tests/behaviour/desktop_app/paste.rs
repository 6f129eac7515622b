//! Somebody new pastes what the admin sent: from launch to a living token.

use anyhow::Result;
use desktop::{PATIENCE, Parts, Query, Window, timeouts::until};
use glowjar_sandbox::{Client, Route, Settings};
use serde_json::Value;

use super::fixture::{Scene, TITLE};

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn from_launch_to_a_living_token_by_paste_takes_two_clicks() -> Result<()> {
    let scene = scene().await?;
    let window = scene.window().await?;
    count_clicks(&window).await?;

    window.click(&Query::test_id("paste-text")).await?;
    paste(&scene, &mail(&console_command(&scene, SECRET))).await?;
    window.wait_for(&Query::test_id("understood"), PATIENCE).await?;
    let understood = window.find(&Query::test_id("understood-client-id")).await?;
    assert_eq!(understood.text().await?, CLIENT);
    assert!(!window.text().await?.contains(SECRET), "the window shows the secret");
    scene.picture(&window, "paste-understood").await?;
    window.click(&Query::test_id("save-understood")).await?;

    window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
    assert_eq!(clicks(&window).await?, 2, "at most three are promised");
    assert!(scene.sandbox.accepts(&scene.copied_by_tray().await?), "the token is not live");
    scene.picture(&window, "paste-live").await?;
    assert_asked_once(&scene);
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn from_launch_to_a_copied_token_by_paste_with_the_keyboard_alone() -> Result<()> {
    let scene = scene().await?;
    let window = scene.window().await?;
    count_clicks(&window).await?;
    let screen = scene.desktop.screen()?;

    // The cursor waits in the box already, and goes on to the button by itself.
    wait_for_focus(&window, "Paste what your admin sent you").await?;
    paste(&scene, &console_command(&scene, SECRET)).await?;
    wait_for_focus(&window, "Save and get a token").await?;
    screen.press("shift+Tab").await?;
    wait_for_focus(&window, "Name").await?;
    screen.press("ctrl+a").await?;
    screen.type_text("Spring").await?;
    screen.press("Tab").await?;
    wait_for_focus(&window, "Save and get a token").await?;
    screen.press("Return").await?;

    window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
    window.wait_until(&Query::test_id("hero-name"), PATIENCE, |text| text == "Spring").await?;
    wait_for_focus(&window, "Copy token").await?;
    screen.press("Return").await?;
    window.wait_for(&Query::test_id("clipboard-countdown"), PATIENCE).await?;
    let copied = scene.desktop.clipboard()?.text().await?.unwrap_or_default();
    assert!(scene.sandbox.accepts(&copied), "the copied token is not live");
    assert_eq!(clicks(&window).await?, 0);
    assert_asked_once(&scene);
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f19_a_wrong_secret_is_said_at_the_paste_before_anything_is_saved() -> Result<()> {
    let mut scene = scene().await?;
    let window = scene.window().await?;
    paste(&scene, &console_command(&scene, WRONG)).await?;
    window.click(&Query::test_id("save-understood")).await?;
    let refused = Query::test_id("refused");
    let said = window
        .wait_until(&refused, PATIENCE, |text| text.contains("The client secret was rejected"))
        .await?;
    assert!(said.text().await?.contains("Nothing was saved"), "{}", said.text().await?);
    scene.picture(&window, "paste-wrong-secret").await?;
    assert_eq!(scene.desktop.keychain()?.entries().await?, []);
    assert!(!scene.data_folder().join("profiles.json").exists(), "a profile was saved");
    let requests = scene.sandbox.requests_to(Route::Token);
    let [request] = requests.as_slice() else { panic!("{requests:?}") };
    assert_eq!(request.field("client_secret"), Some(WRONG));

    window.click(&Query::test_id("paste-again")).await?;
    wait_for_focus(&window, "Paste what your admin sent you").await?;
    paste(&scene, &console_command(&scene, SECRET)).await?;
    window.click(&Query::test_id("save-understood")).await?;
    window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
    let keychain = scene.desktop.keychain()?;
    let both = || async { Ok((keychain.entries().await?.len() == 2).then_some(())) };
    until(PATIENCE, "a credential and a token in the keychain", both).await
}

async fn scene() -> Result<Scene> {
    let clients = vec![Client::server_to_server(CLIENT, SECRET)];
    let scene = Scene::with(Parts::default(), Settings { clients, ..Settings::default() });
    Box::pin(scene).await
}

/// As the Developer Console shows it under "View cURL command" (`docs/adobe-ims.md` section 1), but for the host.
fn console_command(scene: &Scene, secret: &str) -> String {
    format!(
        "curl -X POST '{}/ims/token/v3' -H 'Content-Type: application/x-www-form-urlencoded' \
         -d 'grant_type=client_credentials&client_id={CLIENT}&client_secret={secret}&scope=openid,AdobeID,session,\
         additional_info,read_organizations,firefly_api,ff_apis'",
        scene.sandbox.url()
    )
}

fn mail(command: &str) -> String {
    format!("Hi Sam,\n\nthis is for the spring campaign:\n\n{command}\n\nBest,\nKim\n")
}

/// With the keys, from what another program put on the clipboard.
pub async fn paste(scene: &Scene, text: &str) -> Result<()> {
    scene.desktop.clipboard()?.write(text).await?;
    let screen = scene.desktop.screen()?;
    screen.activate(TITLE).await?;
    screen.press("ctrl+v").await
}

fn assert_asked_once(scene: &Scene) {
    let requests = scene.sandbox.requests_to(Route::Token);
    let [request] = requests.as_slice() else { panic!("{requests:?}") };
    assert_eq!(request.field("client_secret"), Some(SECRET));
    assert_eq!(request.wrong, Vec::<String>::new());
}

async fn wait_for_focus(window: &Window, name: &str) -> Result<()> {
    let focused = || async { Ok((window.focused().await?.1 == name).then_some(())) };
    until(PATIENCE, format!("the focus to be at {name:?}"), focused).await
}

/// The page counts from now on, so that no click of the test's goes uncounted.
async fn count_clicks(window: &Window) -> Result<()> {
    window.client().execute(COUNT, Vec::new()).await?;
    Ok(())
}

async fn clicks(window: &Window) -> Result<u64> {
    let counted = window.client().execute("return window.clicks", Vec::new()).await?;
    Ok(Value::as_u64(&counted).unwrap_or(u64::MAX))
}

const COUNT: &str =
    "window.clicks = 0; addEventListener('pointerdown', () => { window.clicks += 1; }, true);";
const CLIENT: &str = "0123456789abcdef0123456789abcdef";
/// As long as Adobe's.
const SECRET: &str = "p8e-Ab1cD2eF3gH4iJ5kL6mN7oP8qR9sT0u";
const WRONG: &str = "p8e-Zz1cD2eF3gH4iJ5kL6mN7oP8qR9sT0u";
