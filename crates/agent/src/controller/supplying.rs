//! Files and programs that get each new token by themselves.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    time::Duration,
};

use glowjar_handout::protocol::{Answer, OutletStatus, Reason, Target};
use glowjar_lifecycle::{
    id::ProfileId,
    time::{Step, Timestamp},
};
use tokio::sync::oneshot;

use super::{Controller, outcomes::Event};
use crate::{
    handout::{Caller, Way, refused},
    outlets::{self, Outlet, OutletsFile},
    request::Reply,
    timed::{Due, Timed},
    view::{BannerView, Level, OutletView},
};

/// All outlets and how they are.
#[derive(Debug)]
pub(super) struct Outlets {
    file: OutletsFile,
    /// What is in the file is not known, so nothing may be written over it.
    is_unreadable: bool,
    list: Vec<Outlet>,
    /// The last result of each: why it is not current.
    results: BTreeMap<u32, Result<(), String>>,
    /// Of these profiles, the outlets are being served; true if there is something newer already.
    under_way: BTreeMap<ProfileId, bool>,
    retry_at: Option<Timestamp>,
}

impl Outlets {
    /// With what was set up before. If that can't be read, nothing is written over it, and the person is told.
    pub(super) fn open(file: OutletsFile, banners: &mut Vec<BannerView>) -> Self {
        let loaded = file.load();
        if let Err(error) = &loaded {
            tracing::warn!(event = "outlets_unreadable", %error);
            let advice = format!("The list of them can't be read ({error}). It was left as it is.");
            banners.push(banner("outlets", "Files are not kept current", &advice));
        }
        Self {
            file,
            is_unreadable: loaded.is_err(),
            list: loaded.unwrap_or_default(),
            results: BTreeMap::new(),
            under_way: BTreeMap::new(),
            retry_at: None,
        }
    }

    fn save(&self) -> io::Result<()> {
        if self.is_unreadable {
            let advice = "it could not be read. Mend or remove outlets.json in the data folder, and start Glowjar again";
            return Err(io::Error::other(advice));
        }
        self.file.save(&self.list)
    }
}

impl Timed for Outlets {
    fn deadline(&self) -> Option<Timestamp> {
        self.retry_at
    }

    fn shift(&mut self, step: Step) {
        self.retry_at.shift(step);
    }

    fn on_time(&mut self, now: Timestamp) -> Option<Due> {
        self.retry_at.take_if(|at| *at <= now).map(|_| Due::OutletsRetried)
    }
}

impl Controller {
    /// A token is new to this run, or an outlet is.
    pub(super) fn supply(&mut self, profile: ProfileId) {
        let numbers = self.outlets.list.iter().filter(|outlet| outlet.profile == profile);
        let numbers = numbers.map(|outlet| outlet.number).collect();
        self.supply_those(profile, &numbers);
    }

    fn supply_those(&mut self, profile: ProfileId, numbers: &BTreeSet<u32>) {
        let wanted = self.outlets.list.iter().filter(|outlet| numbers.contains(&outlet.number));
        let targets: Vec<_> = wanted.map(|outlet| (outlet.number, outlet.target.clone())).collect();
        if targets.is_empty() || self.is_locked() || self.current(profile).is_none() {
            return;
        }
        if let Some(is_outdated) = self.outlets.under_way.get_mut(&profile) {
            *is_outdated = true;
            return;
        }
        let (Some(config), Some(token)) =
            (self.profiles.get(&profile), self.vault.access_token(profile))
        else {
            return;
        };
        let (client_id, token) = (config.client_id.clone(), token.clone());
        self.outlets.under_way.insert(profile, false);
        let broken = || Err(self.language.say("failed-internal"));
        let results = targets.iter().map(|(number, _)| (*number, broken())).collect();
        self.start(Some(Event::Supplied { profile, results }), async move {
            let mut results = Vec::new();
            for (number, target) in targets {
                let result = outlets::bring(target, token.clone(), client_id.clone()).await;
                results.push((number, result));
            }
            Event::Supplied { profile, results }
        });
    }

    pub(super) fn supplied(&mut self, profile: ProfileId, results: Vec<(u32, Result<(), String>)>) {
        for (number, result) in results {
            self.note_result(number, result);
        }
        if self.outlets.under_way.remove(&profile) == Some(true) {
            self.supply(profile);
        }
    }

    fn note_result(&mut self, number: u32, result: Result<(), String>) {
        let Some(outlet) = self.outlets.list.iter().find(|outlet| outlet.number == number) else {
            return;
        };
        let code = format!("outlet:{number}");
        self.banners.retain(|banner| banner.code != code);
        let name = outlet.target.to_string();
        match &result {
            Ok(()) => {
                let way = if outlet.target.path().is_some() { Way::File } else { Way::Hook };
                let taker = Caller::named(&place(&outlet.target), way);
                let (profile, format) = (outlet.profile, outlet.target.kind());
                self.taken(profile, &taker, format);
            }
            Err(why) => {
                tracing::warn!(event = "not_supplied", outlet = name, why);
                let is_retried = outlet.target.path().is_some();
                let advice = if is_retried {
                    "It is tried again every minute."
                } else {
                    "It is run again with the next token."
                };
                self.banners.push(banner(
                    &code,
                    &format!("{name} did not get the new token"),
                    &format!("The reason: {why}. {advice}"),
                ));
                if is_retried {
                    self.outlets.retry_at = Some(self.clock.now() + PAUSE);
                }
            }
        }
        self.outlets.results.insert(number, result);
        self.programs_revision += 1;
    }

    pub(super) fn supply_again(&mut self) {
        let mut again: BTreeMap<ProfileId, BTreeSet<u32>> = BTreeMap::new();
        for outlet in self.outlets.list.iter().filter(|outlet| outlet.target.path().is_some()) {
            if matches!(self.outlets.results.get(&outlet.number), Some(Err(_))) {
                again.entry(outlet.profile).or_default().insert(outlet.number);
            }
        }
        for (profile, numbers) in again {
            self.supply_those(profile, &numbers);
        }
    }

    pub(super) fn outlet_added(
        &mut self,
        profile: ProfileId,
        target: Target,
        reply: oneshot::Sender<Answer>,
    ) {
        let is_absolute = target.path().is_none_or(std::path::Path::is_absolute);
        // One that an earlier Glowjar left to a profile that is gone is in nobody's way.
        let is_taken = target.path().is_some()
            && self.outlets.list.iter().any(|outlet| {
                outlet.target == target && self.profiles.contains_or_leaving(outlet.profile)
            });
        if !is_absolute || is_taken {
            let message = if is_taken {
                "This is kept current already"
            } else {
                "The path must begin at the root"
            };
            let _ = reply.send(refused(Reason::Usage, "outlet", message, ""));
            return;
        }
        let highest = self
            .outlets
            .list
            .iter()
            .map(|outlet| outlet.number)
            .chain(self.outlets.results.keys().copied())
            .max();
        let number = highest.unwrap_or(0) + 1;
        let before = self.outlets.list.clone();
        let profiles = &self.profiles;
        self.outlets.list.retain(|outlet| profiles.contains_or_leaving(outlet.profile));
        self.outlets.list.push(Outlet { number, profile, target });
        if let Err(error) = self.outlets.save() {
            self.outlets.list = before;
            let _ = reply.send(not_saved(&error));
            return;
        }
        self.programs_revision += 1;
        self.supply_those(profile, &BTreeSet::from([number]));
        let _ = reply.send(self.outlets_answer());
    }

    pub(super) fn outlet_removed(&mut self, number: u32, reply: oneshot::Sender<Answer>) {
        let answer = match self.without_outlet(number) {
            Ok(true) => self.outlets_answer(),
            Ok(false) => refused(
                Reason::Usage,
                "outlet",
                "There is no such number in the list",
                "See `glowjar files`.",
            ),
            Err(error) => not_saved(&error),
        };
        let _ = reply.send(answer);
    }

    /// From the window, where one that is gone already is no trouble.
    pub(super) fn remove_outlet(&mut self, number: u32, reply: oneshot::Sender<Reply>) {
        match self.without_outlet(number) {
            Ok(_) => drop(reply.send(Reply::Done)),
            Err(error) => self.refuse(reply, "programs_file", &[("cause", &error.to_string())]),
        }
    }

    /// Whether there was one.
    fn without_outlet(&mut self, number: u32) -> io::Result<bool> {
        let before = self.outlets.list.clone();
        self.outlets.list.retain(|outlet| outlet.number != number);
        if self.outlets.list == before {
            return Ok(false);
        }
        if let Err(error) = self.outlets.save() {
            self.outlets.list = before;
            return Err(error);
        }
        self.banners.retain(|banner| banner.code != format!("outlet:{number}"));
        self.programs_revision += 1;
        Ok(true)
    }

    pub(super) fn outlets_view(&self, profile: ProfileId) -> Vec<OutletView> {
        let outlets = self.outlets.list.iter().filter(|outlet| outlet.profile == profile);
        let view = |outlet: &Outlet| {
            let result = self.outlets.results.get(&outlet.number);
            OutletView {
                number: outlet.number,
                target: place(&outlet.target),
                key: match &outlet.target {
                    Target::Env { token_key, .. } => Some(token_key.clone()),
                    Target::Json { pointer, .. } => Some(pointer.clone()),
                    Target::Raw { .. } | Target::Command { .. } => None,
                },
                is_command: outlet.target.path().is_none(),
                is_current: matches!(result, Some(Ok(()))),
                trouble: result.and_then(|result| result.clone().err()),
            }
        };
        outlets.map(view).collect()
    }

    /// A profile that is gone supplies nobody.
    pub(super) fn outlets_of_removed(&mut self, profile: ProfileId) {
        let gone: Vec<u32> = self
            .outlets
            .list
            .iter()
            .filter(|outlet| outlet.profile == profile)
            .map(|outlet| outlet.number)
            .collect();
        if gone.is_empty() {
            return;
        }
        self.outlets.list.retain(|outlet| outlet.profile != profile);
        self.banners
            .retain(|banner| gone.iter().all(|number| banner.code != format!("outlet:{number}")));
        if let Err(error) = self.outlets.save() {
            tracing::warn!(event = "outlets_not_saved", %error);
        }
    }

    pub(super) fn outlets_answer(&self) -> Answer {
        let status = |outlet: &Outlet| {
            let result = self.outlets.results.get(&outlet.number);
            OutletStatus {
                number: outlet.number,
                profile: self
                    .profiles
                    .get(&outlet.profile)
                    .map(|profile| profile.name.as_str().to_owned())
                    .unwrap_or_default(),
                target: outlet.target.clone(),
                is_current: matches!(result, Some(Ok(()))),
                trouble: result.and_then(|result| result.clone().err()),
            }
        };
        Answer::Outlets { outlets: self.outlets.list.iter().map(status).collect() }
    }
}

/// The file, or the program that is run. Its arguments may be nobody else's business.
fn place(target: &Target) -> String {
    match target {
        Target::Command { command } => command.first().cloned().unwrap_or_default(),
        file => file.path().map(|path| path.display().to_string()).unwrap_or_default(),
    }
}

fn banner(code: &str, headline: &str, advice: &str) -> BannerView {
    BannerView {
        code: code.to_owned(),
        level: Level::Soon,
        headline: headline.to_owned(),
        advice: advice.to_owned(),
        action: None,
        dismissible: false,
    }
}

fn not_saved(error: &io::Error) -> Answer {
    let message = format!("The list of files can't be saved: {error}");
    refused(Reason::Failed, "outlet", &message, "")
}

/// A file that can't be written today can't be written in a second either.
const PAUSE: Duration = Duration::from_secs(60);
