//! What a person sees of a profile, derived from its phase and the time.

use crate::{
    failure::{Permanent, Transient},
    id::{Attempt, Generation},
    input::{KeychainTrouble, SecretSlot},
    sign_in_end::{Forecast, SignInEnd},
    time::{Step, Timestamp},
    validity::Validity,
};

/// The state machine's state. "Expired" is not among them: it is a matter of the time, see [`Status::token`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The keychain is being read. Nothing else is under way.
    Empty,
    /// A request is under way, and there is no token yet.
    Acquiring {
        attempt: Attempt,
    },
    /// A token is there, and its renewal is planned.
    Holding,
    /// A request is under way, and there is a token meanwhile (perhaps expired).
    Refreshing {
        attempt: Attempt,
    },
    /// Something failed that may heal by itself.
    Waiting {
        until: Timestamp,
    },
    /// A person must act.
    Halted,
    Paused,
}

/// A profile at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    pub phase: Phase,
    /// A token may come in a moment: the keychain is being read, a request is under way, or what it brought is being kept (for
    /// a paused profile as well), or the first request is about to go out.
    pub is_under_way: bool,
    pub token: Option<TokenStatus>,
    /// When the next automatic request goes out, or the keychain is read again.
    pub next_attempt_at: Option<Timestamp>,
    pub trouble: Option<Trouble>,
    /// Set while the newest token set is in memory only.
    pub not_saved: Option<KeychainTrouble>,
    pub refresh_token_ends: Option<SignInEnd>,
    /// Set while a person will have to sign in again soon, and nothing else is wrong.
    pub forecast: Option<Forecast>,
    /// How far our clock is ahead of the server's, if by more than a minute.
    pub skew: Option<Step>,
    /// Which secret the provider takes; the standby only after it refused the primary.
    pub secret: SecretSlot,
    /// Set when a person should be told, once, until it is healed.
    pub incident: Option<Incident>,
    /// False where asking now would break a promise to the provider, or could not help: while a request is under
    /// way, while the provider ordered silence, while paused.
    pub can_refresh: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenStatus {
    pub generation: Generation,
    pub validity: Validity,
    /// Good, and not withheld: whoever asks may have it.
    pub live: bool,
    /// Who gave it wants nobody to have it for now.
    pub withheld: bool,
    /// A consumer was told that it is not valid, and another is got in its place.
    pub rejected: bool,
}

/// What stands between this profile and a quiet life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trouble {
    /// Retried by itself.
    Transient(Transient),
    /// Retried by itself.
    Keychain(KeychainTrouble),
    /// Replies that make no sense, one after another. Retried by itself, but a person should look at the address.
    NotUnderstood,
    /// The provider said no for good.
    Rejected(Permanent),
    SecretMissing,
    RefreshTokenMissing,
    /// Many more tokens were issued in the last 24 hours than the lifetime needs; see [`crate::budget`]. Ends by itself.
    BudgetSpent,
    /// Tokens live so short that there can't always be one.
    ShortLived,
}

/// Something a person should be told of, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Incident {
    /// Nothing will heal it but a person.
    PersonNeeded,
    /// There has been no live token for a while, although the engine keeps trying.
    NoLiveToken,
}
