//! Asking the provider whether a token is good (`validate_token/v1`, `adobe-ims` section 5).

/// What the provider says about a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verification {
    Valid,
    /// `reason` is the provider's word, secrets hidden, at most 200 characters.
    Invalid { reason: Option<String> },
    /// No answer, or none to rely on: the token may well be good.
    Unknown,
}
