//! Debian and Ubuntu: dpkg is asked, apt installs, and progress is shown instead of a thousand lines.

use std::env;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use super::packages::Part;
use super::system::find_program;
use crate::failure::Failure;
use crate::terminal::{is_terminal, Consent, Stream};

pub fn missing(wanted: Vec<&'static Part>) -> Result<Vec<&'static Part>, Failure> {
    let output = Command::new("dpkg-query")
        .args(["--show", "--showformat", "${db:Status-Abbrev}${Package}\n"])
        .args(wanted.iter().map(|part| part.apt))
        .stderr(Stdio::null())
        .output()
        .map_err(|error| Failure::new(format!("dpkg-query could not be started: {}", error)))?;
    let answer = String::from_utf8_lossy(&output.stdout);
    let installed: Vec<&str> = answer.lines().filter_map(|line| line.strip_prefix("ii ")).collect();
    Ok(wanted.into_iter().filter(|part| !installed.contains(&part.apt)).collect())
}

pub fn install(parts: &[&Part], consent: Consent) -> Result<(), Failure> {
    let names: Vec<&str> = parts.iter().map(|part| part.apt).collect();
    let by_hand =
        format!("apt-get update && apt-get install --no-install-recommends {}", names.join(" "));
    let privilege = Privilege::find().ok_or_else(|| {
        Failure::new(format!("There is no sudo to install them with. As root:\n\n  {}", by_hand))
    })?;

    println!("Asking the archive for its list …");
    follow(privilege.apt_get(consent).args(["update", "-qq"]), &by_hand)?;
    let mut install = privilege.apt_get(consent);
    install
        .args(["install", "--yes", "-qq", "--no-install-recommends", "-o", "Dpkg::Use-Pty=0"])
        .args(names);
    follow(&mut install, &by_hand)
}

/// What runs a program as root: `env`, so that variables can be named before it, behind sudo where that is needed.
pub fn as_root(consent: Consent) -> Result<Command, Failure> {
    let privilege = Privilege::find();
    let privilege =
        privilege.ok_or_else(|| Failure::new("It takes root, and there is no sudo."))?;
    Ok(privilege.env(consent))
}

/// Whether root's programs can have mounts of their own here, without anybody being asked for a password: not in most
/// containers.
pub fn can_mount() -> bool {
    let command = match Privilege::find() {
        Some(Privilege::Root) => Some(Command::new("unshare")),
        Some(Privilege::Sudo) => Some(Command::new("sudo")).map(|mut sudo| {
            sudo.args(["-n", "unshare"]);
            sudo
        }),
        None => None,
    };
    let tried = command.map(|mut command| {
        command.args(["--mount", "--pid", "--fork", "mount", "-t", "tmpfs", "tmpfs", "/tmp"]);
        command.stdout(Stdio::null()).stderr(Stdio::null()).status()
    });
    matches!(tried, Some(Ok(status)) if status.success())
}

#[derive(Clone, Copy, Debug)]
enum Privilege {
    Root,
    Sudo,
}

impl Privilege {
    fn find() -> Option<Self> {
        let id = Command::new("id").arg("-u").output().ok()?;
        if id.stdout.starts_with(b"0\n") {
            return Some(Privilege::Root);
        }
        find_program("sudo").map(|_| Privilege::Sudo)
    }

    fn env(self, consent: Consent) -> Command {
        if let Privilege::Root = self {
            return Command::new("env");
        }
        let mut command = Command::new("sudo");
        // Where nobody answers, waiting for a password would be for ever.
        if consent == Consent::Given && !is_terminal(Stream::Input) {
            command.arg("-n");
        }
        command.arg("env");
        command
    }

    fn apt_get(self, consent: Consent) -> Command {
        let mut command = self.env(consent);
        command.args(["DEBIAN_FRONTEND=noninteractive", "sh", "-c", APT_GET, "apt-get"]);
        command
    }
}

/// apt closes its status descriptor for the scripts of the packages, so it must not be their standard output; and
/// sudo closes all but the first three, so it can only be made behind it. Another apt may be at work, as on a
/// machine that has just started: that one is waited for.
const APT_GET: &str =
    r#"exec apt-get -o DPkg::Lock::Timeout=120 -o APT::Status-Fd=3 "$@" 3>&1 2>&1"#;

/// Runs apt, turns its status lines into progress, and shows its last words only if it fails.
fn follow(command: &mut Command, by_hand: &str) -> Result<(), Failure> {
    let failed = |why: String| Failure::new(format!("{}\nTo do it by hand:\n\n  {}", why, by_hand));
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| failed(format!("apt-get could not be started: {}", error)))?;
    let mut said = String::new();
    let mut progress = Progress::begin();
    if let Some(output) = child.stdout.take() {
        // dpkg may print bytes that are no UTF-8.
        for line in BufReader::new(output).split(b'\n').flatten() {
            let line = String::from_utf8_lossy(&line);
            match Status::read(&line) {
                Some(status) => progress.show(&status),
                None => said += &format!("{}\n", line),
            }
        }
    }
    progress.end();
    let status = child.wait().map_err(|error| failed(format!("apt-get was lost: {}", error)))?;
    if status.success() {
        return Ok(());
    }
    let log = env::temp_dir().join("glowjar-apt.log");
    let kept = match fs::write(&log, &said) {
        Ok(()) => format!("All it said is in {}.", log.display()),
        Err(_) => String::new(),
    };
    let lines: Vec<&str> = said.lines().collect();
    let last_words = lines[lines.len().saturating_sub(10)..].join("\n");
    Err(failed(format!("{}\napt-get ended with {}. {}", last_words, status, kept)))
}

/// One line of apt's status protocol: `dlstatus:7:12.5:Retrieving…` or `pmstatus:dunst:80.1:Unpacking dunst`.
#[derive(Debug, PartialEq)]
struct Status {
    doing: &'static str,
    percent: u32,
}

impl Status {
    fn read(line: &str) -> Option<Self> {
        let mut fields = line.split(':');
        let doing = match fields.next()? {
            "dlstatus" => "downloading",
            "pmstatus" => "installing",
            _ => return None,
        };
        // A package's name may hold a colon of its own, as in `libc6:amd64`.
        let percent = fields.skip(1).find_map(|field| field.parse::<f64>().ok())?;
        Some(Self { doing, percent: percent as u32 })
    }
}

/// One line that moves on a terminal, a line every quarter elsewhere.
#[derive(Debug)]
struct Progress {
    moves: bool,
    last: Option<(&'static str, u32)>,
}

impl Progress {
    fn begin() -> Self {
        Self { moves: is_terminal(Stream::Output), last: None }
    }

    fn show(&mut self, status: &Status) {
        let step = if self.moves { 1 } else { 25 };
        let reached = (status.doing, status.percent / step * step);
        if self.last == Some(reached) {
            return;
        }
        self.last = Some(reached);
        if self.moves {
            print!("\r  {} {:>3} %   ", reached.0, reached.1);
        } else {
            println!("  {} {:>3} %", reached.0, reached.1);
        }
        // Nothing to be done about a terminal that went away.
        let _ = io::stdout().flush();
    }

    fn end(&self) {
        if self.moves && self.last.is_some() {
            println!();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apts_status_lines_become_progress() {
        let read = |line| Status::read(line).map(|status| (status.doing, status.percent));
        assert_eq!(read("dlstatus:7:12.5419:Retrieving file 7 of 181"), Some(("downloading", 12)));
        assert_eq!(read("pmstatus:libc6-dev:amd64:80.1:Unpacking"), Some(("installing", 80)));
        assert_eq!(read("Setting up dunst (1.9.0-1) ..."), None);
    }
}
