//! Trouble that only this process meets, in words.

use std::path::Path;

use glowjar_agent::{
    localization::Message,
    profiles::{KeptAside, Unreadable},
    view::{Action, BannerView, Language, Level},
};

/// A file of the person's that could not be read.
#[derive(Clone, Copy)]
pub enum Kept {
    Profiles,
    Preferences,
}

/// Says what became of such a file.
pub fn kept_aside(what: Kept, kept: &KeptAside, language: Language) -> BannerView {
    let id = match (what, kept.why) {
        (Kept::Profiles, Unreadable::Corrupt) => "banner-profiles_corrupt",
        (Kept::Profiles, Unreadable::Newer) => "banner-profiles_newer",
        (Kept::Preferences, Unreadable::Corrupt) => "banner-preferences_corrupt",
        (Kept::Preferences, Unreadable::Newer) => "banner-preferences_newer",
    };
    // Named after the file, so that waving this one away does not silence the next.
    let name = kept.copy.file_name().unwrap_or_default().to_string_lossy();
    let path = kept.copy.display().to_string();
    banner(format!("kept_aside:{name}"), language.tell(id, &[("path", &path)]))
}

/// A file or folder that can't be used, and that nothing but itself needs.
#[derive(Clone, Copy)]
pub enum Unusable {
    Profiles,
    Preferences,
    Data,
    Lock,
    Log,
    Window,
}

/// Names it, and says what does not work without.
pub fn unusable(what: Unusable, path: &Path, cause: &str, language: Language) -> BannerView {
    let (code, id) = match what {
        Unusable::Profiles => ("profiles_unreadable", "banner-profiles_unreadable"),
        Unusable::Preferences => ("preferences_unreadable", "banner-preferences_unreadable"),
        Unusable::Data => ("data_folder", "banner-data_folder"),
        Unusable::Lock => ("no_lock", "banner-no_lock"),
        Unusable::Window => ("no_window", "banner-no_window"),
        Unusable::Log => ("no_log", "banner-no_log"),
    };
    let path = path.display().to_string();
    banner(code.into(), language.tell(id, &[("path", &path), ("cause", cause)]))
}

/// Files are kept in a folder that may not last.
pub fn no_home(path: &Path, language: Language) -> BannerView {
    let path = path.display().to_string();
    banner("no_home".into(), language.tell("banner-no_home", &[("path", &path)]))
}

/// There is no icon to click on. `why` is said to who asks for details, if more is known.
pub fn no_tray(why: Option<&str>, language: Language) -> BannerView {
    let said = language.tell("banner-no_tray", &[("cause", why.unwrap_or_default())]);
    banner(NO_TRAY.into(), said)
}

/// The settings' proxy or certificate can't be used. `cause` says which and why.
pub fn network_settings(cause: &str, language: Language) -> BannerView {
    let said = language.tell("banner-network_settings", &[("cause", cause)]);
    let action = Some(Action::OpenSettings);
    BannerView { action, ..banner("network_settings".into(), said) }
}

/// The window has nothing to be shown with.
pub fn no_web_view(language: Language) -> BannerView {
    banner("no_web_view".into(), language.tell("banner-no_web_view", &[]))
}

/// Other programs can't ask for tokens. `why` says what is in the way.
pub fn not_listening(why: &impl std::fmt::Display, language: Language) -> BannerView {
    let said = language.tell("banner-not_listening", &[("cause", &why.to_string())]);
    banner("not_listening".into(), said)
}

fn banner(code: String, said: Message) -> BannerView {
    let Message { headline, advice, cause } = said;
    let (level, action) = (Level::Soon, None);
    BannerView { code, level, headline, advice, action, dismissible: true, cause }
}

pub const NO_TRAY: &str = "no_tray";
