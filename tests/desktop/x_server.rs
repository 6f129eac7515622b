//! A virtual screen.

use anyhow::{Context, Result};
use tokio::process::Command;

use crate::{
    process::{Process, Stream},
    timeouts::PATIENCE,
};

/// An Xvfb on the first free display.
#[derive(Debug)]
pub struct XServer {
    display: String,
    _process: Process,
}

impl XServer {
    /// Starts it and waits until it takes clients.
    ///
    /// # Errors
    /// When Xvfb isn't installed or doesn't come up.
    pub async fn start(mut command: Command) -> Result<Self> {
        command.args(["-displayfd", "1", "-screen", "0", GEOMETRY, "-nolisten", "tcp", "-noreset"]);
        let process = Process::start(command)?;
        let line = process.wait_for_line(PATIENCE, |line| line.stream == Stream::Out).await;
        let number = line.context("no virtual screen")?.text;
        Ok(Self { display: format!(":{}", number.trim()), _process: process })
    }

    /// The display's name, e.g. `:99`.
    #[must_use]
    pub fn display(&self) -> &str {
        &self.display
    }
}

/// Large enough for the window beside the panel, small enough for pictures in a README.
const GEOMETRY: &str = "1280x800x24";
