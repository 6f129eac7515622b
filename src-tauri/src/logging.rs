//! Where the log goes: standard error, and a file of the day in the state folder.

use std::{
    io::{self, IsTerminal},
    path::{Path, PathBuf},
};

use glowjar_agent::document::make_folder;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// No log is written to the folder, and why.
pub struct NoLog {
    pub path: PathBuf,
    pub cause: String,
}

/// Starts logging. `GLOWJAR_LOG` filters it, in the manner of `RUST_LOG`. Where no file can be written, standard error
/// alone gets the log, and the reason is given back.
pub fn start(folder: &Path) -> Option<NoLog> {
    let (file, trouble) = match file(folder) {
        Ok(file) => (Some(file), None),
        Err(cause) => (None, Some(NoLog { path: folder.to_owned(), cause })),
    };
    let filter = EnvFilter::builder()
        .with_env_var("GLOWJAR_LOG")
        .with_default_directive(tracing::Level::INFO.into())
        .from_env_lossy();
    // A log that can't be written is no reason to write about it to a standard error that may be full or closed.
    let quietly = fmt::layer().log_internal_errors(false);
    let to_file =
        file.map(|file| fmt::layer().log_internal_errors(false).with_ansi(false).with_writer(file));
    tracing_subscriber::registry()
        .with(filter)
        .with(quietly.with_ansi(io::stderr().is_terminal()).with_writer(io::stderr))
        .with(to_file)
        .init();
    if let Some(NoLog { path, cause }) = &trouble {
        tracing::warn!(event = "no_log", path = %path.display(), cause);
    }
    trouble
}

fn file(folder: &Path) -> Result<RollingFileAppender, String> {
    make_folder(folder).map_err(|error| error.to_string())?;
    let file = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .max_log_files(DAYS_KEPT)
        .filename_prefix("glowjar")
        .filename_suffix("log")
        .build(folder);
    let file = file.map_err(|error| {
        let cause: &dyn std::error::Error = &error;
        cause.source().unwrap_or(cause).to_string()
    })?;
    keep_private(folder);
    Ok(file)
}

/// The folder keeps everybody else out; one that was made by an earlier version under a loose umask may not.
#[cfg(unix)]
fn keep_private(folder: &Path) {
    use std::{
        fs::{self, Permissions},
        os::unix::fs::PermissionsExt,
    };

    let logs = fs::read_dir(folder).into_iter().flatten().flatten();
    for log in logs.filter(|log| log.file_type().is_ok_and(|kind| kind.is_file())) {
        let _ = fs::set_permissions(log.path(), Permissions::from_mode(0o600));
    }
}

#[cfg(not(unix))]
fn keep_private(_: &Path) {}

/// A week: last night's trouble can still be read on Monday.
const DAYS_KEPT: usize = 7;
