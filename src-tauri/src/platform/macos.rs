//! macOS: AppKit's notifications, the Dock. Compiled for macOS, and never run on a Mac.

mod managed;

use std::{
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use glowjar_agent::{
    controller::{Agent, HostEvent},
    link::Front,
    managed::Reading,
};
use tauri::{ActivationPolicy, AppHandle, RunEvent};
use tokio::sync::mpsc;

use super::{IdleTime, Part, Platform, pass_on};
use crate::{folders::IDENTIFIER, shutdown::Ending};

pub struct MacOs;

static HEARS_OF_THE_SCREEN: AtomicBool = AtomicBool::new(false);

impl Platform for MacOs {
    /// A menu bar's icon opens its menu.
    const LEFT_CLICK_OPENS_THE_WINDOW: bool = false;

    fn display() -> Result<(), &'static str> {
        Ok(())
    }

    fn tray_library() -> Result<(), &'static str> {
        Ok(())
    }

    /// WebKit is a part of macOS.
    fn has_web_view() -> bool {
        true
    }

    fn offer_web_view(_: &str) {}

    fn introduce() {
        // Otherwise notices would be Finder's.
        if let Err(error) = notify_rust::set_application(IDENTIFIER) {
            tracing::info!(%error, "notices have another application's name");
        }
    }

    fn forbid_memory_dumps() {
        super::forbid_core_files();
    }

    /// The icon in the menu bar has no tile in the Dock, the window has one as long as it is open, and with it a menu and a
    /// place among the windows that one switches between. A tile of the tray's process would be a second one, and do nothing.
    fn apply_activation(app: &AppHandle, part: Part) {
        let policy = match part {
            Part::Window => ActivationPolicy::Regular,
            Part::Tray => ActivationPolicy::Accessory,
        };
        if let Err(error) = app.set_activation_policy(policy) {
            tracing::warn!(%error, "the Dock was not told");
        }
    }

    fn is_reopened(event: &RunEvent) -> bool {
        matches!(event, RunEvent::Reopen { .. })
    }

    fn watch_the_desktop(ending: &Ending, front: &Front) {
        let (ending, front) = (ending.clone(), front.clone());
        let watched =
            glowjar_system::watch(move |event| pass_on(event, &front, || ending.begin(0)));
        HEARS_OF_THE_SCREEN.store(watched.is_ok(), Ordering::Relaxed);
    }

    fn watch_the_screen(agent: Agent) {
        let works = HEARS_OF_THE_SCREEN.load(Ordering::Relaxed);
        agent.tell(HostEvent::ScreenLockWatched { works });
    }

    fn watch_for_a_panel(_: Agent, _: mpsc::Sender<()>) {}

    fn watch_the_keychain(_: Agent) {}

    fn managed_settings() -> Reading {
        managed::read()
    }

    fn watch_managed_settings(agent: Agent) {
        super::read_managed_settings_each_minute(agent);
    }

    fn idle_time() -> IdleTime {
        Box::pin(std::future::ready(glowjar_system::idle_time()))
    }

    fn open_clock_settings() -> bool {
        open::that_detached("x-apple.systempreferences:com.apple.Date-Time-Settings.extension")
            .is_ok()
    }

    fn started_at_login(program: &str) -> String {
        program.to_owned()
    }

    /// Launch Services know the schemes of a bundle's Info.plist alone, and Adobe gives each client its own
    /// (<https://developer.apple.com/documentation/xcode/defining-a-custom-url-scheme-for-your-app>).
    fn take_scheme(_: &str, _: &Path) -> anyhow::Result<()> {
        anyhow::bail!("macOS takes no scheme while the program runs")
    }

    fn show_failure(text: &str) {
        rfd::MessageDialog::new()
            .set_level(rfd::MessageLevel::Error)
            .set_title("Glowjar")
            .set_description(text)
            .show();
    }
}
