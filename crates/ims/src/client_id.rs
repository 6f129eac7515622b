//! The client identifier: public, yet not free in its characters.

use std::fmt;

/// A client id (RFC 6749 section 2.2), trimmed: 1 to 512 printable ASCII characters. Adobe also takes it as `x-api-key`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClientId(String);

/// Why a text is no client id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientIdError {
    #[error("enter the client ID")]
    Blank,
    #[error("this is longer than any client ID")]
    TooLong,
    #[error("a client ID has only plain letters, digits and signs, no line breaks or accents")]
    Character,
}

impl ClientId {
    /// White space around the id comes from copying and is dropped.
    pub fn parse(text: &str) -> Result<Self, ClientIdError> {
        let id = text.trim();
        if id.is_empty() {
            return Err(ClientIdError::Blank);
        }
        if id.len() > MAX_LENGTH {
            return Err(ClientIdError::TooLong);
        }
        if !id.bytes().all(|byte| matches!(byte, 0x20..=0x7e)) {
            return Err(ClientIdError::Character);
        }
        Ok(Self(id.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Adobe's have 32 characters, other providers' up to some 120.
const MAX_LENGTH: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_around_an_id_is_dropped() {
        assert_eq!(ClientId::parse(" abc-123\r\n").unwrap().as_str(), "abc-123");
    }

    #[test]
    fn what_could_not_travel_in_a_header_is_refused() {
        assert_eq!(ClientId::parse(" \t"), Err(ClientIdError::Blank));
        assert_eq!(ClientId::parse("a\nb"), Err(ClientIdError::Character));
        assert_eq!(ClientId::parse("é"), Err(ClientIdError::Character));
        assert_eq!(ClientId::parse(&"a".repeat(513)), Err(ClientIdError::TooLong));
    }
}
