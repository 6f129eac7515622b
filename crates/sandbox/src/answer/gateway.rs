//! Errors of the Firefly gateway, in its own words (docs/adobe-ims.md §5, "Firefly gateway").

use serde::{Deserialize, Serialize};

use super::RetryAfter;

/// What the gateway in front of the Firefly API answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gateway {
    /// 401 `401013`. Can be transient.
    TokenNotValid,
    /// 403 `403010`.
    TokenMissing,
    /// 403 `403000`.
    ApiKeyMissing,
    /// 403 `403003`.
    ApiKeyInvalid,
    /// 403 with the header `x-access-error`: a new token will not help.
    Access(AccessError),
    /// 429.
    TooManyRequests(RetryAfter),
    /// 503 `503010`: the gateway could not check the token, which is no word against it.
    CannotValidate,
}

impl Gateway {
    pub(crate) fn status(self) -> u16 {
        match self {
            Self::TokenNotValid => 401,
            Self::TokenMissing | Self::ApiKeyMissing | Self::ApiKeyInvalid | Self::Access(_) => 403,
            Self::TooManyRequests(_) => 429,
            Self::CannotValidate => 503,
        }
    }

    /// The digits of `error_code`. `Access` is told by its header; no code is known for it.
    pub(crate) fn code(self) -> Option<u32> {
        Some(match self {
            Self::TokenNotValid => 401_013,
            Self::TokenMissing => 403_010,
            Self::ApiKeyMissing => 403_000,
            Self::ApiKeyInvalid => 403_003,
            Self::Access(_) => return None,
            Self::TooManyRequests(_) => 429_050,
            Self::CannotValidate => 503_010,
        })
    }

    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::TokenNotValid => "Oauth token is not valid",
            Self::TokenMissing => "Oauth token is missing",
            Self::ApiKeyMissing => "Api Key is required",
            Self::ApiKeyInvalid => "Api Key is invalid",
            Self::Access(_) => "Access to this resource is denied",
            Self::TooManyRequests(_) => "Too many requests",
            Self::CannotValidate => "Could not validate the oauth token",
        }
    }
}

/// The values of `x-access-error`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessError {
    QuotaExhausted,
    UserNonEntitled,
    UserProfileDenied,
    InvalidImsScope,
}

impl AccessError {
    /// As the header says it.
    pub fn name(self) -> &'static str {
        match self {
            Self::QuotaExhausted => "quota_exhausted",
            Self::UserNonEntitled => "user_non_entitled",
            Self::UserProfileDenied => "user_profile_denied",
            Self::InvalidImsScope => "invalid_ims_scope",
        }
    }
}
