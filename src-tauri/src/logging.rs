//! Where the log goes: standard error, and a file of the day in the state folder.

use std::{
    fs::OpenOptions,
    io::{self, IsTerminal},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use glowjar_agent::{clock::Clock, json_file::make_folder};
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::{
    EnvFilter, fmt, fmt::MakeWriter, layer::SubscriberExt, util::SubscriberInitExt,
};

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

/// Makes each day's file before the appender does, since the appender's would be as open as the umask lets it.
struct PrivateFiles<D> {
    appender: RollingFileAppender,
    folder: PathBuf,
    /// Tells the day in UTC, by which the appender names its files.
    day: D,
    made: Mutex<String>,
}

impl<'a, D: Fn() -> String> MakeWriter<'a> for PrivateFiles<D> {
    type Writer = <RollingFileAppender as MakeWriter<'a>>::Writer;

    fn make_writer(&'a self) -> Self::Writer {
        let day = (self.day)();
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if *made != day {
            make_private(&self.folder.join(format!("{PREFIX}.{day}.{SUFFIX}")));
            made.clone_from(&day);
        }
        drop(made);
        let writer = self.appender.make_writer();
        if (self.day)() != day {
            // Midnight was in between, and the appender may have been first.
            keep_private(&self.folder);
        }
        writer
    }
}

fn make_private(file: &Path) {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // If it can't be made, the appender can't either.
    let _ = options.open(file);
}

fn file(folder: &Path) -> Result<PrivateFiles<impl Fn() -> String + use<>>, String> {
    make_folder(folder).map_err(|error| error.to_string())?;
    let clock = Clock::system();
    let day = move || clock.day();
    make_private(&folder.join(format!("{PREFIX}.{}.{SUFFIX}", day())));
    let file = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .max_log_files(DAYS_KEPT)
        .filename_prefix(PREFIX)
        .filename_suffix(SUFFIX)
        .build(folder);
    let file = file.map_err(|error| {
        let cause: &dyn std::error::Error = &error;
        cause.source().unwrap_or(cause).to_string()
    })?;
    keep_private(folder);
    let made = Mutex::new(day());
    Ok(PrivateFiles { appender: file, folder: folder.to_owned(), day, made })
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

const PREFIX: &str = "glowjar";
const SUFFIX: &str = "log";
/// A week: last night's trouble can still be read on Monday.
const DAYS_KEPT: usize = 7;

#[cfg(all(test, unix))]
mod tests {
    use std::{fs, io::Write, os::unix::fs::PermissionsExt};

    use super::*;

    fn mode(file: &Path) -> u32 {
        fs::metadata(file).expect("a log").permissions().mode() & 0o777
    }

    #[test]
    fn f57_a_log_that_begins_at_midnight_is_private_before_anything_is_written_to_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let PrivateFiles { appender, folder: path, day: today, made } =
            file(folder.path()).expect("a log");
        let (today, tomorrow) = (today(), "2999-12-31".to_owned());
        let midnight = std::cell::Cell::new(false);
        let day = || if midnight.get() { tomorrow.clone() } else { today.clone() };
        let files = PrivateFiles { appender, folder: path, day, made };
        files.make_writer().write_all(b"before\n").expect("written");
        // The name is the appender's own: there is no other file.
        let names: Vec<_> =
            fs::read_dir(folder.path()).expect("listed").flatten().map(|it| it.path()).collect();
        assert_eq!(names, [folder.path().join(format!("glowjar.{today}.log"))]);
        assert_eq!(fs::read_to_string(&names[0]).expect("read"), "before\n");
        assert_eq!(mode(&names[0]), 0o600);

        midnight.set(true);
        let _writer = files.make_writer();
        assert_eq!(mode(&folder.path().join(format!("glowjar.{tomorrow}.log"))), 0o600);
    }
}
