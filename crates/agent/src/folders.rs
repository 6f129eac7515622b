//! Where this person's files are.

use std::path::PathBuf;

/// They may not exist yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folders {
    /// Profiles, preferences and history: the person's work.
    pub data: PathBuf,
    /// Logs.
    pub logs: PathBuf,
    /// Where files that a person asked for go.
    pub downloads: PathBuf,
}
