//! A private desktop, and everything a person could see or click in it.
//!
//! [`Desktop`] starts an X server, a message bus, a keychain, a panel with a tray and somebody who takes
//! notifications, each in a home of its own. [`App`] runs the real application there, [`Tray`], [`Window`],
//! [`Clipboard`] and [`Screen`] look at it and click, [`Sandbox`] tells the identity server what to answer.
//!
//! Any number of desktops can stand side by side in one process: settings reach the children only, never this
//! process's own environment. What was started ends with its desktop, even after a panic or a SIGKILL.

#![cfg_attr(
    target_os = "linux",
    expect(clippy::disallowed_methods, reason = "a real desktop takes real time")
)]
// A session of Linux, through and through. On other systems there is nothing in this crate.
#![cfg(target_os = "linux")]

pub mod app;
pub mod bus;
pub mod clipboard;
pub mod figures;
pub mod keychain;
pub mod menu;
pub mod notices;
pub mod panel;
pub mod ports;
pub mod process;
pub mod process_table;
pub mod reaper;
pub mod sandbox;
pub mod screen;
pub mod screen_lock;
pub mod session;
pub mod timeouts;
pub mod tray;
pub mod tray_watch;
pub mod window;
pub mod x_server;

pub use app::App;
pub use clipboard::Clipboard;
pub use keychain::{Keychain, KeychainState, Unlocking};
pub use menu::{Menu, MenuEntry};
pub use notices::{Notice, NoticeTaker, Notices};
pub use panel::Panel;
pub use process::{Line, Process};
pub use process_table::Running;
pub use sandbox::Sandbox;
pub use screen::Screen;
pub use screen_lock::ScreenLock;
pub use session::{Desktop, Parts};
pub use timeouts::PATIENCE;
pub use tray::{Tray, TrayItem};
pub use tray_watch::TrayWatch;
pub use window::{Element, Query, Window};
