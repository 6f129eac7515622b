//! Ends whatever a desktop leaves behind, even if this process can't any more.
//!
//! A bus starts programs of its own accord, a browser leaves its helpers to init, and a test run may itself be
//! killed. All of them have inherited one environment variable from the desktop: that tells them from everything else
//! on the machine. A small shell waits for the end of a pipe, which the kernel closes however this process ends.

use std::{io, path::Path, process::Stdio, time::Duration};

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process_group};

/// The environment variable that marks the programs of one desktop.
pub const MARK: &str = "GLOWJAR_TEST_DESKTOP";

/// Kills what bears the mark and removes the desktop's folder when it is dropped.
#[derive(Debug)]
pub struct Reaper {
    shell: std::process::Child,
}

impl Reaper {
    /// Begins to watch over the programs marked with `mark`, whose files are in `folder`.
    ///
    /// # Errors
    /// When there is no shell.
    pub fn start(mark: &str, folder: &Path) -> Result<Self> {
        use std::os::unix::process::CommandExt as _;
        let shell = std::process::Command::new("/bin/sh")
            .args(["-c", SCRIPT, "reaper", &format!("{MARK}={mark}")])
            .arg(folder)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Ctrl-C in the terminal must not end it before it has done its work.
            .process_group(0)
            .spawn()
            .context("can't start /bin/sh")?;
        Ok(Self { shell })
    }

    fn finish(&mut self) -> io::Result<()> {
        drop(self.shell.stdin.take());
        let deadline = std::time::Instant::now() + LIMIT;
        while self.shell.try_wait()?.is_none() {
            if std::time::Instant::now() > deadline {
                if let Some(pid) = Pid::from_raw(self.shell.id().cast_signed()) {
                    let _ = kill_process_group(pid, Signal::KILL);
                }
                self.shell.wait()?;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }
}

impl Drop for Reaper {
    fn drop(&mut self) {
        let _ = self.finish();
    }
}

const SCRIPT: &str = include_str!("reaper.sh");

/// A sweep takes some 30 ms; a machine under load gets its time.
const LIMIT: Duration = Duration::from_secs(10);
