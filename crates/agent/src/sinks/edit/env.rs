//! Keys of an `.env` file.

use glowjar_import::dotenv::{Assignment, Content, Dotenv, LineEnd, Quoting};
use glowjar_protocol::quoting;

use super::EditError;

/// Sets `key`, with its quotes, its `export` and the comment behind it kept; adds a line if it isn't set. Set in
/// several lines, all of them have to be empty or hold what `is_ours`. `is_named_so` says that the file's name is that
/// of an `.env` file: a line in it that is none of such a file is then passed over, unless it shows another kind.
///
/// # Errors
/// All of [`EditError`] but those about JSON.
pub fn env(
    text: &str,
    is_named_so: bool,
    (key, value): (&str, &str),
    is_ours: &dyn Fn(&str) -> bool,
) -> Result<String, EditError> {
    let parsed = Dotenv::parse(text);
    check_kind(text, &parsed, is_named_so)?;
    let written = quoting::dotenv(value).map_err(|_| EditError::Unwritable)?;
    let is_odd = |assignment: &&Assignment| match assignment.quoting {
        Quoting::Open => true,
        Quoting::Mixed => assignment.key(text) == key,
        _ => false,
    };
    if let Some(odd) = parsed.assignments().find(is_odd) {
        return Err(EditError::BadQuotes(line_number(text, odd.key.start)));
    }
    let set: Vec<_> = parsed.assignments().filter(|it| it.key(text) == key).collect();
    if set.len() > 1 {
        let may_be_replaced = |assignment: &&Assignment| {
            let held = assignment.value(text);
            held.is_empty() || held.as_str() == value || is_ours(&held)
        };
        if !set.iter().all(may_be_replaced) {
            return Err(EditError::SeveralPlaces(key.to_owned()));
        }
    }
    let mut edited = String::with_capacity(text.len() + key.len() + value.len() + 4);
    let mut at = 0;
    for assignment in &set {
        edited.push_str(&text[at..assignment.value.start]);
        at = assignment.value.end;
        if assignment.value(text).as_str() == value {
            edited.push_str(&text[assignment.value.clone()]);
            continue;
        }
        match in_quotes(assignment.quoting, value, &written) {
            Some(quoted) => edited.push_str(&quoted),
            None => edited.push_str(&written),
        }
        // Without white space, the comment would become a part of the value.
        if assignment.comment.as_ref().is_some_and(|comment| comment.start == at) {
            edited.push(' ');
        }
    }
    edited.push_str(&text[at..]);
    if set.is_empty() {
        let line_end = parsed.lines.first().and_then(|line| line.line_end).unwrap_or(LineEnd::Lf);
        if parsed.lines.last().is_some_and(|line| line.line_end.is_none()) {
            edited.push_str(line_end.as_str());
        }
        edited.extend([key, "=", &written, line_end.as_str()]);
    }
    Ok(edited)
}

/// In the quotes that are there already, if the value means the same in them.
fn in_quotes(quoting: Quoting, value: &str, written: &str) -> Option<String> {
    let is_bare = written == value;
    match quoting {
        Quoting::Single if is_bare => Some(format!("'{value}'")),
        Quoting::Double if is_bare => Some(format!("\"{value}\"")),
        _ => None,
    }
}

fn line_number(text: &str, at: usize) -> usize {
    1 + text[..at].matches('\n').count()
}

/// Whether a line `KEY=value` may be added to this text.
fn check_kind(text: &str, parsed: &Dotenv, is_named_so: bool) -> Result<(), EditError> {
    for line in &parsed.lines {
        let written = text[line.span.clone()].trim();
        let is_odd = match line.content {
            Content::Other => true,
            // A word by itself is no more than a word.
            Content::Name(_) => !written.starts_with("export"),
            Content::Blank | Content::Comment | Content::Assignment(_) => false,
        };
        if let Some(kind) = kind_of(written).filter(|_| is_odd) {
            return Err(EditError::OtherKind(kind));
        }
        if is_odd && !is_named_so {
            return Err(EditError::NotEnv(line_number(text, line.span.start)));
        }
    }
    Ok(())
}

/// Of what kind of file a line is that is none of an `.env` file, if it shows that.
fn kind_of(line: &str) -> Option<&'static str> {
    let lower = line.to_ascii_lowercase();
    let words: Vec<&str> = lower.split_whitespace().collect();
    let first = words.first().copied().unwrap_or_default();
    let is_key =
        |text: &str| text.chars().all(|it| it.is_ascii_alphanumeric() || "_.-\"'".contains(it));
    // A shell's `[ -f x ]` has a space behind its bracket.
    let is_header = line == "["
        || (line.starts_with('[')
            && line.ends_with(']')
            && !first.trim_start_matches('[').is_empty());
    // `set -gx NAME value`; a shell's own `set -euo pipefail` has fewer words.
    let is_fish = first == "set" && words.len() > 3 && words[1].starts_with('-');
    let is_batch = matches!(first, "@echo" | "setx" | "rem" | "::" | "setlocal")
        || (first == "set" && line.contains('='));
    let is_yaml = first == "-"
        || first == "---"
        || line.split_once(':').is_some_and(|(key, rest)| {
            is_key(key) && (rest.is_empty() || rest.starts_with([' ', '\t']))
        });
    [
        ("JSON", line.starts_with('{')),
        ("XML", line.starts_with('<')),
        ("TOML/INI", is_header),
        ("PowerShell", line.starts_with('$') && line.contains('=')),
        ("fish", is_fish),
        ("batch", is_batch),
        ("YAML", is_yaml),
    ]
    .into_iter()
    .find_map(|(kind, is)| is.then_some(kind))
}
