//! Form-encoded bodies and addresses with fields, perhaps written by somebody who did not encode them.

use std::ops::Range;

use super::{
    facts::{Facts, Given, Group, Reader},
    names::{Name, Part},
};

/// Whether a text is a form's body with more than one of the fields that a token request has.
pub(super) fn is_form(text: &str) -> bool {
    let names = text.split(['&', '?']).filter_map(|piece| piece.split_once('=')).map(|it| it.0);
    let mut known = names.filter(|name| is_field(name));
    known.next().is_some_and(|first| known.any(|other| other != first))
}

/// Reads a body, or an address with fields behind its `?`.
pub(super) fn read(text: &str, group: Group, reader: Reader, facts: &mut Facts) {
    let body = match text.split_once('?') {
        Some((address, query)) if address.contains("://") => {
            facts.add(REQUEST_URL, Given::text(address), group, reader);
            query
        }
        _ => text,
    };
    let (pairs, taken_literally) = fields(body);
    facts.notes.taken_literally |= taken_literally;
    for (name, value) in pairs {
        facts.add(&name, Given::Text(value), group, reader);
    }
}

/// Reads the bodies that stand by themselves in a text, and claims them.
pub(super) fn read_all(text: &str, facts: &mut Facts) {
    for range in runs(text) {
        let group = facts.group();
        read(&text[range.clone()], group, Reader::Variables, facts);
        facts.claim(range);
    }
}

/// Where in a text bodies stand by themselves, and addresses with fields.
fn runs(text: &str) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    let starts = text.match_indices('=').map(|(at, _)| at);
    for at in starts {
        if runs.last().is_some_and(|run| at < run.end) {
            continue;
        }
        let field = text[..at].rfind(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-');
        let start = field
            .map_or(0, |before| before + text[before..].chars().next().map_or(1, char::len_utf8));
        let name = &text[start..at];
        if name.len() > 40 || !is_field(name) {
            continue;
        }
        // A quoted value is a variable's.
        if text[at + 1..].starts_with(['\'', '"', '`']) {
            continue;
        }
        let before = text[..start].chars().next_back();
        let ends = |c: char| match before {
            Some(quote @ ('"' | '\'' | '`' | '“' | '‘' | '„')) => {
                c == quote || c == '\n' || matches!((quote, c), ('“' | '„', '”' | '“') | ('‘', '’'))
            }
            _ => c.is_whitespace() || matches!(c, '"' | '`' | '<'),
        };
        let rest = &text[start..];
        let mut length = rest.find(ends).unwrap_or(rest.len());
        // A body that was wrapped before its `&`.
        loop {
            let after = rest[length..].trim_start();
            let gap = rest[length..].len() - after.len();
            if length == 0 || !after.starts_with('&') || !rest[length..length + gap].contains('\n')
            {
                break;
            }
            length += gap;
            length +=
                rest[length..].find(|c: char| c.is_whitespace()).unwrap_or(rest.len() - length);
        }
        let mut range = start..start + length;
        if !is_form(&text[range.clone()]) {
            continue;
        }
        // The address before the fields.
        if before == Some('?') {
            let begin = text[..start].rfind(|c: char| c.is_whitespace() || "\"'`<(“‘".contains(c));
            range.start =
                begin.map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
        }
        runs.push(range);
    }
    runs
}

/// The names and values of a body, decoded, and whether an `&` or `+` was taken for a part of a secret.
pub(super) fn fields(text: &str) -> (Vec<(String, String)>, bool) {
    let mut taken_literally = false;
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut pieces = text.split('&').peekable();
    while let Some(piece) = pieces.next() {
        match piece.split_once('=') {
            Some((name, value)) if is_field(name) || is_word(name, value) => {
                pairs.push((name.trim().to_owned(), value.to_owned()));
            }
            // No field that a token request has: the sign was part of a secret.
            _ => match pairs.last_mut() {
                Some((name, value))
                    if is_secret(name) && (!piece.is_empty() || pieces.peek().is_some()) =>
                {
                    value.push('&');
                    value.push_str(piece);
                    taken_literally = true;
                }
                _ => {}
            },
        }
    }
    for (name, value) in &mut pairs {
        let (_, was_encoded) = percent_decoded(value);
        let decoded = if is_secret(name) && !was_encoded {
            // Nobody has a space in a secret, and many a plus; a body that is encoded has none left.
            taken_literally |= value.contains('+');
            value.trim_start().to_owned()
        } else {
            percent_decoded(&value.replace('+', " ")).0
        };
        *value = decoded;
    }
    (pairs, taken_literally)
}

fn is_secret(name: &str) -> bool {
    Name::parse(name).is_some_and(|it| {
        matches!(it.part, Part::ClientSecret | Part::StandbySecret | Part::RefreshToken)
    })
}

fn is_field(name: &str) -> bool {
    let name = name.trim();
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    (!name.is_empty()
        && name.chars().all(is_name)
        && Name::parse(name).is_some_and(|it| it.stem.is_empty()))
        || OTHER_FIELDS.contains(&name)
}

/// Whether a name that no token request has is one all the same, and not the rest of a secret that was not encoded.
fn is_word(name: &str, value: &str) -> bool {
    name.len() > 2
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c == '_')
        && !value.is_empty()
}

/// Decoded if every `%` begins an escape and the result is text; else as it is. Says which.
pub(super) fn percent_decoded(value: &str) -> (String, bool) {
    let is_escape = |at: usize| {
        value
            .as_bytes()
            .get(at + 1..at + 3)
            .is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))
    };
    let mut escapes = value.match_indices('%').peekable();
    let is_encoded = escapes.peek().is_some()
        && escapes.all(|(at, _)| is_escape(at))
        && !value.contains(['"', '\'', '<', '>', '\\', '^', '`', '{', '|', '}']);
    if !is_encoded {
        return (value.to_owned(), false);
    }
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let [first, after @ ..] = rest {
        match (first, after) {
            (b'%', [high, low, after @ ..]) => {
                let digit = |byte: u8| char::from(byte).to_digit(16).unwrap_or_default() as u8;
                bytes.push(digit(*high) * 16 + digit(*low));
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    match String::from_utf8(bytes) {
        Ok(text) => (text, true),
        Err(_) => (value.to_owned(), false),
    }
}

/// The name under which the address of a request is kept.
pub(super) const REQUEST_URL: &str = "request token url";
/// Of token requests, beside those that are read.
const OTHER_FIELDS: [&str; 7] =
    ["code", "code_verifier", "response_type", "org_id", "state", "assertion", "jwt_token"];
