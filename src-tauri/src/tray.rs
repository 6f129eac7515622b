//! The tray icon and its menu.

use tauri::{
    AppHandle,
    menu::{Menu, MenuItem},
    tray::TrayIconBuilder,
};
use tokio::sync::mpsc;

pub fn put_up(app: &AppHandle, shows: mpsc::Sender<()>) -> tauri::Result<()> {
    let open = MenuItem::with_id(app, "open", "Open Glowjar", true, None::<&str>)?;
    let quit = MenuItem::with_id(app, "quit", "Quit", true, None::<&str>)?;
    let menu = Menu::with_items(app, &[&open, &quit])?;
    TrayIconBuilder::with_id("glowjar")
        .icon(tauri::include_image!("../icons/tray/off.png"))
        .menu(&menu)
        .on_menu_event(move |app, event| match event.id().as_ref() {
            "open" => drop(shows.try_send(())),
            "quit" => app.exit(0),
            _ => {}
        })
        .build(app)?;
    Ok(())
}
