//! The Unix socket: the user's own folder, the user's own file, and only the user's own processes.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError},
    io,
    os::unix::{
        fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt},
        net,
    },
    path::{Path, PathBuf},
    sync::Arc,
};

use glowjar_protocol::address::{self, SOCKET};
use tokio::{
    net::{UnixListener, UnixStream, unix::UCred},
    sync::Semaphore,
};

use super::{
    Caller,
    accepting::{Accepting, most_connections, patience},
    conversation,
    http::HttpApi,
};
use crate::agent::Agent;

/// Listens for this user's programs. The file goes when this does.
#[derive(Debug)]
pub struct Listener {
    listener: UnixListener,
    socket: PathBuf,
    /// Held as long as the socket is ours: a socket file without a holder is a dead one's. Absent where the file system
    /// knows no locks.
    _lock: Option<File>,
}

/// Why no program can ask.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    #[error("another Glowjar of yours listens already")]
    Taken,
    #[error("{} belongs to somebody else, or others can write to it", .0.display())]
    Unsafe(PathBuf),
    #[error("{}: {error}", path.display())]
    Io { path: PathBuf, error: io::Error },
}

impl Listener {
    /// Listens where the command looks.
    ///
    /// # Errors
    /// See [`ListenError`].
    pub fn open() -> Result<Self, ListenError> {
        Self::open_in(&address::folder())
    }

    /// Listens in this folder, which is made if it isn't there. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// See [`ListenError`].
    pub fn open_in(folder: &Path) -> Result<Self, ListenError> {
        own_folder(folder)?;
        let lock = lock(&folder.join("handout.lock"), &folder.join(SOCKET))?;
        let (listener, socket) = own_socket(folder, SOCKET)?;
        tracing::info!(event = "listening", socket = %socket.display());
        Ok(Self { listener, socket, _lock: lock })
    }

    /// Where it listens, if that is a file.
    #[must_use]
    pub fn socket(&self) -> Option<PathBuf> {
        Some(self.socket.clone())
    }

    /// Serves programs until the task is dropped. `http_api` is the one they may ask to have opened.
    pub async fn serve(self, agent: Agent, http_api: HttpApi) {
        let most = most_connections(MOST_CONNECTIONS);
        let places = Arc::new(Semaphore::new(most));
        let mut accepting = Accepting::default();
        loop {
            let Ok(place) = places.clone().acquire_owned().await else { return };
            let Some((stream, _)) = accepting.took_in(self.listener.accept().await).await else {
                continue;
            };
            let (agent, http_api) = (agent.clone(), http_api.clone());
            let patience = patience(conversation::TIME_TO_ASK, places.available_permits(), most);
            tokio::spawn(async move {
                if let Some(caller) = let_in(&stream) {
                    conversation::hold(stream, &agent, &http_api, &caller, patience).await;
                }
                drop(place);
            });
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.socket);
    }
}

/// A socket in this folder, which is made if it isn't there, for this user alone.
pub(crate) fn own_socket(
    folder: &Path,
    name: &str,
) -> Result<(UnixListener, PathBuf), ListenError> {
    own_folder(folder)?;
    let socket = folder.join(name);
    let io = |error| ListenError::Io { path: socket.clone(), error };
    match fs::remove_file(&socket) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io(error)),
        _ => {}
    }
    // Until its mode is set, the folder keeps everybody else out.
    let listener = UnixListener::bind(&socket).map_err(io)?;
    fs::set_permissions(&socket, Permissions::from_mode(0o600)).map_err(io)?;
    Ok((listener, socket))
}

/// Whether a process of this user is at the other end. Root is another user.
pub(crate) fn same_user(stream: &UnixStream) -> bool {
    peer(stream).is_some()
}

fn let_in(stream: &UnixStream) -> Option<Caller> {
    peer(stream).map(|peer| Caller::with_pid(peer.pid()))
}

fn peer(stream: &UnixStream) -> Option<UCred> {
    let peer = stream.peer_cred().ok()?;
    if peer.uid() != address::own_user() {
        tracing::warn!(event = "stranger_refused", user = peer.uid(), pid = peer.pid());
        return None;
    }
    Some(peer)
}

fn own_folder(folder: &Path) -> Result<(), ListenError> {
    let io = |error| ListenError::Io { path: folder.to_owned(), error };
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(io(error)),
        _ => {}
    }
    // Not followed: a link could lead into somebody else's folder.
    let meta = fs::symlink_metadata(folder).map_err(io)?;
    if !meta.is_dir() || meta.uid() != address::own_user() {
        return Err(ListenError::Unsafe(folder.to_owned()));
    }
    if meta.mode() & 0o777 != 0o700 {
        fs::set_permissions(folder, Permissions::from_mode(0o700)).map_err(io)?;
    }
    Ok(())
}

/// Takes the lock that goes with this socket.
fn lock(path: &Path, socket: &Path) -> Result<Option<File>, ListenError> {
    let io = |error| ListenError::Io { path: path.to_owned(), error };
    let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path);
    let file = file.map_err(io)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(ListenError::Taken),
        Err(TryLockError::Error(error)) => {
            tracing::warn!(event = "no_socket_lock", %error);
            unanswered(socket).map(|()| None)
        }
    }
}

/// Where no lock tells, the socket itself does: that of a process that ended takes no connection.
fn unanswered(socket: &Path) -> Result<(), ListenError> {
    match net::UnixStream::connect(socket) {
        Ok(_) => Err(ListenError::Taken),
        Err(_) => Ok(()),
    }
}

/// Far more than anybody runs at a time.
const MOST_CONNECTIONS: usize = 400;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f45_without_locks_the_socket_tells_whether_another_one_listens() {
        let folder = tempfile::tempdir().expect("a folder");
        let socket = folder.path().join(SOCKET);
        assert!(unanswered(&socket).is_ok());
        let living = net::UnixListener::bind(&socket).expect("bound");
        assert!(matches!(unanswered(&socket), Err(ListenError::Taken)));
        drop(living);
        assert!(socket.exists() && unanswered(&socket).is_ok());
    }
}
