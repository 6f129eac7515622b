//! Many profiles: names, order, copies.

use glowjar_lifecycle::{id::ProfileId, input::Input};
use tokio::sync::oneshot;

use super::core::Core;
use crate::{
    console::Console,
    credential::Credential,
    draft::{self, Parsed, ParsedProfile},
    event::Event,
    profile::{Name, Profile, Refused},
    request::{Field, FieldTrouble, Reply},
    secret_store::Secrets,
    view::{SIGN_IN_FAILED, Snapshot},
};

pub(super) fn rename(
    core: &mut Core,
    profile: ProfileId,
    name: &str,
    reply: oneshot::Sender<Reply>,
) {
    let name = match draft::parse_name(name, &core.profiles.names_beside(profile)) {
        Ok(name) => name,
        Err(fault) => {
            let message = fault.say(core.language);
            let fields = vec![FieldTrouble { field: Field::Name, message, cause: None }];
            let _ = reply.send(Reply::Invalid { fields });
            return;
        }
    };
    core.change_profile(profile, reply, |config| config.name = name);
}

/// Ids that are gone are passed over, and profiles that are not named keep their order at the end.
pub(super) fn reorder(core: &mut Core, profiles: &[String], reply: oneshot::Sender<Reply>) {
    let wanted = profiles.iter().filter_map(|id| id.parse().ok());
    let changed = core.profiles.change(|list| list.reorder(wanted));
    core.answer_change(changed, reply);
}

/// A copy of a profile, to be stored; `None` if the reply says why not.
///
/// The secrets are copied inside the keychain; nobody types or sees them. The token stays with the first, and so
/// does the refresh token: where each use replaces it (RFC 6749 section 6, RFC 9700 section 4.14), two profiles
/// with the same one would sign each other out.
pub(super) fn duplicate(core: &Core, profile: ProfileId) -> Result<Parsed, Box<Reply>> {
    let Some(Secrets { credential, .. }) = core.secret_store.secrets(profile).cloned() else {
        return Err(Box::new(core.failed("keychain_closed", &[])));
    };
    let Some(original) = core.profiles.get(&profile) else {
        return Err(Box::new(core.failed("unknown_profile", &[])));
    };
    let name = Name::parse(&core.profiles.free_name(original.name.as_str()));
    let name = name.unwrap_or_else(|_| original.name.clone());
    let id = core.profiles.unused_id();
    let console = original.console.clone().map(|it| Console { making: None, ..it });
    let copy = Profile {
        id,
        name,
        foretold: None,
        refused: Refused::default(),
        console,
        ..original.clone()
    };
    Ok(Parsed {
        profile: ParsedProfile::New(copy),
        credential: Credential { refresh_token: None, refresh_token_ends: None, ..credential },
        keeps_refresh_token: false,
        change: Some(glowjar_lifecycle::input::Change::Identity),
        one_time_word: None,
        may_stay_in_memory: false,
    })
}

/// Profiles that leave it to the settings when to renew.
pub(super) fn apply_renew_early(core: &mut Core) {
    let renew_early = core.preferences.renew_early();
    let changed: Vec<_> = core
        .profiles
        .iter()
        .filter(|profile| profile.renew_early.is_none())
        .filter_map(|profile| {
            let holding = core.secret_store.secrets(profile.id)?.holding(profile);
            Some((profile.id, profile.policy(renew_early), holding))
        })
        .collect();
    for (profile, policy, holding) in changed {
        let change = glowjar_lifecycle::input::Change::Policy;
        core.input(Input::ProfileChanged { profile, policy, change, holding });
    }
}

pub(super) fn file_written(
    core: &Core,
    outcome: std::io::Result<std::path::PathBuf>,
    reply: Option<oneshot::Sender<Reply>>,
) {
    let answer = match outcome {
        Ok(path) => {
            tracing::info!(event = "file_written", path = %path.display());
            Reply::FileSaved { path: path.display().to_string() }
        }
        Err(error) => core.failed("file_not_written", &[("cause", &error.to_string())]),
    };
    match reply {
        Some(reply) => drop(reply.send(answer)),
        None => core.tell_of_failure(&answer),
    }
}

pub(super) fn export_diagnostics(core: &Core, snapshot: Snapshot, reply: oneshot::Sender<Reply>) {
    let now = core.clock.now();
    let (logs, downloads) = (core.host.folders.logs.clone(), core.host.folders.downloads.clone());
    core.tasks.start(None, async move {
        let made = tokio::task::spawn_blocking(move || {
            crate::files::diagnostics(&snapshot, now.as_millis(), &logs)
        });
        let outcome = match made.await {
            Ok(text) => {
                crate::files::write_new(downloads, "glowjar-diagnostics.txt".into(), text.into())
                    .await
            }
            Err(error) => Err(std::io::Error::other(error)),
        };
        Event::FileWritten { outcome, reply: Some(reply) }
    });
}

pub(super) fn dismiss_banner(core: &mut Core, code: String) {
    let dismissible = core.banners.iter().any(|banner| banner.code == code && banner.dismissible);
    if dismissible {
        core.banners.retain(|banner| banner.code != code);
        // A sign-in that failed is past; the next one that does is worth another word.
        if code != SIGN_IN_FAILED {
            core.preferences.change(|preferences| preferences.dismissed_banners.push(code));
        }
    }
}
