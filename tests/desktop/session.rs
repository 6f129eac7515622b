//! The private desktop itself: which parts it has, and what a program started on it gets to see.

use std::{
    env,
    ffi::{OsStr, OsString},
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result, ensure};
use tokio::process::Command;

use crate::{
    bus::Bus,
    clipboard::Clipboard,
    keychain::{Keychain, KeychainState},
    notices::{NoticeTaker, Notices},
    panel::{Panel, WindowKeeper},
    process_table::{self, Running},
    reaper::{MARK, Reaper},
    screen::Screen,
    tray::Tray,
    x_server::XServer,
};

/// What a desktop has. The default is what a person's has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// A virtual screen, and a window manager on it.
    pub screen: bool,
    /// A message bus; without it there is neither keychain nor panel nor notices.
    pub bus: bool,
    pub keychain: KeychainState,
    /// A panel with a tray. Needs a screen.
    pub panel: bool,
    pub notices: NoticeTaker,
}

impl Default for Parts {
    fn default() -> Self {
        Self {
            screen: true,
            bus: true,
            keychain: KeychainState::Unlocked,
            panel: true,
            notices: NoticeTaker::Recorder,
        }
    }
}

impl Parts {
    /// A message bus and nothing on it, not even a screen.
    #[must_use]
    pub const fn bare() -> Self {
        Self {
            screen: false,
            bus: true,
            keychain: KeychainState::Absent,
            panel: false,
            notices: NoticeTaker::Nobody,
        }
    }
}

/// A private desktop. It ends, with all that runs on it, when it is dropped.
#[derive(Debug)]
pub struct Desktop {
    // Dropped in this order: what uses the bus and the screen first, the reaper last.
    notices: Option<Notices>,
    panel: Option<Panel>,
    keychain: Option<Keychain>,
    _windows: Option<WindowKeeper>,
    bus: Option<Bus>,
    screen: Option<XServer>,
    surroundings: Surroundings,
    _reaper: Reaper,
}

impl Desktop {
    /// Starts a desktop and waits until each of its parts is ready.
    ///
    /// # Errors
    /// When a part isn't installed or doesn't come up; says which.
    pub async fn start(parts: Parts) -> Result<Self> {
        Self::start_in(parts, None).await
    }

    /// Another session of the person whose home folder this is, with a screen, a bus and a run-time folder of its own.
    ///
    /// # Errors
    /// As [`Desktop::start`].
    pub async fn start_another_session(&self, parts: Parts) -> Result<Self> {
        Self::start_in(parts, Some(self.home())).await
    }

    async fn start_in(parts: Parts, home: Option<PathBuf>) -> Result<Self> {
        ensure!(parts.screen || !parts.panel, "a panel needs a screen");
        let (mut surroundings, reaper) = Surroundings::new(home)?;
        let screen = match parts.screen {
            true => Some(XServer::start(surroundings.command("Xvfb")).await?),
            false => None,
        };
        if let Some(screen) = &screen {
            surroundings.set("DISPLAY", screen.display());
        }
        let bus = match parts.bus {
            true => Some(
                Bus::start(surroundings.command("dbus-daemon"), &surroundings.runtime_folder())
                    .await?,
            ),
            false => None,
        };
        // Said even when there is none, or a library would go and start one of its own.
        let nobody =
            || format!("unix:path={}", surroundings.runtime_folder().join("no-bus").display());
        let address = bus.as_ref().map_or_else(nobody, |bus| bus.address().to_owned());
        surroundings.set("DBUS_SESSION_BUS_ADDRESS", &address);
        let windows = match parts.screen {
            true => Some(WindowKeeper::start(&surroundings).await?),
            false => None,
        };
        let mut desktop = Self {
            notices: None,
            panel: None,
            keychain: None,
            _windows: windows,
            bus: None,
            screen,
            surroundings,
            _reaper: reaper,
        };
        if let Some(bus) = bus {
            let surroundings = &desktop.surroundings;
            let panel = async {
                match parts.panel {
                    true => Panel::start(surroundings.clone(), &bus).await.map(Some),
                    false => Ok(None),
                }
            };
            let (keychain, notices, panel) = tokio::try_join!(
                Keychain::start(surroundings.clone(), &bus, parts.keychain),
                Notices::start(surroundings, &bus, parts.notices),
                panel
            )?;
            (desktop.keychain, desktop.notices, desktop.panel) =
                (Some(keychain), Some(notices), panel);
            desktop.bus = Some(bus);
        }
        Ok(desktop)
    }

    /// Everything a program on this desktop has in its environment; nothing of the caller's gets through but
    /// the search path, the language and what makes Rust programs talk.
    #[must_use]
    pub fn env(&self) -> Vec<(OsString, OsString)> {
        self.surroundings.variables.clone()
    }

    /// A program to be run on this desktop.
    #[must_use]
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        self.surroundings.command(program)
    }

    /// The home folder; empty at first.
    #[must_use]
    pub fn home(&self) -> PathBuf {
        self.surroundings.home()
    }

    /// As a person sets it who wants no motion. Several windows painted in software would otherwise eat both cores.
    ///
    /// # Errors
    /// When the home folder can't be written to.
    pub fn keep_still(&self) -> Result<()> {
        let folder = self.home().join(".config/gtk-3.0");
        fs::create_dir_all(&folder)?;
        Ok(fs::write(folder.join("settings.ini"), "[Settings]\ngtk-enable-animations=0\n")?)
    }

    /// `XDG_RUNTIME_DIR`.
    #[must_use]
    pub fn runtime_folder(&self) -> PathBuf {
        self.surroundings.runtime_folder()
    }

    /// The keychain.
    ///
    /// # Errors
    /// When the desktop has no bus.
    pub fn keychain(&mut self) -> Result<&mut Keychain> {
        self.keychain.as_mut().context("this desktop has no bus")
    }

    /// The panel, to stop and start it.
    ///
    /// # Errors
    /// When the desktop was started without.
    pub fn panel(&mut self) -> Result<&mut Panel> {
        self.panel.as_mut().context("this desktop has no panel")
    }

    /// What was notified so far.
    ///
    /// # Errors
    /// When the desktop has no bus.
    pub fn notices(&self) -> Result<&Notices> {
        self.notices.as_ref().context("this desktop has no bus")
    }

    /// What is in the tray.
    ///
    /// # Errors
    /// When the desktop has no bus.
    pub fn tray(&self) -> Result<Tray> {
        Ok(Tray::new(self.bus()?.connection().clone()))
    }

    /// The message bus.
    ///
    /// # Errors
    /// When the desktop was started without.
    pub fn bus(&self) -> Result<&Bus> {
        self.bus.as_ref().context("this desktop has no bus")
    }

    /// The clipboard.
    ///
    /// # Errors
    /// When the desktop has no screen.
    pub fn clipboard(&self) -> Result<Clipboard> {
        self.screen.as_ref().context("this desktop has no screen")?;
        Ok(Clipboard::new(self.surroundings.clone()))
    }

    /// What can be seen.
    ///
    /// # Errors
    /// When the desktop has no screen.
    pub fn screen(&self) -> Result<Screen> {
        self.screen.as_ref().context("this desktop has no screen")?;
        Ok(Screen::new(self.surroundings.clone()))
    }

    /// Everything that runs on this desktop, whoever its parent is by now.
    #[must_use]
    pub fn processes(&self) -> Vec<Running> {
        process_table::marked(&self.surroundings.mark)
    }

    /// The mark that its programs bear, see [`crate::reaper`].
    #[must_use]
    pub fn mark(&self) -> &str {
        &self.surroundings.mark
    }
}

/// Folders and environment of one desktop.
#[derive(Clone, Debug)]
pub struct Surroundings {
    folder: Arc<Path>,
    home: Arc<Path>,
    mark: String,
    variables: Vec<(OsString, OsString)>,
}

impl Surroundings {
    /// With this home folder, or a new one.
    fn new(home: Option<PathBuf>) -> Result<(Self, Reaper)> {
        // The reaper removes it, once nobody writes to it any more.
        let folder = tempfile::Builder::new().prefix("glowjar-desktop-").tempdir()?.keep();
        let mark =
            folder.file_name().context("a folder without a name")?.to_string_lossy().into_owned();
        let reaper = Reaper::start(&mark, &folder)?;
        let (home, runtime) = (home.unwrap_or_else(|| folder.join("home")), folder.join("run"));
        fs::create_dir_all(&home)?;
        fs::create_dir_all(&runtime)?;
        fs::set_permissions(&runtime, fs::Permissions::from_mode(0o700))?;
        let mut surroundings = Self {
            folder: folder.into(),
            home: home.as_path().into(),
            mark,
            variables: Vec::new(),
        };
        for name in LET_THROUGH {
            if let Some(value) = env::var_os(name) {
                surroundings.set(name, value);
            }
        }
        surroundings.set(MARK, surroundings.mark.clone());
        surroundings.set("HOME", home);
        surroundings.set("XDG_RUNTIME_DIR", runtime);
        // xdg-open needs a name it knows.
        surroundings.set("XDG_CURRENT_DESKTOP", "XFCE");
        surroundings.set("XDG_SESSION_TYPE", "x11");
        surroundings.set("GDK_BACKEND", "x11");
        // Screen readers are not under test here, and their bus doubles the start-up time of every window.
        surroundings.set("NO_AT_BRIDGE", "1");
        surroundings.set("GTK_A11Y", "none");
        Ok((surroundings, reaper))
    }

    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(self.home());
        command
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.home.to_path_buf()
    }

    pub(crate) fn runtime_folder(&self) -> PathBuf {
        self.folder.join("run")
    }

    fn set(&mut self, name: &str, value: impl AsRef<OsStr>) {
        self.variables.push((name.into(), value.as_ref().to_owned()));
    }
}

const LET_THROUGH: [&str; 6] = ["PATH", "LANG", "LC_ALL", "TZ", "RUST_LOG", "RUST_BACKTRACE"];
