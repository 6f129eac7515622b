//! `files`: what is kept current by itself.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use glowjar_protocol::{
    message::{Answer, Ask, OutletStatus, Target, USUAL_TIMEOUT},
    names::{self, Family},
};

use crate::{
    arguments::{FilesArgs, FilesChange},
    launch,
    outcome::Trouble,
    say::say,
    tokens::unexpected,
};

pub fn serve(args: FilesArgs) -> Result<(), Trouble> {
    let ask = args.change.map_or(Ok(Ask::Outlets), asked)?;
    let is_list = ask == Ask::Outlets;
    let is_addition = matches!(ask, Ask::AddOutlet { .. });
    match launch::connect(&args.connection)?.ask(ask, PATIENCE)? {
        Answer::Outlets { outlets } if is_list => {
            let rows: String = outlets.iter().map(row).collect();
            Ok(io::stdout().write_all(rows.as_bytes())?)
        }
        Answer::Outlets { outlets } => {
            let waits = |outlet: &&OutletStatus| !outlet.is_current && outlet.trouble.is_none();
            // The one that was added has the highest number.
            let added = outlets.iter().max_by_key(|outlet| outlet.number).filter(|_| is_addition);
            if let Some(outlet) = added.filter(waits) {
                say!("{} gets the next token that may go out", outlet.target);
            }
            Ok(())
        }
        other => Err(unexpected(other)),
    }
}

fn asked(change: FilesChange) -> Result<Ask, Trouble> {
    let (profile, target) = match change {
        FilesChange::Remove { number } => return Ok(Ask::RemoveOutlet { number }),
        FilesChange::Env { path, key, names, client_id_key, profile } => {
            let (token_key, client_id_key) = match names.as_deref().and_then(names::family) {
                Some(family) => keys(family)?,
                None => (key, client_id_key),
            };
            (profile, Target::Env { path: whole(&path)?, token_key, client_id_key })
        }
        FilesChange::Json { path, pointer, profile } => {
            (profile, Target::Json { path: whole(&path)?, pointer })
        }
        FilesChange::Raw { path, profile } => (profile, Target::Raw { path: whole(&path)? }),
        FilesChange::Run { profile, command } => (profile, Target::Command { command }),
    };
    Ok(Ask::AddOutlet { profile, target })
}

/// Of token and client id, where programs of the family read a token.
fn keys(family: &Family) -> Result<(String, Option<String>), Trouble> {
    let token = family.token_name().ok_or_else(|| Trouble::GetsItsOwn(family.name.clone()))?;
    Ok((token.to_owned(), family.client_id_name().map(str::to_owned)))
}

/// The application works in another folder.
fn whole(path: &Path) -> io::Result<PathBuf> {
    std::path::absolute(path)
}

fn row(outlet: &OutletStatus) -> String {
    let state = match &outlet.trouble {
        Some(trouble) => format!("not current: {trouble}"),
        None if outlet.is_current => "current".to_owned(),
        None => "waits for a token".to_owned(),
    };
    let target = match &outlet.target {
        Target::Command { command } => command.join(" "),
        file => file.to_string(),
    };
    format!("{}  {}  {target}  {state}\n", outlet.number, outlet.profile)
}

/// A person may be asked first, and has as long as whoever wants a token; then it is tried, which takes up to a minute
/// for a program.
const PATIENCE: Duration = Duration::from_secs(USUAL_TIMEOUT + 65);
