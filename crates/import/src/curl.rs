//! The Developer Console's "View cURL command", and what becomes of it on the way to a designer.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use url::Url;

use super::{
    Authentication, Body, Refusal,
    fields::{Fields, Part, part},
    json,
    shell::{self, Dialect},
};

/// Whether a command to curl stands anywhere in a text.
pub(super) fn is_in(text: &str) -> bool {
    starts(text).next().is_some()
}

/// Reads every command in a text. Those that ask for no token are passed over.
pub(super) fn read(text: &str) -> Result<(super::Source, Fields), Refusal> {
    let mut found: Option<Fields> = None;
    let mut read_to = 0;
    for start in starts(text).take(MOST_COMMANDS) {
        if start < read_to {
            continue;
        }
        let command = &text[start..];
        let next = starts(&command[4..]).next().map_or(command.len(), |next| next + 4);
        let dialect = Dialect::of(&command[..next]);
        let (words, used) = shell::words(command, dialect)?;
        read_to = start + used;
        let fields = Command::of(&words)?.fields()?;
        if fields.is_something() {
            found = Some(match found.take() {
                Some(before) => before.join(fields)?,
                None => fields,
            });
        }
    }
    let fields = found.ok_or(Refusal::Nothing)?;
    if fields.contradicts {
        return Err(Refusal::SeveralCredentials);
    }
    Ok((super::Source::Curl, fields))
}

/// Where "curl" is a word and is followed by what a command has.
fn starts(text: &str) -> impl Iterator<Item = usize> + '_ {
    text.match_indices("curl").map(|(at, _)| at).filter(|at| {
        let before = text[..*at].chars().next_back();
        let after = &text[at + 4..];
        let after = after.strip_prefix(".exe").unwrap_or(after);
        let argument = after.trim_start_matches([' ', '\t', '\\', '^', '`', '\n']);
        before.is_none_or(|c| c.is_whitespace() || "$>`(:\"'“".contains(c))
            && after.starts_with([' ', '\t'])
            && argument.starts_with(['-', '–', '—', '\'', '"', '“', '‘', '„', '^'])
            || (argument.starts_with("http") && after.starts_with(' '))
    })
}

#[derive(Default)]
struct Command {
    url: Option<String>,
    headers: Vec<String>,
    /// In the order given: `-d` data, or one field whose value needs no decoding.
    data: Vec<Data>,
    user: Option<String>,
}

enum Data {
    Encoded(String),
    Field(String),
}

impl Command {
    fn of(words: &[String]) -> Result<Self, Refusal> {
        let mut command = Self::default();
        let mut words = words.iter().skip(1).map(|word| dashed(word));
        while let Some(word) = words.next() {
            let (option, glued) = match word.strip_prefix("--") {
                Some(_) => match word.split_once('=') {
                    Some((option, value)) => (option.to_owned(), Some(value.to_owned())),
                    None => (word.clone(), None),
                },
                None if word.starts_with('-') && word.len() > 1 => {
                    let end = word.char_indices().nth(2).map_or(word.len(), |(at, _)| at);
                    let (option, value) = word.split_at(end);
                    (option.to_owned(), (!value.is_empty()).then(|| value.to_owned()))
                }
                None => {
                    command.url.get_or_insert(word);
                    continue;
                }
            };
            if !TAKES_VALUE.contains(&option.as_str()) {
                continue;
            }
            let value = glued.or_else(|| words.next()).ok_or(Refusal::CutOff)?;
            command.option(&option, value)?;
        }
        Ok(command)
    }

    fn option(&mut self, option: &str, value: String) -> Result<(), Refusal> {
        match option {
            "-d" | "--data" | "--data-ascii" | "--data-binary" if value.starts_with('@') => {
                return Err(Refusal::FromFile);
            }
            "-d" | "--data" | "--data-ascii" | "--data-raw" | "--data-binary" | "--json" => {
                self.data.push(Data::Encoded(value));
            }
            "--data-urlencode" | "-F" | "--form" | "--form-string" => {
                self.data.push(Data::Field(value));
            }
            "-H" | "--header" => self.headers.push(value),
            "-u" | "--user" => self.user = Some(value),
            "--url" => self.url = Some(value),
            _ => {}
        }
        Ok(())
    }

    fn fields(&self) -> Result<Fields, Refusal> {
        let mut fields = Fields::default();
        if let Some(url) = &self.url {
            read_url(url, &mut fields);
        }
        let encoded: Vec<_> = self
            .data
            .iter()
            .filter_map(|data| match data {
                Data::Encoded(text) => Some(text.as_str()),
                Data::Field(_) => None,
            })
            .collect();
        let whole = encoded.join("&");
        if whole.trim_start().starts_with('{') {
            let object = json::object(&whole).ok_or(Refusal::CutOff)?;
            fields.body = Some(Body::Json);
            json::flat(&object, &mut fields);
        } else {
            read_form(&whole, &mut fields);
        }
        for data in &self.data {
            if let Data::Field(field) = data
                && let Some((name, value)) = field.split_once('=')
            {
                fields.put_named(name, value);
            }
        }
        if let Some(user) = &self.user {
            read_basic(user, &mut fields);
        }
        for (name, value) in self.headers.iter().filter_map(|header| header.split_once(':')) {
            let value = value.trim();
            match name.trim().to_ascii_lowercase().as_str() {
                "x-api-key" => fields.put(Part::ApiKey, value),
                "authorization" => {
                    let basic = value.strip_prefix("Basic ").map(str::trim);
                    let decoded = basic.and_then(|text| BASE64_STANDARD.decode(text).ok());
                    if let Some(user) = decoded.and_then(|bytes| String::from_utf8(bytes).ok()) {
                        // RFC 6749 section 2.3.1 has both parts form-encoded.
                        read_basic(&percent_decoded(&user).0, &mut fields);
                    }
                }
                _ => {}
            }
        }
        // An API key in a header belongs to a call of Firefly and not to one for a token.
        if fields.is_api_key && fields.client_secrets.is_empty() {
            fields.client_id = None;
        }
        Ok(fields)
    }
}

/// With the hyphens that a mail program made one dash of.
fn dashed(word: &str) -> String {
    match word.strip_prefix(['—', '–']) {
        Some(rest) if rest.starts_with('-') => format!("-{rest}"),
        Some(rest)
            if rest.split('=').next().unwrap_or_default().chars().count() > 1
                && LONG.iter().any(|long| rest.starts_with(long)) =>
        {
            format!("--{rest}")
        }
        Some(rest) => format!("-{rest}"),
        None => word.to_owned(),
    }
}

fn read_basic(user: &str, fields: &mut Fields) {
    if let Some((id, secret)) = user.split_once(':') {
        fields.authentication = Some(Authentication::Basic);
        fields.put(Part::ClientId, id);
        fields.put(Part::ClientSecret, secret);
    }
}

/// Old instructions of Adobe's have the fields in the address.
fn read_url(text: &str, fields: &mut Fields) {
    let (address, query) = text.split_once('?').unwrap_or((text, ""));
    read_form(query, fields);
    let with_scheme =
        if address.contains("://") { address.to_owned() } else { format!("https://{address}") };
    if Url::parse(&with_scheme).is_ok() {
        fields.put(Part::Endpoint, &with_scheme);
    }
}

/// A form-encoded body, perhaps written by somebody who did not encode it.
fn read_form(text: &str, fields: &mut Fields) {
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut pieces = text.split('&').peekable();
    while let Some(piece) = pieces.next() {
        match piece.split_once('=') {
            Some((name, value)) if is_field(name) => {
                pairs.push((name.trim().to_owned(), value.to_owned()));
            }
            // No field that a token request has: the sign was part of a secret.
            _ => match pairs.last_mut() {
                Some((name, value))
                    if part(name) == Some(Part::ClientSecret)
                        && (!piece.is_empty() || pieces.peek().is_some()) =>
                {
                    value.push('&');
                    value.push_str(piece);
                    fields.taken_literally = true;
                }
                _ => {}
            },
        }
    }
    for (name, value) in pairs {
        let (_, was_encoded) = percent_decoded(&value);
        let part = part(&name);
        let is_secret = matches!(part, Some(Part::ClientSecret | Part::RefreshToken));
        let value = if is_secret {
            // Nobody has a space in a secret, and many a plus; a body that is encoded has none left.
            if !was_encoded && value.contains('+') {
                fields.taken_literally = true;
            }
            if was_encoded {
                percent_decoded(&value.replace('+', " ")).0
            } else {
                value.trim_start().to_owned()
            }
        } else {
            percent_decoded(&value.replace('+', " ")).0
        };
        if let Some(part) = part {
            fields.put(part, &value);
        }
    }
}

fn is_field(name: &str) -> bool {
    let name = name.trim();
    part(name).is_some() || OTHER_FIELDS.contains(&name)
}

/// Decoded if every `%` begins an escape and the result is text; else as it is. Says which.
fn percent_decoded(value: &str) -> (String, bool) {
    let is_escape = |at: usize| {
        value
            .as_bytes()
            .get(at + 1..at + 3)
            .is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))
    };
    let mut escapes = value.match_indices('%').peekable();
    let is_encoded = escapes.peek().is_some()
        && escapes.all(|(at, _)| is_escape(at))
        && !value.contains(['"', '\'', '<', '>', '\\', '^', '`', '{', '|', '}']);
    if !is_encoded {
        return (value.to_owned(), false);
    }
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let [first, after @ ..] = rest {
        match (first, after) {
            (b'%', [high, low, after @ ..]) => {
                let digit = |byte: u8| char::from(byte).to_digit(16).unwrap_or_default() as u8;
                bytes.push(digit(*high) * 16 + digit(*low));
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    match String::from_utf8(bytes) {
        Ok(text) => (text, true),
        Err(_) => (value.to_owned(), false),
    }
}

/// A mail that quotes a long thread has a handful.
const MOST_COMMANDS: usize = 16;
/// Of token requests, beside those that are read.
const OTHER_FIELDS: [&str; 6] =
    ["code", "code_verifier", "response_type", "org_id", "state", "assertion"];
const LONG: [&str; 8] = ["data", "header", "request", "url", "location", "user", "form", "json"];
const TAKES_VALUE: [&str; 27] = [
    "-d",
    "--data",
    "--data-ascii",
    "--data-raw",
    "--data-binary",
    "--data-urlencode",
    "--json",
    "-F",
    "--form",
    "--form-string",
    "-H",
    "--header",
    "-u",
    "--user",
    "--url",
    "-X",
    "--request",
    "-o",
    "--output",
    "-A",
    "--user-agent",
    "-x",
    "--proxy",
    "-m",
    "--max-time",
    "-b",
    "--cookie",
];
