//! What an attempt's outcome means.

use std::time::Duration;

use super::{Activity, Darkness, Failures, InFlight, Profile, Token, Unsaved, Wait};
use crate::{
    deliberate::{Fault, is_committed},
    engine::Turn,
    failure::{Failure, Permanent, RetryAfter, Transient},
    id::{Attempt, Generation},
    input::{Credential, Effect, Grant, GrantType, Holding, KeychainTrouble},
    plan::{self, Retry},
    status::Trouble,
    time::Timestamp,
};

impl Failures {
    fn count(&mut self, cause: Transient) {
        self.count += 1;
        match cause {
            Transient::BrokenReply => self.broken_replies += 1,
            _ if plan::is_answer(cause) => self.broken_replies = 0,
            _ => {}
        }
    }
}

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
        self.last.answered = self.last.requested;
        if !in_flight.is_outdated {
            self.secrets.next = in_flight.secret;
        }
        self.skew = grant.skew;
        self.refresh_token_ends = grant.refresh_token_ends.or(self.refresh_token_ends);
        self.failures = Failures::default();
        if grant.validity.is_live(now) {
            self.darkness = Darkness::None;
        }
        self.unsaved = None;
        self.trouble = is_short_lived.then_some(Trouble::ShortLived);
        self.token = Some(Token {
            generation,
            validity: grant.validity,
            renew_at,
            expiry_noted: false,
            is_rejected: false,
        });
        self.activity = Activity::Keeping { generation, attempt };
        turn.effects.push_back(Effect::KeepToken { profile: self.id, generation });
    }

    /// Minted again, a token may be asked for twice.
    pub(super) fn given_up_elsewhere(&mut self, at: Timestamp) {
        if self.policy.grant == GrantType::RefreshToken && !is_committed(Fault::GivenUpForgotten) {
            self.may_arrive_until = Some(at + plan::LATE_ARRIVAL);
        }
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
        let retry_at = Some(now + plan::store_retry(failures));
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
        if plan::was_answered(failure) {
            self.last.answered = self.last.requested;
        }
        match failure {
            Failure::Transient { cause, retry_after } => self.wait(now, cause, retry_after, turn),
            Failure::Permanent(_) if in_flight.is_outdated => self.start_over(now, turn),
            Failure::Permanent(Permanent::SecretRejected)
                if self.secrets.has_standby && !in_flight.is_second_secret =>
            {
                self.secrets.next = in_flight.secret.other();
                self.request(now, true, turn);
            }
            Failure::Permanent(Permanent::RefreshTokenRejected)
                if self.policy.grant == GrantType::RefreshToken =>
            {
                self.recheck(attempt, turn);
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
        self.trouble = None;
        let current_end = self.token.map(|token| token.validity.expires_at);
        match holding.token {
            Some(validity) if validity.is_live(now) && Some(validity.expires_at) > current_end => {
                self.failures.count = 0;
                self.activity = Activity::Idle;
                self.adopt_token(now, validity, turn);
            }
            Some(_) | None => self.request_with_adopted(now, turn),
        }
    }

    /// The first time at once. If that one was refused as well, somebody rotates as fast as we ask.
    fn request_with_adopted(&mut self, now: Timestamp, turn: &mut Turn) {
        let spaced = self.last.adopted.map_or(now, |at| at + plan::SPACING).max(now);
        self.last.adopted = Some(spaced);
        if spaced == now {
            self.request(now, false, turn);
        } else {
            self.activity = Activity::Waiting { until: spaced, kind: Wait::Request };
        }
    }

    fn wait(
        &mut self,
        now: Timestamp,
        cause: Transient,
        retry_after: Option<RetryAfter>,
        turn: &mut Turn,
    ) {
        self.failures.count(cause);
        let retry = Retry {
            cause,
            failures: self.failures.count,
            token_left: self
                .token
                .filter(|token| !token.is_rejected)
                .map_or(Duration::ZERO, |token| token.validity.expires_at.since(now)),
            just_woke: self.last.woke.is_some_and(|at| now.since(at) < plan::WAKE_SPAN),
        };
        let may_arrive = cause == Transient::Timeout
            && self.policy.grant == GrantType::RefreshToken
            && !is_committed(Fault::GivenUpForgotten);
        let (arrived, usual) = match may_arrive {
            true => (now + plan::LATE_ARRIVAL, Wait::GivenUp { began_again: false }),
            false => (now, Wait::Request),
        };
        let spaced = self.earliest_retry(now).max(arrived);
        let ordered = match retry_after {
            Some(RetryAfter::Delay(delay)) => Some(now + delay),
            Some(RetryAfter::At(at)) => Some(at),
            None => None,
        };
        let (until, kind) = match ordered.map(|at| at.min(now + plan::LONGEST_ORDER)) {
            Some(at) if at > now && !is_committed(Fault::OrdersIgnored) => {
                (at.max(spaced), Wait::Ordered)
            }
            Some(_) | None => ((now + retry.delay(&mut turn.rng)).max(spaced), usual),
        };
        let never_understood = cause == Transient::BrokenReply
            && self.failures.broken_replies >= plan::BROKEN_REPLIES_AT_MOST;
        self.trouble = Some(match never_understood {
            true => Trouble::NotUnderstood,
            false => Trouble::Transient(cause),
        });
        self.activity = Activity::Waiting { until, kind };
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
