//! The settings: what can be chosen, and what the window shows beside it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::localization::LanguageChoice;

/// What a person can choose: kept, shown, and sent back whole, with what was typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export_to = "view.ts")]
pub struct Choices {
    pub start_at_login: bool,
    pub notices: NoticesWanted,
    /// Until a copied token is cleared, 5 to 3 600.
    #[ts(type = "number")]
    pub clear_clipboard_after_seconds: u64,
    pub theme: Theme,
    pub language: LanguageChoice,
    pub hours: Hours,
    pub text_size: TextSize,
    /// For profiles that don't say themselves; absent: the usual margin.
    pub renew_early_minutes: Option<u32>,
    /// A PEM file with certificates to trust besides the system's.
    pub extra_ca: Option<String>,
    pub proxy: ProxyView,
    /// Copies the default profile's token from anywhere, as "Ctrl+Alt+T".
    pub copy_shortcut: Option<String>,
    pub lock_with_screen: bool,
    /// Minutes without anybody at the computer, 1 to 480; absent: never.
    pub lock_after_minutes: Option<u32>,
    pub look_for_updates: bool,
}

/// The settings page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct SettingsView {
    pub choices: Choices,
    /// The server that is told when a profile needs a person: scheme, host and port.
    pub webhook: Option<String>,
    /// False if this system does not say when its screen is locked.
    pub screen_lock_is_told: bool,
    /// False if this system was asked how long nobody was there and did not know.
    pub idleness_is_told: bool,
    /// False if this copy of Glowjar is kept up to date by others, or by nobody.
    pub updates_are_offered: bool,
    pub log_folder: String,
    pub data_folder: String,
    pub managed: Box<ManagedView>,
}

/// What a studio's admin has set for this computer, over the person's choices.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct ManagedView {
    /// The file, or the key of the registry.
    pub source: String,
    /// What can't be changed here.
    pub keys: Vec<ManagedKey>,
    /// The addresses of the studio's keepers, where new profiles have to be of one of them.
    pub keepers: Vec<String>,
    pub ignored: Vec<IgnoredView>,
}

/// Something that stands among the managed settings and does not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct IgnoredView {
    /// As it stands there. Empty where it is about all of them.
    pub key: String,
    /// A sentence or two.
    pub why: String,
    /// In the words of the system, for who asks for details.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub cause: Option<String>,
}

/// What a studio's admin can decide for a person. How the window looks and what it tells of is not among them, and
/// neither is what needs a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub enum ManagedKey {
    StartAtLogin,
    LookForUpdates,
    ClearClipboardAfterSeconds,
    RenewEarlyMinutes,
    LockWithScreen,
    LockAfterMinutes,
    Proxy,
    ExtraCa,
    /// Which keepers a profile may be of.
    Keepers,
    /// Whether new profiles are a keeper's alone.
    OnlyKeepers,
}

impl Default for Choices {
    fn default() -> Self {
        Self {
            start_at_login: false,
            notices: NoticesWanted::default(),
            // Long enough to switch windows and paste, short enough to be gone before the next screen share.
            clear_clipboard_after_seconds: 60,
            theme: Theme::default(),
            language: LanguageChoice::default(),
            hours: Hours::default(),
            text_size: TextSize::default(),
            renew_early_minutes: None,
            extra_ca: None,
            proxy: ProxyView::default(),
            copy_shortcut: None,
            lock_with_screen: false,
            lock_after_minutes: None,
            look_for_updates: false,
        }
    }
}

/// Which toasts a person wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub enum NoticesWanted {
    #[default]
    All,
    /// Only if nothing but a person can help.
    WhenNeeded,
    None,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

/// How the window counts the hours of a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub enum Hours {
    #[default]
    System,
    /// 5:04 PM.
    Twelve,
    /// 17:04.
    TwentyFour,
}

/// How large the window writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub enum TextSize {
    #[default]
    Usual,
    Larger,
    Largest,
}

/// The way to servers other than this machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub enum ProxyView {
    /// As the environment or the system says.
    #[default]
    System,
    /// None.
    Direct,
    At {
        /// Without a password, which would lie open in a file.
        address: String,
    },
}
