//! `exec`: another program, with a live token in its environment and nothing else added.

use std::process::Command;

use secrecy::ExposeSecret;

use crate::{
    arguments::ExecArgs,
    format::{CLIENT_ID_VARIABLE, TOKEN_VARIABLE},
    outcome::Trouble,
    tokens::token,
};

/// Becomes that program; returns only if that failed.
pub fn run(args: &ExecArgs) -> Result<(), Trouble> {
    let token = token(&args.asking, args.ask())?;
    let [program, arguments @ ..] = args.command.as_slice() else { return Ok(()) };
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env(TOKEN_VARIABLE, token.access_token.expose_secret())
        .env(CLIENT_ID_VARIABLE, &token.client_id);
    drop(token);
    let not_run =
        |error| Trouble::NotRun { program: program.to_string_lossy().into_owned(), error };
    become_program(&mut command).map_err(not_run)
}

/// Signals and the exit status are the program's own then.
#[cfg(unix)]
fn become_program(command: &mut Command) -> std::io::Result<()> {
    Err(std::os::unix::process::CommandExt::exec(command))
}

#[cfg(not(unix))]
fn become_program(command: &mut Command) -> std::io::Result<()> {
    let status = command.status()?;
    std::process::exit(status.code().unwrap_or(1))
}
