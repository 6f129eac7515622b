//! The screen: pictures of it, and the windows on it.

use std::{path::Path, time::Duration};

use anyhow::{Context, Result, bail, ensure};

use crate::{
    process::output_of,
    session::Surroundings,
    timeouts::{PATIENCE, until},
};

/// Long for a window, short for a person who presses again.
const TIME_TO_CLOSE: Duration = Duration::from_secs(10);

/// The screen of one desktop.
#[derive(Clone, Debug)]
pub struct Screen {
    surroundings: Surroundings,
}

impl Screen {
    pub(crate) fn new(surroundings: Surroundings) -> Self {
        Self { surroundings }
    }

    /// Takes a picture of the whole screen, into a PNG file.
    ///
    /// # Errors
    /// When ImageMagick isn't installed or the file can't be written.
    pub async fn picture(&self, file: &Path) -> Result<()> {
        self.import("root", file).await
    }

    /// Takes a picture of the visible window with this title (a regular expression for all of it), into a PNG file.
    ///
    /// # Errors
    /// When there is no such window, or as [`Screen::picture`].
    pub async fn picture_of(&self, title: &str, file: &Path) -> Result<()> {
        let window = self.window(title).await?.with_context(|| format!("no window {title:?}"))?;
        self.import(&window, file).await
    }

    /// Whether a window with this title can be seen.
    ///
    /// # Errors
    /// When xdotool isn't installed.
    pub async fn has_window(&self, title: &str) -> Result<bool> {
        Ok(self.window(title).await?.is_some())
    }

    /// Width and height of the visible window with this title, in the screen's own pixels and without its frame.
    ///
    /// # Errors
    /// When there is no such window.
    pub async fn size_of(&self, title: &str) -> Result<(u32, u32)> {
        let window = self.window(title).await?.with_context(|| format!("no window {title:?}"))?;
        let told = self.xdotool(&["getwindowgeometry", "--shell", &window]).await?;
        let number = |name: &str| {
            let value = told.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            value
                .and_then(|value| value.parse().ok())
                .with_context(|| format!("no {name} in {told}"))
        };
        Ok((number("WIDTH")?, number("HEIGHT")?))
    }

    /// Waits until a window with this title can be seen (`shown`), or none can.
    ///
    /// # Errors
    /// When that isn't so within `limit`.
    pub async fn wait_for_window(&self, title: &str, shown: bool, limit: Duration) -> Result<()> {
        let what = format!("a window {title:?} to {}", if shown { "appear" } else { "go" });
        until(limit, what, || async { Ok((self.has_window(title).await? == shown).then_some(())) })
            .await
    }

    /// Presses keys as a person would, in xdotool's words: `"alt+F4"`, `"Return"`.
    ///
    /// # Errors
    /// When xdotool isn't installed.
    pub async fn press(&self, keys: &str) -> Result<()> {
        self.xdotool(&["key", "--clearmodifiers", keys]).await.map(drop)
    }

    /// Clicks at a place on the screen, in its own pixels from the top left.
    ///
    /// # Errors
    /// As [`Screen::press`].
    pub async fn click_at(&self, x: u32, y: u32) -> Result<()> {
        let (x, y) = (x.to_string(), y.to_string());
        self.xdotool(&["mousemove", &x, &y, "click", "1"]).await.map(drop)
    }

    /// Types text into whatever has the focus.
    ///
    /// # Errors
    /// As [`Screen::press`].
    pub async fn type_text(&self, text: &str) -> Result<()> {
        self.xdotool(&["type", "--clearmodifiers", text]).await.map(drop)
    }

    /// Closes the window with this title from its keyboard shortcut, so that the program may object.
    ///
    /// # Errors
    /// When there is no such window.
    pub async fn close_window(&self, title: &str) -> Result<()> {
        let gone = || async { Ok(self.window(title).await?.is_none().then_some(())) };
        // A window manager that is busy overlooks a key.
        for _ in 0..3 {
            self.activate(title).await?;
            self.press("alt+F4").await?;
            if until(TIME_TO_CLOSE, "the window to close", gone).await.is_ok() {
                return Ok(());
            }
        }
        bail!("{title:?} does not close")
    }

    /// Brings the window with this title to the front, where keys go to.
    ///
    /// # Errors
    /// When there is no such window.
    pub async fn activate(&self, title: &str) -> Result<()> {
        let window = self.window(title).await?.with_context(|| format!("no window {title:?}"))?;
        self.xdotool(&["windowactivate", "--sync", &window]).await.map(drop)
    }

    async fn window(&self, title: &str) -> Result<Option<String>> {
        let pattern = format!("^{title}$");
        // xdotool fails when it finds nothing.
        let found = self
            .xdotool(&["search", "--onlyvisible", "--name", &pattern])
            .await
            .unwrap_or_default();
        Ok(found.lines().next().map(str::to_owned))
    }

    async fn import(&self, window: &str, file: &Path) -> Result<()> {
        let mut command = self.surroundings.command("import");
        command.args(["-window", window]).arg(std::path::absolute(file)?);
        output_of(command, PATIENCE).await?;
        ensure!(file.metadata()?.len() > 0, "an empty picture");
        Ok(())
    }

    async fn xdotool(&self, arguments: &[&str]) -> Result<String> {
        let mut command = self.surroundings.command("xdotool");
        command.args(arguments);
        Ok(String::from_utf8_lossy(&output_of(command, PATIENCE).await?).into_owned())
    }
}
