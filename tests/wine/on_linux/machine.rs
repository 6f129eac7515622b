//! A Windows that is Wine's: a desktop on a virtual screen, and Glowjar's programs on it.

use std::{
    env,
    fs::{self, File},
    os::unix::{fs::PermissionsExt, process::ExitStatusExt as _},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use desktop::{
    process::{Process, output_of},
    timeouts::{until, within},
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
    window_port: u16,
    screen: XServer,
    pictures: PathBuf,
    folder: TempDir,
    desktop: Option<Process>,
}

impl Machine {
    /// With a window that is shown at this port.
    ///
    /// # Errors
    /// Xvfb or Wine are not there, or `cargo xtask windows` did not say where its parts are.
    pub async fn start(window_port: u16) -> Result<Self> {
        let runner = file("GLOWJAR_WINE_RUNNER")?;
        let prefix = file("GLOWJAR_WINE_PREFIX")?;
        let programs = file("GLOWJAR_WINE_LIBRARIES")?;
        forget_the_last_tour(&prefix)?;
        let screen = XServer::start(Command::new("Xvfb")).await?;
        let folder = tempfile::tempdir()?;
        let pictures = prefix.with_file_name("wine-pictures");
        fs::create_dir_all(&pictures)?;
        // Every program that is started is on this desktop, which has a bar with a tray.
        let browser = set_up_browser(folder.path())?;
        for key in [
            [r"HKCU\Software\Wine\Explorer", "Desktop", DESKTOP],
            [r"HKCU\Software\Wine\Explorer\Desktops", DESKTOP, SIZE],
            [r"HKCU\Software\Wine\WineBrowser", "Browsers", &browser],
        ] {
            let mut add = wine(&runner, &screen);
            let [key, name, value] = key;
            add.args(["reg", "add", key, "/v", name, "/d", value, "/f"]);
            finish(add, folder.path(), "reg", "").await?.succeeded()?;
        }
        let mut machine =
            Self { runner, prefix, programs, window_port, screen, pictures, folder, desktop: None };
        machine.start_the_desktop()?;
        Ok(machine)
    }

    /// Also after the end of a session.
    pub fn start_the_desktop(&mut self) -> Result<()> {
        let mut desktop = wine(&self.runner, &self.screen);
        desktop.args(["explorer", &format!("/desktop={DESKTOP},{SIZE}")]);
        self.desktop = Some(Process::start(desktop)?);
        Ok(())
    }

    /// A folder that both systems see.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn pictures(&self) -> &Path {
        &self.pictures
    }

    /// The command, as a program of Windows starts it.
    pub fn command(&self) -> String {
        self.windows_path(&self.programs.join("glowjar.exe"))
    }

    /// Wine shows all of Linux's files as a drive, and has another one of its own.
    pub fn windows_path(&self, file: &Path) -> String {
        let own = file.strip_prefix(self.prefix.join("drive_c"));
        let path = own.map_or_else(
            |_| format!("Z:{}", file.display()),
            |file| format!("C:/{}", file.display()),
        );
        path.replace('/', r"\")
    }

    /// Where the programs lie.
    pub fn programs(&self) -> &Path {
        &self.programs
    }

    pub fn start_the_application(&self) -> Result<()> {
        self.start_file(&self.programs.join("glowjar-app.exe"))
    }

    /// As [`Machine::start_the_application`], from elsewhere.
    pub fn start_file(&self, file: &Path) -> Result<()> {
        let log =
            File::options().create(true).append(true).open(self.folder.path().join("app.log"))?;
        let mut app = self.program(file);
        app.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        app.spawn().map(drop).context("the application could not be started")
    }

    /// Starts a program. What it prints goes into files: Wine would pass a pipe on to whatever the program starts.
    pub fn begin(&self, program: &str, arguments: &[&str], input: &str) -> Result<Running> {
        let ours = self.programs.join(program);
        let mut command = self.program(if ours.exists() { &ours } else { Path::new(program) });
        command.args(arguments);
        begin(command, self.folder.path(), program, input)
    }

    /// As [`Machine::begin`], for a program that lies elsewhere.
    pub fn begin_file(&self, file: &Path, arguments: &[&str]) -> Result<Running> {
        let mut command = self.program(file);
        command.args(arguments);
        begin(command, self.folder.path(), &file.display().to_string(), "")
    }

    /// A program that comes with Wine.
    pub async fn wine(&self, line: &[&str]) -> Result<Ran> {
        let mut command = wine(&self.runner, &self.screen);
        command.args(line);
        finish(command, self.folder.path(), line.first().unwrap_or(&"wine"), "").await
    }

    /// What the person's part of the registry holds there; nothing if there is no such value. A key's own has no name.
    pub async fn registry(&self, key: &str, name: &str) -> Result<Option<String>> {
        let key = format!(r"HKCU\{key}");
        let which: &[&str] = if name.is_empty() { &["/ve"] } else { &["/v", name] };
        let ran = self.wine(&[&["reg", "query", &key], which].concat()).await?;
        let value = ran.out.lines().find_map(|line| line.split_once("REG_SZ"));
        Ok(value.map(|(_, value)| value.trim().to_owned()))
    }

    /// Writes the value that has the key's own name, which is none.
    pub async fn write_registry(&self, key: &str, value: &str) -> Result<()> {
        let key = format!(r"HKCU\{key}");
        self.wine(&["reg", "add", &key, "/ve", "/d", value, "/f"]).await?.succeeded().map(drop)
    }

    /// Opens an address as a browser does that was sent to one. Wine looks among the schemes of all users alone, Windows at
    /// the person's as well: for as long as it takes, all users have theirs.
    pub async fn open_address(&self, address: &str) -> Result<()> {
        let (scheme, _) = address.split_once(':').context("an address has a scheme")?;
        let [own, everybodys] =
            ["HKCU", "HKLM"].map(|of| format!(r"{of}\Software\Classes\{scheme}"));
        self.wine(&["reg", "copy", &own, &everybodys, "/s", "/f"]).await?.succeeded()?;
        let opened = self.wine(&["start", address]).await;
        self.wine(&["reg", "delete", &everybodys, "/f"]).await?.succeeded()?;
        opened?.succeeded().map(drop)
    }

    /// Where the browser was sent last.
    pub async fn browsed(&self) -> Result<String> {
        let file = self.folder.path().join(BROWSED);
        let asked = || async { Ok(fs::read_to_string(&file).ok().filter(|it| it.ends_with('\n'))) };
        let address = until(PATIENCE, "the browser to be opened", asked).await?;
        fs::remove_file(&file)?;
        Ok(address.trim().to_owned())
    }

    /// Ends the session as a person who logs off does.
    pub async fn log_off(&mut self) -> Result<()> {
        self.wine(&["wineboot", "--end-session"]).await?;
        self.desktop = None;
        Ok(())
    }

    /// By the left button.
    pub async fn click_the_icon(&self) -> Result<()> {
        self.click(ICON, LEFT).await
    }

    /// By the right button.
    pub async fn open_the_menu(&self) -> Result<()> {
        self.click(ICON, RIGHT).await?;
        // It takes clicks when it is there, which nobody is told.
        tokio::time::sleep(A_MOMENT).await;
        Ok(())
    }

    /// Clicks a row of the open menu.
    pub async fn choose(&self, row: Row) -> Result<()> {
        let [x, y] = LAST_ROW;
        let above = row.rows_below * ROW_HEIGHT + row.lines_below * LINE_HEIGHT;
        self.click([x, y - above], LEFT).await
    }

    async fn click(&self, [x, y]: [u32; 2], button: &str) -> Result<()> {
        self.xdotool(&["mousemove", &x.to_string(), &y.to_string(), "click", button]).await
    }

    async fn xdotool(&self, arguments: &[&str]) -> Result<()> {
        let mut command = Command::new("xdotool");
        command.env("DISPLAY", self.screen.display()).args(arguments);
        output_of(command, PATIENCE).await.map(drop)
    }

    /// In this form, as X calls it. Empty as well where there is none.
    pub async fn clipboard(&self, form: &str) -> String {
        let mut command = Command::new("xclip");
        command.env("DISPLAY", self.screen.display());
        command.args(["-o", "-selection", "clipboard", "-t", form]);
        let text = output_of(command, PATIENCE).await.unwrap_or_default();
        String::from_utf8_lossy(&text).into_owned()
    }

    /// As before the first start, but for the keychain.
    pub fn forget_the_data(&self) -> Result<()> {
        forget_the_last_tour(&self.prefix)
    }

    pub fn data_folder(&self) -> Result<PathBuf> {
        Ok(self.local_folder()?.join(DATA_FOLDER))
    }

    /// Where programs keep what is the one person's that there is.
    pub fn local_folder(&self) -> Result<PathBuf> {
        let users = fs::read_dir(self.prefix.join("drive_c/users"))?;
        let mut folders = users.flatten().map(|user| user.path().join("AppData/Local"));
        folders.find(|folder| folder.is_dir()).context("nobody has a folder")
    }

    /// Asks the application to end.
    pub async fn taskkill(&self, how: &[&str]) -> Result<()> {
        let mut command = wine(&self.runner, &self.screen);
        command.args(["taskkill", "/IM", "glowjar-app.exe"]).args(how);
        finish(command, self.folder.path(), "taskkill", "").await?.succeeded().map(drop)
    }

    /// By Linux's list of processes: Wine's `tasklist` lists none.
    pub async fn wait_until_it_is_gone(&self) -> Result<()> {
        let gone = until(PATIENCE, "the application to end", || async {
            Ok((!self.is_running()?).then_some(()))
        });
        gone.await.with_context(|| self.log())
    }

    fn is_running(&self) -> Result<bool> {
        let prefix = self.prefix.display().to_string();
        let of = |process: &Path, file: &str| {
            // One that ended meanwhile has none.
            let text = fs::read(process.join(file)).unwrap_or_default();
            String::from_utf8_lossy(&text).into_owned()
        };
        Ok(fs::read_dir("/proc")?.flatten().map(|entry| entry.path()).any(|process| {
            let line = of(&process, "cmdline");
            let program = line.split('\0').next().unwrap_or_default();
            program.ends_with("glowjar-app.exe") && of(&process, "environ").contains(&prefix)
        }))
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

    fn program(&self, file: &Path) -> Command {
        let mut command = wine(&self.runner, &self.screen);
        let stand_in = self.windows_path(&self.programs.join("stand-in.exe"));
        command.arg(file).env("GLOWJAR_TEST_WINDOW", stand_in);
        command.env("GLOWJAR_TEST_WINDOW_PORT", self.window_port.to_string());
        command
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let mut end = std::process::Command::new("wineserver");
        let _ = end.arg("--kill").env("WINEPREFIX", &self.prefix).status();
    }
}

/// A row of the icon's menu, by what is below it.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub rows_below: u32,
    pub lines_below: u32,
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
        let ran = Ran {
            code: status.code(),
            signal: status.signal(),
            ended: status.to_string(),
            out: read(&self.out)?,
            err: read(&self.err)?,
        };
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
    /// Linux's, which ended it.
    signal: Option<i32>,
    /// The same in words, and the signal where Linux ended it.
    pub ended: String,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// What it printed on standard output.
    ///
    /// # Errors
    /// It did not end with 0. Wine's server kills a process of which Windows' part has ended and Linux' part is still there a
    /// sixty-fourth of a second later (`start_sigkill_timer` in Wine's `server/process.c`); its exit code is lost then, and what it
    /// printed is what counts.
    pub fn succeeded(self) -> Result<String> {
        let has_lost_its_code =
            self.signal == Some(KILLED) && self.err.is_empty() && !self.out.is_empty();
        if self.code != Some(0) && !has_lost_its_code {
            bail!(
                "{}, {} bytes on standard output: {}",
                self.ended,
                self.out.len(),
                self.err.trim()
            );
        }
        Ok(self.out)
    }
}

/// `SIGKILL`.
const KILLED: i32 = 9;

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

/// What opens pages: a program that writes down where it was sent.
fn set_up_browser(folder: &Path) -> Result<String> {
    let program = folder.join("browser");
    let browsed = folder.join(BROWSED);
    fs::write(&program, format!("#!/bin/sh\necho \"$1\" > '{}'\n", browsed.display()))?;
    fs::set_permissions(&program, fs::Permissions::from_mode(0o700))?;
    Ok(program.display().to_string())
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

const BROWSED: &str = "browsed";
/// Wine gives a desktop of this very name a bar with a tray.
const DESKTOP: &str = "shell";
const SIZE: &str = "1280x800";
/// Where the only icon is, at the bar's end.
const ICON: [u32; 2] = [1268, 790];
/// Where its menu has its last row, and how high Wine makes rows and the lines between them.
const LAST_ROW: [u32; 2] = [1110, 768];
const ROW_HEIGHT: u32 = 17;
const LINE_HEIGHT: u32 = 9;
/// The mouse's buttons, as X counts them.
const LEFT: &str = "1";
const RIGHT: &str = "3";
const A_MOMENT: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_secs(60);
