//! Files and programs that get each new token by themselves.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    sync::Arc,
    time::Duration,
};

use glowjar_lifecycle::{
    id::ProfileId,
    time::{Step, Timestamp},
};
use glowjar_protocol::{
    message::{Answer, Reason, SinkStatus, Target},
    names::Variable,
};
use tokio::sync::oneshot;

use super::core::Core;
use crate::{
    event::Event,
    handout::{Caller, Way, refused, seconds},
    profile::Profile,
    request::Reply,
    sinks::{self, Sink, SinkError, SinkWriter, SinksFile, Supplies},
    timed::{Due, Timed},
    view::{BannerView, Language, SinkView},
};

/// All sinks and how they are.
#[derive(Debug)]
pub(super) struct Sinks {
    file: SinksFile,
    /// What is in the file is not known, so nothing may be written over it.
    is_unreadable: bool,
    list: Vec<Sink>,
    /// The last result of each: why it is not current.
    results: BTreeMap<u32, Result<(), SinkError>>,
    writers: BTreeMap<u32, Arc<SinkWriter>>,
    /// Who set one up waits to hear whether it works.
    first_tries: BTreeMap<u32, oneshot::Sender<Answer>>,
    /// Of these profiles, the sinks are being served; true if there is something newer already.
    under_way: BTreeMap<ProfileId, bool>,
    retry_at: Option<Timestamp>,
    revision: u64,
}

impl Sinks {
    /// With what was set up before. If that can't be read, nothing is written over it, and the person is told.
    pub(super) fn open(file: SinksFile, language: Language, banners: &mut Vec<BannerView>) -> Self {
        let loaded = file.load();
        if let Err(error) = &loaded {
            tracing::warn!(event = "sinks_unreadable", %error);
            let said = language.tell("banner-sinks", &[("cause", &error.to_string())]);
            banners.push(BannerView::lasting("sinks", said));
        }
        Self {
            file,
            is_unreadable: loaded.is_err(),
            list: loaded.unwrap_or_default(),
            results: BTreeMap::new(),
            writers: BTreeMap::new(),
            first_tries: BTreeMap::new(),
            under_way: BTreeMap::new(),
            retry_at: None,
            revision: 0,
        }
    }

    fn save(&self) -> io::Result<()> {
        if self.is_unreadable {
            let advice = "it could not be read. Mend or remove outlets.json in the data folder, and start Glowjar again";
            return Err(io::Error::other(advice));
        }
        self.file.save(&self.list)
    }

    /// What was put into a file is remembered for the next start. Without that, a place in a list counts as another's.
    fn remember(&self) {
        if let Err(error) = self.save() {
            tracing::warn!(event = "sinks_not_saved", %error);
        }
    }

    /// What is still being written there comes too late.
    fn forget(&mut self, number: u32) {
        if let Some(writer) = self.writers.remove(&number) {
            writer.outdate();
        }
        self.first_tries.remove(&number);
    }
}

impl Timed for Sinks {
    fn deadline(&self) -> Option<Timestamp> {
        self.retry_at
    }

    fn shift(&mut self, step: Step) {
        self.retry_at.shift(step);
    }

    fn on_time(&mut self, now: Timestamp) -> Option<Due> {
        self.retry_at.take_if(|at| *at <= now).map(|_| Due::SinksRetried)
    }
}

impl Sinks {
    /// Goes up when what is shown of sinks changes.
    pub(super) const fn revision(&self) -> u64 {
        self.revision
    }

    /// A token is new to this run, or a sink is.
    pub(super) fn supply(&mut self, core: &mut Core, profile: ProfileId) {
        let numbers = self.list.iter().filter(|sink| sink.profile == profile);
        let numbers = numbers.map(|sink| sink.number).collect();
        self.supply_those(core, profile, &numbers);
    }

    /// What they have stays theirs, and what was in the way of more is of no matter until somebody signs in.
    pub(super) fn supplies_end(&mut self, core: &mut Core, profile: ProfileId) {
        for sink in self.list.iter().filter(|sink| sink.profile == profile) {
            let code = format!("sink:{}", sink.number);
            core.banners.retain(|banner| banner.code != code);
            self.results.remove(&sink.number);
            self.revision += 1;
        }
    }

    fn supply_those(&mut self, core: &mut Core, profile: ProfileId, numbers: &BTreeSet<u32>) {
        if !self.list.iter().any(|sink| numbers.contains(&sink.number))
            || core.lock.is_locked()
            || core.current(profile).is_none()
        {
            return;
        }
        if let Some(is_outdated) = self.under_way.get_mut(&profile) {
            *is_outdated = true;
            // A call that never returns holds yesterday's token.
            for number in numbers {
                if let Some(writer) = self.writers.get(number) {
                    writer.outdate();
                }
            }
            return;
        }
        let (Some(config), Some(token)) =
            (core.profiles.get(&profile), core.secret_store.access_token(profile))
        else {
            return;
        };
        let ends = core.current(profile).map(|token| token.validity.expires_at);
        let supplies = Supplies {
            token: token.clone(),
            client_id: config.client_id.clone(),
            scopes: config.scopes.clone(),
            expires_at: ends.map(seconds).unwrap_or_default(),
        };
        let fingerprint = sinks::fingerprint(token.expose());
        let before = self.list.clone();
        let mut wanted = Vec::new();
        for sink in &mut self.list {
            if numbers.contains(&sink.number) {
                if sink.target.path().is_some() {
                    sink.will_hold(fingerprint.clone());
                }
                let writer = self.writers.entry(sink.number).or_default().clone();
                wanted.push((writer, sink.clone()));
            }
        }
        if self.list != before {
            self.remember();
        }
        self.under_way.insert(profile, false);
        let results = wanted.iter().map(|(_, it)| (it.number, Err(SinkError::Failed))).collect();
        let if_it_panics = Event::Supplied { profile, fingerprint: fingerprint.clone(), results };
        core.tasks.start(Some(if_it_panics), async move {
            let mut results = Vec::new();
            for (writer, sink) in wanted {
                let number = sink.number;
                let result = sinks::bring(sink, writer, supplies.clone()).await;
                results.push((number, result));
            }
            Event::Supplied { profile, fingerprint, results }
        });
    }

    pub(super) fn supplied(
        &mut self,
        core: &mut Core,
        profile: ProfileId,
        fingerprint: &str,
        results: Vec<(u32, Result<(), SinkError>)>,
    ) {
        for (number, result) in results {
            let sink = self.list.iter_mut().find(|sink| sink.number == number);
            if let Some(sink) = sink
                && result.is_ok()
                && sink.target.path().is_some()
            {
                sink.holds(fingerprint.to_owned());
            }
            self.note_result(core, number, result);
        }
        if self.under_way.remove(&profile) == Some(true) {
            self.supply(core, profile);
        }
        let waiting: Vec<u32> = self.first_tries.keys().copied().collect();
        for number in waiting {
            self.look_at_sink(core, profile, number);
        }
    }

    /// Whoever set it up is told whether a token could be brought there, if there is none to bring now.
    fn look_at_sink(&mut self, core: &mut Core, profile: ProfileId, number: u32) {
        let sink = self.list.iter().find(|sink| sink.number == number);
        let (Some(config), Some(sink)) =
            (core.profiles.get(&profile), sink.filter(|sink| sink.profile == profile))
        else {
            return;
        };
        if self.under_way.contains_key(&profile) {
            return;
        }
        let target = sink.target.clone();
        let (client_id, scopes) = (config.client_id.clone(), config.scopes.clone());
        let if_it_panics = Event::SinkLookedAt { number, result: Err(SinkError::Failed) };
        core.tasks.start(Some(if_it_panics), async move {
            let result = sinks::look(target, client_id, scopes).await;
            Event::SinkLookedAt { number, result }
        });
    }

    pub(super) fn sink_looked_at(
        &mut self,
        core: &mut Core,
        number: u32,
        result: Result<(), SinkError>,
    ) {
        match result {
            // Brought meanwhile, or not yet: that is in the list.
            Ok(()) => self.answer_first_try(core, number, None),
            // Its own result is newer.
            Err(_) if !self.first_tries.contains_key(&number) => {}
            Err(why) => self.note_result(core, number, Err(why)),
        }
    }

    /// `trouble` is a sentence in which the file or program is named.
    fn answer_first_try(
        &mut self,
        core: &mut Core,
        number: u32,
        trouble: Option<(Reason, String, String)>,
    ) {
        let Some(reply) = self.first_tries.remove(&number) else { return };
        let _ = reply.send(match trouble {
            None => self.sinks_answer(core),
            Some((reason, message, advice)) => refused(reason, "outlet", &message, &advice),
        });
    }

    fn note_result(&mut self, core: &mut Core, number: u32, result: Result<(), SinkError>) {
        let Some(sink) = self.list.iter().find(|sink| sink.number == number) else {
            return;
        };
        let code = format!("sink:{number}");
        core.banners.retain(|banner| banner.code != code);
        let name = sink.target.to_string();
        let is_file = sink.target.path().is_some();
        match &result {
            Ok(()) => {
                let way = if is_file { Way::File } else { Way::Hook };
                let taker = Caller::named(&place(&sink.target), way);
                let (profile, format) = (sink.profile, sink.target.kind());
                core.taken(profile, &taker, format);
            }
            Err(error) => {
                let why = error.in_english();
                tracing::warn!(event = "not_supplied", sink = name, why);
                if error.is_final() && self.first_tries.contains_key(&number) {
                    return self.sink_is_impossible(core, number, &format!("{name}: {why}"));
                }
                let why = error.say(core.language);
                let id = if is_file { "banner-sink" } else { "banner-sink_program" };
                let cause = error.cause().unwrap_or_default();
                let said = [("target", &*name), ("why", &*why), ("cause", cause)];
                let said = core.language.tell(id, &said);
                core.banners.push(BannerView::lasting(&code, said));
                if is_file {
                    self.retry_at = Some(core.clock.now() + PAUSE);
                }
            }
        }
        let trouble = result.as_ref().err().map(|error| first_try(number, &name, is_file, error));
        self.results.insert(number, result);
        self.revision += 1;
        self.answer_first_try(core, number, trouble);
    }

    /// It is not kept in the list.
    fn sink_is_impossible(&mut self, core: &mut Core, number: u32, message: &str) {
        self.answer_first_try(
            core,
            number,
            Some((Reason::Usage, message.to_owned(), String::new())),
        );
        if let Err(error) = self.without_sink(core, number) {
            tracing::warn!(event = "sinks_not_saved", %error);
        }
    }

    pub(super) fn supply_again(&mut self, core: &mut Core) {
        let mut again: BTreeMap<ProfileId, BTreeSet<u32>> = BTreeMap::new();
        for sink in self.list.iter().filter(|sink| sink.target.path().is_some()) {
            if matches!(self.results.get(&sink.number), Some(Err(_))) {
                again.entry(sink.profile).or_default().insert(sink.number);
            }
        }
        for (profile, numbers) in again {
            self.supply_those(core, profile, &numbers);
        }
    }

    pub(super) fn sink_added(
        &mut self,
        core: &mut Core,
        profile: ProfileId,
        target: Target,
        reply: oneshot::Sender<Answer>,
    ) {
        if let Some((message, advice)) = wrong_with(&target) {
            let _ = reply.send(refused(Reason::Usage, "outlet", message, advice));
            return;
        }
        let is_absolute = target.path().is_none_or(std::path::Path::is_absolute);
        // One that an earlier Glowjar left to a profile that is gone is in nobody's way.
        let is_taken = target.path().is_some()
            && self.list.iter().any(|sink| {
                is_same_place(sink, &target, profile)
                    && core.profiles.contains_or_leaving(sink.profile)
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
        let highest =
            self.list.iter().map(|sink| sink.number).chain(self.results.keys().copied()).max();
        let number = highest.unwrap_or(0) + 1;
        let before = self.list.clone();
        let profiles = &core.profiles;
        self.list.retain(|sink| profiles.contains_or_leaving(sink.profile));
        self.list.push(Sink { number, profile, target, written: Vec::new() });
        if let Err(error) = self.save() {
            self.list = before;
            let _ = reply.send(not_saved(&error));
            return;
        }
        self.revision += 1;
        self.first_tries.insert(number, reply);
        self.supply_those(core, profile, &BTreeSet::from([number]));
        self.look_at_sink(core, profile, number);
    }

    pub(super) fn sink_removed(
        &mut self,
        core: &mut Core,
        number: u32,
        reply: oneshot::Sender<Answer>,
    ) {
        let answer = match self.without_sink(core, number) {
            Ok(true) => self.sinks_answer(core),
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
    pub(super) fn remove_sink(
        &mut self,
        core: &mut Core,
        number: u32,
        reply: oneshot::Sender<Reply>,
    ) {
        match self.without_sink(core, number) {
            Ok(_) => drop(reply.send(Reply::Done)),
            Err(error) => core.refuse(reply, "programs_file", &[("cause", &error.to_string())]),
        }
    }

    /// Whether there was one.
    fn without_sink(&mut self, core: &mut Core, number: u32) -> io::Result<bool> {
        let before = self.list.clone();
        self.list.retain(|sink| sink.number != number);
        if self.list == before {
            return Ok(false);
        }
        if let Err(error) = self.save() {
            self.list = before;
            return Err(error);
        }
        core.banners.retain(|banner| banner.code != format!("sink:{number}"));
        self.answer_first_try(core, number, None);
        self.forget(number);
        self.revision += 1;
        Ok(true)
    }

    pub(super) fn sinks_view(&self, core: &Core, profile: ProfileId) -> Vec<SinkView> {
        let sinks = self.list.iter().filter(|sink| sink.profile == profile);
        let is_signed_out = core.profiles.get(&profile).is_some_and(Profile::is_signed_out);
        let view = |sink: &Sink| {
            let result = self.results.get(&sink.number).filter(|_| !is_signed_out);
            SinkView {
                number: sink.number,
                target: place(&sink.target),
                key: match &sink.target {
                    Target::Env { variables, .. } => Some(variables.keys()),
                    Target::Json { pointer, .. } => Some(pointer.clone()),
                    Target::Raw { .. } | Target::Command { .. } => None,
                },
                is_command: sink.target.path().is_none(),
                is_current: matches!(result, Some(Ok(()))),
                is_signed_out,
                trouble: failure(result).map(|error| error.say(core.language)),
                cause: failure(result).and_then(SinkError::cause).map(str::to_owned),
            }
        };
        sinks.map(view).collect()
    }

    /// A profile that is gone supplies nobody.
    pub(super) fn sinks_of_removed(&mut self, core: &mut Core, profile: ProfileId) {
        let gone: Vec<u32> = self
            .list
            .iter()
            .filter(|sink| sink.profile == profile)
            .map(|sink| sink.number)
            .collect();
        if gone.is_empty() {
            return;
        }
        self.list.retain(|sink| sink.profile != profile);
        core.banners
            .retain(|banner| gone.iter().all(|number| banner.code != format!("sink:{number}")));
        for number in gone {
            self.answer_first_try(core, number, None);
            self.forget(number);
        }
        self.remember();
    }

    pub(super) fn sinks_answer(&self, core: &Core) -> Answer {
        let is_signed_out =
            |id: &ProfileId| core.profiles.get(id).is_some_and(Profile::is_signed_out);
        let status = |sink: &Sink| {
            let result = self.results.get(&sink.number).filter(|_| !is_signed_out(&sink.profile));
            SinkStatus {
                number: sink.number,
                profile: core.name_of(sink.profile).to_owned(),
                target: sink.target.clone(),
                is_current: matches!(result, Some(Ok(()))),
                trouble: failure(result).map(SinkError::in_english),
            }
        };
        Answer::Sinks { sinks: self.list.iter().map(status).collect() }
    }
}

/// Two that write to one place would take turns, unless both write the same for ever: the id of one profile.
fn is_same_place(sink: &Sink, target: &Target, profile: ProfileId) -> bool {
    if sink.target.path() != target.path() {
        return false;
    }
    match (&sink.target, target) {
        (Target::Env { variables: own, .. }, Target::Env { variables, .. }) => {
            let is_same = |one: &Variable, other: &Variable| {
                let is_for_ever = sink.profile == profile && one.template == other.template;
                one.name == other.name && (!is_for_ever || one.template.needs_token())
            };
            own.iter().any(|one| variables.iter().any(|other| is_same(one, other)))
        }
        (Target::Json { pointer: own, .. }, Target::Json { pointer, .. }) => own == pointer,
        (Target::Raw { .. }, Target::Raw { .. }) => true,
        _ => false,
    }
}

/// What speaks against keys of a file, whatever stands in it.
fn wrong_with(target: &Target) -> Option<(&'static str, &'static str)> {
    let Target::Env { variables, .. } = target else { return None };
    let is_key = |name: &str| {
        !name.is_empty() && !name.contains(|it: char| it.is_whitespace() || "=#'\"`".contains(it))
    };
    if variables.iter().any(|it| it.template.needs_admission()) {
        let advice = "`glowjar http add NAME` makes a secret that lasts, and says the address.";
        return Some((
            "A file that is kept current has no secret and no address of its own",
            advice,
        ));
    }
    if !variables.iter().all(|it| is_key(&it.name)) {
        return Some(("A key is a word without spaces, quotes and the sign =", ""));
    }
    let has_token = variables.iter().any(|it| it.template.needs_token());
    let advice = "Put {access_token} into one of the templates.";
    (!has_token).then_some(("Nothing in it would change with the token", advice))
}

/// The file, or the program that is run. Its arguments may be nobody else's business.
fn place(target: &Target) -> String {
    match target {
        Target::Command { command } => command.first().cloned().unwrap_or_default(),
        file => file.path().map(|path| path.display().to_string()).unwrap_or_default(),
    }
}

fn failure(result: Option<&Result<(), SinkError>>) -> Option<&SinkError> {
    result?.as_ref().err()
}

/// What is said of one that is in the list now and did not work at once.
fn first_try(
    number: u32,
    name: &str,
    is_file: bool,
    error: &SinkError,
) -> (Reason, String, String) {
    let why = error.in_english();
    let again =
        if is_file { "It is tried again every minute" } else { "It is run with each new token" };
    let message = format!("{name} did not get the token: {why}");
    (
        Reason::Failed,
        message,
        format!("{again}. `glowjar files remove {number}` takes it off the list."),
    )
}

fn not_saved(error: &io::Error) -> Answer {
    let message = format!("The list of files can't be saved: {error}");
    refused(Reason::Failed, "outlet", &message, "")
}

/// A file that can't be written today can't be written in a second either.
const PAUSE: Duration = Duration::from_secs(60);
