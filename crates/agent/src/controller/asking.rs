//! What people and programs ask for.

use glowjar_lifecycle::{id::ProfileId, input::Input};
use tokio::sync::oneshot;

use super::{
    Controller, adding::Asker, copying::Wanted, locking::LockedBy, outcomes::Event, publish::failed,
};
use crate::{
    draft,
    ports::Desk,
    presets,
    request::{CopyFormat, Reply, Request},
    tray::Click,
};

const ACCOUNT_PAGE: &str = "https://account.adobe.com/";
/// Answered over plain HTTP on purpose, so that a network can put its sign-in there.
const ANY_PLAIN_PAGE: &str = "http://detectportal.firefox.com/canonical.html";

impl Controller {
    pub(super) fn asked(
        &mut self,
        request: Request,
        asker: Asker,
        desk: &Desk,
        reply: oneshot::Sender<Reply>,
    ) {
        match request {
            Request::Snapshot => {
                let _ = reply.send(Reply::Snapshot { snapshot: self.snapshot(self.clock.now()) });
            }
            Request::Presets => {
                let _ = reply.send(Reply::Presets { presets: presets::offered(self.language) });
            }
            Request::RefreshNow { profile } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    this.input(Input::RefreshRequested { profile });
                    let _ = reply.send(Reply::Done);
                })
            }
            Request::CopyToken { profile } => {
                let wanted = Wanted::Clipboard(CopyFormat::Token);
                self.for_profile(&profile, reply, |this, profile, reply| {
                    this.copy(profile, wanted, desk, Some(reply));
                })
            }
            Request::CopyAs { profile, format } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    this.copy(profile, Wanted::Clipboard(format), desk, Some(reply));
                })
            }
            Request::SavePostman { profile } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    this.copy(profile, Wanted::Postman, desk, Some(reply));
                })
            }
            Request::CopyDetails { profile } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    this.copy_details(profile, desk, reply);
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
                    let Some(config) = this.profiles.get(&profile) else { return };
                    let credential = this.vault.secrets(profile).map(|secrets| &secrets.credential);
                    let _ = reply.send(Reply::Draft { draft: draft::view(config, credential) });
                })
            }
            Request::CheckDraft { profile, draft, understood } => {
                self.check_draft(profile.as_deref(), draft, understood.as_deref(), reply)
            }
            Request::SaveProfile { profile, draft, understood, anyway } => {
                self.save_profile(profile.as_deref(), draft, understood.as_deref(), anyway, reply)
            }
            Request::Understand { text } => self.understand(&text, asker, reply),
            Request::DraftOfUnderstood { handle } => self.draft_of_understood(&handle, reply),
            Request::AddUnderstood { handle, name, anyway } => {
                self.add_understood(&handle, name, anyway, &asker, reply)
            }
            Request::Rename { profile, name } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    this.rename(profile, &name, reply);
                })
            }
            Request::Reorder { profiles } => self.reorder(&profiles, reply),
            Request::Duplicate { profile } => self.for_profile(&profile, reply, Self::duplicate),
            Request::SetDefault { profile } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    let chosen = Some(profile.to_string());
                    this.preferences.change(|preferences| preferences.default_profile = chosen);
                    let _ = reply.send(Reply::Done);
                })
            }
            Request::RemoveProfile { profile, revoke } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    this.remove_profile(profile, revoke, reply);
                })
            }
            Request::UndoRemove => self.undo_remove(reply),
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
                self.lock(LockedBy::Hand);
                let _ = reply.send(Reply::Done);
            }
            Request::Unlock => {
                self.unlock();
                let _ = reply.send(Reply::Done);
            }
            Request::TrySandbox => self.try_sandbox(reply),
            Request::UnlockKeychain => {
                self.keychain.unlock();
                let _ = reply.send(Reply::Done);
            }
            Request::OpenAccountPage => {
                desk.open_url(ACCOUNT_PAGE);
                let _ = reply.send(Reply::Done);
            }
            Request::OpenNetworkSignIn => {
                desk.open_url(ANY_PLAIN_PAGE);
                let _ = reply.send(Reply::Done);
            }
            Request::OpenClockSettings => {
                if desk.open_clock_settings() {
                    let _ = reply.send(Reply::Done);
                } else {
                    self.refuse(reply, "no_clock_settings", &[]);
                }
            }
            Request::DismissBanner { code } => {
                self.dismiss_banner(code);
                let _ = reply.send(Reply::Done);
            }
            Request::ChangeSettings { settings } => self.change_settings(settings, reply),
            Request::OpenLogFolder => {
                let folder = self.folders.logs.clone();
                if desk.open_folder(&folder) {
                    let _ = reply.send(Reply::Done);
                } else {
                    let path = folder.display().to_string();
                    self.refuse(reply, "folder_not_opened", &[("path", &path)]);
                }
            }
            Request::ExportDiagnostics => self.export_diagnostics(reply),
            Request::Programs { profile } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    let _ = reply.send(Reply::Programs { programs: this.programs_of(profile) });
                })
            }
            Request::AskFirst { profile, wanted } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    this.set_asks_first(profile, wanted, reply);
                })
            }
            Request::AnswerQuestion { question, allow } => {
                self.answer_question(question, allow, reply)
            }
            Request::ForgetPermission { number } => self.forget_permission(number, reply),
            Request::RemoveOutlet { number } => self.remove_outlet(number, reply),
            Request::RemoveConsumer { name } => self.remove_consumer(&name, reply),
            Request::History { profile, since } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    let history = this.strip_of(profile, since);
                    let _ = reply.send(Reply::History { history });
                })
            }
        }
    }

    /// Menu items arrive here even when they are shown disabled, so each is checked again.
    pub(super) fn clicked(&mut self, click: Click, desk: &Desk) {
        let unheard = || oneshot::channel().0;
        let wanted = |format| Wanted::Clipboard(format);
        match click {
            Click::CopyToken { profile } => {
                self.copy_on_click(&profile, wanted(CopyFormat::Token), desk)
            }
            Click::CopyAs { profile, format } => self.copy_on_click(&profile, wanted(format), desk),
            Click::SavePostman { profile } => self.copy_on_click(&profile, Wanted::Postman, desk),
            Click::CopyDefault => match self.default_profile() {
                Some(profile) => self.copy(profile, wanted(CopyFormat::Token), desk, None),
                None => self.tell_of_no_default(),
            },
            Click::ClearClipboard => self.clear_clipboard(),
            Click::RefreshNow { profile } => {
                self.asked(Request::RefreshNow { profile }, Asker::Person, desk, unheard());
            }
            Click::Pause { profile } => {
                self.asked(Request::Pause { profile }, Asker::Person, desk, unheard());
            }
            Click::Resume { profile } => {
                self.asked(Request::Resume { profile }, Asker::Person, desk, unheard());
            }
            Click::AnswerQuestion { question, allow } => {
                self.answer_question(question, allow, unheard());
            }
            Click::Lock => self.lock(LockedBy::Hand),
            Click::Unlock | Click::OpenWindow => desk.show_window(),
            Click::Quit => desk.quit(),
        }
    }

    fn copy_on_click(&mut self, profile: &str, wanted: Wanted, desk: &Desk) {
        if let Some(id) = self.profile_named(profile).map(|profile| profile.id) {
            self.copy(id, wanted, desk, None);
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
            None => self.refuse(reply, "unknown_profile", &[]),
        }
    }

    /// Says why not, with the words of the catalogue.
    pub(super) fn refuse(
        &self,
        reply: oneshot::Sender<Reply>,
        id: &str,
        arguments: &[(&'static str, &str)],
    ) {
        let _ = reply.send(failed(self.language, id, arguments));
    }

    fn check_access(&mut self, profile: ProfileId, reply: oneshot::Sender<Reply>) {
        let Some(config) = self.profiles.get(&profile) else { return };
        let gateway =
            config.provider(self.sandbox_url.as_ref()).and_then(|provider| provider.gateway);
        let Some(gateway) = gateway else {
            return self.refuse(reply, "no_gateway", &[]);
        };
        let token = self.vault.access_token(profile).cloned();
        let status = self.engine.status(profile, self.clock.now()).and_then(|status| status.token);
        let (Some(token), Some(status)) = (token, status) else {
            return self.refuse(reply, "no_live_token", &[]);
        };
        let (client, client_id, generation) =
            (self.client.clone(), config.client_id.clone(), status.generation);
        self.start(None, async move {
            let report = client.check_access(&gateway, &client_id, &token).await;
            Event::Checked { profile, generation, report, reply }
        });
    }

    fn dismiss_banner(&mut self, code: String) {
        let dismissible =
            self.banners.iter().any(|banner| banner.code == code && banner.dismissible);
        if dismissible {
            self.banners.retain(|banner| banner.code != code);
            self.preferences.change(|preferences| preferences.dismissed_banners.push(code));
        }
    }
}
