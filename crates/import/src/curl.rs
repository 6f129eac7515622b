//! Commands of curl, above all the Developer Console's "View cURL command", and what becomes of them on the way to a
//! designer.

pub(super) mod address;
mod options;

use self::address::Likeness;
use super::{
    Refusal,
    request::{Body, FormPart, Found, HttpRequest, RequestFormat, Value},
    shell::{self, Dialect, Line, Word},
};

/// Every command of curl in a text. A mention of its name that no command follows is passed over.
pub(super) fn requests(text: &str) -> Vec<Found> {
    let starts = shell::starts(text, &["curl", "Curl"]);
    let mut found = Vec::new();
    let mut read_to = 0;
    for (index, start) in starts.iter().copied().enumerate() {
        if start < read_to {
            continue;
        }
        let next = starts.get(index + 1).copied().unwrap_or(text.len());
        let Some((requests, used)) = command(text, start, next) else { continue };
        read_to = start + used;
        let range = begin_of_assignments(text, start)..read_to;
        found.extend(requests.into_iter().map(|request| Found { range: range.clone(), request }));
    }
    found
}

/// The requests of a command whose arguments are known one by one, if it names an address.
pub(super) fn of_arguments(arguments: &[String]) -> Vec<HttpRequest> {
    let literal = |text: &str| Word { value: Value::literal(text), is_quoted: true };
    let words = std::iter::once("curl").chain(arguments.iter().map(String::as_str));
    let line = Line { words: words.map(literal).collect(), ..Line::default() };
    let requests = requests_of(&line).unwrap_or_default();
    if has_address(&requests) { requests.into_iter().flatten().collect() } else { Vec::new() }
}

type Requests = Vec<Result<HttpRequest, Refusal>>;

/// The requests of the command that begins at `start`, and how long it is.
fn command(text: &str, start: usize, next: usize) -> Option<(Requests, usize)> {
    let command = &text[start..];
    let before = text[..start].chars().next_back();
    let dialect = Dialect::of(&text[start..next]);
    // "curl …", as somebody quotes a whole command in a sentence or gives it to `sh -c`.
    if let Some(quote @ ('"' | '\'' | '“' | '‘' | '„')) = before
        && let Some(inner) = enclosed(command, quote)
    {
        let line = shell::line(&inner.replace("\\\"", "\""), dialect, before);
        let requests = requests_of(&line);
        if !line.is_cut_off && requests.as_ref().is_some_and(|it| has_address(it)) {
            return Some((requests?, inner.len()));
        }
    }
    let beginning = shell::beginning(command, dialect, before);
    let is_command = |it: &Line| {
        let only_ends_options = it.words.get(1).is_some_and(|it| it.value.head() == "--");
        only_ends_options || Arguments::of(it).is_some()
    };
    if after_quoted_path(command).is_none() && !is_command(&beginning) {
        return None;
    }
    let mut line = match after_quoted_path(command) {
        Some(arguments) => {
            let line = shell::line(&format!("curl{arguments}"), dialect, before);
            Line { used: line.used + command.len() - arguments.len() - "curl".len(), ..line }
        }
        None => shell::line(command, dialect, before),
    };
    line.used = line.used.min(command.len());
    line.stdin = line.stdin.take().or_else(|| piped(&text[..start]));
    let Some(mut requests) = requests_of(&line) else {
        // What asks for nothing: `curl --version`.
        let used = if line.is_cut_off { beginning.used } else { line.used };
        return Some((Vec::new(), used));
    };
    let assignments = assignments(text, start);
    for request in requests.iter_mut().flatten() {
        request.assignments.splice(0..0, assignments.iter().cloned());
    }
    Some((requests, line.used))
}

/// What `echo` or `printf` before a command writes for it to read.
fn piped(before: &str) -> Option<Value> {
    let before = before.trim_end_matches([' ', '\t']).strip_suffix('|')?;
    let from = before.rfind('\n').map_or(0, |at| at + 1);
    let start = shell::starts(before, &["echo", "printf"]).into_iter().rfind(|at| *at >= from)?;
    let line = shell::line(&before[start..], Dialect::Bash, None);
    let [name, arguments @ ..] = line.words.as_slice() else { return None };
    let (has_line_end, text) = match arguments {
        [text] => (name.value.head() == "echo", text),
        [option, text] if option.value.head() == "-n" => (false, text),
        _ => return None,
    };
    let mut written = text.value.clone();
    if has_line_end {
        written.push('\n');
    }
    (!line.is_cut_off && line.used == before.len() - start).then_some(written)
}

/// What follows `C:\…\curl.exe"`.
fn after_quoted_path(command: &str) -> Option<&str> {
    let after = &command["curl".len()..];
    after.strip_prefix(".exe").unwrap_or(after).strip_prefix(['"', '\''])
}

fn has_address(requests: &[Result<HttpRequest, Refusal>]) -> bool {
    requests.iter().flatten().any(|it| it.url.is_some())
}

/// What stands before the quote that closes.
fn enclosed(command: &str, open: char) -> Option<&str> {
    let close = match open {
        '“' => ['”', '“'],
        '„' => ['“', '”'],
        '‘' => ['’', '’'],
        other => [other, other],
    };
    let mut escaped = false;
    let end = command.char_indices().find(|(_, c)| {
        let closes = close.contains(c) && !escaped;
        escaped = *c == '\\' && !escaped;
        closes
    });
    end.map(|(end, _)| &command[..end])
}

/// Where the `NAME=value` before a command begin.
fn begin_of_assignments(text: &str, start: usize) -> usize {
    let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let before = &text[line..start];
    let mut begin = start;
    let mut rest = before;
    while let Some(word) = rest.trim_end().rsplit([' ', '\t']).next() {
        let is_assignment = word.split_once('=').is_some_and(|(name, value)| {
            is_name(name) && !value.starts_with(['$', '`'])
                || (is_name(name) && value.ends_with('}'))
        });
        if !is_assignment {
            break;
        }
        begin = line + (rest.trim_end().len() - word.len());
        rest = &rest[..rest.trim_end().len() - word.len()];
    }
    begin
}

/// The `NAME=value` before a command.
fn assignments(text: &str, start: usize) -> Vec<(String, Value)> {
    let begin = begin_of_assignments(text, start);
    let line = shell::line(&text[begin..start], Dialect::Bash, None);
    let pairs = line.words.iter().filter_map(|word| word.value.split_once(|c| c == '='));
    pairs.map(|(name, value)| (name.written(), value)).collect()
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// `None` if the line is not a command: curl was only mentioned.
fn requests_of(line: &Line) -> Option<Requests> {
    let arguments = Arguments::of(line)?;
    if (line.is_cut_off || arguments.lacks_value) && !arguments.has_prose {
        return Some(vec![Err(Refusal::CutOff)]);
    }
    let operations = arguments.operations.into_iter();
    let requests: Requests = operations
        .flat_map(|operation| operation.requests(line.stdin.as_ref()))
        .map(|mut request| {
            request.assignments.clone_from(&arguments.variables);
            Ok(request)
        })
        .collect();
    (!requests.is_empty()).then_some(requests)
}

/// What a command line says.
#[derive(Default)]
struct Arguments {
    operations: Vec<Operation>,
    /// Those that `--variable` sets.
    variables: Vec<(String, Value)>,
    /// An option at the end has no value.
    lacks_value: bool,
    /// Words stand in it that mean nothing to curl.
    has_prose: bool,
}

impl Arguments {
    /// `None` if what follows the name is neither an option nor an address.
    fn of(line: &Line) -> Option<Self> {
        let mut arguments = Self::default();
        arguments.operations.push(Operation::default());
        let mut words = line.words.iter().skip(1);
        let mut takes_options = true;
        let mut is_first = true;
        while let Some(word) = words.next() {
            let dashed = if word.is_quoted { word.value.clone() } else { dashed(&word.value) };
            let head = dashed.head();
            let understood = if !takes_options || !head.starts_with('-') || head == "-" {
                arguments.positional(word)
            } else if head == "--" && dashed.text().is_some() {
                takes_options = false;
                continue;
            } else if let Some(name) = dashed.strip_prefix("--") {
                arguments.long(&name, &mut words)
            } else {
                arguments.cluster(&dashed.without_head(1), &mut words)
            };
            if is_first && !understood {
                return None;
            }
            is_first = false;
        }
        (!is_first).then_some(arguments)
    }

    fn operation(&mut self) -> &mut Operation {
        if self.operations.is_empty() {
            self.operations.push(Operation::default());
        }
        let last = self.operations.len() - 1;
        &mut self.operations[last]
    }

    fn positional(&mut self, word: &Word) -> bool {
        let plain = address::plain(&word.value, word.is_quoted);
        let Some(likeness) = address::likeness(&plain) else {
            let prose =
                |text: &str| text.chars().all(|c| c.is_alphabetic() || "',.’()!?".contains(c));
            self.has_prose |= !word.is_quoted
                && word.value.text().is_some_and(|text| text.len() > 1 && prose(text));
            return false;
        };
        self.operation().addresses.push((likeness, plain));
        true
    }

    /// An option after two hyphens. Says whether there is such a one.
    fn long<'a>(&mut self, name: &Value, words: &mut impl Iterator<Item = &'a Word>) -> bool {
        // curl itself takes no `=`, but people write it, and no option's name has one.
        let (name, glued) = match name.split_once(|c| c == '=') {
            Some((name, value)) => (name, Some(value)),
            None => (name.clone(), None),
        };
        let name = name.text().unwrap_or_default();
        let Some(option) = options::long(name) else {
            // One of a later curl, of which is not known whether it takes a value.
            let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            return name.len() > 2 && name.chars().all(is_name);
        };
        let mut value = None;
        if option.takes_value {
            value = glued.or_else(|| words.next().map(|word| word.value.clone()));
            self.lacks_value |= value.is_none();
        }
        self.option(option, value);
        true
    }

    /// Letters after one hyphen. What follows a letter that takes a value is its value. Says whether the first is one.
    fn cluster<'a>(&mut self, letters: &Value, words: &mut impl Iterator<Item = &'a Word>) -> bool {
        let mut rest = letters.clone();
        let mut understood = false;
        while let Some(letter) = rest.head().chars().next() {
            let Some(option) = options::short(letter) else { break };
            understood = true;
            rest = rest.without_head(letter.len_utf8());
            if !option.takes_value {
                self.option(option, None);
                continue;
            }
            let value = if rest.is_empty() {
                words.next().map(|word| word.value.clone())
            } else {
                // No method and no header begins with the `=` that long options tempt one to write.
                let is_certain = matches!(option.name, "request" | "header");
                let bare = rest.strip_prefix("=").filter(|_| is_certain);
                Some(bare.unwrap_or_else(|| rest.clone()))
            };
            self.lacks_value |= value.is_none();
            self.option(option, value);
            return true;
        }
        understood
    }

    fn option(&mut self, option: options::Found, value: Option<Value>) {
        let is_on = !option.is_negated;
        let value = value.unwrap_or_default();
        match option.name {
            "next" => {
                self.operations.push(Operation::default());
                return;
            }
            "variable" => {
                if let Some((name, value)) = value.split_once(|c| c == '=') {
                    self.variables.push((name.written(), value));
                }
                return;
            }
            _ => {}
        }
        let operation = self.operation();
        match option.name {
            "get" => operation.is_get = is_on,
            "head" => operation.is_head = is_on,
            "globoff" => operation.keeps_braces = is_on,
            "data" | "data-ascii" | "data-binary" => {
                let keeps_line_ends = option.name == "data-binary";
                operation.data.push(match value.strip_prefix("@") {
                    Some(name) => Data::File { name: name.written(), keeps_line_ends },
                    None => Data::Part(FormPart::Written(value)),
                });
            }
            "data-raw" => operation.data.push(Data::Part(FormPart::Written(value))),
            "data-urlencode" => operation.data.push(urlencoded(&value)),
            "json" => {
                operation.is_json = true;
                operation.data.push(match value.strip_prefix("@") {
                    Some(name) => Data::File { name: name.written(), keeps_line_ends: true },
                    None => Data::Json(value),
                });
            }
            "url-query" => operation.query.push(match value.strip_prefix("+") {
                Some(written) => written,
                None => match urlencoded(&value) {
                    Data::Part(part) => part.sent(),
                    _ => Value::default(),
                },
            }),
            "form" | "form-string" => {
                if let Some((name, value)) = value.split_once(|c| c == '=') {
                    let value =
                        if option.name == "form" { form_value(&value) } else { Some(value) };
                    operation.form.push((name.written(), value));
                }
            }
            "header" | "proxy-header" if value.head().starts_with('@') => {}
            "header" => operation.headers.extend(header(&value)),
            "user" => operation.user = Some(value),
            "oauth2-bearer" => operation.bearer = Some(value),
            "user-agent" => operation.imply("User-Agent", value),
            "referer" => operation.imply("Referer", value),
            "cookie" if value.written().contains('=') => operation.imply_cookie(&value),
            "request" => operation.method = Some(value.written()),
            "upload-file" => operation.upload = Some(value.written()),
            "url" => {
                let plain = address::plain(&value, true);
                let likeness = address::likeness(&plain);
                operation.addresses.extend(likeness.map(|likeness| (likeness, plain)));
            }
            _ => {}
        }
    }
}

/// What belongs to one request, or to one for each address.
#[derive(Default)]
struct Operation {
    addresses: Vec<(Likeness, Value)>,
    method: Option<String>,
    /// As given; without a value where one is to be left out.
    headers: Vec<(String, Option<Value>)>,
    /// Those of options that set a header.
    implied: Vec<(&'static str, Value)>,
    data: Vec<Data>,
    /// Without a value where that is in a file.
    form: Vec<(String, Option<Value>)>,
    query: Vec<Value>,
    user: Option<Value>,
    bearer: Option<Value>,
    upload: Option<String>,
    is_get: bool,
    is_head: bool,
    is_json: bool,
    keeps_braces: bool,
}

/// What one option of data gave.
enum Data {
    Part(FormPart),
    /// Put behind what is there, without `&`.
    Json(Value),
    File {
        name: String,
        keeps_line_ends: bool,
    },
    /// `--data-urlencode name@file`.
    EncodedFile {
        field: String,
        file: String,
    },
}

impl Operation {
    /// Of several options that set the same header the last counts.
    fn imply(&mut self, name: &'static str, value: Value) {
        self.implied.retain(|(known, _)| *known != name);
        self.implied.push((name, value));
    }

    /// All cookies go into one header.
    fn imply_cookie(&mut self, value: &Value) {
        match self.implied.iter_mut().find(|(name, _)| *name == "Cookie") {
            Some((_, known)) => {
                known.push(';');
                known.append(value);
            }
            None => self.implied.push(("Cookie", value.clone())),
        }
    }

    fn requests(mut self, stdin: Option<&Value>) -> Vec<HttpRequest> {
        let surest = self.addresses.iter().map(|(likeness, _)| *likeness).min();
        let addresses: Vec<Value> = std::mem::take(&mut self.addresses)
            .into_iter()
            .filter(|(likeness, _)| Some(*likeness) == surest)
            .flat_map(|(_, it)| if self.keeps_braces { vec![it] } else { address::globbed(&it) })
            .take(MOST_ADDRESSES)
            .collect();
        let body = self.body(stdin);
        let mut request = HttpRequest::new(RequestFormat::Curl);
        request.method = self.method(&body);
        request.body = body;
        request.user = self.user.take();
        request.headers = self.headers(&request);
        if request.header("authorization").is_some() {
            request.user = None;
        }
        if self.is_get {
            self.query.splice(0..0, request.body.sent());
            request.body = Body::None;
        }
        self.query.retain(|part| !part.is_empty());
        let is_empty = request.body == Body::None && request.user.is_none();
        if addresses.is_empty() {
            return if is_empty { Vec::new() } else { vec![request] };
        }
        let with_address = |address: &Value| {
            let mut request = request.clone();
            let (address, user) = address::without_user(address);
            if request.header("authorization").is_none() {
                request.user = request.user.or(user);
            }
            request.url = Some(with_query(&address, &self.query));
            request
        };
        addresses.iter().map(with_address).collect()
    }

    fn method(&self, body: &Body) -> String {
        let by_body = match body {
            _ if self.is_head => "HEAD",
            _ if self.is_get => "GET",
            _ if self.upload.is_some() => "PUT",
            Body::None if self.data.is_empty() => "GET",
            _ => "POST",
        };
        let given = self.method.as_ref().filter(|method| !method.is_empty());
        given.cloned().unwrap_or_else(|| by_body.to_owned())
    }

    fn body(&self, stdin: Option<&Value>) -> Body {
        if let Some(name) = &self.upload {
            return Body::FromFile(name.clone());
        }
        if !self.form.is_empty() {
            let known =
                self.form.iter().filter_map(|(name, value)| Some((name.clone(), value.clone()?)));
            return Body::Multipart(known.collect());
        }
        let mut parts: Vec<FormPart> = Vec::new();
        let mut missing = None;
        for data in &self.data {
            match data {
                Data::Part(part) => parts.push(part.clone()),
                Data::Json(more) => match parts.last_mut() {
                    Some(FormPart::Written(known)) => known.append(more),
                    _ => parts.push(FormPart::Written(more.clone())),
                },
                Data::File { name, keeps_line_ends } => match stdin.filter(|_| is_stdin(name)) {
                    Some(text) if *keeps_line_ends => parts.push(FormPart::Written(text.clone())),
                    Some(text) => {
                        let mut joined = Value::default();
                        text.split('\n').iter().for_each(|line| joined.append(line));
                        parts.push(FormPart::Written(joined));
                    }
                    None => missing = Some(name.clone()),
                },
                Data::EncodedFile { field, file } => match stdin.filter(|_| is_stdin(file)) {
                    Some(text) => {
                        parts.push(FormPart::Field { name: field.clone(), value: text.clone() })
                    }
                    None => missing = Some(file.clone()),
                },
            }
        }
        match missing {
            Some(name) if parts.is_empty() => Body::FromFile(name),
            _ if parts.is_empty() => Body::None,
            _ => {
                let body = Body::Form(parts);
                let text = body.sent().unwrap_or_default();
                let says_json = self.headers.iter().any(|(name, value)| {
                    name.eq_ignore_ascii_case("content-type")
                        && value.as_ref().is_some_and(|it| it.written().contains("json"))
                });
                let looks_like_json = text.head().trim_start().starts_with(['{', '[']);
                if self.is_json || says_json || looks_like_json { Body::Json(text) } else { body }
            }
        }
    }

    /// The headers that were given, and those that follow from the options and were neither given nor forbidden.
    fn headers(&self, request: &HttpRequest) -> Vec<(String, Value)> {
        let mut implied: Vec<(&str, Value)> = self.implied.clone();
        let bearer = self.bearer.as_ref().map(|token| {
            let mut value = Value::literal("Bearer ");
            value.append(token);
            ("Authorization", value)
        });
        implied.extend(bearer);
        let content_type = match request.body {
            _ if self.is_json => Some("application/json"),
            _ if self.is_get || self.upload.is_some() => None,
            Body::Multipart(_) => Some("multipart/form-data"),
            Body::None => None,
            _ => Some("application/x-www-form-urlencoded"),
        };
        implied.extend(content_type.map(|it| ("Content-Type", Value::literal(it))));
        implied.extend(self.is_json.then(|| ("Accept", Value::literal("application/json"))));
        let given = self.headers.iter();
        let mut headers: Vec<(String, Value)> =
            given.filter_map(|(name, value)| Some((name.clone(), value.clone()?))).collect();
        let is_given =
            |name: &str| self.headers.iter().any(|(it, _)| it.eq_ignore_ascii_case(name));
        let missing = implied.into_iter().filter(|(name, _)| !is_given(name));
        headers.extend(missing.map(|(name, value)| (name.to_owned(), value)));
        headers
    }
}

fn is_stdin(file: &str) -> bool {
    matches!(file, "-" | "/dev/stdin" | ".")
}

/// `content`, `=content`, `name=content`, `@file` or `name@file`.
fn urlencoded(value: &Value) -> Data {
    if let Some((name, value)) = value.split_once(|c| c == '=') {
        return Data::Part(FormPart::Field { name: name.written(), value });
    }
    match value.split_once(|c| c == '@') {
        Some((field, file)) => Data::EncodedFile { field: field.written(), file: file.written() },
        None => Data::Part(FormPart::Field { name: String::new(), value: value.clone() }),
    }
}

/// The value in `-F name=value;type=…`. `None` if it is in a file.
fn form_value(value: &Value) -> Option<Value> {
    if value.head().starts_with(['@', '<']) {
        return None;
    }
    if let Some(quoted) = value.strip_prefix("\"")
        && let Some((inner, _)) = quoted.split_once(|c| c == '"')
    {
        return Some(inner);
    }
    let (inner, after) =
        value.split_once(|c| c == ';').unwrap_or((value.clone(), Value::default()));
    let is_attribute = ["type=", "filename=", "headers=", "encoder="]
        .iter()
        .any(|name| after.head().trim_start().starts_with(name));
    Some(if is_attribute { inner } else { value.clone() })
}

/// `Name: value`; `Name;` for one without a value; `Name:` for one that curl shall leave out.
fn header(value: &Value) -> Option<(String, Option<Value>)> {
    if let Some((name, value)) = value.split_once(|c| c == ':') {
        let value = value.trimmed();
        return Some((name.written().trim().to_owned(), (!value.is_empty()).then_some(value)));
    }
    let (name, rest) = value.split_once(|c| c == ';')?;
    rest.is_empty().then(|| (name.written().trim().to_owned(), Some(Value::default())))
}

fn with_query(address: &Value, query: &[Value]) -> Value {
    if query.is_empty() {
        return address.clone();
    }
    let (mut done, fragment) = match address.split_once(|c| c == '#') {
        Some((before, fragment)) => (before, Some(fragment)),
        None => (address.clone(), None),
    };
    for part in query {
        let written = done.written();
        if !written.contains('?') {
            let after_scheme = written.find("://").map_or(0, |at| at + 3);
            if !written[after_scheme..].contains('/') && done.text().is_some() {
                done.push('/');
            }
            done.push('?');
        } else if !written.ends_with('?') {
            done.push('&');
        }
        done.append(part);
    }
    if let Some(fragment) = fragment {
        done.push('#');
        done.append(&fragment);
    }
    done
}

/// With the hyphens that a mail program made one dash of.
fn dashed(word: &Value) -> Value {
    let Some(dash) = word.head().chars().next().filter(|c| ['—', '–'].contains(c)) else {
        return word.clone();
    };
    let rest = word.without_head(dash.len_utf8());
    let name: String =
        rest.head().chars().take_while(|c| c.is_alphanumeric() || *c == '-').collect();
    let is_long = name.chars().count() > 2
        && options::long(&name).is_some_and(|it| name.len() > 3 || it.name == name);
    let mut hyphens = Value::literal(if is_long { "--" } else { "-" });
    hyphens.append(&rest);
    hyphens
}

/// A command with more is no request for a token.
const MOST_ADDRESSES: usize = 32;
