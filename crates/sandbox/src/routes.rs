//! What a well-behaved server says, route by route.

mod authorize;
mod client_auth;
mod console;
mod device;
mod discovery;
mod firefly;
mod revoke;
mod tokens;
mod userinfo;
mod validate;

use serde_json::json;

use crate::answer::{Answer, Refusal, Route, refuse};
use crate::record::{Answered, Outcome};
use crate::reply::Reply;
use crate::request::Request;
use crate::state::State;

/// A request being answered.
pub(crate) struct Exchange<'a> {
    pub(crate) request: &'a Request,
    /// What a strict server objects to, so far.
    pub(crate) wrong: Vec<String>,
    pub(crate) refresh_token: RefreshTokenShape,
}

/// What a grant carries as its refresh token. Anything but the usual leaves the old one good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefreshTokenShape {
    Usual,
    Empty,
    Missing,
}

impl<'a> Exchange<'a> {
    pub(crate) fn new(request: &'a Request, refresh_token: RefreshTokenShape) -> Self {
        Self { request, wrong: Vec::new(), refresh_token }
    }

    /// Notes what is wrong, and refuses.
    fn refuse(&mut self, refused: Refused) -> Verdict {
        let Refused { refusal, why } = refused;
        let words = format!("refused: {} ({why})", refusal.error());
        self.wrong.push(why);
        Verdict { reply: refuse(refusal), outcome: Outcome::Refused, words }
    }

    fn refuse_with(&mut self, reply: Reply, why: impl Into<String>) -> Verdict {
        let why = why.into();
        let words = format!("refused: {} ({why})", reply.status);
        self.wrong.push(why);
        Verdict { reply, outcome: Outcome::Refused, words }
    }
}

/// An OAuth error, and why, in words without any secret.
#[derive(Debug)]
struct Refused {
    refusal: Refusal,
    why: String,
}

impl Refused {
    fn new(refusal: Refusal, why: impl Into<String>) -> Self {
        Self { refusal, why: why.into() }
    }

    /// The request does not even say what it wants.
    fn malformed(why: impl Into<String>) -> Self {
        Self::new(Refusal::InvalidRequest, why)
    }
}

/// What is said, and what it comes to.
pub(crate) struct Verdict {
    pub(crate) reply: Reply,
    pub(crate) outcome: Outcome,
    pub(crate) words: String,
}

impl Verdict {
    fn new(outcome: Outcome, reply: Reply, words: impl Into<String>) -> Self {
        Self { reply, outcome, words: words.into() }
    }

    /// For the record, given what the script made of it.
    pub(crate) fn answered(&self, scripted: Option<(&Answer, &Reply)>) -> Answered {
        let Some((answer, reply)) = scripted else {
            return Answered {
                status: self.reply.visible_status(),
                outcome: self.outcome,
                words: self.words.clone(),
            };
        };
        if answer.is_carried_out() {
            let words = format!("{}, as scripted: {}", self.words, answer.name());
            return Answered { status: reply.visible_status(), outcome: self.outcome, words };
        }
        Answered {
            status: reply.visible_status(),
            outcome: Outcome::Scripted,
            words: format!("scripted: {}", answer.name()),
        }
    }
}

pub(crate) fn route(path: &str) -> Option<Route> {
    Some(match path {
        IMS_TOKEN | IMS_TOKEN_V2 | IMS_TOKEN_V1 | TUTORIAL_TOKEN => Route::Token,
        AUTHORIZE => Route::Authorize,
        DEVICE_AUTHORIZATION => Route::DeviceAuthorization,
        DEVICE_PAGE => Route::DevicePage,
        VALIDATE => Route::Validate,
        REVOKE => Route::Revoke,
        USERINFO => Route::Userinfo,
        DISCOVERY | IMS_DISCOVERY => Route::Discovery,
        CUSTOM_MODELS => Route::Firefly,
        path if path.starts_with(CONSOLE) => Route::Console,
        _ => return None,
    })
}

pub(crate) fn answer(state: &mut State, exchange: &mut Exchange<'_>) -> Verdict {
    let path = exchange.request.path.as_str();
    let Some(route) = route(path) else {
        let reply = Reply::json(404, &json!({ "error": "not_found" }));
        return exchange.refuse_with(reply, "nobody serves this path");
    };
    let allowed: &[&str] = match route {
        Route::Token | Route::DeviceAuthorization | Route::Validate | Route::Revoke => &["POST"],
        Route::Userinfo => &["GET", "POST"],
        Route::Console => console::methods(path),
        _ => &["GET"],
    };
    if !allowed.contains(&exchange.request.method.as_str()) {
        let reply = Reply::json(405, &json!({ "error": "method_not_allowed" }))
            .with("allow", allowed.join(", "));
        return exchange
            .refuse_with(reply, format!("this path takes {} only", allowed.join(" and ")));
    }
    match route {
        Route::Token => tokens::answer(state, exchange),
        Route::Authorize => authorize::answer(state, exchange),
        Route::DeviceAuthorization => device::authorize(state, exchange),
        Route::DevicePage => device::page(state, exchange),
        Route::Validate => validate::answer(state, exchange),
        Route::Revoke => revoke::answer(state, exchange),
        Route::Userinfo => userinfo::answer(state, exchange),
        Route::Firefly => firefly::answer(state, exchange),
        Route::Console => console::answer(state, exchange),
        Route::Discovery | Route::Any => discovery::answer(state, exchange),
    }
}

/// The token in `Authorization: Bearer …` (RFC 6750 §2.1).
///
/// # Errors
/// In words; `None` if there is no such header at all.
fn bearer(request: &Request) -> Result<&str, Option<&'static str>> {
    let value = request.header("authorization").ok_or(None)?;
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
            if token.is_empty() || token.contains(char::is_whitespace) {
                return Err(Some("there is not exactly one token after Bearer"));
            }
            Ok(token)
        }
        _ => Err(Some("the authorization header is not Bearer and a token")),
    }
}

const IMS_TOKEN: &str = "/ims/token/v3";
/// Where Adobe's own Node.js client mints, and where it renews. The latter counts in milliseconds (docs/adobe-ims.md §4).
const IMS_TOKEN_V2: &str = "/ims/token/v2";
const IMS_TOKEN_V1: &str = "/ims/token/v1";
const TUTORIAL_TOKEN: &str = "/oauth/token";
const AUTHORIZE: &str = "/ims/authorize/v2";
const DEVICE_AUTHORIZATION: &str = "/device_authorization";
const DEVICE_PAGE: &str = "/device";
const VALIDATE: &str = "/ims/validate_token/v1";
const REVOKE: &str = "/ims/revoke";
const USERINFO: &str = "/ims/userinfo/v2";
const DISCOVERY: &str = "/.well-known/openid-configuration";
const IMS_DISCOVERY: &str = "/ims/.well-known/openid-configuration";
const CUSTOM_MODELS: &str = "/v3/custom-models";
const CONSOLE: &str = "/console/organizations/";
