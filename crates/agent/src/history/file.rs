//! The history's file.

use std::{fs, io, path::PathBuf};

use serde::{Deserialize, Serialize};

use super::{Record, Records};
use crate::json_file;

/// `history.json` in the data folder: versioned, written whole, mode 0600.
#[derive(Clone, Debug)]
pub struct HistoryFile {
    path: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct Document<R> {
    version: u32,
    records: R,
}

impl HistoryFile {
    #[must_use]
    pub const fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// Records of kinds that a newer Glowjar writes are passed over.
    pub(super) fn load(&self) -> io::Result<Vec<Record>> {
        let text = match fs::read(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            read => read?,
        };
        let document: Document<Vec<serde_json::Value>> = serde_json::from_slice(&text)?;
        let records = document.records.into_iter();
        Ok(records.filter_map(|record| serde_json::from_value(record).ok()).collect())
    }

    pub(super) fn save(&self, records: &Records) -> io::Result<()> {
        let records: Vec<&Record> = records.iter().collect();
        let text = serde_json::to_vec(&Document { version: 1, records })?;
        json_file::replace_with(&self.path, text)
    }
}
