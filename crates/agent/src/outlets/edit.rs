//! Puts a token into a text and leaves every other byte of it as it was. Pure.

/// Why a text stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    #[error("it has no place {0:?}; put an empty string there first")]
    NoSuchPlace(String),
    #[error("at {0:?} there is neither a string nor null, and nothing else is replaced")]
    NotAString(String),
    #[error("it is no JSON that can be understood (near byte {0})")]
    NotJson(usize),
    #[error("a quoted value in it never ends")]
    OpenQuote,
    #[error("this token has characters that such a file can't hold")]
    Unwritable,
}

/// Sets `key` wherever it is set, with its quotes, its `export` and the comment behind it kept; otherwise adds a line.
///
/// # Errors
/// [`EditError::OpenQuote`] or [`EditError::Unwritable`].
pub fn env(text: &str, key: &str, value: &str) -> Result<String, EditError> {
    if value.chars().any(|character| character.is_control() || "'\"\\$`".contains(character)) {
        return Err(EditError::Unwritable);
    }
    let mut edited = String::with_capacity(text.len() + value.len());
    let mut rest = text;
    let mut found = false;
    while !rest.is_empty() {
        let line_end = rest.find('\n').map_or(rest.len(), |at| at + 1);
        let Some(start) = value_of(&rest[..line_end], key) else {
            // A value of another key may go over several lines, and this key may stand in it as text.
            let end = end_of_assignment(rest, line_end)?;
            edited.push_str(&rest[..end]);
            rest = &rest[end..];
            continue;
        };
        let (quote, end) = value_span(&rest[start..])?;
        found = true;
        edited.push_str(&rest[..start]);
        edited.push_str(&quoted(value, quote));
        rest = &rest[start + end..];
        // What is left of the line: white space and a comment.
        let line_end = rest.find('\n').map_or(rest.len(), |at| at + 1);
        edited.push_str(&rest[..line_end]);
        rest = &rest[line_end..];
    }
    if !found {
        let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
        if !edited.is_empty() && !edited.ends_with('\n') {
            edited.push_str(line_end);
        }
        edited.push_str(&format!("{key}={}{line_end}", quoted(value, None)));
    }
    Ok(edited)
}

fn quoted(value: &str, quote: Option<char>) -> String {
    let is_plain =
        |character: char| character.is_ascii_alphanumeric() || "-._~+/=:@%".contains(character);
    match quote {
        Some(quote) => format!("{quote}{value}{quote}"),
        None if value.chars().all(is_plain) => value.to_owned(),
        None => format!("'{value}'"),
    }
}

/// Where the value of `key` begins in this line, if it is set here.
fn value_of(line: &str, key: &str) -> Option<usize> {
    let (name, start) = assignment(line)?;
    (name == key).then_some(start)
}

/// The name that is set in this line, and where its value begins.
fn assignment(line: &str) -> Option<(&str, usize)> {
    let (left, right) = line.split_once('=')?;
    let name = left.trim();
    let name = name
        .strip_prefix("export")
        .filter(|rest| rest.starts_with([' ', '\t']))
        .unwrap_or(name)
        .trim();
    let is_name =
        !name.is_empty() && name.chars().all(|it| it.is_ascii_alphanumeric() || "_.-".contains(it));
    let blank = right.len() - right.trim_start_matches([' ', '\t']).len();
    is_name.then_some((name, left.len() + 1 + blank))
}

fn end_of_assignment(text: &str, line_end: usize) -> Result<usize, EditError> {
    let Some((_, start)) = assignment(&text[..line_end]) else { return Ok(line_end) };
    if !text[start..].starts_with(['"', '\'']) {
        return Ok(line_end);
    }
    let (_, end) = value_span(&text[start..])?;
    let end = start + end;
    Ok(text[end..].find('\n').map_or(text.len(), |at| end + at + 1))
}

/// The quote around a value that begins here, and where the value ends.
fn value_span(text: &str) -> Result<(Option<char>, usize), EditError> {
    let quote = text.chars().next().filter(|first| "\"'".contains(*first));
    let Some(quote) = quote else {
        let line = text.split(['\n', '\r']).next().unwrap_or_default();
        let value = line.find(" #").map_or(line, |at| &line[..at]);
        return Ok((None, value.trim_end().len()));
    };
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' if quote == '"' => escaped = true,
            _ if character == quote => return Ok((Some(quote), at + 1)),
            _ => {}
        }
    }
    Err(EditError::OpenQuote)
}

/// Replaces the string (or null) at an RFC 6901 pointer. Comments and commas too many are passed over.
///
/// # Errors
/// There is no such place, it holds something else, or the text is no JSON.
pub fn json(text: &str, pointer: &str, value: &str) -> Result<String, EditError> {
    let no_such_place = || EditError::NoSuchPlace(pointer.to_owned());
    let steps = pointer.strip_prefix('/').ok_or_else(no_such_place)?;
    let mut scanner =
        Scanner { text, at: text.strip_prefix('\u{feff}').map_or(0, |_| '\u{feff}'.len_utf8()) };
    for step in steps.split('/') {
        let step = step.replace("~1", "/").replace("~0", "~");
        if !scanner.enter(&step)? {
            return Err(no_such_place());
        }
    }
    scanner.blank()?;
    let start = scanner.at;
    if !(text[start..].starts_with('"') || text[start..].starts_with("null")) {
        return Err(EditError::NotAString(pointer.to_owned()));
    }
    scanner.value(0)?;
    let written = serde_json::Value::from(value).to_string();
    Ok([&text[..start], &written, &text[scanner.at..]].concat())
}

/// Goes through JSON without changing or keeping any of it.
struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl Scanner<'_> {
    /// Goes to the value under `step` in the object or array that begins here. False if there is none.
    fn enter(&mut self, step: &str) -> Result<bool, EditError> {
        self.blank()?;
        let Some(open) = self.next().filter(|open| "{[".contains(*open)) else { return Ok(false) };
        for index in 0_usize.. {
            self.blank()?;
            if self.peek().is_none_or(|it| "}]".contains(it)) {
                return Ok(false);
            }
            let is_wanted = if open == '{' {
                let name = self.at;
                self.string()?;
                let name = serde_json::from_str::<String>(&self.text[name..self.at]);
                self.blank()?;
                self.expect(':')?;
                name.is_ok_and(|name| name == step)
            } else {
                index.to_string() == step
            };
            if is_wanted {
                return Ok(true);
            }
            self.value(0)?;
            self.blank()?;
            if self.peek() == Some(',') {
                self.next();
            }
        }
        Ok(false)
    }

    fn value(&mut self, depth: usize) -> Result<(), EditError> {
        self.blank()?;
        match self.peek() {
            Some('"') => self.string(),
            Some('{' | '[') if depth < DEEPEST => {
                self.next();
                loop {
                    self.blank()?;
                    match self.peek() {
                        Some('}' | ']') => break,
                        Some(',' | ':') => self.at += 1,
                        _ => self.value(depth + 1)?,
                    }
                }
                self.at += 1;
                Ok(())
            }
            Some(first) if first.is_ascii_alphanumeric() || first == '-' => {
                while self.peek().is_some_and(|it| it.is_ascii_alphanumeric() || "+-.".contains(it))
                {
                    self.next();
                }
                Ok(())
            }
            _ => Err(self.lost()),
        }
    }

    fn string(&mut self) -> Result<(), EditError> {
        self.expect('"')?;
        loop {
            match self.next() {
                Some('"') => return Ok(()),
                Some('\\') => {
                    self.next();
                }
                Some(character) if !character.is_control() => {}
                _ => return Err(self.lost()),
            }
        }
    }

    /// White space and comments.
    fn blank(&mut self) -> Result<(), EditError> {
        loop {
            let rest = &self.text[self.at..];
            let trimmed = rest.trim_start();
            self.at += rest.len() - trimmed.len();
            self.at += if trimmed.starts_with("//") {
                trimmed.find('\n').unwrap_or(trimmed.len())
            } else if trimmed.starts_with("/*") {
                trimmed.find("*/").ok_or_else(|| self.lost())? + 2
            } else {
                return Ok(());
            };
        }
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn expect(&mut self, expected: char) -> Result<(), EditError> {
        if self.next() == Some(expected) { Ok(()) } else { Err(self.lost()) }
    }

    const fn lost(&self) -> EditError {
        EditError::NotJson(self.at)
    }
}

/// As serde_json has it: no settings file is nested deeper, and the stack is not endless.
const DEEPEST: usize = 128;

#[cfg(test)]
mod tests;
