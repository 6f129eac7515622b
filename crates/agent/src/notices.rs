//! What deserves a toast: one per incident, none while there is time to heal, taken back when healed. And the end of a
//! sign-in, while there is time to sign in again.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use glowjar_lifecycle::{
    id::ProfileId,
    sign_in_end::{Ahead, Forecast, SignInEnd},
    status::Incident,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::{
    fault_injection::{InjectedFault, is_committed},
    profile::Foretold,
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
    pub outlook: Outlook,
    /// With a browser, as opposed to a pasted refresh token.
    pub signs_in: bool,
}

/// How near the end of a sign-in is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlook {
    Near(Forecast),
    /// There is none that is near.
    Far(Option<SignInEnd>),
    /// Something else goes on.
    Unknown,
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
    /// What was told of ends of sign-ins in this run.
    foretold: BTreeMap<ProfileId, Option<Foretold>>,
    /// Of which profiles such a toast may still be shown.
    forecasts: BTreeSet<ProfileId>,
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
    pub fn gone(&mut self, profile: ProfileId) -> Vec<Telling> {
        self.foretold.remove(&profile);
        let forecast = self.forecasts.remove(&profile).then(|| forecast_id(profile));
        let incident = self.told.remove(&profile).map(|_| notice_id(profile));
        incident.into_iter().chain(forecast).map(Telling::Withdraw).collect()
    }

    /// What there is to tell of the end of a sign-in: each span ahead of it once, also after a restart. `kept` is what was
    /// told in earlier runs, and what is to be kept now is returned. `day` writes a moment as "on Tuesday".
    pub fn foretell(
        &mut self,
        standing: &NoticeState,
        kept: Option<Foretold>,
        now: Timestamp,
        wanted: NoticesWanted,
        language: Language,
        day: impl Fn(Timestamp) -> String,
    ) -> (Option<Telling>, Option<Foretold>) {
        let profile = standing.profile;
        let id = forecast_id(profile);
        let told = self.foretold.get(&profile).copied().unwrap_or(kept);
        let forecast = match standing.outlook {
            Outlook::Near(forecast) => forecast,
            outlook => {
                // A clock that was set while nobody ran moves what is stored by hours.
                let is_over = matches!(outlook, Outlook::Far(end)
                    if end.is_none_or(|end| end.at > now + Ahead::ThreeDays.span() + DOUBT));
                let told = told.filter(|_| !is_over);
                self.foretold.insert(profile, told);
                let telling = self.forecasts.remove(&profile).then_some(Telling::Withdraw(id));
                return (telling, told);
            }
        };
        // Of a sign-in since then, nothing was told.
        let told = told.filter(|told| forecast.end.since.is_none_or(|since| since <= told.at));
        let is_told = told.is_some_and(|told| told.ahead >= forecast.ahead);
        if is_told && !is_committed(InjectedFault::ForecastsRepeat) || wanted == NoticesWanted::None
        {
            return (None, told);
        }
        let told = Some(Foretold { ahead: forecast.ahead, at: now });
        self.foretold.insert(profile, told);
        self.forecasts.insert(profile);
        let message = match (standing.signs_in, forecast.end.is_assumed) {
            (true, false) => "notice-sign_in_ends",
            (true, true) => "notice-sign_in_probably_ends",
            (false, false) => "notice-refresh_token_ends",
            (false, true) => "notice-refresh_token_probably_ends",
        };
        let day = day(forecast.end.at);
        let said = language.tell(message, &[("name", &standing.name), ("day", &day)]);
        let click = match standing.signs_in {
            true => Click::SignIn { profile: profile.to_string() },
            false => Click::OpenWindow,
        };
        let label = language.say(if standing.signs_in { "tray-sign_in" } else { "tray-open" });
        let notice = Notice {
            id,
            title: said.headline,
            body: said.advice,
            urgency: Urgency::Normal,
            buttons: vec![Button { label, click }],
        };
        (Some(Telling::Raise(notice)), told)
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

const DOUBT: Duration = Duration::from_secs(12 * 3_600);

fn forecast_id(profile: ProfileId) -> String {
    format!("sign-in-{profile}")
}

fn notice_id(profile: ProfileId) -> String {
    format!("profile-{profile}")
}

#[cfg(test)]
mod tests;
