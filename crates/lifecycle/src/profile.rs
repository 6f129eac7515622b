//! One profile's state machine.

mod deadlines;
mod holding;
mod replies;

use crate::{
    budget::Budget,
    deliberate::{Fault, is_committed},
    engine::Turn,
    failure::Transient,
    id::{Attempt, Generation, ProfileId},
    input::{Credential, Effect, Input, KeychainTrouble, Policy, SecretSlot},
    plan,
    status::{Incident, Phase, Status, TokenStatus, Trouble},
    time::{Step, Timestamp},
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
    refresh_token_ends: Option<Timestamp>,
    unsaved: Option<Unsaved>,
    trouble: Option<Trouble>,
    failures: Failures,
    last: Last,
    /// Until when a request that is none of our attempts may still arrive.
    may_arrive_until: Option<Timestamp>,
    budget: Budget,
    skew: Option<Step>,
    darkness: Darkness,
}

/// What is known of the secrets that a request needs.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Secrets {
    credential: Credential,
    has_standby: bool,
    /// Which secret goes out next.
    next: SecretSlot,
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
enum Darkness {
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
            },
            refresh_token_ends: None,
            unsaved: None,
            trouble: None,
            failures: Failures::default(),
            last: Last::default(),
            may_arrive_until: None,
            budget: Budget::default(),
            skew: None,
            darkness: Darkness::None,
        }
    }

    pub(crate) fn handle_input(&mut self, now: Timestamp, input: Input, turn: &mut Turn) {
        match input {
            Input::ProfileChanged { policy, change, holding, .. } => {
                self.changed(now, policy, change, holding, turn)
            }
            Input::SecretsOpened { holding, .. } => self.opened(now, holding, turn),
            Input::GivenUpElsewhere { at, .. } => self.given_up_elsewhere(at),
            Input::SecretsUnavailable { trouble, .. } => self.unavailable(now, trouble),
            Input::RefreshRequested { .. } => self.refresh_requested(now, turn),
            Input::PauseRequested { .. } => {
                self.paused = true;
                self.darkness = Darkness::None;
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
            Input::ProfileAdded { .. }
            | Input::ProfileRemoved { .. }
            | Input::KeychainStirred
            | Input::ClockStepped(_)
            | Input::Woke => {}
        }
    }

    pub(crate) fn status(&self, now: Timestamp) -> Status {
        let token = self.token.map(|token| TokenStatus {
            generation: token.generation,
            validity: token.validity,
            live: token.validity.is_live(now),
        });
        Status {
            phase: self.phase(),
            token,
            next_attempt_at: self.next_attempt_at(),
            trouble: self.trouble,
            not_saved: self.unsaved.map(|unsaved| unsaved.trouble),
            refresh_token_ends: self.refresh_token_ends,
            skew: self.skew.filter(|skew| skew.magnitude() > plan::NOTEWORTHY_SKEW),
            secret: self.secrets.next,
            incident: match self.darkness {
                Darkness::Incident(incident) => Some(incident),
                Darkness::None | Darkness::Since(_) => None,
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
        if self.activity == Activity::Halted {
            self.darkness = Darkness::Incident(Incident::PersonNeeded);
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

    fn halt(&mut self, trouble: Trouble) {
        self.trouble = Some(trouble);
        self.activity = Activity::Halted;
        if is_committed(Fault::TokenDroppedOnRefusal) {
            self.token = None;
        }
        if !self.paused {
            self.darkness = Darkness::Incident(Incident::PersonNeeded);
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
        if self.darkness == Darkness::None && !self.is_live(now) {
            self.darkness = Darkness::Since(now);
        }
    }
}
