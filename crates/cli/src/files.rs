//! `files`: what is kept current by itself.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use glowjar_protocol::{
    message::{Answer, Ask, ProfileStatus, SinkStatus, Target, USUAL_TIMEOUT, Variables},
    names::Variable,
};

use crate::{
    arguments::{Choice, ConnectArgs, FilesArgs, FilesChange, KeysArgs},
    exec::warn_if_published,
    format::TOKEN_VARIABLE,
    launch,
    outcome::Trouble,
    say::say,
    tokens::unexpected,
};

pub fn serve(args: FilesArgs) -> Result<(), Trouble> {
    let connection = &args.connection;
    let ask = args.change.map_or(Ok(Ask::Sinks), |change| asked(change, connection))?;
    let is_list = ask == Ask::Sinks;
    let is_addition = matches!(ask, Ask::AddSink { .. });
    match launch::connect(connection)?.ask(ask, PATIENCE)? {
        Answer::Sinks { sinks } if is_list => {
            let rows: String = sinks.iter().map(row).collect();
            Ok(io::stdout().write_all(rows.as_bytes())?)
        }
        Answer::Sinks { sinks } => {
            let waits = |sink: &&SinkStatus| !sink.is_current && sink.trouble.is_none();
            // The one that was added has the highest number.
            let added = sinks.iter().max_by_key(|sink| sink.number).filter(|_| is_addition);
            if let Some(sink) = added.filter(waits) {
                say!("{} gets the next token that may go out", sink.target);
            }
            Ok(())
        }
        other => Err(unexpected(other)),
    }
}

fn asked(change: FilesChange, connection: &ConnectArgs) -> Result<Ask, Trouble> {
    let (profile, target) = match change {
        FilesChange::Remove { number } => return Ok(Ask::RemoveSink { number }),
        FilesChange::Env { path, keys, profile } => {
            let remembered = match keys.names {
                Some(Choice::OfProfile) => family_of(profile.as_deref(), connection)?,
                Some(Choice::Family(_)) | None => None,
            };
            let variables = variables(keys, remembered.as_deref())?;
            (profile, Target::Env { path: whole(&path)?, variables })
        }
        FilesChange::Json { path, pointer, profile } => {
            (profile, Target::Json { path: whole(&path)?, pointer })
        }
        FilesChange::Raw { path, profile } => (profile, Target::Raw { path: whole(&path)? }),
        FilesChange::Run { profile, command } => (profile, Target::Command { command }),
    };
    Ok(Ask::AddSink { profile, target })
}

/// Those of a family, or the keys that are named, and what `--set` says over that.
fn variables(keys: KeysArgs, remembered: Option<&str>) -> Result<Variables, Trouble> {
    let family = keys.names.and_then(|choice| choice.family(remembered));
    let mut all: Vec<Variable> = match family {
        Some(family) => family.variables(false).collect(),
        None => {
            let usual = || keys.set.is_empty().then(|| TOKEN_VARIABLE.to_owned());
            let token = keys.key.or_else(usual).map(|name| (name, "{access_token}"));
            let id = keys.client_id_key.map(|name| (name, "{client_id}"));
            let named = token.into_iter().chain(id);
            named
                .filter_map(|(name, it)| Some(Variable { name, template: it.parse().ok()? }))
                .collect()
        }
    };
    all.extend(keys.set);
    match family {
        Some(family) if !all.iter().any(|it| it.template.needs_token()) => {
            Err(Trouble::GetsItsOwn(family.name.clone()))
        }
        _ => {
            for Variable { name, template } in &all {
                warn_if_published(name, template);
            }
            Ok(Variables::new(all))
        }
    }
}

/// The family that the profile remembers. Whether there is such a profile is said later, when it is asked for.
fn family_of(profile: Option<&str>, connection: &ConnectArgs) -> Result<Option<String>, Trouble> {
    let profiles = match launch::connect(connection)?.ask(Ask::Status, PATIENCE)? {
        Answer::Status(status) => status.profiles,
        other => return Err(unexpected(other)),
    };
    let is_meant = |it: &ProfileStatus| {
        profile.is_none_or(|named| {
            it.id == named || it.profile.to_lowercase() == named.trim().to_lowercase()
        })
    };
    Ok(profiles.into_iter().find(is_meant).and_then(|it| it.family))
}

/// The application works in another folder.
fn whole(path: &Path) -> io::Result<PathBuf> {
    std::path::absolute(path)
}

fn row(sink: &SinkStatus) -> String {
    let state = match &sink.trouble {
        Some(trouble) => format!("not current: {trouble}"),
        None if sink.is_current => "current".to_owned(),
        None => "waits for a token".to_owned(),
    };
    let target = match &sink.target {
        Target::Command { command } => command.join(" "),
        file => file.to_string(),
    };
    format!("{}  {}  {target}  {state}\n", sink.number, sink.profile)
}

/// A person may be asked first, and has as long as whoever wants a token; then it is tried, which takes up to a minute
/// for a program.
const PATIENCE: Duration = Duration::from_secs(USUAL_TIMEOUT + 65);
