//! Glowjar keeps Adobe Firefly access tokens fresh: a tray application, and the root where its parts are put together.
//!
//! One binary, two kinds of process: the tray's, which lives as long as the person's desktop session, and the
//! window's, which the tray's process starts with a pipe when somebody wants to look.

// A console window beside the tray would puzzle everybody.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

use std::io::{self, Write};

use arguments::{Arguments, Role};
use clap::Parser;
use platform::{Platform, This};

mod app;
mod arguments;
mod autostart;
mod banners;
mod clipboard;
mod folders;
mod following;
mod frame;
mod keychain;
mod leading;
mod logging;
mod network;
mod notifications;
mod own_program;
mod platform;
mod preferences;
mod preflight;
mod sandbox;
mod shell;
mod shortcut;
mod shutdown;
mod tray;
mod updates;
mod window;
mod window_process;

fn main() {
    This::share_one_heap();
    let arguments = Arguments::parse();
    This::forbid_memory_dumps();
    let outcome = match arguments.role {
        None => app::run(arguments.wishes.only_to_open()),
        Some(Role::Window { color_scheme }) => window::run(color_scheme),
    };
    let code = match outcome {
        Ok(()) => 0,
        Err(error) => {
            // Nobody may be there to hear it.
            let _ = writeln!(io::stderr(), "glowjar-app: {error:#}");
            This::show_failure(&format!("{error:#}"));
            1
        }
    };
    This::end(code)
}
