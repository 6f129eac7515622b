//! Figures that a test measured, for people: `cargo xtask test` shows them at its end.

use std::{env, fs::OpenOptions, io::Write as _};

use anyhow::{Context, Result};

/// Takes down one line, e.g. `crashes: 24, refresh tokens lost: 0`.
///
/// # Errors
/// When the file that the environment variable `GLOWJAR_FIGURES` names can't be written to.
pub fn take_down(figure: &str) -> Result<()> {
    eprintln!("{figure}");
    let Some(file) = env::var_os("GLOWJAR_FIGURES") else { return Ok(()) };
    let mut file = OpenOptions::new().create(true).append(true).open(file).context("figures")?;
    // In one piece: other tests write their lines at the same time.
    file.write_all(format!("{figure}\n").as_bytes()).context("figures")
}
