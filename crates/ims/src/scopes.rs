//! Scopes: whatever way they were typed, one list.

use std::fmt;

/// Scope tokens in the order given, each once; case matters (RFC 6749 section 3.3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(Vec<String>);

/// Why a text is no list of scopes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScopesError {
    /// RFC 6749 section 3.3 allows %x21, %x23-5B and %x5D-7E.
    #[error("a scope must not hold {}", describe(*.0))]
    Character(char),
    #[error("this is longer than any list of scopes")]
    TooLong,
}

/// What stands between two scopes on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeSeparator {
    /// Adobe's habit.
    Comma,
    /// RFC 6749 section 3.3.
    Space,
}

impl Scopes {
    /// Splits on commas and white space, so both Adobe's and the RFC's way are taken. May be empty.
    pub fn parse(text: &str) -> Result<Self, ScopesError> {
        if text.len() > MAX_LENGTH {
            return Err(ScopesError::TooLong);
        }
        let mut scopes: Vec<String> = Vec::new();
        let pieces = text.split(|c: char| c == ',' || c.is_whitespace());
        for piece in pieces.filter(|piece| !piece.is_empty()) {
            if let Some(fault) = piece.chars().find(|c| !is_scope_character(*c)) {
                return Err(ScopesError::Character(fault));
            }
            if !scopes.iter().any(|known| known == piece) {
                scopes.push(piece.to_owned());
            }
        }
        Ok(Self(scopes))
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    #[must_use]
    pub fn joined(&self, separator: ScopeSeparator) -> String {
        self.0.join(match separator {
            ScopeSeparator::Comma => ",",
            ScopeSeparator::Space => " ",
        })
    }
}

/// Comma-separated, as Adobe shows them.
impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.joined(ScopeSeparator::Comma))
    }
}

fn is_scope_character(c: char) -> bool {
    matches!(c, '\x21' | '\x23'..='\x5b' | '\x5d'..='\x7e')
}

fn describe(c: char) -> String {
    match c {
        '"' => "a quotation mark".to_owned(),
        '\\' => "a backslash".to_owned(),
        c if c.is_control() => "a control character".to_owned(),
        c => format!("“{c}”"),
    }
}

/// Some hundred scopes; a pasted document is not a list of scopes.
const MAX_LENGTH: usize = 8192;

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[&str]) {
        assert_eq!(Scopes::parse(text).unwrap().iter().collect::<Vec<_>>(), expect);
    }

    #[test]
    fn commas_and_white_space_both_split() {
        check(
            "openid,AdobeID, firefly_api\n\tff_apis",
            &["openid", "AdobeID", "firefly_api", "ff_apis"],
        );
        check(" , ,", &[]);
    }

    #[test]
    fn repeats_are_dropped_in_order_and_case_matters() {
        check("b a,b A", &["b", "a", "A"]);
    }

    #[test]
    fn each_provider_gets_its_separator() {
        let scopes = Scopes::parse("a b").unwrap();
        assert_eq!(scopes.joined(ScopeSeparator::Comma), "a,b");
        assert_eq!(scopes.joined(ScopeSeparator::Space), "a b");
    }

    #[test]
    fn a_character_that_no_scope_has_is_named() {
        let words = |text: &str| Scopes::parse(text).unwrap_err().to_string();
        assert_eq!(words("\"openid\""), "a scope must not hold a quotation mark");
        assert_eq!(words("a\\b"), "a scope must not hold a backslash");
        assert_eq!(words("é"), "a scope must not hold “é”");
        assert_eq!(words("a\u{0}"), "a scope must not hold a control character");
        assert_eq!(Scopes::parse(&"a ".repeat(5000)), Err(ScopesError::TooLong));
    }
}
