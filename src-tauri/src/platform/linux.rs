//! Linux: D-Bus, GTK and freedesktop.org's conventions.

mod idle;
mod managed;
mod scheme;
mod screen;
mod tray_host;

use std::path::Path;

use glowjar_agent::{
    controller::{Agent, HostEvent},
    link::Front,
    managed::Reading,
};
use tauri::{AppHandle, RunEvent};
use tokio::sync::mpsc;

use super::{IdleTime, Part, Platform};
use crate::{banners, shutdown::Ending};
use screen::ScreenLock;

pub struct Linux;

impl Platform for Linux {
    /// No panel tells of clicks.
    const LEFT_CLICK_OPENS_THE_WINDOW: bool = false;

    fn display() -> Result<(), &'static str> {
        if std::env::var_os("DISPLAY").is_none() && std::env::var_os("WAYLAND_DISPLAY").is_none() {
            return Err("there is no desktop here: neither DISPLAY nor WAYLAND_DISPLAY is set");
        }
        gtk::init().map_err(|_| "the desktop does not answer: DISPLAY or WAYLAND_DISPLAY points at none that is running")
    }

    fn tray_library() -> Result<(), &'static str> {
        let spoken = std::panic::take_hook();
        // The library's own search is the one that counts, and a panic is how it says no.
        std::panic::set_hook(Box::new(|_| {}));
        let found = std::panic::catch_unwind(|| {
            let _: &_ = &*libappindicator_sys::LIB;
        });
        std::panic::set_hook(spoken);
        found.map_err(|_| "Install libayatana-appindicator3-1 to have an icon")
    }

    /// The program would not have started without.
    fn has_web_view() -> bool {
        true
    }

    fn offer_web_view(_: &str) {}

    fn introduce() {}

    fn forbid_memory_dumps() {
        super::forbid_core_files();
    }

    fn share_one_heap() {
        #[cfg(target_env = "gnu")]
        glowjar_system::share_one_heap();
    }

    /// Without exit handlers: libraries take themselves down in them, whichever thread still uses them, and that is a crash at
    /// the end. (It was seen: libXext, with a thread that read the keyboard.)
    fn end(code: i32) -> ! {
        signal_hook::low_level::exit(code)
    }

    fn take_scheme(scheme: &str, program: &Path) -> anyhow::Result<()> {
        scheme::take(scheme, program)
    }

    fn apply_activation(_: &AppHandle, _: Part) {}

    fn is_reopened(_: &RunEvent) -> bool {
        false
    }

    fn watch_the_desktop(_: &Ending, _: &Front) {}

    fn watch_the_screen(agent: Agent) {
        tokio::spawn(screen::watch(move |said| {
            tracing::info!(event = "screen", ?said);
            agent.tell(match said {
                ScreenLock::Works(works) => HostEvent::ScreenLockWatched { works },
                ScreenLock::Locked => HostEvent::ScreenLocked,
                ScreenLock::Unlocked => HostEvent::ScreenUnlocked,
            });
        }));
    }

    fn watch_for_a_panel(agent: Agent, shows: mpsc::Sender<()>) {
        tokio::spawn(async move {
            let watched = tray_host::watch(|is_shown| {
                tracing::info!(event = if is_shown { "tray_shown" } else { "tray_not_shown" });
                if is_shown {
                    agent.tell(HostEvent::BannerCleared { code: banners::NO_TRAY.into() });
                } else {
                    let language = agent.snapshot().language;
                    agent.tell(HostEvent::BannerRaised(banners::no_tray(None, language)));
                    let _ = shows.try_send(());
                }
            });
            if let Err(error) = watched.await {
                tracing::info!(%error, "no session bus to look for a panel");
            }
        });
    }

    fn watch_the_keychain(agent: Agent) {
        tokio::spawn(async move {
            let watched =
                crate::keychain::unlock_watcher::watch(|| agent.tell(HostEvent::KeychainChanged));
            if let Err(error) = watched.await {
                tracing::info!(%error, "no session bus to watch the keychain on");
            }
        });
    }

    fn managed_settings() -> Reading {
        managed::read()
    }

    fn watch_managed_settings(agent: Agent) {
        tokio::spawn(async move {
            let watched = managed::watch(move || super::read_managed_settings(&agent));
            if let Err(error) = watched.await {
                tracing::warn!(%error, "what the studio sets is read at the next start");
            }
        });
    }

    fn idle_time() -> IdleTime {
        Box::pin(idle::time())
    }

    fn open_clock_settings() -> bool {
        // Each desktop has its own, and those that are not there do not start.
        const PROGRAMS: [(&str, &[&str]); 6] = [
            ("gnome-control-center", &["datetime"]),
            ("systemsettings", &["kcm_clock"]),
            ("kcmshell6", &["kcm_clock"]),
            ("kcmshell5", &["clock"]),
            ("cinnamon-settings", &["calendar"]),
            ("time-admin", &[]),
        ];
        PROGRAMS.iter().any(|(program, arguments)| {
            let started = std::process::Command::new(program).args(*arguments).spawn();
            // Nobody waits for it: a thread of its own takes note of its end.
            started.map(|mut child| std::thread::spawn(move || child.wait())).is_ok()
        })
    }

    fn started_at_login(program: &str) -> String {
        crate::autostart::in_desktop_entry(program)
    }

    /// Standard error is in the session's log.
    fn show_failure(_: &str) {}
}
