//! The screenshots and their folder.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use desktop::{Desktop, PATIENCE, Window, process::output_of};

use crate::on_linux::mouse;

pub struct Pictures {
    folder: PathBuf,
}

impl Pictures {
    /// `target/tour`, without what an earlier tour left there.
    pub fn in_target_folder() -> Result<Self> {
        let program = env::current_exe()?;
        let target = program.ancestors().nth(2).context("this program lies nowhere")?;
        let folder = target.join("tour");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        Ok(Self { folder })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What the window shows.
    pub async fn window(&self, window: &Window, name: &str) -> Result<()> {
        window.picture(&self.file(name)).await
    }

    /// The end of the panel where the tray is, enlarged.
    pub async fn tray(&self, desktop: &Desktop, name: &str) -> Result<()> {
        self.part(desktop, name, "120x33+1160+0", "400%").await
    }

    /// The tray with its menu open, alone and with all that is on the screen.
    pub async fn tray_menu(&self, desktop: &Desktop) -> Result<()> {
        mouse::open_menu(desktop, TRAY_ICON).await?;
        self.part(desktop, "tray-menu", "300x200+980+0", "200%").await?;
        desktop.screen()?.picture(&self.file("desktop")).await?;
        desktop.screen()?.press("Escape").await
    }

    async fn part(&self, desktop: &Desktop, name: &str, area: &str, scale: &str) -> Result<()> {
        let mut command = desktop.command("import");
        command.args(["-window", "root", "-crop", area, "+repage", "-resize", scale]);
        command.arg(self.file(name));
        output_of(command, PATIENCE).await.map(drop)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.png"))
    }
}

/// The only icon, on a screen of 1280 × 800 with a panel at its top.
const TRAY_ICON: (u32, u32) = (1263, 16);
