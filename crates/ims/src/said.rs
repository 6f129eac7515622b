//! What a refusal says, in whatever spelling and place: RFC 6749 section 5.2 as providers write it.

use reqwest::header::{HeaderMap, WWW_AUTHENTICATE};
use serde_json::Value;

use crate::lenient_json::{Fields, bare};

/// What an error string means, whoever writes it how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    Client,
    ClientId,
    ClientSecret,
    /// `invalid_grant` and its kin.
    Grant,
    Scope,
    GrantType,
    /// `unauthorized_client`, which some write for a wrong secret.
    UnauthorizedClient,
    /// Nothing is there under this path.
    Endpoint,
    Request,
    Server,
    Throttled,
}

impl Known {
    /// Case and separators don't count, nor what stands before the last dot, colon, slash or hash.
    pub(crate) fn of(code: &str) -> Option<Self> {
        let last = code.trim().rsplit(['.', ':', '/', '#']).next()?;
        let bare = bare(last);
        KNOWN.iter().find(|(_, names)| names.contains(&bare.as_str())).map(|(known, _)| *known)
    }
}

/// The error strings of a body, in the order in which they count.
pub(crate) fn codes(fields: &Fields) -> Vec<String> {
    let mut codes = Vec::new();
    for key in CODE_KEYS {
        if let Some(value) = fields.value(key) {
            collect(&value, 0, &mut codes);
        }
    }
    codes
}

/// Whether the body names an error. `0`, `null`, `""`, `"none"` and the like name none.
pub(crate) fn has_error(fields: &Fields) -> bool {
    let mut codes = Vec::new();
    for key in ["error", "error_code", "errors"] {
        if let Some(value) = fields.value(key) {
            collect(&value, 0, &mut codes);
        }
    }
    !codes.is_empty()
}

pub(crate) fn description(fields: &Fields) -> Option<String> {
    let text = |key: &&str| fields.text(key).filter(|text| !text.trim().is_empty());
    DESCRIPTION_KEYS.iter().find_map(text).or_else(|| {
        let nested = ["error", "errors", "fault"].iter().filter_map(|key| fields.value(key));
        nested.filter_map(|value| words(&value, 0)).next().or_else(|| sentence(fields))
    })
}

/// What Apigee says in `Error`, beside an `ErrorCode`.
fn sentence(fields: &Fields) -> Option<String> {
    let is_named = || codes(fields).iter().any(|code| Known::of(code).is_some());
    fields.text("error").filter(|text| text.trim().contains(' ') && is_named())
}

/// What stands in `WWW-Authenticate` (RFC 6750 section 3), and the name that Amazon's services put into a header, with a
/// colon and perhaps an address after it (<https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html>).
pub(crate) fn in_headers(headers: &HeaderMap) -> Option<Fields> {
    let mut found = Vec::new();
    for value in headers.get_all(WWW_AUTHENTICATE) {
        let Ok(text) = value.to_str() else { continue };
        for name in ["error", "error_description"] {
            let parameter = parameter(text, name).map(|value| (name.to_owned(), value));
            found.extend(parameter);
        }
    }
    let amazon = headers.get("x-amzn-errortype").and_then(|value| value.to_str().ok());
    let name = amazon.and_then(|text| text.split(':').next());
    found.extend(name.map(|name| ("__type".to_owned(), name.to_owned())));
    (!found.is_empty()).then(|| Fields::of(found.into_iter()))
}

/// The error strings of RFC 6749 that stand in no other text by chance.
pub(crate) fn mentioned(text: &str) -> Option<&'static str> {
    let lower = text.to_ascii_lowercase();
    UNMISTAKABLE.into_iter().find(|code| lower.contains(code))
}

/// `name="value"` or `name=value` among a challenge's parameters (RFC 9110 section 11.2).
fn parameter(challenge: &str, name: &str) -> Option<String> {
    let lower = challenge.to_ascii_lowercase();
    for (at, _) in lower.match_indices(name) {
        let is_whole = lower[..at].chars().next_back().is_none_or(|c| c == ' ' || c == ',');
        let Some(rest) = challenge[at + name.len()..].trim_start().strip_prefix('=') else {
            continue;
        };
        if !is_whole {
            continue;
        }
        let rest = rest.trim_start();
        let value = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next(),
            None => rest.split([',', ' ']).next(),
        };
        return value.map(str::to_owned);
    }
    None
}

fn collect(value: &Value, depth: u8, codes: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            let text = text.trim();
            if !NO_ERROR.contains(&bare(text).as_str()) {
                codes.push(text.to_owned());
            }
        }
        Value::Number(number) if number.as_f64() != Some(0.0) => codes.push(number.to_string()),
        Value::Array(items) if depth < DEEPEST => {
            items.iter().take(4).for_each(|item| collect(item, depth + 1, codes));
        }
        Value::Object(object) if depth < DEEPEST => {
            let count = codes.len();
            for key in CODE_KEYS.iter().chain(&INNER_CODE_KEYS) {
                let named = object.iter().filter(|(name, _)| bare(name) == bare(key));
                named.for_each(|(_, value)| collect(value, depth + 1, codes));
            }
            // Something is wrong, and it has no name.
            if codes.len() == count && !object.is_empty() {
                codes.push("error".to_owned());
            }
        }
        Value::Bool(true) => codes.push("true".to_owned()),
        _ => {}
    }
}

fn words(value: &Value, depth: u8) -> Option<String> {
    match value {
        Value::Array(items) if depth < DEEPEST => {
            items.iter().take(4).find_map(|item| words(item, depth + 1))
        }
        Value::Object(object) => DESCRIPTION_KEYS.iter().find_map(|key| {
            let named = object.iter().filter(|(name, _)| bare(name) == bare(key));
            named.filter_map(|(_, value)| value.as_str()).next().map(str::to_owned)
        }),
        _ => None,
    }
}

const CODE_KEYS: [&str; 9] = [
    "error",
    "error_code",
    "errors",
    "code",
    "error_type",
    "fault",
    "fault_code",
    "error_id",
    "__type",
];

const INNER_CODE_KEYS: [&str; 5] = ["id", "type", "status", "reason", "detail"];

const DESCRIPTION_KEYS: [&str; 11] = [
    "error_description",
    "message",
    "reason",
    "error_summary",
    "error_message",
    "error_msg",
    "description",
    "detail",
    "fault_string",
    "msg",
    "title",
];

/// As [`bare`] writes them.
const NO_ERROR: [&str; 8] = ["", "0", "none", "null", "ok", "success", "false", "noerror"];

const UNMISTAKABLE: [&str; 5] = [
    "invalid_client",
    "invalid_grant",
    "invalid_scope",
    "unauthorized_client",
    "unsupported_grant_type",
];

/// Providers put an error into two objects and a list at most.
const DEEPEST: u8 = 4;

/// As [`bare`] writes them. RFC 6749, and what Adobe, Amazon, Apigee, GitHub, Google, Microsoft, Okta and Salesforce add.
const KNOWN: [(Known, &[&str]); 11] = [
    (Known::Client, &["invalidclient"]),
    (
        Known::ClientId,
        &[
            "invalidclientid",
            "clientidinvalid",
            "invalidclientidentifier",
            "clientnotfound",
            "unknownclient",
            "deletedclient",
            "disabledclient",
            "invalidapikey",
            "resourcenotfoundexception",
        ],
    ),
    (
        Known::ClientSecret,
        &[
            "invalidclientsecret",
            "badclientsecret",
            "incorrectclientcredentials",
            "invalidclientcredentials",
            "invalidcredentials",
            "badcredentials",
        ],
    ),
    (
        Known::Grant,
        &[
            "invalidgrant",
            "invalidtoken",
            "accessdenied",
            "badrefreshtoken",
            "invalidrefreshtoken",
            "expiredrefreshtoken",
            "refreshtokenexpired",
            "refreshtokenrevoked",
            "expiredtoken",
            "tokenexpired",
            "tokenrevoked",
            "interactionrequired",
            "loginrequired",
            "consentrequired",
            "notauthorizedexception",
        ],
    ),
    (Known::Scope, &["invalidscope", "invalidscopes", "unauthorizedscope"]),
    (Known::GrantType, &["unsupportedgranttype", "unsupportedgrant", "invalidgranttype"]),
    (Known::UnauthorizedClient, &["unauthorizedclient"]),
    (Known::Request, &["invalidrequest"]),
    // Amazon API Gateway's name for a path that it does not have.
    (Known::Endpoint, &["missingauthenticationtokenexception"]),
    (
        Known::Server,
        &[
            "internalerror",
            "servererror",
            "internalservererror",
            "temporarilyunavailable",
            "serviceunavailable",
            "internalerrorexception",
        ],
    ),
    (
        Known::Throttled,
        &[
            "slowdown",
            "toomanyrequests",
            "ratelimitexceeded",
            "toomanyrequestsexception",
            "limitexceededexception",
            "throttlingexception",
        ],
    ),
];
