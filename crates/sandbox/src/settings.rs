//! How the sandbox behaves when nothing is scripted.

use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use crate::client::Client;

/// Everything that can be set, at the start or while running ([`crate::Sandbox::change`]).
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Port on 127.0.0.1; 0 takes any free one. Read at the start only.
    pub port: u16,
    /// Read at the start only; [`crate::Sandbox::advance`] moves it on.
    pub clock: Clock,
    /// Life of the access tokens issued from now on, to the millisecond.
    pub access_token_lifetime: Duration,
    /// Life of the refresh tokens issued from now on.
    pub refresh_token_lifetime: Duration,
    /// Whether a rotation starts that life anew. If not, all refresh tokens of a sign-in end together.
    pub refresh_token_end_slides: bool,
    pub rotation: Rotation,
    /// Whether [`crate::SEED_REFRESH_TOKEN`] begins a family of its own at each use, as a new sign-in would.
    /// If not it is one refresh token like any other, and using it again after its rotation is reuse.
    pub seed_starts_anew: bool,
    pub token_form: TokenForm,
    pub expires_in: ExpiresIn,
    pub token_type: TokenType,
    pub scope: ScopeShape,
    /// The `Date` header of every answer.
    pub date: DateHeader,
    /// Whether the gateway's `error_code` is a number; a string otherwise (docs/adobe-ims.md §5: both are seen).
    pub error_code_is_number: bool,
    /// Whether a person can sign in with a code, which is then announced. Adobe has no such thing.
    pub device_flow: Option<DeviceFlow>,
    pub clients: Vec<Client>,
}

/// How a sign-in with a code goes (RFC 8628 section 3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceFlow {
    /// Between two questions whether the person has agreed.
    pub interval: Duration,
    /// Life of the code.
    pub lifetime: Duration,
}

impl Default for DeviceFlow {
    fn default() -> Self {
        Self { interval: Duration::from_secs(5), lifetime: Duration::from_secs(600) }
    }
}

impl Default for Settings {
    /// What Adobe does, as far as it is known, with the demo clients.
    fn default() -> Self {
        Self {
            port: 0,
            clock: Clock::System,
            access_token_lifetime: Duration::from_secs(86_399),
            refresh_token_lifetime: Duration::from_secs(14 * 86_400),
            refresh_token_end_slides: true,
            rotation: Rotation::UntilUsed,
            seed_starts_anew: false,
            token_form: TokenForm::Jwt,
            expires_in: ExpiresIn::Seconds,
            token_type: TokenType::LowerCase,
            scope: ScopeShape::Missing,
            date: DateHeader::True,
            error_code_is_number: false,
            device_flow: None,
            clients: Client::demo(),
        }
    }
}

/// What the sandbox takes for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The system's clock, plus whatever was advanced.
    System,
    /// Stands still from here on and moves only when advanced: for tests that invent their time.
    StandingAt(SystemTime),
}

/// What happens to a refresh token that was used. Reuse of a dead one revokes the whole family (RFC 9700 §4.14.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rotation {
    /// It stays good, and the reply carries none.
    Off,
    /// It stays good until one of its successors is used: a client that crashes before storing can try again.
    UntilUsed,
    /// It is dead at once.
    Strict,
}

/// What access and refresh tokens look like. All are signed, so that a restarted sandbox knows its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenForm {
    /// Adobe's: no `exp`, but `created_at` and `expires_in` as strings in milliseconds (docs/adobe-ims.md §4).
    Jwt,
    /// The same with `iat` and `exp` in seconds (RFC 7519).
    JwtWithExp,
    /// Nothing to read in it.
    Opaque,
}

/// How a grant says how long the access token lives (docs/adobe-ims.md §4: all of these are seen).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpiresIn {
    /// `86399`
    Seconds,
    /// `86399000`
    Milliseconds,
    /// `"86399"`
    String,
    Null,
    Missing,
    /// This text as the value, valid JSON or not: `-5`, `1e300`, `NaN`.
    Raw(String),
}

/// How a grant names the token's type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenType {
    /// `bearer`, as Adobe writes it.
    LowerCase,
    /// `Bearer`, as RFC 6750 writes it.
    Capitalised,
    Missing,
    /// This text as the value, valid JSON or not.
    Raw(String),
}

/// How a grant names the granted scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScopeShape {
    Missing,
    Null,
    /// Adobe's habit.
    Commas,
    /// RFC 6749 §3.3.
    Spaces,
}

/// What the `Date` header says, compared with the sandbox's own clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateHeader {
    True,
    Ahead(Duration),
    Behind(Duration),
    Missing,
}
