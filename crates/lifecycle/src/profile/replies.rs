//! What an attempt's outcome means.

use super::{Activity, Darkness, InFlight, Profile, Token, Unsaved, Wait};
use crate::{
    engine::Turn,
    failure::{Failure, Permanent, RetryAfter, Transient},
    id::{Attempt, Generation},
    input::{Credential, Effect, Grant, GrantType, Holding, KeychainTrouble},
    plan::{self, Retry},
    status::{Incident, Trouble},
    time::Timestamp,
};

impl Profile {
    pub(super) fn granted(
        &mut self,
        now: Timestamp,
        attempt: Attempt,
        grant: Grant,
        turn: &mut Turn,
    ) {
        let Some(in_flight) = self.in_flight(attempt) else { return };
        let generation = turn.next_generation();
        let renew_at = plan::renewal(grant.validity, self.policy.renew_early, &mut turn.rng);
        let is_short_lived = renew_at >= grant.validity.expires_at;
        self.budget.count(now, grant.validity.lifetime(), self.policy.renew_early);
        self.secret = in_flight.secret;
        self.skew = grant.skew;
        self.refresh_token_ends = grant.refresh_token_ends.or(self.refresh_token_ends);
        self.failures = 0;
        self.darkness = Darkness::None;
        self.unsaved = None;
        self.trouble = is_short_lived.then_some(Trouble::ShortLived);
        self.token =
            Some(Token { generation, validity: grant.validity, renew_at, expiry_noted: false });
        self.activity = Activity::Keeping { generation, attempt };
        turn.effects.push_back(Effect::KeepToken { profile: self.id, generation });
    }

    pub(super) fn kept(&mut self, generation: Generation, turn: &mut Turn) {
        if self.unsaved.is_some_and(|unsaved| unsaved.generation == generation) {
            self.unsaved = None;
        }
        self.announce_if_keeping(generation, turn);
    }

    pub(super) fn keep_failed(
        &mut self,
        now: Timestamp,
        generation: Generation,
        trouble: KeychainTrouble,
        turn: &mut Turn,
    ) {
        if self.token.is_none_or(|token| token.generation != generation) {
            return;
        }
        let failures = self.unsaved.map_or(0, |unsaved| unsaved.failures) + 1;
        let retry_at = now + plan::store_retry(failures);
        self.unsaved = Some(Unsaved { generation, trouble, failures, retry_at });
        self.announce_if_keeping(generation, turn);
    }

    pub(super) fn failed(
        &mut self,
        now: Timestamp,
        attempt: Attempt,
        failure: Failure,
        turn: &mut Turn,
    ) {
        let Some(in_flight) = self.in_flight(attempt) else { return };
        match failure {
            Failure::Transient { cause, retry_after } => self.wait(now, cause, retry_after, turn),
            Failure::Permanent(_) if in_flight.is_outdated => self.start_over(now, turn),
            Failure::Permanent(Permanent::SecretRejected)
                if self.standby_secret && !in_flight.is_second_secret =>
            {
                self.secret = in_flight.secret.other();
                self.request(now, true, turn);
            }
            Failure::Permanent(Permanent::RefreshTokenRejected)
                if self.policy.grant == GrantType::RefreshToken =>
            {
                self.activity = Activity::Rechecking { attempt };
                turn.effects.push_back(Effect::RecheckSecrets { profile: self.id, attempt });
            }
            Failure::Permanent(cause) => self.halt(Trouble::Rejected(cause)),
        }
    }

    pub(super) fn rechecked(
        &mut self,
        now: Timestamp,
        attempt: Attempt,
        newer: bool,
        holding: Holding,
        turn: &mut Turn,
    ) {
        if self.activity != (Activity::Rechecking { attempt }) {
            return;
        }
        if !newer || holding.credential != Credential::Complete {
            return self.halt(Trouble::Rejected(Permanent::RefreshTokenRejected));
        }
        self.adopt_credential(holding);
        let current_end = self.token.map(|token| token.validity.expires_at);
        match holding.token {
            Some(validity) if validity.is_live(now) && Some(validity.expires_at) > current_end => {
                self.trouble = None;
                self.failures = 0;
                self.darkness = Darkness::None;
                self.activity = Activity::Idle;
                self.adopt_token(now, validity, turn);
            }
            Some(_) | None => self.request(now, false, turn),
        }
    }

    fn wait(
        &mut self,
        now: Timestamp,
        cause: Transient,
        retry_after: Option<RetryAfter>,
        turn: &mut Turn,
    ) {
        self.failures += 1;
        let retry = Retry {
            cause,
            failures: self.failures,
            token_is_live: self.is_live(now),
            just_woke: self.woke_at.is_some_and(|at| now.since(at) < plan::WAKE_SPAN),
        };
        let backoff = now + retry.delay(&mut turn.rng);
        let spaced = match self.last_request_at {
            Some(sent_at) if plan::was_answered(cause) => backoff.max(sent_at + plan::SPACING),
            Some(_) | None => backoff,
        };
        let (until, kind) = match retry_after {
            Some(RetryAfter::Delay(delay)) => (spaced.max(now + delay), Wait::Ordered),
            Some(RetryAfter::At(at)) => (spaced.max(at), Wait::Ordered),
            None => (spaced, Wait::Request),
        };
        self.trouble = Some(Trouble::Transient(cause));
        self.activity = Activity::Waiting { until, kind };
        self.note_darkness(now);
    }

    fn halt(&mut self, trouble: Trouble) {
        self.trouble = Some(trouble);
        self.activity = Activity::Halted;
        if !self.paused {
            self.darkness = Darkness::Incident(Incident::PersonNeeded);
        }
    }

    fn announce_if_keeping(&mut self, generation: Generation, turn: &mut Turn) {
        if let Activity::Keeping { generation: keeping, .. } = self.activity
            && keeping == generation
        {
            self.activity = Activity::Idle;
            turn.effects.push_back(Effect::AnnounceToken { profile: self.id, generation });
        }
    }

    fn in_flight(&self, attempt: Attempt) -> Option<InFlight> {
        match self.activity {
            Activity::Requesting(in_flight) if in_flight.attempt == attempt => Some(in_flight),
            _ => None,
        }
    }
}
