//! What runs on a desktop, as the kernel tells it.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process};

use crate::reaper::MARK;

/// A running process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    pub id: u32,
    pub parent: u32,
    /// File name of the program, e.g. `WebKitWebProcess`.
    pub name: String,
    /// Resident memory in bytes, shared pages included.
    pub resident: u64,
}

/// The processes that descend from `ancestor`, without itself.
#[must_use]
pub fn descendants_of(ancestor: u32) -> Vec<Running> {
    let all = all();
    let mut family = BTreeSet::from([ancestor]);
    loop {
        let before = family.len();
        family.extend(
            all.iter()
                .filter(|process| family.contains(&process.parent))
                .map(|process| process.id)
                .collect::<Vec<_>>(),
        );
        if family.len() == before {
            break;
        }
    }
    family.remove(&ancestor);
    all.into_iter().filter(|process| family.contains(&process.id)).collect()
}

/// Sends a signal to one process.
///
/// # Errors
/// When there is none with this id.
pub fn signal(id: u32, signal: Signal) -> Result<()> {
    let pid = Pid::from_raw(id.cast_signed()).context("no process id")?;
    Ok(kill_process(pid, signal)?)
}

/// The processes that bear a desktop's mark, also those whose parent is gone.
#[must_use]
pub fn marked(mark: &str) -> Vec<Running> {
    let wanted = format!("{MARK}={mark}");
    all().into_iter().filter(|process| has_variable(process.id, &wanted)).collect()
}

/// The process with this id, unless it is gone (or dead and not yet collected).
#[must_use]
pub fn process(id: u32) -> Option<Running> {
    let folder = Path::new("/proc").join(id.to_string());
    let status = fs::read_to_string(folder.join("status")).ok()?;
    let field = |name: &str| {
        status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
    };
    if field("State")?.starts_with('Z') {
        return None;
    }
    let kilobytes =
        field("VmRSS").and_then(|text| text.split(' ').next()?.parse::<u64>().ok()).unwrap_or(0);
    let program = fs::read(folder.join("cmdline")).unwrap_or_default();
    let first = program.split(|byte| *byte == 0).next().unwrap_or_default();
    let name = match String::from_utf8_lossy(first).rsplit('/').next() {
        Some(name) if !name.is_empty() => name.to_owned(),
        _ => field("Name")?.to_owned(),
    };
    Some(Running { id, parent: field("PPid")?.parse().ok()?, name, resident: kilobytes * 1024 })
}

fn all() -> Vec<Running> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| process(entry.file_name().to_str()?.parse().ok()?))
        .collect()
}

fn has_variable(id: u32, wanted: &str) -> bool {
    let environment = fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
    environment.split(|byte| *byte == 0).any(|variable| variable == wanted.as_bytes())
}
