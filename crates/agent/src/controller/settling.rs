//! After each event: effects are carried out, waiting copies served, and what changed is shown.

use glowjar_lifecycle::{
    status::{Phase, Status},
    time::Timestamp,
};
use jiff::tz::TimeZone;
use tokio::sync::oneshot;

use super::{ClipboardHold, Controller, WaitingCopy};
use crate::{
    deliberate::{Fault, is_committed},
    notices::{Notice, Standing, Telling, Urgency},
    present,
    profile::Profile,
    request::Reply,
    tray::TrayView,
    view::{ClipboardView, ProfileView, Snapshot},
};

impl Controller {
    pub(super) fn settle(&mut self) {
        while let Some(effect) = self.engine.poll_effect() {
            self.carry_out(effect);
        }
        self.serve_copies();
        self.serve_callers();
        self.show();
    }

    fn show(&mut self) {
        let now = self.clock.now();
        let snapshot = self.snapshot(now);
        let changed = {
            let old = self.published.borrow();
            *old != Snapshot { revision: old.revision, ..snapshot.clone() }
        };
        if changed {
            let snapshot = Snapshot { revision: self.published.borrow().revision + 1, ..snapshot };
            self.shell.publish(&snapshot);
            self.published.send_replace(snapshot);
        }
        let zone = TimeZone::system();
        let tray = TrayView::new(&self.published.borrow(), |at| local_time(at, now, &zone));
        if self.tray.as_ref() != Some(&tray) {
            self.shell.show_tray(&tray);
            self.tray = Some(tray);
        }
        for telling in self.notices.tell(&self.standings(now)) {
            match telling {
                Telling::Raise(notice) => self.shell.raise(&notice),
                Telling::Withdraw(id) => self.shell.withdraw(&id),
            }
        }
    }

    pub(super) fn snapshot(&self, now: Timestamp) -> Snapshot {
        Snapshot {
            revision: self.published.borrow().revision,
            version: self.version.clone(),
            profiles: self
                .with_status(now)
                .map(|(profile, status)| self.view_of(profile, &status))
                .collect(),
            banners: self.banners.clone(),
            clipboard: self.clipboard.as_ref().map(|hold| ClipboardView {
                profile: hold.profile.to_string(),
                clears_at: hold.clears_at.as_millis(),
            }),
            sandbox: self.sandbox_url.as_ref().map(ToString::to_string),
            language: crate::view::Language::En,
            theme: self.preferences.theme,
            settings: self.settings_view(),
            default_profile: self.default_profile().map(|profile| profile.to_string()),
            undo: None,
            history_revision: 0,
        }
    }

    pub(super) fn view_of(&self, profile: &Profile, status: &Status) -> ProfileView {
        let remembered = self.remembered.get(&profile.id).cloned().unwrap_or_default();
        let provider = profile.provider(self.sandbox_url.as_ref());
        let token_endpoint =
            provider.map(|provider| provider.token_endpoint.to_string()).unwrap_or_default();
        let mut view = present::profile(profile, status, &remembered, token_endpoint);
        view.is_default = self.default_profile() == Some(profile.id);
        view
    }

    fn standings(&self, now: Timestamp) -> Vec<Standing> {
        self.with_status(now).map(|(profile, status)| present::standing(profile, &status)).collect()
    }

    fn with_status(&self, now: Timestamp) -> impl Iterator<Item = (&Profile, Status)> {
        self.order.iter().filter_map(move |id| {
            let profile = self.profiles.get(id)?;
            Some((profile, self.engine.status(*id, now)?))
        })
    }

    fn serve_copies(&mut self) {
        let now = self.clock.now();
        for mut copy in std::mem::take(&mut self.copies) {
            let Some(status) = self.engine.status(copy.profile, now) else {
                copy.fail("unknown_profile", "This profile is gone", "");
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
                self.copies.push(copy);
            } else {
                self.fail_copy(copy, &status);
            }
        }
    }

    fn copy_now(&mut self, copy: WaitingCopy, now: Timestamp) {
        let Some(token) = self.vault.access_token(copy.profile) else {
            return copy.fail("no_token", "There is no token to copy", "");
        };
        match self.shell.copy(&token.expose().into()) {
            Ok(()) => {
                let clears_at = now + self.preferences.clear_clipboard_after();
                self.clipboard = Some(ClipboardHold { profile: copy.profile, clears_at });
                let name = self.profiles.get(&copy.profile).map(|profile| profile.name.as_str());
                tracing::info!(event = "copied", name);
                copy.answer(Reply::Copied { clears_at: clears_at.as_millis() });
            }
            Err(error) => {
                tracing::warn!(event = "copy_failed", %error);
                self.tell_tray_click(
                    &copy,
                    "Nothing was copied",
                    "The clipboard is not available.",
                );
                copy.fail(
                    "clipboard",
                    "Nothing was copied",
                    "The clipboard is not available. Try again.",
                );
            }
        }
    }

    fn fail_copy(&self, copy: WaitingCopy, status: &Status) {
        let (headline, advice) = match self.profiles.get(&copy.profile) {
            Some(profile) => {
                let standing = present::standing(profile, status);
                (standing.headline, standing.advice)
            }
            None => (String::new(), String::new()),
        };
        let message = match (status.phase, headline.as_str()) {
            (Phase::Paused, _) => "Nothing was copied: this profile is paused".to_owned(),
            (_, "") => "Nothing was copied: there is no live token".to_owned(),
            (_, headline) => format!("Nothing was copied: {headline}"),
        };
        self.tell_tray_click(&copy, &message, &advice);
        copy.fail("no_live_token", &message, &advice);
    }

    /// A click in the tray has no window to answer into.
    fn tell_tray_click(&self, copy: &WaitingCopy, title: &str, body: &str) {
        if copy.reply.is_none() {
            self.shell.raise(&Notice {
                id: "copy".to_owned(),
                title: title.to_owned(),
                body: body.to_owned(),
                urgency: Urgency::Normal,
            });
        }
    }

    pub(super) fn clear_clipboard(&mut self) {
        self.clipboard = None;
        self.shell.clear_clipboard();
    }
}

impl WaitingCopy {
    fn answer(self, reply: Reply) {
        if let Some(sender) = self.reply {
            let _ = sender.send(reply);
        }
    }

    fn fail(self, code: &str, message: &str, advice: &str) {
        self.answer(failed(code, message, advice));
    }
}

pub(super) fn failed(code: &str, message: &str, advice: &str) -> Reply {
    Reply::Failed { code: code.to_owned(), message: message.to_owned(), advice: advice.to_owned() }
}

pub(super) fn refuse(reply: oneshot::Sender<Reply>, code: &str, message: &str, advice: &str) {
    let _ = reply.send(failed(code, message, advice));
}

/// "18:04", or "Tue 18:04" if that is not today.
fn local_time(at: i64, now: Timestamp, zone: &TimeZone) -> String {
    let local = |millis| {
        jiff::Timestamp::from_millisecond(millis).ok().map(|time| time.to_zoned(zone.clone()))
    };
    match (local(at), local(now.as_millis())) {
        (Some(at), Some(now)) if at.date() == now.date() => at.strftime("%H:%M").to_string(),
        (Some(at), _) => at.strftime("%a %H:%M").to_string(),
        (None, _) => "a distant day".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sunday, 25 October 2026, 00:30 UTC: half an hour before central Europe's summer time ends.
    const BEFORE: i64 = 1_792_888_200_000;
    const HOUR: i64 = 3_600_000;

    #[test]
    fn f12_the_end_of_summer_time_moves_the_face_of_the_clock_and_not_the_moment() {
        let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").expect("a time zone");
        let now = Timestamp::from_millis(BEFORE);
        let faces = [0, 1, 2].map(|hours| local_time(BEFORE + hours * HOUR, now, &zone));
        assert_eq!(faces, ["02:30", "02:30", "03:30"]);
        assert_eq!(local_time(BEFORE + 24 * HOUR, now, &zone), "Mon 01:30");
    }

    #[test]
    fn f12_another_time_zone_shows_another_time_for_the_same_moment() {
        let now = Timestamp::from_millis(BEFORE);
        let tokyo = TimeZone::fixed(jiff::tz::offset(9));
        assert_eq!(local_time(BEFORE, now, &TimeZone::UTC), "00:30");
        assert_eq!(local_time(BEFORE, now, &tokyo), "09:30");
    }
}
