//! The `glowjar` command: asks the running application for live tokens. Data goes to standard output and nothing else
//! does; whatever is said to a person goes to standard error.

#![deny(clippy::print_stderr, clippy::print_stdout)]

mod arguments;
mod completions;
mod connect;
mod duration;
mod exec;
mod files;
mod format;
mod http;
mod importing;
mod launch;
mod log;
mod outcome;
mod say;
mod sign_in;
mod status;
mod tokens;

use std::process::ExitCode;

use arguments::{Command, DeferredArgs};
use outcome::Trouble;
use say::say;

fn main() -> ExitCode {
    let outcome = match arguments::parse() {
        Command::Token(DeferredArgs(args)) => tokens::print(&args),
        Command::Exec(DeferredArgs(args)) => exec::run(&args),
        Command::Status(DeferredArgs(args)) => status::print(&args),
        Command::Profiles(DeferredArgs(args)) => status::list(&args),
        Command::Refresh(DeferredArgs(args)) => tokens::refresh(&args),
        Command::Check(DeferredArgs(args)) => tokens::check(&args),
        Command::Import(DeferredArgs(args)) => importing::run(&args),
        Command::SignIn(DeferredArgs(args)) => sign_in::run(&args),
        Command::Files(DeferredArgs(args)) => files::serve(args),
        Command::Http(DeferredArgs(args)) => http::serve(args),
        Command::Connect(DeferredArgs(args)) => connect::run(&args),
        Command::Log(DeferredArgs(args)) => log::print(&args),
        Command::Lock(DeferredArgs(connection)) => log::lock(&connection),
        Command::Open => launch::open(),
        Command::Completions { shell } => completions::print(shell),
        Command::Man => completions::man(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads has had enough, say `head`.
        Err(Trouble::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        // It is said where a monitoring program reads.
        Err(trouble @ Trouble::NotWell { .. }) => trouble.exit_code(),
        Err(trouble) => {
            say!("glowjar: {trouble}");
            trouble.exit_code()
        }
    }
}
