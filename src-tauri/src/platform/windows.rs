//! Windows: window messages, the registry, WebView2.

mod managed;

use std::{
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use anyhow::Context;
use glowjar_agent::{
    controller::{Agent, HostEvent},
    link::Front,
    managed::Reading,
};
use rfd::{MessageButtons, MessageDialog, MessageDialogResult, MessageLevel};
use tauri::{AppHandle, RunEvent};
use tokio::sync::mpsc;

use super::{IdleTime, OPENED, Part, Platform, pass_on};
use crate::{folders::IDENTIFIER, shutdown::Ending};

pub struct Windows;

static HEARS_OF_THE_SCREEN: AtomicBool = AtomicBool::new(false);

impl Platform for Windows {
    const LEFT_CLICK_OPENS_THE_WINDOW: bool = true;

    fn display() -> Result<(), &'static str> {
        Ok(())
    }

    fn tray_library() -> Result<(), &'static str> {
        Ok(())
    }

    fn has_web_view() -> bool {
        tauri::webview_version()
            .inspect(|version| tracing::debug!(version, "WebView2"))
            .inspect_err(|error| tracing::warn!(event = "no_web_view", %error))
            .is_ok()
    }

    fn offer_web_view(question: &str) {
        let question = MessageDialog::new()
            .set_level(MessageLevel::Warning)
            .set_buttons(MessageButtons::YesNo)
            .set_title("Glowjar")
            .set_description(question);
        // The person takes as long as they like.
        thread::spawn(move || {
            if question.show() == MessageDialogResult::Yes
                && let Err(error) = open::that_detached(WEB_VIEW_PAGE)
            {
                tracing::warn!(%error, "no browser was opened");
            }
        });
    }

    /// Without a registered name, notices would be shown as PowerShell's, or not at all
    /// (<https://learn.microsoft.com/windows/apps/design/shell/tiles-and-notifications/send-local-toast-other-apps>).
    fn introduce() {
        let named = windows_registry::CURRENT_USER
            .create(format!(r"Software\Classes\AppUserModelId\{IDENTIFIER}"))
            .and_then(|key| key.set_string("DisplayName", "Glowjar"));
        if let Err(error) = named {
            tracing::info!(%error, "notices have another application's name");
        }
    }

    fn apply_activation(_: &AppHandle, _: Part) {}

    fn is_reopened(_: &RunEvent) -> bool {
        false
    }

    fn watch_the_desktop(ending: &Ending, front: &Front) {
        let (ending, front) = (ending.clone(), front.clone());
        let watched =
            glowjar_system::watch(move |event| pass_on(event, &front, || ending.begin(0)));
        if let Err(error) = &watched {
            tracing::warn!(%error, "Windows does not tell of a locked screen");
        }
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
        open::that_detached("ms-settings:dateandtime").is_ok()
    }

    fn started_at_login(program: &str) -> String {
        crate::autostart::in_run_key(program)
    }

    /// <https://learn.microsoft.com/previous-versions/windows/internet-explorer/ie-developer/platform-apis/aa767914(v=vs.85)>
    fn take_scheme(scheme: &str, program: &Path) -> anyhow::Result<()> {
        let program = program.to_str().context("the path of Glowjar's program file is no text")?;
        let key = format!(r"Software\Classes\{scheme}");
        let own = windows_registry::CURRENT_USER.create(&key)?;
        own.set_string("", "URL:Glowjar sign-in")?;
        own.set_string("URL Protocol", "")?;
        let command =
            windows_registry::CURRENT_USER.create(format!(r"{key}\shell\open\command"))?;
        Ok(command.set_string("", format!("\"{program}\" {OPENED} \"%1\""))?)
    }

    /// A build for development has a console.
    fn show_failure(text: &str) {
        if cfg!(debug_assertions) {
            return;
        }
        MessageDialog::new()
            .set_level(MessageLevel::Error)
            .set_title("Glowjar")
            .set_description(text)
            .show();
    }
}

/// Microsoft's page of the WebView2 runtime.
const WEB_VIEW_PAGE: &str = "https://developer.microsoft.com/microsoft-edge/webview2/";

#[cfg(test)]
mod tests {
    use windows_registry::CURRENT_USER;

    use super::*;

    #[test]
    fn windows_hands_a_scheme_s_addresses_to_this_program_for_this_person_alone() {
        let scheme = format!("adobe+{:040x}", std::process::id());
        let key = format!(r"Software\Classes\{scheme}");
        let told = |key: &str, name: &str| {
            CURRENT_USER.open(key).and_then(|key| key.get_string(name)).expect("it is there")
        };
        // The second time the program was moved.
        for folder in [r"C:\Program Files", r"C:\Users\Mia Muster\Apps"] {
            let program = format!(r"{folder}\Glowjar\glowjar-app.exe");
            Windows::take_scheme(&scheme, Path::new(&program)).expect("the registry takes it");
            assert_eq!(told(&key, "URL Protocol"), "");
            let command = told(&format!(r"{key}\shell\open\command"), "");
            assert_eq!(command, format!("\"{program}\" --opened \"%1\""));
        }
        CURRENT_USER.remove_tree(&key).expect("the registry gives it back");
    }
}
