//! Splits a command into words the way bash, PowerShell and cmd do, forgiving what mail programs do to quotes.

use super::request::{Reference, Value};

/// Whose rules of quoting hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// And sh, zsh and fish, which differ in nothing that matters here.
    Bash,
    PowerShell,
    Cmd,
}

/// A word of a command.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pub value: Value,
    /// Whether a quote or an escape stands anywhere in it.
    pub is_quoted: bool,
}

/// A command's words, and where it ends.
#[derive(Debug, Default)]
pub(super) struct Line {
    pub words: Vec<Word>,
    /// How many bytes of the text belong to it.
    pub used: usize,
    /// It ends in the middle of a quote, or with a mark that says that it goes on.
    pub is_cut_off: bool,
    /// What a here-document or a here-string gives it to read.
    pub stdin: Option<Value>,
}

impl Dialect {
    /// What the first line's end and escapes tell of where a command comes from; bash if nothing does.
    pub(super) fn of(command: &str) -> Self {
        let first = command.lines().next().unwrap_or_default().trim_end();
        let goes_on = command.trim_end().contains('\n');
        match first.chars().next_back().filter(|_| goes_on) {
            Some('^') => Self::Cmd,
            Some('`') => Self::PowerShell,
            Some('\\') => Self::Bash,
            _ if quotes_with_carets(command) => Self::Cmd,
            _ if command.contains("'\\''") => Self::Bash,
            _ if command.starts_with("curl.exe") || escapes_with_backticks(command) => {
                Self::PowerShell
            }
            _ => Self::Bash,
        }
    }
}

/// The way in which Chrome writes for cmd: every special character with its caret, the quotes too.
fn quotes_with_carets(command: &str) -> bool {
    command.find(['"', '\'']).is_some_and(|at| command[..at].ends_with('^'))
}

/// A quote after a backtick that is not itself escaped in bash's way.
fn escapes_with_backticks(command: &str) -> bool {
    command.match_indices("`\"").any(|(at, _)| !command[..at].ends_with('\\'))
}

/// Where one of some commands' names stands as a word, and what follows begins an argument.
pub(super) fn starts(text: &str, names: &[&str]) -> Vec<usize> {
    let mut starts: Vec<usize> = Vec::new();
    for name in names {
        let found = text.match_indices(name).map(|(at, _)| at).filter(|at| {
            let before = text[..*at].chars().next_back();
            let after = &text[at + name.len()..];
            let after = after.strip_prefix(".exe").unwrap_or(after);
            // The end of a path in quotes.
            let after = after.strip_prefix(['"', '\'']).unwrap_or(after);
            before.is_none_or(|c| c.is_whitespace() || "$>`(:\"'“‘„|;&/\\{[@=".contains(c))
                && after.starts_with([' ', '\t', '\\', '^', '`', '\n'])
        });
        starts.extend(found.take(MOST_STARTS));
    }
    starts.sort_unstable();
    starts
}

/// The place of a letter's beginning at or before one in a text, or its end.
pub(super) fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// Whether a command can begin at a place: in a line of its own, after a prompt, or after another command.
pub(super) fn begins_command(text: &str, at: usize) -> bool {
    let from = floor(text, at.saturating_sub(LONGEST_PLACEHOLDER));
    let line = text[from..at].rfind('\n').map(|start| from + start + 1);
    let Some(line) = line.or((from == 0).then_some(0)) else { return false };
    let before = text[line..at].trim_end();
    before.trim_start().is_empty()
        || before.ends_with(['$', '>', '|', '&', ';', '(', '`', '%', '#'])
        || before.ends_with("run:")
        || before.ends_with("sudo")
}

/// The words of the command at the beginning of `text`. `before` is the character before it, which may enclose it.
pub(super) fn line(text: &str, dialect: Dialect, before: Option<char>) -> Line {
    words(text, dialect, before, usize::MAX)
}

/// The name of the command at the beginning of `text` and its first argument, which tell whether it is one.
pub(super) fn beginning(text: &str, dialect: Dialect, before: Option<char>) -> Line {
    words(text, dialect, before, 2)
}

fn words(text: &str, dialect: Dialect, before: Option<char>, most: usize) -> Line {
    if dialect == Dialect::Cmd && quotes_with_carets(text) {
        let inner = line(&without_carets(text), Dialect::Cmd, before);
        return Line { used: text.len(), ..inner };
    }
    let mut split = Split {
        text,
        rest: text,
        dialect,
        is_in_backticks: before == Some('`'),
        parentheses: 0,
        heredocs: Vec::new(),
        line: Line::default(),
        word: None,
        is_quoted: false,
        most,
    };
    if split.run().is_err() {
        split.end_word();
        split.line.is_cut_off = true;
    }
    split.line.used = text.len() - split.rest.len();
    split.line
}

fn without_carets(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '^' => match characters.next() {
                Some('\n') => plain.push(' '),
                Some(escaped) => plain.push(escaped),
                None => {}
            },
            other => plain.push(other),
        }
    }
    plain
}

struct CutOff;

struct Split<'a> {
    text: &'a str,
    rest: &'a str,
    dialect: Dialect,
    is_in_backticks: bool,
    parentheses: usize,
    /// Their ends, and whether references in them count.
    heredocs: Vec<(String, bool)>,
    line: Line,
    word: Option<Value>,
    is_quoted: bool,
    /// After so many words the rest does not matter.
    most: usize,
}

impl Split<'_> {
    fn run(&mut self) -> Result<(), CutOff> {
        while let Some(character) = self.peek() {
            if self.line.words.len() >= self.most {
                return Ok(());
            }
            match character {
                '\n' => {
                    self.end_word();
                    if !self.heredocs.is_empty() {
                        self.take();
                        return self.here_documents();
                    }
                    if !self.goes_on_after_line_end() {
                        return Ok(());
                    }
                    self.rest = self.rest.trim_start();
                }
                c if c.is_whitespace() => {
                    self.take();
                    self.end_word();
                    if self.is_next_command() {
                        return Ok(());
                    }
                }
                '#' if self.word.is_none() && self.dialect != Dialect::Cmd => self.skip_line(),
                '|' if self.ends_at_pipe() => return self.finish(),
                ';' if self.word.is_none() || self.dialect != Dialect::Cmd => {
                    return self.finish();
                }
                '&' if self.word.is_none() || self.ends_at_ampersand() => {
                    if !self.rest.starts_with("&>") {
                        return self.finish();
                    }
                    self.take();
                    self.redirection()?;
                }
                '<' | '>' if self.is_redirection() => self.redirection()?,
                '<' => {
                    let end = self.rest.find('>').map_or(self.rest.len(), |end| end + 1);
                    let (placeholder, rest) = self.rest.split_at(end);
                    self.rest = rest;
                    self.word.get_or_insert_default().push_text(placeholder);
                }
                '`' if self.is_in_backticks => return self.finish(),
                '(' if self.dialect != Dialect::Cmd => {
                    self.parentheses += 1;
                    self.take();
                    self.push('(');
                }
                ')' if self.dialect != Dialect::Cmd => {
                    let Some(left) = self.parentheses.checked_sub(1) else {
                        return self.finish();
                    };
                    self.parentheses = left;
                    self.take();
                    self.push(')');
                }
                c if c == self.escape() => self.escaped()?,
                '$' if self.dialect == Dialect::Bash && self.rest.starts_with("$'") => {
                    self.rest = &self.rest[2..];
                    self.ansi_quoted()?;
                }
                '$' if self.dialect == Dialect::Bash && self.rest.starts_with("$\"") => {
                    self.take();
                }
                '$' if self.dialect != Dialect::Cmd => self.dollar(),
                '`' if self.dialect == Dialect::Bash => self.backticks(),
                c if SINGLE.contains(&c) && self.is_apostrophe() => {
                    self.take();
                    self.push(c);
                }
                c if SINGLE.contains(&c) && self.opens_here(c) => {
                    self.take();
                    self.single_quoted(c)?;
                }
                c if DOUBLE.contains(&c) => {
                    self.take();
                    self.double_quoted(c)?;
                }
                other => {
                    self.take();
                    self.push(other);
                }
            }
        }
        self.end_word();
        if self.heredocs.is_empty() { Ok(()) } else { Err(CutOff) }
    }

    fn finish(&mut self) -> Result<(), CutOff> {
        self.end_word();
        // A here-document begins in the next line even if another command follows in this one.
        if !self.heredocs.is_empty() {
            self.skip_line();
            self.take();
            return self.here_documents();
        }
        Ok(())
    }

    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn take(&mut self) -> Option<char> {
        let mut characters = self.rest.chars();
        let taken = characters.next();
        self.rest = characters.as_str();
        taken
    }

    /// Undoes taking a character of one byte.
    fn put_back(&mut self) {
        self.rest = &self.text[self.text.len() - self.rest.len() - 1..];
    }

    fn skip_line(&mut self) {
        self.rest = &self.rest[self.rest.find('\n').unwrap_or(self.rest.len())..];
    }

    fn push(&mut self, character: char) {
        self.word.get_or_insert_default().push(character);
    }

    fn end_word(&mut self) {
        let is_quoted = std::mem::take(&mut self.is_quoted);
        let word = self.word.take();
        self.line.words.extend(word.map(|value| Word { value: value.with_marks(), is_quoted }));
    }

    const fn escape(&self) -> char {
        match self.dialect {
            Dialect::Bash => '\\',
            Dialect::PowerShell => '`',
            Dialect::Cmd => '^',
        }
    }

    /// Another command to curl in the same sentence: "curl needs care: curl -X …".
    fn is_next_command(&self) -> bool {
        let Some(after) = ["curl ", "curl.exe "].iter().find_map(|it| self.rest.strip_prefix(it))
        else {
            return false;
        };
        let is_value = self.line.words.last().is_some_and(|it| it.value.head().starts_with('-'));
        !is_value && after.starts_with(['-', '\'', '"', 'h', '“', '‘', '–', '—'])
    }

    /// cmd and PowerShell have no other use for it, in a table of a wiki it is the edge of a cell.
    fn ends_at_pipe(&self) -> bool {
        self.word.is_none() || self.dialect != Dialect::Cmd
    }

    /// In an address that nobody quoted it separates fields, although a shell would end the command there.
    fn ends_at_ampersand(&self) -> bool {
        let after = &self.rest[1..];
        after.starts_with('&') || !after.starts_with(|c: char| c.is_ascii_alphanumeric())
    }

    /// Not the `<name>` that stands for a value, and not the `<https://…>` of a mail program.
    fn is_redirection(&self) -> bool {
        if self.rest.starts_with('>') {
            return true;
        }
        let window = &self.rest[..floor(self.rest, LONGEST_PLACEHOLDER)];
        let Some(end) = window.find(['>', '\n', '\'', '"']) else { return true };
        let inner = &window[1..end];
        if inner.starts_with("http") && window[end..].starts_with('>') && !inner.contains(' ') {
            return false;
        }
        !window[end..].starts_with('>')
            || !inner.chars().all(|c| c.is_alphanumeric() || " _-.".contains(c))
            || inner.starts_with(' ')
    }

    /// Takes `2>&1`, `> file`, `< file`, `<<END` and the like.
    fn redirection(&mut self) -> Result<(), CutOff> {
        let is_descriptor = self.word.as_ref().and_then(Value::text).is_some_and(|it| {
            !self.is_quoted && !it.is_empty() && it.chars().all(|c| c.is_ascii_digit())
        });
        if is_descriptor {
            self.word = None;
        }
        self.end_word();
        let after = self.rest.trim_start_matches(['<', '>', '&', '|']);
        let operator = &self.rest[..self.rest.len() - after.len()];
        let mut after = after;
        let is_here_document = operator == "<<";
        if is_here_document {
            after = after.strip_prefix('-').unwrap_or(after);
        }
        self.rest = after.trim_start_matches([' ', '\t']);
        let count = self.line.words.len();
        // The name of the file, or the end of the here-document.
        while let Some(character) = self.peek() {
            match character {
                c if c.is_whitespace() || ";|&<>)".contains(c) => break,
                '\'' => {
                    self.take();
                    self.single_quoted('\'')?;
                }
                '"' => {
                    self.take();
                    self.double_quoted('"')?;
                }
                '$' if self.dialect == Dialect::Bash => self.dollar(),
                '\\' if self.dialect == Dialect::Bash => self.escaped()?,
                other => {
                    self.take();
                    self.push(other);
                }
            }
        }
        self.end_word();
        let target = (self.line.words.len() > count).then(|| self.line.words.pop()).flatten();
        match (operator, target) {
            ("<<", Some(end)) => self.heredocs.push((end.value.written(), !end.is_quoted)),
            ("<<<", Some(word)) => {
                let mut stdin = word.value;
                stdin.push('\n');
                self.line.stdin = Some(stdin);
            }
            _ => {}
        }
        Ok(())
    }

    /// Reads the here-documents that the command's line announced, of which the last counts.
    fn here_documents(&mut self) -> Result<(), CutOff> {
        for (end, has_references) in std::mem::take(&mut self.heredocs) {
            let mut document = String::new();
            loop {
                if self.rest.is_empty() {
                    return Err(CutOff);
                }
                let (line, rest) = self.rest.split_once('\n').unwrap_or((self.rest, ""));
                self.rest = rest;
                if line.trim() == end {
                    break;
                }
                document.push_str(line);
                document.push('\n');
            }
            self.line.stdin = Some(if has_references {
                with_dollars(&document).with_marks()
            } else {
                Value::marked(&document)
            });
        }
        Ok(())
    }

    /// cmd knows no single quotes, but people who come from elsewhere write them, around whole words.
    fn opens_here(&self, quote: char) -> bool {
        self.dialect != Dialect::Cmd || self.word.is_none() || quote != '\''
    }

    /// Between letters, as in "isn't" and "l'adresse": nobody quotes there.
    fn is_apostrophe(&self) -> bool {
        let mut after = self.rest.chars().skip(1);
        !self.is_quoted
            && self.word.as_ref().and_then(Value::text).is_some_and(|word| {
                !word.is_empty() && word.chars().all(|c| c.is_alphabetic() || SINGLE.contains(&c))
            })
            && after.next().is_some_and(char::is_alphabetic)
    }

    fn escaped(&mut self) -> Result<(), CutOff> {
        self.take();
        // White space or a comment that somebody put after the mark does not matter.
        let after = self.rest.trim_start_matches([' ', '\t']);
        let comment = after.len() < self.rest.len() && after.starts_with("# ");
        if comment {
            self.skip_line();
            self.take();
            self.end_word();
            return Ok(());
        }
        if let Some(next_line) = after.strip_prefix('\n') {
            // What begins an argument of its own had its space forgotten, as curl's own users do.
            let joins = self.dialect == Dialect::Bash
                && after.len() == self.rest.len()
                && !next_line.starts_with([' ', '\t', '-', '–', '—', '\n', '‘', '“'])
                && !next_line.trim_start_matches(['\'', '"']).starts_with("http");
            self.rest = next_line;
            if !joins {
                self.end_word();
            }
            return Ok(());
        }
        if after.is_empty() {
            return Err(CutOff);
        }
        self.is_quoted = true;
        if let Some(taken) = self.take() {
            self.push(taken);
        }
        Ok(())
    }

    /// A mark for the next line may have been lost; options and quotes then still say that it belongs here.
    fn goes_on_after_line_end(&self) -> bool {
        let next = self.rest.trim_start();
        let is_dash = |c: &char| ['-', '–', '—'].contains(c);
        let is_option = next.starts_with(|c| is_dash(&c))
            && next.chars().find(|c| !is_dash(c)).is_some_and(|c| !c.is_whitespace())
            && !next.starts_with("---");
        let is_argument = ["http", "'", "\"", "“", "‘", "„"].iter().any(|it| next.starts_with(it));
        let waits = self.line.words.last().is_some_and(|word| {
            let written = word.value.written();
            written.starts_with("--") || (written.starts_with('-') && written.len() == 2)
        });
        is_option
            || (waits && !next.is_empty())
            || (is_argument && (self.line.words.len() == 1 || !self.has_address()))
    }

    fn has_address(&self) -> bool {
        self.line.words.iter().any(|word| word.value.head().contains("://"))
    }

    fn single_quoted(&mut self, open: char) -> Result<(), CutOff> {
        self.is_quoted = true;
        self.word.get_or_insert_default();
        loop {
            match self.take().ok_or(CutOff)? {
                // PowerShell's way to write one. In bash nobody closes a quote to open it again at once.
                '\'' if self.rest.starts_with('\'')
                    && self.dialect != Dialect::Cmd
                    && !self.word.as_ref().is_some_and(Value::is_empty) =>
                {
                    self.take();
                    self.push('\'');
                }
                c if closes(open, c, &SINGLE) => return Ok(()),
                other => self.push(other),
            }
        }
    }

    fn double_quoted(&mut self, open: char) -> Result<(), CutOff> {
        self.is_quoted = true;
        self.word.get_or_insert_default();
        loop {
            let character = self.take().ok_or(CutOff)?;
            match (character, self.dialect) {
                ('\\', Dialect::Bash) => match self.peek() {
                    Some('\n') => drop(self.take()),
                    Some(escaped @ ('"' | '\\' | '$' | '`')) => {
                        self.take();
                        self.push(escaped);
                    }
                    _ => self.push('\\'),
                },
                // As the C runtime reads a command line: backslashes count only before a quote.
                ('\\', Dialect::Cmd) => {
                    let more = self.rest.len() - self.rest.trim_start_matches('\\').len();
                    let run = more + 1;
                    self.rest = &self.rest[more..];
                    if self.rest.starts_with('"') {
                        (0..run / 2).for_each(|_| self.push('\\'));
                        if run % 2 == 1 {
                            self.take();
                            self.push('"');
                        }
                    } else {
                        (0..run).for_each(|_| self.push('\\'));
                    }
                }
                ('`', Dialect::PowerShell) => match self.take() {
                    Some('\n') | None => {}
                    Some('n') => self.push('\n'),
                    Some('r') => self.push('\r'),
                    Some('t') => self.push('\t'),
                    Some(other) => self.push(other),
                },
                ('"', Dialect::PowerShell | Dialect::Cmd)
                    if self.rest.starts_with('"')
                        && !self.word.as_ref().is_some_and(Value::is_empty) =>
                {
                    self.take();
                    self.push('"');
                }
                ('$', Dialect::Bash | Dialect::PowerShell) => {
                    self.put_back();
                    self.dollar();
                }
                ('`', Dialect::Bash) if !self.is_in_backticks && self.rest.contains('`') => {
                    self.put_back();
                    self.backticks();
                }
                (c, _) if closes(open, c, &DOUBLE) => return Ok(()),
                (other, _) => self.push(other),
            }
        }
    }

    /// At a `$` that is not quoted, or in double quotes.
    fn dollar(&mut self) {
        match dollar(self.rest) {
            Some((Dollar::Reference(name), length)) => {
                let (written, rest) = self.rest.split_at(length);
                self.rest = rest;
                let written = written.to_owned();
                let reference = Reference { name, written, is_encoded: false };
                self.word.get_or_insert_default().push_reference(reference);
            }
            Some((Dollar::Output, length)) => {
                let (written, rest) = self.rest.split_at(length);
                self.rest = rest;
                self.word.get_or_insert_default().push_output(written);
            }
            None => {
                self.take();
                self.push('$');
            }
        }
    }

    fn backticks(&mut self) {
        let end = self.rest[1..].find('`').map_or(self.rest.len(), |end| end + 2);
        let (written, rest) = self.rest.split_at(end);
        self.rest = rest;
        self.word.get_or_insert_default().push_output(written);
    }

    /// bash's `$'…'`, which browsers write.
    fn ansi_quoted(&mut self) -> Result<(), CutOff> {
        self.is_quoted = true;
        let mut bytes = Vec::new();
        loop {
            let taken = self.take().ok_or(CutOff)?;
            let character = match taken {
                '\'' => break,
                '\\' => match self.take().ok_or(CutOff)? {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    'a' => '\u{7}',
                    'b' => '\u{8}',
                    'e' | 'E' => '\u{1b}',
                    'f' => '\u{c}',
                    'v' => '\u{b}',
                    // One byte, of a letter that may have several.
                    'x' => {
                        bytes.extend(self.number(2, 16).and_then(|it| u8::try_from(it).ok()));
                        continue;
                    }
                    '0'..='7' => {
                        self.put_back();
                        bytes.extend(self.number(3, 8).and_then(|it| u8::try_from(it).ok()));
                        continue;
                    }
                    'u' => match self.number(4, 16).and_then(char::from_u32) {
                        Some(character) => character,
                        None => continue,
                    },
                    'U' => match self.number(8, 16).and_then(char::from_u32) {
                        Some(character) => character,
                        None => continue,
                    },
                    other => other,
                },
                other => other,
            };
            bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        self.word.get_or_insert_default().push_text(&text);
        Ok(())
    }

    fn number(&mut self, most: usize, radix: u32) -> Option<u32> {
        let is_digit = |byte: &u8| char::from(*byte).is_digit(radix);
        let digits = self.rest.bytes().take(most).take_while(is_digit).count();
        let (number, rest) = self.rest.split_at(digits);
        self.rest = rest;
        u32::from_str_radix(number, radix).ok()
    }
}

/// Bent quotes close bent ones, and straight ones anything: a bent one between straight ones is just a character.
fn closes(open: char, character: char, kind: &[char]) -> bool {
    character == kind[0] || (open != kind[0] && kind.contains(&character))
}

/// What a `$` begins.
pub(super) enum Dollar {
    /// The name of a variable.
    Reference(String),
    /// `$(…)`.
    Output,
}

/// What the `$` at the beginning of a text begins, and how many bytes long that is.
pub(super) fn dollar(text: &str) -> Option<(Dollar, usize)> {
    let after = text.strip_prefix('$')?;
    if after.starts_with('(') {
        return Some((Dollar::Output, 1 + parenthesised(after)?));
    }
    // A secret of GitHub Actions.
    if let Some(inner) = after.strip_prefix("{{") {
        let end = inner[..floor(inner, LONGEST_PLACEHOLDER)].find("}}")?;
        let name = inner[..end].trim();
        let name = name.rsplit('.').next().unwrap_or(name);
        return is_name(name).then(|| (Dollar::Reference(name.to_owned()), end + 5));
    }
    if let Some(inner) = after.strip_prefix('{') {
        let end = inner[..floor(inner, LONGEST_OUTPUT)].find('}')?;
        let bare = inner.strip_prefix("env:").unwrap_or(&inner[..end]);
        let name = &bare[..name_length(bare)];
        return (is_name(name) && name.len() <= end)
            .then(|| (Dollar::Reference(name.to_owned()), end + 3));
    }
    let scope = ["env:", "Env:", "ENV:", "script:", "global:"].iter();
    let scope = scope.filter(|it| after.starts_with(*it)).map(|it| it.len()).next().unwrap_or(0);
    let name = &after[scope..][..name_length(&after[scope..])];
    is_name(name).then(|| (Dollar::Reference(name.to_owned()), 1 + scope + name.len()))
}

fn name_length(text: &str) -> usize {
    text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len())
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name_length(text) == text.len()
}

/// How long the parentheses are that a text begins with, quotes in them taken into account.
fn parenthesised(text: &str) -> Option<usize> {
    let text = &text[..floor(text, LONGEST_OUTPUT)];
    let mut depth = 0_usize;
    let mut quote = None;
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match (quote, character) {
            (Some(open), c) if c == open => quote = None,
            (None | Some('"'), '\\') => drop(characters.next()),
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(character),
            (None, '(') => depth += 1,
            (None, ')') => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// A text in which only `$` and a backslash before it are special, like a here-document.
pub(super) fn with_dollars(text: &str) -> Value {
    let mut value = Value::default();
    let mut rest = text;
    while let Some(at) = rest.find(['$', '\\']) {
        value.push_text(&rest[..at]);
        rest = &rest[at..];
        let special = rest.strip_prefix('\\').filter(|it| it.starts_with(['$', '\\', '`']));
        if let Some(escaped) = special {
            value.push_text(&escaped[..1]);
            rest = &escaped[1..];
            continue;
        }
        match dollar(rest) {
            Some((Dollar::Reference(name), length)) => {
                let written = rest[..length].to_owned();
                value.push_reference(Reference { name, written, is_encoded: false });
                rest = &rest[length..];
            }
            Some((Dollar::Output, length)) => {
                value.push_output(&rest[..length]);
                rest = &rest[length..];
            }
            None => {
                value.push_text(&rest[..1]);
                rest = &rest[1..];
            }
        }
    }
    value.push_text(rest);
    value
}

/// In bytes. `<your client secret of the Developer Console>` has half as many.
const LONGEST_PLACEHOLDER: usize = 120;
/// In bytes: of a command within a command.
const LONGEST_OUTPUT: usize = 512;
/// A long text about a program mentions it a hundred times.
const MOST_STARTS: usize = 128;
/// The straight one first, then as word processors of several countries bend it.
const SINGLE: [char; 5] = ['\'', '‘', '’', '‚', '‛'];
const DOUBLE: [char; 4] = ['"', '“', '”', '„'];
