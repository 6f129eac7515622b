//! A port on this machine for programs that can do nothing but HTTP. Closed until a person lets somebody in by name.

pub mod access;
mod serving;

use std::{
    fs, io,
    net::Ipv4Addr,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use glowjar_handout::protocol::{Answer, HttpAnswer, Reason};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use tokio::{net::TcpListener, task::JoinHandle};

use self::access::Consumer;
use super::refused;
use crate::{controller::Agent, document};

/// The port and who may come through it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Door {
    file: PathBuf,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    kept: Kept,
    /// The port that is open, and what listens there.
    open: Option<(u16, JoinHandle<()>)>,
}

/// Nothing secret: of secrets, only hashes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Kept {
    /// Chosen by chance at first and the same from then on, so that what was set up elsewhere stays right.
    #[serde(default)]
    port: Option<u16>,
    #[serde(default)]
    consumers: Vec<Consumer>,
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
        Self { file, state: Arc::new(Mutex::new(State { kept, open: None })) }
    }

    /// Opens the port if there is anybody to open it for.
    pub async fn open(&self, agent: &Agent) -> io::Result<()> {
        let wanted = {
            let state = self.state();
            if state.kept.consumers.is_empty() || state.open.is_some() {
                return Ok(());
            }
            state.kept.port.unwrap_or(0)
        };
        let listener = match TcpListener::bind((Ipv4Addr::LOCALHOST, wanted)).await {
            // Somebody else has it by now.
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?
            }
            listener => listener?,
        };
        let port = listener.local_addr()?.port();
        tracing::info!(event = "http_open", port);
        let serving = tokio::spawn(serving::serve(listener, port, self.clone(), agent.clone()));
        let mut state = self.state();
        if let Some((_, earlier)) = state.open.replace((port, serving)) {
            earlier.abort();
        }
        state.kept.port = Some(port);
        self.save(&state.kept)
    }

    pub(super) fn answer(&self) -> Answer {
        Answer::Http(self.now(None))
    }

    pub(super) async fn add(&self, name: String, agent: &Agent) -> Answer {
        let name = name.trim().to_owned();
        if name.is_empty() || name.len() > LONGEST_NAME || name.chars().any(char::is_control) {
            return refused(
                Reason::Usage,
                "http",
                "Give it a short name, so that you know it again",
                "",
            );
        }
        let mut bits = [0; 32];
        if getrandom::fill(&mut bits).is_err() {
            return refused(Reason::Failed, "http", "The system gives no random numbers", "");
        }
        let secret: SecretString =
            bits.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into();
        let saved = {
            let mut state = self.state();
            if state.kept.consumers.iter().any(|consumer| consumer.name == name) {
                let advice = "Remove it first to make a new secret.";
                return refused(Reason::Usage, "http", "This name is taken", advice);
            }
            let secret_sha256 = access::hash(secret.expose_secret());
            state.kept.consumers.push(Consumer { name: name.clone(), secret_sha256 });
            self.save(&state.kept).inspect_err(|_| drop(state.kept.consumers.pop()))
        };
        let opened = match saved {
            Ok(()) => self.open(agent).await,
            Err(error) => Err(error),
        };
        match opened {
            Ok(()) => Answer::Http(self.now(Some(secret))),
            Err(error) => {
                let message = format!("The port could not be opened: {error}");
                refused(Reason::Failed, "http", &message, "")
            }
        }
    }

    pub(crate) fn remove(&self, name: &str) -> Answer {
        let mut state = self.state();
        let before = state.kept.clone();
        state.kept.consumers.retain(|consumer| consumer.name != name);
        if state.kept.consumers.len() == before.consumers.len() {
            return refused(Reason::Usage, "http", "Nobody has this name", "See `glowjar http`.");
        }
        // Who came back with the next start would not have been shut out.
        if let Err(error) = self.save(&state.kept) {
            state.kept = before;
            let message = format!("It can't be saved: {error}");
            return refused(Reason::Failed, "http", &message, "");
        }
        if state.kept.consumers.is_empty()
            && let Some((_, serving)) = state.open.take()
        {
            serving.abort();
        }
        drop(state);
        self.answer()
    }

    fn now(&self, secret: Option<SecretString>) -> HttpAnswer {
        let state = self.state();
        let names = names(&state.kept);
        let url = state.open.as_ref().map(|(port, _)| format!("http://127.0.0.1:{port}"));
        HttpAnswer { url, names, secret }
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

fn names(kept: &Kept) -> Vec<String> {
    kept.consumers.iter().map(|consumer| consumer.name.clone()).collect()
}

/// Bytes.
const LONGEST_NAME: usize = 60;
