//! `log` and `lock`.

use std::{
    io::{self, Write},
    time::Duration,
};

use glowjar_protocol::message::{AccessLogEntry, Answer, Ask, TurnedAway};

use crate::{
    arguments::{ConnectArgs, LogArgs},
    launch,
    outcome::Trouble,
    tokens::unexpected,
};

pub fn print(args: &LogArgs) -> Result<(), Trouble> {
    let answer = launch::connect(&args.connection)?.ask(Ask::Log, PATIENCE)?;
    let Answer::Log { taken, turned_away } = answer else { return Err(unexpected(answer)) };
    let mut out = io::stdout().lock();
    for taken in &taken {
        if args.json {
            serde_json::to_writer(&mut out, taken).map_err(io::Error::from)?;
            out.write_all(b"\n")?;
        } else {
            out.write_all(row(taken).as_bytes())?;
        }
    }
    for turned_away in &turned_away {
        if args.json {
            serde_json::to_writer(&mut out, turned_away).map_err(io::Error::from)?;
            out.write_all(b"\n")?;
        } else {
            out.write_all(turned_away_row(turned_away).as_bytes())?;
        }
    }
    Ok(())
}

pub fn lock(connection: &ConnectArgs) -> Result<(), Trouble> {
    match launch::connect(connection)?.ask(Ask::Lock, PATIENCE)? {
        Answer::Locked => Ok(()),
        other => Err(unexpected(other)),
    }
}

fn row(taken: &AccessLogEntry) -> String {
    let program = if taken.program.is_empty() { "a program" } else { &taken.program };
    let pid = taken.pid.map(|pid| format!(" ({pid})")).unwrap_or_default();
    format!("{}  {}  {}  {program}{pid}\n", taken.at_rfc3339, taken.profile, taken.format)
}

fn turned_away_row(turned_away: &TurnedAway) -> String {
    let TurnedAway { at_rfc3339, cause, program, count, .. } = turned_away;
    let why = match cause.as_str() {
        "wrong_secret" => "a wrong secret",
        "browser" => "a web page",
        "host" => "a false name for this machine",
        "too_many" => "too many requests",
        other => other,
    };
    let program = if program.is_empty() { "somebody" } else { program };
    format!("{at_rfc3339}  got nothing  {why} ({count})  {program}\n")
}

const PATIENCE: Duration = Duration::from_secs(10);
