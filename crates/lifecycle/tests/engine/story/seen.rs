//! What a story sees of its profile.

use glowjar_lifecycle::{
    id::{Attempt, Generation},
    input::{Effect, KeychainTrouble, SecretSlot},
    status::{Incident, Phase, Status, Trouble},
};

use super::{PROFILE, Story, span};

/// What is seen.
impl Story {
    pub(crate) fn status(&self) -> Status {
        self.engine.status(PROFILE, self.now).expect("the profile is there")
    }

    #[track_caller]
    pub(crate) fn generation(&self) -> Generation {
        self.status().token.expect("a token").generation
    }

    /// How often it asked for a token so far.
    #[track_caller]
    pub(crate) fn asked(&mut self, times: usize) -> &mut Self {
        assert_eq!(self.asked.len(), times, "requests at {:?}\n{self:?}", self.asked);
        self
    }

    pub(crate) fn times_asked(&self) -> usize {
        self.asked.len()
    }

    /// Its next request goes out between these times. It may be out already, unless it was answered.
    #[track_caller]
    pub(crate) fn asks_between(&mut self, earliest: &str, latest: &str) -> &mut Self {
        let before = self.asked.len() - usize::from(self.is_asking());
        let latest = span(latest);
        while self.asked.len() == before {
            let left = latest.checked_sub(self.elapsed()).filter(|left| !left.is_zero());
            let left = left.unwrap_or_else(|| panic!("it did not ask by {latest:?}\n{self:?}"));
            let next = self.engine.poll_timeout().map_or(left, |next| next.at.since(self.now));
            self.run(next.min(left));
        }
        let asked = self.asked[before];
        assert!(asked >= span(earliest), "asked at {asked:?}, before {earliest}\n{self:?}");
        self
    }

    #[track_caller]
    pub(crate) fn sends(&mut self, expected: SecretSlot) -> &mut Self {
        let sent = self.wanted.iter().find_map(|effect| match effect {
            Effect::RequestToken { secret, .. } => Some(*secret),
            _ => None,
        });
        assert_eq!(sent, Some(expected), "{self:?}");
        self
    }

    #[track_caller]
    pub(crate) fn has_announced(&mut self, times: usize) -> &mut Self {
        assert_eq!(self.announced.len(), times, "{self:?}");
        self
    }

    /// The last token was announced.
    #[track_caller]
    pub(crate) fn has_announced_it(&mut self) -> &mut Self {
        let token = self.status().token.map(|token| token.generation);
        assert_eq!(self.announced.last().copied(), token, "{self:?}");
        self
    }

    /// Nothing is under way that waits for an answer.
    #[track_caller]
    pub(crate) fn rests(&mut self) -> &mut Self {
        assert_eq!(self.wanted, [], "{self:?}");
        self
    }

    #[track_caller]
    pub(crate) fn is_live(&mut self) -> &mut Self {
        assert!(self.status().token.is_some_and(|token| token.live), "no live token\n{self:?}");
        self
    }

    #[track_caller]
    pub(crate) fn is_dark(&mut self) -> &mut Self {
        assert!(self.status().token.is_none_or(|token| !token.live), "a live token\n{self:?}");
        self
    }

    #[track_caller]
    pub(crate) fn is_in(&mut self, phase: Phase) -> &mut Self {
        assert_eq!(self.status().phase, phase, "{self:?}");
        self
    }

    #[track_caller]
    pub(crate) fn has_trouble(&mut self, trouble: impl Into<Option<Trouble>>) -> &mut Self {
        assert_eq!(self.status().trouble, trouble.into(), "{self:?}");
        self
    }

    #[track_caller]
    pub(crate) fn calls_a_person(&mut self, incident: impl Into<Option<Incident>>) -> &mut Self {
        assert_eq!(self.status().incident, incident.into(), "{self:?}");
        self
    }

    /// How often a person was called since the beginning.
    #[track_caller]
    pub(crate) fn has_called(&mut self, times: usize) -> &mut Self {
        assert_eq!(self.called, times, "{self:?}");
        self
    }

    #[track_caller]
    pub(crate) fn is_not_saved(
        &mut self,
        trouble: impl Into<Option<KeychainTrouble>>,
    ) -> &mut Self {
        assert_eq!(self.status().not_saved, trouble.into(), "{self:?}");
        self
    }

    /// The next request carries this secret.
    #[track_caller]
    pub(crate) fn sends_next(&mut self, expected: SecretSlot) -> &mut Self {
        let before = self.times_asked();
        while self.times_asked() == before {
            self.next_deadline();
        }
        self.sends(expected)
    }

    pub(crate) fn is_asking(&self) -> bool {
        self.wanted.iter().any(|effect| matches!(effect, Effect::RequestToken { .. }))
    }

    pub(crate) fn is_keeping(&self) -> bool {
        self.wanted.iter().any(|effect| matches!(effect, Effect::KeepToken { .. }))
    }

    /// The request that is under way.
    #[track_caller]
    pub(crate) fn attempt(&self) -> Attempt {
        let attempt = self.wanted.iter().rev().find_map(|effect| match effect {
            Effect::RequestToken { attempt, .. } => Some(*attempt),
            _ => None,
        });
        attempt.unwrap_or_else(|| panic!("it does not ask\n{self:?}"))
    }

    /// No deadline is in the past.
    #[track_caller]
    pub(crate) fn has_no_deadline_left(&mut self) -> &mut Self {
        let next = self.engine.poll_timeout();
        assert!(next.is_none_or(|next| next.at > self.now), "{next:?}\n{self:?}");
        self
    }
}
