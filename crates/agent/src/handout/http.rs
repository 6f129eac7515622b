//! A port on this machine for programs that can do nothing but HTTP. Closed until a person lets somebody in by name.

pub mod access;
mod minting;
mod passing;
mod serving;
mod turned_away;

use std::{
    collections::BTreeMap,
    fs, io,
    net::Ipv4Addr,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use glowjar_lifecycle::time::{Step, Timestamp};
use glowjar_protocol::{
    message::{AdmittedAnswer, Answer, HttpAnswer, Reason},
    port_holder::{self, Holder},
};
use glowjar_token_endpoint::{Attempt, Program, SecretHash};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use tokio::{net::TcpListener, task::JoinHandle};

pub(super) use self::passing::Passing;
pub(crate) use self::turned_away::Counted;
use self::{access::Consumer, turned_away::TurnedAwayCounts};
use super::{Caller, refused};
use crate::{
    agent::Agent,
    event::HostEvent,
    json_file,
    localization::Message,
    timed::{Due, Timed},
    view::Language,
};

/// The port and who may come through it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct HttpApi {
    file: PathBuf,
    state: Arc<Mutex<State>>,
    /// Held by one who opens the port or changes who may come in, so that nobody else does meanwhile.
    turn: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Debug, Default)]
struct State {
    kept: Kept,
    /// Programs that may ask as long as they run. They are forgotten with the application.
    passing: Vec<Passing>,
    /// What was refused and is not in the record yet.
    turned_away: TurnedAwayCounts,
    /// The port that is open, and what listens there.
    open: Option<(u16, JoinHandle<()>)>,
    blocked: Option<Blocked>,
    /// When to try again to open it.
    retry_at: Option<Timestamp>,
}

/// Who may come in, as the controller sees them.
#[derive(Clone, Debug)]
pub(crate) struct Guest {
    pub name: String,
    /// The id of the one profile whose tokens it may have; all if absent.
    pub profile: Option<String>,
    pub caller: Caller,
    pub is_passing: bool,
}

/// The remembered port can't be had.
#[derive(Clone, Debug)]
struct Blocked {
    port: u16,
    holder: Holder,
    cause: String,
}

/// Nothing secret: of secrets, only hashes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Kept {
    /// Absent in files of before there were versions.
    #[serde(default)]
    version: u32,
    /// Chosen by chance at first and the same from then on, so that what was set up elsewhere stays right. It moves
    /// only if a person says so: whoever took it meanwhile would go on being shown secrets.
    #[serde(default)]
    port: Option<u16>,
    #[serde(default)]
    consumers: Vec<Consumer>,
    /// Consumers whose secrets another user's program may have seen, since it listened at the port; with that user.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    exposed: BTreeMap<String, String>,
}

impl HttpApi {
    /// Remembers in this file who may come in.
    #[must_use]
    pub fn at(file: PathBuf) -> Self {
        let kept = match fs::read(&file).map(|text| serde_json::from_slice::<Kept>(&text)) {
            Ok(Ok(kept)) if kept.version <= VERSION => kept,
            Ok(read) => {
                let error = read.err().map_or_else(
                    || "it was written by a newer Glowjar".to_owned(),
                    |error| error.to_string(),
                );
                tracing::warn!(event = "http_unreadable", %error, "kept aside as http.unreadable.json");
                let _ = fs::rename(&file, file.with_extension("unreadable.json"));
                Kept::default()
            }
            Err(_) => Kept::default(),
        };
        let state = Arc::new(Mutex::new(State { kept, ..State::default() }));
        Self { file, state, turn: Arc::default() }
    }

    /// Opens the port if there is anybody to open it for. If another program has it, that is remembered, and the
    /// controller tries again.
    ///
    /// # Errors
    /// What was opened can't be written down.
    pub async fn open(&self, agent: &Agent) -> io::Result<()> {
        let _turn = self.turn.lock().await;
        let wanted = {
            let state = self.state();
            if !state.has_anybody() || state.open.is_some() {
                return Ok(());
            }
            state.kept.port
        };
        let opened = match bind(wanted.unwrap_or(0)).await {
            Ok(bound) => self.change(Some(bound), agent, |_| {}),
            Err(error) => {
                self.note_blocked(wanted.unwrap_or(0), &error);
                Ok(())
            }
        };
        agent.tell(HostEvent::HttpApiChanged);
        opened
    }

    /// Writes the change down, then serves at the port that was bound for it. Nothing is changed if it can't be written
    /// down.
    fn change(
        &self,
        bound: Option<(TcpListener, u16)>,
        agent: &Agent,
        change: impl FnOnce(&mut Kept),
    ) -> io::Result<()> {
        let mut state = self.state();
        let mut kept = state.kept.clone();
        change(&mut kept);
        if let Some((_, port)) = bound {
            kept.port = Some(port);
        }
        self.save(&kept)?;
        state.kept = kept;
        // The last one may have been removed while the port was being bound.
        if let Some((listener, port)) = bound.filter(|_| state.has_anybody()) {
            tracing::info!(event = "http_open", port);
            let (http_api, agent) = (self.clone(), agent.clone());
            let mut snapshots = agent.snapshots();
            let serving = tokio::spawn(async move {
                tokio::select! {
                    () = serving::serve(listener, port, http_api, agent) => {}
                    // The port goes with the controller, which nobody shows snapshots without.
                    () = async { while snapshots.changed().await.is_ok() {} } => {}
                }
            });
            if let Some((_, earlier)) = state.open.replace((port, serving)) {
                earlier.abort();
            }
            state.blocked = None;
            state.retry_at = None;
        }
        Ok(())
    }

    fn note_blocked(&self, port: u16, error: &io::Error) {
        let holder = match error.kind() {
            io::ErrorKind::AddrInUse => port_holder::of_port(port),
            _ => Holder::Unknown,
        };
        tracing::warn!(event = "http_port_taken", port, ?holder, %error);
        let mut state = self.state();
        if let Holder::OtherUser(user) = &holder {
            let user = user.to_string();
            let names = names(&state.kept).into_iter();
            state.kept.exposed = names.map(|name| (name, user.clone())).collect();
            if let Err(error) = self.save(&state.kept) {
                tracing::warn!(event = "http_not_saved", %error);
            }
        }
        state.blocked = Some(Blocked { port, holder, cause: error.to_string() });
    }

    /// The address and who may come in. Opens the port if that could not be done before.
    pub(super) async fn tell(&self, agent: &Agent) -> Answer {
        match self.open(agent).await {
            Ok(()) => self.answer(),
            Err(error) => not_written(&error),
        }
    }

    fn answer(&self) -> Answer {
        match self.blocked(Language::En) {
            Some(Message { headline, advice, cause }) => {
                let cause = cause.map(|cause| format!(" ({cause})")).unwrap_or_default();
                refused(Reason::Failed, "port_taken", &format!("{headline}{cause}"), &advice)
            }
            None => Answer::Http(self.now(None)),
        }
    }

    pub(crate) async fn add(&self, name: String, profile: Option<String>, agent: &Agent) -> Answer {
        let _turn = self.turn.lock().await;
        let name = name.trim().to_owned();
        if name.is_empty() || name.len() > LONGEST_NAME || name.chars().any(char::is_control) {
            return refused(
                Reason::Usage,
                "http",
                "Give it a short name, so that you know it again",
                "",
            );
        }
        if self.lets_in(&name) {
            let advice = "`glowjar http renew` makes a new secret for it.";
            return refused(Reason::Usage, "http", "This name is taken", advice);
        }
        match self.bound_for_one_more().await {
            Ok(bound) => self.give_secret(&name, profile, bound, agent),
            Err(answer) => *answer,
        }
    }

    /// The port, unless it is open already. Nobody is told of it before it is bound.
    async fn bound_for_one_more(&self) -> Result<Option<(TcpListener, u16)>, Box<Answer>> {
        let (remembered, has_anybody) = {
            let state = self.state();
            if state.open.is_some() {
                return Ok(None);
            }
            (state.kept.port.unwrap_or(0), state.has_anybody())
        };
        match bind(remembered).await {
            Ok(bound) => Ok(Some(bound)),
            // Nobody was told of this port, or is let in there any more.
            Err(_) if !has_anybody => {
                bind(0).await.map(Some).map_err(|error| Box::new(not_opened(&error)))
            }
            Err(error) => {
                self.note_blocked(remembered, &error);
                Err(Box::new(self.answer()))
            }
        }
    }

    /// Lets somebody in as long as the process runs or, if it is `connected`, until the [`AdmissionGuard`] is dropped. What it is
    /// told besides, `answer` holds already.
    pub(super) async fn admit(
        &self,
        guest: Passing,
        connected: bool,
        answer: AdmittedAnswer,
        agent: &Agent,
    ) -> (Answer, Option<AdmissionGuard>) {
        let turn = self.turn.lock().await;
        let process = guest.caller.pid.and_then(passing::Process::of);
        if process.is_none() && !connected {
            let advice = "`glowjar http add NAME` makes a secret that lasts.";
            let message = "Glowjar can't see here when a program ends";
            return (refused(Reason::Failed, "not_admitted", message, advice), None);
        }
        let bound = match self.bound_for_one_more().await {
            Ok(bound) => bound,
            Err(answer) => return (*answer, None),
        };
        let Some(secret) = made_up() else { return (no_random_numbers(), None) };
        let hash = SecretHash::of(secret.expose_secret());
        let guard = AdmissionGuard { http_api: self.clone(), agent: agent.clone(), secret: hash };
        self.state().passing.push(Passing { secret: Some(hash), ..guest });
        if let Err(error) = self.change(bound, agent, |_| {}) {
            return (not_written(&error), None);
        }
        drop(turn);
        let answer = match self.url() {
            Some(url) => Answer::Admitted(AdmittedAnswer { url, secret: Some(secret), ..answer }),
            None => return (self.answer(), None),
        };
        match process.filter(|_| !connected) {
            None => (answer, Some(guard)),
            Some(process) => {
                tokio::spawn(async move {
                    process.ended().await;
                    drop(guard);
                });
                (answer, None)
            }
        }
    }

    /// Its secret is of no use any more. The port closes behind the last one.
    fn dismiss(&self, hash: &SecretHash) {
        let mut state = self.state();
        state.passing.retain(|passing| passing.secret != Some(*hash));
        state.close_behind_the_last();
    }

    /// Another secret in place of one that somebody may have seen.
    pub(super) async fn renew(&self, name: &str, agent: &Agent) -> Answer {
        let _turn = self.turn.lock().await;
        let known = self.consumers().into_iter().find(|consumer| consumer.name == name);
        let Some(consumer) = known else { return nobody() };
        self.give_secret(name, consumer.profile, None, agent)
    }

    /// To a new one, or in place of the secret that it has.
    fn give_secret(
        &self,
        name: &str,
        profile: Option<String>,
        bound: Option<(TcpListener, u16)>,
        agent: &Agent,
    ) -> Answer {
        let Some(secret) = made_up() else { return no_random_numbers() };
        let secret_sha256 = SecretHash::of(secret.expose_secret()).to_string();
        let changed = self.change(bound, agent, |kept| {
            kept.exposed.remove(name);
            match kept.consumers.iter_mut().find(|consumer| consumer.name == name) {
                Some(consumer) => consumer.secret_sha256 = secret_sha256,
                None => {
                    let name = name.to_owned();
                    kept.consumers.push(Consumer { name, secret_sha256, profile });
                }
            }
        });
        match changed {
            Ok(()) => Answer::Http(self.now(Some(secret))),
            Err(error) => not_written(&error),
        }
    }

    /// Another port, which a person has to tell every program that asks there.
    pub(super) async fn change_port(&self, agent: &Agent) -> Answer {
        let _turn = self.turn.lock().await;
        if !self.state().has_anybody() {
            return refused(Reason::Usage, "http", "The port is closed: nobody was let in", "");
        }
        let changed = match bind(0).await {
            Ok(bound) => self.change(Some(bound), agent, |_| {}),
            Err(error) => return not_opened(&error),
        };
        match changed {
            Ok(()) => Answer::Http(self.now(None)),
            Err(error) => not_written(&error),
        }
    }

    pub(crate) fn remove(&self, name: &str) -> Answer {
        let mut state = self.state();
        let before = state.kept.clone();
        state.kept.consumers.retain(|consumer| consumer.name != name);
        state.kept.exposed.remove(name);
        if state.kept.consumers.len() == before.consumers.len() {
            return nobody();
        }
        // Who came back with the next start would not have been shut out.
        if let Err(error) = self.save(&state.kept) {
            state.kept = before;
            return not_written(&error);
        }
        state.close_behind_the_last();
        drop(state);
        Answer::Http(self.now(None))
    }

    fn now(&self, secret: Option<SecretString>) -> HttpAnswer {
        let url = self.url();
        let state = self.state();
        let exposed = state.kept.exposed.keys().cloned().collect();
        let passing = state.passing.iter().map(|passing| passing.name.clone()).collect();
        HttpAnswer { url, names: names(&state.kept), passing, exposed, secret }
    }

    /// The address, if it is this user's program who is reached there.
    fn url(&self) -> Option<String> {
        let port = self.state().open.as_ref().map(|(port, _)| *port)?;
        let is_foreign = matches!(port_holder::of_port(port), Holder::OtherUser(_));
        (!is_foreign).then(|| format!("http://127.0.0.1:{port}"))
    }

    /// That the port can't be had, and who has it.
    pub(crate) fn blocked(&self, language: Language) -> Option<Message> {
        let Blocked { port, holder, cause } = self.state().blocked.clone()?;
        let (port, user) = (
            port.to_string(),
            match &holder {
                Holder::OtherUser(user) => user.to_string(),
                Holder::Own | Holder::Unknown => String::new(),
            },
        );
        let id = match holder {
            Holder::OtherUser(_) => "banner-http_port_of_another_user",
            Holder::Own => "banner-http_port_of_yours",
            Holder::Unknown => "banner-http_port",
        };
        Some(language.tell(id, &[("port", &port), ("user", &user), ("cause", &cause)]))
    }

    /// Whose secrets another user may have seen.
    pub(crate) fn exposed(&self, language: Language) -> Option<Message> {
        let exposed = self.state().kept.exposed.clone();
        let user = exposed.values().next()?;
        let names: Vec<&str> = exposed.keys().map(String::as_str).collect();
        let names = names.join(", ");
        Some(language.tell("banner-http_secrets", &[("user", user), ("names", &names)]))
    }

    /// Has an effect only while the port can't be had.
    pub(crate) fn try_again_at(&self, at: Timestamp) {
        let mut state = self.state();
        state.retry_at = state.blocked.as_ref().map(|_| at);
    }

    pub(crate) fn names(&self) -> Vec<String> {
        names(&self.state().kept)
    }

    /// Everybody who may come in, those first who were let in for good.
    pub(crate) fn guests(&self) -> Vec<Guest> {
        let state = self.state();
        let kept = state.kept.consumers.iter().map(|consumer| Guest {
            name: consumer.name.clone(),
            profile: consumer.profile.clone(),
            caller: Caller::over_http(&consumer.name),
            is_passing: false,
        });
        let passing = state.passing.iter().map(|passing| Guest {
            name: passing.name.clone(),
            profile: Some(passing.profile.clone()),
            caller: passing.caller.clone(),
            is_passing: true,
        });
        kept.chain(passing).collect()
    }

    /// The secrets of programs that were let in under this name as long as they run are of no use any more.
    pub(crate) fn dismiss_named(&self, name: &str) {
        let mut state = self.state();
        state.passing.retain(|passing| passing.name != name);
        state.close_behind_the_last();
    }

    fn lets_in(&self, name: &str) -> bool {
        self.state().kept.consumers.iter().any(|consumer| consumer.name == name)
    }

    /// The one that has this secret.
    fn program(&self, secret: &SecretHash) -> Option<Program> {
        let state = self.state();
        let kept = state.kept.consumers.iter().find(|it| it.hash().as_ref() == Some(secret));
        let passing = || state.passing.iter().find(|passing| passing.secret == Some(*secret));
        let name = kept.map(|it| &it.name).or_else(|| passing().map(|it| &it.name))?;
        Some(Program { name: name.clone(), secret: *secret })
    }

    /// Who a program is to the controller, and the id of the one profile that it may use, if it is bound to one.
    fn caller(&self, program: &Program) -> (Caller, Option<String>) {
        let state = self.state();
        match state.passing.iter().find(|passing| passing.secret == Some(program.secret)) {
            Some(passing) => (passing.caller.clone(), Some(passing.profile.clone())),
            None => {
                let known = state.kept.consumers.iter().find(|it| it.name == program.name);
                let profile = known.and_then(|consumer| consumer.profile.clone());
                (Caller::over_http(&program.name), profile)
            }
        }
    }

    /// Counts it, and has the controller come for the counts.
    fn turned_away(&self, attempt: Attempt, agent: &Agent) {
        if self.state().turned_away.add(attempt) {
            agent.tell(HostEvent::TurnedAway);
        }
    }

    pub(crate) fn take_turned_away(&self) -> Vec<Counted> {
        self.state().turned_away.take()
    }

    fn consumers(&self) -> Vec<Consumer> {
        self.state().kept.consumers.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn save(&self, kept: &Kept) -> io::Result<()> {
        json_file::replace(&self.file, &Kept { version: VERSION, ..kept.clone() })
    }
}

/// Somebody is let in until this is dropped; then the secret they were given is of no use any more.
pub(super) struct AdmissionGuard {
    http_api: HttpApi,
    agent: Agent,
    secret: SecretHash,
}

impl Drop for AdmissionGuard {
    fn drop(&mut self) {
        self.http_api.dismiss(&self.secret);
        self.agent.tell(HostEvent::HttpApiChanged);
    }
}

impl State {
    fn has_anybody(&self) -> bool {
        !self.kept.consumers.is_empty() || !self.passing.is_empty()
    }

    fn close_behind_the_last(&mut self) {
        if self.has_anybody() {
            return;
        }
        if let Some((_, serving)) = self.open.take() {
            serving.abort();
        }
        self.blocked = None;
        self.retry_at = None;
    }
}

impl Timed for HttpApi {
    fn deadline(&self) -> Option<Timestamp> {
        self.state().retry_at
    }

    fn shift(&mut self, step: Step) {
        self.state().retry_at.shift(step);
    }

    fn on_time(&mut self, now: Timestamp) -> Option<Due> {
        self.state().retry_at.take_if(|at| *at <= now).map(|_| Due::PortRetried)
    }
}

fn names(kept: &Kept) -> Vec<String> {
    kept.consumers.iter().map(|consumer| consumer.name.clone()).collect()
}

/// Port 0 is any that is free.
async fn bind(port: u16) -> io::Result<(TcpListener, u16)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let port = listener.local_addr()?.port();
    Ok((listener, port))
}

/// 256 bits that nobody can guess.
fn made_up() -> Option<SecretString> {
    let mut bits = [0; 32];
    getrandom::fill(&mut bits).ok()?;
    Some(bits.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into())
}

fn no_random_numbers() -> Answer {
    refused(Reason::Failed, "http", "The system gives no random numbers", "")
}

fn nobody() -> Answer {
    refused(Reason::Usage, "http", "Nobody has this name", "See `glowjar http`.")
}

fn not_opened(error: &io::Error) -> Answer {
    refused(Reason::Failed, "http", &format!("The port could not be opened: {error}"), "")
}

fn not_written(error: &io::Error) -> Answer {
    refused(Reason::Failed, "http", &format!("It can't be saved: {error}"), "")
}

const VERSION: u32 = 1;
/// Bytes.
const LONGEST_NAME: usize = 60;
