//! From a scripted answer to the bytes that go out.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::{Answer, Gateway, Portal, Refusal, RetryAfter};
use crate::reply::{Delivery, Reply, Wait};
use crate::request::Request;
use crate::routes::RefreshTokenShape;

impl Answer {
    /// Whether the request takes effect: tokens issued and rotated, codes used up, tokens revoked.
    pub(crate) fn is_carried_out(&self) -> bool {
        match self {
            Self::Delayed { then, .. } | Self::Held { then } => then.is_carried_out(),
            Self::Normal
            | Self::EmptyRefreshToken
            | Self::NoRefreshToken
            | Self::Drip { .. }
            | Self::Truncated
            | Self::Lost
            | Self::CutMidBody => true,
            _ => false,
        }
    }

    pub(crate) fn refresh_token(&self) -> RefreshTokenShape {
        match self {
            Self::Delayed { then, .. } | Self::Held { then } => then.refresh_token(),
            Self::EmptyRefreshToken => RefreshTokenShape::Empty,
            Self::NoRefreshToken => RefreshTokenShape::Missing,
            _ => RefreshTokenShape::Usual,
        }
    }

    /// As the control protocol spells it, without details.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Delayed { then, .. } => format!("delayed {}", then.name()),
            Self::Held { then } => format!("held {}", then.name()),
            Self::Refusal(refusal) => refusal.error().to_owned(),
            Self::Gateway(gateway) => format!(
                "gateway {}",
                gateway.code().map_or("access error".into(), |code| code.to_string())
            ),
            other => match serde_json::to_value(other) {
                Ok(Value::String(name)) => name,
                Ok(Value::Object(tagged)) => tagged.keys().next().cloned().unwrap_or_default(),
                _ => String::new(),
            },
        }
    }

    /// `usual` is what a well-behaved server would say.
    pub(crate) fn shape(
        &self,
        usual: Reply,
        request: &Request,
        now: SystemTime,
        error_code_is_number: bool,
    ) -> Reply {
        match self {
            Self::Normal | Self::EmptyRefreshToken | Self::NoRefreshToken => usual,
            Self::Refusal(refusal) => refuse(*refusal),
            Self::Gateway(gateway) => gateway.reply(now, error_code_is_number),
            Self::Throttled(after) => after.on(Reply::empty(429), now),
            Self::InternalError => Reply::json(500, &json!({ "error": "internal_error" })),
            Self::BadGateway => proxy_page(502, "502 Bad Gateway"),
            Self::Unavailable => proxy_page(503, "503 Service Temporarily Unavailable"),
            Self::Empty { status } => Reply::empty(*status),
            Self::ErrorInside200 => Reply::json(
                200,
                &json!({ "error": "internal_error", "error_description": "please try again later" }),
            ),
            Self::NoAccessToken => {
                Reply::json(200, &json!({ "token_type": "bearer", "expires_in": 86399 }))
            }
            Self::Portal(portal) => portal.reply(),
            Self::EchoedForm => {
                let body = String::from_utf8_lossy(&request.body);
                let description = format!("could not process the request: {body}");
                Reply::json(
                    400,
                    &json!({ "error": "invalid_request", "error_description": description }),
                )
            }
            Self::Delayed { delay, then } => {
                then.shape(usual, request, now, error_code_is_number).after(Wait::For(*delay))
            }
            Self::Held { then } => {
                then.shape(usual, request, now, error_code_is_number).after(Wait::UntilReleased)
            }
            Self::Hang => usual.delivered(Delivery::Never),
            Self::Drip { pause } => usual.delivered(Delivery::Drip(*pause)),
            Self::Garbage => Reply::json_text(200, GARBAGE),
            Self::Truncated => {
                let half = usual.body.len() / 2;
                Reply { body: usual.body.slice(..half), ..usual }
            }
            Self::Endless => Reply::json_text(200, UNFINISHED).delivered(Delivery::Endless),
            Self::Huge { bytes } => {
                Reply::json_text(200, UNFINISHED).delivered(Delivery::Huge(*bytes))
            }
            Self::Cut | Self::Lost => usual.delivered(Delivery::Cut),
            Self::CutMidBody => usual.delivered(Delivery::CutMidBody),
            Self::Raw { status, headers, body } => {
                Reply { headers: headers.clone(), ..Reply::new(*status, "", body.clone()) }
                    .sent_by_another()
            }
        }
    }
}

/// The usual error reply for this refusal.
pub(crate) fn refuse(refusal: Refusal) -> Reply {
    let mut body = json!({ "error": refusal.error() });
    if let Some(description) = refusal.description() {
        body["error_description"] = description.into();
    }
    Reply::json(400, &body)
}

/// IMF-fixdate (RFC 9110 §5.6.7), which knows the years 1970 to 9999.
pub(crate) fn http_date(time: SystemTime) -> String {
    httpdate::fmt_http_date(time.clamp(UNIX_EPOCH, UNIX_EPOCH + END_OF_9999))
}

impl Gateway {
    pub(crate) fn reply(self, now: SystemTime, error_code_is_number: bool) -> Reply {
        let code = match self.code() {
            Some(code) if error_code_is_number => json!(code),
            Some(code) => json!(code.to_string()),
            None => json!("access_error"),
        };
        let reply =
            Reply::json(self.status(), &json!({ "error_code": code, "message": self.message() }));
        match self {
            Self::Access(error) => reply.with("x-access-error", error.name()),
            Self::TooManyRequests(after) => after.on(reply, now),
            _ => reply,
        }
    }
}

impl RetryAfter {
    fn on(self, reply: Reply, now: SystemTime) -> Reply {
        match self {
            Self::Seconds(seconds) => reply.with("retry-after", seconds.to_string()),
            Self::DateIn { wait } => reply.with("retry-after", http_date(now + wait)),
            Self::DateAt(time) => reply.with("retry-after", http_date(time)),
            Self::Missing => reply,
        }
    }
}

impl Portal {
    fn reply(self) -> Reply {
        let reply = match self {
            Self::Page => Reply::html(200, PORTAL_PAGE),
            Self::Redirect => Reply::html(302, PORTAL_PAGE)
                .with("location", "http://wifi.example/login?from=glowjar"),
            Self::Error { status } => Reply::html(status, PORTAL_PAGE),
        };
        reply.sent_by_another()
    }
}

fn proxy_page(status: u16, title: &str) -> Reply {
    let page = format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    );
    Reply::html(status, page).sent_by_another()
}

const END_OF_9999: Duration = Duration::from_secs(253_402_300_799);
const PORTAL_PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Welcome to Hotel Wi-Fi</title></head>\
    <body><h1>Sign in to use the network</h1><form action=\"/login\"><input name=\"room\"><button>Connect</button></form></body></html>\n";
const GARBAGE: &[u8] =
    b"\x1f\x8b\xff\xfe{\"access\x00_token\":\xc3\x28\x80\x81 not json at all \xf0\x9f";
const UNFINISHED: &str = "{\"token_type\":\"bearer\",\"access_token\":\"";
