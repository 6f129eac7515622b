//! One profile as seen from outside.

use std::{collections::VecDeque, time::Duration};

use glowjar_agent::{
    notices::Urgency,
    view::{Action, PhaseView, ProfileView},
};

use super::{TOLERANCE, in_true_time};
use crate::{
    provider::Granted,
    refresh_token_tracker::Custody,
    story::{DAY, Moment},
};

#[derive(Default)]
pub struct Watched {
    pub view: Option<View>,
    /// All that it ever had, the current one last.
    pub ids: Vec<String>,
    pub custody: Custody,
    pub in_flight: u32,
    pub asked: Moments,
    pub granted: Moments,
    /// When a person did something that may cost a request or a token.
    pub wanted: Moments,
    pub ordered_until: Duration,
    /// The provider said no for good, and nothing good since.
    pub is_refused: bool,
    /// The keychain does not hold what it should.
    pub is_missing: bool,
    pub told: Option<Urgency>,
    /// The sign-in that its last token came of, and when that came first.
    sign_in: Option<usize>,
    pub signed_in_at: Duration,
    /// Which sign-in's end was told of last, and how far ahead.
    pub foretold: Option<(usize, Duration)>,
    /// In awake time.
    pub busy_since: Duration,
    /// Since when this profile is meant to have a token.
    pub open_since: Option<Duration>,
    /// The clock was set while nobody ran who could move what is stored.
    pub clock_was_set_unseen: bool,
    pub token_stored_at_set: Option<i64>,
    /// The last moment with a live token.
    lit_until: Duration,
    /// A token came, or a person made another profile of this one, since the last look.
    token_may_change: bool,
    /// Forms that are being saved.
    edits: u32,
}

/// What a snapshot says, in true time.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    pub phase: PhaseView,
    pub can_copy: bool,
    /// True time.
    pub expires_at: Option<Duration>,
    /// Wall clock, in milliseconds.
    pub next_attempt_at: Option<i64>,
    pub trouble: Option<String>,
    pub action: Option<Action>,
}

/// Moments of the last day.
#[derive(Default)]
pub struct Moments(VecDeque<Duration>);

impl Moments {
    pub fn note(&mut self, now: Duration) {
        while self.0.front().is_some_and(|at| now.saturating_sub(*at) >= DAY) {
            self.0.pop_front();
        }
        self.0.push_back(now);
    }

    pub fn within(&self, now: Duration, span: Duration) -> usize {
        self.0.iter().rev().take_while(|at| now.saturating_sub(**at) < span).count()
    }
}

impl View {
    pub fn new(profile: &ProfileView, set: i64) -> Self {
        let trouble = profile.trouble.as_ref();
        Self {
            phase: profile.phase,
            can_copy: profile.can_copy,
            expires_at: profile.validity.map(|validity| in_true_time(validity.expires_at, set)),
            next_attempt_at: profile.next_attempt_at,
            trouble: trouble.map(|trouble| trouble.code.clone()),
            action: trouble.and_then(|trouble| trouble.action),
        }
    }

    pub fn in_words(&self, now: Duration) -> String {
        let token = match self.expires_at {
            Some(end) if self.can_copy => format!("live for {:.1?}", end.saturating_sub(now)),
            Some(_) => "expired".to_owned(),
            None => "without a token".to_owned(),
        };
        let trouble = self.trouble.as_deref().unwrap_or("no trouble");
        format!("{:?}, {token}, {trouble}", self.phase)
    }
}

impl Watched {
    pub fn id(&self) -> Option<String> {
        self.ids.last().cloned()
    }

    pub fn process_began(&mut self, set: i64) {
        self.custody.process_began();
        self.clock_was_set_unseen =
            self.token_stored_at_set.is_some_and(|stored| stored.abs_diff(set) >= 2_000);
        (self.view, self.open_since, self.told) = (None, None, None);
        (self.in_flight, self.edits) = (0, 0);
        self.ordered_until = Duration::ZERO;
        self.token_may_change = true;
    }

    pub fn is_gone(&mut self) {
        (self.view, self.open_since) = (None, None);
        self.custody.is_given_up();
        self.token_may_change = true;
        self.is_refused = false;
        self.is_missing = false;
    }

    /// Until it is done, and whatever comes of it, the token may be another or none.
    pub fn is_being_edited(&mut self) {
        self.edits += 1;
        self.ordered_until = Duration::ZERO;
    }

    pub fn was_edited(&mut self) {
        self.edits = self.edits.saturating_sub(1);
        self.ordered_until = Duration::ZERO;
    }

    pub fn is_granted(&mut self, granted: &Granted, now: Duration) {
        self.granted.note(now);
        if self.sign_in != granted.sign_in {
            self.sign_in = granted.sign_in;
            self.signed_in_at = now;
        }
        self.custody.is_given(granted, now);
        self.token_may_change = true;
        self.clock_was_set_unseen = false;
        self.is_refused = false;
    }

    /// The sign-in in use, if memory and keychain can't hold two. After a restart, the keychain's counts.
    pub fn sign_in(&self, stored: Option<usize>) -> Option<usize> {
        self.sign_in.filter(|held| self.edits == 0 && Some(*held) == stored)
    }

    pub fn is_busy(&self) -> bool {
        use PhaseView::{Acquiring, Empty, Refreshing};
        self.view.as_ref().is_some_and(|view| matches!(view.phase, Empty | Acquiring | Refreshing))
    }

    pub fn needs_a_person(&self) -> bool {
        self.is_refused || self.is_missing
    }

    /// Whether only time stands between this profile and a token.
    pub fn can_expect_a_token(&self) -> bool {
        let Some(view) = &self.view else { return false };
        !matches!(view.phase, PhaseView::Halted | PhaseView::Paused)
            && view.trouble.as_deref() != Some("budget_spent")
    }

    /// The last moment up to now at which the window shows a live token.
    pub fn lit_until(&self, now: Duration, _wall: i64) -> Duration {
        match &self.view {
            Some(View { can_copy: true, expires_at: Some(end), .. }) => now.min(*end + TOLERANCE),
            _ => self.lit_until,
        }
    }

    pub fn is_shown(
        &mut self,
        view: View,
        id: &str,
        now: Duration,
        awake: Duration,
        wall: i64,
    ) -> Result<(), String> {
        if self.ids.last().is_none_or(|last| last != id) {
            self.ids.push(id.to_owned());
        }
        self.lit_until = self.lit_until(now, wall);
        let was_busy = self.is_busy();
        let before = self.view.replace(view.clone());
        let phase_changed = before.as_ref().is_none_or(|before| before.phase != view.phase);
        if !was_busy || phase_changed {
            self.busy_since = awake;
        }
        self.open_since = self.open_since.filter(|_| self.can_expect_a_token());
        if self.open_since.is_none() && self.can_expect_a_token() {
            self.open_since = Some(now);
        }
        let has_changed = before.as_ref().is_none_or(|before| before.expires_at != view.expires_at);
        let may_change = self.token_may_change || self.edits > 0;
        self.token_may_change &= !has_changed;
        let end = view.expires_at.filter(|_| view.can_copy);
        if let Some(end) = end
            && now > end + TOLERANCE
        {
            return Err("an expired token is shown as live".to_owned());
        }
        let Some(before_end) =
            before.and_then(|before| before.expires_at.filter(|_| before.can_copy))
        else {
            return Ok(());
        };
        let is_lost =
            before_end > now + TOLERANCE && end.is_none_or(|end| end + TOLERANCE < before_end);
        if is_lost && !may_change {
            let left = before_end - now;
            return Err(format!(
                "a token with {left:?} to live was thrown away for {end:?} at {}",
                Moment(now)
            ));
        }
        Ok(())
    }
}
