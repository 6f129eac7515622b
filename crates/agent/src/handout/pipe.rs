//! The named pipe on Windows.

use std::{io, sync::Arc};

use glowjar_protocol::address;
use interprocess::os::windows::{
    named_pipe::{PipeListenerOptions, pipe_mode::Bytes, tokio::PipeListener},
    security_descriptor::SecurityDescriptor,
};
use tokio::sync::Semaphore;
use widestring::{U16CStr, u16cstr};

use super::{
    Caller,
    accepting::{Accepting, most_connections, patience},
    conversation,
    http::HttpApi,
};
use crate::agent::Agent;

/// Listens for this user's programs.
#[derive(Debug)]
pub struct Listener {
    pipe: PipeListener<Bytes, Bytes>,
}

/// Why no program can ask.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    #[error("the pipe can't be made, or somebody else has it: {0}")]
    Io(#[from] io::Error),
}

impl Listener {
    /// Listens where the command looks, and lets nobody in from another computer. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// Somebody listens already.
    pub fn open() -> Result<Self, ListenError> {
        let pipe = PipeListenerOptions::new()
            .path(address::pipe())
            .security_descriptor(Some(SecurityDescriptor::deserialize(ITS_OWNER_ALONE)?))
            .create_tokio_duplex()?;
        Ok(Self { pipe })
    }

    /// A pipe is no file.
    #[must_use]
    pub const fn socket(&self) -> Option<std::path::PathBuf> {
        None
    }

    /// Serves programs until the task is dropped. `http_api` is the one they may ask to have opened.
    pub async fn serve(self, agent: Agent, http_api: HttpApi) {
        let most = most_connections(MOST_CONNECTIONS);
        let places = Arc::new(Semaphore::new(most));
        let mut accepting = Accepting::default();
        loop {
            let Ok(place) = places.clone().acquire_owned().await else { return };
            let Some(stream) = accepting.took_in(self.pipe.accept().await).await else { continue };
            let (agent, http_api) = (agent.clone(), http_api.clone());
            let patience = patience(conversation::TIME_TO_ASK, places.available_permits(), most);
            // At once, since the caller may end any moment.
            let pid = stream.client_process_id().ok().and_then(|pid| i32::try_from(pid).ok());
            tokio::spawn(async move {
                let caller = Caller::with_pid(pid);
                conversation::hold(stream, &agent, &http_api, &caller, patience).await;
                drop(place);
            });
        }
    }
}

const MOST_CONNECTIONS: usize = 200;

/// In the security descriptor string format: inherits nothing, and its owner may do everything. The default access list
/// would let others read, too.
const ITS_OWNER_ALONE: &U16CStr = u16cstr!("D:P(A;;GA;;;OW)");
