//! Replies in every shape that the facts know: status, headers and bytes.

use std::time::{Duration, SystemTime};

use glowjar_ims::simulated::RawReply;
use glowjar_lifecycle::failure::Transient;
use serde_json::{Map, Value, json};

use crate::{
    dice::Dice,
    provider::Granted,
    story::{Kind, Part, Refusal},
};

/// A token set, written as this provider or that one would (`docs/adobe-ims.md` section 4).
pub fn granted(part: Part, granted: &Granted, clock: i64, dice: &mut Dice) -> RawReply {
    let seconds = part.lifetime.as_secs();
    let says_its_end = granted.access_token.contains('.');
    let mut fields = Map::new();
    fields.insert("access_token".to_owned(), json!(granted.access_token));
    match dice.below(4) {
        0 => {}
        1 => _ = fields.insert("token_type".to_owned(), json!("Bearer")),
        _ => _ = fields.insert("token_type".to_owned(), json!("bearer")),
    }
    let in_millis = part.kind == Kind::Lenient && seconds >= 1_000;
    let expires_in = match dice.below(24) {
        0 if says_its_end => None,
        1 if says_its_end => Some(Value::Null),
        2 if says_its_end => Some(json!(-1)),
        3 => Some(json!(seconds.to_string())),
        4 if in_millis => Some(json!(seconds * 1_000)),
        5 if says_its_end => Some(json!(1e300)),
        // Nobody says how long it lives.
        6 if dice.once_in(20) => None,
        _ => Some(json!(seconds)),
    };
    if let Some(expires_in) = expires_in {
        fields.insert("expires_in".to_owned(), expires_in);
    }
    if dice.once_in(6) {
        fields.insert("scope".to_owned(), Value::Null);
    }
    if let Some(left) = granted.refresh_token_left {
        fields.insert("refresh_token_expires_in".to_owned(), json!(left.as_secs()));
    }
    match granted.refresh_token {
        Some(token) => _ = fields.insert("refresh_token".to_owned(), json!(token.to_string())),
        None if dice.once_in(3) => _ = fields.insert("refresh_token".to_owned(), json!("")),
        None => {}
    }
    with_date(json_reply(200, &Value::Object(fields)), clock, dice)
}

pub fn refused(refusal: Refusal, dice: &mut Dice) -> RawReply {
    let (status, error, description) = match refusal {
        Refusal::Secret if dice.once_in(2) => {
            (400, "invalid_client", Some("invalid client_secret parameter"))
        }
        Refusal::Secret => (401, "invalid_client", None),
        Refusal::Grant => {
            (400, dice.pick(&["invalid_grant", "invalid_token", "access_denied"]), None)
        }
        Refusal::Scope => (400, "invalid_scope", Some("not granted to this project")),
        Refusal::GrantType => (400, "unauthorized_client", None),
        Refusal::Account => (400, "ride_AdobeID_acct_terms", None),
        Refusal::NotFound => return RawReply { status: 404, ..RawReply::default() },
    };
    let mut fields = json!({ "error": error });
    if let Some(description) = description {
        fields["error_description"] = json!(description);
    }
    json_reply(status, &fields)
}

/// Adobe IMS in trouble: JSON, HTML or nothing.
pub fn down(dice: &mut Dice) -> RawReply {
    match dice.below(5) {
        0 => json_reply(500, &json!({ "error": "internal_error" })),
        1 => html(502),
        2 => html(503),
        3 => RawReply { status: 500, ..RawReply::default() },
        _ => RawReply { status: 408, ..RawReply::default() },
    }
}

/// How long a client is asked to wait, in true time.
pub enum Silence {
    /// After the reply has come.
    For(Duration),
    Until(Duration),
}

/// As the client reads it on a clock that is `ahead` of the server's.
pub fn throttled(
    now: Duration,
    clock: i64,
    ahead: i64,
    dice: &mut Dice,
) -> (RawReply, Option<Silence>) {
    let reply = RawReply { status: 429, ..RawReply::default() };
    let seconds = dice.pick(&[1, 20, 120, 3_244]);
    let delay = Duration::from_secs(seconds);
    let until = httpdate::fmt_http_date(moment(clock + seconds as i64 * 1_000));
    match dice.below(4) {
        0 => (reply, None),
        1 => (with_header(reply, "retry-after", seconds.to_string()), Some(Silence::For(delay))),
        2 => {
            let reply = with_header(reply, "retry-after", until);
            let reply = with_header(reply, "date", httpdate::fmt_http_date(moment(clock)));
            (reply, Some(Silence::For(delay)))
        }
        _ => {
            let delay = (seconds as i64 * 1_000 - ahead).clamp(0, 86_400_000);
            let end = now + Duration::from_millis(delay as u64);
            (with_header(reply, "retry-after", until), Some(Silence::Until(end)))
        }
    }
}

/// What a network that wants a sign-in puts in a reply's place.
pub fn portal(dice: &mut Dice) -> RawReply {
    match dice.below(4) {
        0 => html(200),
        1 => with_header(html(302), "location", "https://wifi.example/sign-in".to_owned()),
        2 => html(403),
        _ => html(511),
    }
}

/// Not what RFC 6749 section 5 describes.
pub fn broken(dice: &mut Dice) -> RawReply {
    match dice.below(7) {
        0 => json_reply(200, &json!({ "token_type": "bearer", "expires_in": 86_399 })),
        1 => json_reply(200, &json!({ "error": "invalid_client", "access_token": "nonsense" })),
        2 => RawReply { status: 200, ..RawReply::default() },
        3 => RawReply {
            status: 200,
            body: b"{\"access_token\":\"abc".to_vec(),
            ..RawReply::default()
        },
        4 => RawReply { status: 200, body: vec![b'x'; 200_000], ..RawReply::default() },
        5 => RawReply {
            status: 200,
            body: b"{\"access_".to_vec(),
            cut: Some(Transient::Connect),
            ..RawReply::default()
        },
        _ => json_reply(200, &json!({ "access_token": "with a space", "token_type": "bearer" })),
    }
}

pub fn validity(is_valid: bool) -> RawReply {
    json_reply(200, &json!({ "valid": is_valid }))
}

pub fn gateway(is_accepted: bool, dice: &mut Dice) -> RawReply {
    if is_accepted {
        return json_reply(200, &json!({ "items": [] }));
    }
    let code = if dice.once_in(2) { json!("401013") } else { json!(401_013) };
    json_reply(401, &json!({ "error_code": code }))
}

/// `Date` shows whole seconds, is sometimes missing, and once in a while nonsense.
fn with_date(reply: RawReply, clock: i64, dice: &mut Dice) -> RawReply {
    match dice.below(60) {
        0 => with_header(reply, "date", httpdate::fmt_http_date(moment(clock + 7_200_000))),
        1..12 => reply,
        _ => with_header(reply, "date", httpdate::fmt_http_date(moment(clock))),
    }
}

fn with_header(mut reply: RawReply, name: &'static str, value: String) -> RawReply {
    reply.headers.push((name, value));
    reply
}

fn json_reply(status: u16, fields: &Value) -> RawReply {
    let headers = vec![("content-type", "application/json".to_owned())];
    RawReply { status, headers, body: fields.to_string().into_bytes(), cut: None }
}

fn html(status: u16) -> RawReply {
    let headers = vec![("content-type", "text/html".to_owned())];
    RawReply { status, headers, body: b"<html>Sign in</html>".to_vec(), cut: None }
}

fn moment(clock: i64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(clock.max(0) as u64)
}
