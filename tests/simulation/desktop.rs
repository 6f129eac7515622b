//! The desktop: a window, a tray and toasts that are watched by the ledger instead of a person.

use std::{future::Future, path::Path, pin::Pin, time::Duration};

use glowjar_agent::{
    notices::Notice,
    ports::{
        ClipboardError, Presence, Sandbox, SandboxOffer, Shell, ShortcutError, StartAtLoginError,
    },
    preferences::{Preferences, PreferencesStore},
    tray::TrayView,
    view::Snapshot,
};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    story::DAY,
    world::{State, World},
};

/// Nobody asks: locking after a while is off.
impl Presence for World {
    fn idle_time(&self) -> Pin<Box<dyn Future<Output = Option<Duration>> + Send + '_>> {
        Box::pin(std::future::ready(None))
    }
}

impl Shell for World {
    fn publish(&self, snapshot: &Snapshot) {
        let mut state = self.state();
        if state.is_over() {
            return;
        }
        state.weigh();
        let (now, awake, wall, set) = (state.now(), state.awake(), state.wall(), state.set);
        for note in state.ledger.shown(snapshot, now, awake, wall, set) {
            match note {
                Ok(words) => state.note(|| words),
                Err(words) => state.violate(words),
            }
        }
    }

    fn show_tray(&self, _tray: &TrayView) {}

    fn raise(&self, notice: &Notice) {
        let mut state = self.state();
        if state.is_over() {
            return;
        }
        state.note(|| format!("toast: {} ({:?})", notice.title, notice.urgency));
        let (now, wall) = (state.now(), state.wall());
        let checked = match notice.id.strip_prefix("sign-in-") {
            Some(profile) => state.is_foretold(profile),
            None => state.ledger.notice_raised(notice, now, wall),
        };
        state.check(checked);
    }

    fn withdraw(&self, id: &str) {
        let mut state = self.state();
        if !state.is_over() {
            state.note(|| format!("toast withdrawn: {id}"));
            state.ledger.notice_withdrawn(id);
        }
    }

    fn copy(&self, text: &SecretString) -> Result<(), ClipboardError> {
        let mut state = self.state();
        if state.is_over() {
            return Err(ClipboardError::Unavailable("gone".to_owned()));
        }
        let now = state.now();
        let token = state.issuers.iter().enumerate().find_map(|(place, issuer)| {
            issuer.end_of(text.expose_secret()).map(|end| (place, end))
        });
        state.note(|| format!("copied a token of {:?}", token.map(|(place, _)| place)));
        let checked = match token {
            Some((place, end)) => state.ledger.copied(place, now, end),
            None => Err("what was copied is no token that was issued of late".to_owned()),
        };
        state.check(checked);
        Ok(())
    }

    fn clear_clipboard(&self) {}

    fn open_url(&self, _url: &str) {}

    fn open_folder(&self, _folder: &Path) -> bool {
        false
    }

    fn open_clock_settings(&self) -> bool {
        false
    }

    fn start_at_login(&self, _wanted: bool) -> Result<(), StartAtLoginError> {
        Ok(())
    }

    fn take_scheme(&self, _scheme: &str) -> Result<(), String> {
        Ok(())
    }

    fn copy_shortcut(&self, _keys: Option<&str>) -> Result<(), ShortcutError> {
        Ok(())
    }

    fn show_window(&self) {}

    fn quit(&self) {}
}

impl State {
    /// Whether the end of a sign-in was worth a word now.
    fn is_foretold(&mut self, profile: &str) -> Result<(), String> {
        let now = self.now();
        let Some(place) = self.ledger.place_of_id(profile) else { return Ok(()) };
        let stored = self.keychain.refresh_token(profile).map(|stored| stored.family);
        let Some(sign_in) = self.ledger.watched(place).sign_in(stored) else { return Ok(()) };
        let life = self.cast[place].second_life;
        let Some((life, ends)) = life.zip(self.issuers[place].end_of_sign_in(sign_in)) else {
            // Peace came over it.
            return Ok(());
        };
        let foretold = self.ledger.foretold(place, sign_in, ends, now);
        // One that slides may end as well, while the provider can't be reached.
        let is_late = ends.saturating_sub(now) < DAY;
        match life.slides && !is_late {
            true => Err(format!("profile {place}: an end is foretold that a renewal puts off")),
            false => foretold.map_err(|words| format!("profile {place}: {words}")),
        }
    }
}

impl PreferencesStore for World {
    fn save(&self, _preferences: &Preferences) {}
}

/// No profile here uses it.
impl Sandbox for World {
    fn start(
        &self,
    ) -> Pin<Box<dyn Future<Output = Result<SandboxOffer, std::io::Error>> + Send + '_>> {
        Box::pin(async { Err(std::io::Error::other("there is no sandbox in this story")) })
    }
}
