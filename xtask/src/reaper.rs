//! Ends what was started and left behind, however this process ends: a small shell waits for the end of a pipe, which the
//! kernel closes also after a SIGKILL.

use std::process::{Child, Command, Stdio};

use crate::failure::Failure;

/// Runs one program when it is dropped or this process is gone, and then kills what bears the mark.
#[derive(Debug)]
pub struct Reaper {
    shell: Child,
}

impl Reaper {
    /// `mark` is `NAME=value`, which what is to end has in its environment. `first` is that program.
    pub fn start(mark: &str, first: &mut Command) -> Result<Self, Failure> {
        // Ctrl-C in the terminal must not end it before it has done its work.
        let mut shell = Command::new("setsid");
        shell
            .args(["/bin/sh", "-c", SCRIPT, "reaper", mark, ""])
            .arg(first.get_program())
            .args(first.get_args());
        shell.envs(first.get_envs().filter_map(|(name, value)| Some((name, value?))));
        shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let shell = shell.spawn();
        Ok(Self { shell: shell.map_err(|error| Failure::new(format!("setsid: {}", error)))? })
    }
}

impl Drop for Reaper {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

const SCRIPT: &str = include_str!("../../tests/desktop/reaper.sh");

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn what_bears_the_mark_ends_with_the_reaper_and_nothing_else_does() {
        let mark = format!("reaped-{}", std::process::id());
        let sleeper =
            |value: &str| Command::new("sleep").arg("600").env("GLOWJAR_MARK", value).spawn();
        let mut marked = sleeper(&mark).expect("sleep");
        let mut other = sleeper("another").expect("sleep");
        let reaper = Reaper::start(&format!("GLOWJAR_MARK={}", mark), &mut Command::new("true"));
        drop(reaper.expect("a shell"));
        assert!(!marked.wait().expect("the end of one that is marked").success());
        assert!(other.try_wait().expect("one that is not").is_none());
        other.kill().and_then(|()| other.wait()).expect("the end of it");
    }
}
