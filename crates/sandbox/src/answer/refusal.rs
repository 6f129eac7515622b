//! Errors of the token endpoint, in Adobe's words (docs/adobe-ims.md §5).

use serde::{Deserialize, Serialize};

/// An error the token endpoint answers with status 400.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// `invalid_client`, "invalid client_secret parameter".
    WrongClientSecret,
    /// `invalid_client`, "invalid client_id parameter".
    WrongClientId,
    /// `invalid_client`, "unexpected client_secret parameter": a public client sent one.
    UnexpectedClientSecret,
    /// `invalid_request`.
    InvalidRequest,
    InvalidGrant,
    InvalidToken,
    AccessDenied,
    InvalidScope,
    UnauthorizedClient,
    UnsupportedGrantType,
    /// `ride_AdobeID_acct_terms`: new terms of use to accept.
    AccountTerms,
    /// `ride_AdobeID_acct_evs`: the email address to confirm.
    AccountEmail,
    /// `ride_AdobeID_acct_actreq`: something else to do at the account.
    AccountAction,
}

impl Refusal {
    /// Every one of them, for tests that go through all.
    pub const ALL: [Self; 13] = [
        Self::WrongClientSecret,
        Self::WrongClientId,
        Self::UnexpectedClientSecret,
        Self::InvalidRequest,
        Self::InvalidGrant,
        Self::InvalidToken,
        Self::AccessDenied,
        Self::InvalidScope,
        Self::UnauthorizedClient,
        Self::UnsupportedGrantType,
        Self::AccountTerms,
        Self::AccountEmail,
        Self::AccountAction,
    ];

    /// The `error` value.
    pub fn error(self) -> &'static str {
        match self {
            Self::WrongClientSecret | Self::WrongClientId | Self::UnexpectedClientSecret => {
                "invalid_client"
            }
            Self::InvalidRequest => "invalid_request",
            Self::InvalidGrant => "invalid_grant",
            Self::InvalidToken => "invalid_token",
            Self::AccessDenied => "access_denied",
            Self::InvalidScope => "invalid_scope",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::AccountTerms => "ride_AdobeID_acct_terms",
            Self::AccountEmail => "ride_AdobeID_acct_evs",
            Self::AccountAction => "ride_AdobeID_acct_actreq",
        }
    }

    /// The usual `error_description`; `None` where the reply carries only the error.
    pub fn description(self) -> Option<&'static str> {
        match self {
            Self::WrongClientSecret => Some("invalid client_secret parameter"),
            Self::WrongClientId => Some("invalid client_id parameter"),
            Self::UnexpectedClientSecret => Some("unexpected client_secret parameter"),
            Self::InvalidRequest => Some("invalid request"),
            Self::InvalidGrant => Some("invalid or expired grant"),
            Self::InvalidToken => Some("invalid or expired token"),
            Self::InvalidScope => Some("invalid scope parameter"),
            Self::UnauthorizedClient => Some("the client is not authorized to use this grant type"),
            Self::UnsupportedGrantType => Some("invalid grant_type parameter"),
            Self::AccessDenied | Self::AccountTerms | Self::AccountEmail | Self::AccountAction => {
                None
            }
        }
    }
}
