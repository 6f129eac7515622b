//! A blocking client: connects, asks, waits for the answer.

#[cfg(unix)]
use std::{env, os::unix::net::UnixStream, path::Path};
use std::{
    io::{self, ErrorKind},
    time::Duration,
};

#[cfg(unix)]
use crate::frame::{self, LONGEST_ANSWER, LONGEST_ASK};
#[cfg(windows)]
use crate::waiting::{Waiting, unless_busy};
use crate::{
    address,
    frame::FrameError,
    message::{Answer, Ask, Message, VERSION},
};

/// A connection to the running application.
#[derive(Debug)]
pub struct Client {
    #[cfg(unix)]
    stream: UnixStream,
    #[cfg(windows)]
    stream: Waiting<std::fs::File>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Nobody listens, or whoever did has ended.
    #[error("Glowjar is not running")]
    NotRunning,
    #[error("Glowjar did not answer in time")]
    TooSlow,
    /// Somebody put a socket there to catch what programs ask.
    #[error("the socket belongs to another user (number {0}), so nothing was asked")]
    ForeignSocket(u32),
    #[error(
        "the application speaks version {0} of the protocol, and this program version {VERSION}"
    )]
    OtherVersion(u32),
    #[error("the answer can't be understood: {0}")]
    NotUnderstood(FrameError),
    #[error("the application can't be reached: {0}")]
    Io(io::Error),
}

impl Client {
    /// Connects to this user's application.
    ///
    /// # Errors
    /// [`ClientError::NotRunning`], [`ClientError::ForeignSocket`] or [`ClientError::Io`].
    #[cfg(unix)]
    pub fn connect() -> Result<Self, ClientError> {
        if let Some(socket) = env::var_os(address::SOCKET_VARIABLE) {
            return Self::connect_to(Path::new(&socket));
        }
        match Self::connect_to(&address::socket()) {
            // In another session of the same user, say, where other variables are set.
            Err(ClientError::NotRunning) => match address::announced() {
                Some(socket) => Self::connect_to(&socket),
                None => Err(ClientError::NotRunning),
            },
            connected => connected,
        }
    }

    /// Connects to the application that listens at `socket`.
    ///
    /// # Errors
    /// As [`Client::connect`].
    #[cfg(unix)]
    pub fn connect_to(socket: &Path) -> Result<Self, ClientError> {
        let stream = UnixStream::connect(socket).map_err(not_connected)?;
        let owner = owner(&stream).map_err(ClientError::Io)?;
        if owner != address::own_user() {
            return Err(ClientError::ForeignSocket(owner));
        }
        Ok(Self { stream })
    }

    /// Connects to this user's application; for half a minute again and again while others are being let in.
    ///
    /// # Errors
    /// [`ClientError::NotRunning`] or [`ClientError::Io`].
    #[cfg(windows)]
    pub fn connect() -> Result<Self, ClientError> {
        use std::os::windows::fs::OpenOptionsExt;
        let mut options = std::fs::OpenOptions::new();
        // Who has the pipe may learn who asks, and not act as they.
        options.read(true).write(true).security_qos_flags(SECURITY_IDENTIFICATION);
        let pipe = unless_busy(
            || options.open(address::pipe()),
            |error| error.raw_os_error() == Some(ERROR_PIPE_BUSY),
            std::thread::park_timeout,
        );
        Ok(Self { stream: Waiting::new(pipe.map_err(not_connected)?) })
    }

    /// Leaves the connection open for the program that this process is going to be (execve(2)), until that has ended
    /// and all that it started and gave it to.
    ///
    /// # Errors
    /// [`ClientError::Io`].
    #[cfg(unix)]
    pub fn outlive_exec(&self) -> Result<(), ClientError> {
        rustix::io::fcntl_setfd(&self.stream, rustix::io::FdFlags::empty())
            .map_err(|error| ClientError::Io(error.into()))
    }

    /// Asks and waits for the answer, `patience` at most.
    ///
    /// # Errors
    /// The application ended, was too slow, or is of another version.
    pub fn ask(&mut self, ask: Ask, patience: Duration) -> Result<Answer, ClientError> {
        self.send(ask)?;
        self.receive(Some(patience))
    }

    /// Asks without waiting, for [`Ask::Watch`].
    ///
    /// # Errors
    /// As [`Client::ask`].
    pub fn send(&mut self, ask: Ask) -> Result<(), ClientError> {
        let message = Message::new(ask);
        #[cfg(unix)]
        let sent = frame::write(&mut self.stream, &message, LONGEST_ASK);
        #[cfg(windows)]
        let sent = self.stream.send(&message);
        sent.map_err(unanswered)
    }

    /// Whether an answer comes within `span`. Who is interrupted meanwhile is told yes.
    ///
    /// # Errors
    /// [`ClientError::Io`].
    pub fn answers_within(&mut self, span: Duration) -> Result<bool, ClientError> {
        #[cfg(unix)]
        {
            use rustix::{
                event::{PollFd, PollFlags, Timespec, poll},
                io::Errno,
            };
            let span = Timespec::try_from(span).map_err(|_| ClientError::TooSlow)?;
            match poll(&mut [PollFd::new(&self.stream, PollFlags::IN)], Some(&span)) {
                Ok(ready) => Ok(ready > 0),
                Err(Errno::INTR) => Ok(true),
                Err(error) => Err(ClientError::Io(error.into())),
            }
        }
        #[cfg(windows)]
        Ok(self.stream.has_answer_within(span))
    }

    /// Waits for the next answer; without `patience` for ever.
    ///
    /// # Errors
    /// As [`Client::ask`].
    pub fn receive(&mut self, patience: Option<Duration>) -> Result<Answer, ClientError> {
        #[cfg(unix)]
        let message = {
            self.stream.set_read_timeout(patience).map_err(ClientError::Io)?;
            frame::read(&mut self.stream, LONGEST_ANSWER)
        };
        #[cfg(windows)]
        let message = self.stream.receive(patience);
        let message: Message<Answer> = message.map_err(unanswered)?;
        if message.version == VERSION {
            Ok(message.body)
        } else {
            Err(ClientError::OtherVersion(message.version))
        }
    }
}

fn not_connected(error: io::Error) -> ClientError {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::ConnectionRefused => ClientError::NotRunning,
        _ => ClientError::Io(error),
    }
}

fn unanswered(error: FrameError) -> ClientError {
    match error {
        FrameError::Io(error) => match error.kind() {
            ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe | ErrorKind::ConnectionReset => {
                ClientError::NotRunning
            }
            ErrorKind::WouldBlock | ErrorKind::TimedOut => ClientError::TooSlow,
            _ => ClientError::Io(error),
        },
        FrameError::TooLong { .. } | FrameError::NotUnderstood(_) => {
            ClientError::NotUnderstood(error)
        }
    }
}

/// The user behind the other end of a connection, as the system tells it.
///
/// # Errors
/// The connection has ended.
#[cfg(target_os = "linux")]
pub fn owner(stream: &UnixStream) -> io::Result<u32> {
    Ok(rustix::net::sockopt::socket_peercred(stream)?.uid.as_raw())
}

/// The user whose file the socket is; the folder that only they can write to does the rest.
///
/// # Errors
/// The connection has ended, or the file is gone.
#[cfg(all(unix, not(target_os = "linux")))]
pub fn owner(stream: &UnixStream) -> io::Result<u32> {
    use std::os::unix::fs::MetadataExt;
    let address = stream.peer_addr()?;
    let path = address.as_pathname().ok_or(ErrorKind::AddrNotAvailable)?;
    Ok(path.metadata()?.uid())
}

/// "All pipe instances are busy" (Microsoft, "System Error Codes (0-499)").
#[cfg(windows)]
const ERROR_PIPE_BUSY: i32 = 231;
/// Of `CreateFileW`'s `dwFlagsAndAttributes`.
#[cfg(windows)]
const SECURITY_IDENTIFICATION: u32 = 0x0001_0000;

#[cfg(all(test, unix))]
mod tests {
    use std::{
        io::Read,
        os::unix::net::UnixListener,
        process::{Command, Stdio},
    };

    use super::*;

    /// What a process becomes that leaves its connection open is heard to end.
    #[test]
    fn a_connection_that_is_left_open_ends_with_the_program() {
        let folder = std::env::temp_dir().join(format!("glowjar-client-{}", std::process::id()));
        let listener = UnixListener::bind(&folder).expect("bound");
        let client = Client::connect_to(&folder).expect("connected");
        let (mut stream, _) = listener.accept().expect("connected");
        let _ = std::fs::remove_file(&folder);
        client.outlive_exec().expect("left open");
        let mut program = Command::new("sh");
        let mut program =
            program.args(["-c", "read go"]).stdin(Stdio::piped()).spawn().expect("it runs");
        drop(client);
        stream.set_read_timeout(Some(Duration::from_millis(50))).expect("set");
        let early = stream.read(&mut [0]).expect_err("it still runs");
        assert!(matches!(early.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{early}");
        drop(program.stdin.take());
        program.wait().expect("it ran");
        stream.set_read_timeout(None).expect("set");
        assert_eq!(stream.read(&mut [0]).expect("the end"), 0);
    }
}
