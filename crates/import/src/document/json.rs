//! JSON, with comments and trailing commas, and as word processors and shells leave it.

use std::{borrow::Cow, ops::Range};

use jsonc_parser::{CollectOptions, ParseOptions, ast::Value, parse_to_ast};

use super::{Facts, Node};

/// The objects and lists that stand in a text, outermost only. One that does not end is noted.
pub(super) fn objects(text: &str, facts: &mut Facts) -> Vec<(Node, Range<usize>)> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut tries = 0;
    while let Some(start) = text[at..].find('{').map(|start| at + start) {
        tries += 1;
        if tries > MOST_TRIES {
            break;
        }
        let rest = &text[start..];
        let looks_like_it = {
            let inner = rest[1..].trim_start();
            inner.starts_with(['"', '“', '”', '„', '\'', '}', '/', '#'])
                || inner.starts_with("\\\"")
                || inner.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '$')
        };
        if !looks_like_it {
            at = start + 1;
            continue;
        }
        match extent(rest) {
            Some(length) => match whole(&rest[..length]) {
                Some(node) => {
                    found.push((node, start..start + length));
                    at = start + length;
                }
                None => at = start + 1,
            },
            None => {
                // Only JSON has its names in double quotes; a brace in a mail means nothing.
                let inner = straightened(rest[1..].trim_start());
                if inner.starts_with('"') && names_a_part(&inner) {
                    facts.notes.is_cut_off = true;
                }
                at = start + 1;
            }
        }
    }
    found
}

fn names_a_part(text: &str) -> bool {
    ["\"client_", "\"CLIENT_", "\"clientId", "\"credentials", "\"oauth", "\"project\"", "\"API_KEY"]
        .iter()
        .any(|name| text.contains(name))
}

/// A text that is one object and nothing else.
pub(super) fn whole(text: &str) -> Option<Node> {
    let parse = |text: &str| {
        let options = ParseOptions { allow_missing_commas: true, ..ParseOptions::default() };
        let parsed = parse_to_ast(text, &CollectOptions::default(), &options).ok()?;
        parsed.value.map(|value| node(&value))
    };
    depth(text)?;
    parse(text)
        .or_else(|| parse(&straightened(text)))
        .or_else(|| parse(&text.replace("\\\"", "\"")))
}

fn straightened(text: &str) -> Cow<'_, str> {
    if text.contains(['“', '”', '„']) {
        Cow::Owned(text.replace(['“', '”', '„'], "\""))
    } else {
        Cow::Borrowed(text)
    }
}

/// `None` if it is nested deeper than anybody's, which would cost the stack.
fn depth(text: &str) -> Option<()> {
    let mut depth = 0_usize;
    for byte in text.bytes() {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return None;
        }
    }
    Some(())
}

fn node(value: &Value<'_>) -> Node {
    match value {
        Value::StringLit(it) => Node::Text(it.value.clone().into_owned()),
        Value::NumberLit(it) => Node::Text(it.value.to_owned()),
        Value::BooleanLit(it) => Node::Text(it.value.to_string()),
        Value::NullKeyword(_) => Node::Text(String::new()),
        Value::Array(it) => Node::List(it.elements.iter().map(node).collect()),
        Value::Object(it) => Node::Map(
            it.properties
                .iter()
                .map(|member| (member.name.as_str().to_owned(), node(&member.value)))
                .collect(),
        ),
    }
}

/// How many bytes the object at the beginning of `text` has, strings and comments minded.
fn extent(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match character {
            '{' | '[' => depth += 1,
            '}' | ']' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
                if depth > DEEPEST {
                    return None;
                }
            }
            '"' => loop {
                match characters.next()?.1 {
                    '\\' => drop(characters.next()?),
                    '"' => break,
                    _ => {}
                }
            },
            '/' if characters.peek().is_some_and(|(_, next)| *next == '/')
                && !text[..at].ends_with(':') =>
            {
                while characters.next_if(|(_, c)| *c != '\n').is_some() {}
            }
            _ => {}
        }
    }
    None
}

/// A mail may have braces before the JSON; half a megabyte of braces must not take a minute.
const MOST_TRIES: usize = 32;
/// The console's projects have 8.
const DEEPEST: usize = 64;
