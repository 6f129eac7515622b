//! The leader's end: a socket that only this user can reach, in the same folder as the programs' one.

use std::{io, path::PathBuf, sync::Arc, thread};

use tokio::{net::UnixListener, runtime::Handle, sync::Semaphore};

use super::{
    Desks,
    desks::FollowersDesk,
    protocol::{self, Hello, ToFollower, ToLeader, Welcome},
    stream::{Stream, Writer},
};
use crate::{
    agent::Agent,
    handout::{Accepting, ListenError, own_socket, same_user},
    ports::{Desk, Shell},
};

/// Lets the person's other sessions follow. The socket goes when this does.
#[derive(Debug)]
pub struct Leader {
    listener: UnixListener,
    socket: PathBuf,
}

impl Leader {
    /// Listens in the folder where the programs' socket lies. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// See [`ListenError`].
    pub fn open() -> Result<Self, ListenError> {
        let name = format!("session-{}.sock", std::process::id());
        let (listener, socket) = own_socket(&glowjar_protocol::address::folder(), &name)?;
        Ok(Self { listener, socket })
    }

    /// Where it listens.
    #[must_use]
    pub fn socket(&self) -> &std::path::Path {
        &self.socket
    }

    /// Serves followers until the task is dropped. `version` is the application's, `display` the leader's own.
    pub async fn serve(self, agent: Agent, desks: Arc<Desks>, version: String, display: String) {
        let places = Arc::new(Semaphore::new(MOST_FOLLOWERS));
        let mut accepting = Accepting::default();
        loop {
            let Ok(place) = places.clone().acquire_owned().await else { return };
            let Some((stream, _)) = accepting.took_in(self.listener.accept().await).await else {
                continue;
            };
            if !same_user(&stream) {
                continue;
            }
            let (agent, desks) = (agent.clone(), desks.clone());
            let (version, display) = (version.clone(), display.clone());
            let runtime = Handle::current();
            let blocking = stream.into_std().and_then(|stream| {
                stream.set_nonblocking(false)?;
                Ok(stream)
            });
            let Ok(stream) = blocking else { continue };
            let _ = thread::Builder::new().name("follower".to_owned()).spawn(move || {
                if let Err(error) = attend(stream, &agent, &desks, version, &display, &runtime) {
                    tracing::info!(event = "follower_left", reason = %error.kind());
                }
                drop(place);
            });
        }
    }
}

impl Drop for Leader {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.socket);
    }
}

fn attend(
    mut stream: Stream,
    agent: &Agent,
    desks: &Desks,
    version: String,
    display: &str,
    runtime: &Handle,
) -> io::Result<()> {
    stream.set_read_timeout(Some(TIME_TO_GREET))?;
    let hello: Hello = heard(&mut stream)?;
    let same_display = !hello.display.is_empty() && hello.display == display;
    let is_same_version = hello.version == version;
    protocol::write(&mut stream, &Welcome { version, same_display }).map_err(io::Error::other)?;
    if same_display {
        desks.show_window();
    }
    if same_display || !is_same_version {
        return Ok(());
    }
    stream.set_read_timeout(None)?;
    tracing::info!(event = "follower_came");
    let desk = Arc::new(FollowersDesk::new(Writer::start(&stream)?));
    let agent = agent.at(Desk::new(desk.clone()));
    desks.join(desk.clone());
    let outcome = listen(&mut stream, &agent, &desk, runtime);
    desks.leave(&desk);
    desk.gone();
    outcome
}

fn listen(
    stream: &mut Stream,
    agent: &Agent,
    desk: &Arc<FollowersDesk>,
    runtime: &Handle,
) -> io::Result<()> {
    loop {
        match heard(stream)? {
            ToLeader::Ask { id, request } => {
                let (agent, desk) = (agent.clone(), desk.clone());
                runtime.spawn(async move {
                    let reply = Box::new(agent.ask(*request).await);
                    desk.send(ToFollower::Reply { id, reply });
                });
            }
            ToLeader::Click(click) => agent.click(click),
            ToLeader::Carried { order, outcome } => desk.carried(order, outcome),
        }
    }
}

fn heard<T: serde::de::DeserializeOwned>(stream: &mut Stream) -> io::Result<T> {
    protocol::read(stream).map_err(|error| match error {
        glowjar_protocol::frame::FrameError::Io(error) => error,
        other => io::Error::other(other),
    })
}

/// Sessions of one person at a time.
const MOST_FOLLOWERS: usize = 16;
/// A follower greets at once.
const TIME_TO_GREET: std::time::Duration = std::time::Duration::from_secs(5);
