//! The least Tauri window, with one word in it: what `cargo xtask paint` compares Glowjar's with.

use tauri::{WebviewUrl, WebviewWindowBuilder};

fn main() -> tauri::Result<()> {
    tauri::Builder::default()
        .setup(|app| {
            WebviewWindowBuilder::new(app, "main", WebviewUrl::default())
                .title("Empty")
                .inner_size(400.0, 640.0)
                .build()?;
            Ok(())
        })
        .build(tauri::generate_context!("examples/empty_window/tauri.conf.json"))?
        .run(|_, _| {});
    Ok(())
}
