//! Who is at the other end, as the operating system tells it.

/// A program that asked for something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// Its file, and who started it where that says more. Empty where the system doesn't tell.
    pub program: String,
    pub pid: Option<i32>,
}

impl Caller {
    /// The program with this process id. Its name is looked up at once, since it may end any moment.
    #[must_use]
    pub fn with_pid(pid: Option<i32>) -> Self {
        Self { program: pid.and_then(program).unwrap_or_default(), pid }
    }
}

/// The command is everybody's messenger: for it, whoever sent it is named as well.
#[cfg(target_os = "linux")]
fn program(pid: i32) -> Option<String> {
    let own = file(pid)?;
    if !own.ends_with("/glowjar") {
        return Some(own);
    }
    match parent(pid).and_then(file) {
        Some(parent) => Some(format!("{own} for {parent}")),
        None => Some(own),
    }
}

#[cfg(target_os = "linux")]
fn file(pid: i32) -> Option<String> {
    let file = std::fs::read_link(format!("/proc/{pid}/exe")).ok()?;
    Some(file.to_string_lossy().into_owned())
}

#[cfg(target_os = "linux")]
fn parent(pid: i32) -> Option<i32> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("PPid:"))?.trim().parse().ok()
}

#[cfg(not(target_os = "linux"))]
fn program(_: i32) -> Option<String> {
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
        assert_eq!((caller.program, caller.pid), (file.to_string_lossy().into_owned(), Some(this)));
        assert_eq!(Caller::with_pid(None), Caller::default());
        assert!(parent(this).and_then(super::file).is_some());
    }
}
