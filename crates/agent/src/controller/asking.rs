//! What people and programs ask for.

use std::time::Duration;

use glowjar_lifecycle::{id::ProfileId, input::Input, status::Phase};
use tokio::sync::oneshot;

use super::{Controller, WaitingCopy, outcomes::Event, settling::refuse};
use crate::{
    draft, presets,
    request::{Reply, Request},
    tray::Click,
};

/// A token request gives up after 30 seconds; so does whoever waits for its token.
const COPY_PATIENCE: Duration = Duration::from_secs(35);
const ACCOUNT_PAGE: &str = "https://account.adobe.com/";

impl Controller {
    pub(super) fn asked(&mut self, request: Request, reply: oneshot::Sender<Reply>) {
        match request {
            Request::Snapshot => {
                let _ = reply.send(Reply::Snapshot { snapshot: self.snapshot(self.clock.now()) });
            }
            Request::Presets => {
                let _ = reply.send(Reply::Presets { presets: presets::offered() });
            }
            Request::RefreshNow { profile } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    this.input(Input::RefreshRequested { profile });
                    let _ = reply.send(Reply::Done);
                })
            }
            Request::CopyToken { profile } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    this.copy_token(profile, Some(reply));
                })
            }
            Request::ClearClipboard => {
                self.clear_clipboard();
                let _ = reply.send(Reply::Done);
            }
            Request::CheckAccess { profile } => {
                self.for_profile(&profile, reply, Self::check_access)
            }
            Request::DraftOf { profile } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    let credential = this.vault.secrets(profile).map(|secrets| &secrets.credential);
                    let _ = reply.send(Reply::Draft {
                        draft: draft::view(&this.profiles[&profile], credential),
                    });
                })
            }
            Request::CheckDraft { profile, draft, understood: _ } => {
                self.check_draft(profile.as_deref(), &draft, reply)
            }
            Request::SaveProfile { profile, draft, understood: _, anyway: _ } => {
                self.save_profile(profile.as_deref(), &draft, reply)
            }
            Request::CopyAs { .. }
            | Request::SavePostman { .. }
            | Request::CopyDetails { .. }
            | Request::Understand { .. }
            | Request::DraftOfUnderstood { .. }
            | Request::AddUnderstood { .. }
            | Request::Rename { .. }
            | Request::Reorder { .. }
            | Request::Duplicate { .. }
            | Request::SetDefault { .. }
            | Request::UndoRemove
            | Request::OpenClockSettings
            | Request::OpenNetworkSignIn
            | Request::ChangeSettings { .. }
            | Request::OpenLogFolder
            | Request::ExportDiagnostics
            | Request::History { .. } => refuse(reply, "not_yet", "This does not work yet", ""),
            Request::RemoveProfile { profile, revoke: _ } => {
                self.for_profile(&profile, reply, Self::remove_profile)
            }
            Request::Pause { profile } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    this.set_paused(profile, true, reply);
                })
            }
            Request::Resume { profile } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    this.set_paused(profile, false, reply);
                })
            }
            Request::Lock => {
                self.lock(true);
                let _ = reply.send(Reply::Done);
            }
            Request::Unlock => {
                self.lock(false);
                let _ = reply.send(Reply::Done);
            }
            Request::TrySandbox => self.try_sandbox(reply),
            Request::UnlockKeychain => {
                self.keychain.unlock();
                let _ = reply.send(Reply::Done);
            }
            Request::OpenAccountPage => {
                self.shell.open_url(ACCOUNT_PAGE);
                let _ = reply.send(Reply::Done);
            }
            Request::DismissBanner { code } => {
                self.dismiss_banner(code);
                let _ = reply.send(Reply::Done);
            }
        }
    }

    /// Menu items arrive here even when they are shown disabled, so each is checked again.
    pub(super) fn clicked(&mut self, click: Click) {
        let unheard = || oneshot::channel().0;
        match click {
            Click::CopyToken { profile } => {
                if let Some(id) = self.profile_named(&profile).map(|profile| profile.id) {
                    self.copy_token(id, None);
                }
            }
            Click::RefreshNow { profile } => self.asked(Request::RefreshNow { profile }, unheard()),
            Click::Pause { profile } => self.asked(Request::Pause { profile }, unheard()),
            Click::Resume { profile } => self.asked(Request::Resume { profile }, unheard()),
            Click::OpenWindow => self.shell.show_window(),
            Click::Quit => self.shell.quit(),
        }
    }

    fn for_profile(
        &mut self,
        id: &str,
        reply: oneshot::Sender<Reply>,
        serve: impl FnOnce(&mut Self, ProfileId, oneshot::Sender<Reply>),
    ) {
        match self.profile_named(id).map(|profile| profile.id) {
            Some(profile) => serve(self, profile, reply),
            None => refuse(
                reply,
                "unknown_profile",
                "This profile is gone",
                "It may have been removed meanwhile.",
            ),
        }
    }

    /// Never an expired token: if there is no live one, it is asked for first, and the caller waits.
    fn copy_token(&mut self, profile: ProfileId, reply: Option<oneshot::Sender<Reply>>) {
        if self.locked {
            return self.refuse_copy_while_locked(reply);
        }
        let now = self.clock.now();
        let status = self.engine.status(profile, now);
        let is_live = status.and_then(|status| status.token).is_some_and(|token| token.live);
        let may_ask = status.is_some_and(|status| status.phase != Phase::Halted);
        if !is_live && may_ask {
            self.input(Input::RefreshRequested { profile });
        }
        self.copies.push(WaitingCopy {
            profile,
            until: now + COPY_PATIENCE,
            was_tried: false,
            reply,
        });
    }

    fn check_access(&mut self, profile: ProfileId, reply: oneshot::Sender<Reply>) {
        let config = &self.profiles[&profile];
        let gateway =
            config.provider(self.sandbox_url.as_ref()).and_then(|provider| provider.gateway);
        let Some(gateway) = gateway else {
            return refuse(
                reply,
                "no_gateway",
                "There is nothing to check",
                "Only Adobe's tokens can be tried at Firefly.",
            );
        };
        let token = self.vault.access_token(profile).cloned();
        let status = self.engine.status(profile, self.clock.now()).and_then(|status| status.token);
        let (Some(token), Some(status)) = (token, status) else {
            return refuse(
                reply,
                "no_live_token",
                "There is no token to check",
                "Wait until there is one.",
            );
        };
        let (client, client_id, generation) =
            (self.client.clone(), config.client_id.clone(), status.generation);
        self.start(async move {
            let report = client.check_access(&gateway, &client_id, &token).await;
            Event::Checked { profile, generation, report, reply }
        });
    }

    fn dismiss_banner(&mut self, code: String) {
        let dismissible =
            self.banners.iter().any(|banner| banner.code == code && banner.dismissible);
        if dismissible {
            self.banners.retain(|banner| banner.code != code);
            self.preferences.dismissed_banners.push(code);
            self.preferences_store.save(&self.preferences);
        }
    }
}
