//! What deserves a toast: one per incident, none while there is time to heal, taken back when healed.

use std::collections::BTreeMap;

use glowjar_lifecycle::{id::ProfileId, status::Incident};

use crate::deliberate::{Fault, is_committed};

/// A toast. Text only; the shell escapes what its notification server takes for markup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Names the toast, so that a later one can take its place.
    pub id: String,
    pub title: String,
    pub body: String,
    pub urgency: Urgency,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    Normal,
    /// Stays until it is read.
    Critical,
}

/// What a profile's status means for its toast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
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
    /// Compares how things stand with what was told. Called after every change; mostly says nothing.
    pub fn tell(&mut self, standings: &[Standing]) -> Vec<Telling> {
        let gone: Vec<ProfileId> = self
            .told
            .keys()
            .filter(|id| standings.iter().all(|standing| standing.profile != **id))
            .copied()
            .collect();
        let mut tellings: Vec<Telling> = gone
            .into_iter()
            .map(|id| {
                self.told.remove(&id);
                Telling::Withdraw(notice_id(id))
            })
            .collect();
        tellings.extend(standings.iter().filter_map(|standing| self.tell_one(standing)));
        tellings
    }

    fn tell_one(&mut self, standing: &Standing) -> Option<Telling> {
        let id = notice_id(standing.profile);
        let told = self.told.get(&standing.profile).copied();
        match (told, standing.incident) {
            // What seemed to heal by itself and now needs a person is told in the place of the first notice.
            (None, Some(incident))
            | (Some(Incident::NoLiveToken), Some(incident @ Incident::PersonNeeded)) => {
                self.told.insert(standing.profile, incident);
                Some(Telling::Raise(Notice {
                    id,
                    title: format!("{}: {}", standing.name, standing.headline),
                    body: standing.advice.clone(),
                    urgency: match incident {
                        Incident::PersonNeeded => Urgency::Critical,
                        Incident::NoLiveToken => Urgency::Normal,
                    },
                }))
            }
            (Some(told), Some(_)) if is_committed(Fault::NoticesRepeat) => {
                self.told.remove(&standing.profile);
                let again = self.tell_one(standing);
                self.told.insert(standing.profile, told);
                again
            }
            (Some(_), None) => {
                self.told.remove(&standing.profile);
                if !standing.is_live {
                    return Some(Telling::Withdraw(id));
                }
                Some(Telling::Raise(Notice {
                    id,
                    title: format!("{} is live again", standing.name),
                    body: "Glowjar has a new token. There is nothing left to do.".to_owned(),
                    urgency: Urgency::Normal,
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
