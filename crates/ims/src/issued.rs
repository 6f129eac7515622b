//! What a good reply brings.

use glowjar_lifecycle::{time::Timestamp, validity::Validity};

use crate::{
    secret::{AccessToken, RefreshToken},
    skew::Skew,
};

/// An issued token set with the facts about it.
#[derive(Clone, Debug)]
pub struct Issued {
    pub access_token: AccessToken,
    /// Absent or empty in the reply: keep the old one (RFC 6749 section 6).
    pub refresh_token: Option<RefreshToken>,
    /// As the server wrote it; absent if it is the one asked for (RFC 6749 section 5.1).
    pub scope: Option<String>,
    /// From the moment of sending to the earlier of the reply's and the token's own end.
    pub validity: Validity,
    pub lifetime_source: LifetimeSource,
    /// When the refresh token that holds from now on ends, if it or the access token says so. Our clock.
    pub refresh_token_ends: Option<Timestamp>,
    /// Absent without a `Date` header.
    pub skew: Option<Skew>,
}

/// Where the end of the access token was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LifetimeSource {
    /// The reply's `expires_in`.
    Reply,
    /// The access token itself, a JWT that ends earlier than the reply says, or the only one to say anything.
    Token,
    /// Nobody said: five minutes.
    Assumed,
}
