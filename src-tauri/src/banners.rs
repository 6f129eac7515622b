//! Trouble that only this process meets, in words.

use glowjar_agent::{
    catalogue::Said,
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

/// There is no icon to click on. `why` is a sentence of its own, if more is known.
pub fn no_tray(why: Option<&str>, language: Language) -> BannerView {
    let known = why.map(|why| format!(" {why}.")).unwrap_or_default();
    let Said { headline, advice } = language.tell("banner-no_tray", &[]);
    banner(NO_TRAY.into(), Said { headline, advice: advice + &known })
}

/// The settings' proxy or certificate can't be used. `cause` is a sentence.
pub fn network_settings(cause: &str, language: Language) -> BannerView {
    let said = language.tell("banner-network_settings", &[("cause", cause)]);
    let action = Some(Action::OpenSettings);
    BannerView { action, ..banner("network_settings".into(), said) }
}

/// Other programs can't ask for tokens. `why` says what is in the way.
pub fn not_listening(why: &impl std::fmt::Display, language: Language) -> BannerView {
    let said = language.tell("banner-not_listening", &[("cause", &why.to_string())]);
    banner("not_listening".into(), said)
}

fn banner(code: String, said: Said) -> BannerView {
    let Said { headline, advice } = said;
    BannerView { code, level: Level::Soon, headline, advice, action: None, dismissible: true }
}

pub const NO_TRAY: &str = "no_tray";
