//! Windows: each size, for a light and a dark taskbar.

use glowjar_agent::view::Level;
use tauri::{image::Image, include_image};
use windows_registry::CURRENT_USER;

/// As chosen under "Colours". A system that does not say has a dark one.
pub fn bar_is_light() -> bool {
    CURRENT_USER
        .open(r"Software\Microsoft\Windows\CurrentVersion\Themes\Personalize")
        .and_then(|key| key.get_u32("SystemUsesLightTheme"))
        .is_ok_and(|light| light != 0)
}

/// `size` is one of those that there are.
pub fn picture(level: Level, bar_is_light: bool, size: u32) -> Image<'static> {
    match (bar_is_light, size) {
        (true, 16) => match level {
            Level::Off => include_image!("../icons/tray/light-bar/off-16.png"),
            Level::Fresh => include_image!("../icons/tray/light-bar/fresh-16.png"),
            Level::Busy => include_image!("../icons/tray/light-bar/busy-16.png"),
            Level::Soon => include_image!("../icons/tray/light-bar/soon-16.png"),
            Level::Attention => include_image!("../icons/tray/light-bar/attention-16.png"),
        },
        (true, 20) => match level {
            Level::Off => include_image!("../icons/tray/light-bar/off-20.png"),
            Level::Fresh => include_image!("../icons/tray/light-bar/fresh-20.png"),
            Level::Busy => include_image!("../icons/tray/light-bar/busy-20.png"),
            Level::Soon => include_image!("../icons/tray/light-bar/soon-20.png"),
            Level::Attention => include_image!("../icons/tray/light-bar/attention-20.png"),
        },
        (true, 24) => match level {
            Level::Off => include_image!("../icons/tray/light-bar/off-24.png"),
            Level::Fresh => include_image!("../icons/tray/light-bar/fresh-24.png"),
            Level::Busy => include_image!("../icons/tray/light-bar/busy-24.png"),
            Level::Soon => include_image!("../icons/tray/light-bar/soon-24.png"),
            Level::Attention => include_image!("../icons/tray/light-bar/attention-24.png"),
        },
        (true, 32) => match level {
            Level::Off => include_image!("../icons/tray/light-bar/off-32.png"),
            Level::Fresh => include_image!("../icons/tray/light-bar/fresh-32.png"),
            Level::Busy => include_image!("../icons/tray/light-bar/busy-32.png"),
            Level::Soon => include_image!("../icons/tray/light-bar/soon-32.png"),
            Level::Attention => include_image!("../icons/tray/light-bar/attention-32.png"),
        },
        (true, _) => match level {
            Level::Off => include_image!("../icons/tray/light-bar/off-40.png"),
            Level::Fresh => include_image!("../icons/tray/light-bar/fresh-40.png"),
            Level::Busy => include_image!("../icons/tray/light-bar/busy-40.png"),
            Level::Soon => include_image!("../icons/tray/light-bar/soon-40.png"),
            Level::Attention => include_image!("../icons/tray/light-bar/attention-40.png"),
        },
        (false, 16) => match level {
            Level::Off => include_image!("../icons/tray/dark-bar/off-16.png"),
            Level::Fresh => include_image!("../icons/tray/dark-bar/fresh-16.png"),
            Level::Busy => include_image!("../icons/tray/dark-bar/busy-16.png"),
            Level::Soon => include_image!("../icons/tray/dark-bar/soon-16.png"),
            Level::Attention => include_image!("../icons/tray/dark-bar/attention-16.png"),
        },
        (false, 20) => match level {
            Level::Off => include_image!("../icons/tray/dark-bar/off-20.png"),
            Level::Fresh => include_image!("../icons/tray/dark-bar/fresh-20.png"),
            Level::Busy => include_image!("../icons/tray/dark-bar/busy-20.png"),
            Level::Soon => include_image!("../icons/tray/dark-bar/soon-20.png"),
            Level::Attention => include_image!("../icons/tray/dark-bar/attention-20.png"),
        },
        (false, 24) => match level {
            Level::Off => include_image!("../icons/tray/dark-bar/off-24.png"),
            Level::Fresh => include_image!("../icons/tray/dark-bar/fresh-24.png"),
            Level::Busy => include_image!("../icons/tray/dark-bar/busy-24.png"),
            Level::Soon => include_image!("../icons/tray/dark-bar/soon-24.png"),
            Level::Attention => include_image!("../icons/tray/dark-bar/attention-24.png"),
        },
        (false, 32) => match level {
            Level::Off => include_image!("../icons/tray/dark-bar/off-32.png"),
            Level::Fresh => include_image!("../icons/tray/dark-bar/fresh-32.png"),
            Level::Busy => include_image!("../icons/tray/dark-bar/busy-32.png"),
            Level::Soon => include_image!("../icons/tray/dark-bar/soon-32.png"),
            Level::Attention => include_image!("../icons/tray/dark-bar/attention-32.png"),
        },
        (false, _) => match level {
            Level::Off => include_image!("../icons/tray/dark-bar/off-40.png"),
            Level::Fresh => include_image!("../icons/tray/dark-bar/fresh-40.png"),
            Level::Busy => include_image!("../icons/tray/dark-bar/busy-40.png"),
            Level::Soon => include_image!("../icons/tray/dark-bar/soon-40.png"),
            Level::Attention => include_image!("../icons/tray/dark-bar/attention-40.png"),
        },
    }
}
