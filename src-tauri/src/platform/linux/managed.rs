//! Managed settings are a file of root's.

use std::{env, io, path::PathBuf};

use glowjar_agent::managed::{Content, Reading};
use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
use tokio::io::{Interest, unix::AsyncFd};

use super::super::admins_file;

/// What stands in the file.
pub fn read() -> Reading {
    let (file, admins) = place();
    let content = match admins_file::read(&file, &admins) {
        Ok(None) => Content::Absent,
        Ok(Some(text)) => Content::of_json(&text),
        Err(fault) => Content::Unusable(fault),
    };
    Reading { source: file.display().to_string(), content }
}

/// Calls `look`, which may block, at once, and again each time when the file may be another. Changes behind a symbolic link are not told.
///
/// # Errors
/// The kernel does not watch: there is neither the folder nor the one above, or there are too many watches.
pub async fn watch(look: impl Fn() + Clone + Send + 'static) -> io::Result<()> {
    let (file, _) = place();
    let folder = file.parent().unwrap_or(&file);
    loop {
        // Anew each time, so that nothing is left of a folder that was moved away.
        let notices = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
        // A file counts when it was written to its end, a folder as soon as it is there.
        let watched = inotify::add_watch(&notices, folder, CHANGES).or_else(|_| {
            let above = folder.parent().unwrap_or(folder);
            inotify::add_watch(&notices, above, WatchFlags::CREATE | WatchFlags::MOVED_TO)
        });
        watched?;
        tokio::task::spawn_blocking(look.clone()).await?;
        #[expect(
            deprecated,
            reason = "its replacement is unsafe; an owned descriptor that nobody else holds is sound"
        )]
        let notices = AsyncFd::with_interest(notices, Interest::READABLE)?;
        let _ = notices.readable().await?;
    }
}

/// Where the file is, and who may own it. A build for tests can be told of another, which may also be the person's.
fn place() -> (PathBuf, Vec<u32>) {
    if cfg!(debug_assertions)
        && let Some(file) = env::var_os(OF_A_TEST)
    {
        return (file.into(), vec![ROOT, rustix::process::geteuid().as_raw()]);
    }
    (PathBuf::from("/etc/glowjar/managed.json"), vec![ROOT])
}

const CHANGES: WatchFlags = WatchFlags::CLOSE_WRITE
    .union(WatchFlags::MOVE)
    .union(WatchFlags::DELETE)
    .union(WatchFlags::ATTRIB)
    .union(WatchFlags::DELETE_SELF)
    .union(WatchFlags::MOVE_SELF)
    .union(WatchFlags::ONLYDIR);
const ROOT: u32 = 0;
const OF_A_TEST: &str = "GLOWJAR_TEST_MANAGED";
