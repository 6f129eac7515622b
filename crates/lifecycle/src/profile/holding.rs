//! What a profile has to ask with, and what it holds already: as the keychain and edits tell.

use super::{Activity, Darkness, Failures, Profile, Token, Wait};
use crate::{
    engine::Turn,
    id::Attempt,
    input::{Change, Credential, Effect, Holding, KeychainTrouble, Policy, SecretSlot},
    plan,
    status::{Incident, Trouble},
    time::Timestamp,
    validity::Validity,
};

impl Profile {
    pub(super) fn changed(
        &mut self,
        now: Timestamp,
        policy: Policy,
        change: Change,
        holding: Holding,
        turn: &mut Turn,
    ) {
        self.policy = policy;
        match change {
            Change::Policy => {
                if let Some(token) = &mut self.token {
                    token.renew_at =
                        plan::renewal(token.validity, policy.renew_early, &mut turn.rng);
                }
                return;
            }
            Change::Credential => {
                self.adopt_credential(holding);
                match &mut self.activity {
                    Activity::Requesting(in_flight) => {
                        in_flight.is_outdated = true;
                        return;
                    }
                    Activity::Rechecking { .. }
                    | Activity::Keeping { .. }
                    | Activity::Waiting { kind: Wait::Ordered | Wait::GivenUp { .. }, .. } => {
                        return;
                    }
                    Activity::Opening
                    | Activity::Idle
                    | Activity::Waiting { .. }
                    | Activity::Halted => {}
                }
            }
            Change::Identity => {
                self.may_arrive_until = None;
                self.adopt_credential(holding);
                self.token = None;
                self.unsaved = None;
                self.skew = None;
            }
        }
        self.failures = Failures::default();
        self.darkness = Darkness::None;
        self.start_over(now, turn);
    }

    pub(super) fn opened(&mut self, now: Timestamp, holding: Holding, turn: &mut Turn) {
        if self.activity != Activity::Opening {
            return;
        }
        self.failures.count = 0;
        self.adopt_credential(holding);
        self.trouble = None;
        self.activity = Activity::Idle;
        if self.darkness == Darkness::Incident(Incident::PersonNeeded) {
            self.darkness = Darkness::None;
        }
        let held = self.token.map(|token| token.validity);
        if let Some(validity) = holding.token.filter(|&stored| Some(stored) != held) {
            self.adopt_token(now, validity, turn);
        }
    }

    /// Takes a token from the keychain into use: nothing is minted while it lives.
    pub(super) fn adopt_token(&mut self, now: Timestamp, validity: Validity, turn: &mut Turn) {
        let clock_was_set_back = validity.issued_at > now + plan::FUTURE_TOLERANCE;
        let renew_at = if clock_was_set_back {
            now
        } else {
            plan::renewal(validity, self.policy.renew_early, &mut turn.rng)
        };
        let generation = turn.next_generation();
        self.token = Some(Token {
            generation,
            validity,
            renew_at,
            expiry_noted: !validity.is_live(now),
            is_rejected: false,
        });
        self.unsaved = None;
        if validity.is_live(now) {
            self.darkness = Darkness::None;
            turn.effects.push_back(Effect::AnnounceToken { profile: self.id, generation });
        }
    }

    pub(super) fn unavailable(&mut self, now: Timestamp, trouble: KeychainTrouble) {
        let kind = match self.activity {
            Activity::Opening => Wait::Keychain,
            Activity::Rechecking { attempt } => Wait::Recheck { attempt },
            _ => return,
        };
        self.failures.count += 1;
        self.trouble = Some(Trouble::Keychain(trouble));
        let until = now + plan::store_retry(self.failures.count);
        self.activity = Activity::Waiting { until, kind };
    }

    pub(super) fn adopt_credential(&mut self, holding: Holding) {
        self.secrets.credential = holding.credential;
        self.secrets.has_standby = holding.standby_secret;
        self.secrets.next = SecretSlot::Primary;
        self.refresh_token_ends = holding.refresh_token_ends;
    }

    /// Asks for a token at once, since a person who edited a profile waits for the answer; halts if there is nothing
    /// to ask with.
    pub(super) fn start_over(&mut self, now: Timestamp, turn: &mut Turn) {
        if self.secrets.credential != Credential::Complete {
            return self.halt_incomplete();
        }
        self.trouble = None;
        self.request(now, false, turn);
    }

    pub(super) fn halt_incomplete(&mut self) {
        let trouble = match self.secrets.credential {
            Credential::RefreshTokenMissing => Trouble::RefreshTokenMissing,
            Credential::SecretMissing | Credential::Complete => Trouble::SecretMissing,
        };
        self.halt(trouble);
    }

    pub(super) fn open(&mut self, turn: &mut Turn) {
        self.activity = Activity::Opening;
        turn.effects.push_back(Effect::OpenSecrets { profile: self.id });
    }

    pub(super) fn recheck(&mut self, attempt: Attempt, turn: &mut Turn) {
        self.activity = Activity::Rechecking { attempt };
        turn.effects.push_back(Effect::RecheckSecrets { profile: self.id, attempt });
    }
}
