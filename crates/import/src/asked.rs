//! What the requests in a text say of a credential: their fields, their headers, and the address that they go to.

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use super::{
    Authentication, Body, Refusal, document,
    facts::{Facts, Given, Group, Manner, Reader},
    form::{self, REQUEST_URL},
    names::{Name, Part},
    request::{self, FormPart, HttpRequest, Piece, Value},
    requests,
};

/// Reads every request in a text, and claims its part of it.
pub(super) fn read(text: &str, facts: &mut Facts) {
    for found in requests::requests(text) {
        match found.request {
            Ok(request) => fields(&request, facts),
            Err(Refusal::FromFile) => facts.notes.from_file = true,
            Err(_) => facts.notes.is_cut_off = true,
        }
        facts.claim(found.range);
    }
}

pub(super) fn fields(request: &HttpRequest, facts: &mut Facts) {
    let group = facts.group();
    for (name, value) in &request.assignments {
        facts.add(name, Given::Text(value.written()), group, Reader::Variables);
    }
    let before = facts.all.len();
    let mut body = Body::Form;
    match &request.body {
        request::Body::None => {}
        request::Body::Form(parts) => {
            let mut written = Marked::default();
            for part in parts {
                match part {
                    FormPart::Written(value) => {
                        if !written.text.is_empty() {
                            written.text.push('&');
                        }
                        written.push(value);
                    }
                    FormPart::Field { name, value } => {
                        facts.add(name, whole(value), group, Reader::Request);
                    }
                }
            }
            read_form(&written, group, facts);
        }
        request::Body::Json(value) => {
            body = Body::Json;
            document::of_request(&value.written(), group, facts);
        }
        request::Body::Multipart(fields) => {
            for (name, value) in fields {
                facts.add(name, whole(value), group, Reader::Request);
            }
        }
        request::Body::FromFile(_) => facts.notes.from_file = true,
    }
    let mut authentication = Authentication::Body;
    if let Some(user) = &request.user {
        authentication = Authentication::Basic;
        basic(&Marked::of(user), group, facts);
    }
    for (name, value) in &request.headers {
        let Some(text) = value.text() else {
            if name.eq_ignore_ascii_case("x-api-key") {
                facts.add("x-api-key", Given::Text(value.written()), group, Reader::Request);
            }
            continue;
        };
        if name.eq_ignore_ascii_case("x-api-key") {
            facts.add("x-api-key", Given::text(text), group, Reader::Request);
        } else if name.eq_ignore_ascii_case("authorization") {
            let (scheme, rest) = text.trim().split_once(' ').unwrap_or((text, ""));
            if scheme.eq_ignore_ascii_case("bearer") {
                facts.add("access_token", Given::text(rest.trim()), group, Reader::Request);
            } else if scheme.eq_ignore_ascii_case("basic") && request.user.is_none() {
                authentication = Authentication::Basic;
                basic(&Marked::of(&Value::literal(&name_and_password(rest.trim()))), group, facts);
            }
        }
    }
    if let Some(url) = &request.url {
        let url = url.written();
        let (address, query) = url.split_once('?').unwrap_or((&url, ""));
        if !query.is_empty() {
            read_form(&Marked { text: query.to_owned(), pieces: Vec::new() }, group, facts);
        }
        let asks_for_a_token = facts.all[before..].iter().any(|fact| {
            fact.part.as_ref().is_some_and(|name| {
                !matches!(name.part, Part::ApiKey | Part::AccessToken | Part::Title)
            })
        });
        if asks_for_a_token || is_token_path(address) {
            facts.add(REQUEST_URL, Given::text(address), group, Reader::Request);
        }
    }
    facts.manners.push(Manner { group, body, authentication });
}

/// A path at which servers issue tokens.
pub(super) fn is_token_path(address: &str) -> bool {
    let address = address.trim_end_matches('/');
    let path = address.split_once("://").map_or(address, |(_, rest)| rest);
    let path = path.split_once('/').map_or("", |(_, path)| path);
    path.contains("ims/token") || path.ends_with("token") || path.contains("ims/exchange/jwt")
}

/// What stands behind `Basic`, decoded. Editors of `.http` files take it without its encoding as well, with a colon or a
/// space between the two.
fn name_and_password(written: &str) -> String {
    let decoded = BASE64.decode(written).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    match decoded {
        // RFC 6749 section 2.3.1 has both parts form-encoded.
        Some(user) => form::percent_decoded(&user).0,
        None if written.contains(':') => written.to_owned(),
        None => written.split_whitespace().collect::<Vec<_>>().join(":"),
    }
}

fn basic(user: &Marked, group: Group, facts: &mut Facts) {
    if let Some((id, secret)) = user.text.split_once(':') {
        facts.add("client_id", user.given(id), group, Reader::Request);
        facts.add("client_secret", user.given(secret), group, Reader::Request);
    }
}

fn read_form(body: &Marked, group: Group, facts: &mut Facts) {
    let (pairs, taken_literally) = form::fields(&body.text);
    facts.notes.taken_literally |= taken_literally;
    for (name, value) in pairs {
        facts.add(&name, body.given(&value), group, Reader::Request);
    }
}

fn whole(value: &Value) -> Given {
    Marked::of(value).given(&Marked::of(value).text)
}

/// A text in which each reference is one sign that no text has, so that decoding leaves it alone.
#[derive(Default)]
struct Marked {
    text: String,
    pieces: Vec<String>,
}

impl Marked {
    fn of(value: &Value) -> Self {
        let mut marked = Self::default();
        marked.push(value);
        marked
    }

    fn push(&mut self, value: &Value) {
        for piece in value.pieces() {
            match piece {
                Piece::Text(text) => self.text.push_str(text),
                Piece::Reference(reference) => self.mark(reference.written.clone()),
                Piece::Output(written) => self.mark(written.clone()),
            }
        }
    }

    fn mark(&mut self, written: String) {
        let sign =
            u32::try_from(self.pieces.len()).ok().and_then(|it| char::from_u32(FIRST_SIGN + it));
        if let Some(sign) = sign {
            self.text.push(sign);
            self.pieces.push(written);
        }
    }

    /// The value, a reference as it was written. What is partly a reference says nothing.
    fn given(&self, value: &str) -> Given {
        let written = |sign: char| {
            let index = u32::from(sign).checked_sub(FIRST_SIGN)?;
            self.pieces.get(usize::try_from(index).ok()?)
        };
        let mut signs = value.chars();
        match (signs.next().and_then(written), signs.next()) {
            (Some(written), None) => Given::text(written),
            _ => {
                let mut whole = String::with_capacity(value.len());
                for character in value.chars() {
                    match written(character) {
                        // No variable within more of a value has so short a name: signs of a secret.
                        Some(written) if is_short_mark(written) => whole.push_str(written),
                        Some(_) => return Given::Unclear,
                        None => whole.push(character),
                    }
                }
                Given::text(&whole)
            }
        }
    }
}

/// `{{a}}`, `{{ab}}`.
fn is_short_mark(written: &str) -> bool {
    let inner = written.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}"));
    inner.is_some_and(|name| name.trim().len() < 3 && Name::parse(name.trim()).is_none())
}

/// Many leave the `=` at the end away.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
/// Of a plane for private use (Unicode 16.0, section 23.5).
const FIRST_SIGN: u32 = 0xf_0000;
