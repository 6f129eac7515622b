//! The record of what was handed out and done. A line is on the disk before what it says is done; lines that come together are
//! written together, or each token would wait for a disk of its own.

use std::{
    sync::{Mutex, PoisonError, mpsc},
    time::Duration,
};

use glowjar_lifecycle::time::Timestamp;
use tokio::sync::oneshot;

use crate::{
    clock,
    desk::{Entry, RECORD_IS_KEPT},
    disk::{Disk, DiskError},
};

/// It ends when this is dropped, after its last line.
#[derive(Debug)]
pub struct Log {
    disk: Disk,
    lines: mpsc::Sender<Line>,
    wrong_secrets: Mutex<WrongSecrets>,
}

#[derive(Debug)]
struct Line {
    entry: Entry,
    written: oneshot::Sender<()>,
}

#[derive(Debug, Default)]
struct WrongSecrets {
    unsaid: u64,
    said_at: Option<Timestamp>,
}

impl Log {
    /// Lines that are too old are forgotten.
    ///
    /// # Errors
    /// The disk can't be used.
    pub fn open(disk: Disk) -> Result<Self, DiskError> {
        let oldest = (clock::now() - RECORD_IS_KEPT).as_millis();
        for (place, entry) in disk.all::<Entry>(PLACE)? {
            if entry.at >= oldest {
                break;
            }
            disk.remove(&format!("{PLACE}{place}"))?;
        }
        let (lines, given) = mpsc::channel();
        let writer = disk.clone();
        let spawned = std::thread::Builder::new().name("log".into());
        spawned
            .spawn(move || write(&writer, &given))
            .map_err(|error| DiskError::Store(error.to_string()))?;
        Ok(Self { disk, lines, wrong_secrets: Mutex::default() })
    }

    /// Returns when the line is on the disk, or the disk can't take it.
    pub async fn note(&self, who: &str, what: impl Into<String>) {
        let (written, is_written) = oneshot::channel();
        let entry = Entry::new(clock::now(), who, what);
        if self.lines.send(Line { entry, written }).is_ok() {
            let _ = is_written.await;
        }
    }

    /// Somebody tried a secret that nobody has. Ten thousand tries are a line a minute.
    pub fn note_wrong_secret(&self) {
        let now = clock::now();
        let mut wrong = self.wrong_secrets.lock().unwrap_or_else(PoisonError::into_inner);
        wrong.unsaid += 1;
        if wrong.said_at.is_some_and(|at| now < at + BETWEEN_WRONG_SECRETS) {
            return;
        }
        let what = match wrong.unsaid {
            1 => "a wrong secret".to_owned(),
            count => format!("{count} wrong secrets"),
        };
        *wrong = WrongSecrets { unsaid: 0, said_at: Some(now) };
        let (written, _) = oneshot::channel();
        // The keeper is about to end.
        let _ = self.lines.send(Line { entry: Entry::new(now, "?", what), written });
    }

    /// The latest lines, oldest first.
    ///
    /// # Errors
    /// The disk can't be used.
    pub fn latest(&self, lines: usize) -> Result<Vec<Entry>, DiskError> {
        let entries = self.disk.all(PLACE)?;
        let from = entries.len().saturating_sub(lines);
        Ok(entries.into_iter().skip(from).map(|(_, entry)| entry).collect())
    }
}

fn write(disk: &Disk, given: &mpsc::Receiver<Line>) {
    while let Ok(first) = given.recv() {
        let lines: Vec<Line> = [first].into_iter().chain(given.try_iter().take(MOST)).collect();
        let place = |entry: &Entry| {
            // Two in one millisecond are told apart.
            format!("{PLACE}{:013}/{:016x}", entry.at, getrandom::u64().unwrap_or(0))
        };
        let values: Vec<(String, &Entry)> =
            lines.iter().map(|line| (place(&line.entry), &line.entry)).collect();
        if let Err(error) = disk.write_all(&values) {
            tracing::error!(%error, "nothing can be added to the record");
        }
        for line in lines {
            // Who asked has gone.
            let _ = line.written.send(());
        }
    }
}

const PLACE: &str = "log/";
const BETWEEN_WRONG_SECRETS: Duration = Duration::from_secs(60);
/// In one go.
const MOST: usize = 4_096;
