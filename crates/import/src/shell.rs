//! Splits a command into words the way bash, PowerShell and cmd do, forgiving what mail programs do to quotes.

use super::Refusal;

/// Whose rules of quoting hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Bash,
    PowerShell,
    Cmd,
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
            _ if command.starts_with("curl.exe") || command.contains("`\"") => Self::PowerShell,
            _ => Self::Bash,
        }
    }
}

/// The way in which Chrome writes for cmd: every special character with its caret, the quotes too.
fn quotes_with_carets(command: &str) -> bool {
    command.find(['"', '\'']).is_some_and(|at| command[..at].ends_with('^'))
}

/// The words of the command at the beginning of `text`, and how many bytes of it belong to it.
pub(super) fn words(text: &str, dialect: Dialect) -> Result<(Vec<String>, usize), Refusal> {
    if dialect == Dialect::Cmd && quotes_with_carets(text) {
        let (words, _) = words(&without_carets(text), Dialect::Cmd)?;
        return Ok((words, text.len()));
    }
    let mut split = Split { rest: text, dialect, words: Vec::new(), word: None };
    split.run()?;
    let used = text.len() - split.rest.len();
    Ok((split.words, used))
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

struct Split<'a> {
    rest: &'a str,
    dialect: Dialect,
    words: Vec<String>,
    word: Option<String>,
}

impl Split<'_> {
    fn run(&mut self) -> Result<(), Refusal> {
        while let Some(character) = self.peek() {
            match character {
                '\n' => {
                    self.end_word();
                    if !self.goes_on_after_line_end() {
                        return Ok(());
                    }
                    self.take();
                }
                c if c.is_whitespace() => {
                    self.take();
                    self.end_word();
                }
                '|' | ';' if self.word.is_none() => return Ok(()),
                '&' | '>' if self.word.is_none() => return Ok(()),
                c if c == self.escape() => self.escaped()?,
                '$' if self.dialect == Dialect::Bash && self.rest.starts_with("$'") => {
                    self.rest = &self.rest[2..];
                    self.ansi_quoted()?;
                }
                c if SINGLE.contains(&c) && self.opens_here(c) => {
                    self.take();
                    self.single_quoted(c)?;
                }
                c if DOUBLE.contains(&c) => {
                    self.take();
                    self.double_quoted(c)?;
                }
                _ => {
                    let taken = self.take();
                    self.push(taken);
                }
            }
        }
        self.end_word();
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

    fn push(&mut self, character: Option<char>) {
        self.word.get_or_insert_default().extend(character);
    }

    fn end_word(&mut self) {
        self.words.extend(self.word.take());
    }

    const fn escape(&self) -> char {
        match self.dialect {
            Dialect::Bash => '\\',
            Dialect::PowerShell => '`',
            Dialect::Cmd => '^',
        }
    }

    /// cmd knows no single quotes, but people who come from elsewhere write them, around whole words.
    fn opens_here(&self, quote: char) -> bool {
        self.dialect != Dialect::Cmd || self.word.is_none() || quote != '\''
    }

    fn escaped(&mut self) -> Result<(), Refusal> {
        self.take();
        // White space that a mail program put after the mark does not matter.
        let after = self.rest.trim_start_matches([' ', '\t']);
        if let Some(next_line) = after.strip_prefix('\n') {
            self.rest = next_line;
            self.end_word();
            return Ok(());
        }
        if after.is_empty() {
            return Err(Refusal::CutOff);
        }
        let taken = self.take();
        self.push(taken);
        Ok(())
    }

    /// A mark for the next line may have been lost; options and quotes then still say that it belongs here.
    fn goes_on_after_line_end(&self) -> bool {
        let next = self.rest.trim_start();
        let begins = |start: &[&str]| start.iter().any(|start| next.starts_with(start));
        let waits = self.words.last().is_some_and(|word| {
            word.starts_with("--") || (word.starts_with('-') && word.len() == 2)
        });
        begins(&["-", "–", "—", "http", "'", "\"", "“", "‘"]) && !begins(&["---", "-- \n"])
            || (waits && !next.is_empty())
    }

    fn single_quoted(&mut self, open: char) -> Result<(), Refusal> {
        self.word.get_or_insert_default();
        loop {
            match self.take().ok_or(Refusal::CutOff)? {
                // PowerShell's way to write one. In bash nobody closes a quote to open it again at once.
                '\'' if self.rest.starts_with('\'')
                    && self.dialect != Dialect::Cmd
                    && !self.word.as_ref().is_some_and(String::is_empty) =>
                {
                    self.take();
                    self.push(Some('\''));
                }
                c if closes(open, c, &SINGLE) => return Ok(()),
                other => self.push(Some(other)),
            }
        }
    }

    fn double_quoted(&mut self, open: char) -> Result<(), Refusal> {
        self.word.get_or_insert_default();
        loop {
            let character = self.take().ok_or(Refusal::CutOff)?;
            match (character, self.dialect) {
                ('\\', Dialect::Bash) => match self.peek() {
                    Some('\n') => drop(self.take()),
                    Some('"' | '\\' | '$' | '`') => {
                        let taken = self.take();
                        self.push(taken);
                    }
                    _ => self.push(Some('\\')),
                },
                // As the C runtime reads a command line: backslashes count only before a quote.
                ('\\', Dialect::Cmd) => {
                    let more = self.rest.len() - self.rest.trim_start_matches('\\').len();
                    let run = more + 1;
                    self.rest = &self.rest[more..];
                    if self.rest.starts_with('"') {
                        (0..run / 2).for_each(|_| self.push(Some('\\')));
                        if run % 2 == 1 {
                            let quote = self.take();
                            self.push(quote);
                        }
                    } else {
                        (0..run).for_each(|_| self.push(Some('\\')));
                    }
                }
                ('`', Dialect::PowerShell) => {
                    let taken = self.take();
                    match taken {
                        Some('\n') | None => {}
                        Some('n') => self.push(Some('\n')),
                        Some('r') => self.push(Some('\r')),
                        Some('t') => self.push(Some('\t')),
                        other => self.push(other),
                    }
                }
                ('"', Dialect::PowerShell | Dialect::Cmd)
                    if self.rest.starts_with('"')
                        && !self.word.as_ref().is_some_and(String::is_empty) =>
                {
                    self.take();
                    self.push(Some('"'));
                }
                (c, _) if closes(open, c, &DOUBLE) => return Ok(()),
                (other, _) => self.push(Some(other)),
            }
        }
    }

    /// bash's `$'…'`, which browsers write.
    fn ansi_quoted(&mut self) -> Result<(), Refusal> {
        self.word.get_or_insert_default();
        loop {
            match self.take().ok_or(Refusal::CutOff)? {
                '\'' => return Ok(()),
                '\\' => {
                    let escaped = match self.take().ok_or(Refusal::CutOff)? {
                        'n' => Some('\n'),
                        'r' => Some('\r'),
                        't' => Some('\t'),
                        'x' => self.hexadecimal(2),
                        'u' => self.hexadecimal(4),
                        other => Some(other),
                    };
                    self.push(escaped);
                }
                other => self.push(Some(other)),
            }
        }
    }

    fn hexadecimal(&mut self, most: usize) -> Option<char> {
        let digits = self.rest.bytes().take(most).take_while(u8::is_ascii_hexdigit).count();
        let (number, rest) = self.rest.split_at(digits);
        self.rest = rest;
        u32::from_str_radix(number, 16).ok().and_then(char::from_u32)
    }
}

/// Bent quotes close bent ones, and straight ones anything: a bent one between straight ones is just a character.
fn closes(open: char, character: char, kind: &[char]) -> bool {
    character == kind[0] || (open != kind[0] && kind.contains(&character))
}

/// The straight one first, then as word processors of several countries bend it.
const SINGLE: [char; 5] = ['\'', '‘', '’', '‚', '‛'];
const DOUBLE: [char; 4] = ['"', '“', '”', '„'];
