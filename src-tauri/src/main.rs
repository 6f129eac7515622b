//! Glowjar keeps Adobe Firefly access tokens fresh: a tray application, and the root where its parts are put together.
//!
//! One binary, two kinds of process: the tray's, which lives as long as the person's session, and the window's,
//! which the tray's process starts with a pipe when somebody wants to look.

// A console window beside the tray would puzzle everybody.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

use clap::{Parser, Subcommand};

mod app;
mod folders;
mod frame;
mod logging;
mod preflight;
mod tray;
mod window;
mod window_process;

/// Keeps Adobe Firefly access tokens fresh.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(flatten)]
    wishes: app::Wishes,
    #[command(subcommand)]
    role: Option<Role>,
}

#[derive(Subcommand)]
enum Role {
    /// Shows the window for the process at the other end of standard input and output.
    #[command(hide = true)]
    Window,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    match arguments.role {
        None => app::run(&arguments.wishes),
        Some(Role::Window) => window::run(),
    }
}
