//! The window's own process: a web page, and a pipe to the tray's process. It knows nothing and keeps nothing.
//!
//! It ends when its standard input does, or when a person closes the window.

use anyhow::Context as _;
use serde_json::Value;
use tauri::{Manager, State, async_runtime};
#[cfg(not(target_os = "linux"))]
use {
    std::path::PathBuf,
    tauri::{App, WebviewUrl, WebviewWindowBuilder},
};

use crate::{
    arguments::ColorScheme,
    folders::Folders,
    platform::{Part, Platform, This},
};
#[cfg(target_os = "linux")]
use deferred_show::build;
use relay::Relay;
#[cfg(not(target_os = "linux"))]
use size::Sizes;

#[cfg(target_os = "linux")]
mod deferred_show;
mod pipe;
mod relay;
mod size;
#[cfg(target_os = "linux")]
mod splash;

/// Shows the window and returns when it is closed.
pub fn run(chosen: Option<ColorScheme>) -> anyhow::Result<()> {
    let pipe =
        pipe::take_over().context("the window is opened by Glowjar itself; run `glowjar open`")?;
    let folders = Folders::of_this_person();
    tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![ask])
        .setup(move |app| {
            This::apply_activation(app.handle(), Part::Window);
            app.manage(Relay::new(pipe.to_tray));
            // WebKit keeps a cache wherever it runs. It is no part of the person's data.
            build(app, folders.cache, chosen)?;
            // From here on there is a window to bring to the front, and a relay to hand replies to.
            async_runtime::spawn(relay::listen(pipe.from_tray, app.handle().clone()));
            Ok(())
        })
        .build(tauri::generate_context!())
        .context("the window could not be made")?
        .run_return(|app, event| {
            if This::is_reopened(&event) {
                async_runtime::spawn(relay::come_to_the_front(app.clone()));
            }
        });
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn build(app: &App, cache: PathBuf, chosen: Option<ColorScheme>) -> tauri::Result<()> {
    let sizes = Sizes::on_this_screen(app);
    WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
        .title(TITLE)
        .inner_size(sizes.first.width, sizes.first.height)
        .min_inner_size(sizes.least.width, sizes.least.height)
        .data_directory(cache)
        // The page takes dropped files itself; Tauri would keep them from it.
        .disable_drag_drop_handler()
        .initialization_script(first_style(chosen))
        .build()?;
    Ok(())
}

/// The page learns the person's choice with its first snapshot. Until then it would be the system's, and flash.
fn first_style(chosen: Option<ColorScheme>) -> String {
    let Some(scheme) = chosen.map(ColorScheme::name) else { return String::new() };
    // On Windows the document may have no element yet.
    format!(
        "const set = () => document.documentElement.dataset.colorScheme = '{scheme}'; \
         if (document.documentElement) set(); \
         else new MutationObserver((_, it) => {{ it.disconnect(); set(); }}) \
             .observe(document, {{ childList: true }});"
    )
}

/// Carries one request to the tray's process and its reply back.
///
/// # Errors
/// The tray's process has gone.
#[tauri::command]
async fn ask(relay: State<'_, Relay>, request: Value) -> Result<Value, String> {
    relay.ask(request).await.ok_or_else(|| "Glowjar is closing.".into())
}

const LABEL: &str = "main";
const TITLE: &str = "Glowjar";
