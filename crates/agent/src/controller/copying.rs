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

use super::core::Core;
use crate::{
    copying::{self, CopyTrouble},
    event::Event,
    fault_injection::{InjectedFault, is_committed},
    files,
    handout::seconds,
    history::Entry,
    ports::{ClipboardError, Desk},
    profile_view,
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
    /// Clears it if it holds a token: of this profile, or of any.
    pub(super) fn clear_if_held(&mut self, of: Option<ProfileId>) {
        let is_meant = |hold: &mut ClipboardHold| of.is_none_or(|profile| hold.profile == profile);
        if let Some(hold) = self.hold.take_if(is_meant) {
            hold.desk.clear_clipboard();
        }
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

impl Clipboard {
    /// Never an expired token: if there is no live one, it is asked for first, and the caller waits.
    pub(super) fn copy(
        &mut self,
        core: &mut Core,
        profile: ProfileId,
        wanted: Wanted,
        desk: &Desk,
        reply: Option<oneshot::Sender<Reply>>,
    ) {
        let now = core.clock.now();
        let copy = WaitingCopy {
            profile,
            wanted,
            desk: desk.clone(),
            until: now + COPY_PATIENCE,
            was_tried: false,
            reply,
        };
        if wanted == Wanted::Clipboard(CopyFormat::ClientId) {
            return self.copy_now(core, copy, now);
        }
        if core.lock.is_locked() {
            return fail(core, copy, core.failed("locked", &[]));
        }
        let status = core.engine.status(profile, now);
        let is_live = status.and_then(|status| status.token).is_some_and(|token| token.live);
        let may_ask = status.is_some_and(|status| status.phase != Phase::Halted);
        if !is_live && may_ask {
            core.input(Input::RefreshRequested { profile });
        }
        self.waiting.push(copy);
    }

    pub(super) fn serve_copies(&mut self, core: &mut Core) {
        let now = core.clock.now();
        for mut copy in std::mem::take(&mut self.waiting) {
            if core.lock.is_locked() {
                fail(core, copy, core.failed("locked", &[]));
                continue;
            }
            let Some(status) = core.engine.status(copy.profile, now) else {
                copy.answer(core.failed("unknown_profile", &[]));
                continue;
            };
            let is_live = status.token.is_some_and(|token| token.live);
            let is_under_way = status.is_under_way;
            copy.was_tried |= is_under_way;
            // Right after another request, the one for this click has to wait its turn.
            let is_due_soon = !copy.was_tried
                && matches!(status.phase, Phase::Waiting { until } if until <= copy.until);
            if is_live || is_committed(InjectedFault::CopiesWhateverIsThere) {
                self.copy_now(core, copy, now);
            } else if (is_under_way || is_due_soon) && now < copy.until {
                self.waiting.push(copy);
            } else {
                fail_copy(core, copy, &status);
            }
        }
    }

    fn copy_now(&mut self, core: &mut Core, copy: WaitingCopy, now: Timestamp) {
        let token = core.secret_store.access_token(copy.profile);
        let sandbox = core.sandbox.url.as_ref().map(ToString::to_string);
        let (Some(profile), Some(token)) = (core.profiles.get(&copy.profile), token) else {
            if copy.wanted == Wanted::Clipboard(CopyFormat::ClientId)
                && let Some(profile) = core.profiles.get(&copy.profile)
                && let Ok(text) = copying::text(CopyFormat::ClientId, profile, None, None)
            {
                return self.put_on_clipboard(core, copy, &text, now);
            }
            return copy.answer(core.failed("copy_no_token", &[]));
        };
        match copy.wanted {
            Wanted::Clipboard(format) => {
                let ends = core.current(copy.profile).map(|it| seconds(it.validity.expires_at));
                let token = (token, ends.unwrap_or_default());
                match copying::text(format, profile, Some(token), sandbox.as_deref()) {
                    Ok(text) => self.put_on_clipboard(core, copy, &text, now),
                    Err(CopyTrouble::NoToken) => {
                        copy.answer(core.failed("copy_no_token", &[]));
                    }
                    Err(CopyTrouble::Unquotable) => {
                        fail(core, copy, core.failed("copy_unquotable", &[]));
                    }
                }
            }
            Wanted::Postman => {
                let (name, text) = copying::postman(profile, token);
                let folder = core.host.folders.downloads.clone();
                core.note(copy.profile, Entry::Copied);
                core.tasks.start(None, async move {
                    let outcome = files::write_new(folder, name, text).await;
                    Event::FileWritten { outcome, reply: copy.reply }
                });
            }
        }
    }

    fn put_on_clipboard(
        &mut self,
        core: &mut Core,
        copy: WaitingCopy,
        text: &SecretString,
        now: Timestamp,
    ) {
        match self.put(
            copy.profile,
            &copy.desk,
            text,
            now + core.preferences.clear_clipboard_after(),
        ) {
            Ok(clears_at) => {
                let name = core.profiles.get(&copy.profile).map(|profile| profile.name.as_str());
                tracing::info!(event = "copied", name, what = ?copy.wanted);
                if copy.wanted != Wanted::Clipboard(CopyFormat::ClientId) {
                    core.note(copy.profile, Entry::Copied);
                }
                copy.answer(Reply::Copied { clears_at: clears_at.as_millis() });
            }
            Err(code) => fail(core, copy, core.failed(code, &[])),
        }
    }

    /// Puts the secret of another program on the clipboard, for as long as a token would stay there. Returns when it is
    /// cleared, or why that was not done, as the catalogue has it.
    pub(super) fn hold(
        &mut self,
        core: &Core,
        profile: ProfileId,
        desk: &Desk,
        secret: &SecretString,
    ) -> Result<Timestamp, &'static str> {
        let clears_at = core.clock.now() + core.preferences.clear_clipboard_after();
        self.put(profile, desk, secret, clears_at)
    }

    fn put(
        &mut self,
        profile: ProfileId,
        desk: &Desk,
        text: &SecretString,
        clears_at: Timestamp,
    ) -> Result<Timestamp, &'static str> {
        let outcome = desk.copy(text);
        if let Err(error) = &outcome {
            tracing::warn!(event = "copy_failed", %error);
        }
        if let Err(ClipboardError::Unavailable(_)) = outcome {
            return Err("clipboard");
        }
        // Slow: it may arrive yet, and must not stay for good.
        self.leave_another_clipboard(desk);
        self.hold = Some(ClipboardHold { profile, desk: desk.clone(), clears_at });
        outcome.map(|()| clears_at).map_err(|_| "clipboard_slow")
    }

    /// What an engineer asks for. Made from what the window shows, so it can hold no more than that.
    pub(super) fn copy_details(
        &mut self,
        core: &Core,
        profile: ProfileId,
        desk: &Desk,
        reply: oneshot::Sender<Reply>,
    ) {
        let view = core.profiles.get(&profile).zip(core.status(profile));
        let view = view.map(|(profile, status)| core.view_of(profile, &status));
        let Some((view, trouble)) =
            view.and_then(|mut view| view.trouble.take().map(|trouble| (view, trouble)))
        else {
            return core.refuse(reply, "no_details", &[]);
        };
        let text = files::details(&view, &trouble, &core.host.version);
        match desk.copy(&text.into()) {
            // What was there of ours is gone, and this needs no clearing.
            Ok(()) => {
                self.leave_another_clipboard(desk);
                self.hold = None;
                let _ = reply.send(Reply::Done);
            }
            Err(error) => {
                tracing::warn!(event = "copy_failed", %error);
                core.refuse(reply, "clipboard", &[]);
            }
        }
    }

    pub(super) fn clear_clipboard(&mut self, core: &Core) {
        match self.hold.take() {
            Some(clipboard) => clipboard.desk.clear_clipboard(),
            None => core.host.shell.clear_clipboard(),
        }
    }

    /// One copy is kept track of at a time. An earlier one in another session would stay there for good.
    fn leave_another_clipboard(&self, desk: &Desk) {
        if let Some(clipboard) = self.hold.as_ref().filter(|hold| !hold.desk.is(desk)) {
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

fn fail_copy(core: &Core, copy: WaitingCopy, status: &Status) {
    let language = core.language;
    let standing = core
        .profiles
        .get(&copy.profile)
        .map(|profile| profile_view::standing(profile, status, language))
        .filter(|standing| !standing.headline.is_empty());
    let reply = match (status.phase, standing) {
        (Phase::Paused, _) => core.failed("copy_paused", &[]),
        (_, None) => core.failed("copy_no_token", &[]),
        (_, Some(standing)) => {
            let said = language.tell("failed-copy_trouble", &[("headline", &standing.headline)]);
            let (message, advice) = (said.headline, standing.advice);
            Reply::Failed { code: String::new(), message, advice, cause: None }
        }
    };
    // Whatever the reason, the code says that there is nothing to copy.
    let reply = match reply {
        Reply::Failed { message, advice, .. } => {
            Reply::Failed { code: "no_live_token".to_owned(), message, advice, cause: None }
        }
        other => other,
    };
    fail(core, copy, reply);
}

/// A click in the tray has no window to answer into.
fn fail(core: &Core, copy: WaitingCopy, reply: Reply) {
    if copy.reply.is_none() {
        core.tell_of_failure(&reply);
    }
    copy.answer(reply);
}

pub(super) fn tell_of_no_default(core: &Core) {
    core.tell_of_failure(&core.failed("no_default", &[]));
}
