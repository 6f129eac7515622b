//! Commands of HTTPie, and of xh, which takes the same: <https://httpie.io/docs/cli>.

use super::{
    Refusal,
    curl::address::{self, Likeness},
    request::{Body, FormPart, Found, HttpRequest, RequestFormat, Value},
    shell::{self, Dialect, Line},
};

/// Every command of HTTPie in a text.
pub(super) fn requests(text: &str) -> Vec<Found> {
    let starts = shell::starts(text, &["http", "https", "xh", "xhs"]);
    let mut found = Vec::new();
    let mut read_to = 0;
    for start in starts {
        if start < read_to || !shell::begins_command(text, start) {
            continue;
        }
        let command = &text[start..];
        let dialect = Dialect::of(command.split("\n\n").next().unwrap_or(command));
        let line = shell::line(command, dialect, text[..start].chars().next_back());
        let Some((request, has_value)) = Arguments::of(&line).and_then(Arguments::request) else {
            continue;
        };
        read_to = start + line.used;
        let is_cut_off = line.is_cut_off || !has_value;
        let request = if is_cut_off { Err(Refusal::CutOff) } else { Ok(request) };
        found.push(Found { range: start..read_to, request });
    }
    found
}

#[derive(Default)]
struct Arguments {
    /// `https` and `xhs` mean it where the address doesn't say.
    is_https: bool,
    is_form: bool,
    is_multipart: bool,
    auth: Option<Value>,
    is_bearer: bool,
    raw: Option<Value>,
    /// A method perhaps, the address, and the items.
    words: Vec<(Value, bool)>,
    lacks_value: bool,
}

impl Arguments {
    fn of(line: &Line) -> Option<Self> {
        let mut arguments = Self::default();
        let mut words = line.words.iter();
        let name = words.next()?.value.written();
        arguments.is_https = name.ends_with('s');
        let mut takes_options = true;
        while let Some(word) = words.next() {
            let head = word.value.head();
            if !takes_options || !head.starts_with('-') || word.is_quoted && head.contains(' ') {
                arguments.words.push((word.value.clone(), word.is_quoted));
                continue;
            }
            if head == "--" {
                takes_options = false;
                continue;
            }
            let mut letters = word.value.without_head(1);
            if let Some(name) = word.value.strip_prefix("--") {
                let (name, glued) = match name.split_once(|c| c == '=') {
                    Some((name, value)) => (name.written(), Some(value)),
                    None => (name.written(), None),
                };
                let takes_value = LONG_WITH_VALUE.contains(&name.as_str());
                let value = glued.or_else(|| {
                    takes_value.then(|| words.next().map(|it| it.value.clone())).flatten()
                });
                arguments.lacks_value |= takes_value && value.is_none();
                arguments.option(&name, value);
                continue;
            }
            while let Some(letter) = letters.head().chars().next() {
                letters = letters.without_head(letter.len_utf8());
                let Some((_, name)) = LETTERS.iter().find(|(it, _)| *it == letter) else {
                    continue;
                };
                if !LONG_WITH_VALUE.contains(name) {
                    arguments.option(name, None);
                    continue;
                }
                let value = if letters.is_empty() {
                    words.next().map(|it| it.value.clone())
                } else {
                    Some(letters)
                };
                arguments.lacks_value |= value.is_none();
                arguments.option(name, value);
                break;
            }
        }
        Some(arguments)
    }

    fn option(&mut self, name: &str, value: Option<Value>) {
        match name {
            "form" => self.is_form = true,
            "multipart" => self.is_multipart = true,
            "auth" => self.auth = value,
            "auth-type" => {
                self.is_bearer = value.is_some_and(|it| it.written() == "bearer");
            }
            "raw" => self.raw = value,
            _ => {}
        }
    }

    /// And whether every option had its value. `None` if there is no address where it must be: the word was no command.
    fn request(self) -> Option<(HttpRequest, bool)> {
        let mut words = self.words.into_iter().peekable();
        let is_method = |text: &str| {
            (3..=7).contains(&text.len()) && text.chars().all(|c| c.is_ascii_uppercase())
        };
        let method = words.next_if(|(it, _)| it.text().is_some_and(is_method));
        let (address, is_quoted) = words.next()?;
        let mut request = HttpRequest::new(RequestFormat::Httpie);
        let address = local(&address::plain(&address, is_quoted));
        // A lone name is a word of a sentence more often than a host.
        let likeness = address::likeness(&address)?;
        if likeness == Likeness::Host && method.is_none() && words.peek().is_none() {
            return None;
        }
        let has_scheme = address.head().contains("://") || address.head().is_empty();
        let mut url = Value::default();
        if self.is_https && !has_scheme {
            url.push_text("https://");
        }
        url.append(&address);
        let (url, user) = address::without_user(&url);
        request.url = Some(url);
        request.user = user;
        let mut items = Items::default();
        for (word, _) in words {
            items.add(&word);
        }
        request.headers = items.headers;
        match self.auth {
            Some(token) if self.is_bearer => {
                let mut value = Value::literal("Bearer ");
                value.append(&token);
                request.headers.push(("Authorization".to_owned(), value));
            }
            Some(user) => request.user = Some(user),
            None => {}
        }
        let mut content_type = "application/json";
        request.body = match self.raw {
            Some(raw) => Body::of_text(raw, request.header("content-type")),
            None if items.fields.is_empty() && items.file.is_none() => Body::None,
            None if self.is_multipart => {
                content_type = "multipart/form-data";
                let fields = items.fields.into_iter().map(|(name, value, _)| (name, value));
                Body::Multipart(fields.collect())
            }
            None if self.is_form => {
                content_type = "application/x-www-form-urlencoded; charset=utf-8";
                let field = |(name, value, _)| FormPart::Field { name, value };
                Body::Form(items.fields.into_iter().map(field).collect())
            }
            None => match items.file {
                Some(file) if items.fields.is_empty() => Body::FromFile(file),
                _ => Body::Json(json_of(&items.fields)),
            },
        };
        if request.body != Body::None && request.header("content-type").is_none() {
            request.headers.push(("Content-Type".to_owned(), Value::literal(content_type)));
        }
        let by_body = if request.body == Body::None { "GET" } else { "POST" };
        request.method = method.map_or_else(|| by_body.to_owned(), |(it, _)| it.written());
        for (index, (name, value)) in items.query.iter().enumerate() {
            let part = FormPart::Field { name: name.clone(), value: value.clone() }.sent();
            let url = request.url.get_or_insert_default();
            let has_query = index > 0 || url.written().contains('?');
            url.push(if has_query { '&' } else { '?' });
            url.append(&part);
        }
        Some((request, !self.lacks_value))
    }
}

/// `:8080/path` is this computer's.
fn local(address: &Value) -> Value {
    let Some(rest) = address.strip_prefix(":") else { return address.clone() };
    let mut done = Value::literal("localhost");
    if rest.head().starts_with(|c: char| c.is_ascii_digit()) {
        done.push(':');
    }
    done.append(&rest);
    done
}

/// What the words after the address set.
#[derive(Default)]
struct Items {
    headers: Vec<(String, Value)>,
    query: Vec<(String, Value)>,
    /// With whether the value is JSON as it stands.
    fields: Vec<(String, Value, bool)>,
    file: Option<String>,
}

impl Items {
    /// The separator that comes first decides, and of several there the longest.
    fn add(&mut self, item: &Value) {
        let Some((name, rest)) = item.split_once(|c| ":=@".contains(c)) else { return };
        let name = name.written();
        let separator = item.written()[name.len()..].chars().next();
        let after = rest.head();
        match separator {
            Some(':') if after.starts_with("=@") => self.file = Some(name),
            Some(':') if after.starts_with('=') => {
                self.fields.push((name, rest.without_head(1), true));
            }
            Some(':') => self.headers.push((name, rest.trimmed())),
            Some('=') if after.starts_with('=') => self.query.push((name, rest.without_head(1))),
            Some('=') if after.starts_with('@') => self.file = Some(rest.written()),
            Some('=') => self.fields.push((name, rest, false)),
            _ => self.file = Some(rest.written()),
        }
    }
}

fn json_of(fields: &[(String, Value, bool)]) -> Value {
    let mut json = Value::literal("{");
    for (index, (name, value, is_json)) in fields.iter().enumerate() {
        if index > 0 {
            json.push(',');
        }
        json.push_text(&serde_json::Value::from(name.as_str()).to_string());
        json.push(':');
        json.append(&if *is_json { value.clone() } else { value.json_string() });
    }
    json.push('}');
    json
}

const LETTERS: [(char, &str); 10] = [
    ('f', "form"),
    ('j', "json"),
    ('a', "auth"),
    ('A', "auth-type"),
    ('o', "output"),
    ('p', "print"),
    ('P', "history-print"),
    ('s', "style"),
    ('v', "verbose"),
    ('h', "headers"),
];
const LONG_WITH_VALUE: [&str; 25] = [
    "auth",
    "auth-type",
    "boundary",
    "cert",
    "cert-key",
    "cert-key-pass",
    "ciphers",
    "default-scheme",
    "format-options",
    "history-print",
    "max-headers",
    "max-redirects",
    "output",
    "pretty",
    "print",
    "proxy",
    "raw",
    "response-charset",
    "response-mime",
    "session",
    "session-read-only",
    "ssl",
    "style",
    "timeout",
    "verify",
];
