//! `log` and `lock`.

use std::{
    io::{self, Write},
    time::Duration,
};

use glowjar_protocol::message::{Answer, Ask, Taken};

use crate::{
    arguments::{ConnectArgs, LogArgs},
    outcome::Trouble,
    tokens::unexpected,
};

pub fn print(args: &LogArgs) -> Result<(), Trouble> {
    let answer = args.connection.connect()?.ask(Ask::Log, PATIENCE)?;
    let Answer::Log { taken } = answer else { return Err(unexpected(answer)) };
    let mut out = io::stdout().lock();
    for taken in &taken {
        if args.json {
            serde_json::to_writer(&mut out, taken).map_err(io::Error::from)?;
            out.write_all(b"\n")?;
        } else {
            out.write_all(row(taken).as_bytes())?;
        }
    }
    Ok(())
}

pub fn lock(connection: &ConnectArgs) -> Result<(), Trouble> {
    match connection.connect()?.ask(Ask::Lock, PATIENCE)? {
        Answer::Locked => Ok(()),
        other => Err(unexpected(other)),
    }
}

fn row(taken: &Taken) -> String {
    let program = if taken.program.is_empty() { "a program" } else { &taken.program };
    let pid = taken.pid.map(|pid| format!(" ({pid})")).unwrap_or_default();
    format!("{}  {}  {}  {program}{pid}\n", taken.at_rfc3339, taken.profile, taken.format)
}

const PATIENCE: Duration = Duration::from_secs(10);
