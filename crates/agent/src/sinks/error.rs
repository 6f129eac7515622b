//! Why a sink did not get its token.

use std::{io, path::PathBuf};

use super::edit::EditError;
use crate::view::Language;

/// The file, or what stood in it, is as it was then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SinkError {
    FolderMissing(PathBuf),
    ReadOnly,
    /// A link to this path.
    Link(PathBuf),
    /// Hard links.
    SeveralNames,
    NotAFile,
    /// Only `.env` and raw files are made anew.
    Missing,
    /// Not UTF-8, or too long.
    NotText,
    ChangedMeanwhile,
    Edit(EditError),
    /// A newer token is under way, or the sink was taken off the list.
    NotWanted,
    NotAnswering,
    /// The thread that wrote ended in a panic.
    Failed,
    Io(String),
    /// The program could not be started.
    NotStarted(String),
    /// It ended with another status than success.
    Ended(String),
    /// It ran for longer than these seconds.
    Stopped(u64),
}

impl SinkError {
    /// A sentence's end, whose subject is the file or the program.
    pub(crate) fn say(&self, language: Language) -> String {
        let say = |id: &str| language.say(id);
        let with = |id: &str, name, value: &dyn ToString| {
            language.say_with(id, &[(name, value.to_string().as_str())])
        };
        match self {
            Self::FolderMissing(folder) => with("sink-folder_missing", "path", &folder.display()),
            Self::ReadOnly => say("sink-read_only"),
            Self::Link(target) => with("sink-link", "path", &target.display()),
            Self::SeveralNames => say("sink-several_names"),
            Self::NotAFile => say("sink-not_a_file"),
            Self::Missing => say("sink-missing"),
            Self::NotText => say("sink-not_text"),
            Self::ChangedMeanwhile => say("sink-changed_meanwhile"),
            Self::NotWanted => say("sink-not_wanted"),
            Self::NotAnswering => say("sink-not_answering"),
            Self::Failed => say("sink-failed"),
            Self::Io(_) => say("sink-io"),
            Self::NotStarted(_) => say("sink-not_started"),
            Self::Ended(status) => with("sink-ended", "status", status),
            Self::Stopped(seconds) => with("sink-stopped", "seconds", seconds),
            Self::Edit(error) => match error {
                EditError::BadAddress(place) => with("sink-bad_address", "place", place),
                EditError::NoSuchPlace(place) => with("sink-no_such_place", "place", place),
                EditError::NotAString(place) => with("sink-not_a_string", "place", place),
                EditError::SeveralPlaces(place) => with("sink-several_places", "place", place),
                EditError::NotOurs { place, .. } if place.is_empty() => say("sink-not_ours_raw"),
                EditError::NotOurs { place, better: None } => with("sink-not_ours", "place", place),
                EditError::NotOurs { place, better: Some(better) } => language
                    .say_with("sink-not_ours_better", &[("place", place), ("better", better)]),
                EditError::NotJson(at) => with("sink-not_json", "byte", at),
                EditError::BadQuotes(line) => with("sink-bad_quotes", "line", line),
                EditError::OtherKind(kind) => with("sink-other_kind", "kind", kind),
                EditError::NotEnv(line) => with("sink-not_env", "line", line),
                EditError::Unwritable => say("sink-unwritable"),
            },
        }
    }

    /// What the system said, in its own words.
    pub(crate) fn cause(&self) -> Option<&str> {
        match self {
            Self::Io(cause) | Self::NotStarted(cause) => Some(cause),
            _ => None,
        }
    }

    /// For the log and for programs, which are answered in English: with what the system said.
    pub(crate) fn in_english(&self) -> String {
        let said = self.say(Language::En);
        match self.cause() {
            Some(cause) => format!("{said} ({cause})"),
            None => said,
        }
    }

    /// Whether trying again would be of no use: the target itself is wrong.
    pub(crate) const fn is_final(&self) -> bool {
        use EditError::{BadAddress, NotEnv, OtherKind};
        matches!(self, Self::Edit(BadAddress(_) | OtherKind(_) | NotEnv(_)))
    }
}

impl From<EditError> for SinkError {
    fn from(error: EditError) -> Self {
        Self::Edit(error)
    }
}

impl From<io::Error> for SinkError {
    fn from(error: io::Error) -> Self {
        Self::Io(error.to_string())
    }
}
