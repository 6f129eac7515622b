//! One end of a link: a thread that writes what is queued, so that a follower that stands still holds nobody up.

use std::{
    net::Shutdown,
    sync::mpsc::{SyncSender, sync_channel},
    thread,
};

use serde::Serialize;

use super::protocol;

#[cfg(not(unix))]
pub(super) use nowhere::{Stream, connect};
#[cfg(unix)]
pub(super) use unix::{Stream, connect};

#[cfg(unix)]
mod unix {
    use std::{
        io::{self, ErrorKind},
        path::Path,
    };

    use glowjar_protocol::{address, client::owner};

    pub use std::os::unix::net::UnixStream as Stream;

    /// Connects to a socket of the same user.
    pub fn connect(socket: &Path) -> io::Result<Stream> {
        let stream = Stream::connect(socket)?;
        if owner(&stream)? == address::own_user() {
            Ok(stream)
        } else {
            Err(ErrorKind::PermissionDenied.into())
        }
    }
}

/// Where no link was built yet: a second session waits until the first ends, and shows that it waits.
#[cfg(not(unix))]
mod nowhere {
    use std::{io, path::Path};

    /// Never there.
    pub use std::net::TcpStream as Stream;

    pub fn connect(_: &Path) -> io::Result<Stream> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// Queues messages of one kind for the other side.
pub(super) struct Writer<T> {
    queue: SyncSender<T>,
    stream: Stream,
}

impl<T: Serialize + Send + 'static> Writer<T> {
    pub fn start(stream: &Stream) -> std::io::Result<Self> {
        let (queue, queued) = sync_channel::<T>(LONGEST_QUEUE);
        let (mut to, stream) = (stream.try_clone()?, stream.try_clone()?);
        thread::Builder::new().name("link".to_owned()).spawn(move || {
            for message in queued {
                if let Err(error) = protocol::write(&mut to, &message) {
                    tracing::debug!(%error, "the other session has gone");
                    break;
                }
            }
            let _ = to.shutdown(Shutdown::Both);
        })?;
        Ok(Self { queue, stream })
    }

    /// False if the other side has gone, or hasn't read for so long that it is given up.
    pub fn send(&self, message: T) -> bool {
        let is_queued = self.queue.try_send(message).is_ok();
        if !is_queued {
            self.close();
        }
        is_queued
    }

    pub fn close(&self) {
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}

/// Messages. A busy Glowjar with hundreds of profiles sends some in a burst; thousands unread mean a stopped process.
const LONGEST_QUEUE: usize = 1_024;
