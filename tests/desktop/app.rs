//! The real application on a desktop.

use std::{env, ffi::OsStr, path::PathBuf, process::ExitStatus, time::Duration};

use anyhow::{Context, Result};

use crate::{
    ports::free_port,
    process::{Line, Process},
    process_table::{Running, descendants_of, process},
    session::Desktop,
    tray_watch::{SAY_VIEWS, TrayWatch},
};

/// A running application.
///
/// Its window can be driven whenever there is one: the web view of any process it starts listens on
/// [`App::inspector`], and [`crate::Window::attach`] goes there. So the application needs no test mode, nothing is
/// different when no driver is there, and the end of a driver does it no harm.
#[derive(Debug)]
pub struct App {
    process: Process,
    inspector: u16,
    /// Absent on a desktop without a bus.
    tray: Option<TrayWatch>,
}

impl App {
    /// Starts the application that the environment variable `GLOWJAR_APP` names.
    ///
    /// # Errors
    /// When the variable isn't set (`cargo xtask test` sets it), or the program can't be run.
    pub fn start<A: AsRef<OsStr>>(
        desktop: &Desktop,
        arguments: impl IntoIterator<Item = A>,
    ) -> Result<Self> {
        Self::start_with(desktop, arguments, &[])
    }

    /// As [`App::start`], with more environment variables.
    ///
    /// # Errors
    /// As [`App::start`].
    pub fn start_with<A: AsRef<OsStr>>(
        desktop: &Desktop,
        arguments: impl IntoIterator<Item = A>,
        variables: &[(&str, &str)],
    ) -> Result<Self> {
        Self::start_program(desktop, &app_file()?, arguments, variables)
    }

    /// As [`App::start_with`], for another program.
    ///
    /// # Errors
    /// When the program can't be run.
    pub fn start_program<A: AsRef<OsStr>>(
        desktop: &Desktop,
        program: impl AsRef<OsStr>,
        arguments: impl IntoIterator<Item = A>,
        variables: &[(&str, &str)],
    ) -> Result<Self> {
        let inspector = free_port()?;
        let mut command = desktop.command(program);
        command.args(arguments).env("GLOWJAR_LOG", SAY_VIEWS).envs(variables.iter().copied());
        // The first is what WebKitWebDriver itself sets on programs it starts; the second is Tauri's.
        command.env("WEBKIT_INSPECTOR_SERVER", format!("127.0.0.1:{inspector}"));
        command.env("TAURI_WEBVIEW_AUTOMATION", "true");
        let process = Process::start(command)?;
        let watch = |address| TrayWatch::start(address, process.id(), process.follow());
        let tray = desktop.bus().ok().map(|bus| watch(bus.address().to_owned()));
        Ok(Self { process, inspector, tray })
    }

    /// The port on which its web view listens, while it has one.
    #[must_use]
    pub fn inspector(&self) -> u16 {
        self.inspector
    }

    /// Everything it printed so far.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        self.process.lines()
    }

    /// Everything it printed so far as one text, to be searched.
    #[must_use]
    pub fn output(&self) -> String {
        self.process.output()
    }

    /// The first line it printed, or prints within `limit`, for which `wanted` holds.
    ///
    /// # Errors
    /// When none comes; shows what was printed.
    pub async fn wait_for_line(
        &self,
        limit: Duration,
        mut wanted: impl FnMut(&str) -> bool,
    ) -> Result<Line> {
        self.process.wait_for_line(limit, |line| wanted(&line.text)).await
    }

    /// As [`App::wait_for_line`], leaving out the first `seen` lines.
    ///
    /// # Errors
    /// As [`App::wait_for_line`].
    pub async fn wait_for_line_after(
        &self,
        seen: usize,
        limit: Duration,
        mut wanted: impl FnMut(&str) -> bool,
    ) -> Result<Line> {
        self.process.wait_for_line_after(seen, limit, |line| wanted(&line.text)).await
    }

    /// The watch over its menu, which fails the test when it ends if the menu was ever not as the application means it.
    ///
    /// # Errors
    /// When the desktop has no bus.
    pub fn tray_watch(&self) -> Result<&TrayWatch> {
        self.tray.as_ref().context("this desktop has no bus")
    }

    /// The process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        self.process.is_running()
    }

    /// The application's own entry in the process table, while it runs.
    #[must_use]
    pub fn itself(&self) -> Option<Running> {
        process(self.id())
    }

    /// Every process that descends from it, e.g. that of its window with its web processes.
    #[must_use]
    pub fn descendants(&self) -> Vec<Running> {
        descendants_of(self.id())
    }

    /// Kills it with SIGKILL, as a crash or a power cut would. Its children are left alone.
    ///
    /// # Errors
    /// When it has ended already.
    pub async fn kill_hard(&mut self) -> Result<ExitStatus> {
        self.process.kill_hard()?;
        self.process.wait(END).await
    }

    /// Asks it to end (SIGTERM) and waits for it.
    ///
    /// # Errors
    /// When it has ended already, or doesn't end.
    pub async fn terminate(&mut self) -> Result<ExitStatus> {
        self.process.terminate()?;
        self.process.wait(END).await
    }

    /// Waits for it to end by itself.
    ///
    /// # Errors
    /// When it still runs after `limit`; shows what it printed.
    pub async fn wait(&mut self, limit: Duration) -> Result<ExitStatus> {
        self.process.wait(limit).await
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let Some(Err(trouble)) = self.tray.as_mut().map(TrayWatch::finish) else { return };
        // A test that failed for another reason says that one.
        assert!(std::thread::panicking(), "{trouble:#}");
    }
}

/// The application under test.
///
/// # Errors
/// When `GLOWJAR_APP` doesn't say where it is.
pub fn app_file() -> Result<PathBuf> {
    let file = env::var_os("GLOWJAR_APP")
        .context("GLOWJAR_APP isn't set: `cargo xtask test` builds the application and sets it")?;
    // Programs on the desktop run in its home folder.
    std::path::absolute(file).context("GLOWJAR_APP")
}

/// A clean end clears the clipboard and closes a window first.
const END: Duration = Duration::from_secs(15);
