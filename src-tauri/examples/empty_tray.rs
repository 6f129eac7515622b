//! The least Tauri program with an icon in the tray and no window: what `cargo xtask bench` compares Glowjar's memory with.

use tauri::{
    image::Image,
    menu::{Menu, MenuItem},
    tray::TrayIconBuilder,
};

fn main() -> tauri::Result<()> {
    tauri::Builder::default()
        .setup(|app| {
            let quit = MenuItem::with_id(app, "quit", "Quit", true, None::<&str>)?;
            let menu = Menu::with_items(app, &[&quit])?;
            let picture = Image::new_owned(vec![0x80; 32 * 32 * 4], 32, 32);
            TrayIconBuilder::with_id("empty").icon(picture).menu(&menu).build(app)?;
            Ok(())
        })
        .build(tauri::generate_context!("examples/empty_window/tauri.conf.json"))?
        .run(|_, _| {});
    Ok(())
}
