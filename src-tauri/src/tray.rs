//! The tray icon and its menu, as the agent draws them. Only what has changed is touched, so an open menu stays open.

use std::{
    path::Path,
    sync::{Arc, Mutex},
};

use glowjar_agent::{
    tray::{Click, TrayView},
    view::Level,
};
use tauri::{
    AppHandle, Wry,
    menu::Menu,
    tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent},
};

use crate::platform::{Platform, This};
use menu::Rows;

mod changes;
mod menu;
mod picture;

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
        let on_click = Arc::new(on_click);
        let icon = TrayIconBuilder::with_id("glowjar")
            .icon(picture::of(Level::Off, app))
            .icon_as_template(cfg!(target_os = "macos"))
            .menu(&menu)
            .temp_dir_path(pictures)
            .show_menu_on_left_click(!This::LEFT_CLICK_OPENS_THE_WINDOW)
            .on_menu_event({
                let on_click = Arc::clone(&on_click);
                move |_, event| {
                    if let Some(click) = Click::from_id(event.id().as_ref()) {
                        on_click(click);
                    }
                }
            })
            .on_tray_icon_event(move |_, event| {
                if This::LEFT_CLICK_OPENS_THE_WINDOW && is_left_click(&event) {
                    on_click(Click::OpenWindow);
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
            self.icon.set_icon_with_as_template(
                Some(picture::of(view.icon, self.icon.app_handle())),
                cfg!(target_os = "macos"),
            )?;
            shown.level = Some(view.icon);
        }
        if shown.tooltip != view.tooltip {
            self.icon.set_tooltip(Some(&view.tooltip))?;
            shown.tooltip.clone_from(&view.tooltip);
        }
        shown.rows.show(&self.menu, &view.menu)
    }
}

/// When the button is let go, as for any other icon.
const fn is_left_click(event: &TrayIconEvent) -> bool {
    matches!(
        event,
        TrayIconEvent::Click { button: MouseButton::Left, button_state: MouseButtonState::Up, .. }
    )
}
