//! A Windows that is Wine's: a desktop on a virtual screen, and Glowjar's programs on it.

use std::{
    env,
    fs::{self, File},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use desktop::{
    patience::{until, within},
    process::{Process, output_of},
    x_server::XServer,
};
use glowjar_protocol::address::DATA_FOLDER;
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// A person's computer, fresh out of the box.
pub struct Machine {
    runner: PathBuf,
    prefix: PathBuf,
    programs: PathBuf,
    screen: XServer,
    pictures: PathBuf,
    folder: TempDir,
    _desktop: Process,
}

impl Machine {
    /// # Errors
    /// Xvfb or Wine are not there, or `cargo xtask windows` did not say where its parts are.
    pub async fn start() -> Result<Self> {
        let runner = file("GLOWJAR_WINE_RUNNER")?;
        let prefix = file("GLOWJAR_WINE_PREFIX")?;
        let programs = file("GLOWJAR_WINE_LIBRARIES")?;
        forget_the_last_tour(&prefix)?;
        let screen = XServer::start(Command::new("Xvfb")).await?;
        let folder = tempfile::tempdir()?;
        let pictures = prefix.with_file_name("wine-pictures");
        fs::create_dir_all(&pictures)?;
        // Every program that is started is on this desktop, which has a bar with a tray.
        for key in [
            [r"HKCU\Software\Wine\Explorer", "Desktop", DESKTOP],
            [r"HKCU\Software\Wine\Explorer\Desktops", DESKTOP, SIZE],
        ] {
            let mut add = wine(&runner, &screen);
            let [key, name, value] = key;
            add.args(["reg", "add", key, "/v", name, "/d", value, "/f"]);
            finish(add, folder.path(), "reg", "").await?.succeeded()?;
        }
        let mut desktop = wine(&runner, &screen);
        desktop.args(["explorer", &format!("/desktop={DESKTOP},{SIZE}")]);
        let desktop = Process::start(desktop)?;
        Ok(Self { runner, prefix, programs, screen, pictures, folder, _desktop: desktop })
    }

    /// A folder that both systems see.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn pictures(&self) -> &Path {
        &self.pictures
    }

    /// Wine shows all of Linux's files as a drive.
    pub fn windows_path(&self, file: &Path) -> String {
        format!("Z:{}", file.display().to_string().replace('/', r"\"))
    }

    pub fn start_the_application(&self) -> Result<()> {
        let log =
            File::options().create(true).append(true).open(self.folder.path().join("app.log"))?;
        let mut app = self.program("glowjar-app.exe");
        app.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        app.spawn().map(drop).context("the application could not be started")
    }

    /// Starts a program. What it prints goes into files: Wine would pass a pipe on to whatever the program starts.
    pub fn begin(&self, program: &str, arguments: &[&str], input: &str) -> Result<Running> {
        let mut command = self.program(program);
        command.args(arguments);
        begin(command, self.folder.path(), program, input)
    }

    /// Asks the application to end.
    pub async fn taskkill(&self, how: &[&str]) -> Result<()> {
        let mut command = wine(&self.runner, &self.screen);
        command.args(["taskkill", "/IM", "glowjar-app.exe"]).args(how);
        finish(command, self.folder.path(), "taskkill", "").await?.succeeded().map(drop)
    }

    pub async fn wait_until_it_is_gone(&self) -> Result<()> {
        let gone = until(PATIENCE, "the application to end", || async {
            let mut command = wine(&self.runner, &self.screen);
            command.arg("tasklist");
            let ran = finish(command, self.folder.path(), "tasklist", "").await?;
            Ok((!ran.out.contains("glowjar-app")).then_some(()))
        });
        gone.await.with_context(|| self.log())
    }

    /// What the application wrote.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("app.log")).unwrap_or_default()
    }

    pub async fn picture(&self, name: &str) -> Result<()> {
        let mut import = Command::new("import");
        import.env("DISPLAY", self.screen.display()).args(["-window", "root"]);
        import.arg(self.pictures.join(format!("{name}.png")));
        output_of(import, PATIENCE).await.map(drop)
    }

    fn program(&self, name: &str) -> Command {
        let mut command = wine(&self.runner, &self.screen);
        command.arg(self.programs.join(name));
        command
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let mut end = std::process::Command::new("wineserver");
        let _ = end.arg("--kill").env("WINEPREFIX", &self.prefix).status();
    }
}

/// A program that was started.
pub struct Running {
    name: String,
    child: Child,
    out: PathBuf,
    err: PathBuf,
}

impl Running {
    /// # Errors
    /// It takes longer than `limit`.
    pub async fn end(mut self, limit: Duration) -> Result<Ran> {
        let status =
            within(limit, format!("the end of {}", self.name), self.child.wait()).await??;
        let read = |file: &Path| fs::read(file).map(|it| String::from_utf8_lossy(&it).into_owned());
        let ran = Ran { code: status.code(), out: read(&self.out)?, err: read(&self.err)? };
        for file in [&self.out, &self.err] {
            fs::remove_file(file)?;
        }
        Ok(ran)
    }
}

/// How a program ended, and what it printed.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// What it printed on standard output.
    ///
    /// # Errors
    /// It did not end with 0.
    pub fn succeeded(self) -> Result<String> {
        if self.code != Some(0) {
            bail!("ended with {:?}: {}", self.code, self.err.trim());
        }
        Ok(self.out)
    }
}

/// Whoever starts it is new here.
fn forget_the_last_tour(prefix: &Path) -> Result<()> {
    for user in fs::read_dir(prefix.join("drive_c/users"))? {
        let data = user?.path().join("AppData/Local").join(DATA_FOLDER);
        if data.exists() {
            fs::remove_dir_all(data)?;
        }
    }
    Ok(())
}

fn begin(mut command: Command, folder: &Path, name: &str, input: &str) -> Result<Running> {
    let (_, out) = tempfile::NamedTempFile::new_in(folder)?.keep()?;
    let (_, err) = tempfile::NamedTempFile::new_in(folder)?.keep()?;
    let given = tempfile::NamedTempFile::new_in(folder)?;
    fs::write(&given, input)?;
    command.stdin(File::open(&given)?).stdout(File::create(&out)?).stderr(File::create(&err)?);
    let child = command.kill_on_drop(true).spawn().context("Wine could not be started")?;
    Ok(Running { name: name.to_owned(), child, out, err })
}

async fn finish(command: Command, folder: &Path, name: &str, input: &str) -> Result<Ran> {
    begin(command, folder, name, input)?.end(PATIENCE).await
}

fn wine(runner: &Path, screen: &XServer) -> Command {
    let mut command = Command::new(runner);
    command.env("DISPLAY", screen.display());
    command
}

fn file(variable: &str) -> Result<PathBuf> {
    let value = env::var_os(variable).map(PathBuf::from);
    value.with_context(|| format!("{variable} isn't set: `cargo xtask windows` sets it"))
}

/// Wine gives a desktop of this very name a bar with a tray.
const DESKTOP: &str = "shell";
const SIZE: &str = "1280x800";
const PATIENCE: Duration = Duration::from_secs(60);
