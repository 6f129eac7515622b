//! The grammar of `.env` files, with the place of every part, so that a text can be read and edited byte by byte.
//!
//! No standard describes these files. The grammar takes what python-dotenv and npm's dotenv both take; the tests hold
//! the table of what each of them was seen to read. Positions are byte offsets into the text that was parsed. What is
//! kept here are positions alone, so `Debug` shows no value.

use std::ops::Range;

use secrecy::zeroize::Zeroizing;

/// A text taken apart. The spans of its lines follow each other without a gap, after the byte order mark if there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dotenv {
    pub has_bom: bool,
    pub lines: Vec<Line>,
}

/// One entry with its line end; several lines of text if a quoted value has line ends in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// With the line end.
    pub span: Range<usize>,
    pub content: Content,
    /// Only the last line can have none.
    pub line_end: Option<LineEnd>,
}

/// What a line holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    Blank,
    Comment,
    Assignment(Assignment),
    /// A name that nothing is assigned to: `export NAME`.
    Name(Range<usize>),
    /// Not of this grammar. Readers pass over it or give up.
    Other,
}

/// `export KEY=value # comment`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    pub is_exported: bool,
    pub key: Range<usize>,
    /// With its quotes. Empty at the place where a value would stand if there is none.
    pub value: Range<usize>,
    pub quoting: Quoting,
    /// From its `#` to the end of the line.
    pub comment: Option<Range<usize>>,
}

/// How a value is enclosed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quoting {
    /// Not at all; it ends at white space that a `#` follows, or with the line.
    Bare,
    Single,
    Double,
    /// npm's dotenv alone knows it. Others take the marks for a part of the value.
    Backtick,
    /// A quote that never ends. The value is the rest of its first line.
    Open,
    /// A quote ends and more follows: `'a'b`. python-dotenv skips such a line, npm's dotenv takes it as it stands, a
    /// shell joins the pieces.
    Mixed,
}

/// How a line ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnd {
    Lf,
    CrLf,
    Cr,
}

impl Dotenv {
    /// Takes any text apart. What is not of this grammar is [`Content::Other`].
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let start = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() } else { 0 };
        let mut lines = Vec::new();
        let mut at = start;
        while at < text.len() {
            let line = line(text, at);
            at = line.span.end;
            lines.push(line);
        }
        Self { has_bom: start > 0, lines }
    }

    /// The entry at the beginning of a text.
    pub(crate) fn first_line(text: &str) -> Line {
        line(text, 0)
    }

    pub fn assignments(&self) -> impl DoubleEndedIterator<Item = &Assignment> {
        self.lines.iter().filter_map(|line| match &line.content {
            Content::Assignment(assignment) => Some(assignment),
            _ => None,
        })
    }
}

impl Assignment {
    /// The name, from the text that was parsed.
    #[must_use]
    pub fn key<'a>(&self, text: &'a str) -> &'a str {
        &text[self.key.clone()]
    }

    /// The value without quotes and escapes, from the text that was parsed. A line end in it is `\n`. Variables in it
    /// (`$NAME`) are left as they stand, and so is a value whose quotes are [`Quoting::Open`] or [`Quoting::Mixed`].
    #[must_use]
    pub fn value(&self, text: &str) -> Zeroizing<String> {
        let raw = &text[self.value.clone()];
        let inner = || raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
        Zeroizing::new(match self.quoting {
            Quoting::Bare | Quoting::Open | Quoting::Mixed => raw.to_owned(),
            Quoting::Backtick => with_line_feeds(inner()),
            Quoting::Single => with_line_feeds(inner()).replace("\\'", "'"),
            Quoting::Double => unescaped(&with_line_feeds(inner())),
        })
    }
}

impl Quoting {
    const fn of(mark: char) -> Option<Self> {
        match mark {
            '\'' => Some(Self::Single),
            '"' => Some(Self::Double),
            '`' => Some(Self::Backtick),
            _ => None,
        }
    }
}

impl LineEnd {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lf => "\n",
            Self::CrLf => "\r\n",
            Self::Cr => "\r",
        }
    }
}

fn line(text: &str, start: usize) -> Line {
    let end = end_of_line(text, start);
    let content = content(text, start..end);
    let end = match &content {
        Content::Assignment(assignment) => end_of_line(text, assignment.value.end),
        _ => end,
    };
    let line_end = line_end(&text[end..]);
    let length = line_end.map_or(0, |line_end| line_end.as_str().len());
    Line { span: start..end + length, content, line_end }
}

fn content(text: &str, line: Range<usize>) -> Content {
    let start = line.start + blank(&text[line.clone()]);
    let rest = &text[start..line.end];
    if rest.is_empty() {
        return Content::Blank;
    }
    if rest.starts_with('#') {
        return Content::Comment;
    }
    let exported = rest.strip_prefix("export").filter(|rest| blank(rest) > 0);
    let name = exported.map_or(start, |after| line.end - after.len() + blank(after));
    let length = text[name..line.end].find(|it| !is_of_a_name(it)).unwrap_or(line.end - name);
    let key = name..name + length;
    let after = key.end + blank(&text[key.end..line.end]);
    match text[after..line.end].chars().next() {
        Some('=') if !key.is_empty() => {
            Content::Assignment(assignment(text, exported.is_some(), key, after + 1..line.end))
        }
        None if !key.is_empty() => Content::Name(key),
        _ => Content::Other,
    }
}

/// `rest` is what stands behind the equals sign, up to the end of the line.
fn assignment(text: &str, is_exported: bool, key: Range<usize>, rest: Range<usize>) -> Assignment {
    let start = rest.start + blank(&text[rest.clone()]);
    let made = |value, quoting, comment| Assignment { is_exported, key, value, quoting, comment };
    let line = &text[start..rest.end];
    let Some(mark) = line.chars().next() else {
        return made(rest.start..rest.start, Quoting::Bare, None);
    };
    if mark == '#' {
        return made(rest.start..rest.start, Quoting::Bare, Some(start..rest.end));
    }
    let Some(quoting) = Quoting::of(mark) else {
        let (length, comment) = bare(line);
        let comment = comment.map(|at| start + at..rest.end);
        return made(start..start + length, Quoting::Bare, comment);
    };
    match closing(text, start, mark) {
        Some(end) if is_blank_or_comment(text, end) => {
            let line_end = end_of_line(text, end);
            let comment = end + blank(&text[end..line_end]);
            let comment = (comment < line_end).then_some(comment..line_end);
            made(start..end, quoting, comment)
        }
        closed => {
            let is_closed_here = closed.is_some_and(|end| end <= rest.end);
            let quoting = if is_closed_here { Quoting::Mixed } else { Quoting::Open };
            made(start..start + line.trim_end().len(), quoting, None)
        }
    }
}

/// Where a value without quotes ends, and where its comment begins.
fn bare(line: &str) -> (usize, Option<usize>) {
    let mut before = None;
    for (at, character) in line.char_indices() {
        if character == '#' && before.is_some_and(char::is_whitespace) {
            return (line[..at].trim_end().len(), Some(at));
        }
        before = Some(character);
    }
    (line.trim_end().len(), None)
}

/// Behind the mark that ends the quote which begins at `start`. One behind a backslash ends it only if no other does.
fn closing(text: &str, start: usize, mark: char) -> Option<usize> {
    let inner = start + mark.len_utf8();
    let mut is_escaped = false;
    let mut escaped = None;
    for (at, character) in text[inner..].char_indices() {
        let end = inner + at + character.len_utf8();
        if character == mark && !is_escaped {
            return Some(end);
        } else if character == mark && escaped.is_none() && is_blank_or_comment(text, end) {
            escaped = Some(end);
        }
        is_escaped = character == '\\' && !is_escaped && mark != '`';
    }
    escaped
}

fn is_blank_or_comment(text: &str, at: usize) -> bool {
    let rest = &text[at..end_of_line(text, at)];
    let rest = &rest[blank(rest)..];
    rest.is_empty() || rest.starts_with('#')
}

/// Bytes of white space at the beginning of a line.
fn blank(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn is_of_a_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || "_.-".contains(character)
}

fn end_of_line(text: &str, start: usize) -> usize {
    text[start..].find(['\n', '\r']).map_or(text.len(), |at| start + at)
}

fn line_end(rest: &str) -> Option<LineEnd> {
    [LineEnd::CrLf, LineEnd::Lf, LineEnd::Cr]
        .into_iter()
        .find(|line_end| rest.starts_with(line_end.as_str()))
}

fn with_line_feeds(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// The escapes that a shell, Docker Compose or python-dotenv knows in double quotes. Others stand for themselves.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            plain.push(character);
            continue;
        }
        match characters.next() {
            Some('n') => plain.push('\n'),
            Some('r') => plain.push('\r'),
            Some('t') => plain.push('\t'),
            Some(escaped @ ('"' | '\\' | '$' | '`' | '\'')) => plain.push(escaped),
            Some(other) => plain.extend(['\\', other]),
            None => plain.push('\\'),
        }
    }
    plain
}

const BYTE_ORDER_MARK: char = '\u{feff}';

#[cfg(test)]
mod tests;
