//! What happens to the engine, and what it wants done: facts in the past tense in, imperatives out.

use std::time::Duration;

use crate::{
    failure::{Failure, Permanent},
    id::{Attempt, Generation, ProfileId},
    sign_in_end::SignInEnd,
    time::{Step, Timestamp},
    validity::Validity,
};

/// A fact. None of them holds a token or a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// A profile exists. Its secrets have not been read yet.
    ProfileAdded {
        profile: ProfileId,
        policy: Policy,
        paused: bool,
    },
    /// A person edited a profile, and what the vault holds for it is now `holding`.
    ProfileChanged {
        profile: ProfileId,
        policy: Policy,
        change: Change,
        holding: Holding,
    },
    ProfileRemoved {
        profile: ProfileId,
    },
    /// A request with this profile's refresh token that is none of the engine's attempts was given up at this time and may
    /// still arrive: a trial before the profile was stored, or an attempt of before it was removed and brought back.
    GivenUpElsewhere {
        profile: ProfileId,
        at: Timestamp,
    },
    /// Before the application ended, the provider had said no for good, and nobody has done anything about it. Follows
    /// [`Input::ProfileAdded`].
    RefusalRemembered {
        profile: ProfileId,
        cause: Permanent,
    },
    /// Before the application ended, nobody was to have the token that is in the keychain, and nobody said otherwise since.
    /// Follows [`Input::ProfileAdded`].
    WithholdingRemembered {
        profile: ProfileId,
    },
    /// The keychain was read ([`Effect::OpenSecrets`]).
    SecretsOpened {
        profile: ProfileId,
        holding: Holding,
    },
    /// The keychain could not be read ([`Effect::OpenSecrets`], [`Effect::RecheckSecrets`]). It is asked again by and by.
    SecretsUnavailable {
        profile: ProfileId,
        trouble: KeychainTrouble,
    },
    /// A person asks for a new token now.
    RefreshRequested {
        profile: ProfileId,
    },
    PauseRequested {
        profile: ProfileId,
    },
    ResumeRequested {
        profile: ProfileId,
    },
    /// The token endpoint issued a token set.
    Granted {
        profile: ProfileId,
        attempt: Attempt,
        grant: Grant,
    },
    Failed {
        profile: ProfileId,
        attempt: Attempt,
        failure: Failure,
    },
    /// The keychain was read again after the refresh token was refused ([`Effect::RecheckSecrets`]).
    /// `newer` tells whether it held a refresh token other than the refused one.
    SecretsRechecked {
        profile: ProfileId,
        attempt: Attempt,
        newer: bool,
        holding: Holding,
    },
    /// The token set is durable.
    Kept {
        profile: ProfileId,
        generation: Generation,
    },
    /// The token set is in memory only.
    KeepFailed {
        profile: ProfileId,
        generation: Generation,
        trouble: KeychainTrouble,
    },
    /// A consumer got a 401 with the token of this generation.
    TokenRejected {
        profile: ProfileId,
        generation: Generation,
    },
    /// Who gave the token of this generation wants nobody to have it for now: a studio's keeper was halted.
    TokenWithheld {
        profile: ProfileId,
        generation: Generation,
    },
    /// That is over.
    TokenReleased {
        profile: ProfileId,
    },
    /// The keychain may have been unlocked, or a person wants it asked again.
    KeychainChanged,
    /// The wall clock was set. Times held here move with it, since what they measure has not changed.
    ClockStepped(Step),
    /// The machine woke up, or the network came back.
    Woke,
}

/// What the engine wants done. Each but the announcement is answered by an [`Input`], sooner or later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Read the keychain; answered by `SecretsOpened` or `SecretsUnavailable`.
    OpenSecrets { profile: ProfileId },
    /// Send one token request; answered by `Granted` or `Failed`.
    RequestToken { profile: ProfileId, attempt: Attempt, secret: SecretSlot },
    /// Read the keychain again, since another process may have rotated the refresh token; answered by `SecretsRechecked` or
    /// `SecretsUnavailable`.
    RecheckSecrets { profile: ProfileId, attempt: Attempt },
    /// Make the token set durable before anything else happens; answered by `Kept` or `KeepFailed`.
    KeepToken { profile: ProfileId, generation: Generation },
    /// A new token is in use: verify it, hand it to those who wait.
    AnnounceToken { profile: ProfileId, generation: Generation },
}

/// How a profile wants to be kept fresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    pub grant: GrantType,
    /// How long before expiry to renew; `None` for the usual margin. Capped at half the token's life, and jittered by
    /// ±20 % like the usual one.
    pub renew_early: Option<Duration>,
}

/// RFC 6749 sections 4.4 and 6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantType {
    ClientCredentials,
    RefreshToken,
}

/// What an edit means for a request in flight and for the token held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Nothing a request is made of.
    Policy,
    /// Secrets or scopes, for the same client at the same provider: a request in flight is still worth its answer.
    Credential,
    /// Another client, provider or refresh token: what was issued before belongs to somebody else.
    Identity,
}

/// What the vault holds for a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    pub credential: Credential,
    pub standby_secret: bool,
    pub token: Option<Validity>,
    /// When the refresh token itself ends, where that is known.
    pub refresh_token_ends: Option<SignInEnd>,
}

/// Whether the credential is enough for the grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    Complete,
    SecretMissing,
    RefreshTokenMissing,
}

/// Which of the up to two client secrets to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretSlot {
    Primary,
    Standby,
}

impl SecretSlot {
    pub(crate) const fn other(self) -> Self {
        match self {
            Self::Primary => Self::Standby,
            Self::Standby => Self::Primary,
        }
    }
}

/// Facts about an issued token set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    pub validity: Validity,
    /// Absent if nothing new is known of it.
    pub refresh_token_ends: Option<SignInEnd>,
    /// How far our clock is ahead of the server's, where that is known and worth a word.
    pub skew: Option<Step>,
}

/// Why the keychain did not do what it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeychainTrouble {
    /// It is there, and a person can unlock it.
    Locked,
    /// It is there and no part of it is the default, so that new secrets have no place. A person can make or choose one.
    NoDefault,
    /// Its default part is locked while another is open, in which the secret is not. A person can unlock the one, or make the
    /// other the default.
    DefaultLocked,
    /// There is none on this desktop.
    Absent,
    /// It took the call and did not return within the time limit.
    NotAnswering,
    /// It said no.
    Refused,
    /// Some parts of an entry are gone.
    Incomplete,
    /// This process can't ask it: all its file descriptors are in use.
    Exhausted,
}
