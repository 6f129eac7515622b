//! What is said, in Adobe's words (docs/adobe-ims.md §4, §5).

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, Response, StatusCode, header},
};
use secrecy::ExposeSecret;
use serde::Serialize;
use serde_json::json;

use crate::{Issued, guard::Denied};

/// Why there is no token, as a program is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No program has this secret, or none was sent.
    WrongSecret,
    /// Nobody keeps tokens of this client id, or not for this program.
    WrongClientId,
    /// This scope is asked for, and the tokens of this client id do not have it.
    WrongScope(String),
    /// Not one of the two ways to write a request, or something is missing in it.
    NotUnderstood,
    /// Anything but `client_credentials`.
    WrongGrant,
    /// A person has to do something first; which, in words for them.
    PersonNeeded(String),
    /// Whoever runs this lets nobody have a token for now; why, in words. It is asked again by itself.
    Withheld(String),
    /// It may work later; why it does not now, in words.
    NotNow(String),
    /// Too many requests.
    TooMany { retry_after_seconds: u64 },
}

impl Refusal {
    /// As a program is told it.
    #[must_use]
    pub fn response(&self) -> Response<Body> {
        let wrong_scope;
        let (status, error, description) = match self {
            Self::WrongSecret => {
                (StatusCode::BAD_REQUEST, "invalid_client", "invalid client_secret parameter")
            }
            Self::WrongClientId => {
                (StatusCode::BAD_REQUEST, "invalid_client", "invalid client_id parameter")
            }
            Self::WrongScope(scope) => {
                wrong_scope = format!("invalid scope parameter: {scope}");
                (StatusCode::BAD_REQUEST, "invalid_scope", wrong_scope.as_str())
            }
            Self::NotUnderstood => (StatusCode::BAD_REQUEST, "invalid_request", "invalid request"),
            Self::WrongGrant => {
                (StatusCode::BAD_REQUEST, "unsupported_grant_type", "invalid grant_type parameter")
            }
            Self::PersonNeeded(why) => (StatusCode::BAD_REQUEST, "access_denied", why.as_str()),
            Self::Withheld(why) => {
                let body = json!({ "error": "access_denied", "error_description": why });
                let mut response = of_json(StatusCode::SERVICE_UNAVAILABLE, &body);
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
                return response;
            }
            Self::NotNow(why) => (StatusCode::SERVICE_UNAVAILABLE, "internal_error", why.as_str()),
            Self::TooMany { retry_after_seconds } => {
                let mut response = with_head(StatusCode::TOO_MANY_REQUESTS, Body::empty());
                let seconds = HeaderValue::from(*retry_after_seconds);
                response.headers_mut().insert(header::RETRY_AFTER, seconds);
                return response;
            }
        };
        of_json(status, &json!({ "error": error, "error_description": description }))
    }
}

/// RFC 6749 §5.1.
#[derive(Serialize)]
struct Token<'a> {
    access_token: &'a str,
    token_type: &'static str,
    expires_in: u64,
}

pub(crate) fn issued(issued: &Issued) -> Response<Body> {
    let body = Token {
        access_token: issued.access_token.expose_secret(),
        token_type: "bearer",
        expires_in: issued.seconds_left,
    };
    of_json(StatusCode::OK, &body)
}

pub(crate) fn validated(seconds_left: Option<u64>, client_id: &str) -> Response<Body> {
    let body = match seconds_left {
        Some(seconds) => json!({
            "valid": true,
            // In Adobe's tokens these are strings, in milliseconds.
            "token": { "client_id": client_id, "expires_in": (seconds * 1_000).to_string() },
        }),
        None => json!({ "valid": false, "reason": "bad_token" }),
    };
    of_json(StatusCode::OK, &body)
}

/// OpenID Connect Discovery 1.0 §4, as far as there is something to discover.
pub(crate) fn discovery(url: &str) -> Response<Body> {
    let body = json!({
        "issuer": format!("{url}/ims"),
        "token_endpoint": format!("{url}/ims/token/v3"),
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
    });
    of_json(StatusCode::OK, &body)
}

/// What is told who may not knock.
#[must_use]
pub fn denied(denied: Denied) -> Response<Body> {
    let description = match denied {
        Denied::Host => "Ask for the address that Glowjar gave, and by that name",
        Denied::Browser => "Web pages are not answered here",
    };
    let body = json!({ "error": "access_denied", "error_description": description });
    of_json(StatusCode::FORBIDDEN, &body)
}

fn of_json(status: StatusCode, body: &impl Serialize) -> Response<Body> {
    let body = serde_json::to_vec(body).expect("texts and numbers have a place in JSON");
    with_head(status, Body::from(body))
}

fn with_head(status: StatusCode, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    for (name, value) in HEAD {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// RFC 6749 §5.1 wants the first three.
const HEAD: [(HeaderName, &str); 4] = [
    (header::CONTENT_TYPE, "application/json;charset=UTF-8"),
    (header::CACHE_CONTROL, "no-store"),
    (header::PRAGMA, "no-cache"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
];
