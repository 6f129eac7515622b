//! What a person prefers. Kept by `tauri-plugin-store`; anything missing or odd is what it was before anyone chose.

use std::{ops::RangeInclusive, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{
    folders::Folders,
    view::{LanguageChoice, NoticesWanted, ProxyView, SettingsView, Theme},
};

/// Long enough to switch windows and paste, short enough to be gone before the next screen share.
const CLEAR_CLIPBOARD_AFTER: u64 = 60;
/// In minutes. Less would lock while somebody reads, more than a working day is no lock.
pub(crate) const LOCK_AFTER: RangeInclusive<u32> = 1..=480;

/// A person's choices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Preferences {
    /// Seconds until a copied token is cleared from the clipboard, 5 to 3 600.
    pub(crate) clear_clipboard_after_seconds: u64,
    /// Codes of banners that were waved away and stay away.
    pub dismissed_banners: Vec<String>,
    pub start_at_login: bool,
    pub notices: NoticesWanted,
    pub theme: Theme,
    pub language: LanguageChoice,
    /// For profiles that don't say themselves.
    pub renew_early_minutes: Option<u32>,
    /// A PEM file.
    pub extra_ca: Option<String>,
    pub proxy: ProxyView,
    pub copy_shortcut: Option<String>,
    pub lock_with_screen: bool,
    /// Minutes without anybody at the computer, [`LOCK_AFTER`].
    pub(crate) lock_after_minutes: Option<u32>,
    /// [`ProfileView::id`](crate::view::ProfileView::id).
    pub default_profile: Option<String>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            clear_clipboard_after_seconds: CLEAR_CLIPBOARD_AFTER,
            dismissed_banners: Vec::new(),
            start_at_login: false,
            notices: NoticesWanted::default(),
            theme: Theme::default(),
            language: LanguageChoice::default(),
            renew_early_minutes: None,
            extra_ca: None,
            proxy: ProxyView::default(),
            copy_shortcut: None,
            lock_with_screen: false,
            lock_after_minutes: None,
            default_profile: None,
        }
    }
}

impl Preferences {
    #[must_use]
    pub fn clear_clipboard_after(&self) -> Duration {
        Duration::from_secs(self.clear_clipboard_after_seconds.clamp(5, 3600))
    }

    pub(crate) fn renew_early(&self) -> Option<Duration> {
        self.renew_early_minutes.map(|minutes| Duration::from_secs(u64::from(minutes) * 60))
    }

    pub(crate) fn lock_after(&self) -> Option<Duration> {
        let minutes = self.lock_after_minutes?.clamp(*LOCK_AFTER.start(), *LOCK_AFTER.end());
        Some(Duration::from_secs(u64::from(minutes) * 60))
    }

    /// As the settings page shows them.
    #[must_use]
    pub fn view(&self, folders: &Folders) -> SettingsView {
        SettingsView {
            start_at_login: self.start_at_login,
            notices: self.notices,
            clear_clipboard_after_seconds: self.clear_clipboard_after().as_secs(),
            theme: self.theme,
            language: self.language,
            renew_early_minutes: self.renew_early_minutes,
            extra_ca: self.extra_ca.clone(),
            proxy: self.proxy.clone(),
            copy_shortcut: self.copy_shortcut.clone(),
            lock_with_screen: self.lock_with_screen,
            lock_after_minutes: self.lock_after_minutes,
            screen_lock_is_told: true,
            idleness_is_told: true,
            log_folder: folders.logs.display().to_string(),
            data_folder: folders.data.display().to_string(),
        }
    }
}

/// Where preferences are kept.
pub trait PreferencesStore: Send + Sync + 'static {
    fn save(&self, preferences: &Preferences);
}
