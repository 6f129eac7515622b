//! The tray of the harness, with an icon that is not the application's.

use anyhow::{Result, bail};
use desktop::{
    Desktop, KeychainState, Line, NoticeTaker, PATIENCE, Parts, TrayWatch, process::Stream,
    timeouts::until, tray_watch::VIEW,
};
use tokio::sync::watch;

use super::stand_in_item::{COPY, QUIT, StandInItem};

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn a_tray_icon_is_read_and_its_menu_clicked() -> Result<()> {
    let desktop = start().await?;
    let icon = StandInItem::show(desktop.bus()?.new_connection().await?).await?;
    let item = desktop.tray()?.wait_for_item(PATIENCE).await?;
    assert_eq!((item.title().await?, item.label().await?), ("Stand-in".into(), "fresh".into()));
    assert_eq!(item.icon_path().await?.to_str(), Some("/usr/share/pixmaps/stand-in.png"));

    let menu = item.menu().await?;
    assert_eq!(menu.to_string(), "    Campaign\n        Copy_token (disabled)\n    Quit\n");
    let refused =
        item.click(&["Campaign", "Copy_token"]).await.err().map(|error| error.to_string());
    assert!(refused.is_some_and(|words| words.contains("is disabled") && words.contains("Quit")));
    item.click_by_id(COPY).await?;
    item.click(&["Quit"]).await?;
    icon.enable_copy().await?;
    item.wait_until(PATIENCE, |menu| menu.clickable(&["Campaign", "Copy_token"]).is_ok()).await?;
    item.click(&["Campaign", "Copy_token"]).await?;
    assert_eq!(icon.clicked(), [COPY, QUIT, COPY]);
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn the_panel_goes_and_comes_back() -> Result<()> {
    let mut desktop = start().await?;
    let icon = StandInItem::show(desktop.bus()?.new_connection().await?).await?;
    desktop.tray()?.wait_for_item(PATIENCE).await?;
    desktop.panel()?.stop().await?;
    assert!(desktop.tray()?.items().await.is_err());
    desktop.panel()?.resume().await?;
    icon.register().await?;
    desktop.tray()?.wait_for_item(PATIENCE).await?;
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f42_a_menu_that_is_not_as_its_program_means_it_fails_the_test() -> Result<()> {
    let desktop = start().await?;
    let _icon = StandInItem::show(desktop.bus()?.new_connection().await?).await?;
    let (log, lines) = watch::channel(Vec::new());
    let say = |rows: &str| {
        let text = format!("TRACE {VIEW}{rows}");
        log.send_modify(|lines| lines.push(Line { stream: Stream::Err, text }));
    };
    let address = desktop.bus()?.address().to_owned();
    let mut tray = TrayWatch::start(address, std::process::id(), lines);
    let submenu = r#"{"Submenu":{"label":"Campaign","rows":[{"Label":"Copy_token"}]}}"#;
    say(&format!(r#"[{submenu},{{"Item":{{"label":"Quit","enabled":true}}}}]"#));
    assert_eq!(tray.wait_until_matched().await?, 1);

    say(&format!(r#"[{submenu},{{"Item":{{"label":"Quit","enabled":false}}}}]"#));
    let look = || async {
        match tray.wait_until_matched().await {
            // It has not read on.
            Ok(1) => Ok(None),
            Ok(_) => bail!("it took one menu for the other"),
            Err(difference) => Ok(Some(difference.to_string())),
        }
    };
    let difference = until(PATIENCE, "the difference", look).await?;
    assert!(difference.contains("enabled: false") && difference.contains("Quit"), "{difference}");
    assert!(tray.finish().is_err(), "it is still said at the end");
    Ok(())
}

async fn start() -> Result<Desktop> {
    Desktop::start(Parts {
        keychain: KeychainState::Absent,
        notices: NoticeTaker::Nobody,
        ..Parts::default()
    })
    .await
}
