//! Reaching the application, and starting it if it isn't there.

use std::{
    env,
    path::PathBuf,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use glowjar_protocol::client::{Client, ClientError};

use crate::{arguments::ConnectArgs, outcome::Trouble};

impl ConnectArgs {
    /// A connection; to an application that is started for it unless the person would rather have it fail.
    pub fn connect(&self) -> Result<Client, Trouble> {
        match Client::connect() {
            Err(ClientError::NotRunning) if self.no_start => Err(Trouble::NotRunning),
            Err(ClientError::NotRunning) => start(),
            connected => Ok(connected?),
        }
    }
}

/// Shows the window of the application, which a second launch does as well.
pub fn open() -> Result<(), Trouble> {
    spawn(&["--show"]).map(drop)
}

#[expect(
    clippy::disallowed_methods,
    reason = "nothing tells when an application that was started answers"
)]
fn start() -> Result<Client, Trouble> {
    let mut application = spawn(&[])?;
    eprintln!("glowjar: starting Glowjar in the background");
    for _ in 0..TRIES {
        match Client::connect() {
            Err(ClientError::NotRunning) => {}
            connected => return Ok(connected?),
        }
        if let Ok(Some(status)) = application.try_wait() {
            // One that another is just starting ends well and leaves the field to it.
            if !status.success() {
                let reason = format!("it ended with {status}; run {APPLICATION} to see why");
                return Err(Trouble::NotStarted(reason));
            }
        }
        thread::sleep(PAUSE);
    }
    Err(Trouble::NotStarted("it runs, but does not answer programs".to_owned()))
}

fn spawn(arguments: &[&str]) -> Result<std::process::Child, Trouble> {
    let program = beside_this().unwrap_or_else(|| APPLICATION.into());
    let mut command = Command::new(&program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // Ctrl-C in this terminal is not meant for it.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn().map_err(|error| Trouble::NotStarted(format!("{}: {error}", program.display())))
}

/// The application's program lies beside the command's, wherever both were installed.
fn beside_this() -> Option<PathBuf> {
    let this = env::current_exe().ok()?;
    let beside = this.with_file_name(format!("{APPLICATION}{}", env::consts::EXE_SUFFIX));
    beside.is_file().then_some(beside)
}

const APPLICATION: &str = "glowjar-app";

/// Twenty seconds: a desktop that has just come up takes ten.
const TRIES: u32 = 400;
const PAUSE: Duration = Duration::from_millis(50);
