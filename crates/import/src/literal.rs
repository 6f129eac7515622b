//! Values as languages write them: quoted and escaped, bare, or in a list.
//!
//! A text does not say which language it is in. Where several could have written a value it is read as each of them
//! does, and taken only if they agree.

use super::dotenv::{Content, Dotenv, Quoting};

/// Whose rules of quoting hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grammar {
    /// POSIX: nothing is special between single quotes; pieces in different quotes make one word.
    Shell,
    /// A backslash stands before quotes and backslashes, in both kinds of quotes.
    /// <https://fishshell.com/docs/current/language.html#quotes>
    Fish,
    /// `.env` files, see [`super::dotenv`].
    Dotenv,
    /// JavaScript, Python, Go, Java, C#, PHP, Ruby, JSON: escapes after a backslash.
    Code,
    /// YAML 1.2 section 7.3: `''` between single quotes, escapes between double ones.
    Yaml,
    /// TOML 1.0: nothing is special between single quotes, escapes between double ones.
    Toml,
    /// `''` and `""`, and a grave accent before special signs between double quotes.
    PowerShell,
    /// Nothing is special; the quote ends it. cmd, INI files, people.
    Plain,
}

/// What a quoted value was read as.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// And where it ends.
    Clear(String, usize),
    /// The languages that could have written it disagree.
    Unclear(usize),
    /// The quote is never closed.
    Open,
}

/// Reads the quoted value at the beginning of `text` as each of `grammars` does.
pub(super) fn quoted(text: &str, grammars: &[Grammar]) -> Reading {
    let text = bounded(text);
    let readings: Vec<_> =
        grammars.iter().filter_map(|grammar| read_quoted(text, *grammar)).collect();
    // Where a value is followed by more of itself, the wrong quote was taken for its end.
    let ends_well = |end: usize| {
        text[end..].chars().next().is_none_or(|c| !c.is_alphanumeric() && !"_'\"-".contains(c))
    };
    let well: Vec<_> = readings.iter().filter(|(_, end)| ends_well(*end)).collect();
    let considered = if well.is_empty() { readings.iter().collect() } else { well };
    match considered.split_first() {
        None => Reading::Open,
        Some(((value, end), others)) if others.iter().all(|(other, _)| other == value) => {
            Reading::Clear(value.clone(), *end)
        }
        Some(((_, end), others)) => {
            Reading::Unclear(others.iter().map(|(_, end)| *end).fold(*end, usize::max))
        }
    }
}

/// No id, secret or list of scopes is longer, and a quote that never closes must not cost the whole text again and again.
fn bounded(text: &str) -> &str {
    let mut end = text.len().min(LONGEST_VALUE);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn read_quoted(text: &str, grammar: Grammar) -> Option<(String, usize)> {
    let open = text.chars().next()?;
    match (grammar, open) {
        (_, '“' | '„' | '”' | '«') => bent(text, &['“', '”', '"', '»']),
        (_, '‘' | '‚' | '’') => bent(text, &['‘', '’', '\'']),
        (_, '`') => delimited(text, '`', |_, _| None),
        (Grammar::Shell, _) => shell_word(text),
        (Grammar::Fish, '\'') => delimited(text, '\'', |rest, _| escape_of(rest, "\\'")),
        (Grammar::Fish, '"') => delimited(text, '"', |rest, _| escape_of(rest, "\\\"$")),
        (Grammar::Dotenv, _) => dotenv_value(text),
        (Grammar::Code, '"' | '\'') if text.starts_with("\"\"\"") || text.starts_with("'''") => {
            let mark = &text[..3];
            let inner = text[3..].find(mark)?;
            Some((text[3..3 + inner].to_owned(), inner + 6))
        }
        (Grammar::Code, '"' | '\'') | (Grammar::Yaml | Grammar::Toml, '"') => {
            delimited(text, open, |rest, _| code_escape(rest))
        }
        (Grammar::Yaml, '\'') => delimited(text, '\'', |rest, _| doubled(rest, '\'')),
        (Grammar::PowerShell, '\'') => delimited(text, '\'', |rest, _| doubled(rest, '\'')),
        (Grammar::PowerShell, '"') => delimited(text, '"', |rest, _| {
            doubled(rest, '"').or_else(|| {
                let escaped = rest.strip_prefix('`')?.chars().next()?;
                let plain = match escaped {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    other => other,
                };
                Some((plain.to_string(), 1 + escaped.len_utf8()))
            })
        }),
        (_, '"' | '\'') => delimited(text, open, |_, _| None),
        _ => None,
    }
}

/// Up to the closing quote. `special` says what is written by more than one character, and how many bytes that takes.
fn delimited(
    text: &str,
    open: char,
    special: impl Fn(&str, &str) -> Option<(String, usize)>,
) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut at = open.len_utf8();
    loop {
        let rest = &text[at..];
        if let Some((piece, length)) = special(rest, &value) {
            value.push_str(&piece);
            at += length;
            continue;
        }
        let character = rest.chars().next()?;
        at += character.len_utf8();
        if character == open {
            return Some((value, at));
        }
        value.push(character);
    }
}

fn bent(text: &str, close: &[char]) -> Option<(String, usize)> {
    let mut characters = text.char_indices().skip(1);
    let (end, closing) = characters.find(|(_, c)| close.contains(c) || *c == '\n')?;
    let start = text.chars().next()?.len_utf8();
    (closing != '\n').then(|| (text[start..end].to_owned(), end + closing.len_utf8()))
}

fn doubled(rest: &str, quote: char) -> Option<(String, usize)> {
    let mut characters = rest.chars();
    (characters.next() == Some(quote) && characters.next() == Some(quote))
        .then(|| (quote.to_string(), 2))
}

/// A backslash before one of the signs that need it.
fn escape_of(rest: &str, special: &str) -> Option<(String, usize)> {
    let escaped = rest.strip_prefix('\\')?.chars().next()?;
    special.contains(escaped).then(|| (escaped.to_string(), 1 + escaped.len_utf8()))
}

/// An escape that most languages have. Others stand as they are written, as in Python.
fn code_escape(rest: &str) -> Option<(String, usize)> {
    let escaped = rest.strip_prefix('\\')?;
    let character = escaped.chars().next()?;
    let hexadecimal = |digits: usize| {
        let number = u32::from_str_radix(escaped.get(1..=digits)?, 16).ok()?;
        Some((char::from_u32(number)?.to_string(), digits + 2))
    };
    match character {
        'n' => Some(("\n".to_owned(), 2)),
        'r' => Some(("\r".to_owned(), 2)),
        't' => Some(("\t".to_owned(), 2)),
        '\\' | '"' | '\'' | '/' | '`' | '$' => Some((character.to_string(), 2)),
        'x' => hexadecimal(2),
        'u' => hexadecimal(4),
        '\n' => Some((String::new(), 2)),
        other => Some((format!("\\{other}"), 1 + other.len_utf8())),
    }
}

fn dotenv_value(text: &str) -> Option<(String, usize)> {
    let entry = format!("N={text}");
    let Content::Assignment(assignment) = Dotenv::first_line(&entry).content else { return None };
    let is_closed = matches!(assignment.quoting, Quoting::Single | Quoting::Double);
    is_closed.then(|| (assignment.value(&entry).to_string(), assignment.value.end - 2))
}

/// One word as a POSIX shell reads it, with the line ends and escapes of `.env` files between double quotes.
pub(super) fn shell_word(text: &str) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut at = 0;
    let mut had_quote = false;
    while let Some(character) = text[at..].chars().next() {
        match character {
            '\'' => {
                let end = text[at + 1..].find('\'')?;
                value.push_str(&text[at + 1..at + 1 + end]);
                at += end + 2;
                had_quote = true;
            }
            '"' => {
                let (piece, length) = delimited(&text[at..], '"', |rest, _| {
                    let escaped = rest.strip_prefix('\\')?.chars().next()?;
                    let plain = match escaped {
                        '"' | '\\' | '$' | '`' => escaped.to_string(),
                        'n' => "\n".to_owned(),
                        'r' => "\r".to_owned(),
                        '\n' => String::new(),
                        other => format!("\\{other}"),
                    };
                    Some((plain, 1 + escaped.len_utf8()))
                })?;
                value.push_str(&piece);
                at += length;
                had_quote = true;
            }
            '$' if text[at..].starts_with("$'") => {
                let (piece, length) =
                    delimited(&text[at + 1..], '\'', |rest, _| code_escape(rest))?;
                value.push_str(&piece);
                at += length + 1;
                had_quote = true;
            }
            '\\' => {
                let escaped = text[at + 1..].chars().next()?;
                if escaped != '\n' {
                    value.push(escaped);
                }
                at += 1 + escaped.len_utf8();
            }
            c if c.is_whitespace() => break,
            // What ends a command ends a word, if that was quoted; people don't escape the others.
            ';' | ',' | ')' | '&' | '|' | '}' | ']' if had_quote => break,
            other => {
                value.push(other);
                at += other.len_utf8();
            }
        }
    }
    Some((value, at))
}

/// The strings of a list at the beginning of `text`, and where it ends: `["a", 'b']`, `[a, b]`, `("a" "b")`, `%w[a b]`.
pub(super) fn list(text: &str) -> Option<(Vec<String>, usize)> {
    let text = bounded(text);
    let (start, close) = LISTS.iter().find_map(|(open, close)| {
        text.strip_prefix(open).map(|rest| (text.len() - rest.len(), *close))
    })?;
    let mut items = Vec::new();
    let mut at = start;
    loop {
        let rest = &text[at..];
        let skipped = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
        at += rest.len() - skipped.len();
        let first = skipped.chars().next()?;
        if first == close {
            return Some((items, at + 1));
        }
        if let Some(comment) = skipped.strip_prefix('#').or_else(|| skipped.strip_prefix("//")) {
            at += skipped.len() - comment.len() + comment.find('\n')?;
        } else if QUOTES.contains(&first) {
            let Reading::Clear(item, end) = quoted(skipped, &[Grammar::Code, Grammar::Toml]) else {
                return None;
            };
            items.push(item);
            at += end;
        } else if let Some(inner) = skipped.strip_prefix("\\\"") {
            let end = inner.find("\\\"")?;
            items.push(inner[..end].to_owned());
            at += end + 4;
        } else {
            let end = skipped.find(|c: char| c.is_whitespace() || c == ',' || c == close)?;
            let item = &skipped[..end];
            if item.contains(['"', '\'', '(', '{', '=']) {
                return None;
            }
            items.push(item.to_owned());
            at += end;
        }
    }
}

const LISTS: [(&str, char); 9] = [
    ("[", ']'),
    ("@(", ')'),
    ("array(", ')'),
    ("%w[", ']'),
    ("%w(", ')'),
    ("List.of(", ')'),
    ("Arrays.asList(", ')'),
    ("listOf(", ')'),
    ("(", ')'),
];
pub(super) const QUOTES: [char; 12] = ['"', '\'', '`', '“', '„', '”', '‘', '‚', '’', '«', '″', '❝'];
const LONGEST_VALUE: usize = 8 * 1024;
