//! Who is at the other end, as the operating system tells it.

#[cfg(target_os = "linux")]
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::Program;
#[cfg(target_os = "linux")]
use super::program::GONE;

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
    let sender = is_the_command(&file).then(|| parent(pid).and_then(file_of)).flatten();
    Some(Program { file, sender })
}

#[cfg(target_os = "linux")]
fn file_of(pid: i32) -> Option<String> {
    let link = format!("/proc/{pid}/exe");
    let file = std::fs::read_link(&link).ok()?;
    let file = started_from(&file, |named| is_same_file(named, Path::new(&link)));
    Some(file.to_string_lossy().into_owned())
}

/// The path that a program was started from, also if another file has taken its place since, as after an update: Linux
/// then writes a mark behind it (proc_pid_exe(5)). `runs` tells whether the file at a path is the one that runs, since
/// a file can really have a name that ends so.
#[cfg(target_os = "linux")]
fn started_from(exe: &Path, runs: impl FnOnce(&Path) -> bool) -> PathBuf {
    use std::os::unix::ffi::{OsStrExt, OsStringExt};
    let marked = exe.as_os_str().as_bytes().strip_suffix(GONE.as_bytes());
    match marked {
        Some(path) if !runs(exe) => OsString::from_vec(path.to_owned()).into(),
        _ => exe.to_owned(),
    }
}

#[cfg(target_os = "linux")]
fn is_same_file(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |path: &Path| std::fs::metadata(path).map(|meta| (meta.dev(), meta.ino())).ok();
    identity(one).is_some_and(|one| identity(other) == Some(one))
}

#[cfg(target_os = "linux")]
fn parent(pid: i32) -> Option<i32> {
    use std::io::Read;
    // The kernel writes all of it at the first reading, and the file has no length to read up to.
    let mut stat = [0; 256];
    let count = std::fs::File::open(format!("/proc/{pid}/stat")).ok()?.read(&mut stat).ok()?;
    parent_in(stat.get(..count)?)
}

/// The fourth field of `/proc/PID/stat` (proc_pid_stat(5)). The second is the program's name in parentheses, of at most 15
/// bytes, which may be spaces and parentheses as well.
#[cfg(target_os = "linux")]
fn parent_in(stat: &[u8]) -> Option<i32> {
    let name_ends = stat.iter().rposition(|byte| *byte == b')')?;
    let rest = std::str::from_utf8(stat.get(name_ends + 1..)?).ok()?;
    rest.split_ascii_whitespace().nth(1)?.parse().ok()
}

/// Asked through `sysinfo`, because the system's own calls are unsafe.
#[cfg(not(target_os = "linux"))]
fn program(pid: i32) -> Option<Program> {
    let (file, parent) = process(pid)?;
    let sender = is_the_command(&file).then(|| Some(process(parent?)?.0)).flatten();
    Some(Program { file, sender })
}

/// The file that a process runs, and its parent.
#[cfg(not(target_os = "linux"))]
fn process(pid: i32) -> Option<(String, Option<i32>)> {
    use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};

    let pid = Pid::from_u32(u32::try_from(pid).ok()?);
    let mut system = System::new();
    let wanted = ProcessRefreshKind::nothing().with_exe(UpdateKind::Always);
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), false, wanted);
    let process = system.process(pid)?;
    let parent = process.parent().and_then(|parent| i32::try_from(parent.as_u32()).ok());
    Some((process.exe()?.to_string_lossy().into_owned(), parent))
}

/// Whether this file is the command `glowjar`.
fn is_the_command(file: &str) -> bool {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    name == "glowjar" || cfg!(windows) && name.eq_ignore_ascii_case("glowjar.exe")
}

#[cfg(test)]
mod everywhere {
    use super::*;

    #[test]
    fn this_test_is_known_by_its_file() {
        let this = i32::try_from(std::process::id()).expect("a process id");
        let file = std::env::current_exe().expect("this test is a program");
        let same = |file: &str| std::fs::canonicalize(file).expect("a file");
        let known = Caller::with_pid(Some(this)).program.file;
        assert_eq!(same(&known), same(&file.to_string_lossy()));
    }

    #[test]
    fn the_command_is_known_wherever_it_lies() {
        assert!(is_the_command("/usr/bin/glowjar"));
        assert!(!is_the_command("/usr/bin/glowjar-app"));
        let windows = r"C:\Program Files\Glowjar\Glowjar.EXE";
        assert_eq!(is_the_command(windows), cfg!(windows));
    }
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
        assert_eq!(parent(this), i32::try_from(std::os::unix::process::parent_id()).ok());
        assert!(parent(this).and_then(file_of).is_some());
    }

    #[test]
    fn a_parent_is_read_whatever_its_child_calls_itself() {
        for (stat, expected) in [
            (&b"7 (cat) S 12 7 7 0 -1"[..], Some(12)),
            (b"7 (a) S 99 (b) R 12 7 7 0", Some(12)),
            (b"7 (\xff\n) ) Z 1 7", Some(1)),
            (b"7 (cat) S", None),
            (b"7 (cat) S x 7", None),
            (b"", None),
        ] {
            assert_eq!(parent_in(stat), expected, "{}", String::from_utf8_lossy(stat));
        }
    }

    #[test]
    fn f53_a_program_whose_file_was_replaced_or_removed_is_still_the_same_program() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for name in ["tool", "tool (deleted)", "tool (deleted) (deleted)", "to\nol"] {
            let file = folder.path().join(name);
            let running = Running::start(&file);
            let before = running.program();
            assert_eq!(before.file, file.to_string_lossy());
            // As a package manager does it.
            let new = folder.path().join("new");
            std::fs::write(&new, "another version").expect("a file");
            std::fs::rename(&new, &file).expect("replaced");
            assert_eq!(running.program(), before, "{name}");
            std::fs::remove_file(&file).expect("removed");
            assert_eq!(running.program(), before, "{name}");
        }
    }

    /// A copy of `cat`, which waits for its input.
    struct Running(std::process::Child);

    impl Running {
        fn start(file: &Path) -> Self {
            use std::io::{Read, Write};
            // The copy is made by another process: none of this one's holds it open for writing while it is started.
            let mut child = std::process::Command::new("sh")
                .args(["-c", r#"cp "$(command -v cat)" "$0" && exec "$0""#])
                .arg(file)
                .stdin(std::process::Stdio::piped())
                .stdout(std::process::Stdio::piped())
                .spawn()
                .expect("sh runs");
            child.stdin.as_mut().expect("its input").write_all(b"x").expect("written");
            child.stdout.as_mut().expect("its output").read_exact(&mut [0]).expect("it runs");
            Self(child)
        }

        fn program(&self) -> Program {
            Caller::with_pid(i32::try_from(self.0.id()).ok()).program
        }
    }

    impl Drop for Running {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }
}
