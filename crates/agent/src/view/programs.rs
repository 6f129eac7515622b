//! Which programs have to do with a profile's tokens.

use std::path::is_separator;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::handout::Program;

/// Everything about a profile and other programs. Asked for when it is shown, since it is long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct ProgramsView {
    /// Whether the person is asked before a program takes a token for the first time.
    pub asks_first: bool,
    /// What was answered.
    pub permissions: Vec<PermissionView>,
    /// Who took tokens in the last week, the latest first; at most 50.
    pub takers: Vec<TakerView>,
    /// Files that are kept current, and commands that are run.
    pub sinks: Vec<SinkView>,
    /// Names of those who may ask over HTTP; each may ask for any profile.
    pub consumers: Vec<String>,
}

/// A program as the operating system tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct ProgramView {
    /// The name of its file, or the one that a person gave it. Empty where nobody knows.
    pub name: String,
    /// Its whole path. Absent where it has none.
    pub file: Option<String>,
    /// It ran the command `glowjar` instead of asking itself.
    pub by_command: bool,
}

impl ProgramView {
    pub(crate) fn of(program: &Program) -> Self {
        Self {
            name: program.name().to_owned(),
            file: program.meant().contains(is_separator).then(|| program.meant().to_owned()),
            by_command: program.sender.is_some(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct TakerView {
    pub program: ProgramView,
    /// Of the last time.
    pub pid: Option<i32>,
    /// The last time.
    #[ts(type = "number")]
    pub at: i64,
    /// How it got the last one, "as a header".
    pub manner: String,
    /// How often in the last 24 hours.
    pub today: u32,
}

/// May a program take tokens? Some program waits for the answer, or did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct QuestionView {
    pub number: u32,
    pub profile_name: String,
    pub program: ProgramView,
    pub pid: Option<i32>,
    #[ts(type = "number")]
    pub asked_at: i64,
    /// False once every program that asked has given up; the answer then holds for the next time.
    pub is_waiting: bool,
    /// A shell or interpreter: the answer holds for everything that it runs.
    pub runs_anything: bool,
    /// False where nobody knows which program it is; the answer then holds this once.
    pub is_remembered: bool,
    /// It wants what goes on by itself, whenever the answer ends: a file that is kept current, a way in over HTTP.
    pub lasts: bool,
}

/// For how long a program may take a profile's tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub enum Consent {
    /// From the answer on, whatever the clock is set to, and whether the computer sleeps or not.
    Hour,
    /// Until Glowjar is locked, the screen is, or Glowjar ends.
    UntilLocked,
    Always,
    Never,
}

impl Consent {
    #[must_use]
    pub const fn is_given(self) -> bool {
        !matches!(self, Self::Never)
    }

    /// Whether it holds until a person says otherwise.
    #[must_use]
    pub const fn lasts(self) -> bool {
        matches!(self, Self::Always | Self::Never)
    }
}

/// Everybody who was let in or shut out, whichever profile it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct PermissionsView {
    pub permissions: Vec<PermissionView>,
    pub consumers: Vec<ConsumerView>,
}

/// Who may ask over HTTP, for a token or by getting its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct ConsumerView {
    pub name: String,
    /// The only one that it may ask for. Absent: all.
    pub profile_name: Option<String>,
    /// It was let in as long as its process runs.
    pub until_it_ends: bool,
    /// The last time within a week, milliseconds since the Unix epoch.
    #[ts(type = "number | null")]
    pub last_taken: Option<i64>,
}

/// What a person answered to a [`QuestionView`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct PermissionView {
    pub number: u32,
    pub profile_name: String,
    pub program: ProgramView,
    pub consent: Consent,
    /// When it was answered. Absent for answers of a Glowjar that did not write it down.
    #[ts(type = "number | null")]
    pub since: Option<i64>,
    /// When it ends by itself, if that is known.
    #[ts(type = "number | null")]
    pub until: Option<i64>,
    /// When the program took a token of the profile last, within a week.
    #[ts(type = "number | null")]
    pub last_taken: Option<i64>,
}

/// Where each new token goes by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct SinkView {
    pub number: u32,
    /// A path. For a command its first word alone: its arguments may be nobody else's business.
    pub target: String,
    /// Which part of the file; absent for a whole file and for a command.
    pub key: Option<String>,
    pub is_command: bool,
    /// It has the token in use.
    pub is_current: bool,
    /// The person signed out since. A file still holds the token of before; nothing is brought until somebody signs in.
    pub is_signed_out: bool,
    /// Why not, if something is in the way.
    pub trouble: Option<String>,
    /// In the words of the system, for who asks for details.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub cause: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_has_a_file_is_shown_with_its_path() {
        let file = |file: &str| {
            let program = Program { file: file.to_owned(), sender: None };
            ProgramView::of(&program).file
        };
        let path = if cfg!(windows) { r"C:\Windows\System32\cmd.exe" } else { "/usr/bin/make" };
        assert_eq!(file(path).as_deref(), Some(path));
        assert_eq!(file("Postman"), None);
    }
}
