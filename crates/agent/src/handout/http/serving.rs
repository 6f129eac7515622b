//! What is answered over HTTP: a token, or news of tokens.

use std::{convert::Infallible, sync::Arc, time::Duration};

use glowjar_protocol::message::{Answer, Ask, Reason, StatusAnswer, TokenAsk};
use glowjar_token_endpoint::{Attempt, Doorway, is_endpoint};
use http_body_util::{BodyExt, Full, StreamBody, combinators::BoxBody};
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Frame, Incoming},
    header,
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tokio::{
    net::TcpListener,
    sync::{Semaphore, mpsc},
};

use super::{
    HttpApi,
    access::{self, Consumer, Denied},
    minting::Minting,
};
use crate::{
    agent::Agent,
    handout::{
        Caller,
        accepting::{Accepting, most_connections, patience},
        profile_id,
    },
};

type Body = BoxBody<Bytes, Infallible>;

pub(super) async fn serve(listener: TcpListener, port: u16, http_api: HttpApi, agent: Agent) {
    let most = most_connections(MOST_CONNECTIONS);
    let places = Arc::new(Semaphore::new(most));
    // Dropped with this task, so that whoever is in the middle of something is cut off when the port is closed.
    let mut connections = tokio::task::JoinSet::new();
    let mut accepting = Accepting::default();
    let minting = Minting { http_api: http_api.clone(), agent: agent.clone() };
    let endpoint = glowjar_token_endpoint::router(minting, Doorway::loopback(port));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        let Some((stream, _)) = accepting.took_in(listener.accept().await).await else { continue };
        while connections.try_join_next().is_some() {}
        let (http_api, agent, endpoint) = (http_api.clone(), agent.clone(), endpoint.clone());
        let patience = patience(TIME_TO_ASK, places.available_permits(), most);
        connections.spawn(async move {
            let answer = service_fn(|request: Request<Incoming>| {
                let (http_api, agent, endpoint) =
                    (http_api.clone(), agent.clone(), endpoint.clone());
                async move {
                    Ok::<_, Infallible>(if is_endpoint(request.uri().path()) {
                        let answer = glowjar_token_endpoint::answer(&endpoint, request).await;
                        answer.map(|body| BodyExt::boxed(Full::new(body)))
                    } else {
                        answer(&request, port, &http_api, &agent).await
                    })
                }
            });
            let _ = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(patience)
                .max_buf_size(LONGEST_HEAD)
                .serve_connection(TokioIo::new(stream), answer)
                .await;
            drop(place);
        });
    }
}

async fn answer(
    request: &Request<Incoming>,
    port: u16,
    http_api: &HttpApi,
    agent: &Agent,
) -> Response<Body> {
    let consumers = http_api.consumers();
    let consumer = match access::consumer(request.method(), request.headers(), port, &consumers) {
        Ok(consumer) => consumer,
        Err(denied) => {
            let attempt = match denied {
                Denied::Host => Some(Attempt::Denied(glowjar_token_endpoint::Denied::Host)),
                Denied::Browser => Some(Attempt::Denied(glowjar_token_endpoint::Denied::Browser)),
                Denied::Secret => Some(Attempt::WrongSecret),
                Denied::Method => None,
            };
            if let Some(attempt) = attempt {
                http_api.turned_away(attempt, agent);
            }
            return refuse(denied);
        }
    };
    let caller = Caller::over_http(&consumer.name);
    let path = request.uri().path();
    match path.strip_prefix("/v1/token/") {
        Some(profile) => {
            let query = request.uri().query().unwrap_or_default();
            token(profile, query, agent, consumer, caller).await
        }
        None if path == "/v1/events" => {
            events(agent.clone(), caller, http_api.clone(), consumer.name.clone())
        }
        None => {
            failure(StatusCode::NOT_FOUND, "not_found", "There is /v1/token/PROFILE and /v1/events")
        }
    }
}

async fn token(
    profile: &str,
    query: &str,
    agent: &Agent,
    consumer: &Consumer,
    caller: Caller,
) -> Response<Body> {
    let fields: Vec<(String, String)> =
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let field = |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value);
    let number = |name: &str| field(name).and_then(|value| value.parse().ok());
    // A name is encoded as in a form, save that a plus is a plus.
    let profile = url::form_urlencoded::parse(profile.replace('+', "%2B").as_bytes())
        .next()
        .map(|(name, _)| name.into_owned());
    let is_its = consumer.profile.as_ref().is_none_or(|only| {
        let named = profile.as_deref().unwrap_or_default();
        profile_id(&agent.snapshots().borrow(), named).as_ref() == Some(only)
    });
    if !is_its {
        return failure(
            StatusCode::NOT_FOUND,
            "unknown_profile",
            "This program may have the tokens of one profile, and this is another",
        );
    }
    let usual = TokenAsk::default();
    let ask = TokenAsk {
        profile,
        min_valid: number("min_valid"),
        timeout: number("timeout").unwrap_or(usual.timeout),
        format: Some("http".to_owned()),
        rejected: field("rejected").cloned(),
    };
    match agent.serve(Ask::Token(ask), caller).await {
        Some(Answer::Token(token)) => reply(
            StatusCode::OK,
            &json!({
                "version": 1,
                "access_token": token.access_token.expose_secret(),
                "token_type": token.token_type,
                "client_id": token.client_id,
                "expires_at": token.expires_at,
                "expires_at_rfc3339": token.expires_at_rfc3339,
                "profile": token.profile,
            }),
        ),
        Some(Answer::Failed(refusal)) => {
            let status = match refusal.reason {
                Reason::Usage => StatusCode::NOT_FOUND,
                Reason::Person => StatusCode::CONFLICT,
                Reason::Failed => StatusCode::SERVICE_UNAVAILABLE,
            };
            failure(status, &refusal.code, &refusal.to_string())
        }
        _ => failure(StatusCode::SERVICE_UNAVAILABLE, "stopping", "Glowjar is about to end"),
    }
}

/// Server-sent events: one now for each profile, and one for each new token. Never a token itself.
fn events(agent: Agent, caller: Caller, http_api: HttpApi, name: String) -> Response<Body> {
    let (events, coming) = mpsc::channel::<Bytes>(8);
    tokio::spawn(async move {
        let mut snapshots = agent.snapshots();
        let mut told: Vec<String> = Vec::new();
        loop {
            snapshots.mark_unchanged();
            let Some(Answer::Status(status)) = agent.serve(Ask::Watch, caller.clone()).await else {
                return;
            };
            if !http_api.lets_in(&name) {
                return;
            }
            let now = renewals(&status);
            for event in now.iter().filter(|event| !told.contains(event)) {
                if events.send(Bytes::from(event.clone())).await.is_err() {
                    return;
                }
            }
            told = now;
            tokio::select! {
                changed = snapshots.changed() => if changed.is_err() { return },
                () = events.closed() => return,
            }
        }
    });
    let frames = futures_util::stream::unfold(coming, |mut coming| async move {
        let event = coming.recv().await?;
        Some((Ok::<_, Infallible>(Frame::data(event)), coming))
    });
    let body = BodyExt::boxed(StreamBody::new(frames));
    with_head(StatusCode::OK, "text/event-stream", body)
}

fn renewals(status: &StatusAnswer) -> Vec<String> {
    let live = status.profiles.iter().filter(|profile| profile.live);
    let event = |profile: &glowjar_protocol::message::ProfileStatus| {
        let data = json!({
            "profile": profile.profile,
            "expires_at": profile.expires_at,
            "fingerprint": profile.fingerprint,
        });
        format!("event: token\ndata: {data}\n\n")
    };
    live.map(event).collect()
}

fn refuse(denied: Denied) -> Response<Body> {
    let code = format!("{denied:?}").to_lowercase();
    failure(denied.status(), &code, denied.words())
}

fn failure(status: StatusCode, code: &str, message: &str) -> Response<Body> {
    reply(status, &json!({ "version": 1, "error": code, "message": message }))
}

fn reply(status: StatusCode, body: &Value) -> Response<Body> {
    with_head(status, "application/json", BodyExt::boxed(Full::new(Bytes::from(body.to_string()))))
}

fn with_head(status: StatusCode, kind: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, header::HeaderValue::from_static(value));
    }
    response
}

const MOST_CONNECTIONS: usize = 100;
const TIME_TO_ASK: Duration = Duration::from_secs(5);
/// Bytes; hyper takes no less.
const LONGEST_HEAD: usize = 8 * 1024;
