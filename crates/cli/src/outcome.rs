//! What can go wrong, in words and as an exit code.

use std::{io, process::ExitCode};

use glowjar_protocol::{
    client::ClientError,
    message::{Reason, Refusal},
    quoting::Unquotable,
};

#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    #[error("{0}")]
    Refused(Refusal),
    #[error("Glowjar is not running. Start it, or leave out --no-start")]
    NotRunning,
    #[error("Glowjar ended before it answered")]
    EndedMeanwhile,
    #[error("Glowjar could not be started: {0}")]
    NotStarted(String),
    #[error("{0}")]
    Unanswered(ClientError),
    #[error(
        "the application gave another answer than was asked for. Are command and application of the same version?"
    )]
    OffTopic,
    #[error("{program} could not be run: {error}")]
    NotRun { program: String, error: io::Error },
    /// The file's name is not said: somebody may have given the text in its place.
    #[error(
        "there is nothing to read there: {0}. Give the name of a file, or the text on standard input"
    )]
    Unreadable(io::Error),
    #[error("the token is not written in this format: {0}. Take --format json")]
    Unwritable(#[from] Unquotable),
    #[error(
        "programs of the family {0} read no token, they get their own: run them with `glowjar exec --mint {0}`, or name the variable for the token yourself"
    )]
    GetsItsOwn(String),
    /// Whoever listens there would be shown secrets.
    #[error("at {url} listens a program of another user, {user}, so nothing was run or shown")]
    ForeignPort { url: String, user: String },
    /// What `status --check` found.
    #[error("not all is well")]
    NotWell { person_needed: bool },
    #[error("{0}")]
    Unusable(&'static str),
    #[error("{0}")]
    Output(#[from] io::Error),
}

impl From<ClientError> for Trouble {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::NotRunning => Self::EndedMeanwhile,
            other => Self::Unanswered(other),
        }
    }
}

impl Trouble {
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Refused(refusal) => match refusal.reason {
                Reason::Failed => FAILED,
                Reason::Usage => USAGE,
                Reason::Person => PERSON_NEEDED,
            },
            Self::Unreadable(_) | Self::Unusable(_) | Self::GetsItsOwn(_) => USAGE,
            Self::NotRunning | Self::EndedMeanwhile | Self::NotStarted(_) => NOT_RUNNING,
            // As a shell says it.
            Self::NotRun { error, .. } if error.kind() == io::ErrorKind::NotFound => 127,
            Self::NotRun { .. } => 126,
            Self::NotWell { person_needed: true } => PERSON_NEEDED,
            Self::NotWell { person_needed: false } => FAILED,
            Self::ForeignPort { .. } => FAILED,
            Self::Unanswered(_) | Self::OffTopic | Self::Unwritable(_) | Self::Output(_) => FAILED,
        })
    }
}

const FAILED: u8 = 1;
const USAGE: u8 = 2;
const PERSON_NEEDED: u8 = 3;
const NOT_RUNNING: u8 = 4;
