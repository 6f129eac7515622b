//! A child process: what it prints is kept, its end is certain.

use std::{
    ffi::OsStr,
    fmt,
    fs::File,
    io::{BufRead, BufReader},
    os::fd::OwnedFd,
    path::PathBuf,
    process::{ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tokio::{
    io::AsyncWriteExt,
    process::{Child, ChildStdin, Command},
    sync::watch,
};

use crate::timeouts::{LOOK_AGAIN, within};

/// A line that a program printed, from either of its streams.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub stream: Stream,
    pub text: String,
}

/// Where a line was printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    Out,
    Err,
}

/// A running program in a process group of its own. Dropping it ends the whole group.
pub struct Process {
    name: String,
    child: Child,
    pid: Pid,
    lines: watch::Receiver<Vec<Line>>,
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Process")
            .field("name", &self.name)
            .field("pid", &self.pid)
            .finish_non_exhaustive()
    }
}

impl Process {
    /// Starts `command` with nothing on its standard input.
    ///
    /// # Errors
    /// When the program isn't there or can't be run.
    pub fn start(command: Command) -> Result<Self> {
        Ok(Self::start_with(command, Stdio::null())?.0)
    }

    /// Starts `command` and hands it `input`, then the end of file.
    ///
    /// # Errors
    /// When the program can't be run, or doesn't take its input.
    pub async fn start_with_input(command: Command, input: &[u8]) -> Result<Self> {
        let (process, stdin) = Self::start_with(command, Stdio::piped())?;
        if let Some(mut stdin) = stdin {
            stdin
                .write_all(input)
                .await
                .with_context(|| format!("{} took no input", process.name))?;
        }
        Ok(process)
    }

    /// Starts `command` and returns the open pipe to its standard input.
    ///
    /// # Errors
    /// When the program can't be run.
    pub fn start_with_pipe(command: Command) -> Result<(Self, ChildStdin)> {
        let (process, stdin) = Self::start_with(command, Stdio::piped())?;
        Ok((process, stdin.context("no pipe to the child")?))
    }

    fn start_with(mut command: Command, stdin: Stdio) -> Result<(Self, Option<ChildStdin>)> {
        let name = file_name(command.as_std().get_program());
        command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        let mut child = command.spawn().with_context(|| format!("can't run {name}"))?;
        let pid = child
            .id()
            .and_then(|id| Pid::from_raw(id.cast_signed()))
            .context("the child has no id")?;
        let (sender, lines) = watch::channel(Vec::new());
        if let Some(out) = child.stdout.take() {
            keep_lines(out.into_owned_fd()?, Stream::Out, sender.clone());
        }
        if let Some(err) = child.stderr.take() {
            keep_lines(err.into_owned_fd()?, Stream::Err, sender);
        }
        let stdin = child.stdin.take();
        Ok((Self { name, child, pid, lines }, stdin))
    }

    /// The process id, also after its end.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.pid.as_raw_nonzero().get().cast_unsigned()
    }

    /// Everything printed so far, in the order in which it was read.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        self.lines.borrow().clone()
    }

    /// What it printed so far and what it will print.
    pub(crate) fn follow(&self) -> watch::Receiver<Vec<Line>> {
        self.lines.clone()
    }

    /// Everything printed so far as one text.
    #[must_use]
    pub fn output(&self) -> String {
        joined(&self.lines.borrow())
    }

    /// The first line, old or new, for which `wanted` holds.
    ///
    /// # Errors
    /// When none came within `limit`, or the program closed its streams without it; says what was printed instead.
    pub async fn wait_for_line(
        &self,
        limit: Duration,
        wanted: impl FnMut(&Line) -> bool,
    ) -> Result<Line> {
        self.wait_for_line_after(0, limit, wanted).await
    }

    /// The first line for which `wanted` holds, leaving out the first `seen` lines.
    ///
    /// # Errors
    /// As [`Process::wait_for_line`].
    pub async fn wait_for_line_after(
        &self,
        seen: usize,
        limit: Duration,
        mut wanted: impl FnMut(&Line) -> bool,
    ) -> Result<Line> {
        let mut lines = self.lines.clone();
        let mut read = seen;
        let search = async {
            loop {
                {
                    let all = lines.borrow_and_update();
                    if let Some(found) = all.iter().skip(read).find(|line| wanted(line)) {
                        return Ok(found.clone());
                    }
                    read = read.max(all.len());
                }
                if lines.changed().await.is_err() {
                    bail!("{} ended its output", self.name);
                }
            }
        };
        let found = within(limit, format!("a line of {}", self.name), search).await;
        found.and_then(|found| found).with_context(|| format!("printed so far:\n{}", self.output()))
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// How it ended.
    ///
    /// # Errors
    /// When it still runs after `limit`.
    pub async fn wait(&mut self, limit: Duration) -> Result<ExitStatus> {
        let status = within(limit, format!("the end of {}", self.name), self.child.wait()).await;
        Ok(status
            .with_context(|| format!("printed so far:\n{}", joined(&self.lines.borrow())))??)
    }

    /// Asks it to end (SIGTERM to this process alone).
    ///
    /// # Errors
    /// When it has ended already.
    pub fn terminate(&mut self) -> Result<()> {
        self.signal(Signal::TERM)
    }

    /// Ends it on the spot (SIGKILL to this process alone), as a crash or a power cut would.
    ///
    /// # Errors
    /// When it has ended already.
    pub fn kill_hard(&mut self) -> Result<()> {
        self.signal(Signal::KILL)
    }

    fn signal(&mut self, signal: Signal) -> Result<()> {
        if !self.is_running() {
            bail!("{} has ended already", self.name);
        }
        Ok(kill_process(self.pid, signal)?)
    }

    /// Ends the whole process group and waits for it: SIGTERM, and SIGKILL for whatever outlives its grace.
    ///
    /// Blocks the thread for up to [`GRACE`], so that it also works while a panic unwinds.
    pub fn end(&mut self) {
        let deadline = Instant::now() + GRACE;
        if self.is_running() {
            let _ = kill_process_group(self.pid, Signal::TERM);
        }
        while self.is_running() && Instant::now() < deadline {
            thread::sleep(LOOK_AGAIN / 10);
        }
        // Also when the leader is gone, for what it left behind in its group.
        let _ = kill_process_group(self.pid, Signal::KILL);
        while self.is_running() && Instant::now() < deadline + GRACE {
            thread::sleep(LOOK_AGAIN / 10);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

/// What a program that runs to its end printed on standard output.
///
/// # Errors
/// When it can't be run, takes longer than `limit` or fails; says what it printed to standard error.
pub async fn output_of(command: Command, limit: Duration) -> Result<Vec<u8>> {
    output_with_input(command, b"", limit).await
}

/// As [`output_of`], for a program that is given `input`.
///
/// # Errors
/// As [`output_of`].
pub async fn output_with_input(
    mut command: Command,
    input: &[u8],
    limit: Duration,
) -> Result<Vec<u8>> {
    let name = file_name(command.as_std().get_program());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().with_context(|| format!("can't run {name}"))?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input).await.with_context(|| format!("{name} took no input"))?;
    }
    let output = within(limit, format!("the end of {name}"), child.wait_with_output()).await??;
    if !output.status.success() {
        bail!("{name}: {}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(output.stdout)
}

/// On a thread of its own, so that it goes on while a test's thread waits for the end of something.
fn keep_lines(stream: OwnedFd, kind: Stream, kept: watch::Sender<Vec<Line>>) {
    thread::spawn(move || {
        let mut reader = BufReader::new(File::from(stream));
        let mut bytes = Vec::new();
        while reader.read_until(b'\n', &mut bytes).is_ok_and(|read| read > 0) {
            let text = String::from_utf8_lossy(&bytes).trim_end_matches(['\r', '\n']).to_owned();
            kept.send_modify(|lines| lines.push(Line { stream: kind, text }));
            bytes.clear();
        }
    });
}

fn joined(lines: &[Line]) -> String {
    lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n")
}

fn file_name(program: &OsStr) -> String {
    PathBuf::from(program).file_name().unwrap_or(program).to_string_lossy().into_owned()
}

/// How long a program may take to end by itself: a panel needs half a second, one that hangs is not waited for.
const GRACE: Duration = Duration::from_secs(2);
