//! The settings page, as a person changes one thing on it.

use glowjar_agent::request::{Reply, Request, SettingsDraft};

use super::Office;

impl Office {
    /// Sends the settings as they are, but for what `change` does to them.
    pub async fn change_settings(&self, change: impl FnOnce(&mut SettingsDraft)) -> Reply {
        let it = self.barrier().await.settings;
        let mut settings = SettingsDraft {
            start_at_login: it.start_at_login,
            notices: it.notices,
            clear_clipboard_after_seconds: it.clear_clipboard_after_seconds,
            theme: it.theme,
            language: it.language,
            renew_early_minutes: it.renew_early_minutes,
            extra_ca: it.extra_ca,
            proxy: it.proxy,
            copy_shortcut: it.copy_shortcut,
            lock_with_screen: it.lock_with_screen,
            lock_after_minutes: it.lock_after_minutes,
        };
        change(&mut settings);
        self.ask(Request::ChangeSettings { settings }).await
    }
}
