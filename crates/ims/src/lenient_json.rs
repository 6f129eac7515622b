//! The top level of a JSON object, read so that one odd value spoils no other, and other notations of the same.

use std::{borrow::Cow, collections::HashMap};

use serde_json::{
    Value,
    value::{RawValue, to_raw_value},
};
use url::form_urlencoded;

/// Values are only looked at when asked for, so a number that is out of range or a field of the wrong type
/// does not lose the token beside it.
pub(crate) struct Fields(HashMap<String, Box<RawValue>>);

impl Fields {
    /// Nothing if this is no JSON object. Takes what JSON forbids and servers send: a byte order mark, UTF-16, bytes that
    /// are no text, NUL at the end, the `)]}'` that keeps scripts from reading it, and `NaN` and `Infinity`, which are read as
    /// null. An object that stands alone in a list or in a string counts as well.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let text = decoded(bytes);
        let text = text.trim_start_matches('\u{feff}').trim().trim_end_matches(['\0', ';']);
        let text = match text.strip_prefix(")]}'") {
            Some(rest) => rest.trim_start_matches(',').trim_start(),
            None => text,
        };
        let fields = Self::object(text).or_else(|| Self::object(&without_nan(text)));
        let fields = fields.or_else(|| {
            if let Ok([only]) = serde_json::from_str::<[&RawValue; 1]>(text) {
                return Self::object(only.get());
            }
            Self::object(&serde_json::from_str::<String>(text).ok()?)
        })?;
        Some(fields.opened())
    }

    /// `name=value&…` (the `application/x-www-form-urlencoded` of HTML), as OAuth servers answered before RFC 6749.
    pub(crate) fn form(bytes: &[u8]) -> Option<Self> {
        let fields = form_urlencoded::parse(bytes.trim_ascii());
        let fields = Self::of(fields.map(|(name, value)| (name.into_owned(), value.into_owned())));
        ["access_token", "error"].iter().any(|key| fields.0.contains_key(*key)).then_some(fields)
    }

    /// The elements of an XML text that hold nothing but text, without their namespaces. An exception's name, with which
    /// Amazon's services begin, is its `__type`.
    pub(crate) fn xml(text: &str) -> Self {
        let elements = text.split('<').skip(1).zip(text.split('<').skip(2));
        let names = text.split('<').filter_map(|element| element.split([' ', '>', '\n']).next());
        let exception = names.take(3).find(|name| name.ends_with("Exception"));
        let exception = exception.map(|name| ("__type".to_owned(), name.to_owned()));
        let leaves = elements.filter_map(|(element, next)| {
            let (tag, value) = element.split_once('>')?;
            let name = tag.split_whitespace().next()?;
            let is_leaf = next.strip_prefix('/').is_some_and(|end| end.starts_with(name));
            let name = name.rsplit(':').next().unwrap_or(name).to_owned();
            is_leaf.then(|| (name, value.trim().replace("&quot;", "\"").replace("&amp;", "&")))
        });
        Self::of(leaves.chain(exception))
    }

    /// The first of several with the same name counts.
    pub(crate) fn of(fields: impl Iterator<Item = (String, String)>) -> Self {
        let mut map = HashMap::new();
        for (name, value) in fields {
            if let Ok(value) = to_raw_value(&value) {
                map.entry(name).or_insert(value);
            }
        }
        Self(map)
    }

    fn object(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().map(Self)
    }

    /// What is in the envelope, where the token is one level down.
    fn opened(self) -> Self {
        if self.raw("access_token").is_some() {
            return self;
        }
        let inner = ENVELOPES.iter().find_map(|key| {
            let inner = Self::object(self.raw(key)?.get())?;
            inner.raw("access_token").is_some().then_some(inner)
        });
        inner.unwrap_or(self)
    }

    /// As the key is written, or else however it is written: `accessToken`, `Access-Token`.
    fn raw(&self, key: &str) -> Option<&RawValue> {
        let exact = self.0.get(key);
        let same = || {
            let wanted = bare(key);
            let mut alike: Vec<_> =
                self.0.iter().filter(|(name, _)| bare(name) == wanted).collect();
            // Of several, always the same one.
            alike.sort_by_key(|(name, _)| *name);
            alike.first().map(|(_, value)| *value)
        };
        exact.or_else(same).map(AsRef::as_ref)
    }

    /// A string.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        serde_json::from_str(self.raw(key)?.get()).ok()
    }

    /// The value, whatever it is; nothing if it is nested too deeply.
    pub(crate) fn value(&self, key: &str) -> Option<Value> {
        serde_json::from_str(self.raw(key)?.get()).ok()
    }

    /// A number, or a string that holds one. Never NaN or infinite.
    pub(crate) fn number(&self, key: &str) -> Option<f64> {
        let text = match self.text(key) {
            Some(text) => Cow::Owned(text),
            None => Cow::Borrowed(self.raw(key)?.get()),
        };
        text.trim().parse::<f64>().ok().filter(|number| number.is_finite())
    }

    /// A string or a whole number, as text.
    pub(crate) fn code(&self, key: &str) -> Option<String> {
        self.text(key).or_else(|| {
            serde_json::from_str::<i64>(self.raw(key)?.get()).ok().map(|code| code.to_string())
        })
    }

    /// `true` or `false`, or a string that says so.
    pub(crate) fn flag(&self, key: &str) -> Option<bool> {
        match self.text(key) {
            Some(text) => text.trim().to_ascii_lowercase().parse().ok(),
            None => serde_json::from_str(self.raw(key)?.get()).ok(),
        }
    }

    /// An array of strings.
    pub(crate) fn texts(&self, key: &str) -> Option<Vec<String>> {
        serde_json::from_str(self.raw(key)?.get()).ok()
    }
}

/// Letters and digits alone, in lower case.
pub(crate) fn bare(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    let units = |of: fn([u8; 2]) -> u16| -> Vec<u16> {
        bytes[2..].chunks_exact(2).map(|pair| of([pair[0], pair[1]])).collect()
    };
    match bytes {
        [0xff, 0xfe, ..] => String::from_utf16_lossy(&units(u16::from_le_bytes)).into(),
        [0xfe, 0xff, ..] => String::from_utf16_lossy(&units(u16::from_be_bytes)).into(),
        _ => String::from_utf8_lossy(bytes),
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

/// What a token is wrapped in by gateways that answer everything in one shape.
const ENVELOPES: [&str; 5] = ["data", "result", "response", "token", "payload"];

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
