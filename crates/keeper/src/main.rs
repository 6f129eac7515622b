//! `glowjar-keeper`: a studio's keeper, and the commands of its admin.

use std::process::ExitCode;

#[cfg(unix)]
mod command;

#[cfg(unix)]
fn main() -> ExitCode {
    command::main()
}

#[cfg(not(unix))]
fn main() -> ExitCode {
    eprintln!("glowjar-keeper runs on Linux, and on macOS to try it out");
    ExitCode::FAILURE
}
