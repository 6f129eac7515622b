//! The addresses.

use std::{net::IpAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, Bytes, HttpBody, to_bytes},
    extract::{DefaultBodyLimit, Request, State},
    http::Response,
    routing::{get, post},
};
use tokio::time::timeout;
use tower::ServiceExt;

use crate::{
    Attempt, ClientAddress, Doorway, Issuer, Program, Refusal, SecretHash, Wanted,
    asked::{Asked, LONGEST_BODY},
    limits::Limits,
    reply,
};

/// Adobe's paths, and those that other servers have for the same.
const TOKEN: [&str; 4] = ["/ims/token/v3", "/ims/token/v2", "/token", "/oauth/token"];
const VALIDATE: &str = "/ims/validate_token/v1";
const DISCOVERY: [&str; 2] =
    ["/ims/.well-known/openid-configuration", "/.well-known/openid-configuration"];

/// Whether a path belongs to the endpoint, for a listener that has others as well.
#[must_use]
pub fn is_endpoint(path: &str) -> bool {
    TOKEN.contains(&path) || DISCOVERY.contains(&path) || path == VALIDATE
}

/// The endpoint, for a listener.
pub fn router<I: Issuer>(issuer: I, doorway: Doorway) -> Router {
    let endpoint = Arc::new(Endpoint { issuer, doorway, limits: Limits::new() });
    let mut router = Router::new().route(VALIDATE, post(validate::<I>));
    for path in TOKEN {
        router = router.route(path, post(token::<I>));
    }
    for path in DISCOVERY {
        router = router.route(path, get(discovery::<I>));
    }
    router.layer(DefaultBodyLimit::max(LONGEST_BODY)).with_state(endpoint)
}

/// Answers one request of a listener that has other paths as well and is no axum server itself.
pub async fn answer<B>(router: &Router, request: axum::http::Request<B>) -> Response<Bytes>
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    let Ok(response) = router.clone().oneshot(request).await;
    let (head, body) = response.into_parts();
    // What is answered here is short, and was made in one piece.
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    Response::from_parts(head, body)
}

struct Endpoint<I> {
    issuer: I,
    doorway: Doorway,
    limits: Limits,
}

async fn token<I: Issuer>(
    State(endpoint): State<Arc<Endpoint<I>>>,
    request: Request,
) -> Response<Body> {
    if let Err(denied) = endpoint.check(&request) {
        return denied;
    }
    let from = from(&request);
    let issued = async {
        let asked = read(request).await?;
        let (client_id, secret) = asked.client()?;
        let program = endpoint.program(secret, from)?;
        let _place = endpoint.limits.let_in(&program.secret).inspect_err(|_| {
            endpoint.issuer.refused(Attempt::TooMany { program: program.name.clone() });
        })?;
        match asked.one("grant_type") {
            Some("client_credentials") => {}
            Some(_) => return Err(Refusal::WrongGrant),
            None => return Err(Refusal::NotUnderstood),
        }
        let wanted = Wanted { client_id: client_id.to_owned(), scopes: asked.scopes(), from };
        let issued = timeout(TIME_TO_ANSWER, endpoint.issuer.issue(program, wanted)).await;
        issued.unwrap_or_else(|_| Err(Refusal::NotNow("no token came in time".to_owned())))
    };
    match issued.await {
        Ok(issued) => reply::issued(&issued),
        Err(refusal) => refusal.response(),
    }
}

fn from(request: &Request) -> Option<IpAddr> {
    request.extensions().get::<ClientAddress>().map(|from| from.0)
}

async fn read(request: Request) -> Result<Asked, Refusal> {
    timeout(TIME_TO_ASK, Asked::read(request)).await.unwrap_or(Err(Refusal::NotUnderstood))
}

impl<I: Issuer> Endpoint<I> {
    #[expect(clippy::result_large_err, reason = "it is the answer")]
    fn check(&self, request: &Request) -> Result<(), Response<Body>> {
        self.doorway.check(request.headers()).map_err(|denied| {
            self.issuer.refused(Attempt::Denied(denied));
            reply::denied(denied)
        })
    }

    /// # Errors
    /// [`Refusal::WrongSecret`], or [`Refusal::TooMany`] of those.
    fn program(&self, secret: Option<&str>, from: Option<IpAddr>) -> Result<Program, Refusal> {
        let known = secret.and_then(|secret| self.issuer.program(&SecretHash::of(secret)));
        known.ok_or_else(|| {
            self.issuer.refused(Attempt::WrongSecret);
            self.limits.let_in_stranger(from).err().unwrap_or(Refusal::WrongSecret)
        })
    }
}

/// Adobe asks for no secret here: the token itself is one.
async fn validate<I: Issuer>(
    State(endpoint): State<Arc<Endpoint<I>>>,
    request: Request,
) -> Response<Body> {
    if let Err(denied) = endpoint.check(&request) {
        return denied;
    }
    let from = from(&request);
    let validated = async {
        let asked = read(request).await?;
        let client_id = asked.one("client_id").ok_or(Refusal::NotUnderstood)?.to_owned();
        let token = asked.token().ok_or(Refusal::NotUnderstood)?;
        if asked.one("type") != Some("access_token") {
            return Err(Refusal::NotUnderstood);
        }
        let left = endpoint.issuer.seconds_left(client_id.clone(), token).await;
        if left.is_none() {
            endpoint.limits.let_in_stranger(from)?;
        }
        Ok((left, client_id))
    };
    match validated.await {
        Ok((left, client_id)) => reply::validated(left, &client_id),
        Err(refusal) => refusal.response(),
    }
}

async fn discovery<I: Issuer>(
    State(endpoint): State<Arc<Endpoint<I>>>,
    request: Request,
) -> Response<Body> {
    if let Err(denied) = endpoint.check(&request) {
        return denied;
    }
    reply::discovery(endpoint.doorway.url())
}

/// A request of a few hundred bytes comes in one go.
const TIME_TO_ASK: Duration = Duration::from_secs(5);
/// A person may be asked first, and has half a minute.
const TIME_TO_ANSWER: Duration = Duration::from_secs(45);
