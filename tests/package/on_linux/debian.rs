//! A Debian that has nothing but its own essential packages, in a folder, with processes and mounts of its own.

use std::{
    env, fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use desktop::process::{Process, output_of, output_with_input};
use tokio::process::Command;

/// Everything that runs in it ends when this is dropped; what was changed in it is forgotten at the next start.
pub struct Debian {
    root: PathBuf,
    /// The first process inside, as it is known outside.
    inside: u32,
    _namespace: Process,
}

impl Debian {
    /// Makes the system if `folder` has none, which takes a minute. `packages` are then in [`PACKAGES`].
    ///
    /// # Errors
    /// Not root, no debootstrap, or no way to Debian's archive.
    pub async fn fresh(folder: &Path, packages: &Path) -> Result<Self> {
        ensure!(rustix::process::geteuid().is_root(), "only root can mount what this needs");
        let base = folder.join("base");
        if !base.exists() {
            make(&base).await?;
        }
        let changes = folder.join("changes");
        fs::create_dir_all(&changes)?;
        let archives = folder.join("archives");
        fs::create_dir_all(archives.join("partial"))?;
        let mut first = Command::new("unshare");
        first.args(["--mount", "--pid", "--fork", "--kill-child", "sh", "-euc", MOUNT]);
        first.env("BASE", &base).env("CHANGES", &changes);
        first.env("PACKAGES", packages).env("ARCHIVES", &archives);
        let namespace = Process::start(first)?;
        namespace.wait_for_line(QUICK, |line| line.text == READY).await?;
        let children = format!("/proc/{0}/task/{0}/children", namespace.id());
        let children = fs::read_to_string(children)?;
        let inside = children.trim().parse().context("no process inside")?;
        let root = PathBuf::from(format!("/proc/{inside}/root"));
        Ok(Self { root, inside, _namespace: namespace })
    }

    /// A file inside, as it is found from outside.
    pub fn file(&self, path: &str) -> PathBuf {
        self.root.join(path.trim_start_matches('/'))
    }

    /// A program that root runs inside.
    pub fn command(&self, line: &[&str]) -> Command {
        let mut command = Command::new("nsenter");
        command.arg("--target").arg(self.inside.to_string());
        command.args(["--mount", "--pid", "--root", "--wd=/", "--", "env", "-i"]);
        command.args(["PATH=/usr/local/bin:/usr/bin:/usr/sbin:/bin:/sbin", "LC_ALL=C.UTF-8"]);
        command.arg("DEBIAN_FRONTEND=noninteractive");
        let proxies = ["http_proxy", "https_proxy"].map(|name| (name, env::var(name)));
        for (name, value) in proxies {
            if let Ok(value) = value {
                command.arg(format!("{name}={value}"));
            }
        }
        command.args(line);
        command
    }

    /// What root's program prints.
    pub async fn run(&self, line: &[&str]) -> Result<String> {
        let output = output_of(self.command(line), SLOW).await;
        Ok(String::from_utf8_lossy(&output?).into_owned())
    }

    /// Asks Debian's archive only for what was never fetched before.
    ///
    /// # Errors
    /// A package is not to be had, or could not be installed.
    pub async fn install(&self, packages: &[&str]) -> Result<()> {
        let line = [APT, &["install", "--no-install-recommends", "--allow-downgrades"], packages];
        self.run(&line.concat()).await.map(drop)
    }

    /// Fetches packages, and whatever they ask for, to be installed later.
    ///
    /// # Errors
    /// A package is not to be had, also by the archive's newest list.
    pub async fn fetch(&self, packages: &[&str]) -> Result<()> {
        let line = [APT, &["install", "--no-install-recommends", "--download-only"], packages];
        let line = line.concat();
        if self.run(&line).await.is_ok() {
            return Ok(());
        }
        // The archive has other versions than when its list was fetched.
        self.run(&[APT, &["update"]].concat()).await?;
        self.run(&line).await.map(drop)
    }

    /// What `apt-get remove` printed.
    pub async fn remove(&self, package: &str) -> Result<String> {
        self.run(&[APT, &["remove", package]].concat()).await
    }
}

/// Whoever has a session in a [`Debian`]: a virtual screen, a bus, an open keyring.
pub struct Person<'a> {
    debian: &'a Debian,
    display: String,
    _parts: [Process; 2],
    _screen: desktop::x_server::XServer,
}

impl<'a> Person<'a> {
    /// # Errors
    /// A part of the session does not come up.
    pub async fn log_in(debian: &'a Debian) -> Result<Self> {
        debian.run(&["useradd", "--create-home", "--uid", ID, NAME]).await?;
        debian.run(&["install", "-d", "-m", "700", "-o", NAME, "-g", NAME, RUNTIME]).await?;
        let x = desktop::x_server::XServer::start(as_person(debian, "", &["Xvfb"])).await?;
        let display = x.display().to_owned();
        let address = format!("--address={BUS}");
        let bus =
            ["dbus-daemon", "--session", "--nofork", "--nopidfile", &address, "--print-address=1"];
        let bus = Process::start(as_person(debian, &display, &bus))?;
        bus.wait_for_line(QUICK, |line| line.text.starts_with("unix:")).await?;
        let keyring = ["gnome-keyring-daemon", "--unlock", "--foreground", "--components=secrets"];
        let keyring = as_person(debian, &display, &keyring);
        let keyring = Process::start_with_input(keyring, b"a password of Mia's").await?;
        Ok(Self { debian, display, _parts: [keyring, bus], _screen: x })
    }

    pub fn command(&self, line: &[&str]) -> Command {
        as_person(self.debian, &self.display, line)
    }

    /// What the program prints.
    ///
    /// # Errors
    /// It fails.
    pub async fn run(&self, line: &[&str], input: &str) -> Result<String> {
        let output = output_with_input(self.command(line), input.as_bytes(), QUICK).await?;
        Ok(String::from_utf8_lossy(&output).trim().to_owned())
    }

    /// Writes a file that is this person's own.
    pub fn write(&self, path: &str, text: &str) -> Result<()> {
        let file = self.debian.file(path);
        fs::write(&file, text).with_context(|| path.to_owned())?;
        let id = ID.parse().ok();
        std::os::unix::fs::chown(&file, id, id).with_context(|| path.to_owned())
    }
}

fn as_person(debian: &Debian, display: &str, line: &[&str]) -> Command {
    let (id, group) = (format!("--reuid={ID}"), format!("--regid={ID}"));
    let (home, runtime) = (format!("HOME={HOME}"), format!("XDG_RUNTIME_DIR={RUNTIME}"));
    let (bus, display) = (format!("DBUS_SESSION_BUS_ADDRESS={BUS}"), format!("DISPLAY={display}"));
    let person = ["setpriv", &id, &group, "--clear-groups", "env", "-C", HOME, &home, &runtime];
    let session = [bus.as_str(), &display, "XDG_SESSION_TYPE=x11", "NO_AT_BRIDGE=1"];
    debian.command(&[&person[..], &session, line].concat())
}

async fn make(base: &Path) -> Result<()> {
    let half_done = base.with_extension("part");
    if half_done.exists() {
        fs::remove_dir_all(&half_done)?;
    }
    fs::create_dir_all(&half_done)?;
    let mut debootstrap = Command::new("debootstrap");
    debootstrap.args(["--variant=minbase", "--include=ca-certificates", SUITE]);
    debootstrap.arg(&half_done).arg(ARCHIVE);
    output_of(debootstrap, SLOW).await?;
    // Otherwise each run would ask the archive for its list.
    let mut update = Command::new("chroot");
    update.arg(&half_done).args(APT).arg("update");
    output_of(update, SLOW).await?;
    Ok(fs::rename(half_done, base)?)
}

/// Where the packages lie inside.
pub const PACKAGES: &str = "/packages";
pub const HOME: &str = "/home/mia";
const NAME: &str = "mia";
const ID: &str = "1000";
const RUNTIME: &str = "/run/user-1000";
const BUS: &str = "unix:path=/run/user-1000/bus";
/// The Debian that README names.
const SUITE: &str = "bookworm";
const ARCHIVE: &str = "http://deb.debian.org/debian";
/// Nothing of it has to outlive a power cut.
const APT: &[&str] = &[
    "apt-get",
    "--yes",
    "-qq",
    "-o",
    "Dpkg::Use-Pty=0",
    "-o",
    "Dpkg::Options::=--force-unsafe-io",
];
const READY: &str = "ready";
/// The system stays as it was made: changes lie above it, in memory, as quick as they would be on a disk that nobody else
/// uses. What was downloaded is kept.
const MOUNT: &str = r#"
root=$CHANGES/root
mount -t tmpfs tmpfs "$CHANGES"
mkdir "$CHANGES/upper" "$CHANGES/work" "$root"
mount -t overlay overlay -o "lowerdir=$BASE,upperdir=$CHANGES/upper,workdir=$CHANGES/work" "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/tmp"
mount -t tmpfs tmpfs "$root/run"
mount --rbind /dev "$root/dev"
mkdir "$root/packages"
mount --bind "$PACKAGES" "$root/packages"
mount --bind "$ARCHIVES" "$root/var/cache/apt/archives"
cp /etc/resolv.conf "$root/etc/resolv.conf"
chmod 1777 "$root/tmp"
exec chroot "$root" sh -c 'echo ready; exec sleep infinity'
"#;
const QUICK: Duration = Duration::from_secs(60);
/// Half a gigabyte is fetched and unpacked, on a machine that may do other things.
const SLOW: Duration = Duration::from_secs(1200);
