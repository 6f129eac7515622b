//! A request as it arrived, and what its body says to a strict reader.

use hyper::body::Bytes;
use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::Value;

use crate::record::first;

mod multipart;

/// No `Debug`: it holds secrets.
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        first(&self.headers, name)
    }

    /// Without parameters, in lower case.
    pub(crate) fn content_type(&self) -> Option<String> {
        let value = self.header("content-type")?;
        Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
    }

    /// For the record: read generously, from the body or else the query.
    pub(crate) fn fields(&self) -> Vec<(String, String)> {
        if self.body.is_empty() {
            return pairs(self.query.as_deref().unwrap_or_default().as_bytes());
        }
        match self.content_type().as_deref() {
            Some(JSON) => json_fields(&self.body).unwrap_or_default(),
            Some(multipart::MULTIPART) => self.multipart().unwrap_or_default(),
            _ => pairs(&self.body),
        }
    }

    pub(crate) fn query_fields(&self) -> Fields {
        Fields(pairs(self.query.as_deref().unwrap_or_default().as_bytes()))
    }

    /// The fields of a form body (`application/x-www-form-urlencoded`, RFC 6749 §3.2).
    ///
    /// # Errors
    /// In words, without any value.
    pub(crate) fn form(&self) -> Result<Fields, String> {
        self.expect_content_type(FORM)?;
        check_form_text(&self.body)?;
        Fields(pairs(&self.body)).without_repetition()
    }

    /// The fields of a form body in either of its encodings, for the endpoints that Adobe's own Node.js client uses.
    ///
    /// # Errors
    /// In words, without any value.
    pub(crate) fn form_of_any_encoding(&self) -> Result<Fields, String> {
        match self.content_type().as_deref() {
            Some(multipart::MULTIPART) => Fields(self.multipart()?).without_repetition(),
            _ => self.form(),
        }
    }

    fn multipart(&self) -> Result<Vec<(String, String)>, String> {
        multipart::fields(self.header("content-type").unwrap_or_default(), &self.body)
    }

    /// The fields of a JSON body: one object, all of whose values are strings.
    ///
    /// # Errors
    /// In words, without any value.
    pub(crate) fn json(&self) -> Result<Fields, String> {
        self.expect_content_type(JSON)?;
        Fields(json_fields(&self.body)?).without_repetition()
    }

    fn expect_content_type(&self, expected: &str) -> Result<(), String> {
        match self.content_type() {
            Some(found) if found == expected => Ok(()),
            Some(found) => Err(format!("this endpoint takes {expected}, not {found}")),
            None => {
                Err(format!("this endpoint takes {expected}, and the request has no content-type"))
            }
        }
    }

    /// What a strict server frowns upon and lets pass.
    pub(crate) fn remark(&self, wrong: &mut Vec<String>) {
        if self.header("user-agent").is_none_or(str::is_empty) {
            wrong.push("the request has no user-agent".into());
        }
        for name in ["authorization", "content-type", "x-api-key"] {
            if self.headers.iter().filter(|(found, _)| found == name).count() > 1 {
                wrong.push(format!("the header {name} is repeated"));
            }
        }
        for (name, _) in self.query_fields().0 {
            if SECRET_FIELDS.contains(&name.as_str()) {
                wrong.push(format!("{name} is in the query, where proxies and logs see it"));
            }
        }
    }
}

/// Named values in the order they came.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Fields(pub(crate) Vec<(String, String)>);

impl Fields {
    pub(crate) fn one(&self, name: &str) -> Option<&str> {
        first(&self.0, name)
    }

    /// Present and not empty.
    ///
    /// # Errors
    /// In words.
    pub(crate) fn need(&self, name: &str) -> Result<&str, String> {
        match self.one(name) {
            None => Err(format!("{name} is missing")),
            Some("") => Err(format!("{name} is empty")),
            Some(value) => Ok(value),
        }
    }

    /// Notes what the endpoint does not know. RFC 6749 §3.2 has it ignored.
    pub(crate) fn remark_unknown(&self, known: &[&str], wrong: &mut Vec<String>) {
        for (name, _) in &self.0 {
            if !known.contains(&name.as_str()) {
                wrong.push(format!("nobody asked for a field {}", shown(name)));
            }
        }
    }

    fn without_repetition(self) -> Result<Self, String> {
        for (at, (name, _)) in self.0.iter().enumerate() {
            if self.0[..at].iter().any(|(earlier, _)| earlier == name) {
                return Err(format!("the field {} is repeated", shown(name)));
            }
        }
        Ok(self)
    }
}

/// A name could be a piece of a secret that was not encoded: only well-known ones are repeated.
fn shown(name: &str) -> &str {
    WELL_KNOWN.iter().find(|known| **known == name).copied().unwrap_or("(of no well-known name)")
}

fn pairs(text: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(text).into_owned().collect()
}

fn check_form_text(text: &[u8]) -> Result<(), String> {
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'%' => {
                let digits = text.get(at + 1..at + 3).unwrap_or_default();
                if digits.len() != 2 || !digits.iter().all(u8::is_ascii_hexdigit) {
                    return Err("a % in the form is not followed by two hexadecimal digits: a value was not percent-encoded".into());
                }
            }
            0x21..=0x7e if !b"\"<>\\^`{|}".contains(byte) => {}
            _ => return Err("the form holds a character that must be percent-encoded".into()),
        }
    }
    let is_empty_pair = |pair: &[u8]| pair.is_empty() || !pair.contains(&b'=');
    if !text.is_empty() && text.split(|byte| *byte == b'&').any(is_empty_pair) {
        return Err(
            "a part of the form between two & has no =: a value was not percent-encoded".into()
        );
    }
    let decoded: Vec<u8> = percent_decoded(text);
    std::str::from_utf8(&decoded).map(drop).map_err(|_| "the form is not UTF-8".into())
}

fn percent_decoded(text: &[u8]) -> Vec<u8> {
    let hex = |byte: u8| {
        char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok()).unwrap_or_default()
    };
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, after)) = rest.split_first() {
        match (byte, after) {
            (b'%', [high, low, after @ ..]) => {
                decoded.push(hex(*high) * 16 + hex(*low));
                rest = after;
            }
            _ => {
                decoded.push(*byte);
                rest = after;
            }
        }
    }
    decoded
}

fn json_fields(text: &[u8]) -> Result<Vec<(String, String)>, String> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let fields = deserializer.deserialize_map(Object).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => "the JSON body is not an object".to_owned(),
        _ => format!("the body is not JSON (line {}, column {})", error.line(), error.column()),
    })?;
    deserializer.end().map_err(|_| "something follows the JSON object".to_owned())?;
    let text = |(name, value): (String, Value)| match value {
        Value::String(value) => Ok((name, value)),
        _ => Err(format!("the JSON field {} is not a string", shown(&name))),
    };
    fields.into_iter().map(text).collect()
}

/// Unlike `serde_json::Map` this sees a key that comes twice.
struct Object;

impl<'de> Visitor<'de> for Object {
    type Value = Vec<(String, Value)>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(fields)
    }
}

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";
/// What requests have, and what people mistakenly call it.
const WELL_KNOWN: [&str; 24] = [
    "client_id",
    "client_secret",
    "grant_type",
    "refresh_token",
    "access_token",
    "token",
    "token_type_hint",
    "type",
    "scope",
    "scopes",
    "code",
    "code_verifier",
    "code_challenge",
    "code_challenge_method",
    "redirect_uri",
    "response_type",
    "state",
    "nonce",
    "resource",
    "audience",
    "username",
    "password",
    "locale",
    "prompt",
];
const SECRET_FIELDS: [&str; 6] =
    ["client_secret", "refresh_token", "access_token", "token", "code_verifier", "password"];

#[cfg(test)]
mod tests {
    use super::*;

    fn form(body: &'static str) -> Result<Fields, String> {
        request(FORM, body).form()
    }

    fn request(content_type: &str, body: &'static str) -> Request {
        Request {
            method: "POST".into(),
            path: "/".into(),
            query: None,
            headers: vec![("content-type".into(), content_type.into())],
            body: Bytes::from_static(body.as_bytes()),
        }
    }

    #[test]
    fn a_well_made_form_is_read_to_the_letter() {
        let fields = form("a=1%2B2&b=x+y%26z&c=").expect("well made");
        assert_eq!(
            fields.0,
            [("a", "1+2"), ("b", "x y&z"), ("c", "")].map(|(k, v)| (k.to_owned(), v.to_owned()))
        );
    }

    #[test]
    fn a_careless_form_is_refused_in_words() {
        for (body, words) in [
            ("a=100%", "percent-encoded"),
            ("a=50%zz", "percent-encoded"),
            ("a=x&y", "has no ="),
            ("a=b&", "has no ="),
            ("a=two words", "percent-encoded"),
            ("a=ü", "percent-encoded"),
            ("a=%ff", "UTF-8"),
            ("scope=1&scope=2", "the field scope is repeated"),
            ("s3cret=1&s3cret=2", "the field (of no well-known name) is repeated"),
        ] {
            let error = form(body).map(|_| ()).expect_err(body);
            assert!(error.contains(words), "{body}: {error}");
        }
    }

    #[test]
    fn a_careless_json_body_is_refused_in_words() {
        for (body, words) in [
            ("", "not JSON"),
            ("[1]", "not an object"),
            ("{\"a\":", "not JSON"),
            ("{\"scope\":1}", "scope is not a string"),
            ("{\"code\":\"1\",\"code\":\"2\"}", "the field code is repeated"),
            ("{} {}", "something follows"),
        ] {
            let error = request(JSON, body).json().map(|_| ()).expect_err(body);
            assert!(error.contains(words), "{body}: {error}");
        }
    }

    #[test]
    fn the_wrong_content_type_is_named() {
        let error = request("application/json", "a=b").form().map(|_| ()).expect_err("JSON");
        assert_eq!(
            error,
            "this endpoint takes application/x-www-form-urlencoded, not application/json"
        );
    }
}
