//! What Windows and macOS tell of the desktop: when the screen is locked, when the computer wakes, how long nobody touched
//! it, and when the program is to end. On Linux all that comes over D-Bus; there it is one setting of memory alone.
//!
//! Rust counts these calls as unsafe, and no well-kept crate wraps them. So this crate makes them, decides nothing, and is
//! the only one of the workspace in which `unsafe` is allowed.

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod glibc;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(windows)]
mod windows;
mod windows_messages;

#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub use glibc::share_one_heap;
#[cfg(target_os = "macos")]
pub use macos::{Awake, idle_time, watch};
#[cfg(windows)]
pub use windows::{idle_time, watch};

/// What happens on the desktop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    ScreenLocked,
    ScreenUnlocked,
    Woke,
    /// Somebody asks this program to end, as an installer or `taskkill` does.
    AskedToEnd,
    /// The person signs off, or the computer shuts down.
    SessionEnds,
}
