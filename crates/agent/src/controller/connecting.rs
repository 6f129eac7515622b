//! "Connect a program": what to put where, a secret for one that can't be started by `glowjar exec`, and the settings
//! files of MCP clients.

use std::path::PathBuf;

use glowjar_connect::{
    Recipe, Way,
    mcp::{Change, McpError, Settings},
};
use glowjar_lifecycle::id::ProfileId;
use secrecy::SecretString;
use tokio::sync::oneshot;

use super::core::Core;
use crate::{
    event::{Asker, Event},
    request::Reply,
    view::{FileChangeView, FileStep, Language, RecipeView, ServerChangeView},
};

pub(super) fn recipes(core: &Core, profile: ProfileId) -> Vec<RecipeView> {
    let language = match core.language {
        Language::En => glowjar_connect::Language::English,
        Language::De => glowjar_connect::Language::German,
    };
    let is_only = core.profiles.ids().len() == 1;
    let command = |recipe: &Recipe| {
        // Whom it need not be said, it is not said.
        let named = (!is_only).then(|| recipe.command_for(core.name_of(profile))).flatten();
        named.unwrap_or_else(|| recipe.command().to_owned())
    };
    let view = |recipe: &Recipe| {
        let text = recipe.text(language);
        RecipeView {
            name: recipe.name.to_owned(),
            title: text.title.to_owned(),
            mints: recipe.way() == Way::Mints,
            steps: text.steps.replace('\n', " "),
            limits: text.limits.to_owned(),
            command: command(recipe),
            let_in_as: recipe.let_in_as().map(str::to_owned),
            has_file: recipe.name == "mcp",
        }
    };
    glowjar_connect::recipes().iter().map(view).collect()
}

/// Reads and changes the file on a thread where nothing waits for it.
pub(super) fn connect_file(
    core: &Core,
    profile: ProfileId,
    path: &str,
    step: FileStep,
    reply: oneshot::Sender<Reply>,
) {
    let Some(path) = whole(path) else { return core.refuse(reply, "connect_path", &[]) };
    let is_only = core.profiles.ids().len() == 1;
    let named = (!is_only).then(|| core.name_of(profile).to_owned());
    core.tasks.start(None, async move {
        let work = move || {
            let settings = Settings::at(path, named);
            let servers = match step {
                FileStep::Preview => settings.preview()?,
                FileStep::Apply => settings.apply()?,
                FileStep::Undo => settings.undo().map(|()| Vec::new())?,
            };
            let servers = servers.into_iter().map(server).collect();
            Ok(FileChangeView { servers, backup: settings.backup().display().to_string() })
        };
        let outcome = tokio::task::spawn_blocking(work).await.unwrap_or_else(ended);
        Event::SettingsConnected { outcome, reply }
    });
}

pub(super) fn file_connected(
    core: &Core,
    outcome: Result<FileChangeView, McpError>,
    reply: oneshot::Sender<Reply>,
) {
    match outcome {
        Ok(change) => drop(reply.send(Reply::FileChanged { change })),
        Err(error) => refuse(core, &error, reply),
    }
}

pub(super) fn read_file(core: &Core, path: &str, asker: Asker, reply: oneshot::Sender<Reply>) {
    let Some(path) = whole(path) else { return core.refuse(reply, "connect_path", &[]) };
    core.tasks.start(None, async move {
        let work = move || Settings::at(path, None).text().map(SecretString::from);
        let outcome = tokio::task::spawn_blocking(work).await.unwrap_or_else(ended);
        Event::SettingsRead { outcome, asker, reply }
    });
}

pub(super) fn refuse(core: &Core, error: &McpError, reply: oneshot::Sender<Reply>) {
    let (id, cause) = match error {
        McpError::NotJson | McpError::NotAList => ("connect_not_settings", String::new()),
        McpError::NothingToChange => ("connect_nothing", String::new()),
        McpError::ChangedSince => ("connect_changed_since", String::new()),
        McpError::Unreadable(error) => ("connect_unreadable", error.to_string()),
        McpError::Unwritable(error) => ("connect_unwritable", error.to_string()),
    };
    core.refuse(reply, id, &[("cause", &cause)]);
}

/// What a person types or pastes, with `~` for the home folder as file managers show it.
fn whole(path: &str) -> Option<PathBuf> {
    let typed = path.trim();
    let path = match typed.strip_prefix("~/") {
        Some(rest) => std::env::home_dir()?.join(rest),
        None => PathBuf::from(typed),
    };
    path.is_absolute().then_some(path)
}

fn server(change: Change) -> ServerChangeView {
    let Change { server, line, gone } = change;
    ServerChangeView { server, line: line.join(" "), gone }
}

fn ended<T>(error: tokio::task::JoinError) -> Result<T, McpError> {
    Err(McpError::Unreadable(std::io::Error::other(error)))
}
