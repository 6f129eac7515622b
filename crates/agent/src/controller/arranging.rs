//! Many profiles: names, order, copies.

use glowjar_lifecycle::{id::ProfileId, input::Input};
use tokio::sync::oneshot;

use super::{Controller, outcomes::Event};
use crate::{
    draft::{self, Parsed},
    profile::{Name, Profile},
    request::{Field, FieldTrouble, Reply},
    vault::Secrets,
};

impl Controller {
    pub(super) fn rename(&mut self, profile: ProfileId, name: &str, reply: oneshot::Sender<Reply>) {
        let others: Vec<_> = self
            .profiles
            .values()
            .filter(|other| other.id != profile)
            .map(|other| &other.name)
            .collect();
        let name = match draft::parse_name(name, &others) {
            Ok(name) => name,
            Err(fault) => {
                let message = fault.say(self.language);
                let fields = vec![FieldTrouble { field: Field::Name, message }];
                let _ = reply.send(Reply::Invalid { fields });
                return;
            }
        };
        let Some(config) = self.profiles.get_mut(&profile) else { return };
        let before = std::mem::replace(&mut config.name, name);
        if let Err(error) = self.save_profiles() {
            if let Some(config) = self.profiles.get_mut(&profile) {
                config.name = before;
            }
            return self.refuse(reply, "profiles_file", &[("cause", &error.to_string())]);
        }
        let _ = reply.send(Reply::Done);
    }

    /// Ids that are gone are passed over, and profiles that are not named keep their order at the end.
    pub(super) fn reorder(&mut self, profiles: &[String], reply: oneshot::Sender<Reply>) {
        let mut order: Vec<ProfileId> = Vec::with_capacity(self.order.len());
        let named = profiles.iter().filter_map(|id| id.parse().ok());
        for id in named.chain(self.order.iter().copied()) {
            if self.profiles.contains_key(&id) && !order.contains(&id) {
                order.push(id);
            }
        }
        let before = std::mem::replace(&mut self.order, order);
        if let Err(error) = self.save_profiles() {
            self.order = before;
            return self.refuse(reply, "profiles_file", &[("cause", &error.to_string())]);
        }
        let _ = reply.send(Reply::Done);
    }

    /// The secrets are copied inside the keychain; nobody types or sees them. The token stays with the first.
    pub(super) fn duplicate(&mut self, profile: ProfileId, reply: oneshot::Sender<Reply>) {
        let Some(Secrets { credential, .. }) = self.vault.secrets(profile).cloned() else {
            return self.refuse(reply, "keychain_closed", &[]);
        };
        let original = &self.profiles[&profile];
        let Ok(name) = Name::parse(&self.free_name(original.name.as_str())) else {
            return self.rename(profile, "", reply);
        };
        let copy = Profile { id: self.unused_id(), name, ..original.clone() };
        let change = Some(glowjar_lifecycle::input::Change::Identity);
        let parsed = Parsed { profile: copy, credential, change, may_stay_in_memory: false };
        self.store_draft(parsed, reply);
    }

    /// Profiles that leave it to the settings when to renew.
    pub(super) fn apply_renew_early(&mut self) {
        let renew_early = self.preferences.renew_early();
        let changed: Vec<_> = self
            .profiles
            .values()
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
            Err(error) => super::settling::failed(
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
        self.start(async move {
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
