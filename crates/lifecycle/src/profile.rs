//! One profile's state machine.

use std::time::Duration;

use crate::{
    budget::Budget,
    failure::{Failure, Permanent, RetryAfter, Transient},
    fault_injection::{InjectedFault, is_committed},
    id::{Attempt, Generation, ProfileId},
    input::{
        Change, Credential, Effect, Grant, GrantType, Holding, Input, KeychainTrouble, Policy,
        SecretSlot,
    },
    plan::{self, Retry},
    sign_in_end::{Forecast, Moves, SignInEnd},
    status::{Incident, Phase, Status, TokenStatus, Trouble},
    time::{Step, Timestamp},
    turn::{Reason, Turn, Wakeup},
    validity::Validity,
};

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Profile {
    id: ProfileId,
    policy: Policy,
    paused: bool,
    activity: Activity,
    token: Option<Token>,
    secrets: Secrets,
    second_life: SecondLife,
    unsaved: Option<Unsaved>,
    trouble: Option<Trouble>,
    failures: Failures,
    last: Last,
    /// Until when a request that is none of our attempts may still arrive.
    may_arrive_until: Option<Timestamp>,
    budget: Budget,
    skew: Option<Step>,
    darkness: NoTokenSince,
}

/// What is known of the secrets that a request needs.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Secrets {
    credential: Credential,
    has_standby: bool,
    /// Which secret goes out next.
    next: SecretSlot,
    /// What the provider refused them with before the start, until they are read.
    refused: Option<Permanent>,
    /// The token among them was withheld before the start, until they are read.
    is_withheld: bool,
}

/// The life of the refresh token.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct SecondLife {
    end: Option<SignInEnd>,
    /// When a person should see something else of it.
    next_look: Option<Timestamp>,
}

/// When something happened last.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Last {
    /// A request went out.
    requested: Option<Timestamp>,
    /// A request went out that the provider answered.
    answered: Option<Timestamp>,
    /// A request went out because the keychain held a newer refresh token than the refused one.
    adopted: Option<Timestamp>,
    /// The machine woke up.
    woke: Option<Timestamp>,
}

/// What is going on. The public [`Phase`] is derived from it and from what is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Activity {
    /// The keychain is being read.
    Opening,
    /// A token is held or nothing can be done; deadlines decide what comes next.
    Idle,
    Requesting(InFlight),
    /// The refresh token was refused; the keychain is read again in case another process rotated it.
    Rechecking {
        attempt: Attempt,
    },
    /// A token set was issued and is being stored; nothing else happens meanwhile.
    Keeping {
        generation: Generation,
        attempt: Attempt,
    },
    Waiting {
        until: Timestamp,
        kind: Wait,
    },
    Halted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct InFlight {
    attempt: Attempt,
    secret: SecretSlot,
    /// The other secret was refused just before.
    is_second_secret: bool,
    /// The credential was edited after the request went out, so its refusal says nothing about the new one.
    is_outdated: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wait {
    Request,
    /// The provider named the time; it is obeyed even if a person clicks.
    Ordered,
    /// The request before was given up and may still arrive, so no other may be sent, even if a person clicks.
    GivenUp {
        /// A sleep began it again: meanwhile the system sent nothing and counted no time.
        began_again: bool,
    },
    Keychain,
    /// The keychain could not be read again, so whether the refused refresh token is dead is not known.
    Recheck {
        attempt: Attempt,
    },
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Token {
    generation: Generation,
    validity: Validity,
    renew_at: Timestamp,
    expiry_noted: bool,
    /// A server took it for dead, so whoever wants a token has none.
    is_rejected: bool,
    /// It is good, and nobody is to have it for now.
    is_withheld: bool,
}

/// The newest token set is in memory only.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Unsaved {
    generation: Generation,
    trouble: KeychainTrouble,
    failures: u32,
    /// `None` while it is being stored; the vault always answers within its time limit.
    retry_at: Option<Timestamp>,
}

/// Failures in a row.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Failures {
    /// Of requests or of opening the keychain.
    count: u32,
    /// Replies that make no sense, with no other answer between them.
    broken_replies: u32,
}

/// How long there has been no live token although there should be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NoTokenSince {
    None,
    Since(Timestamp),
    /// So long, or so hopeless, that a person should know.
    Incident(Incident),
}

impl Profile {
    pub(crate) fn new(id: ProfileId, policy: Policy, paused: bool, turn: &mut Turn) -> Self {
        turn.effects.push_back(Effect::OpenSecrets { profile: id });
        Self {
            id,
            policy,
            paused,
            activity: Activity::Opening,
            token: None,
            secrets: Secrets {
                credential: Credential::Complete,
                has_standby: false,
                next: SecretSlot::Primary,
                refused: None,
                is_withheld: false,
            },
            second_life: SecondLife::default(),
            unsaved: None,
            trouble: None,
            failures: Failures::default(),
            last: Last::default(),
            may_arrive_until: None,
            budget: Budget::default(),
            skew: None,
            darkness: NoTokenSince::None,
        }
    }

    pub(crate) fn handle_input(&mut self, now: Timestamp, input: Input, turn: &mut Turn) {
        match input {
            Input::ProfileChanged { policy, change, holding, .. } => {
                self.changed(now, policy, change, holding, turn)
            }
            Input::SecretsOpened { holding, .. } => self.opened(now, holding, turn),
            Input::GivenUpElsewhere { at, .. } => self.given_up_elsewhere(at),
            Input::RefusalRemembered { cause, .. } => self.secrets.refused = Some(cause),
            Input::WithholdingRemembered { .. } => self.secrets.is_withheld = true,
            Input::SecretsUnavailable { trouble, .. } => self.unavailable(now, trouble),
            Input::RefreshRequested { .. } => self.refresh_requested(now, turn),
            Input::PauseRequested { .. } => {
                self.paused = true;
                self.darkness = NoTokenSince::None;
            }
            Input::ResumeRequested { .. } => self.resumed(),
            Input::Granted { attempt, grant, .. } => self.granted(now, attempt, grant, turn),
            Input::Failed { attempt, failure, .. } => self.failed(now, attempt, failure, turn),
            Input::SecretsRechecked { attempt, newer, holding, .. } => {
                self.rechecked(now, attempt, newer, holding, turn);
            }
            Input::Kept { generation, .. } => self.kept(generation, turn),
            Input::KeepFailed { generation, trouble, .. } => {
                self.keep_failed(now, generation, trouble, turn)
            }
            Input::TokenRejected { generation, .. } => self.token_rejected(now, generation),
            Input::TokenWithheld { generation, .. } => self.withhold(|token| {
                token.is_withheld |= token.generation == generation;
            }),
            Input::TokenReleased { .. } => {
                self.secrets.is_withheld = false;
                self.withhold(|token| token.is_withheld = false);
                self.trouble = self.trouble.filter(|it| *it != WITHHELD);
            }
            Input::ProfileAdded { .. }
            | Input::ProfileRemoved { .. }
            | Input::KeychainChanged
            | Input::ClockStepped(_)
            | Input::Woke => {}
        }
    }

    pub(crate) fn status(&self, now: Timestamp) -> Status {
        let token = self.token.map(|token| TokenStatus {
            generation: token.generation,
            validity: token.validity,
            live: token.validity.is_live(now) && !token.is_withheld,
            rejected: token.is_rejected,
            withheld: token.is_withheld,
        });
        let is_withheld = token.is_some_and(|token| token.withheld);
        Status {
            phase: self.phase(),
            is_under_way: match self.activity {
                Activity::Opening
                | Activity::Requesting(_)
                | Activity::Rechecking { .. }
                | Activity::Keeping { .. } => true,
                Activity::Idle => self.token.is_none() && !self.paused,
                Activity::Waiting { .. } | Activity::Halted => false,
            },
            token,
            next_attempt_at: self.next_attempt_at(),
            trouble: match is_withheld {
                true => Some(WITHHELD),
                false => self.trouble,
            },
            not_saved: self.unsaved.map(|unsaved| unsaved.trouble),
            refresh_token_ends: self.second_life.end,
            forecast: self.forecast(now),
            skew: self.skew.filter(|skew| skew.magnitude() > plan::NOTEWORTHY_SKEW),
            secret: self.secrets.next,
            incident: match self.darkness {
                NoTokenSince::Incident(incident) => Some(incident),
                NoTokenSince::None | NoTokenSince::Since(_) => None,
            },
            can_refresh: self.can_refresh(),
        }
    }

    fn phase(&self) -> Phase {
        if self.paused {
            return Phase::Paused;
        }
        match self.activity {
            Activity::Opening => Phase::Empty,
            Activity::Idle if self.token.is_some() => Phase::Holding,
            Activity::Idle => Phase::Empty,
            Activity::Requesting(InFlight { attempt, .. })
            | Activity::Rechecking { attempt }
            | Activity::Keeping { attempt, .. } => {
                if self.token.is_some() {
                    Phase::Refreshing { attempt }
                } else {
                    Phase::Acquiring { attempt }
                }
            }
            Activity::Waiting { until, .. } => Phase::Waiting { until },
            Activity::Halted => Phase::Halted,
        }
    }

    /// After this, a person has to sign in again.
    fn ending(&self) -> Option<SignInEnd> {
        if self.policy.grant != GrantType::RefreshToken {
            return None;
        }
        match (self.secrets.credential, self.token) {
            // There is nothing to renew with.
            (Credential::RefreshTokenMissing, Some(Token { validity, .. })) => Some(SignInEnd {
                at: validity.expires_at,
                since: Some(validity.issued_at),
                is_assumed: false,
                moves: Moves::Stays,
            }),
            _ => self.second_life.end,
        }
    }

    /// Nothing while there is something worse to tell, or while a renewal before the end may put it off.
    fn forecast(&self, now: Timestamp) -> Option<Forecast> {
        let end = self.ending()?;
        let ahead = end.ahead(now)?;
        let is_quiet = self.paused || matches!(self.activity, Activity::Opening | Activity::Halted);
        let is_put_off = end.moves != Moves::Stays
            && self.next_action().is_none_or(|(renewal, _)| renewal < end.at);
        (!is_quiet && !is_put_off).then_some(Forecast { end, ahead })
    }

    fn can_refresh(&self) -> bool {
        let is_free = match self.activity {
            Activity::Idle | Activity::Halted => true,
            Activity::Waiting { kind, .. } => !matches!(kind, Wait::Ordered | Wait::GivenUp { .. }),
            Activity::Opening
            | Activity::Requesting(_)
            | Activity::Rechecking { .. }
            | Activity::Keeping { .. } => false,
        };
        is_free && !self.paused
    }

    fn resumed(&mut self) {
        self.paused = false;
        let is_refused = matches!(self.trouble, Some(Trouble::Rejected(_)));
        if self.activity == Activity::Halted || is_refused {
            self.darkness = NoTokenSince::Incident(Incident::PersonNeeded);
        }
    }

    fn refresh_requested(&mut self, now: Timestamp, turn: &mut Turn) {
        if !self.can_refresh() {
            return;
        }
        let earliest = self.last.requested.map_or(now, |at| at + plan::CLICK_SPACING);
        match self.activity {
            Activity::Waiting { kind: Wait::Keychain, .. } => self.open(turn),
            Activity::Waiting { kind: Wait::Recheck { attempt }, .. } => {
                self.recheck(attempt, turn)
            }
            Activity::Halted if self.secrets.credential != Credential::Complete => self.open(turn),
            Activity::Idle if self.secrets.credential != Credential::Complete => {
                self.halt_incomplete();
            }
            _ if earliest <= now => self.request(now, false, turn),
            Activity::Waiting { until, .. } => {
                let until = until.min(earliest);
                self.activity = Activity::Waiting { until, kind: Wait::Request };
            }
            _ => self.activity = Activity::Waiting { until: earliest, kind: Wait::Request },
        }
    }

    fn token_rejected(&mut self, now: Timestamp, generation: Generation) {
        let earliest = self.last.requested.map_or(now, |at| at + plan::SPACING).max(now);
        let retry = self.earliest_retry(now);
        let affordable = self.budget.affords_rejection(now);
        let Some(token) = &mut self.token else { return };
        if token.generation != generation || token.is_rejected || !affordable {
            return;
        }
        token.is_rejected = true;
        token.renew_at = token.renew_at.min(earliest);
        // A pause that was as long as a live token allows is cut short, once.
        if let Activity::Waiting { kind: Wait::Request, until } = &mut self.activity {
            *until = retry.min(*until);
        }
    }

    fn withhold(&mut self, change: impl FnOnce(&mut Token)) {
        if let Some(token) = &mut self.token {
            change(token);
        }
    }

    fn halt(&mut self, trouble: Trouble) {
        self.trouble = Some(trouble);
        self.activity = Activity::Halted;
        if is_committed(InjectedFault::TokenDroppedOnRefusal) {
            self.token = None;
        }
        if !self.paused {
            self.darkness = NoTokenSince::Incident(Incident::PersonNeeded);
        }
    }

    /// Sends a request. While paused nothing goes out; what is due then is due again on resuming.
    fn request(&mut self, now: Timestamp, is_second_secret: bool, turn: &mut Turn) {
        if self.paused {
            self.activity = Activity::Idle;
            return;
        }
        if let Some(until) = self.may_arrive_until.take().filter(|until| *until > now) {
            self.trouble = Some(Trouble::Transient(Transient::Timeout));
            self.activity = Activity::Waiting { until, kind: Wait::GivenUp { began_again: false } };
            return;
        }
        let attempt = turn.next_attempt();
        self.last.requested = Some(now);
        self.activity = Activity::Requesting(InFlight {
            attempt,
            secret: self.secrets.next,
            is_second_secret,
            is_outdated: false,
        });
        turn.effects.push_back(Effect::RequestToken {
            profile: self.id,
            attempt,
            secret: self.secrets.next,
        });
    }

    fn is_live(&self, now: Timestamp) -> bool {
        self.token.is_some_and(|token| token.validity.is_live(now))
    }

    /// Starts counting towards an incident, unless there is a live token or counting has begun.
    fn note_darkness(&mut self, now: Timestamp) {
        if self.darkness == NoTokenSince::None && !self.is_live(now) {
            self.darkness = NoTokenSince::Since(now);
        }
    }

    // What it has to ask with, and what it holds already: as the keychain and edits tell.

    fn changed(
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
        self.darkness = NoTokenSince::None;
        self.start_over(now, turn);
    }

    fn opened(&mut self, now: Timestamp, holding: Holding, turn: &mut Turn) {
        if self.activity != Activity::Opening {
            return;
        }
        self.failures.count = 0;
        self.adopt_credential(holding);
        self.trouble = None;
        self.activity = Activity::Idle;
        if self.darkness == NoTokenSince::Incident(Incident::PersonNeeded) {
            self.darkness = NoTokenSince::None;
        }
        let held = self.token.map(|token| token.validity);
        if let Some(validity) = holding.token.filter(|&stored| Some(stored) != held) {
            self.adopt_token(now, validity, turn);
        }
        if std::mem::take(&mut self.secrets.is_withheld) {
            self.withhold(|token| token.is_withheld = true);
        }
        self.recall_refusal(now);
    }

    /// A token that lives on says nothing of whether there will be another one. It is asked for when that is due, and until
    /// then a person knows what they knew before the start. Without such a token it is asked for at once.
    fn recall_refusal(&mut self, now: Timestamp) {
        let refused = self.secrets.refused.take();
        let is_complete = self.secrets.credential == Credential::Complete;
        let Some(cause) = refused.filter(|_| is_complete && self.is_live(now)) else { return };
        self.trouble = Some(Trouble::Rejected(cause));
        if !self.paused {
            self.darkness = NoTokenSince::Incident(Incident::PersonNeeded);
        }
    }

    /// Takes a token from the keychain into use: nothing is minted while it lives.
    fn adopt_token(&mut self, now: Timestamp, validity: Validity, turn: &mut Turn) {
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
            is_withheld: false,
        });
        self.unsaved = None;
        if validity.is_live(now) {
            self.darkness = NoTokenSince::None;
            turn.effects.push_back(Effect::AnnounceToken { profile: self.id, generation });
        }
    }

    fn unavailable(&mut self, now: Timestamp, trouble: KeychainTrouble) {
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

    fn adopt_credential(&mut self, holding: Holding) {
        self.secrets.credential = holding.credential;
        self.secrets.has_standby = holding.standby_secret;
        self.secrets.next = SecretSlot::Primary;
        self.second_life.end = holding.refresh_token_ends;
    }

    /// Asks for a token at once, since a person who edited a profile waits for the answer; halts if there is nothing
    /// to ask with.
    fn start_over(&mut self, now: Timestamp, turn: &mut Turn) {
        if self.secrets.credential != Credential::Complete {
            return self.halt_incomplete();
        }
        self.trouble = None;
        self.request(now, false, turn);
    }

    fn halt_incomplete(&mut self) {
        let trouble = match self.secrets.credential {
            Credential::RefreshTokenMissing => Trouble::RefreshTokenMissing,
            Credential::SecretMissing | Credential::Complete => Trouble::SecretMissing,
        };
        self.halt(trouble);
    }

    fn open(&mut self, turn: &mut Turn) {
        self.activity = Activity::Opening;
        turn.effects.push_back(Effect::OpenSecrets { profile: self.id });
    }

    fn recheck(&mut self, attempt: Attempt, turn: &mut Turn) {
        self.activity = Activity::Rechecking { attempt };
        turn.effects.push_back(Effect::RecheckSecrets { profile: self.id, attempt });
    }

    // What an attempt's outcome means.

    fn granted(&mut self, now: Timestamp, attempt: Attempt, grant: Grant, turn: &mut Turn) {
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
        self.second_life.end = grant.refresh_token_ends.or(self.second_life.end);
        self.failures = Failures::default();
        if grant.validity.is_live(now) {
            self.darkness = NoTokenSince::None;
        }
        self.unsaved = None;
        self.trouble = is_short_lived.then_some(Trouble::ShortLived);
        self.token = Some(Token {
            generation,
            validity: grant.validity,
            renew_at,
            expiry_noted: false,
            is_rejected: false,
            is_withheld: false,
        });
        self.activity = Activity::Keeping { generation, attempt };
        turn.effects.push_back(Effect::KeepToken { profile: self.id, generation });
    }

    /// Minted again, a token may be asked for twice.
    fn given_up_elsewhere(&mut self, at: Timestamp) {
        if self.policy.grant == GrantType::RefreshToken
            && !is_committed(InjectedFault::GivenUpForgotten)
        {
            self.may_arrive_until = Some(at + plan::LATE_ARRIVAL);
        }
    }

    fn kept(&mut self, generation: Generation, turn: &mut Turn) {
        if self.unsaved.is_some_and(|unsaved| unsaved.generation == generation) {
            self.unsaved = None;
        }
        self.announce_if_keeping(generation, turn);
    }

    fn keep_failed(
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

    fn failed(&mut self, now: Timestamp, attempt: Attempt, failure: Failure, turn: &mut Turn) {
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

    fn rechecked(
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
            && !is_committed(InjectedFault::GivenUpForgotten);
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
            Some(at) if at > now && !is_committed(InjectedFault::OrdersIgnored) => {
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

    // What happens because time passes, or because it jumped.

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
        self.second_life.next_look = self.ending().and_then(|end| end.next_look(now));
        if self.paused {
            return;
        }
        if self.is_about_to_ask(now)
            && self.secrets.credential != Credential::Complete
            && !self.is_good_without_refresh_token(now)
        {
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
            NoTokenSince::Since(since) if !self.paused => {
                Some((since + plan::PATIENCE, Reason::Incident))
            }
            _ => None,
        };
        let second_life = self.second_life.next_look.map(|at| (at, Reason::SignInEnd));
        [self.next_action(), store, expiry, incident, second_life]
            .into_iter()
            .flatten()
            .filter(|&(at, _)| at != Timestamp::FAR_FUTURE)
            .min_by_key(|&(at, _)| at)
            .map(|(at, reason)| Wakeup { at, profile: self.id, reason })
    }

    fn next_attempt_at(&self) -> Option<Timestamp> {
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
        if let NoTokenSince::Since(since) = &mut self.darkness {
            *since = since.shifted(step);
        }
        for at in [
            &mut self.last.requested,
            &mut self.last.answered,
            &mut self.last.adopted,
            &mut self.last.woke,
            &mut self.may_arrive_until,
            &mut self.second_life.next_look,
        ] {
            *at = at.map(|at| at.shifted(step));
        }
        self.second_life.end = self.second_life.end.map(|end| end.shifted(step));
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
        if let NoTokenSince::Since(since) = &mut self.darkness {
            *since = now;
        }
    }

    pub(crate) fn keychain_changed(&mut self, now: Timestamp) {
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

    /// A provider may give a token and nothing to renew it with. Nobody is called before that would be due.
    fn is_good_without_refresh_token(&self, now: Timestamp) -> bool {
        self.secrets.credential == Credential::RefreshTokenMissing
            && self.activity == Activity::Idle
            && self.token.is_some_and(|token| token.renew_at > now)
    }

    fn earliest_retry(&self, now: Timestamp) -> Timestamp {
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
        if let NoTokenSince::Since(since) = self.darkness
            && (since + plan::PATIENCE <= now || is_committed(InjectedFault::Impatient))
        {
            self.darkness = NoTokenSince::Incident(Incident::NoLiveToken);
        }
    }
}

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

/// What a person is told meanwhile.
const WITHHELD: Trouble = Trouble::Transient(Transient::Withheld);
