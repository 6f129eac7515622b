//! Who is at the other end, as the operating system tells it.

use serde::{Deserialize, Serialize};

use super::Program;

/// A program that asked for something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    pub program: Program,
    pub pid: Option<i32>,
    pub way: Way,
}

/// How a token reaches whoever takes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Way {
    /// It asks at the socket, by the command or by itself.
    #[default]
    Socket,
    /// It asks over HTTP, where a person let it in by name.
    Http,
    /// Into a file that is kept current.
    File,
    /// A command that is run with each new token.
    Hook,
}

impl Caller {
    /// The program with this process id. Its file is looked up at once, since it may end any moment.
    #[must_use]
    pub fn with_pid(pid: Option<i32>) -> Self {
        Self { program: pid.and_then(program).unwrap_or_default(), pid, way: Way::Socket }
    }

    /// Somebody with a secret of its own.
    #[must_use]
    pub fn over_http(name: &str) -> Self {
        Self::named(name, Way::Http)
    }

    pub(crate) fn named(file: &str, way: Way) -> Self {
        let program = Program { file: file.to_owned(), sender: None };
        Self { program, pid: None, way }
    }
}

#[cfg(target_os = "linux")]
fn program(pid: i32) -> Option<Program> {
    let file = file_of(pid)?;
    let is_the_command = file.ends_with("/glowjar");
    let sender = is_the_command.then(|| parent(pid).and_then(file_of)).flatten();
    Some(Program { file, sender })
}

#[cfg(target_os = "linux")]
fn file_of(pid: i32) -> Option<String> {
    let file = std::fs::read_link(format!("/proc/{pid}/exe")).ok()?;
    Some(file.to_string_lossy().into_owned())
}

#[cfg(target_os = "linux")]
fn parent(pid: i32) -> Option<i32> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("PPid:"))?.trim().parse().ok()
}

#[cfg(not(target_os = "linux"))]
fn program(_: i32) -> Option<Program> {
    None
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_running_program_is_known_by_its_file() {
        let this = i32::try_from(std::process::id()).expect("a process id");
        let caller = Caller::with_pid(Some(this));
        let file = std::env::current_exe().expect("this test is a program");
        assert_eq!(
            (caller.program.file, caller.pid),
            (file.to_string_lossy().into_owned(), Some(this))
        );
        assert_eq!(Caller::with_pid(None), Caller::default());
        assert!(parent(this).and_then(file_of).is_some());
    }
}
