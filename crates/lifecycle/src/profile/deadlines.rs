//! What happens because time passes, or because it jumped.

use super::{Activity, Darkness, Profile, Wait};
use crate::{
    deliberate::{Fault, is_committed},
    engine::{Reason, Turn, Wakeup},
    input::{Credential, Effect},
    plan,
    status::{Incident, Trouble},
    time::{Step, Timestamp},
};

impl Profile {
    pub(crate) fn handle_timeout(&mut self, now: Timestamp, turn: &mut Turn) {
        self.act(now, turn);
        self.note_incident(now);
    }

    /// Does what is due, but calls no person: after an input, it may still come out that the machine slept, and time
    /// asleep is no time without a token that anybody missed.
    pub(crate) fn act(&mut self, now: Timestamp, turn: &mut Turn) {
        if let Some(token) = &mut self.token
            && !token.validity.is_live(now)
        {
            token.expiry_noted = true;
        }
        self.store_again(now, turn);
        if self.paused {
            return;
        }
        if self.is_about_to_ask(now) && self.secrets.credential != Credential::Complete {
            self.halt_incomplete();
        }
        match self.activity {
            Activity::Waiting { until, .. } if until > now => {}
            Activity::Waiting { kind: Wait::Keychain, .. } => self.open(turn),
            Activity::Waiting { kind: Wait::Recheck { attempt }, .. } => {
                self.recheck(attempt, turn)
            }
            Activity::Waiting { .. } => self.request_within_budget(now, turn),
            Activity::Idle => self.renew_if_due(now, turn),
            _ => {}
        }
        self.note_darkness(now);
    }

    /// The earliest of this profile's deadlines.
    pub(crate) fn wakeup(&self) -> Option<Wakeup> {
        let store = self
            .unsaved
            .and_then(|unsaved| unsaved.retry_at)
            .map(|retry_at| (retry_at, Reason::Store));
        let expiry = self
            .token
            .filter(|token| !token.expiry_noted)
            .map(|token| (token.validity.expires_at, Reason::Expiry));
        let incident = match self.darkness {
            Darkness::Since(since) if !self.paused => {
                Some((since + plan::PATIENCE, Reason::Incident))
            }
            _ => None,
        };
        [self.next_action(), store, expiry, incident]
            .into_iter()
            .flatten()
            .filter(|&(at, _)| at != Timestamp::FAR_FUTURE)
            .min_by_key(|&(at, _)| at)
            .map(|(at, reason)| Wakeup { at, profile: self.id, reason })
    }

    pub(super) fn next_attempt_at(&self) -> Option<Timestamp> {
        self.next_action().map(|(at, _)| at)
    }

    /// Moves every time held here with the clock: what they measure has not changed.
    pub(crate) fn shift(&mut self, step: Step, turn: &mut Turn) {
        if let Some(token) = &mut self.token {
            token.validity = token.validity.shifted(step);
            token.renew_at = token.renew_at.shifted(step);
            if step.magnitude() > plan::NOTEWORTHY_SKEW && self.unsaved.is_none() {
                turn.effects.push_back(Effect::KeepToken {
                    profile: self.id,
                    generation: token.generation,
                });
            }
        }
        if let Some(unsaved) = &mut self.unsaved {
            unsaved.retry_at = unsaved.retry_at.map(|at| at.shifted(step));
        }
        if let Activity::Waiting { until, .. } = &mut self.activity {
            *until = until.shifted(step);
        }
        if let Darkness::Since(since) = &mut self.darkness {
            *since = since.shifted(step);
        }
        for at in [
            &mut self.last.requested,
            &mut self.last.answered,
            &mut self.last.adopted,
            &mut self.last.woke,
            &mut self.may_arrive_until,
            &mut self.refresh_token_ends,
        ] {
            *at = at.map(|at| at.shifted(step));
        }
        self.budget.shift(step);
        self.skew = None;
    }

    /// After a sleep, the failures before it say nothing about the network now.
    pub(crate) fn woke(&mut self, now: Timestamp) {
        self.last.woke = Some(now);
        let earliest = self.earliest_retry(now);
        if let (Activity::Waiting { kind: Wait::Request, until }, Some(Trouble::Transient(cause))) =
            (&mut self.activity, self.trouble)
            && !plan::is_answer(cause)
        {
            *until = earliest.min(*until);
            self.failures.count = 0;
        }
        if let Some(until) = &mut self.may_arrive_until {
            *until = (now + plan::LATE_ARRIVAL).max(*until);
        }
        if let Activity::Waiting { kind: Wait::GivenUp { began_again }, until } = &mut self.activity
            && !*began_again
        {
            *until = (now + plan::LATE_ARRIVAL).max(*until);
            *began_again = true;
        }
        if let Darkness::Since(since) = &mut self.darkness {
            *since = now;
        }
    }

    pub(crate) fn keychain_stirred(&mut self, now: Timestamp) {
        if let Activity::Waiting { kind: Wait::Keychain | Wait::Recheck { .. }, until } =
            &mut self.activity
        {
            *until = now.min(*until);
        }
        if let Some(unsaved) = &mut self.unsaved {
            unsaved.retry_at = unsaved.retry_at.map(|at| at.min(now));
        }
    }

    /// The next automatic request, or the next reading of the keychain.
    fn next_action(&self) -> Option<(Timestamp, Reason)> {
        if self.paused {
            return None;
        }
        match self.activity {
            Activity::Idle => self.token.map(|token| (token.renew_at, Reason::Renewal)),
            Activity::Waiting { until, .. } => Some((until, Reason::Retry)),
            _ => None,
        }
    }

    /// Whether a token request comes next. What the provider ordered is waited out first, so that it can't be forgotten.
    fn is_about_to_ask(&self, now: Timestamp) -> bool {
        match self.activity {
            Activity::Idle | Activity::Waiting { kind: Wait::Request, .. } => true,
            Activity::Waiting { kind: Wait::Ordered | Wait::GivenUp { .. }, until } => until <= now,
            _ => false,
        }
    }

    pub(super) fn earliest_retry(&self, now: Timestamp) -> Timestamp {
        let answered = self.last.answered.map_or(now, |at| at + plan::SPACING);
        let sent = self.last.requested.map_or(now, |at| at + plan::SHORTEST_RETRY);
        now.max(answered).max(sent)
    }

    fn renew_if_due(&mut self, now: Timestamp, turn: &mut Turn) {
        let is_due = self.token.is_none_or(|token| token.renew_at <= now);
        if !is_due {
            return;
        }
        let spaced = self.last.requested.map_or(now, |at| at + plan::SPACING);
        if spaced <= now {
            self.request_within_budget(now, turn);
        } else {
            self.activity = Activity::Waiting { until: spaced, kind: Wait::Request };
        }
    }

    fn request_within_budget(&mut self, now: Timestamp, turn: &mut Turn) {
        match self.budget.spent_until(now) {
            Some(until) => {
                self.trouble = Some(Trouble::BudgetSpent);
                self.activity = Activity::Waiting { until, kind: Wait::Request };
            }
            None => self.request(now, false, turn),
        }
    }

    fn store_again(&mut self, now: Timestamp, turn: &mut Turn) {
        if let Some(unsaved) = &mut self.unsaved
            && unsaved.retry_at.is_some_and(|at| at <= now)
        {
            unsaved.retry_at = None;
            turn.effects
                .push_back(Effect::KeepToken { profile: self.id, generation: unsaved.generation });
        }
    }

    fn note_incident(&mut self, now: Timestamp) {
        if let Darkness::Since(since) = self.darkness
            && (since + plan::PATIENCE <= now || is_committed(Fault::Impatient))
        {
            self.darkness = Darkness::Incident(Incident::NoLiveToken);
        }
    }
}
