//! The credential that a request carries: in its body, in its address, or as HTTP's Basic authentication.

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use url::Url;

use super::{Body, FormPart, HttpRequest, Value};
use crate::{
    Authentication, Refusal,
    fields::{Fields, Part, part},
    json,
};

/// What a request says of a credential. A value that is only a reference to a variable is not taken.
///
/// # Errors
/// Its JSON ends in the middle.
pub(crate) fn of(request: &HttpRequest) -> Result<Fields, Refusal> {
    let mut fields = Fields::default();
    if let Some(url) = &request.url {
        read_url(url, &mut fields);
    }
    match &request.body {
        Body::Json(text) => {
            let object = json::object(&text.written()).ok_or(Refusal::CutOff)?;
            fields.body = Some(crate::Body::Json);
            json::flat(&object, &mut fields);
        }
        Body::Form(parts) => {
            for part in parts {
                match part {
                    FormPart::Written(value) => read_form(value, &mut fields),
                    FormPart::Field { name, value } => put(&mut fields, name, value),
                }
            }
        }
        Body::Multipart(pairs) => {
            for (name, value) in pairs {
                put(&mut fields, name, value);
            }
        }
        Body::None | Body::FromFile(_) => {}
    }
    if let Some(user) = &request.user {
        read_basic(user, &mut fields);
    }
    if let Some(value) = request.header("x-api-key").filter(|it| !it.is_only_references()) {
        fields.put(Part::ApiKey, &value.written());
    }
    if let Some(value) = request.header("authorization") {
        read_authorization(value, &mut fields);
    }
    // An API key in a header belongs to a call of Firefly and not to one for a token.
    if fields.is_api_key && fields.client_secrets.is_empty() {
        fields.client_id = None;
    }
    Ok(fields)
}

fn put(fields: &mut Fields, name: &str, value: &Value) {
    if !value.is_only_references() {
        fields.put_named(name, &value.written());
    }
}

fn read_basic(user: &Value, fields: &mut Fields) {
    if let Some((id, secret)) = user.split_once(|c| c == ':') {
        fields.authentication = Some(Authentication::Basic);
        let mut put = |part, value: &Value| {
            if !value.is_only_references() {
                fields.put(part, &value.written());
            }
        };
        put(Part::ClientId, &id);
        put(Part::ClientSecret, &secret);
    }
}

/// `Basic` and the name and password in base64. Some write them as they are, which editors of `.http` files encode.
fn read_authorization(value: &Value, fields: &mut Fields) {
    let Some((scheme, rest)) = value.split_once(char::is_whitespace) else { return };
    if !scheme.written().eq_ignore_ascii_case("basic") {
        return;
    }
    let rest = rest.trimmed();
    let decoded = rest.text().and_then(|text| BASE64.decode(text).ok());
    match decoded.and_then(|bytes| String::from_utf8(bytes).ok()) {
        // RFC 6749 section 2.3.1 has both parts form-encoded.
        Some(user) => read_basic(&Value::literal(&percent_decoded(&user).0), fields),
        None if rest.written().contains(':') => read_basic(&rest, fields),
        None => {
            if let Some((id, secret)) = rest.split_once(char::is_whitespace) {
                let mut user = id;
                user.push(':');
                user.append(&secret.trimmed());
                read_basic(&user, fields);
            }
        }
    }
}

/// Old instructions of Adobe's have the fields in the address.
fn read_url(url: &Value, fields: &mut Fields) {
    let (address, query) = url.split_once(|c| c == '?').unwrap_or((url.clone(), Value::default()));
    read_form(&query, fields);
    let address = address.written();
    let with_scheme = if address.contains("://") { address } else { format!("https://{address}") };
    let is_known = !url.is_only_references() && url.head().contains(['.', '/']);
    if is_known && Url::parse(&with_scheme).is_ok() {
        fields.put(Part::Endpoint, &with_scheme);
    }
}

/// A form-encoded body, perhaps written by somebody who did not encode it.
fn read_form(form: &Value, fields: &mut Fields) {
    let mut pairs: Vec<(String, Value)> = Vec::new();
    let pieces = form.split('&');
    for (index, piece) in pieces.iter().enumerate() {
        match piece.split_once(|c| c == '=') {
            Some((name, value)) if is_field(&name.written(), &value) => {
                pairs.push((name.written().trim().to_owned(), value));
            }
            // No field that a request has: the sign was part of a secret.
            _ => match pairs.last_mut() {
                Some((name, value))
                    if part(name) == Some(Part::ClientSecret)
                        && (!piece.is_empty() || index + 1 < pieces.len()) =>
                {
                    value.push('&');
                    value.append(piece);
                    fields.taken_literally = true;
                }
                _ => {}
            },
        }
    }
    for (name, value) in pairs {
        let Some(part) = part(&name) else { continue };
        if value.is_only_references() {
            continue;
        }
        let value = value.written();
        let (_, was_encoded) = percent_decoded(&value);
        let is_secret = matches!(part, Part::ClientSecret | Part::RefreshToken);
        let value = if is_secret && !was_encoded {
            // Nobody has a space in a secret, and many a plus; a body that is encoded has none left.
            if value.contains('+') {
                fields.taken_literally = true;
            }
            value.trim_start().to_owned()
        } else {
            percent_decoded(&value.replace('+', " ")).0
        };
        fields.put(part, &value);
    }
}

/// Whether a name and a value after an `&` are a field, and not the rest of a secret that was not encoded.
fn is_field(name: &str, value: &Value) -> bool {
    let name = name.trim();
    let is_word = name.len() > 2
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    part(name).is_some() || OTHER_FIELDS.contains(&name) || (is_word && !value.is_empty())
}

/// Decoded if every `%` begins an escape and the result is text; else as it is. Says which.
pub(crate) fn percent_decoded(value: &str) -> (String, bool) {
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

/// Many leave the `=` at the end away.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
/// Of token requests, beside those that are read.
const OTHER_FIELDS: [&str; 6] =
    ["code", "code_verifier", "response_type", "org_id", "state", "assertion"];
