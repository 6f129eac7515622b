//! What a person prefers. Kept by `tauri-plugin-store`; anything missing or odd is what it was before anyone chose.

use std::{collections::BTreeMap, ops::Deref, sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{
    choices::{CLEAR_CLIPBOARD_AFTER, LOCK_AFTER},
    folders::Folders,
    managed::Managed,
    view::{Choices, SettingsView},
};

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
    pub webhook: Option<KeptWebhook>,
    /// Glowjar starts at login, or does not, because the studio said so. Once it says so no longer, what the person chose is
    /// brought back.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub login_was_managed: bool,
}

/// Which server is told of trouble. Its whole address and its secret are in the keychain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct KeptWebhook {
    /// Scheme, host and port.
    pub server: String,
    /// The profiles of which it was told that they need a person, by [`ProfileView::id`](crate::view::ProfileView::id), and when,
    /// in milliseconds since 1970.
    pub told: BTreeMap<String, i64>,
    /// What it is being told, by the same: written down before it is sent, so that after a crash the server hears it once more
    /// as the same message.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub sending: BTreeMap<String, KeptMessage>,
}

/// A message of which nobody knows whether it arrived.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct KeptMessage {
    /// Of the trouble; absent: all is well again.
    pub code: Option<String>,
    /// When it began, in milliseconds since 1970.
    pub since: i64,
}

impl Preferences {
    #[must_use]
    pub fn clear_clipboard_after(&self) -> Duration {
        let (least, most) = (*CLEAR_CLIPBOARD_AFTER.start(), *CLEAR_CLIPBOARD_AFTER.end());
        Duration::from_secs(self.choices.clear_clipboard_after_seconds.clamp(least, most))
    }

    pub(crate) fn renew_early(&self) -> Option<Duration> {
        self.choices.renew_early_minutes.map(|minutes| Duration::from_secs(u64::from(minutes) * 60))
    }

    pub(crate) fn lock_after(&self) -> Option<Duration> {
        let minutes =
            self.choices.lock_after_minutes?.clamp(*LOCK_AFTER.start(), *LOCK_AFTER.end());
        Some(Duration::from_secs(u64::from(minutes) * 60))
    }

    fn managed_by(&self, managed: &Managed) -> Self {
        Self { choices: managed.over(&self.choices), ..self.clone() }
    }

    /// As the settings page shows them.
    #[must_use]
    pub fn view(&self, folders: &Folders) -> SettingsView {
        SettingsView {
            choices: Choices {
                clear_clipboard_after_seconds: self.clear_clipboard_after().as_secs(),
                ..self.choices.clone()
            },
            webhook: self.webhook.as_ref().map(|kept| kept.server.clone()),
            screen_lock_is_told: true,
            idleness_is_told: true,
            updates_are_offered: false,
            log_folder: folders.logs.display().to_string(),
            data_folder: folders.data.display().to_string(),
            managed: Box::default(),
        }
    }
}

/// The preferences as they hold, and where the person's own are kept. They change only by [`KeptPreferences::change`] and by
/// what the studio's admin sets.
pub(crate) struct KeptPreferences {
    /// As the person chose them. Nothing else is saved.
    own: Preferences,
    managed: Managed,
    /// The person's, and the studio's over them.
    in_force: Preferences,
    store: Arc<dyn PreferencesStore>,
}

impl KeptPreferences {
    pub(crate) fn new(
        own: Preferences,
        managed: Managed,
        store: Arc<dyn PreferencesStore>,
    ) -> Self {
        let in_force = own.managed_by(&managed);
        Self { own, managed, in_force, store }
    }

    /// Changes the person's as they are now, and saves them.
    pub(crate) fn change(&mut self, change: impl FnOnce(&mut Preferences)) {
        let before = self.own.clone();
        change(&mut self.own);
        if self.own != before {
            self.in_force = self.own.managed_by(&self.managed);
            self.store.save(&self.own);
        }
    }

    pub(crate) fn manage(&mut self, managed: Managed) {
        self.in_force = self.own.managed_by(&managed);
        self.managed = managed;
    }

    /// As the person chose them, whether they hold or not.
    pub(crate) const fn own(&self) -> &Preferences {
        &self.own
    }

    pub(crate) const fn managed(&self) -> &Managed {
        &self.managed
    }
}

/// As they hold.
impl Deref for KeptPreferences {
    type Target = Preferences;

    fn deref(&self) -> &Preferences {
        &self.in_force
    }
}

/// What a person changed of their choices. One that was left alone stays what it is when this is applied.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ChoicesEdit {
    from: Choices,
    to: Choices,
}

impl ChoicesEdit {
    pub(crate) const fn between(from: Choices, to: Choices) -> Self {
        Self { from, to }
    }

    /// What becomes of the choices as they are now.
    pub(crate) fn applied_to(&self, now: &Choices) -> Choices {
        let Self { from, to } = self;
        Choices {
            start_at_login: merged(&from.start_at_login, &to.start_at_login, &now.start_at_login),
            notices: merged(&from.notices, &to.notices, &now.notices),
            clear_clipboard_after_seconds: merged(
                &from.clear_clipboard_after_seconds,
                &to.clear_clipboard_after_seconds,
                &now.clear_clipboard_after_seconds,
            ),
            theme: merged(&from.theme, &to.theme, &now.theme),
            language: merged(&from.language, &to.language, &now.language),
            hours: merged(&from.hours, &to.hours, &now.hours),
            text_size: merged(&from.text_size, &to.text_size, &now.text_size),
            renew_early_minutes: merged(
                &from.renew_early_minutes,
                &to.renew_early_minutes,
                &now.renew_early_minutes,
            ),
            extra_ca: merged(&from.extra_ca, &to.extra_ca, &now.extra_ca),
            proxy: merged(&from.proxy, &to.proxy, &now.proxy),
            copy_shortcut: merged(&from.copy_shortcut, &to.copy_shortcut, &now.copy_shortcut),
            lock_with_screen: merged(
                &from.lock_with_screen,
                &to.lock_with_screen,
                &now.lock_with_screen,
            ),
            lock_after_minutes: merged(
                &from.lock_after_minutes,
                &to.lock_after_minutes,
                &now.lock_after_minutes,
            ),
            look_for_updates: merged(
                &from.look_for_updates,
                &to.look_for_updates,
                &now.look_for_updates,
            ),
        }
    }
}

fn merged<T: Clone + PartialEq>(from: &T, to: &T, now: &T) -> T {
    if from == to { now.clone() } else { to.clone() }
}

/// Where preferences are kept.
pub trait PreferencesStore: Send + Sync + 'static {
    fn save(&self, preferences: &Preferences);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::{Hours, LanguageChoice, NoticesWanted, ProxyView, TextSize, Theme};

    #[test]
    fn an_edit_of_the_choices_leaves_every_choice_alone_that_it_does_not_change() {
        let from = Choices::default();
        let all_others = Choices {
            start_at_login: true,
            notices: NoticesWanted::None,
            clear_clipboard_after_seconds: 7,
            theme: Theme::Dark,
            language: LanguageChoice::De,
            hours: Hours::Twelve,
            text_size: TextSize::Largest,
            renew_early_minutes: Some(9),
            extra_ca: Some("/ca.pem".to_owned()),
            proxy: ProxyView::Direct,
            copy_shortcut: Some("Ctrl+Alt+T".to_owned()),
            lock_with_screen: true,
            lock_after_minutes: Some(3),
            look_for_updates: true,
        };
        let nothing = ChoicesEdit::between(from.clone(), from.clone());
        assert_eq!(nothing.applied_to(&all_others), all_others);
        let everything = ChoicesEdit::between(from.clone(), all_others.clone());
        assert_eq!(everything.applied_to(&from), all_others);

        let light = Choices { theme: Theme::Light, ..from.clone() };
        let light = ChoicesEdit::between(from, light).applied_to(&all_others);
        assert_eq!(light, Choices { theme: Theme::Light, ..all_others });
    }
}
