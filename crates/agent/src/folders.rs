//! Where this person's files are.

use std::{env, path::PathBuf};

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

/// Where files go for a person without a home folder: a folder of this user's own among temporary ones.
#[must_use]
pub fn without_home() -> PathBuf {
    #[cfg(unix)]
    let name = format!("glowjar-{}", glowjar_protocol::address::own_user());
    #[cfg(not(unix))]
    let name = "glowjar";
    env::temp_dir().join(name).join("home")
}
