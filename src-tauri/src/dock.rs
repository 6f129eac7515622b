//! The Dock of macOS: the icon in the menu bar has no tile there, the window has one as long as it is open. Nothing
//! elsewhere. Written without a Mac: neither compiled for macOS nor run there so far.

use tauri::{AppHandle, RunEvent};

/// One of the two kinds of process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Tray,
    Window,
}

/// Whether a part has a tile, and with it a menu and a place among the windows that one switches between. A tile of the
/// tray's process would be a second one beside the window's, and do nothing.
const fn has_tile(part: Part) -> bool {
    matches!(part, Part::Window)
}

/// Gives the part its tile, or takes it away.
#[cfg(target_os = "macos")]
pub fn settle(app: &AppHandle, part: Part) {
    use tauri::ActivationPolicy;
    let policy = match has_tile(part) {
        true => ActivationPolicy::Regular,
        false => ActivationPolicy::Accessory,
    };
    if let Err(error) = app.set_activation_policy(policy) {
        tracing::warn!(%error, "the Dock was not told");
    }
}

#[cfg(not(target_os = "macos"))]
pub const fn settle(_: &AppHandle, part: Part) {
    let _ = has_tile(part);
}

/// Whether the person clicked the application again, in the Dock or the Finder, which starts no second process.
#[cfg(target_os = "macos")]
pub fn is_reopened(event: &RunEvent) -> bool {
    matches!(event, RunEvent::Reopen { .. })
}

#[cfg(not(target_os = "macos"))]
pub const fn is_reopened(_: &RunEvent) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_alone_has_a_tile() {
        assert!(has_tile(Part::Window));
        assert!(!has_tile(Part::Tray));
    }
}
