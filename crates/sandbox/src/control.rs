//! Scripting over HTTP, for other processes: demos and desktop tests. `GET /sandbox` is its manual.
//!
//! Nothing here shows a secret, and a web page gets nothing: whatever carries an `Origin` header is refused.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::answer::{Answer, Outage, Route};
use crate::reply::Reply;
use crate::request::Request;
use crate::settings::{ExpiresIn, Rotation, ScopeShape, Settings, TokenForm, TokenType};
use crate::state::Shared;

pub(crate) fn is_for_us(request: &Request) -> bool {
    request.path == "/sandbox" || request.path.starts_with("/sandbox/")
}

/// Not recorded. `announced` takes an outage that begins once this reply is out.
pub(crate) fn answer(
    shared: &Arc<Shared>,
    request: &Request,
    announced: &Mutex<Option<Duration>>,
) -> Reply {
    if request.header("origin").is_some() {
        return problem(403, "web pages may not control the sandbox");
    }
    let done = match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/sandbox") => return Reply::new(200, "text/plain;charset=utf-8", MANUAL),
        ("GET", "/sandbox/requests") => return Reply::json(200, &counts(shared)),
        ("POST", "/sandbox/script") => body(request).map(|order| script(shared, order)),
        ("POST", "/sandbox/clear") => {
            shared.lock().script.clear();
            Ok(())
        }
        ("POST", "/sandbox/release") => {
            shared.released.send_modify(|count| *count += 1);
            Ok(())
        }
        ("POST", "/sandbox/settings") => body(request).map(|change| set(shared, change)),
        ("POST", "/sandbox/outage") => {
            body(request).map(|order: OutageOrder| order.begin(shared, announced))
        }
        _ => return problem(404, "no such control; GET /sandbox tells them all"),
    };
    match done {
        Ok(()) => Reply::json(200, &json!({ "done": true })),
        Err(why) => problem(400, &why),
    }
}

fn problem(status: u16, words: &str) -> Reply {
    Reply::json(status, &json!({ "problem": words }))
}

fn body<T: DeserializeOwned>(request: &Request) -> Result<T, String> {
    if request.content_type().as_deref() != Some("application/json") {
        return Err("the body must be application/json".into());
    }
    serde_json::from_slice(&request.body).map_err(|error| error.to_string())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    route: Route,
    answer: Answer,
    /// For so many next requests. Neither this nor `millis`: until cleared.
    next: Option<u32>,
    /// For so long on the sandbox's own clock.
    millis: Option<u64>,
}

fn script(shared: &Shared, order: Order) {
    let mut state = shared.lock();
    for _ in 0..order.next.unwrap_or(0).min(MOST_QUEUED) {
        state.script.queue(order.route, order.answer.clone());
    }
    match order.millis {
        Some(millis) => {
            let until = state.now() + Duration::from_millis(millis);
            state.script.stand(order.route, order.answer, Some(until));
        }
        None if order.next.is_none() => state.script.stand(order.route, order.answer, None),
        None => {}
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OutageOrder {
    kind: Outage,
    millis: u64,
}

impl OutageOrder {
    fn begin(self, shared: &Shared, announced: &Mutex<Option<Duration>>) {
        let span = Duration::from_millis(self.millis);
        let answer = match self.kind {
            Outage::ConnectionRefused => {
                *announced.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(span);
                return;
            }
            Outage::Unavailable => Answer::Unavailable,
            Outage::Unresponsive => Answer::Hang,
        };
        let mut state = shared.lock();
        let until = state.now() + span;
        state.script.stand(Route::Any, answer, Some(until));
    }
}

/// What is not named stays as it is.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Change {
    access_token_lifetime_millis: Option<u64>,
    refresh_token_lifetime_millis: Option<u64>,
    refresh_token_end_slides: Option<bool>,
    rotation: Option<Rotation>,
    seed_starts_anew: Option<bool>,
    token_form: Option<TokenForm>,
    expires_in: Option<ExpiresIn>,
    token_type: Option<TokenType>,
    scope: Option<ScopeShape>,
    error_code_is_number: Option<bool>,
    /// Moves the sandbox's own clock forward.
    advance_millis: Option<u64>,
}

fn set(shared: &Shared, change: Change) {
    fn put<T>(new: Option<T>, setting: &mut T) {
        if let Some(new) = new {
            *setting = new;
        }
    }
    let mut state = shared.lock();
    state.advanced += change.advance_millis.map_or(Duration::ZERO, Duration::from_millis);
    let settings: &mut Settings = &mut state.settings;
    put(
        change.access_token_lifetime_millis.map(Duration::from_millis),
        &mut settings.access_token_lifetime,
    );
    put(
        change.refresh_token_lifetime_millis.map(Duration::from_millis),
        &mut settings.refresh_token_lifetime,
    );
    put(change.refresh_token_end_slides, &mut settings.refresh_token_end_slides);
    put(change.rotation, &mut settings.rotation);
    put(change.seed_starts_anew, &mut settings.seed_starts_anew);
    put(change.token_form, &mut settings.token_form);
    put(change.expires_in, &mut settings.expires_in);
    put(change.token_type, &mut settings.token_type);
    put(change.scope, &mut settings.scope);
    put(change.error_code_is_number, &mut settings.error_code_is_number);
}

fn counts(shared: &Shared) -> Value {
    let state = shared.lock();
    let mut routes: BTreeMap<String, BTreeMap<&str, u64>> = BTreeMap::new();
    for (route, outcome, count) in state.record.counts() {
        let name = route
            .and_then(|route| serde_json::to_value(route).ok())
            .and_then(|name| name.as_str().map(str::to_owned));
        *routes
            .entry(name.unwrap_or_else(|| "unknown".into()))
            .or_default()
            .entry(outcome.name())
            .or_default() += count;
    }
    json!({ "total": state.record.count(Route::Any), "routes": routes })
}

/// Nobody counts further, and a typing error should not fill the memory.
const MOST_QUEUED: u32 = 10_000;
const MANUAL: &str = include_str!("control.txt");
