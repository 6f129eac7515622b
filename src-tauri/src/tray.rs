//! The tray icon and its menu, as the agent draws them. Only what has changed is touched, so an open menu stays open.

use std::{path::Path, sync::Mutex};

use glowjar_agent::{
    tray::{Click, TrayView},
    view::Level,
};
use tauri::{
    AppHandle, Wry,
    image::Image,
    include_image,
    menu::Menu,
    tray::{TrayIcon, TrayIconBuilder},
};

use menu::Rows;

mod changes;
mod menu;

/// The icon in the panel. Its methods are for the main thread.
pub struct Tray {
    icon: TrayIcon,
    menu: Menu<Wry>,
    shown: Mutex<Shown>,
}

#[derive(Default)]
struct Shown {
    level: Option<Level>,
    tooltip: String,
    rows: Rows,
}

impl Tray {
    /// Puts the icon up, with a menu that is filled by [`Tray::show`]. On Linux, `pictures` is where the panel finds its
    /// picture: a folder that no other Glowjar uses.
    ///
    /// # Errors
    /// The system can't make a menu or an icon.
    pub fn put_up(
        app: &AppHandle,
        pictures: &Path,
        on_click: impl Fn(Click) + Send + Sync + 'static,
    ) -> tauri::Result<Self> {
        let menu = Menu::new(app)?;
        let icon = TrayIconBuilder::with_id("glowjar")
            .icon(picture(Level::Off))
            .icon_as_template(cfg!(target_os = "macos"))
            .menu(&menu)
            .temp_dir_path(pictures)
            .on_menu_event(move |_, event| {
                if let Some(click) = Click::from_id(event.id().as_ref()) {
                    on_click(click);
                }
            })
            .build(app)?;
        Ok(Self { icon, menu, shown: Mutex::default() })
    }

    /// # Errors
    /// The system refused a change; the next call tries again.
    pub fn show(&self, view: &TrayView) -> tauri::Result<()> {
        // The desktop tests hold the menu that the panel gets against this.
        tracing::trace!(
            target: "tray_view",
            rows = %serde_json::to_string(&view.menu).unwrap_or_default()
        );
        let mut shown = self.shown.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if shown.level != Some(view.icon) {
            self.icon
                .set_icon_with_as_template(Some(picture(view.icon)), cfg!(target_os = "macos"))?;
            shown.level = Some(view.icon);
        }
        if shown.tooltip != view.tooltip {
            self.icon.set_tooltip(Some(&view.tooltip))?;
            shown.tooltip.clone_from(&view.tooltip);
        }
        shown.rows.show(&self.menu, &view.menu)
    }
}

#[cfg(not(target_os = "macos"))]
fn picture(level: Level) -> Image<'static> {
    match level {
        Level::Off => include_image!("../icons/tray/any/off-44.png"),
        Level::Fresh => include_image!("../icons/tray/any/fresh-44.png"),
        Level::Busy => include_image!("../icons/tray/any/busy-44.png"),
        Level::Soon => include_image!("../icons/tray/any/soon-44.png"),
        Level::Attention => include_image!("../icons/tray/any/attention-44.png"),
    }
}

#[cfg(target_os = "macos")]
fn picture(level: Level) -> Image<'static> {
    match level {
        Level::Off => include_image!("../icons/tray/template/off-44.png"),
        Level::Fresh => include_image!("../icons/tray/template/fresh-44.png"),
        Level::Busy => include_image!("../icons/tray/template/busy-44.png"),
        Level::Soon => include_image!("../icons/tray/template/soon-44.png"),
        Level::Attention => include_image!("../icons/tray/template/attention-44.png"),
    }
}
