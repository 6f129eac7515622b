//! Puts a token into a text and leaves every other byte of it as it was. Pure.
//!
//! A key names a place for good. A position in a list does not, and neither does a key that is there twice: the next
//! person to save the file may put something else there. So only what Glowjar wrote itself, or nothing at all, is
//! replaced in such a place.

mod env;
mod json;

pub use self::{env::env, json::json};

/// Why a text stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditError {
    /// An address that doesn't begin with a slash.
    BadAddress(String),
    NoSuchPlace(String),
    /// At this address is neither a string nor null.
    NotAString(String),
    /// This address or key leads to several places.
    SeveralPlaces(String),
    /// In this place stands something that Glowjar didn't write. With an address that would go on leading to it.
    NotOurs {
        place: String,
        better: Option<String>,
    },
    /// Near this byte.
    NotJson(usize),
    /// A quoted value that never ends, or goes on behind its quotes, in this line, counted from 1.
    BadQuotes(usize),
    /// A file of this kind, where a line `KEY=value` would be wrong.
    OtherKind(&'static str),
    /// This line, counted from 1, is none of an `.env` file.
    NotEnv(usize),
    /// The token has characters that such a file can't hold.
    Unwritable,
}

/// Replaces the whole of a text that holds nothing but a token.
///
/// # Errors
/// [`EditError::NotOurs`] or [`EditError::Unwritable`].
pub fn raw(text: &str, value: &str, is_ours: &dyn Fn(&str) -> bool) -> Result<String, EditError> {
    if value.chars().any(char::is_control) {
        return Err(EditError::Unwritable);
    }
    let held = text.trim_start_matches('\u{feff}').trim();
    if held == value {
        return Ok(text.to_owned());
    }
    if !held.is_empty() && !is_ours(held) {
        return Err(EditError::NotOurs { place: String::new(), better: None });
    }
    Ok(format!("{value}\n"))
}

#[cfg(test)]
mod tests;
