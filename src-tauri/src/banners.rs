//! Trouble that only this process meets, in words.

use std::path::Path;

use glowjar_agent::{
    profiles::{KeptAside, Unreadable},
    view::{BannerView, Level},
};

/// A settings file that could not be read. `what` begins a sentence: "Profiles".
pub fn kept_aside(what: &str, kept: &KeptAside) -> BannerView {
    let headline = match kept.why {
        Unreadable::Corrupt => format!("{what} could not be read"),
        Unreadable::Newer => format!("{what} were written by a newer Glowjar"),
    };
    let advice = match kept.why {
        Unreadable::Corrupt => format!("The damaged file was kept as {}.", kept.copy.display()),
        Unreadable::Newer => format!(
            "What this version knows was taken over. The file was kept as {}.",
            kept.copy.display()
        ),
    };
    // Named after the file, so that waving this one away does not silence the next.
    let name = kept.copy.file_name().unwrap_or_default().to_string_lossy();
    BannerView {
        code: format!("kept_aside:{name}"),
        level: Level::Soon,
        headline,
        advice,
        action: None,
        dismissible: true,
    }
}

/// The file with a certificate authority of the person's own is damaged or can't be read.
pub fn extra_ca(file: &Path) -> BannerView {
    BannerView {
        code: "extra_ca".into(),
        level: Level::Soon,
        headline: "Your extra certificate could not be read".into(),
        advice: format!(
            "{} holds no certificate in PEM form. Replace or remove it and start Glowjar again.",
            file.display()
        ),
        action: None,
        dismissible: false,
    }
}

/// There is no icon to click on. `why` is a sentence of its own, if more is known.
pub fn no_tray(why: Option<&str>) -> BannerView {
    let known = why.map(|why| format!(" {why}.")).unwrap_or_default();
    BannerView {
        code: NO_TRAY.into(),
        level: Level::Soon,
        headline: "This desktop shows no tray icons".into(),
        advice: format!("Glowjar keeps working. Start it again to open this window.{known}"),
        action: None,
        dismissible: true,
    }
}

pub const NO_TRAY: &str = "no_tray";

/// Other programs can't ask for tokens. `why` says what is in the way.
pub fn not_listening(why: &impl std::fmt::Display) -> BannerView {
    BannerView {
        code: "not_listening".into(),
        level: Level::Soon,
        headline: "Other programs can't get tokens".into(),
        advice: format!("Copying works as ever. What is in the way: {why}."),
        action: None,
        dismissible: true,
    }
}
