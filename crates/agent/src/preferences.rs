//! What a person prefers. Kept by `tauri-plugin-store`; anything missing or odd is what it was before anyone chose.

use std::{ops::RangeInclusive, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{
    folders::Folders,
    view::{Choices, SettingsView},
};

/// In minutes. Less would lock while somebody reads, more than a working day is no lock.
pub(crate) const LOCK_AFTER: RangeInclusive<u32> = 1..=480;

/// A person's choices, and what Glowjar remembers along with them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Preferences {
    #[serde(flatten)]
    pub choices: Choices,
    /// Codes of banners that were waved away and stay away.
    pub dismissed_banners: Vec<String>,
    /// [`ProfileView::id`](crate::view::ProfileView::id).
    pub default_profile: Option<String>,
}

impl Preferences {
    #[must_use]
    pub fn clear_clipboard_after(&self) -> Duration {
        Duration::from_secs(self.choices.clear_clipboard_after_seconds.clamp(5, 3600))
    }

    pub(crate) fn renew_early(&self) -> Option<Duration> {
        self.choices.renew_early_minutes.map(|minutes| Duration::from_secs(u64::from(minutes) * 60))
    }

    pub(crate) fn lock_after(&self) -> Option<Duration> {
        let minutes =
            self.choices.lock_after_minutes?.clamp(*LOCK_AFTER.start(), *LOCK_AFTER.end());
        Some(Duration::from_secs(u64::from(minutes) * 60))
    }

    /// As the settings page shows them.
    #[must_use]
    pub fn view(&self, folders: &Folders) -> SettingsView {
        SettingsView {
            choices: Choices {
                clear_clipboard_after_seconds: self.clear_clipboard_after().as_secs(),
                ..self.choices.clone()
            },
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
