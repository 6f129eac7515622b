//! The tray as plain data: icon, title and menu, made from the snapshot alone.

use serde::{Deserialize, Serialize};

use crate::{
    request::CopyFormat,
    view::{
        Action, Consent, LOCKED, Language, Level, PhaseView, ProfileView, QuestionView, Snapshot,
    },
};

/// Names longer than this are cut in the menu, since a menu can't wrap.
const LONGEST_NAME: usize = 40;

/// So many profiles have rows of their own, the first ones of the list. A menu with more is higher than a screen, and each
/// of its rows costs memory; the window has them all.
const MOST_PROFILES: usize = 20;

/// What the tray shows. Compared with the one before, so that nothing is touched that hasn't changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrayView {
    pub icon: Level,
    /// The worst status in words, and whether Glowjar is locked. Linux shows no tooltips, so the menu's first row says the
    /// status too.
    pub tooltip: String,
    pub menu: Vec<Row>,
}

/// A row of the menu.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Row {
    /// Text that can't be clicked.
    Label(String),
    Item {
        label: String,
        click: Click,
        enabled: bool,
    },
    Submenu {
        label: String,
        rows: Vec<Row>,
    },
    Separator,
}

/// What a click means. Serialized, it is the menu item's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Click {
    CopyToken {
        profile: String,
    },
    CopyAs {
        profile: String,
        format: CopyFormat,
    },
    SavePostman {
        profile: String,
    },
    /// The default profile's token, by the global shortcut.
    CopyDefault,
    ClearClipboard,
    RefreshNow {
        profile: String,
    },
    Pause {
        profile: String,
    },
    Resume {
        profile: String,
    },
    /// Opens the browser at the provider's page, and the window beside it.
    SignIn {
        profile: String,
    },
    /// As [`Request::Lock`](crate::request::Request::Lock).
    Lock,
    /// Shows the window, which alone can unlock.
    Unlock,
    /// A button of a notice.
    AnswerQuestion {
        question: u32,
        consent: Consent,
    },
    OpenWindow,
    Quit,
}

impl Click {
    /// The id of a menu item.
    #[must_use]
    pub fn to_id(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// `None` for the id of a menu item that isn't ours.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        serde_json::from_str(id).ok()
    }
}

impl TrayView {
    /// `clock` writes a moment in milliseconds since the Unix epoch as a local time of day, "18:04".
    #[must_use]
    pub fn new(snapshot: &Snapshot, clock: impl Fn(i64) -> String) -> Self {
        let waiting = snapshot.questions.iter().filter(|question| question.is_waiting);
        let icon = snapshot
            .profiles
            .iter()
            .map(|profile| profile.level)
            .chain(snapshot.banners.iter().map(|banner| banner.level))
            .chain(waiting.clone().map(|_| Level::Attention))
            .max()
            .unwrap_or(Level::Off);
        let language = snapshot.language;
        let line = |profile: &ProfileView| {
            let status = status_line(profile, language, &clock);
            let name = shortened(&profile.name);
            language.say_with("tray-profile", &[("name", &name), ("status", &status)])
        };
        let tooltip = match snapshot.profiles.iter().max_by_key(|profile| profile.level) {
            None => language.say("tray-empty"),
            Some(worst) => line(worst),
        };
        let is_locked = snapshot.banners.iter().any(|banner| banner.code == LOCKED);
        let mut menu = vec![Row::Label(tooltip.clone())];
        let troubles = snapshot.banners.iter().filter(|banner| banner.is_trouble());
        menu.extend(troubles.map(|banner| Row::Item {
            label: banner.headline.clone(),
            click: Click::OpenWindow,
            enabled: true,
        }));
        menu.push(Row::Separator);
        let question = |question: &QuestionView| {
            let program = match question.program.name.as_str() {
                "" => language.say("program-unnamed"),
                name => shortened(name),
            };
            let label = language.say_with("tray-question", &[("program", &program)]);
            Row::Item { label, click: Click::OpenWindow, enabled: true }
        };
        menu.extend(waiting.map(question));
        match snapshot.profiles.as_slice() {
            [] => {}
            [only] => menu.extend(actions(only, language, is_locked)),
            several => {
                menu.extend(several.iter().take(MOST_PROFILES).map(|profile| Row::Submenu {
                    label: line(profile),
                    rows: actions(profile, language, is_locked),
                }));
                if let more @ 1.. = several.len().saturating_sub(MOST_PROFILES) {
                    let label = language.say_with("tray-more", &[("count", &more.to_string())]);
                    menu.push(Row::Item { label, click: Click::OpenWindow, enabled: true });
                }
            }
        }
        if !snapshot.profiles.is_empty() {
            menu.push(Row::Separator);
        }
        if snapshot.clipboard.is_some() {
            menu.push(item(language, "tray-clear_clipboard", Click::ClearClipboard, true));
        }
        if is_locked {
            menu.push(item(language, "tray-unlock", Click::Unlock, true));
        } else if !snapshot.profiles.is_empty() {
            menu.push(item(language, "tray-lock", Click::Lock, true));
        }
        menu.push(item(language, "tray-open", Click::OpenWindow, true));
        menu.push(item(language, "tray-quit", Click::Quit, true));
        let tooltip = if is_locked {
            language.say_with("tray-locked", &[("status", &tooltip)])
        } else {
            tooltip
        };
        Self { icon, tooltip, menu }
    }
}

fn actions(profile: &ProfileView, language: Language, is_locked: bool) -> Vec<Row> {
    let id = || profile.id.clone();
    let can_copy = profile.can_copy && !is_locked;
    let pausing = match profile.phase {
        PhaseView::Paused => item(language, "tray-resume", Click::Resume { profile: id() }, true),
        _ => item(language, "tray-pause", Click::Pause { profile: id() }, true),
    };
    let copy = |label, format, enabled| {
        item(language, label, Click::CopyAs { profile: id(), format }, enabled)
    };
    let env = Row::Item {
        label: language.say_with("tray-copy_env", &[("name", &profile.client.env_name)]),
        click: Click::CopyAs { profile: id(), format: CopyFormat::Env },
        enabled: can_copy,
    };
    let forms = vec![
        copy("tray-copy_header", CopyFormat::Header, can_copy),
        copy("tray-copy_curl", CopyFormat::Curl, can_copy),
        env,
        copy("tray-copy_client_id", CopyFormat::ClientId, true),
        item(language, "tray-save_postman", Click::SavePostman { profile: id() }, can_copy),
    ];
    let ends = profile.sign_in_end.is_some_and(|end| end.is_near);
    let has_ended = profile.trouble.as_ref().is_some_and(|it| it.action == Some(Action::SignIn));
    let wants_sign_in = profile.client.signed_in.is_some() && (ends || has_ended);
    let sign_in = || item(language, "tray-sign_in", Click::SignIn { profile: id() }, true);
    let rows = [
        item(language, "tray-copy_token", Click::CopyToken { profile: id() }, can_copy),
        Row::Submenu { label: language.say("tray-copy_as"), rows: forms },
        item(
            language,
            "tray-refresh_now",
            Click::RefreshNow { profile: id() },
            profile.can_refresh,
        ),
        pausing,
    ];
    wants_sign_in.then(sign_in).into_iter().chain(rows).collect()
}

fn item(language: Language, label: &str, click: Click, enabled: bool) -> Row {
    Row::Item { label: language.say(label), click, enabled }
}

fn status_line(
    profile: &ProfileView,
    language: Language,
    clock: &impl Fn(i64) -> String,
) -> String {
    let Some(validity) = profile.validity.filter(|_| profile.can_copy) else {
        return profile.headline.clone();
    };
    let time = clock(validity.expires_at);
    let line = match profile.level {
        Level::Fresh | Level::Busy | Level::Off => {
            language.say_with("tray-valid_until", &[("time", &time)])
        }
        Level::Soon | Level::Attention => language.say_with(
            "tray-trouble_valid_until",
            &[("headline", &profile.headline), ("time", &time)],
        ),
    };
    let by = profile.sign_in_end.filter(|end| end.is_near).map(|end| clock(end.at));
    match by {
        Some(by) => language.say_with("tray-sign_in_by", &[("status", &line), ("time", &by)]),
        None => line,
    }
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= LONGEST_NAME {
        return name.to_owned();
    }
    name.chars().take(LONGEST_NAME - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests;
