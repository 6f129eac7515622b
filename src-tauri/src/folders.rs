//! Where Glowjar keeps its files. Nothing secret is in any of them.

use std::path::PathBuf;

use anyhow::Context;

/// This person's folders, `XDG_*` honoured. They may not exist yet.
pub struct Folders {
    /// Profiles and preferences: the person's work.
    pub data: PathBuf,
    /// Logs: of use today, no loss tomorrow.
    pub state: PathBuf,
    /// What the web view remembers of the page.
    pub cache: PathBuf,
}

impl Folders {
    /// # Errors
    /// The person has no home folder.
    pub fn of_this_person() -> anyhow::Result<Self> {
        let data =
            dirs::data_dir().context("there is no home folder to keep files in; set HOME")?;
        let state = dirs::state_dir().or_else(dirs::data_local_dir).unwrap_or_else(|| data.clone());
        let cache = dirs::cache_dir().unwrap_or_else(|| data.clone());
        Ok(Self {
            data: data.join(IDENTIFIER),
            state: state.join(IDENTIFIER),
            cache: cache.join(IDENTIFIER),
        })
    }
}

/// As in `tauri.conf.json`, so that the store plugin's files and ours lie together.
pub const IDENTIFIER: &str = "app.glowjar.Glowjar";
