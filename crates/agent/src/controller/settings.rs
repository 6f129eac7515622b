//! What a person chooses, taken into use at once.

use glowjar_lifecycle::id::ProfileId;

use super::Controller;
use crate::view::SettingsView;

impl Controller {
    pub(super) fn settings_view(&self) -> SettingsView {
        self.preferences.view(&self.folders)
    }

    /// The chosen one, or else the first.
    pub(super) fn default_profile(&self) -> Option<ProfileId> {
        let chosen = self.preferences.default_profile.as_deref();
        let chosen = chosen.and_then(|id| id.parse().ok());
        chosen.filter(|id| self.profiles.contains_key(id)).or_else(|| self.order.first().copied())
    }
}
