//! What a person prefers. Kept by `tauri-plugin-store`; anything missing or odd is what it was before anyone chose.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Long enough to switch windows and paste, short enough to be gone before the next screen share.
const CLEAR_CLIPBOARD_AFTER: u64 = 60;

/// A person's choices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Preferences {
    /// Seconds until a copied token is cleared from the clipboard, 5 to 3 600.
    clear_clipboard_after_seconds: u64,
    /// Codes of banners that were waved away and stay away.
    pub dismissed_banners: Vec<String>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self { clear_clipboard_after_seconds: CLEAR_CLIPBOARD_AFTER, dismissed_banners: Vec::new() }
    }
}

impl Preferences {
    #[must_use]
    pub fn clear_clipboard_after(&self) -> Duration {
        Duration::from_secs(self.clear_clipboard_after_seconds.clamp(5, 3600))
    }
}

/// Where preferences are kept.
pub trait PreferencesStore: Send + Sync + 'static {
    fn save(&self, preferences: &Preferences);
}
