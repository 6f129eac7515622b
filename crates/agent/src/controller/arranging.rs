//! Many profiles: names, order, copies.

use glowjar_lifecycle::{id::ProfileId, input::Input};
use tokio::sync::oneshot;

use super::{Controller, outcomes::Event};
use crate::{
    credential::Credential,
    draft::{self, Parsed, ParsedProfile},
    profile::{Name, Profile},
    profiles::ProfilesFileError,
    request::{Field, FieldTrouble, Reply},
    vault::Secrets,
};

impl Controller {
    pub(super) fn rename(&mut self, profile: ProfileId, name: &str, reply: oneshot::Sender<Reply>) {
        let name = match draft::parse_name(name, &self.profiles.names_beside(profile)) {
            Ok(name) => name,
            Err(fault) => {
                let message = fault.say(self.language);
                let fields = vec![FieldTrouble { field: Field::Name, message }];
                let _ = reply.send(Reply::Invalid { fields });
                return;
            }
        };
        self.change_profile(profile, reply, |config| config.name = name);
    }

    /// Ids that are gone are passed over, and profiles that are not named keep their order at the end.
    pub(super) fn reorder(&mut self, profiles: &[String], reply: oneshot::Sender<Reply>) {
        let wanted = profiles.iter().filter_map(|id| id.parse().ok());
        let changed = self.profiles.change(|list| list.reorder(wanted));
        self.answer_change(changed, reply);
    }

    /// Changes one profile in the list. True if that could be saved.
    pub(super) fn change_profile(
        &mut self,
        profile: ProfileId,
        reply: oneshot::Sender<Reply>,
        change: impl FnOnce(&mut Profile),
    ) -> bool {
        let changed = self.profiles.change(|list| list.get_mut(profile).map(change));
        self.answer_change(changed, reply)
    }

    fn answer_change<T>(
        &self,
        changed: Result<T, ProfilesFileError>,
        reply: oneshot::Sender<Reply>,
    ) -> bool {
        match &changed {
            Ok(_) => drop(reply.send(Reply::Done)),
            Err(error) => self.refuse(reply, "profiles_file", &[("cause", &error.to_string())]),
        }
        changed.is_ok()
    }

    /// The secrets are copied inside the keychain; nobody types or sees them. The token stays with the first, and so
    /// does the refresh token: where each use replaces it (RFC 6749 section 6, RFC 9700 section 4.14), two profiles
    /// with the same one would sign each other out.
    pub(super) fn duplicate(&mut self, profile: ProfileId, reply: oneshot::Sender<Reply>) {
        let Some(Secrets { credential, .. }) = self.vault.secrets(profile).cloned() else {
            return self.refuse(reply, "keychain_closed", &[]);
        };
        let Some(original) = self.profiles.get(&profile) else { return };
        let Ok(name) = Name::parse(&self.profiles.free_name(original.name.as_str())) else {
            return self.rename(profile, "", reply);
        };
        let copy = Profile { id: self.profiles.unused_id(), name, ..original.clone() };
        let parsed = Parsed {
            profile: ParsedProfile::New(copy),
            credential: Credential { refresh_token: None, refresh_token_ends: None, ..credential },
            keeps_refresh_token: false,
            change: Some(glowjar_lifecycle::input::Change::Identity),
            may_stay_in_memory: false,
        };
        self.store_draft(parsed, reply);
    }

    /// Profiles that leave it to the settings when to renew.
    pub(super) fn apply_renew_early(&mut self) {
        let renew_early = self.preferences.renew_early();
        let changed: Vec<_> = self
            .profiles
            .iter()
            .filter(|profile| profile.renew_early.is_none())
            .filter_map(|profile| {
                let holding = self.vault.secrets(profile.id)?.holding(profile);
                Some((profile.id, profile.policy(renew_early), holding))
            })
            .collect();
        for (profile, policy, holding) in changed {
            let change = glowjar_lifecycle::input::Change::Policy;
            self.input(Input::ProfileChanged { profile, policy, change, holding });
        }
    }

    pub(super) fn file_written(
        &self,
        outcome: std::io::Result<std::path::PathBuf>,
        reply: Option<oneshot::Sender<Reply>>,
    ) {
        let answer = match outcome {
            Ok(path) => {
                tracing::info!(event = "file_written", path = %path.display());
                Reply::FileSaved { path: path.display().to_string() }
            }
            Err(error) => super::publish::failed(
                self.language,
                "file_not_written",
                &[("cause", &error.to_string())],
            ),
        };
        match reply {
            Some(reply) => drop(reply.send(answer)),
            None => self.tell_of_failure(&answer),
        }
    }

    pub(super) fn export_diagnostics(&self, reply: oneshot::Sender<Reply>) {
        let now = self.clock.now();
        let snapshot = self.snapshot(now);
        let (logs, downloads) = (self.folders.logs.clone(), self.folders.downloads.clone());
        self.start(None, async move {
            let made = tokio::task::spawn_blocking(move || {
                crate::files::diagnostics(&snapshot, now.as_millis(), &logs)
            });
            let outcome = match made.await {
                Ok(text) => {
                    crate::files::write_new(
                        downloads,
                        "glowjar-diagnostics.txt".into(),
                        text.into(),
                    )
                    .await
                }
                Err(error) => Err(std::io::Error::other(error)),
            };
            Event::FileWritten { outcome, reply: Some(reply) }
        });
    }
}
