//! Where Glowjar keeps its files. Nothing secret is in any of them.

use std::path::PathBuf;

/// This person's folders, `XDG_*` honoured. They may not exist yet.
pub struct Folders {
    /// Profiles and preferences: the person's work.
    pub data: PathBuf,
    /// Logs: of use today, no loss tomorrow.
    pub state: PathBuf,
    /// What the web view remembers of the page.
    pub cache: PathBuf,
    /// Where people look for files they asked for.
    pub downloads: PathBuf,
    /// False if these are folders for temporary files.
    pub has_home: bool,
}

impl Folders {
    /// A person without a home folder has theirs in one for temporary files.
    pub fn of_this_person() -> Self {
        // Not the roaming one of Windows: locks and times are this computer's. Elsewhere both are the same.
        let home = dirs::data_local_dir();
        let has_home = home.is_some();
        let data = home.unwrap_or_else(glowjar_agent::folders::without_home);
        let state = dirs::state_dir().or_else(dirs::data_local_dir).unwrap_or_else(|| data.clone());
        let cache = dirs::cache_dir().unwrap_or_else(|| data.clone());
        let downloads =
            dirs::download_dir().or_else(dirs::home_dir).unwrap_or_else(|| data.clone());
        Self {
            has_home,
            downloads,
            data: data.join(IDENTIFIER),
            state: state.join(IDENTIFIER),
            cache: cache.join(IDENTIFIER),
        }
    }

    /// Those that the controller writes to or names.
    #[must_use]
    pub fn known_to_the_agent(&self) -> glowjar_agent::folders::Folders {
        glowjar_agent::folders::Folders {
            data: self.data.clone(),
            logs: self.state.clone(),
            downloads: self.downloads.clone(),
        }
    }
}

/// As in `tauri.conf.json`, so that the store plugin's files and ours lie together.
pub const IDENTIFIER: &str = "app.glowjar.Glowjar";
