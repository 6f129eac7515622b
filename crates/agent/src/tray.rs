//! The tray as plain data: icon, title and menu, made from the snapshot alone.

use serde::{Deserialize, Serialize};

use crate::view::{Level, ProfileView, Snapshot};

/// Names longer than this are cut in the menu, since a menu can't wrap.
const LONGEST_NAME: usize = 40;

/// What the tray shows. Compared with the one before, so that nothing is touched that hasn't changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrayView {
    pub icon: Level,
    /// The worst status in words. Linux shows no tooltips, so the menu's first row says it too.
    pub tooltip: String,
    pub menu: Vec<Row>,
}

/// A row of the menu.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    CopyToken { profile: String },
    RefreshNow { profile: String },
    Pause { profile: String },
    Resume { profile: String },
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
        let icon = snapshot
            .profiles
            .iter()
            .map(|profile| profile.level)
            .chain(snapshot.banners.iter().map(|banner| banner.level))
            .max()
            .unwrap_or(Level::Off);
        let tooltip = match snapshot.profiles.iter().max_by_key(|profile| profile.level) {
            None => "Glowjar: no profile yet".to_owned(),
            Some(worst) => format!("{}: {}", shortened(&worst.name), status_line(worst, &clock)),
        };
        let mut menu = vec![Row::Label(tooltip.clone()), Row::Separator];
        match snapshot.profiles.as_slice() {
            [] => {}
            [only] => menu.extend(actions(only)),
            several => menu.extend(several.iter().map(|profile| Row::Submenu {
                label: format!("{}: {}", shortened(&profile.name), status_line(profile, &clock)),
                rows: actions(profile),
            })),
        }
        if !snapshot.profiles.is_empty() {
            menu.push(Row::Separator);
        }
        menu.push(item("Open Glowjar", Click::OpenWindow, true));
        menu.push(item("Quit", Click::Quit, true));
        Self { icon, tooltip, menu }
    }
}

fn actions(profile: &ProfileView) -> Vec<Row> {
    let id = || profile.id.clone();
    let pausing = match profile.phase {
        crate::view::PhaseView::Paused => item("Resume", Click::Resume { profile: id() }, true),
        _ => item("Pause", Click::Pause { profile: id() }, true),
    };
    vec![
        item("Copy token", Click::CopyToken { profile: id() }, profile.can_copy),
        item("Refresh now", Click::RefreshNow { profile: id() }, profile.can_refresh),
        pausing,
    ]
}

fn item(label: &str, click: Click, enabled: bool) -> Row {
    Row::Item { label: label.to_owned(), click, enabled }
}

fn status_line(profile: &ProfileView, clock: &impl Fn(i64) -> String) -> String {
    match profile.validity {
        Some(validity) if profile.can_copy => {
            let until = clock(validity.expires_at);
            match profile.level {
                Level::Fresh | Level::Busy | Level::Off => format!("valid until {until}"),
                Level::Soon | Level::Attention => {
                    format!("{}, valid until {until}", profile.headline)
                }
            }
        }
        Some(_) | None => profile.headline.clone(),
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
