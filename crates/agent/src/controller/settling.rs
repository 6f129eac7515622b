//! After each event: effects are carried out, waiting copies served, and what changed is shown.

use glowjar_lifecycle::{status::Status, time::Timestamp};
use jiff::tz::TimeZone;

use super::Controller;
use crate::{
    catalogue::Said,
    notices::{Standing, Telling},
    present,
    profile::Profile,
    request::Reply,
    tray::TrayView,
    view::{Language, ProfileView, Snapshot},
};

impl Controller {
    pub(super) fn settle(&mut self) {
        while let Some(effect) = self.engine.poll_effect() {
            self.carry_out(effect);
        }
        self.serve_copies();
        self.tend_questions();
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
        let tray =
            TrayView::new(&self.published.borrow(), |at| local_time(at, now, &zone, self.language));
        if self.tray.as_ref() != Some(&tray) {
            self.shell.show_tray(&tray);
            self.tray = Some(tray);
        }
        let standings = self.standings(now);
        for telling in
            self.notices.tell(&standings, self.preferences.choices.notices, self.language)
        {
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
            questions: self.questions_view(),
            clipboard: self.clipboard.view(),
            sandbox: self.sandbox_url.as_ref().map(ToString::to_string),
            language: self.language,
            theme: self.preferences.choices.theme,
            settings: self.settings_view(),
            default_profile: self.default_profile().map(|profile| profile.to_string()),
            undo: self.undo_view(),
            history_revision: self.history.revision(),
            programs_revision: self.programs_revision,
        }
    }

    pub(super) fn view_of(&self, profile: &Profile, status: &Status) -> ProfileView {
        let remembered = self.remembered.get(&profile.id).cloned().unwrap_or_default();
        let provider = profile.provider(self.sandbox_url.as_ref());
        let token_endpoint =
            provider.map(|provider| provider.token_endpoint.to_string()).unwrap_or_default();
        let mut view =
            present::profile(profile, status, &remembered, token_endpoint, self.language);
        view.life_is_assumed = self.vault.life_is_assumed(profile.id);
        view.is_default = self.default_profile() == Some(profile.id);
        view
    }

    fn standings(&self, now: Timestamp) -> Vec<Standing> {
        self.with_status(now)
            .map(|(profile, status)| present::standing(profile, &status, self.language))
            .collect()
    }

    fn with_status(&self, now: Timestamp) -> impl Iterator<Item = (&Profile, Status)> {
        let status = move |profile: &Profile| self.engine.status(profile.id, now);
        self.profiles.iter().filter_map(move |profile| Some((profile, status(profile)?)))
    }
}

/// `id` is that of the catalogue, without `failed-`.
pub(super) fn failed(language: Language, id: &str, arguments: &[(&'static str, &str)]) -> Reply {
    let Said { headline, advice } = language.tell(&format!("failed-{id}"), arguments);
    Reply::Failed { code: id.to_owned(), message: headline, advice }
}

/// "18:04", or "Tue 18:04" if that is not today.
fn local_time(at: i64, now: Timestamp, zone: &TimeZone, language: Language) -> String {
    let local = |millis| {
        jiff::Timestamp::from_millisecond(millis).ok().map(|time| time.to_zoned(zone.clone()))
    };
    match (local(at), local(now.as_millis())) {
        (Some(at), Some(now)) if at.date() == now.date() => at.strftime("%H:%M").to_string(),
        (Some(at), _) => {
            let day = at.weekday().to_monday_one_offset().to_string();
            let time = at.strftime("%H:%M").to_string();
            language.say_with("moment-weekday", &[("day", &day), ("time", &time)])
        }
        (None, _) => language.say("moment-distant"),
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
        let faces =
            [0, 1, 2].map(|hours| local_time(BEFORE + hours * HOUR, now, &zone, Language::En));
        assert_eq!(faces, ["02:30", "02:30", "03:30"]);
        assert_eq!(local_time(BEFORE + 24 * HOUR, now, &zone, Language::En), "Mon 01:30");
        let monday = local_time(BEFORE + 24 * HOUR, now, &zone, Language::De);
        assert_eq!(monday, "Mo. 01:30");
    }

    #[test]
    fn f12_another_time_zone_shows_another_time_for_the_same_moment() {
        let now = Timestamp::from_millis(BEFORE);
        let tokyo = TimeZone::fixed(jiff::tz::offset(9));
        assert_eq!(local_time(BEFORE, now, &TimeZone::UTC, Language::En), "00:30");
        assert_eq!(local_time(BEFORE, now, &tokyo, Language::En), "09:30");
    }
}
