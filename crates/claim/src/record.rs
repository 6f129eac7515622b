//! What a pool's store holds, and each way in which it may change.
//!
//! The record is replaced whole, on the condition that it is still the one that was read. So each change below is atomic, and
//! what it demands of the record before is checked by the function that makes the record after.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{
    fault_injection::{InjectedFault, is_committed},
    plan::BUDGET,
};

/// A state of the store, which gives each change a higher one.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Revision(pub u64);

/// Which use of the credential comes next. It rises by one with each answer that brought a token, whether or not the refresh token
/// changed with it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Version(pub u64);

/// One request. Random, so that no two keepers' are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Attempt(pub u64);

/// A keeper, for as long as its own store exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct KeeperId(pub u64);

/// The term of one leader: the store gives each a higher one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Fence(pub u64);

/// All that the keepers of a pool share. `S` is how the caller holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record<S> {
    /// Of the oldest keeper that may lead.
    pub schema: u32,
    pub grant: Grant<S>,
    pub claim: Option<Claim>,
    pub token: Option<Token<S>>,
    /// Requests that may still be made.
    pub budget: u32,
    pub pause: Option<Pause>,
    /// Why a person stopped it.
    pub halted: Option<String>,
    pub trouble: Option<Trouble>,
    /// Answers that came after their claim was gone, by the version that they spent.
    pub found: BTreeMap<Attempt, Found<S>>,
    /// Somebody saw that the store went back in time. Nobody claims.
    pub rewound: bool,
    /// Refresh tokens that were used once more because no answer ever came.
    pub resends: u64,
    /// Rises with each claim, and with each end of one.
    pub steps: u64,
}

/// What tokens are asked for with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant<S> {
    pub version: Version,
    /// Absent for `client_credentials`.
    pub refresh_token: Option<S>,
    /// The attempt whose answer it is; absent if a person brought it.
    pub from: Option<Attempt>,
}

/// This version of the grant is being spent by this attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    pub version: Version,
    pub attempt: Attempt,
    pub keeper: KeeperId,
    pub fence: Fence,
    /// It is the second use of a refresh token, after the first brought no answer.
    pub is_resend: bool,
    /// Its keeper says that no answer will come any more.
    pub is_lost: bool,
}

/// The token in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token<S> {
    /// The version that was spent for it.
    pub generation: Version,
    pub access_token: S,
    /// From when its request was sent to its end.
    pub lifetime: Duration,
    /// How much of it was left when this was written.
    pub left: Duration,
    /// Rises each time `left` is written anew.
    pub stated: u64,
    /// The revision that its writer had read when it looked at the clock.
    pub base: u64,
}

/// The provider wants to be left alone. Counted by each keeper from when it saw this first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    pub attempt: Attempt,
    pub span: Duration,
}

/// Only a person can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    pub version: Version,
    pub kind: TroubleKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TroubleKind {
    /// The refresh token is expired, revoked or was used by somebody else.
    SignInRefused,
    /// A refresh token was used, no answer came, and it must not be used again.
    AnswerLost,
    /// The provider refuses the secret, the client or the request.
    CredentialRefused,
}

/// An answer that nobody waits for any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found<S> {
    pub version: Version,
    pub answer: Answer<S>,
}

/// What the provider issued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer<S> {
    /// Absent if the one before stays good.
    pub refresh_token: Option<S>,
    pub access_token: S,
    pub lifetime: Duration,
}

impl<S: Clone + PartialEq> Record<S> {
    /// A pool that was just set up.
    pub fn new(schema: u32, refresh_token: Option<S>) -> Self {
        Self {
            schema,
            grant: Grant { version: Version(1), refresh_token, from: None },
            claim: None,
            token: None,
            budget: BUDGET,
            pause: None,
            halted: None,
            trouble: None,
            found: BTreeMap::new(),
            rewound: false,
            resends: 0,
            steps: 0,
        }
    }

    pub fn rotates(&self) -> bool {
        self.grant.refresh_token.is_some()
    }

    /// The claim, if it is on the grant as it is now. One on an earlier version stayed behind when the store was restored.
    pub fn open_claim(&self) -> Option<&Claim> {
        self.claim.as_ref().filter(|claim| claim.version == self.grant.version)
    }

    /// The answer to the version that an open claim waits for.
    pub fn found_for_grant(&self) -> Option<(Attempt, &Found<S>)> {
        let mut of_version =
            self.found.iter().filter(|(_, found)| found.version == self.grant.version);
        of_version.next().map(|(attempt, found)| (*attempt, found))
    }

    pub fn may_be_claimed(&self) -> bool {
        let in_trouble = self.trouble.is_some_and(|it| it.version == self.grant.version);
        let halted = self.halted.is_some() && !is_committed(InjectedFault::HaltIgnored);
        let spent = self.budget == 0 && !is_committed(InjectedFault::BudgetPerKeeper);
        !halted && !self.rewound && !in_trouble && !spent
    }

    /// Claims the grant as it is. `replaced` is the open claim that was waited out.
    pub fn claimed(
        &self,
        attempt: Attempt,
        keeper: KeeperId,
        fence: Fence,
        replaced: Option<Attempt>,
    ) -> Option<Self> {
        let open = self.open_claim().map(|claim| claim.attempt);
        let free = open == replaced || is_committed(InjectedFault::LeaseInsteadOfClaim);
        if !self.may_be_claimed() || !free {
            return None;
        }
        let is_resend = open.is_some() && self.rotates();
        let claim = Claim {
            version: self.grant.version,
            attempt,
            keeper,
            fence,
            is_resend,
            is_lost: false,
        };
        Some(Self {
            claim: Some(claim),
            budget: self.budget.saturating_sub(1),
            resends: self.resends + u64::from(is_resend),
            steps: self.steps + 1,
            ..self.clone()
        })
    }

    /// Nothing was sent.
    pub fn given_back(&self, attempt: Attempt) -> Option<Self> {
        let claim = self.claim.filter(|claim| claim.attempt == attempt)?;
        let resends = self.resends - u64::from(claim.is_resend);
        // The first use stays without an answer.
        let claim = claim.is_resend.then_some(Claim { is_resend: false, is_lost: true, ..claim });
        let trouble = self.trouble_but_lost_answer();
        let (budget, steps) = (self.budget + 1, self.steps + 1);
        Some(Self { claim, budget, resends, trouble, steps, ..self.clone() })
    }

    /// The answer, if its claim is open. Whoever has it brings it, leading or not.
    pub fn delivered(&self, attempt: Attempt, answer: &Answer<S>, left: Duration) -> Option<Self> {
        let claim = self.open_claim().filter(|claim| claim.attempt == attempt)?;
        Some(self.with_answer(claim.version, attempt, answer, left))
    }

    /// The answer, whose claim is gone.
    pub fn with_found(&self, attempt: Attempt, version: Version, answer: &Answer<S>) -> Self {
        let mut record = self.clone();
        record.found.insert(attempt, Found { version, answer: answer.clone() });
        record
    }

    /// What was found takes the place of what was spent. Its token is not handed out, since nobody knows how old it is.
    pub fn found_taken(&self, attempt: Attempt) -> Option<Self> {
        let found = self.found.get(&attempt)?;
        if found.version != self.grant.version {
            return None;
        }
        let (version, answer) = (found.version, found.answer.clone());
        let mut record = self.with_answer(version, attempt, &answer, Duration::ZERO);
        record.token = self.token.clone();
        record.found.remove(&attempt);
        Some(record)
    }

    fn with_answer(
        &self,
        version: Version,
        attempt: Attempt,
        answer: &Answer<S>,
        left: Duration,
    ) -> Self {
        let mut record = self.clone();
        record.claim = None;
        record.steps += 1;
        record.trouble = None;
        record.pause = None;
        let refresh_token =
            answer.refresh_token.clone().or_else(|| self.grant.refresh_token.clone());
        record.grant =
            Grant { version: Version(version.0 + 1), refresh_token, from: Some(attempt) };
        record.token = Some(Token {
            generation: version,
            access_token: answer.access_token.clone(),
            lifetime: answer.lifetime,
            left,
            stated: 0,
            base: 0,
        });
        // One version longer than needed: until its successor was used, nobody knows that it is good.
        record.found.retain(|_, found| found.version.0 >= version.0);
        record
    }

    /// The provider answered and issued nothing. What it wants to be left alone for holds even if the claim is gone.
    pub fn refused(
        &self,
        attempt: Attempt,
        pause: Option<Duration>,
        trouble: Option<TroubleKind>,
    ) -> Option<Self> {
        let pause = pause.map(|span| Pause { attempt, span });
        let Some(claim) = self.open_claim().filter(|claim| claim.attempt == attempt) else {
            return pause.map(|_| Self { pause, ..self.clone() });
        };
        let trouble = trouble.map(|kind| Trouble { version: claim.version, kind });
        Some(Self {
            claim: None,
            trouble: trouble.or(self.trouble_but_lost_answer()),
            pause: pause.or(self.pause),
            steps: self.steps + 1,
            ..self.clone()
        })
    }

    /// An answer that was given up came after all.
    fn trouble_but_lost_answer(&self) -> Option<Trouble> {
        self.trouble.filter(|trouble| trouble.kind != TroubleKind::AnswerLost)
    }

    /// No answer to this attempt will come any more.
    pub fn lost(&self, attempt: Attempt) -> Option<Self> {
        let claim = self.open_claim().filter(|claim| claim.attempt == attempt && !claim.is_lost)?;
        let claim = Some(Claim { is_lost: true, ..*claim });
        Some(Self { claim, steps: self.steps + 1, ..self.clone() })
    }

    pub fn in_trouble(&self, kind: TroubleKind) -> Self {
        let trouble = Some(Trouble { version: self.grant.version, kind });
        Self { trouble, ..self.clone() }
    }

    /// How much of the token's life is left now.
    pub fn restated(&self, left: Duration) -> Option<Self> {
        let token = self.token.as_ref()?;
        let token = Token { left, stated: token.stated + 1, ..token.clone() };
        Some(Self { token: Some(token), ..self.clone() })
    }

    pub fn refilled(&self) -> Option<Self> {
        (self.budget < BUDGET).then(|| Self { budget: self.budget + 1, ..self.clone() })
    }

    /// What a keeper knows that is newer than what the store says.
    pub fn raised_to(&self, known: &Self) -> Self {
        let mut record = self.clone();
        record.rewound = true;
        record.budget = known.budget.min(self.budget);
        record.halted = self.halted.clone().or_else(|| known.halted.clone());
        record.resends = known.resends.max(self.resends);
        if (known.grant.version, known.steps) > (self.grant.version, self.steps) {
            record.grant = known.grant.clone();
            record.claim = known.claim;
            record.steps = known.steps;
            record.trouble = known.trouble;
        }
        let generation = |record: &Self| record.token.as_ref().map(|token| token.generation);
        if generation(known) > generation(self) {
            record.token = known.token.clone();
        }
        for (attempt, found) in &known.found {
            record.found.entry(*attempt).or_insert_with(|| found.clone());
        }
        record.found.retain(|_, found| found.version.0 + 1 >= record.grant.version.0);
        record
    }

    /// Everybody has said what they know.
    pub fn settled(&self) -> Self {
        Self { rewound: false, ..self.clone() }
    }

    /// A person brings a new credential, which ends whatever was under way with the one before.
    pub fn replaced(&self, refresh_token: Option<S>) -> Self {
        let version = Version(self.grant.version.0 + 1);
        Self {
            grant: Grant { version, refresh_token, from: None },
            claim: None,
            steps: self.steps + 1,
            trouble: None,
            found: BTreeMap::new(),
            ..self.clone()
        }
    }

    /// `None`: goes on, also after what only a person could mend.
    pub fn halted(&self, why: Option<String>) -> Self {
        let trouble = self.trouble.filter(|_| why.is_some());
        Self { halted: why, trouble, ..self.clone() }
    }
}
