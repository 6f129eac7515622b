//! What deserves a toast: one per incident, none while there is time to heal, taken back when healed.

use std::collections::BTreeMap;

use glowjar_lifecycle::{id::ProfileId, status::Incident};
use serde::{Deserialize, Serialize};

use crate::{
    fault_injection::{InjectedFault, is_committed},
    tray::Click,
    view::{Language, NoticesWanted},
};

/// A toast. Text only; the shell escapes what its notification server takes for markup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Names the toast, so that a later one can take its place.
    pub id: String,
    pub title: String,
    pub body: String,
    pub urgency: Urgency,
    /// Where the system has none, the window has them.
    pub buttons: Vec<Button>,
}

/// What can be done at once. Clicking elsewhere opens the window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    pub label: String,
    pub click: Click,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Urgency {
    Normal,
    /// Stays until it is read.
    Critical,
}

/// What a profile's status means for its toast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeState {
    pub profile: ProfileId,
    pub name: String,
    pub incident: Option<Incident>,
    /// The trouble in words, as the window shows it.
    pub headline: String,
    pub advice: String,
    /// Whether a live token is there.
    pub is_live: bool,
}

/// What to tell the shell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Telling {
    Raise(Notice),
    Withdraw(String),
}

/// Remembers which incidents were told.
#[derive(Debug, Default)]
pub struct Notices {
    told: BTreeMap<ProfileId, Incident>,
}

impl Notices {
    /// Compares how each profile stands with what was told of it; mostly says nothing. Profiles that don't stand here
    /// are as they were.
    pub fn tell<'a>(
        &mut self,
        standings: impl IntoIterator<Item = &'a NoticeState>,
        wanted: NoticesWanted,
        language: Language,
    ) -> Vec<Telling> {
        let standings = standings.into_iter();
        standings.filter_map(|standing| self.tell_one(standing, wanted, language)).collect()
    }

    /// The profile is gone, and with it what was told of it.
    pub fn gone(&mut self, profile: ProfileId) -> Option<Telling> {
        self.told.remove(&profile).map(|_| Telling::Withdraw(notice_id(profile)))
    }

    fn tell_one(
        &mut self,
        standing: &NoticeState,
        wanted: NoticesWanted,
        language: Language,
    ) -> Option<Telling> {
        let id = notice_id(standing.profile);
        let told = self.told.get(&standing.profile).copied();
        let incident = standing.incident.filter(|incident| match wanted {
            NoticesWanted::All => true,
            NoticesWanted::WhenNeeded => *incident == Incident::PersonNeeded,
            NoticesWanted::None => false,
        });
        match (told, incident) {
            // What seemed to heal by itself and now needs a person is told in the place of the first notice.
            (None, Some(incident))
            | (Some(Incident::NoLiveToken), Some(incident @ Incident::PersonNeeded)) => {
                self.told.insert(standing.profile, incident);
                Some(Telling::Raise(Notice {
                    id,
                    title: language.say_with(
                        "notice-trouble",
                        &[("name", &standing.name), ("headline", &standing.headline)],
                    ),
                    body: standing.advice.clone(),
                    urgency: match incident {
                        Incident::PersonNeeded => Urgency::Critical,
                        Incident::NoLiveToken => Urgency::Normal,
                    },
                    buttons: Vec::new(),
                }))
            }
            (Some(told), Some(_)) if is_committed(InjectedFault::NoticesRepeat) => {
                self.told.remove(&standing.profile);
                let again = self.tell_one(standing, wanted, language);
                self.told.insert(standing.profile, told);
                again
            }
            (Some(_), None) => {
                self.told.remove(&standing.profile);
                // "All is well" is for those who want to hear everything.
                if !standing.is_live || wanted != NoticesWanted::All {
                    return Some(Telling::Withdraw(id));
                }
                let said = language.tell("notice-recovered", &[("name", &standing.name)]);
                Some(Telling::Raise(Notice {
                    id,
                    title: said.headline,
                    body: said.advice,
                    urgency: Urgency::Normal,
                    buttons: Vec::new(),
                }))
            }
            (None, None) | (Some(_), Some(_)) => None,
        }
    }
}

fn notice_id(profile: ProfileId) -> String {
    format!("profile-{profile}")
}

#[cfg(test)]
mod tests;
