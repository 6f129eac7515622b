//! The settings as they come from the window.

use serde::Deserialize;
use ts_rs::TS;

use crate::view::{LanguageChoice, NoticesWanted, ProxyView, Theme};

/// All choices at once, as typed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "request.ts")]
pub struct SettingsDraft {
    pub start_at_login: bool,
    pub notices: NoticesWanted,
    #[ts(type = "number")]
    pub clear_clipboard_after_seconds: u64,
    pub theme: Theme,
    pub language: LanguageChoice,
    pub renew_early_minutes: Option<u32>,
    pub extra_ca: Option<String>,
    pub proxy: ProxyView,
    pub copy_shortcut: Option<String>,
    pub lock_with_screen: bool,
    pub lock_after_minutes: Option<u32>,
}
