//! What to put where so that a program works with Glowjar.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How a kind of program is connected. Nothing of it is secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct RecipeView {
    /// As `glowjar connect` has it.
    pub name: String,
    pub title: String,
    /// It gets its own tokens; otherwise it is given one.
    pub mints: bool,
    /// Sentences, with what is typed as it stands between backticks.
    pub steps: String,
    /// What does not work; empty where nothing is known not to.
    pub limits: String,
    /// The line that a person copies.
    pub command: String,
    /// The name under which it is let in for good, where it can't be started by `glowjar exec`.
    pub let_in_as: Option<String>,
    /// Its settings file can be changed by [`Request::ConnectFile`](crate::request::Request::ConnectFile).
    pub has_file: bool,
}

/// What is to be done with a program's settings file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub enum FileStep {
    /// Nothing: what would be changed is shown.
    Preview,
    /// It is changed, and what it was is kept beside it.
    Apply,
    /// What it was is brought back.
    Undo,
}

/// What was changed in a settings file, or would be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct FileChangeView {
    /// Empty when it is as it was.
    pub servers: Vec<ServerChangeView>,
    /// Where the file as it was is kept.
    pub backup: String,
}

/// One server's entry in there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct ServerChangeView {
    pub server: String,
    /// The command line, as it will be.
    pub line: String,
    /// The variables that go. Their values, which may be secret, are nowhere in here.
    pub gone: Vec<String>,
}
