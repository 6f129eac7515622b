//! The X clipboard, read and written by xclip: another program's eyes.

use std::{process::Stdio, time::Duration};

use anyhow::{Context, Result};

use crate::{
    process::{output_of, output_with_input},
    session::Surroundings,
    timeouts::{PATIENCE, until},
};

/// The clipboard of one desktop.
#[derive(Clone, Debug)]
pub struct Clipboard {
    surroundings: Surroundings,
}

impl Clipboard {
    pub(crate) fn new(surroundings: Surroundings) -> Self {
        Self { surroundings }
    }

    /// The text on the clipboard; `None` when nobody offers any.
    ///
    /// # Errors
    /// When xclip isn't installed or the owner doesn't answer.
    pub async fn text(&self) -> Result<Option<String>> {
        if !self.targets().await?.iter().any(|target| target == "UTF8_STRING" || target == "STRING")
        {
            return Ok(None);
        }
        self.read("UTF8_STRING").await.map(Some)
    }

    /// The kinds of content on offer, e.g. `UTF8_STRING` and `x-kde-passwordManagerHint`.
    ///
    /// # Errors
    /// As [`Clipboard::text`].
    pub async fn targets(&self) -> Result<Vec<String>> {
        let mut command = self.surroundings.command("xclip");
        command.args(["-selection", "clipboard", "-o", "-t", "TARGETS"]);
        let mut probe = command;
        probe.stdin(Stdio::null()).kill_on_drop(true);
        let output = tokio::time::timeout(PATIENCE, probe.output())
            .await
            .context("the clipboard's owner is silent")?;
        let output = output.context("can't run xclip")?;
        // It fails when there is no owner: that is an empty clipboard, not an error.
        Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
    }

    /// The content of one kind, as text.
    ///
    /// # Errors
    /// When that kind is not on offer.
    pub async fn read(&self, target: &str) -> Result<String> {
        let mut command = self.surroundings.command("xclip");
        command.args(["-selection", "clipboard", "-o", "-t", target]);
        Ok(String::from_utf8(output_of(command, PATIENCE).await?)?)
    }

    /// Puts `text` on the clipboard, as a person who copies something else.
    ///
    /// # Errors
    /// When xclip isn't installed, or it isn't there to be read after a while.
    pub async fn write(&self, text: &str) -> Result<()> {
        // xclip goes on serving from a fork, which would keep our pipes open: hence the shell.
        let mut command = self.surroundings.command("sh");
        command.args(["-c", "exec xclip -selection clipboard -i >/dev/null 2>&1"]);
        output_with_input(command, text.as_bytes(), PATIENCE).await?;
        // It is the fork that takes the clipboard, perhaps only after somebody else has.
        self.wait_until(PATIENCE, |shown| shown == Some(text)).await.map(drop)
    }

    /// Waits until the text is one for which `wanted` holds, and returns it.
    ///
    /// # Errors
    /// When it isn't within `limit`.
    pub async fn wait_until(
        &self,
        limit: Duration,
        wanted: impl Fn(Option<&str>) -> bool,
    ) -> Result<Option<String>> {
        until(limit, "the clipboard to change", || async {
            let text = self.text().await?;
            Ok(wanted(text.as_deref()).then_some(text))
        })
        .await
    }
}
