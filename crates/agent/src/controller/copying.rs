//! Tokens on their way to a person: onto the clipboard, or into a file that was asked for.

use std::time::Duration;

use glowjar_lifecycle::{
    id::ProfileId,
    input::Input,
    status::{Phase, Status},
    time::{Step, Timestamp},
};
use secrecy::SecretString;
use tokio::sync::oneshot;

use super::{Controller, outcomes::Event, publish::failed};
use crate::{
    copying::{self, CopyTrouble},
    deliberate::{Fault, is_committed},
    files,
    history::Entry,
    notices::{Notice, Urgency},
    ports::{ClipboardError, Desk},
    present,
    request::{CopyFormat, Reply},
    timed::{Due, Timed},
    view::ClipboardView,
};

/// A token request gives up after 30 seconds; so does whoever waits for its token.
const COPY_PATIENCE: Duration = Duration::from_secs(35);

/// Where a token is to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Clipboard(CopyFormat),
    Postman,
}

/// Somebody wants a token, and there has to be a live one first.
struct WaitingCopy {
    profile: ProfileId,
    wanted: Wanted,
    /// Whose clipboard it is for.
    desk: Desk,
    until: Timestamp,
    /// Whether a request went out since the click: its failure is the answer.
    was_tried: bool,
    /// Absent for a click in the tray.
    reply: Option<oneshot::Sender<Reply>>,
}

/// A copied token on the clipboard, and copies that wait for theirs.
#[derive(Default)]
pub(super) struct Clipboard {
    hold: Option<ClipboardHold>,
    waiting: Vec<WaitingCopy>,
}

struct ClipboardHold {
    profile: ProfileId,
    /// Whose clipboard it is.
    desk: Desk,
    clears_at: Timestamp,
}

impl Clipboard {
    pub(super) const fn is_held(&self) -> bool {
        self.hold.is_some()
    }

    pub(super) fn holds_of(&self, profile: ProfileId) -> bool {
        self.hold.as_ref().is_some_and(|hold| hold.profile == profile)
    }

    pub(super) fn view(&self) -> Option<ClipboardView> {
        self.hold.as_ref().map(|hold| ClipboardView {
            profile: hold.profile.to_string(),
            clears_at: hold.clears_at.as_millis(),
        })
    }
}

impl Timed for Clipboard {
    fn deadline(&self) -> Option<Timestamp> {
        let clears_at = self.hold.as_ref().map(|hold| hold.clears_at);
        self.waiting.iter().map(|copy| copy.until).chain(clears_at).min()
    }

    fn shift(&mut self, step: Step) {
        if let Some(hold) = &mut self.hold {
            hold.clears_at = hold.clears_at.shifted(step);
        }
        for copy in &mut self.waiting {
            copy.until = copy.until.shifted(step);
        }
    }

    fn on_time(&mut self, now: Timestamp) -> Option<Due> {
        self.hold
            .as_ref()
            .is_some_and(|hold| hold.clears_at <= now)
            .then_some(Due::ClipboardCleared)
    }
}

impl Controller {
    /// Never an expired token: if there is no live one, it is asked for first, and the caller waits.
    pub(super) fn copy(
        &mut self,
        profile: ProfileId,
        wanted: Wanted,
        desk: &Desk,
        reply: Option<oneshot::Sender<Reply>>,
    ) {
        let now = self.clock.now();
        let copy = WaitingCopy {
            profile,
            wanted,
            desk: desk.clone(),
            until: now + COPY_PATIENCE,
            was_tried: false,
            reply,
        };
        if wanted == Wanted::Clipboard(CopyFormat::ClientId) {
            return self.copy_now(copy, now);
        }
        if self.is_locked() {
            return self.fail(copy, failed(self.language, "locked", &[]));
        }
        let status = self.engine.status(profile, now);
        let is_live = status.and_then(|status| status.token).is_some_and(|token| token.live);
        let may_ask = status.is_some_and(|status| status.phase != Phase::Halted);
        if !is_live && may_ask {
            self.input(Input::RefreshRequested { profile });
        }
        self.clipboard.waiting.push(copy);
    }

    pub(super) fn serve_copies(&mut self) {
        let now = self.clock.now();
        for mut copy in std::mem::take(&mut self.clipboard.waiting) {
            if self.is_locked() {
                self.fail(copy, failed(self.language, "locked", &[]));
                continue;
            }
            let Some(status) = self.engine.status(copy.profile, now) else {
                copy.answer(failed(self.language, "unknown_profile", &[]));
                continue;
            };
            let is_live = status.token.is_some_and(|token| token.live);
            let is_under_way = matches!(
                status.phase,
                Phase::Acquiring { .. } | Phase::Refreshing { .. } | Phase::Empty
            );
            copy.was_tried |= is_under_way;
            // Right after another request, the one for this click has to wait its turn.
            let is_due_soon = !copy.was_tried
                && matches!(status.phase, Phase::Waiting { until } if until <= copy.until);
            if is_live || is_committed(Fault::CopiesWhateverIsThere) {
                self.copy_now(copy, now);
            } else if (is_under_way || is_due_soon) && now < copy.until {
                self.clipboard.waiting.push(copy);
            } else {
                self.fail_copy(copy, &status);
            }
        }
    }

    fn copy_now(&mut self, copy: WaitingCopy, now: Timestamp) {
        let token = self.vault.access_token(copy.profile);
        let sandbox = self.sandbox_url.as_ref().map(ToString::to_string);
        let (Some(profile), Some(token)) = (self.profiles.get(&copy.profile), token) else {
            if copy.wanted == Wanted::Clipboard(CopyFormat::ClientId)
                && let Some(profile) = self.profiles.get(&copy.profile)
                && let Ok(text) = copying::text(CopyFormat::ClientId, profile, None, None)
            {
                return self.put_on_clipboard(copy, &text, now);
            }
            return copy.answer(failed(self.language, "copy_no_token", &[]));
        };
        match copy.wanted {
            Wanted::Clipboard(format) => {
                match copying::text(format, profile, Some(token), sandbox.as_deref()) {
                    Ok(text) => self.put_on_clipboard(copy, &text, now),
                    Err(CopyTrouble::NoToken) => {
                        copy.answer(failed(self.language, "copy_no_token", &[]));
                    }
                    Err(CopyTrouble::Unquotable) => {
                        self.fail(copy, failed(self.language, "copy_unquotable", &[]));
                    }
                }
            }
            Wanted::Postman => {
                let (name, text) = copying::postman(profile, token);
                let folder = self.folders.downloads.clone();
                self.note(copy.profile, Entry::Copied);
                self.start(None, async move {
                    let outcome = files::write_new(folder, name, text).await;
                    Event::FileWritten { outcome, reply: copy.reply }
                });
            }
        }
    }

    fn put_on_clipboard(&mut self, copy: WaitingCopy, text: &SecretString, now: Timestamp) {
        let clears_at = now + self.preferences.clear_clipboard_after();
        let desk = copy.desk.clone();
        let hold = ClipboardHold { profile: copy.profile, desk, clears_at };
        match copy.desk.copy(text) {
            Ok(()) => {
                self.leave_another_clipboard(&copy.desk);
                self.clipboard.hold = Some(hold);
                let name = self.profiles.get(&copy.profile).map(|profile| profile.name.as_str());
                tracing::info!(event = "copied", name, what = ?copy.wanted);
                if copy.wanted != Wanted::Clipboard(CopyFormat::ClientId) {
                    self.note(copy.profile, Entry::Copied);
                }
                copy.answer(Reply::Copied { clears_at: clears_at.as_millis() });
            }
            Err(error) => {
                tracing::warn!(event = "copy_failed", %error);
                let code = match error {
                    ClipboardError::Unavailable(_) => "clipboard",
                    ClipboardError::Slow => {
                        // It may arrive yet, and must not stay for good.
                        self.leave_another_clipboard(&copy.desk);
                        self.clipboard.hold = Some(hold);
                        "clipboard_slow"
                    }
                };
                self.fail(copy, failed(self.language, code, &[]));
            }
        }
    }

    fn fail_copy(&self, copy: WaitingCopy, status: &Status) {
        let language = self.language;
        let standing = self
            .profiles
            .get(&copy.profile)
            .map(|profile| present::standing(profile, status, language))
            .filter(|standing| !standing.headline.is_empty());
        let reply = match (status.phase, standing) {
            (Phase::Paused, _) => failed(language, "copy_paused", &[]),
            (_, None) => failed(language, "copy_no_token", &[]),
            (_, Some(standing)) => {
                let said =
                    language.tell("failed-copy_trouble", &[("headline", &standing.headline)]);
                Reply::Failed {
                    code: String::new(),
                    message: said.headline,
                    advice: standing.advice,
                }
            }
        };
        // Whatever the reason, the code says that there is nothing to copy.
        let reply = match reply {
            Reply::Failed { message, advice, .. } => {
                Reply::Failed { code: "no_live_token".to_owned(), message, advice }
            }
            other => other,
        };
        self.fail(copy, reply);
    }

    /// A click in the tray has no window to answer into.
    fn fail(&self, copy: WaitingCopy, reply: Reply) {
        if copy.reply.is_none() {
            self.tell_of_failure(&reply);
        }
        copy.answer(reply);
    }

    pub(super) fn tell_of_failure(&self, reply: &Reply) {
        if let Reply::Failed { message, advice, .. } = reply {
            self.shell.raise(&Notice {
                id: "copy".to_owned(),
                title: message.clone(),
                body: advice.clone(),
                urgency: Urgency::Normal,
                buttons: Vec::new(),
            });
        }
    }

    pub(super) fn tell_of_no_default(&self) {
        self.tell_of_failure(&failed(self.language, "no_default", &[]));
    }

    /// What an engineer asks for. Made from what the window shows, so it can hold no more than that.
    pub(super) fn copy_details(
        &mut self,
        profile: ProfileId,
        desk: &Desk,
        reply: oneshot::Sender<Reply>,
    ) {
        let snapshot = self.snapshot(self.clock.now());
        let id = profile.to_string();
        let view = snapshot.profiles.iter().find(|view| view.id == id).cloned();
        let Some((view, trouble)) =
            view.and_then(|mut view| view.trouble.take().map(|trouble| (view, trouble)))
        else {
            return self.refuse(reply, "no_details", &[]);
        };
        let text = files::details(&view, &trouble, &self.version);
        match desk.copy(&text.into()) {
            // What was there of ours is gone, and this needs no clearing.
            Ok(()) => {
                self.leave_another_clipboard(desk);
                self.clipboard.hold = None;
                let _ = reply.send(Reply::Done);
            }
            Err(error) => {
                tracing::warn!(event = "copy_failed", %error);
                self.refuse(reply, "clipboard", &[]);
            }
        }
    }

    pub(super) fn clear_clipboard(&mut self) {
        match self.clipboard.hold.take() {
            Some(clipboard) => clipboard.desk.clear_clipboard(),
            None => self.shell.clear_clipboard(),
        }
    }

    /// One copy is kept track of at a time. An earlier one in another session would stay there for good.
    fn leave_another_clipboard(&self, desk: &Desk) {
        if let Some(clipboard) = self.clipboard.hold.as_ref().filter(|hold| !hold.desk.is(desk)) {
            clipboard.desk.clear_clipboard();
        }
    }
}

impl WaitingCopy {
    fn answer(self, reply: Reply) {
        if let Some(sender) = self.reply {
            let _ = sender.send(reply);
        }
    }
}
