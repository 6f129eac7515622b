//! The `glowjar` command: asks the running application for live tokens. Data goes to standard output and nothing else
//! does; whatever is said to a person goes to standard error.

mod application;
mod arguments;
mod files;
mod format;
mod http;
mod importing;
mod log;
mod outcome;
mod paper;
mod program;
mod status;
mod tokens;

use std::process::ExitCode;

use arguments::{Command, Lazily};
use outcome::Trouble;

fn main() -> ExitCode {
    let outcome = match arguments::parse() {
        Command::Token(Lazily(wish)) => tokens::print(&wish),
        Command::Exec(Lazily(wish)) => program::run(&wish),
        Command::Status(Lazily(wish)) => status::print(&wish),
        Command::Profiles(Lazily(wish)) => status::list(&wish),
        Command::Refresh(Lazily(wish)) => tokens::refresh(&wish),
        Command::Check(Lazily(wish)) => tokens::check(&wish),
        Command::Import(Lazily(wish)) => importing::run(&wish),
        Command::Files(Lazily(wish)) => files::serve(wish),
        Command::Http(Lazily(wish)) => http::serve(wish),
        Command::Log(Lazily(wish)) => log::print(&wish),
        Command::Lock(Lazily(reach)) => log::lock(&reach),
        Command::Open => application::open(),
        Command::Completions { shell } => paper::completions(shell),
        Command::Man => paper::man(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads has had enough, say `head`.
        Err(Trouble::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(trouble) => {
            eprintln!("glowjar: {trouble}");
            trouble.exit_code()
        }
    }
}
