//! Files that are kept current and programs that are run when a token is new: what a person set up, and where that is
//! kept. Nothing secret.

pub mod edit;
pub mod file;
mod run;

use std::{fs, io, path::PathBuf};

use glowjar_handout::protocol::Target;
use glowjar_ims::{AccessToken, ClientId};
use glowjar_lifecycle::id::ProfileId;
use serde::{Deserialize, Serialize};

use crate::document;

/// Where a profile's token goes by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlet {
    /// Never used twice, so that a late result is never taken for another's.
    pub number: u32,
    pub profile: ProfileId,
    pub target: Target,
}

/// Reads and writes the list of outlets.
#[derive(Clone, Debug)]
pub struct OutletsFile {
    path: PathBuf,
}

#[derive(Default, Serialize, Deserialize)]
struct Document {
    version: u32,
    outlets: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    number: u32,
    profile: String,
    target: Target,
}

impl OutletsFile {
    #[must_use]
    pub const fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// A missing file is an empty list.
    ///
    /// # Errors
    /// It can't be read or understood; it is then left as it is.
    pub fn load(&self) -> io::Result<Vec<Outlet>> {
        let text = match fs::read(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            text => text?,
        };
        let document: Document = serde_json::from_slice(&text)?;
        if document.version != VERSION {
            return Err(io::Error::other("it was written by a newer Glowjar"));
        }
        let outlet = |entry: Entry| {
            let profile = entry.profile.parse().ok()?;
            Some(Outlet { number: entry.number, profile, target: entry.target })
        };
        Ok(document.outlets.into_iter().filter_map(outlet).collect())
    }

    /// Replaces the file at once.
    ///
    /// # Errors
    /// It can't be written.
    pub fn save(&self, outlets: &[Outlet]) -> io::Result<()> {
        let entry = |outlet: &Outlet| Entry {
            number: outlet.number,
            profile: outlet.profile.to_string(),
            target: outlet.target.clone(),
        };
        let document = Document { version: VERSION, outlets: outlets.iter().map(entry).collect() };
        document::replace(&self.path, &document)
    }
}

/// Brings the token where it should be. The error is a sentence for a person.
pub(crate) async fn bring(
    target: Target,
    token: AccessToken,
    client_id: ClientId,
) -> Result<(), String> {
    if let Target::Command { command } = &target {
        return run::run(command, &token, &client_id).await;
    }
    // A file may lie on a drive that does not answer.
    let write = tokio::task::spawn_blocking(move || {
        file::keep_current(&target, token.expose(), client_id.as_str())
    });
    match tokio::time::timeout(TIME_TO_WRITE, write).await {
        Ok(Ok(written)) => written.map_err(|error| error.to_string()),
        Ok(Err(_)) => Err("writing it failed".to_owned()),
        Err(_) => Err("its drive does not answer".to_owned()),
    }
}

const VERSION: u32 = 1;
const TIME_TO_WRITE: std::time::Duration = std::time::Duration::from_secs(20);
