//! The `glowjar` command: asks the running application for live tokens. Data goes to standard output and nothing else
//! does; whatever is said to a person goes to standard error.

mod application;
mod arguments;
mod files;
mod format;
mod http;
mod log;
mod outcome;
mod paper;
mod program;
mod status;
mod tokens;

use std::process::ExitCode;

use arguments::Command;
use outcome::Trouble;

fn main() -> ExitCode {
    let outcome = match arguments::parse() {
        Command::Token(wish) => tokens::print(&wish),
        Command::Exec(wish) => program::run(&wish),
        Command::Status(wish) => status::print(&wish),
        Command::Profiles(wish) => status::list(&wish),
        Command::Refresh(wish) => tokens::refresh(&wish),
        Command::Check(wish) => tokens::check(&wish),
        Command::Files(wish) => files::serve(wish),
        Command::Http(wish) => http::serve(wish),
        Command::Log(wish) => log::print(&wish),
        Command::Lock(reach) => log::lock(&reach),
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
