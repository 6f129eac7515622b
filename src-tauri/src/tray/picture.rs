//! The tray icon's picture for each level, as the system's bar wants it.

use glowjar_agent::view::Level;
#[cfg(not(windows))]
use tauri::include_image;
use tauri::{AppHandle, image::Image};

#[cfg(windows)]
mod windows;

/// A panel of Linux doesn't tell its shade: a light casing around dark lines is seen on both.
#[cfg(target_os = "linux")]
pub fn of(level: Level, _: &AppHandle) -> Image<'static> {
    match level {
        Level::Off => include_image!("../icons/tray/any/off-44.png"),
        Level::Fresh => include_image!("../icons/tray/any/fresh-44.png"),
        Level::Busy => include_image!("../icons/tray/any/busy-44.png"),
        Level::Soon => include_image!("../icons/tray/any/soon-44.png"),
        Level::Attention => include_image!("../icons/tray/any/attention-44.png"),
    }
}

/// Black and alpha only: macOS does the colouring.
#[cfg(target_os = "macos")]
pub fn of(level: Level, _: &AppHandle) -> Image<'static> {
    match level {
        Level::Off => include_image!("../icons/tray/template/off-44.png"),
        Level::Fresh => include_image!("../icons/tray/template/fresh-44.png"),
        Level::Busy => include_image!("../icons/tray/template/busy-44.png"),
        Level::Soon => include_image!("../icons/tray/template/soon-44.png"),
        Level::Attention => include_image!("../icons/tray/template/attention-44.png"),
    }
}

#[cfg(windows)]
pub fn of(level: Level, app: &AppHandle) -> Image<'static> {
    let scale = app.primary_monitor().ok().flatten().map_or(1.0, |screen| screen.scale_factor());
    windows::picture(level, windows::bar_is_light(), size(scale))
}

/// Pixels. Windows scales badly what is of another size; one that is a little too large is better than one that is too small.
#[cfg_attr(not(windows), allow(dead_code, reason = "tested on every system"))]
fn size(scale: f64) -> u32 {
    let wanted = 16.0 * scale;
    SIZES.into_iter().find(|size| f64::from(*size) >= wanted).unwrap_or(40)
}

const SIZES: [u32; 5] = [16, 20, 24, 32, 40];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_gets_the_picture_of_its_scale() {
        let sizes = [1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 4.0].map(size);
        assert_eq!(sizes, [16, 20, 24, 32, 32, 40, 40]);
    }
}
