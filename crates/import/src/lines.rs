//! Blocks of variables and labelled lines.

use super::{
    Refusal, Source,
    fields::{Fields, Part, is_placeholder, part},
};

/// Reads a text line by line.
pub(super) fn read(text: &str) -> Result<(Source, Fields), Refusal> {
    let mut fields = Fields::default();
    let mut is_env = false;
    let mut label: Option<Part> = None;
    let text = &commands_as_assignments(text);
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let line = line.trim();
        if let Some(part) = label.take()
            && !line.is_empty()
            && pair(line).is_none()
        {
            if is_value(line) {
                fields.put(part, bare(line).as_ref());
            }
            continue;
        } else if let Some((part, value, kind)) = pair(line) {
            if value.is_empty() {
                label = Some(part);
                continue;
            }
            is_env |= kind == Kind::Assignment;
            let is_quoted = kind == Kind::Assignment && value.starts_with(['"', '\'']);
            if let Some(values) = list(value).filter(|_| part == Part::ClientSecret) {
                values.iter().for_each(|value| fields.put(part, value));
                continue;
            }
            let value =
                if kind == Kind::Assignment { unquoted(value, &mut lines)? } else { bare(value) };
            if is_quoted || part == Part::Scopes || part == Part::Title || is_value(&value) {
                fields.put(part, &value);
            }
        } else {
            label = part(bullet(line)).filter(|_| !line.is_empty());
        }
    }
    if fields.contradicts {
        return Err(Refusal::SeveralCredentials);
    }
    if !fields.is_something() && !fields.has_jwt {
        return Err(Refusal::Nothing);
    }
    Ok((if is_env { Source::Env } else { Source::Labels }, fields))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Assignment,
    Label,
}

/// The ways of shells and programs to set variables, each as a line `NAME=value`: `setx NAME "value"`, fish's
/// `set -gx NAME value`, .NET's `SetEnvironmentVariable("NAME", "value", …)`, and `--env NAME=value` among arguments.
fn commands_as_assignments(text: &str) -> String {
    let mut lines = Vec::new();
    for line in text.lines() {
        match assignment(line.trim()) {
            Some(assignment) => lines.push(assignment),
            None if line.contains("--env ") || line.contains("-e ") || line.contains("--env=") => {
                lines.extend(arguments(line));
            }
            None => lines.push(line.to_owned()),
        }
    }
    lines.join("\n")
}

fn assignment(line: &str) -> Option<String> {
    if let Some((_, call)) = line.split_once("SetEnvironmentVariable(") {
        let mut words = call.splitn(3, ',').map(|word| word.trim().trim_end_matches([')', ';']));
        let name = words.next()?.trim_matches(['"', '\'']);
        part(name)?;
        return Some(format!("{name}={}", words.next()?));
    }
    let rest = ["setx ", "set -gx ", "set -x ", "set -Ux ", "set -xg ", "setenv "]
        .iter()
        .find_map(|prefix| strip_word(line, prefix))?;
    let (name, value) = rest.trim_start().split_once(char::is_whitespace)?;
    part(name)?;
    Some(format!("{name}={}", value.trim_start().trim_end_matches(" /M").trim_end_matches(" /m")))
}

/// The variables among a command's arguments.
fn arguments(line: &str) -> Vec<String> {
    let words = line.split_whitespace().map(|word| word.strip_prefix("--env=").unwrap_or(word));
    let named = words.filter(|word| {
        let name = word.trim_start_matches(['"', '\'']).split_once('=');
        name.is_some_and(|(name, _)| part(name).is_some())
    });
    let named: Vec<_> = named.map(|word| word.trim_matches(['"', '\'']).to_owned()).collect();
    if named.is_empty() { vec![line.to_owned()] } else { named }
}

/// `NAME=value` in several shells, "Client ID: value", or two columns of a table.
fn pair(line: &str) -> Option<(Part, &str, Kind)> {
    let line = bullet(line);
    let bare = ["export ", "set ", "setx ", "$env:", "declare -x "]
        .iter()
        .find_map(|prefix| strip_word(line, prefix))
        .unwrap_or(line)
        .trim_start()
        .trim_start_matches("$Env:");
    if let Some((name, value)) = bare.split_once('=')
        && let name = name.trim().trim_matches('"')
        && !name.contains(char::is_whitespace)
        && let Some(part) = part(name)
    {
        return Some((part, value.trim_start(), Kind::Assignment));
    }
    // The longest name that reads as one: "Token URL: https://…" has two colons.
    for separator in [":", "\t", " - ", " – ", "|", "="] {
        let line = line.trim_start_matches('|').trim_start();
        if let Some((name, value)) = line.split_once(separator)
            && let Some(part) = part(name.trim().trim_matches(['*', '_', '`', '"']))
        {
            return Some((part, value.trim().trim_matches('|').trim(), Kind::Label));
        }
    }
    None
}

fn strip_word<'a>(line: &'a str, prefix: &str) -> Option<&'a str> {
    let start = line.get(..prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then(|| &line[prefix.len()..])
}

/// Without the sign that makes it an item of a list.
fn bullet(line: &str) -> &str {
    let line = line.trim();
    ["- ", "* ", "• ", "– ", "· "]
        .iter()
        .find_map(|bullet| line.strip_prefix(bullet))
        .unwrap_or(line)
}

/// The texts of `["one", "two"]`.
fn list(value: &str) -> Option<Vec<String>> {
    serde_json::from_str(value.trim().trim_end_matches([',', ';'])).ok()
}

/// A value as people write it: alone, in quotes, or marked as code.
fn bare(value: &str) -> String {
    let value = value.trim().trim_end_matches("**").trim_start_matches("**").trim();
    // A member of an object or an argument in a program's source.
    let value = match value.chars().next() {
        Some(quote @ ('"' | '\'' | '`')) => value
            .strip_suffix([',', ';'])
            .filter(|inner| inner.trim_end().ends_with(quote) && inner.trim_end().len() > 1)
            .map_or(value, str::trim_end),
        _ => value,
    };
    let pairs =
        [('"', '"'), ('\'', '\''), ('`', '`'), ('“', '”'), ('„', '“'), ('‘', '’'), ('<', '>')];
    let inner = pairs.iter().find_map(|(open, close)| {
        value.strip_prefix(*open)?.strip_suffix(*close).filter(|inner| !inner.is_empty())
    });
    match inner {
        Some(inner) if !is_placeholder(value) => inner.to_owned(),
        _ => value.to_owned(),
    }
}

/// What a shell or a `.env` reader makes of the right side of an assignment.
fn unquoted<'a>(value: &str, lines: &mut impl Iterator<Item = &'a str>) -> Result<String, Refusal> {
    let (open, close) = match value.chars().next() {
        Some('\'') => ('\'', ['\'', '\'']),
        Some('"') => ('"', ['"', '"']),
        Some('“' | '„' | '”') => ('“', ['”', '“']),
        Some('‘' | '‚') => ('‘', ['’', '‘']),
        _ => {
            let end = value.find(" #").unwrap_or(value.len());
            let value = value[..end].trim_end();
            return Ok(value.strip_suffix(';').unwrap_or(value).to_owned());
        }
    };
    let mut text: String = value.chars().skip(1).collect();
    loop {
        if let Some(inner) = closed(&text, open, close) {
            return Ok(inner);
        }
        text.push('\n');
        text.push_str(lines.next().ok_or(Refusal::CutOff)?);
    }
}

/// The text up to the closing quote, or `None` if there is none yet.
fn closed(text: &str, open: char, close: [char; 2]) -> Option<String> {
    let mut inner = String::new();
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' if open == '"' => match characters.next() {
                Some('n') => inner.push('\n'),
                Some('r') => inner.push('\r'),
                Some(escaped @ ('"' | '\\' | '$' | '`')) => inner.push(escaped),
                Some(other) => inner.extend(['\\', other]),
                None => inner.push('\\'),
            },
            // PowerShell's way in both kinds of quotes.
            c if c == open && close.contains(&c) && characters.peek() == Some(&c) => {
                characters.next();
                inner.push(c);
            }
            c if close.contains(&c) => return Some(inner),
            other => inner.push(other),
        }
    }
    None
}

/// One word. A sentence that follows "client secret:" is not one.
fn is_value(text: &str) -> bool {
    !text.is_empty() && !text.trim().contains(' ')
}
