//! Settings files that can't be read.

use std::fs;

use anyhow::Result;
use desktop::{App, Desktop, PATIENCE, Parts, Query, Window};

use super::fixture::{data_folder, status_of};

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f05_corrupt_settings_are_kept_aside_and_explained() -> Result<()> {
    let mut desktop = Desktop::start(Parts::default()).await?;
    let folder = data_folder(&desktop);
    fs::create_dir_all(&folder)?;
    for name in ["profiles", "preferences"] {
        fs::write(folder.join(format!("{name}.json")), torn(name))?;
    }
    let mut app = App::start(&desktop, ["--show"])?;
    let window = Window::attach(&desktop, &app, PATIENCE).await?;
    for (name, words) in
        [("profiles", "Profiles could not be read"), ("preferences", "Settings could not be read")]
    {
        let copy = format!("{name}.unreadable-1.json");
        let banner = Query::test_id(&format!("banner-kept_aside:{copy}"));
        window.wait_until(&banner, PATIENCE, |text| text.contains(words)).await?;
        assert_eq!(fs::read_to_string(folder.join(copy))?, torn(name));
    }
    picture(&desktop, &window).await?;
    let item = desktop.tray()?.wait_for_item(PATIENCE).await?;
    item.wait_until(PATIENCE, |menu| status_of(menu).contains("no profile yet")).await?;

    window.click(&Query::test_id("dismiss-kept_aside:profiles.unreadable-1.json")).await?;
    let waved_away = Query::test_id("banner-kept_aside:profiles.unreadable-1.json");
    window.wait_until_gone(&waved_away, PATIENCE).await?;
    assert!(app.is_running());
    assert_eq!(desktop.keychain()?.entries().await?, []);
    Ok(())
}

async fn picture(desktop: &Desktop, window: &Window) -> Result<()> {
    let Some(folder) = std::env::var_os("GLOWJAR_SHOTS") else { return Ok(()) };
    window.picture(&std::path::Path::new(&folder).join("kept-aside.png")).await?;
    desktop.screen()?.picture(&std::path::Path::new(&folder).join("kept-aside-screen.png")).await
}

/// As a full disk leaves it.
fn torn(name: &str) -> String {
    format!("{{\"version\":1,\"{name}\":[{{\"na")
}
