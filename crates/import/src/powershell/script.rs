//! As much of PowerShell as scripts have around a request: texts, hashtables, variables, `ConvertTo-Json`, `-f`, base64.

use std::cell::Cell;

use base64::{Engine as _, prelude::BASE64_STANDARD};

use crate::{
    request::{Reference, Value},
    shell::{self, Dollar},
};

/// What a parameter or a variable is given.
#[derive(Clone, Debug)]
pub(super) enum Expression {
    Text(Value),
    /// `@{ name = value }`, in order.
    Table(Vec<(String, Expression)>),
    /// `… | ConvertTo-Json`.
    Json(Box<Expression>),
    /// `[Convert]::ToBase64String(…)` of a text.
    Base64(Box<Expression>),
    /// One text after the other.
    Joined(Vec<Expression>),
}

/// The parameters of a command, their names in small letters.
#[derive(Debug)]
pub(super) struct Parameters {
    pub named: Vec<(String, Expression)>,
    /// In bytes.
    pub used: usize,
    pub is_cut_off: bool,
}

/// The variables that a script sets.
pub(super) struct Script {
    /// By name in small letters, where they are set, and to what.
    variables: Vec<(String, usize, Expression)>,
    /// How many more expressions may be put in the place of their names.
    steps: Cell<usize>,
}

impl Script {
    /// What is set before a place in a text.
    pub(super) fn before(text: &str, end: usize) -> Self {
        let mut variables: Vec<(String, usize, Expression)> = Vec::new();
        let mut read_to = 0;
        for (at, _) in text[..end].match_indices('$') {
            if at < read_to || variables.len() >= MOST_VARIABLES || !begins_statement(text, at) {
                continue;
            }
            let Some((Dollar::Reference(name), length)) = shell::dollar(&text[at..]) else {
                continue;
            };
            let after = text[at + length..].trim_start_matches([' ', '\t']);
            // `$headers["Name"] = …` and `$headers.Name = …` add to a table.
            let (mut key, mut after) = key(after);
            // `$headers.Add("Name", …)`.
            if key.as_deref().is_some_and(|it| it.eq_ignore_ascii_case("add")) {
                let Some(inner) = after.strip_prefix('(') else { continue };
                let mut parser = Parser::new(inner);
                let Some(Expression::Text(name)) = parser.expression() else { continue };
                let Some(rest) = parser.rest.trim_start().strip_prefix(',') else { continue };
                key = Some(name.written());
                after = rest;
            } else {
                let Some(value) = after.trim_start_matches([' ', '\t']).strip_prefix('=') else {
                    continue;
                };
                after = value;
            }
            let mut parser = Parser::new(after);
            let Some(expression) = parser.expression() else { continue };
            read_to = text.len() - parser.rest.len();
            let name = name.to_lowercase();
            match key {
                Some(key) => {
                    let known = variables.iter_mut().rev().find(|(known, ..)| *known == name);
                    match known {
                        Some((.., Expression::Table(entries))) => entries.push((key, expression)),
                        _ => {
                            let table = Expression::Table(vec![(key, expression)]);
                            variables.push((name, at, table));
                        }
                    }
                }
                None => variables.push((name, at, expression)),
            }
        }
        Self { variables, steps: Cell::new(MOST_STEPS) }
    }

    /// The variables that are texts.
    pub(super) fn texts(&self) -> Vec<(String, Value)> {
        let texts = self.variables.iter().filter_map(|(name, _, expression)| match expression {
            Expression::Text(value) => Some((name.clone(), value.clone())),
            _ => None,
        });
        texts.collect()
    }

    fn variable(&self, name: &str) -> Option<&Expression> {
        let name = name.to_lowercase();
        self.variables.iter().rev().find(|(known, ..)| *known == name).map(|(.., it)| it)
    }

    /// What a variable stands for, if it is one that the script sets.
    pub(super) fn resolved(&self, expression: &Expression) -> Expression {
        self.resolved_within(expression, DEEPEST)
    }

    fn resolved_within(&self, expression: &Expression, depth: usize) -> Expression {
        let Expression::Text(value) = expression else { return expression.clone() };
        let mut references = value.references();
        let only = references.next().filter(|_| value.pieces().len() == 1);
        match only.and_then(|reference| self.variable(&reference.name)) {
            Some(inner) if depth > 0 => self.resolved_within(inner, depth - 1),
            _ => expression.clone(),
        }
    }

    /// The text of an expression, as far as it can be said.
    pub(super) fn text(&self, expression: &Expression) -> Value {
        self.text_within(expression, DEEPEST)
    }

    fn text_within(&self, expression: &Expression, depth: usize) -> Value {
        let steps = self.steps.get();
        if depth == 0 || steps == 0 {
            return Value::default();
        }
        self.steps.set(steps - 1);
        let text = |inner: &Expression| self.text_within(inner, depth - 1);
        match self.resolved(expression) {
            Expression::Text(value) => {
                value.resolved(&|name| self.variable(name).map(text).filter(|it| !it.is_empty()))
            }
            Expression::Table(entries) => self.json(&entries, depth - 1),
            Expression::Json(inner) => match self.resolved(&inner) {
                Expression::Table(entries) => self.json(&entries, depth - 1),
                other => text(&other).json_string(),
            },
            Expression::Base64(inner) => {
                let inner = text(&inner);
                match inner.text() {
                    Some(plain) => Value::literal(&BASE64_STANDARD.encode(plain)),
                    // The value that a reference has can't be encoded on its own.
                    None => {
                        let mut value = Value::default();
                        value.push_output("[Convert]::ToBase64String(…)");
                        value
                    }
                }
            }
            Expression::Joined(parts) => {
                let mut joined = Value::default();
                parts.iter().for_each(|part| joined.append(&text(part)));
                joined
            }
        }
    }

    fn json(&self, entries: &[(String, Expression)], depth: usize) -> Value {
        let mut json = Value::literal("{");
        for (index, (name, expression)) in entries.iter().enumerate() {
            if index > 0 {
                json.push(',');
            }
            json.append(&Value::literal(name).json_string());
            json.push(':');
            let is_table = matches!(self.resolved(expression), Expression::Table(_));
            let text = self.text_within(expression, depth);
            json.append(&if is_table { text } else { text.json_string() });
        }
        json.push('}');
        json
    }

    /// The parameters after a command's name. `None` if none follow.
    pub(super) fn parameters(&self, text: &str) -> Option<Parameters> {
        let mut parser = Parser::new(text);
        let mut named: Vec<(String, Expression)> = Vec::new();
        let mut is_cut_off = false;
        loop {
            parser.skip_blanks();
            // The mark for the next line may have been lost.
            let next = parser.rest.trim_start();
            if parser.rest.starts_with('\n')
                && parameter_name(next).is_some_and(|it| full(it).is_some())
            {
                parser.rest = next;
            }
            if let Some(name) = parameter_name(parser.rest) {
                parser.rest = &parser.rest[1 + name.len()..];
                let known = full(name);
                if known.is_some_and(|it| SWITCHES.contains(&it)) {
                    continue;
                }
                parser.rest = parser.rest.strip_prefix(':').unwrap_or(parser.rest);
                parser.skip_blanks();
                match parser.expression() {
                    Some(value) => named.push((known.unwrap_or(name).to_lowercase(), value)),
                    None if known.is_some() => is_cut_off = true,
                    None => {}
                }
                is_cut_off |= parser.is_cut_off;
            } else if let Some(splat) = parser.rest.strip_prefix('@')
                && splat.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            {
                let end = splat.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
                let (name, rest) = splat.split_at(end.unwrap_or(splat.len()));
                parser.rest = rest;
                if let Some(Expression::Table(entries)) = self.variable(name) {
                    named.extend(entries.iter().map(|(name, value)| {
                        let name = name.to_lowercase();
                        (full(&name).map_or(name.clone(), str::to_owned), value.clone())
                    }));
                }
            } else if parser.rest.is_empty()
                || parser.rest.starts_with(['\n', ';', '|', ')', '}', '>', '#', '&'])
            {
                break;
            } else {
                let before = parser.rest.len();
                let value = parser.expression();
                is_cut_off |= parser.is_cut_off;
                if parser.rest.len() == before {
                    break;
                }
                if !named.iter().any(|(name, _)| name == "uri") {
                    named.extend(value.map(|value| ("uri".to_owned(), value)));
                }
            }
            if is_cut_off {
                break;
            }
        }
        let used = text.len() - parser.rest.len();
        (!named.is_empty()).then_some(Parameters { named, used, is_cut_off })
    }
}

/// Whether what stands before is the end of another statement, or a type.
fn begins_statement(text: &str, at: usize) -> bool {
    let from = shell::floor(text, at.saturating_sub(LONGEST_BEFORE));
    let line = text[from..at].rfind(['\n', ';', '{']).map(|start| from + start + 1);
    let Some(line) = line.or((from == 0).then_some(0)) else { return false };
    let before = text[line..at].trim();
    before.is_empty()
        || (before.starts_with('[') && before.ends_with(']'))
        || before.ends_with('>')
        || before.eq_ignore_ascii_case("set-variable")
}

/// The key in `["name"]` or `.name`, and what follows.
fn key(text: &str) -> (Option<String>, &str) {
    if let Some(inner) = text.strip_prefix('[')
        && let Some((key, after)) = inner.split_once(']')
    {
        return (Some(key.trim_matches(['"', '\'', ' ']).to_owned()), after);
    }
    if let Some(inner) = text.strip_prefix('.') {
        let end = inner.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(inner.len());
        return (Some(inner[..end].to_owned()), &inner[end..]);
    }
    (None, text)
}

/// The name after a hyphen.
fn parameter_name(text: &str) -> Option<&str> {
    let rest = text.strip_prefix('-')?;
    let end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
    (end > 0).then(|| &rest[..end])
}

/// The parameter that has that name, or begins so: PowerShell takes every beginning that only one has.
fn full(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    let exact = PARAMETERS.iter().chain(&SWITCHES).find(|it| **it == name);
    exact.or_else(|| PARAMETERS.iter().chain(&SWITCHES).find(|it| it.starts_with(&name))).copied()
}

struct Parser<'a> {
    rest: &'a str,
    is_cut_off: bool,
    depth: usize,
}

impl<'a> Parser<'a> {
    const fn new(text: &'a str) -> Self {
        Self { rest: text, is_cut_off: false, depth: 0 }
    }

    /// White space, and line ends after a backtick.
    fn skip_blanks(&mut self) {
        loop {
            self.rest = self.rest.trim_start_matches([' ', '\t']);
            let next = self.rest.strip_prefix('`').map(|it| it.trim_start_matches([' ', '\t']));
            match next.and_then(|it| it.strip_prefix('\n')) {
                Some(next) => self.rest = next,
                None => return,
            }
        }
    }

    fn skip_white_space(&mut self) {
        loop {
            self.skip_blanks();
            let next = self.rest.trim_start();
            let next = if next.starts_with('#') {
                &next[next.find('\n').unwrap_or(next.len())..]
            } else {
                next
            };
            if next.len() == self.rest.len() {
                return;
            }
            self.rest = next;
        }
    }

    /// A value and the operators after it. `None` if there is none, or it ends in the middle.
    fn expression(&mut self) -> Option<Expression> {
        if self.depth >= DEEPEST {
            return None;
        }
        self.depth += 1;
        let found = self.operators();
        self.depth -= 1;
        found
    }

    fn operators(&mut self) -> Option<Expression> {
        self.skip_blanks();
        let mut left = self.primary()?;
        loop {
            self.skip_blanks();
            let lower: String = self.rest.chars().take(20).flat_map(char::to_lowercase).collect();
            if let Some(after) = self.rest.strip_prefix('|')
                && after.trim_start().to_lowercase().starts_with("convertto-json")
            {
                self.rest = &after.trim_start()["convertto-json".len()..];
                self.skip_options();
                left = Expression::Json(Box::new(left));
            } else if self.rest.starts_with('+') && !self.rest.starts_with("++") {
                self.rest = &self.rest[1..];
                self.skip_white_space();
                let right = self.primary()?;
                left = Expression::Joined(vec![left, right]);
            } else if lower.starts_with("-f ") {
                self.rest = &self.rest[3..];
                let mut values = Vec::new();
                loop {
                    self.skip_white_space();
                    values.push(self.primary()?);
                    self.skip_blanks();
                    match self.rest.strip_prefix(',') {
                        Some(after) => self.rest = after,
                        None => break,
                    }
                }
                left = formatted(&left, &values);
            } else {
                return Some(left);
            }
        }
    }

    /// `-Compress -Depth 3`.
    fn skip_options(&mut self) {
        loop {
            self.skip_blanks();
            let Some(name) = parameter_name(self.rest) else { return };
            self.rest = &self.rest[1 + name.len()..];
            self.skip_blanks();
            self.rest = self.rest.trim_start_matches(|c: char| c.is_ascii_digit());
        }
    }

    fn primary(&mut self) -> Option<Expression> {
        let rest = self.rest;
        if let Some(after) = rest.strip_prefix("@{") {
            self.rest = after;
            return self.table();
        }
        for (open, close) in [("@\"\n", "\n\"@"), ("@'\n", "\n'@")] {
            if let Some(after) = rest.strip_prefix(open) {
                let Some((text, after)) = after.split_once(close) else {
                    self.is_cut_off = true;
                    return None;
                };
                self.rest = after;
                let has_references = open.contains('"');
                return Some(Expression::Text(if has_references {
                    shell::with_dollars(text)
                } else {
                    Value::literal(text)
                }));
            }
        }
        match rest.chars().next()? {
            '"' | '“' | '”' | '„' => self.double_quoted(),
            '\'' | '‘' | '’' => self.single_quoted(),
            '(' => self.parenthesised(),
            '[' => self.typed(),
            '$' => self.variable(),
            _ => self.bare(),
        }
    }

    fn take(&mut self) -> Option<char> {
        let mut characters = self.rest.chars();
        let taken = characters.next();
        self.rest = characters.as_str();
        taken
    }

    fn cut_off(&mut self) -> Option<Expression> {
        self.is_cut_off = true;
        None
    }

    fn double_quoted(&mut self) -> Option<Expression> {
        self.take();
        let mut value = Value::default();
        loop {
            if self.rest.starts_with('$')
                && let Some((dollar, length)) = shell::dollar(self.rest)
            {
                let (written, rest) = self.rest.split_at(length);
                self.rest = rest;
                value.append(&inner(written, dollar));
                continue;
            }
            let Some(character) = self.take() else { return self.cut_off() };
            match character {
                '"' | '“' | '”' if self.rest.starts_with('"') && character == '"' => {
                    self.take();
                    value.push('"');
                }
                '"' | '“' | '”' => return Some(Expression::Text(value.with_marks())),
                '`' => match self.take() {
                    Some('n') => value.push('\n'),
                    Some('r') => value.push('\r'),
                    Some('t') => value.push('\t'),
                    Some('\n') | None => {}
                    Some(other) => value.push(other),
                },
                other => value.push(other),
            }
        }
    }

    fn single_quoted(&mut self) -> Option<Expression> {
        self.take();
        let mut value = Value::default();
        loop {
            let Some(character) = self.take() else { return self.cut_off() };
            match character {
                '\'' if self.rest.starts_with('\'') => {
                    self.take();
                    value.push('\'');
                }
                '\'' | '‘' | '’' => return Some(Expression::Text(value.with_marks())),
                other => value.push(other),
            }
        }
    }

    fn parenthesised(&mut self) -> Option<Expression> {
        self.take();
        self.skip_white_space();
        let inner = self.expression();
        self.skip_white_space();
        match (inner, self.rest.strip_prefix(')')) {
            (Some(inner), Some(after)) => {
                self.rest = after;
                Some(inner)
            }
            _ if self.rest.is_empty() => self.cut_off(),
            // Another command, or what this doesn't know.
            _ => {
                let end = self.rest.find([')', '\n']).unwrap_or(self.rest.len());
                let output = &self.rest[..end];
                self.rest = self.rest[end..].strip_prefix(')').unwrap_or(&self.rest[end..]);
                let mut value = Value::default();
                value.push_output(output);
                Some(Expression::Text(value))
            }
        }
    }

    /// `[ordered]@{…}`, `[Convert]::ToBase64String(…)`, `[uri]::EscapeDataString(…)`.
    fn typed(&mut self) -> Option<Expression> {
        let Some(end) = self.rest.find(']') else { return self.cut_off() };
        self.rest = &self.rest[end + 1..];
        self.skip_blanks();
        let Some(after) = self.rest.strip_prefix("::") else { return self.primary() };
        let end = after.find(|c: char| !c.is_alphanumeric() && !".[]:_".contains(c));
        let (name, rest) = after.split_at(end.unwrap_or(after.len()));
        self.rest = rest;
        if !self.rest.starts_with('(') {
            return Some(Expression::Text(Value::literal(name)));
        }
        let inner = self.parenthesised()?;
        Some(if name.eq_ignore_ascii_case("ToBase64String") {
            Expression::Base64(Box::new(inner))
        } else {
            inner
        })
    }

    fn variable(&mut self) -> Option<Expression> {
        let Some((dollar, length)) = shell::dollar(self.rest) else { return self.bare() };
        let (written, mut rest) = self.rest.split_at(length);
        let mut value = inner(written, dollar);
        // A member of an object is not what the variable is.
        if rest.starts_with(['.', '[']) {
            let end = rest.find(|c: char| !c.is_alphanumeric() && !"._[]\"'()".contains(c));
            let end = end.unwrap_or(rest.len());
            let end = rest[..end].trim_end_matches(')').len();
            value = Value::default();
            value.push_output(&format!("{written}{}", &rest[..end]));
            rest = &rest[end..];
        }
        self.rest = rest;
        Some(Expression::Text(value))
    }

    fn bare(&mut self) -> Option<Expression> {
        let end = self.rest.find(|c: char| c.is_whitespace() || ";|)}".contains(c));
        let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        if word.is_empty() { None } else { Some(Expression::Text(shell::with_dollars(word))) }
    }

    fn table(&mut self) -> Option<Expression> {
        let mut entries = Vec::new();
        loop {
            self.skip_white_space();
            self.rest = self.rest.trim_start_matches([';', ',']);
            self.skip_white_space();
            if let Some(after) = self.rest.strip_prefix('}') {
                self.rest = after;
                return Some(Expression::Table(entries));
            }
            if self.rest.is_empty() {
                return self.cut_off();
            }
            let name = if self.rest.starts_with(['"', '\'', '“', '‘', '”', '’']) {
                match self.primary()? {
                    Expression::Text(value) => value.written(),
                    _ => return None,
                }
            } else {
                let end = self.rest.find(|c: char| c.is_whitespace() || "=;}".contains(c));
                let (name, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
                self.rest = rest;
                name.to_owned()
            };
            self.skip_blanks();
            let Some(after) = self.rest.strip_prefix('=') else {
                if self.rest.is_empty() {
                    return self.cut_off();
                }
                return None;
            };
            self.rest = after;
            self.skip_white_space();
            entries.push((name, self.expression()?));
        }
    }
}

/// What a `$` in a text stands for. `$($name)` is `$name`.
fn inner(written: &str, dollar: Dollar) -> Value {
    let mut value = Value::default();
    match dollar {
        Dollar::Reference(name) => {
            let written = written.to_owned();
            value.push_reference(Reference { name, written, is_encoded: false });
        }
        Dollar::Output => {
            let body = written.strip_prefix("$(").and_then(|it| it.strip_suffix(')'));
            let body = body.unwrap_or_default().trim();
            match shell::dollar(body) {
                Some((Dollar::Reference(name), length)) if length == body.len() => {
                    let written = written.to_owned();
                    value.push_reference(Reference { name, written, is_encoded: false });
                }
                _ => value.push_output(written),
            }
        }
    }
    value
}

/// `"{0}:{1}" -f $one, $two`.
fn formatted(format: &Expression, values: &[Expression]) -> Expression {
    let Expression::Text(format) = format else { return format.clone() };
    let mut parts = Vec::new();
    let mut rest = format.written();
    while let Some((before, after)) = rest.split_once('{') {
        let Some((index, after)) = after.split_once('}') else { break };
        let Some(value) = index.parse::<usize>().ok().and_then(|index| values.get(index)) else {
            break;
        };
        parts.push(Expression::Text(Value::literal(before)));
        parts.push(value.clone());
        rest = after.to_owned();
    }
    parts.push(Expression::Text(Value::literal(&rest)));
    Expression::Joined(parts)
}

/// Of both commands, in the order of their manual: a beginning stands for the first.
const PARAMETERS: [&str; 38] = [
    "uri",
    "method",
    "headers",
    "body",
    "contenttype",
    "custommethod",
    "authentication",
    "token",
    "credential",
    "form",
    "infile",
    "outfile",
    "useragent",
    "websession",
    "sessionvariable",
    "certificate",
    "certificatethumbprint",
    "proxy",
    "proxycredential",
    "timeoutsec",
    "connectiontimeoutseconds",
    "operationtimeoutseconds",
    "maximumredirection",
    "maximumretrycount",
    "maximumfollowrellink",
    "retryintervalsec",
    "responseheadersvariable",
    "statuscodevariable",
    "transferencoding",
    "httpversion",
    "sslprotocol",
    "unixsocket",
    "erroraction",
    "errorvariable",
    "outvariable",
    "warningaction",
    "informationaction",
    "pipelinevariable",
];
const SWITCHES: [&str; 17] = [
    "usebasicparsing",
    "usedefaultcredentials",
    "disablekeepalive",
    "passthru",
    "skipcertificatecheck",
    "skiphttperrorcheck",
    "skipheadervalidation",
    "allowunencryptedauthentication",
    "allowinsecureredirect",
    "preserveauthorizationonredirect",
    "preservehttpmethodonredirect",
    "proxyusedefaultcredentials",
    "followrellink",
    "noproxy",
    "resume",
    "verbose",
    "debug",
];
/// In bytes: a prompt or a type before a variable.
const LONGEST_BEFORE: usize = 200;
/// A name in a name in a name must not take for ever.
const MOST_STEPS: usize = 2000;
/// Deeper than any script that asks for a token.
const DEEPEST: usize = 12;
/// A script that asks for a token sets a dozen.
const MOST_VARIABLES: usize = 512;
