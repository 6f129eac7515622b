//! Names with values in any text that is no document: assignments of shells and programming languages, settings,
//! labels in a mail, rows of a table.
//!
//! A text is read once from its beginning to its end. At each sign that can stand between a name and a value, the name
//! is looked for before it. Where there is one the value is read behind it, and reading goes on behind the value.

mod table;

use super::{
    facts::{Facts, Given, Group, Reader},
    literal::{self, Grammar, QUOTES, Reading},
    names::{Name, Part},
};

/// Reads what no other reader has claimed.
pub(super) fn read(text: &str, facts: &mut Facts) {
    let group = facts.group();
    let mut pairs = Pairs { text, facts, group, waiting: None, variables: MOST_VARIABLES };
    let mut at = 0;
    while at < text.len() {
        if let Some(end) = table::read(text, at, pairs.facts) {
            at = end;
            continue;
        }
        at = pairs.line(at);
    }
}

struct Pairs<'a, 'f> {
    text: &'a str,
    facts: &'f mut Facts,
    group: Group,
    /// A label whose value is to come in a line below.
    waiting: Option<Waiting>,
    /// How many names that mean nothing by themselves are still remembered.
    variables: usize,
}

struct Waiting {
    name: String,
    /// Lines in which it may still come.
    lines: usize,
}

/// What stands between a name and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Separator {
    /// `NAME=value`
    Tight,
    /// `name = value`, `name := value`
    Spaced,
    /// `name: value`
    Colon,
    /// `name => value`
    Arrow,
    /// `"name", "value"`
    Comma,
    /// `name || "value"`: the value if there is no other.
    Fallback,
    /// The columns of a table.
    Cell,
    /// `name - value`, "name is value"
    Word,
    /// `setx NAME value`, `--name value`
    Command,
}

/// A name, where it stands, and where its value begins.
#[derive(Debug)]
struct Pair<'a> {
    name: &'a str,
    name_at: usize,
    is_quoted: bool,
    separator: Separator,
    value_at: usize,
}

impl<'a> Pairs<'a, '_> {
    /// Reads one line, and what belongs to it in those below. Gives back where to go on.
    fn line(&mut self, start: usize) -> usize {
        let end = self.text[start..].find('\n').map_or(self.text.len(), |at| start + at);
        let line = &self.text[start..end];
        if line.trim().is_empty() {
            return end + 1;
        }
        let (is_enabled, from) = self.without_comment_mark(start, end);
        let mut at = from;
        let mut found_any = false;
        let mut is_first = true;
        while at < end {
            let pair = self.command(at, end).or_else(|| self.pair(at, end, is_first));
            let Some(pair) = pair else { break };
            is_first = false;
            let name = Name::parse(pair.name);
            if name.is_none() {
                self.variable(&pair, end, is_enabled);
                at = pair.value_at;
                continue;
            }
            found_any = true;
            self.waiting = None;
            at = match self.value(&pair, name.as_ref(), end) {
                Some((given, after)) => {
                    let reader = pair.reader();
                    self.add(pair.name, given, reader, is_enabled);
                    after.max(pair.value_at)
                }
                None => {
                    let rest = self.text[pair.value_at..end].trim().trim_matches(['*', '|']);
                    if rest.trim().is_empty() && pair.separator != Separator::Tight {
                        self.waiting = Some(Waiting { name: pair.name.to_owned(), lines: 2 });
                    }
                    pair.value_at
                }
            };
            if at > end {
                // The rest of the line in which the value ends may hold more.
                return if self.text[at..].starts_with('\n') { at + 1 } else { at };
            }
        }
        if !found_any {
            return self.value_below(start, end);
        }
        end + 1
    }

    /// A line without a pair: a label, or the value for the one above.
    fn value_below(&mut self, start: usize, end: usize) -> usize {
        let line = self.text[start..end].trim();
        let label = line
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .trim_matches(|c: char| c.is_whitespace() || "#*_`:：-•–·>.|".contains(c));
        if Name::parse(label).is_some() && !looks_like_a_value(label) {
            self.waiting = Some(Waiting { name: label.to_owned(), lines: 2 });
            return end + 1;
        }
        let Some(mut waiting) = self.waiting.take() else { return end + 1 };
        let pair = |value_at| Pair {
            name: &self.text[..0],
            name_at: start,
            is_quoted: false,
            separator: Separator::Colon,
            value_at,
        };
        // A list in YAML's manner, an item each line.
        let mut items = Vec::new();
        let mut at = start;
        while let Some(item) = self.text[at..].trim_start_matches([' ', '\t']).strip_prefix("- ") {
            let value_at = self.text.len() - item.len();
            let line_end = item.find('\n').map_or(self.text.len(), |end| value_at + end);
            match &self.value(&pair(value_at), Name::parse(&waiting.name).as_ref(), line_end) {
                Some((Given::Text(item), _)) => items.push(item.clone()),
                _ => break,
            }
            at = (line_end + 1).min(self.text.len());
        }
        if items.len() > 1 || (items.len() == 1 && at >= end) {
            let given = Given::List(items);
            self.add(&waiting.name, given, Reader::Labels, true);
            return at.max(end + 1);
        }
        let value_at =
            start + self.text[start..end].len() - self.text[start..end].trim_start().len();
        match self.value(&pair(value_at), Name::parse(&waiting.name).as_ref(), end) {
            Some((given, after)) => {
                self.add(&waiting.name, given, Reader::Labels, true);
                after.max(end + 1)
            }
            None => {
                waiting.lines -= 1;
                self.waiting = Some(waiting).filter(|it| it.lines > 0);
                end + 1
            }
        }
    }

    fn add(&mut self, name: &str, given: Given, reader: Reader, is_enabled: bool) {
        self.facts.add_fact(name, given, self.group, reader, is_enabled);
    }

    /// Remembers a name that others may refer to.
    fn variable(&mut self, pair: &Pair<'_>, line_end: usize, is_enabled: bool) {
        let is_name = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        if self.variables == 0 || !pair.name.chars().all(is_name) || pair.name.len() > 80 {
            return;
        }
        self.variables -= 1;
        if let Some((given, _)) = self.value(pair, None, line_end) {
            self.add(pair.name, given, pair.reader(), is_enabled);
        }
    }

    /// Whether a line holds, and where what it says begins.
    fn without_comment_mark(&self, start: usize, end: usize) -> (bool, usize) {
        let line = &self.text[start..end];
        let from = start + line.len() - line.trim_start().len();
        let rest = self.text[from..end].trim_start();
        let mark = COMMENTS.iter().find(|mark| {
            rest.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark))
        });
        let Some(mark) = mark else { return (true, from) };
        let after = rest[mark.len()..].trim_start_matches(['#', '/', ' ', '\t']);
        let name = after.split(['=', ':']).next().unwrap_or_default();
        let name = name.trim().trim_start_matches("export ").trim_start_matches("- ");
        // A heading, or an explanation in words, holds.
        let is_assignment = after.contains(['=', ':'])
            && !name.is_empty()
            && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-.\"'$".contains(c));
        let is_switched_off = *mark != "#" || !rest.starts_with("## ");
        if is_assignment && is_switched_off { (false, end - after.len()) } else { (true, from) }
    }

    /// The next pair in a line in which a word says that a name and a value follow.
    fn command(&self, from: usize, end: usize) -> Option<Pair<'a>> {
        let line = &self.text[from..end];
        // Names and values of assignments have their own sign.
        let before = line.find(['=', ':']).map_or(line, |at| &line[..at]);
        let mut words = Words { text: line, at: 0 };
        while let Some((word_at, word)) = words.next() {
            if word_at > before.len() {
                return None;
            }
            let is_verb = VERBS.iter().any(|verb| word.eq_ignore_ascii_case(verb));
            let flag = word.strip_prefix("--").filter(|flag| {
                Name::parse(flag).is_some_and(|name| !name.is_weak) && !flag.contains(['=', ':'])
            });
            let (name_at, name) = match flag {
                Some(flag) => (word_at + 2, flag),
                None if is_verb => {
                    let mut name = words.next()?;
                    while name.1.starts_with('-') || ["secret", "env"].contains(&name.1) {
                        name = words.next()?;
                    }
                    name
                }
                None => continue,
            };
            if name.contains(['=', ':']) {
                continue;
            }
            let name = name.trim_matches(['"', '\'']);
            let Some(parsed) = Name::parse(name) else { continue };
            if parsed.is_weak && !is_verb {
                continue;
            }
            let mut value = words.next()?;
            if ["--body", "-b", "--value", "add", "is"].contains(&value.1) {
                value = words.next()?;
            }
            if value.1.starts_with("--") {
                continue;
            }
            return Some(Pair {
                name,
                name_at: from + name_at,
                is_quoted: false,
                separator: Separator::Command,
                value_at: from + value.0,
            });
        }
        None
    }

    /// The next pair between `from` and `end` around a sign.
    fn pair(&self, from: usize, end: usize, is_first: bool) -> Option<Pair<'a>> {
        let mut start = from;
        let mut at = from;
        while at < end {
            let rest = &self.text[at..end];
            let character = rest.chars().next()?;
            let before = self.text[start..at].chars().next_back();
            let found = match character {
                '=' if rest.starts_with("=>") => Some((Separator::Arrow, 2, at)),
                '=' if rest.starts_with("==") => {
                    at += 2;
                    continue;
                }
                '=' if before.is_some_and(|c| "!<>=".contains(c)) => {
                    at += 1;
                    continue;
                }
                '=' => {
                    let is_tight = before.is_some_and(|c| !c.is_whitespace() && c != ':')
                        && !rest[1..].starts_with([' ', '\t']);
                    let separator = if is_tight { Separator::Tight } else { Separator::Spaced };
                    let name_end = if before == Some(':') { at - 1 } else { at };
                    Some((separator, 1, name_end))
                }
                ':' if rest.starts_with(":=") => {
                    at += 1;
                    continue;
                }
                // `$env:NAME` of PowerShell is all one name.
                ':' if ends_with_env(&self.text[start..at]) => {
                    at += 1;
                    continue;
                }
                ':' if rest.starts_with("::") || rest.starts_with("://") => {
                    at += 2;
                    continue;
                }
                ':' | '：' => Some((Separator::Colon, character.len_utf8(), at)),
                '|' if rest.starts_with("||") => Some((Separator::Fallback, 2, at)),
                '?' if rest.starts_with("??") => Some((Separator::Fallback, 2, at)),
                '|' | '\t' => Some((Separator::Cell, 1, at)),
                ',' if before.is_some_and(|c| "\"'`".contains(c)) => {
                    Some((Separator::Comma, 1, at))
                }
                '→' => Some((Separator::Word, 3, at)),
                ' ' => {
                    let word = BETWEEN.iter().find(|word| rest[1..].starts_with(*word));
                    word.map(|word| (Separator::Word, 1 + word.len(), at))
                }
                _ => None,
            };
            let Some((separator, length, name_end)) = found else {
                at += character.len_utf8();
                continue;
            };
            if let Some((name_at, name, is_quoted)) = self.name_before(start, name_end, separator) {
                let pair = Pair { name, name_at, is_quoted, separator, value_at: at + length };
                let is_known = Name::parse(name).is_some();
                let refers =
                    matches!(separator, Separator::Tight | Separator::Spaced | Separator::Arrow)
                        || (separator == Separator::Colon && is_first);
                if is_known || refers {
                    return Some(self.past_type(pair, end));
                }
            }
            at += length;
            if matches!(separator, Separator::Cell) {
                start = at;
            }
        }
        None
    }

    /// `clientId: String = "…"`: what stands behind the colon is no value.
    fn past_type(&self, pair: Pair<'a>, end: usize) -> Pair<'a> {
        if pair.separator != Separator::Colon {
            return pair;
        }
        let rest = &self.text[pair.value_at..end];
        let Some(sign) = rest.find('=').filter(|at| *at < 40) else { return pair };
        let is_type = rest[..sign].matches('\'').count().is_multiple_of(2)
            && rest[..sign].chars().all(|c| c.is_alphanumeric() || "<>[]?,.|&_' ".contains(c))
            && rest[sign + 1..].trim_start().starts_with(QUOTES.as_slice())
            && rest[..sign].ends_with(' ');
        if is_type {
            Pair { separator: Separator::Spaced, value_at: pair.value_at + sign + 1, ..pair }
        } else {
            pair
        }
    }

    /// The name that ends at `end`, where it begins, and whether it is in quotes of its own.
    fn name_before(
        &self,
        start: usize,
        end: usize,
        separator: Separator,
    ) -> Option<(usize, &'a str, bool)> {
        let lower = boundary(self.text, end.saturating_sub(LONGEST_NAME).max(start));
        let mut segment = self.text[lower..end].trim_end();
        if segment.ends_with(')') && separator != Separator::Tight {
            segment = segment[..segment.rfind('(')?].trim_end();
        }
        segment = segment.trim_end_matches(['*', '`', ']', '}', '?', '!']);
        let at =
            |name: &str| lower + (name.as_ptr() as usize - self.text[lower..].as_ptr() as usize);
        if let Some(quote @ ('"' | '\'')) = segment.chars().next_back() {
            let inner = segment.trim_end_matches('\\');
            let inner = &inner[..inner.len() - 1];
            let inner = inner.strip_suffix('\\').unwrap_or(inner);
            let open = inner.rfind(quote)?;
            let name = &inner[open + 1..];
            let name = name.trim_start_matches('$');
            // `"name"=` is a quoted value before an equals sign more often than a name.
            return (!name.is_empty() && name.len() < 120).then(|| (at(name), name, true));
        }
        if matches!(separator, Separator::Comma) {
            return None;
        }
        let is_of_a_name = |c: char| c.is_alphanumeric() || "_-.".contains(c);
        let length: usize =
            segment.chars().rev().take_while(|c| is_of_a_name(*c)).map(char::len_utf8).sum();
        let word = &segment[segment.len() - length..];
        let word = word.trim_start_matches(['-', '.']);
        // `$env:NAME`, `process.env.NAME`, `-Dname`.
        let word = word.strip_prefix("process.env.").unwrap_or(word);
        if Name::parse(word).is_some_and(|name| !name.is_weak) {
            let word = if word.starts_with('D') && segment.ends_with(&format!("-{word}")) {
                &word[1..]
            } else {
                word
            };
            if !matches!(separator, Separator::Word | Separator::Cell) || !word.contains('.') {
                return Some((at(word), word, false));
            }
        }
        // A label of several words, the longest that means something.
        let phrase_start = segment
            .rfind(|c: char| ",;|\t(){}[]!?\"“”„=<>/".contains(c) || c == ':')
            .map_or(0, |at| at + segment[at..].chars().next().map_or(1, char::len_utf8));
        let phrase = segment[phrase_start..].trim_start();
        let starts = phrase.match_indices(' ').map(|(at, _)| at + 1);
        let mut starts: Vec<usize> = std::iter::once(0).chain(starts).collect();
        let most = starts.len().saturating_sub(6);
        starts.drain(..most);
        for start in starts {
            let words =
                phrase[start..].trim_start_matches(['*', '-', '#', '•', '_', '`', ' ', '–', '·']);
            if Name::parse(words).is_some() {
                return Some((at(words), words, false));
            }
        }
        let is_identifier =
            word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && word.is_ascii();
        is_identifier.then(|| (at(word), word, false))
    }

    /// The value of a pair, and where it ends. `None` if there is none, or only words.
    fn value(
        &mut self,
        pair: &Pair<'_>,
        name: Option<&Name>,
        line_end: usize,
    ) -> Option<(Given, usize)> {
        let line_end = line_end.min(boundary(self.text, pair.value_at + LONGEST_VALUE));
        if let Some(found) = self.enclosed(pair, line_end) {
            return Some(found);
        }
        let mut at = pair.value_at;
        let rest = &self.text[at..line_end];
        let skipped = rest.trim_start_matches([' ', '\t']);
        at += rest.len() - skipped.len();
        let bold = skipped.trim_start_matches('*').trim_start_matches([' ', '\t']);
        if skipped.starts_with('*') && !matches!(pair.separator, Separator::Tight) {
            at = line_end - bold.len();
        }
        let rest = &self.text[at..];
        if at >= line_end || rest.is_empty() {
            return None;
        }
        let part = name.map(|name| name.part);
        let can_be_list = matches!(
            part,
            Some(Part::ClientSecret | Part::StandbySecret | Part::Scopes | Part::ClientId) | None
        );
        let opens = rest.starts_with(['[', '@', '%', 'a', 'A', 'L', 'l'])
            || (rest.starts_with('(') && pair.separator == Separator::Tight);
        if can_be_list
            && opens
            && let Some((items, length)) = literal::list(rest)
            && !items.is_empty()
            && (rest.starts_with("[\"") || items.iter().all(|it| !it.contains(' ')))
            && (part != Some(Part::ClientId) || items.len() == 1)
        {
            return Some((Given::List(items), at + length));
        }
        let (prefix, grammars) = self.prefixed(pair, rest);
        let rest = &rest[prefix..];
        if rest.starts_with(QUOTES.as_slice()) {
            return self.quoted(pair, part, at + prefix, grammars);
        }
        self.bare(pair, part, at, line_end)
    }

    /// `"NAME=value"`: the quotes are around both.
    fn enclosed(&self, pair: &Pair<'_>, line_end: usize) -> Option<(Given, usize)> {
        if pair.separator != Separator::Tight || pair.is_quoted || pair.name_at == 0 {
            return None;
        }
        let start = pair.name_at - 1;
        let quote = self.text.as_bytes()[start];
        if !matches!(quote, b'"' | b'\'' | b'`') {
            return None;
        }
        let line_start = self.line_start(start);
        let before = self.text[line_start..start].trim();
        // A closing quote of something else.
        if before.ends_with(|c: char| c.is_alphanumeric()) && !self.text[..start].ends_with(' ') {
            return None;
        }
        if before.eq_ignore_ascii_case("set") || before.to_ascii_lowercase().ends_with("& set") {
            // cmd takes all up to the last quote as it stands.
            let rest = &self.text[pair.value_at..line_end];
            let end = rest.rfind('"')?;
            return Some((Given::text(&rest[..end]), pair.value_at + end + 1));
        }
        let length = pair.value_at - start;
        let grammars: &[Grammar] = if self.text[line_start..].trim_start().starts_with('[') {
            &[Grammar::Code]
        } else {
            &[Grammar::Shell, Grammar::Code]
        };
        match literal::quoted(&self.text[start..], grammars) {
            Reading::Clear(whole, end) => {
                Some((Given::text(whole.get(length - 1..)?), start + end))
            }
            Reading::Unclear(end) => Some((Given::Unclear, start + end)),
            Reading::Open => None,
        }
    }

    /// The length of what stands before a quote to say how it is to be read, and how that is.
    fn prefixed(&self, pair: &Pair<'_>, rest: &str) -> (usize, Vec<Grammar>) {
        let length = rest.find(QUOTES.as_slice()).filter(|at| *at <= 2).unwrap_or(0);
        let prefix = &rest[..length];
        let is_prefix = !prefix.is_empty()
            && pair.separator != Separator::Colon
            && prefix.chars().all(|c| "rRbBuUfFL@$".contains(c));
        if is_prefix && prefix != "$" {
            let grammar = match prefix {
                it if it.contains('@') => Grammar::PowerShell,
                it if it.contains(['r', 'R']) => Grammar::Plain,
                _ => Grammar::Code,
            };
            return (length, vec![grammar]);
        }
        if length > 0 {
            return (0, vec![Grammar::Plain]);
        }
        let after = match literal::quoted(rest, &[Grammar::Code]) {
            Reading::Clear(_, end) => rest[end..].trim_start_matches(' ').chars().next(),
            _ => None,
        };
        let before = self.text[..pair.name_at].trim_end_matches(['"', '\'']);
        let is_dollar =
            before.ends_with('$') || before.ends_with("$env:") || before.ends_with("${env:");
        let lead = self.text[self.line_start(pair.name_at)..pair.name_at].trim();
        let grammars = match pair.separator {
            Separator::Tight | Separator::Spaced if is_dollar && after == Some(';') => {
                vec![Grammar::Code, Grammar::PowerShell]
            }
            Separator::Tight | Separator::Spaced if is_dollar => vec![Grammar::PowerShell],
            Separator::Tight if DECLARES.contains(&lead.split(' ').next().unwrap_or_default()) => {
                vec![Grammar::Shell]
            }
            Separator::Tight if matches!(after, Some(',' | ')')) => vec![Grammar::Code],
            Separator::Tight if after == Some(';') => vec![Grammar::Shell, Grammar::Code],
            Separator::Tight if lead.is_empty() => vec![Grammar::Shell, Grammar::Dotenv],
            // fish: `set -gx NAME 'value'`.
            Separator::Command if lead.to_ascii_lowercase().trim_start().starts_with("set -") => {
                vec![Grammar::Fish]
            }
            Separator::Tight | Separator::Command => vec![Grammar::Shell],
            Separator::Spaced if !lead.is_empty() || matches!(after, Some(';' | ',')) => {
                vec![Grammar::Code]
            }
            Separator::Spaced => vec![Grammar::Code, Grammar::Toml],
            Separator::Colon if matches!(after, Some(',' | '}')) || pair.is_quoted => {
                vec![Grammar::Code]
            }
            Separator::Colon => vec![Grammar::Yaml, Grammar::Code],
            Separator::Comma if lead.contains("Environment]::") => vec![Grammar::PowerShell],
            Separator::Arrow | Separator::Comma | Separator::Fallback => vec![Grammar::Code],
            Separator::Cell | Separator::Word => vec![Grammar::Plain, Grammar::Code],
        };
        (0, grammars)
    }

    fn quoted(
        &mut self,
        pair: &Pair<'_>,
        part: Option<Part>,
        at: usize,
        grammars: Vec<Grammar>,
    ) -> Option<(Given, usize)> {
        let spans_lines = grammars.contains(&Grammar::Shell);
        match literal::quoted(&self.text[at..], &grammars) {
            Reading::Clear(value, end) if spans_lines || !value.contains('\n') => {
                Some((Given::Text(value), at + end))
            }
            Reading::Unclear(end) => Some((Given::Unclear, at + end)),
            _ => {
                let is_straight = self.text[at..].starts_with(['"', '\'']);
                if part.is_some()
                    && is_straight
                    && !matches!(pair.separator, Separator::Cell | Separator::Word)
                {
                    self.facts.notes.is_cut_off = true;
                }
                None
            }
        }
    }

    /// A value without quotes.
    fn bare(
        &mut self,
        pair: &Pair<'_>,
        part: Option<Part>,
        at: usize,
        line_end: usize,
    ) -> Option<(Given, usize)> {
        let mut rest = &self.text[at..line_end];
        if pair.separator == Separator::Cell {
            rest = &rest[..rest.find(['|', '\t']).unwrap_or(rest.len())];
        }
        if part == Some(Part::Scopes) {
            let (scopes, length) = scopes(&self.text[at..], rest);
            return (!scopes.is_empty()).then_some((Given::Text(scopes), at + length));
        }
        if matches!(part, Some(Part::Title)) {
            let end = rest.find(" #").unwrap_or(rest.len());
            return Some((Given::text(rest[..end].trim()), at + end));
        }
        // A name in place of a value, with blanks perhaps.
        if let Some((_, close)) = MARKS.iter().find(|(open, _)| rest.starts_with(open))
            && let Some(end) = rest.find(close)
        {
            let end = end + close.len();
            let more = rest[end..].find(char::is_whitespace).unwrap_or(rest[end..].len());
            let tail = if ["<", "["].contains(&&rest[..1]) { 0 } else { more };
            return Some((Given::text(&rest[..end + tail]), at + end + tail));
        }
        let mut end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let token = &rest[..end];
        // `getenv("NAME", …)`, `environ["NAME"]`: what is inside may say more.
        if let Some(open) = token
            .find(['(', '['])
            .filter(|_| pair.separator != Separator::Tight || token.ends_with([')', ',']))
            && token[..open].chars().all(|c| c.is_ascii_alphanumeric() || "_.!:".contains(c))
            && open > 0
        {
            let close = rest[open..].find([')', ']']).map_or(rest.len(), |close| open + close + 1);
            return Some((Given::text(&rest[..close]), at + open + 1));
        }
        if pair.separator == Separator::Tight
            && let Some(next) = next_assignment(token)
        {
            end = next;
            // `.env` and `set` in cmd take a sentence as it stands, but no id or secret has a space.
        }
        let mut token = &rest[..end];
        if token.starts_with("#") && pair.separator != Separator::Tight {
            return None;
        }
        // cmd's and INI's way to end a line, and those of lists.
        let closers: &[char] = match pair.separator {
            Separator::Word => &[',', ';', '.', '!'],
            Separator::Cell => &[],
            _ => &[',', ';'],
        };
        let trimmed = token.trim_end_matches(closers);
        let trimmed = match trimmed.strip_suffix([')', ']', '}']) {
            Some(inner)
                if !inner.contains(['(', '[', '{'])
                    && self.text[self.line_start(pair.name_at)..pair.name_at]
                        .contains(['(', '[', '{']) =>
            {
                inner.trim_end_matches([')', ']', '}', ',', ';'])
            }
            _ => trimmed,
        };
        let trimmed = if pair.separator == Separator::Tight {
            trimmed
        } else {
            trimmed.trim_matches('`').trim_end_matches("**")
        };
        if trimmed.len() < token.len() {
            if part.is_some() {
                self.facts.notes.is_trimmed = true;
            }
            token = trimmed;
        }
        if token.is_empty() || is_word(token) {
            return None;
        }
        let after = rest[end..].trim_start();
        if part.is_some() && !after.is_empty() && !AFTER.iter().any(|mark| after.starts_with(mark))
        {
            // Unless it is the next pair, nobody can say that it is no part of it.
            let next = after.split(char::is_whitespace).next().unwrap_or_default();
            let goes_on = CONTINUATIONS.contains(&next) || next.starts_with('-');
            self.facts.notes.is_trimmed |= !next.contains(['=', ':']) && !goes_on;
        }
        let is_alone = after.is_empty()
            || pair.separator == Separator::Tight
            || pair.separator == Separator::Command
            || AFTER.iter().any(|mark| after.starts_with(mark))
            || part.is_none()
            || looks_like_a_value(token);
        is_alone.then(|| (Given::text(token), at + end))
    }

    /// Where the line before `at` begins, or a place in it from which on it matters.
    fn line_start(&self, at: usize) -> usize {
        let from = boundary(self.text, at.saturating_sub(LONGEST_LEAD));
        self.text[from..at].rfind('\n').map_or(from, |line| from + line + 1)
    }
}

impl Pair<'_> {
    fn reader(&self) -> Reader {
        let is_written = self.is_quoted || self.name.contains('_');
        match self.separator {
            Separator::Colon if !is_written => Reader::Labels,
            Separator::Cell | Separator::Word => Reader::Labels,
            _ if self.name.contains(' ') => Reader::Labels,
            _ => Reader::Variables,
        }
    }
}

/// Words and where they begin; one in quotes is one word.
struct Words<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Iterator for Words<'a> {
    type Item = (usize, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = &self.text[self.at..];
        let skipped = rest.trim_start();
        let start = self.at + rest.len() - skipped.len();
        let first = skipped.chars().next()?;
        let length = match first {
            '"' | '\'' => skipped[1..].find(first).map(|end| end + 2),
            _ => None,
        };
        let more = length.unwrap_or(0);
        let end = skipped[more..].find(char::is_whitespace).map_or(skipped.len(), |at| more + at);
        self.at = start + end;
        Some((start, &skipped[..end]))
    }
}

/// Scopes without quotes, which may have blanks between them, and go on below after a comma.
fn scopes(text: &str, line: &str) -> (String, usize) {
    let is_scope = |word: &str| {
        !word.is_empty()
            && word.chars().all(|c| c.is_ascii_alphanumeric() || "_-.:/,@".contains(c))
            && !word.contains("//")
    };
    let has_commas = line.split_whitespace().next().is_some_and(|word| word.contains(','));
    let mut found: Vec<&str> = Vec::new();
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let skipped = rest.trim_start();
        let gap = &rest[..rest.len() - skipped.len()];
        let goes_on = found.last().is_none_or(|last| last.ends_with(','));
        let is_next_line = gap.contains('\n');
        if is_next_line && !(goes_on && !found.is_empty() && gap.matches('\n').count() == 1) {
            break;
        }
        if !goes_on && has_commas && !skipped.starts_with(',') {
            break;
        }
        let end = skipped.find(|c: char| c.is_whitespace() || c == ';').unwrap_or(skipped.len());
        let word = &skipped[..end];
        let bare = word.trim_matches(['`', '*', '"', '\'', '}', ')', '[', ']']);
        if !is_scope(bare) || (is_next_line && bare.contains(':')) {
            break;
        }
        found.push(bare);
        at += gap.len() + end;
        if skipped[end..].starts_with(';') {
            break;
        }
    }
    (found.join(" "), at)
}

/// Where in a word another assignment begins: `a;NAME=b`, `a&&NAME=b`.
fn next_assignment(token: &str) -> Option<usize> {
    token.match_indices([';', '&']).map(|(at, _)| at).find(|at| {
        let rest = token[*at..].trim_start_matches([';', '&']);
        let name = rest.split_once('=').map(|(name, _)| name);
        name.is_some_and(|name| {
            name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
                && Name::parse(name).is_some()
        })
    })
}

fn ends_with_env(text: &str) -> bool {
    let start = text.len().checked_sub("$env".len());
    start.and_then(|start| text.get(start..)).is_some_and(|it| it.eq_ignore_ascii_case("$env"))
}

/// The first place from `at` on where a character begins.
fn boundary(text: &str, at: usize) -> usize {
    (at..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}

/// Long, and with a digit in it. Words of a sentence are not.
pub(super) fn looks_like_a_value(token: &str) -> bool {
    token.chars().count() >= SHORTEST
        && token.contains(|c: char| c.is_ascii_digit())
        && !token.contains(char::is_whitespace)
}

/// What descriptions and types say in place of a value.
fn is_word(token: &str) -> bool {
    WORDS.contains(&token.to_ascii_lowercase().trim_end_matches(['?', '!', ':']))
}

const COMMENTS: [&str; 9] = ["#", "//", ";", "rem ", "@rem ", "::", "--", "~", "<!--"];
/// Commands and options that are followed by a name and a value.
const VERBS: [&str; 17] = [
    "setx",
    "setenv",
    "set",
    "env",
    "arg",
    "-gx",
    "-x",
    "-ux",
    "-lx",
    "-xg",
    "-xu",
    "-xgl",
    "-gxp",
    "config:set",
    "secret",
    "variable",
    "put",
];
/// With what a POSIX shell declares a variable, which no other language writes without blanks around the `=`.
const DECLARES: [&str; 5] = ["export", "declare", "local", "typeset", "readonly"];
/// What the shells have a command go on in the next line with.
const CONTINUATIONS: [&str; 3] = ["\\", "^", "`"];
/// Words between a name and a value, behind a space.
const BETWEEN: [&str; 13] =
    ["- ", "– ", "— ", "-> ", "is ", "is: ", "ist ", "lautet ", "est ", "es ", "è ", "é ", "は "];
/// Signs around a name that stands for a value.
const MARKS: [(&str, &str); 6] =
    [("${{", "}}"), ("{{", "}}"), ("${", "}"), ("$(", ")"), ("<", ">"), ("[", "]")];
/// What may follow a value in its line.
const AFTER: [&str; 16] =
    ["#", "//", ";", "(", "<", "--", "/*", "|", ",", "&", "←", "- ", "– ", "/ ", "and ", "und "];
const WORDS: [&str; 26] = [
    "string",
    "str",
    "text",
    "null",
    "none",
    "nil",
    "undefined",
    "true",
    "false",
    "required",
    "optional",
    "yes",
    "no",
    "here",
    "the",
    "see",
    "in",
    "value",
    "varchar",
    "secret",
    "&str",
    "tbd",
    "todo",
    "any",
    "object",
    "std::string",
];
/// Ids and secrets have more; a shorter one is taken where nothing else stands in its line.
const SHORTEST: usize = 12;
/// In bytes. Names of aio's contexts are the longest.
const LONGEST_NAME: usize = 200;
/// In bytes. Keywords and types before a name are shorter.
const LONGEST_LEAD: usize = 256;
/// In bytes. No id, secret or list of scopes is longer, and half a megabyte in one line must not take minutes.
const LONGEST_VALUE: usize = 8 * 1024;
/// Programs have hundreds. Each is read at the cost of its value.
const MOST_VARIABLES: usize = 2_000;
