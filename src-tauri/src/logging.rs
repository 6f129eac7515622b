//! Where the log goes: standard error, and a file of the day in the state folder.

use std::{io::IsTerminal, path::Path};

use anyhow::Context;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// Starts logging. `GLOWJAR_LOG` filters it, in the manner of `RUST_LOG`.
///
/// # Errors
/// The folder can't be written to.
pub fn start(folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("{} can't be made", folder.display()))?;
    let file = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .max_log_files(DAYS_KEPT)
        .filename_prefix("glowjar")
        .filename_suffix("log")
        .build(folder)
        .with_context(|| format!("no log can be written to {}", folder.display()))?;
    let filter = EnvFilter::builder()
        .with_env_var("GLOWJAR_LOG")
        .with_default_directive(tracing::Level::INFO.into())
        .from_env_lossy();
    tracing_subscriber::registry()
        .with(filter)
        .with(fmt::layer().with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr))
        .with(fmt::layer().with_ansi(false).with_writer(file))
        .init();
    Ok(())
}

/// A week: last night's trouble can still be read on Monday.
const DAYS_KEPT: usize = 7;
