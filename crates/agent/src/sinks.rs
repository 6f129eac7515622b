//! Files that are kept current and programs that are run when a token is new: what a person set up, and where that is
//! kept. Nothing secret.

pub mod edit;
mod error;
mod file;
mod run;
mod writer;

use std::{fs, io, path::PathBuf, sync::Arc};

use glowjar_ims::{AccessToken, ClientId, Scopes};
use glowjar_lifecycle::id::ProfileId;
use glowjar_protocol::{message::Target, names::Ready};
use serde::{Deserialize, Serialize};

pub use self::error::SinkError;
pub(crate) use self::{file::fingerprint, writer::SinkWriter};
use crate::json_file;

/// Where a profile's token goes by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sink {
    /// Never used twice, so that a late result is never taken for another's.
    pub number: u32,
    pub profile: ProfileId,
    pub target: Target,
    /// Fingerprints of what Glowjar may have put there and not taken away since, the oldest first: never the token.
    pub written: Vec<String>,
}

/// A live token and what is written beside it.
#[derive(Clone, Debug)]
pub(crate) struct Supplies {
    pub token: AccessToken,
    pub client_id: ClientId,
    pub scopes: Scopes,
    /// Seconds since 1970, UTC.
    pub expires_at: i64,
}

/// Reads and writes the list of sinks.
#[derive(Clone, Debug)]
pub struct SinksFile {
    path: PathBuf,
}

#[derive(Default, Serialize, Deserialize)]
struct Document {
    version: u32,
    /// As the first versions called them.
    #[serde(rename = "outlets")]
    sinks: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    number: u32,
    profile: String,
    target: Target,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    written: Vec<String>,
}

impl Sink {
    /// Before it is tried: a crash, or a drive that doesn't answer, leaves open whether it is there.
    pub(crate) fn will_hold(&mut self, fingerprint: String) {
        self.written.retain(|known| *known != fingerprint);
        self.written.push(fingerprint);
        if self.written.len() > MOST_WRITTEN {
            // The first one is the last that is known to have been put there.
            self.written.remove(1);
        }
    }

    /// Is written down along with the next one: until then, one too many is known.
    pub(crate) fn holds(&mut self, fingerprint: String) {
        self.written = vec![fingerprint];
    }
}

impl SinksFile {
    #[must_use]
    pub const fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// A missing file is an empty list.
    ///
    /// # Errors
    /// It can't be read or understood; it is then left as it is.
    pub fn load(&self) -> io::Result<Vec<Sink>> {
        let text = match fs::read(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            text => text?,
        };
        let document: Document = serde_json::from_slice(&text)?;
        if document.version > VERSION {
            return Err(io::Error::other("it was written by a newer Glowjar"));
        }
        let sink = |entry: Entry| {
            let profile = entry.profile.parse().ok()?;
            let Entry { number, target, written, .. } = entry;
            Some(Sink { number, profile, target, written })
        };
        Ok(document.sinks.into_iter().filter_map(sink).collect())
    }

    /// Replaces the file at once.
    ///
    /// # Errors
    /// It can't be written.
    pub fn save(&self, sinks: &[Sink]) -> io::Result<()> {
        let entry = |sink: &Sink| Entry {
            number: sink.number,
            profile: sink.profile.to_string(),
            target: sink.target.clone(),
            written: sink.written.clone(),
        };
        let document = Document { version: VERSION, sinks: sinks.iter().map(entry).collect() };
        json_file::replace(&self.path, &document)
    }
}

/// Brings the token where it should be.
pub(crate) async fn bring(
    sink: Sink,
    writer: Arc<SinkWriter>,
    supplies: Supplies,
) -> Result<(), SinkError> {
    if let Target::Command { command } = &sink.target {
        return run::run(command, &supplies.token, &supplies.client_id).await;
    }
    let job = writer.write(TIME_TO_WRITE, move |ticket| {
        let scopes = supplies.scopes.to_string();
        let supply = file::Supply {
            ready: Ready {
                access_token: supplies.token.expose(),
                client_id: supplies.client_id.as_str(),
                expires_at: supplies.expires_at,
                scopes: &scopes,
            },
            written: &sink.written,
            is_wanted: &|| ticket.is_wanted(),
        };
        file::keep_current(&sink.target, &supply)
    });
    job.await
}

/// Whether a token could be brought there. Changes nothing, and runs no program.
pub(crate) async fn look(
    target: Target,
    client_id: ClientId,
    scopes: Scopes,
) -> Result<(), SinkError> {
    let writer = Arc::<SinkWriter>::default();
    let look = move |_: &_| file::look(&target, client_id.as_str(), &scopes.to_string());
    writer.write(TIME_TO_WRITE, look).await
}

/// Since 2, an `.env` file has templates. What 1 has is read as well.
const VERSION: u32 = 2;
const TIME_TO_WRITE: std::time::Duration = std::time::Duration::from_secs(20);
/// As many tokens as a month has days: a drive that doesn't answer for longer is given up by then.
const MOST_WRITTEN: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_an_earlier_version_is_taken_over_and_written_in_the_new_form() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("outlets.json");
        fs::write(&path, include_str!("sinks/version-1.json")).expect("written");
        let file = SinksFile::at(path.clone());
        let sinks = file.load().expect("a list");
        assert_eq!(sinks.len(), 3);
        let shown: Vec<_> = sinks.iter().map(|sink| sink.target.to_string()).collect();
        assert_eq!(shown[0], "FIREFLY_SERVICES_ACCESS_TOKEN in /home/mia/project/.env");
        file.save(&sinks).expect("saved");
        let written = fs::read_to_string(&path).expect("text");
        assert_eq!(written, include_str!("sinks/version-2.json"));
        assert_eq!(file.load().expect("a list"), sinks);
    }

    #[test]
    fn a_list_of_templates_comes_back_as_it_was_saved() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = SinksFile::at(folder.path().join("outlets.json"));
        let target = r#"{"kind":"env","path":"/a/.env","variables":{"AUTH":"Bearer {access_token}","I":"{client_id}"}}"#;
        let target = serde_json::from_str(target).expect("a target");
        let profile = "0000000000000001".parse().expect("an id");
        let sinks = vec![Sink { number: 7, profile, target, written: Vec::new() }];
        file.save(&sinks).expect("saved");
        assert_eq!(file.load().expect("a list"), sinks);
        let text = fs::read_to_string(folder.path().join("outlets.json")).expect("text");
        fs::write(
            folder.path().join("outlets.json"),
            text.replace("\"version\": 2", "\"version\": 3"),
        )
        .expect("written");
        assert!(file.load().is_err_and(|error| error.to_string().contains("newer")));
    }
}
