//! A port on this machine for programs that can do nothing but HTTP. Closed until a person lets somebody in by name.

pub mod access;
mod holder;
mod serving;

use std::{
    collections::BTreeMap,
    fs, io,
    net::Ipv4Addr,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use glowjar_lifecycle::time::{Step, Timestamp};
use glowjar_protocol::message::{Answer, HttpAnswer, Reason};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use tokio::{net::TcpListener, task::JoinHandle};

use self::{access::Consumer, holder::Holder};
use super::refused;
use crate::{
    catalogue::Said,
    controller::{Agent, Happening},
    document,
    timed::{Due, Timed},
    view::Language,
};

/// The port and who may come through it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Door {
    file: PathBuf,
    state: Arc<Mutex<State>>,
    /// Held by one who opens the port or changes who may come in, so that nobody else does meanwhile.
    turn: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Debug, Default)]
struct State {
    kept: Kept,
    /// The port that is open, and what listens there.
    open: Option<(u16, JoinHandle<()>)>,
    blocked: Option<Blocked>,
    /// When to try again to open it.
    retry_at: Option<Timestamp>,
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

impl Door {
    /// Remembers in this file who may come in.
    #[must_use]
    pub fn at(file: PathBuf) -> Self {
        let kept = match fs::read(&file).map(|text| serde_json::from_slice::<Kept>(&text)) {
            Ok(Ok(kept)) => kept,
            Ok(Err(error)) => {
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
            if state.kept.consumers.is_empty() || state.open.is_some() {
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
        agent.tell(Happening::DoorChanged);
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
        if let Some((listener, port)) = bound.filter(|_| !state.kept.consumers.is_empty()) {
            tracing::info!(event = "http_open", port);
            let (door, agent) = (self.clone(), agent.clone());
            let mut snapshots = agent.snapshots();
            let serving = tokio::spawn(async move {
                tokio::select! {
                    () = serving::serve(listener, port, door, agent) => {}
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
            io::ErrorKind::AddrInUse => holder::of_port(port),
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
            Some(Said { headline, advice }) => {
                refused(Reason::Failed, "port_taken", &headline, &advice)
            }
            None => Answer::Http(self.now(None)),
        }
    }

    pub(super) async fn add(&self, name: String, agent: &Agent) -> Answer {
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
        let (kept, is_open) = {
            let state = self.state();
            (state.kept.clone(), state.open.is_some())
        };
        if kept.consumers.iter().any(|consumer| consumer.name == name) {
            let advice = "`glowjar http renew` makes a new secret for it.";
            return refused(Reason::Usage, "http", "This name is taken", advice);
        }
        let listener = if is_open {
            None
        } else {
            let remembered = kept.port.unwrap_or(0);
            match bind(remembered).await {
                Ok(listener) => Some(listener),
                // Nobody was told of this port, or is let in there any more.
                Err(_) if kept.consumers.is_empty() => match bind(0).await {
                    Ok(listener) => Some(listener),
                    Err(error) => return not_opened(&error),
                },
                Err(error) => {
                    self.note_blocked(remembered, &error);
                    return self.answer();
                }
            }
        };
        self.give_secret(&name, listener, agent)
    }

    /// Another secret in place of one that somebody may have seen.
    pub(super) async fn renew(&self, name: &str, agent: &Agent) -> Answer {
        let _turn = self.turn.lock().await;
        if !self.lets_in(name) {
            return nobody();
        }
        self.give_secret(name, None, agent)
    }

    /// To a new one, or in place of the secret that it has.
    fn give_secret(&self, name: &str, bound: Option<(TcpListener, u16)>, agent: &Agent) -> Answer {
        let mut bits = [0; 32];
        if getrandom::fill(&mut bits).is_err() {
            return refused(Reason::Failed, "http", "The system gives no random numbers", "");
        }
        let secret: SecretString =
            bits.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into();
        let secret_sha256 = access::hash(secret.expose_secret());
        let changed = self.change(bound, agent, |kept| {
            kept.exposed.remove(name);
            match kept.consumers.iter_mut().find(|consumer| consumer.name == name) {
                Some(consumer) => consumer.secret_sha256 = secret_sha256,
                None => kept.consumers.push(Consumer { name: name.to_owned(), secret_sha256 }),
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
        if self.state().kept.consumers.is_empty() {
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
        if state.kept.consumers.is_empty() {
            if let Some((_, serving)) = state.open.take() {
                serving.abort();
            }
            state.blocked = None;
            state.retry_at = None;
        }
        drop(state);
        Answer::Http(self.now(None))
    }

    fn now(&self, secret: Option<SecretString>) -> HttpAnswer {
        let state = self.state();
        let url = state.open.as_ref().map(|(port, _)| format!("http://127.0.0.1:{port}"));
        let exposed = state.kept.exposed.keys().cloned().collect();
        HttpAnswer { url, names: names(&state.kept), exposed, secret }
    }

    /// That the port can't be had, and who has it.
    pub(crate) fn blocked(&self, language: Language) -> Option<Said> {
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
    pub(crate) fn exposed(&self, language: Language) -> Option<Said> {
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

    fn lets_in(&self, name: &str) -> bool {
        self.state().kept.consumers.iter().any(|consumer| consumer.name == name)
    }

    fn consumers(&self) -> Vec<Consumer> {
        self.state().kept.consumers.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn save(&self, kept: &Kept) -> io::Result<()> {
        document::replace(&self.file, kept)
    }
}

impl Timed for Door {
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

fn nobody() -> Answer {
    refused(Reason::Usage, "http", "Nobody has this name", "See `glowjar http`.")
}

fn not_opened(error: &io::Error) -> Answer {
    refused(Reason::Failed, "http", &format!("The port could not be opened: {error}"), "")
}

fn not_written(error: &io::Error) -> Answer {
    refused(Reason::Failed, "http", &format!("It can't be saved: {error}"), "")
}

/// Bytes.
const LONGEST_NAME: usize = 60;
