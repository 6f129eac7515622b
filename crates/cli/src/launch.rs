//! Reaching the application, and starting it if it isn't there.

use std::{
    env, io,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use glowjar_protocol::client::{Client, ClientError};

use crate::say::say;
use crate::{arguments::ConnectArgs, outcome::Trouble};

/// A connection; to an application that is started for it unless the person would rather have it fail.
pub fn connect(args: &ConnectArgs) -> Result<Client, Trouble> {
    match Client::connect() {
        Err(ClientError::NotRunning) if args.no_start => Err(Trouble::NotRunning),
        Err(ClientError::NotRunning) => start(),
        connected => Ok(connected?),
    }
}

/// Shows the window of the application, which a second launch does as well.
pub fn open() -> Result<(), Trouble> {
    spawn("--show").map(drop)
}

#[expect(
    clippy::disallowed_methods,
    reason = "nothing tells when an application that was started answers"
)]
fn start() -> Result<Client, Trouble> {
    let mut application = spawn("")?;
    say!("glowjar: starting Glowjar in the background");
    for _ in 0..TRIES {
        match Client::connect() {
            Err(ClientError::NotRunning) => {}
            connected => return Ok(connected?),
        }
        // One that another is just starting ends well and leaves the field to it.
        if let Some(status) = application.failure() {
            let reason = format!("it ended with {status}; run {APPLICATION} to see why");
            return Err(Trouble::NotStarted(reason));
        }
        thread::sleep(PAUSE);
    }
    Err(Trouble::NotStarted("it runs, but does not answer programs".to_owned()))
}

/// Starts it with this argument, or with none.
fn spawn(argument: &str) -> Result<Started, Trouble> {
    let program = beside_this().unwrap_or_else(|| APPLICATION.into());
    Started::spawn(&program, argument)
        .map_err(|error| Trouble::NotStarted(format!("{}: {error}", program.display())))
}

/// An application that was just started.
#[cfg(unix)]
struct Started(std::process::Child);

#[cfg(unix)]
impl Started {
    fn spawn(program: &Path, argument: &str) -> io::Result<Self> {
        use std::{
            os::unix::process::CommandExt,
            process::{Command, Stdio},
        };
        let mut command = Command::new(program);
        command.args(Some(argument).filter(|argument| !argument.is_empty()));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        // Ctrl-C in this terminal is not meant for it.
        command.process_group(0);
        command.spawn().map(Self)
    }

    /// How it ended, if that went wrong.
    fn failure(&mut self) -> Option<std::process::ExitStatus> {
        self.0.try_wait().ok().flatten().filter(|status| !status.success())
    }
}

/// On Windows the shell starts it. A child of ours would inherit the pipe in which somebody captures what this command
/// prints, and whoever reads it would wait until the application ends.
#[cfg(windows)]
struct Started;

#[cfg(windows)]
impl Started {
    fn spawn(program: &Path, argument: &str) -> io::Result<Self> {
        open::with_detached(argument, program.to_string_lossy())?;
        Ok(Self)
    }

    /// The shell does not say.
    #[allow(clippy::unused_self, reason = "as where it is known")]
    const fn failure(&mut self) -> Option<std::process::ExitStatus> {
        None
    }
}

fn beside_this() -> Option<PathBuf> {
    beside(&env::current_exe().ok()?)
}

/// The application's program lies beside the command's, wherever both were installed. A link to the command, as in
/// `/usr/local/bin`, is followed: macOS names the link where other systems name the file.
fn beside(command: &Path) -> Option<PathBuf> {
    let application = format!("{APPLICATION}{}", env::consts::EXE_SUFFIX);
    let followed = command.canonicalize().ok();
    [Some(command.to_owned()), followed]
        .into_iter()
        .flatten()
        .map(|command| command.with_file_name(&application))
        .find(|application| application.is_file())
}

const APPLICATION: &str = "glowjar-app";

/// Twenty seconds: a desktop that has just come up takes ten.
const TRIES: u32 = 400;
const PAUSE: Duration = Duration::from_millis(50);

#[cfg(all(test, unix))]
mod tests {
    use std::{fs, os::unix::fs::symlink};

    use super::*;

    #[test]
    fn a_linked_command_finds_the_application_beside_the_real_one() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (bundle, bin) = (folder.path().join("Glowjar.app"), folder.path().join("bin"));
        for folder in [&bundle, &bin] {
            fs::create_dir(folder).expect("a folder");
        }
        fs::write(bundle.join(APPLICATION), "").expect("a file");
        fs::write(bundle.join("glowjar"), "").expect("a file");
        symlink(bundle.join("glowjar"), bin.join("glowjar")).expect("a link");
        let found = beside(&bin.join("glowjar")).expect("the application");
        assert_eq!(found.canonicalize().ok(), bundle.join(APPLICATION).canonicalize().ok());
        assert_eq!(beside(&bundle.join("glowjar")), Some(bundle.join(APPLICATION)));
        assert_eq!(beside(&folder.path().join("glowjar")), None);
    }
}

#[cfg(all(test, windows))]
#[expect(clippy::disallowed_methods, reason = "a real process takes real time")]
mod on_windows {
    use std::{fs, process::Command, time::Instant};

    use super::*;

    #[test]
    fn whoever_captures_the_output_does_not_wait_for_the_application() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let sign = folder.path().join("started");
        let begun = Instant::now();
        let captured = Command::new(env::current_exe().expect("this test is a program"))
            .args(["starts_another_and_ends", "--ignored", "--nocapture"])
            .env(SIGN, &sign)
            .output()
            .expect("it starts");
        assert!(captured.status.success(), "{captured:?}");
        assert!(begun.elapsed() < ITS_LIFE, "{:?}", begun.elapsed());
        while !sign.exists() {
            assert!(begun.elapsed() < ITS_LIFE, "the other was never started");
            thread::sleep(PAUSE);
        }
    }

    /// Stands for the command.
    #[test]
    #[ignore = "another test starts it"]
    fn starts_another_and_ends() {
        let this = env::current_exe().expect("this test is a program");
        Started::spawn(&this, "stays_for_a_while --ignored").expect("it starts");
    }

    /// Stands for the application.
    #[test]
    #[ignore = "another test starts it"]
    fn stays_for_a_while() {
        fs::write(env::var_os(SIGN).expect("a file's name"), "").expect("a file");
        thread::sleep(ITS_LIFE);
    }

    const SIGN: &str = "GLOWJAR_TEST_SIGN";
    const ITS_LIFE: Duration = Duration::from_secs(20);
}
