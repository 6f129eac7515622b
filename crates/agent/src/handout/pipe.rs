//! The named pipe on Windows. Written against tokio's documentation and never run.
//!
//! Without an access list of its own, a pipe gets the default one: full access for its owner, for administrators and for the
//! system, and reading alone for everybody else. Who can't write can't ask, so no stranger is ever answered.

use std::{io, sync::Arc};

use glowjar_handout::address;
use tokio::{
    net::windows::named_pipe::{NamedPipeServer, ServerOptions},
    sync::Semaphore,
};

use super::{Caller, conversation, http::Door};
use crate::controller::Agent;

/// Listens for this user's programs.
#[derive(Debug)]
pub struct Listener {
    first: NamedPipeServer,
}

/// Why no program can ask.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    #[error("the pipe can't be made, or somebody else has it: {0}")]
    Io(#[from] io::Error),
}

impl Listener {
    /// Listens where the command looks. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// Somebody listens already.
    pub fn open() -> Result<Self, ListenError> {
        let first = ServerOptions::new()
            .first_pipe_instance(true)
            .reject_remote_clients(true)
            .create(address::pipe())?;
        Ok(Self { first })
    }

    /// Serves programs until the task is dropped. `door` is the one they may ask to have opened.
    pub async fn serve(self, agent: Agent, door: Door) {
        let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
        let mut waiting = self.first;
        loop {
            let Ok(place) = places.clone().acquire_owned().await else { return };
            if waiting.connect().await.is_err() {
                continue;
            }
            let next = ServerOptions::new().reject_remote_clients(true).create(address::pipe());
            let stream = match next {
                Ok(next) => std::mem::replace(&mut waiting, next),
                Err(error) => {
                    tracing::warn!(%error, "programs can't ask any more");
                    return;
                }
            };
            let (agent, door) = (agent.clone(), door.clone());
            tokio::spawn(async move {
                conversation::hold(stream, &agent, &door, &Caller::default()).await;
                drop(place);
            });
        }
    }
}

const MOST_CONNECTIONS: usize = 200;
