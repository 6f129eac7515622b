//! What can be answered, and where: the vocabulary of a script.

mod gateway;
mod refusal;
mod render;

use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

pub use self::gateway::{AccessError, Gateway};
pub use self::refusal::Refusal;
pub(crate) use self::render::{http_date, refuse};

/// Where a request goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// `POST /ims/token/v3` (form) and `POST /oauth/token` (JSON).
    Token,
    /// `GET /ims/authorize/v2`, the sign-in page.
    Authorize,
    /// `POST /device_authorization`, if there is a device flow.
    DeviceAuthorization,
    /// `GET /device`, where a code is typed in.
    DevicePage,
    /// `POST /ims/validate_token/v1`.
    Validate,
    /// `POST /ims/revoke`.
    Revoke,
    /// Both `…/.well-known/openid-configuration`.
    Discovery,
    /// `/ims/userinfo/v2`.
    Userinfo,
    /// `GET /v3/custom-models`, the read-only call of the Firefly API.
    Firefly,
    /// `/console/organizations/…/credentials/…/secrets`, and a secret below it.
    Console,
    /// Every one of them, and every unknown path too.
    Any,
}

/// What is answered instead of, or on top of, the usual.
///
/// As JSON: `"internal_error"`, `{"refusal":"invalid_grant"}`, `{"throttled":{"seconds":120}}`,
/// `{"delayed":{"millis":500,"then":"normal"}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// What a well-behaved server says to this request, good or bad.
    Normal,
    /// 400 with an OAuth or Adobe error.
    Refusal(Refusal),
    /// What the Firefly gateway says.
    Gateway(Gateway),
    /// 429 with an empty body.
    Throttled(RetryAfter),
    /// 500 `{"error":"internal_error"}`.
    InternalError,
    /// 502 with a proxy's HTML.
    BadGateway,
    /// 503 with a proxy's HTML.
    Unavailable,
    /// This status and nothing in the body.
    Empty { status: u16 },
    /// 200 with an `error` in it.
    ErrorInside200,
    /// 200 with everything but the access token.
    NoAccessToken,
    /// The usual grant with `"refresh_token":""`; the refresh token sent stays good.
    EmptyRefreshToken,
    /// The usual grant without a refresh token; the one sent stays good.
    NoRefreshToken,
    /// A captive portal between client and server.
    Portal(Portal),
    /// 400 `invalid_request` with the submitted body in its description.
    EchoedForm,
    /// Carried out at once, told only after a while (on the real clock).
    Delayed {
        #[serde(rename = "millis", with = "crate::millis")]
        delay: Duration,
        then: Box<Answer>,
    },
    /// Carried out at once, told only at [`crate::Sandbox::release`].
    Held { then: Box<Answer> },
    /// Accepted and never answered.
    Hang,
    /// The usual answer, one byte at a time with this pause in between.
    Drip {
        #[serde(rename = "millis", with = "crate::millis")]
        pause: Duration,
    },
    /// 200 `application/json` with bytes that are neither JSON nor text.
    Garbage,
    /// The usual answer carried out, its body ending in the middle as if that were all.
    Truncated,
    /// A body that begins like JSON and never ends.
    Endless,
    /// A body of this many bytes, announced as such.
    Huge { bytes: u64 },
    /// The connection is closed instead of an answer; nothing is carried out.
    Cut,
    /// The usual answer carried out, and the connection closed instead of telling it: a rotated token gets lost.
    Lost,
    /// The usual answer carried out, and the connection closed half-way through its body.
    CutMidBody,
    /// Exactly this. `content-length` is added.
    Raw { status: u16, headers: Vec<(String, String)>, body: String },
}

/// What a 429 says about when to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryAfter {
    Seconds(u64),
    /// As an HTTP date, this far from the sandbox's now.
    DateIn {
        #[serde(rename = "millis", with = "crate::millis")]
        wait: Duration,
    },
    /// As an HTTP date, exactly this.
    DateAt(SystemTime),
    Missing,
}

/// The ways a captive portal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Portal {
    /// 200 with an HTML sign-in page.
    Page,
    /// 302 to a sign-in page on another host.
    Redirect,
    /// HTML with this status, for instance 403 or 511.
    Error { status: u16 },
}

/// The whole server being away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outage {
    /// Nobody listens on the port, and open connections are closed.
    ConnectionRefused,
    /// Every answer is a 503 with HTML.
    Unavailable,
    /// Connections are accepted, and nothing is ever answered.
    Unresponsive,
}
