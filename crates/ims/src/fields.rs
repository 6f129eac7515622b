//! The top level of a JSON object, read so that one odd value spoils no other.

use std::{borrow::Cow, collections::HashMap};

use serde_json::value::RawValue;

/// Values are only looked at when asked for, so a number that is out of range or a field of the wrong type
/// does not lose the token beside it.
pub(crate) struct Fields(HashMap<String, Box<RawValue>>);

impl Fields {
    /// Nothing if this is no JSON object. Takes what JSON forbids and servers send: a byte order mark, bytes that
    /// are not UTF-8, and `NaN` and `Infinity`, which are read as null.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim_start_matches('\u{feff}');
        serde_json::from_str(text)
            .or_else(|_| serde_json::from_str(&without_nan(text)))
            .ok()
            .map(Self)
    }

    /// A string.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        serde_json::from_str(self.0.get(key)?.get()).ok()
    }

    /// A number, or a string that holds one. Never NaN or infinite.
    pub(crate) fn number(&self, key: &str) -> Option<f64> {
        let text = match self.text(key) {
            Some(text) => Cow::Owned(text),
            None => Cow::Borrowed(self.0.get(key)?.get()),
        };
        text.trim().parse::<f64>().ok().filter(|number| number.is_finite())
    }

    /// A string or a whole number, as text.
    pub(crate) fn code(&self, key: &str) -> Option<String> {
        self.text(key).or_else(|| {
            serde_json::from_str::<i64>(self.0.get(key)?.get()).ok().map(|code| code.to_string())
        })
    }

    /// `true` or `false`, or a string that says so.
    pub(crate) fn flag(&self, key: &str) -> Option<bool> {
        match self.text(key) {
            Some(text) => text.trim().to_ascii_lowercase().parse().ok(),
            None => serde_json::from_str(self.0.get(key)?.get()).ok(),
        }
    }

    /// An array of strings.
    pub(crate) fn texts(&self, key: &str) -> Option<Vec<String>> {
        serde_json::from_str(self.0.get(key)?.get()).ok()
    }
}

fn without_nan(text: &str) -> String {
    let mut mended = String::with_capacity(text.len());
    let mut rest = text;
    let mut in_string = false;
    while let Some(c) = rest.chars().next() {
        let word = NOT_NUMBERS.iter().find(|word| !in_string && rest.starts_with(**word));
        let length = match (word, c) {
            (Some(word), _) => {
                mended.push_str("null");
                word.len()
            }
            (None, '\\') if in_string => {
                let length = 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
                mended.push_str(&rest[..length]);
                length
            }
            (None, c) => {
                in_string ^= c == '"';
                mended.push(c);
                c.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    mended
}

const NOT_NUMBERS: [&str; 3] = ["NaN", "-Infinity", "Infinity"];

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Fields {
        Fields::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn f16_one_odd_value_spoils_no_other() {
        for odd in
            ["NaN", "-Infinity", "1e999", "null", "{}", "[[[1]]]", "\"NaN\"", "\"1e999\"", "\"\""]
        {
            let fields = fields(&format!("\u{feff}{{\"a\":\"\\\"NaN\",\"n\":{odd}}}"));
            assert_eq!(fields.text("a").unwrap(), "\"NaN");
            assert_eq!(fields.number("n"), None, "{odd}");
        }
    }

    #[test]
    fn numbers_come_as_numbers_or_as_strings() {
        let fields = fields(r#"{"a":86399,"b":"86399","c":8.6399e4,"d":" 86399 "}"#);
        for key in ["a", "b", "c", "d"] {
            assert_eq!(fields.number(key), Some(86_399.0));
        }
    }

    #[test]
    fn error_codes_come_as_numbers_or_as_strings() {
        let fields = fields(r#"{"a":401013,"b":"401013","c":true}"#);
        assert_eq!(fields.code("a").as_deref(), Some("401013"));
        assert_eq!(fields.code("b").as_deref(), Some("401013"));
        assert_eq!(fields.code("c"), None);
    }

    #[test]
    fn what_is_no_object_has_no_fields() {
        for text in ["", "[]", "\"x\"", "null", "{", "<html>", "{\"a\":}"] {
            assert!(Fields::parse(text.as_bytes()).is_none(), "{text}");
        }
        assert!(Fields::parse("[".repeat(60_000).as_bytes()).is_none());
        assert!(Fields::parse(format!("{{\"a\":{}", "[".repeat(60_000)).as_bytes()).is_none());
    }

    #[test]
    fn bytes_that_are_not_utf8_spoil_their_own_value_only() {
        let fields = Fields::parse(b"{\"a\":\"x\",\"b\":\"caf\xe9\"}").unwrap();
        assert_eq!(fields.text("a").unwrap(), "x");
    }
}
