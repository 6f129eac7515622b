//! Everything the sandbox knows, behind one lock that is never held while waiting.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::{mpsc, oneshot, watch};

use crate::answer::{Answer, Outage, Route};
use crate::ledger::Ledger;
use crate::listener::{Listening, Order};
use crate::record::{Answered, Outcome, Record, Recorded};
use crate::reply::Reply;
use crate::request::Request;
use crate::routes::{self, Exchange, RefreshTokenShape};
use crate::script::Script;
use crate::settings::{Clock, DateHeader, Settings};
use crate::token::{Claims, Kind, millis, random_id, span_millis};
use crate::{Grant, SEED_REFRESH_TOKEN};

/// What the handle, the listener and every connection hold together.
pub(crate) struct Shared {
    state: Mutex<State>,
    /// Changes whenever a request was recorded.
    pub(crate) arrivals: watch::Sender<u64>,
    /// Changes whenever held answers are let go.
    pub(crate) released: watch::Sender<u64>,
    orders: mpsc::Sender<Order>,
}

impl Shared {
    pub(crate) fn new(settings: Settings, url: String) -> (Arc<Self>, mpsc::Receiver<Order>) {
        let (orders, receiver) = mpsc::channel(8);
        let state = State {
            settings,
            url,
            advanced: Duration::ZERO,
            script: Script::default(),
            outage: None,
            ledger: Ledger::default(),
            record: Record::default(),
        };
        let shared = Self {
            state: Mutex::new(state),
            arrivals: watch::Sender::new(0),
            released: watch::Sender::new(0),
            orders,
        };
        (Arc::new(shared), receiver)
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        // A panicking `change` closure leaves the settings as far as it came, which is as good as any.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns once the port is as ordered.
    pub(crate) async fn order(&self, listening: Listening) -> io::Result<()> {
        let (done, outcome) = oneshot::channel();
        let stopped = || io::Error::new(io::ErrorKind::NotConnected, "the sandbox has stopped");
        self.orders.send(Order { listening, done }).await.map_err(|_| stopped())?;
        outcome.await.map_err(|_| stopped())?
    }

    /// For those who cannot say when it is over, since nobody will be there to hear it.
    pub(crate) fn refuse_connections_for(self: &Arc<Self>, span: Duration) {
        let shared = self.clone();
        tokio::spawn(async move {
            if shared.order(Listening::Off).await.is_ok() {
                tokio::time::sleep(span).await;
                if let Err(error) = shared.order(Listening::On).await {
                    tracing::error!(%error, "could not come back after an outage");
                }
            }
        });
    }
}

pub(crate) struct State {
    pub(crate) settings: Settings,
    pub(crate) url: String,
    pub(crate) advanced: Duration,
    pub(crate) script: Script,
    pub(crate) outage: Option<Outage>,
    pub(crate) ledger: Ledger,
    pub(crate) record: Record,
}

impl State {
    pub(crate) fn now(&self) -> SystemTime {
        let start = match self.settings.clock {
            Clock::System => SystemTime::now(),
            Clock::StandingAt(time) => time,
        };
        start + self.advanced
    }

    /// What the `Date` header is to say.
    pub(crate) fn date(&self) -> Option<String> {
        let shown = match self.settings.date {
            DateHeader::True => self.now(),
            DateHeader::Ahead(by) => self.now() + by,
            DateHeader::Behind(by) => self.now() - by,
            DateHeader::Missing => return None,
        };
        Some(crate::answer::http_date(shown))
    }

    /// Decides what to say to this request, and writes it down.
    pub(crate) fn answer(&mut self, request: &Request) -> Reply {
        let now = self.now();
        let route = routes::route(&request.path);
        let scripted = self.scripted(route, now);
        let mut exchange = Exchange::new(
            request,
            scripted.as_ref().map_or(RefreshTokenShape::Usual, Answer::refresh_token),
        );
        request.remark(&mut exchange.wrong);
        let before = scripted
            .as_ref()
            .filter(|answer| !answer.is_carried_out())
            .map(|_| (self.ledger.clone(), self.settings.clients.clone()));
        let usual = routes::answer(self, &mut exchange);
        if let Some(before) = before {
            (self.ledger, self.settings.clients) = before;
        }
        let wrong = exchange.wrong;
        let (mut reply, answered) = match scripted {
            None => (usual.reply.clone(), usual.answered(None)),
            Some(answer) => {
                let reply = answer.shape(
                    usual.reply.clone(),
                    request,
                    now,
                    self.settings.error_code_is_number,
                );
                let answered = usual.answered(Some((&answer, &reply)));
                (reply, answered)
            }
        };
        let number = self.record.next_number();
        if request.path.starts_with("/ims/") && reply.comes_from_the_server {
            reply = reply.with("x-debug-id", format!("sandbox-{number:08}"));
        }
        self.write_down(request, route, wrong, answered);
        reply
    }

    /// A body too long to look at.
    pub(crate) fn refuse_size(&mut self, request: &Request) -> Reply {
        let words = "the body is longer than 1 MiB".to_owned();
        let answered = Answered {
            status: Some(413),
            outcome: Outcome::Refused,
            words: format!("refused: {words}"),
        };
        self.write_down(request, routes::route(&request.path), vec![words], answered);
        Reply::empty(413)
    }

    fn scripted(&mut self, route: Option<Route>, now: SystemTime) -> Option<Answer> {
        match self.outage {
            Some(Outage::Unavailable) => Some(Answer::Unavailable),
            Some(Outage::Unresponsive) => Some(Answer::Hang),
            _ => self.script.take(route, now).filter(|answer| *answer != Answer::Normal),
        }
    }

    fn write_down(
        &mut self,
        request: &Request,
        route: Option<Route>,
        wrong: Vec<String>,
        answered: Answered,
    ) {
        let recorded = Recorded {
            number: self.record.next_number(),
            at: self.now(),
            route,
            method: request.method.clone(),
            path: request.path.clone(),
            query: request.query.clone(),
            headers: request.headers.clone(),
            body: request.body.to_vec(),
            fields: request.fields(),
            wrong,
            answered,
        };
        tracing::info!(request = %recorded);
        self.record.add(recorded);
    }

    /// Reads a token and says why not if it is no good, in words.
    pub(crate) fn check(&self, token: &str, kind: Kind) -> Result<Claims, &'static str> {
        self.check_at(token, kind, self.now())
    }

    fn check_at(
        &self,
        token: &str,
        kind: Kind,
        moment: SystemTime,
    ) -> Result<Claims, &'static str> {
        if token == SEED_REFRESH_TOKEN && kind == Kind::Refresh {
            return Ok(seed());
        }
        let claims = Claims::read(token)?;
        if claims.kind != kind {
            return Err(match kind {
                Kind::Access => "it is a refresh token, not an access token",
                Kind::Refresh => "it is an access token, not a refresh token",
            });
        }
        if moment >= claims.ends() {
            return Err("it has expired");
        }
        if kind == Kind::Access && self.ledger.is_revoked(&claims) {
            return Err("it was revoked");
        }
        Ok(claims)
    }

    pub(crate) fn accepts(&self, token: &str) -> bool {
        self.check(token, Kind::Access).is_ok()
            || self.check(token, Kind::Refresh).is_ok_and(|claims| {
                claims.id == SEED_REFRESH_TOKEN && self.settings.seed_starts_anew
                    || self
                        .ledger
                        .standing(claims.family.as_deref().unwrap_or_default(), claims.sequence)
                        .is_ok()
            })
    }

    pub(crate) fn accepted_at(&self, token: &str, moment: SystemTime) -> bool {
        self.check_at(token, Kind::Access, moment).is_ok()
    }

    pub(crate) fn issue_refresh_token(&mut self, client_id: &str) -> String {
        let client = self.settings.clients.iter().find(|client| client.id == client_id);
        let scope = client.map(|client| client.scopes.join(",")).unwrap_or_default();
        let family = random_id();
        self.ledger.family_begun(&family);
        self.refresh_token(client_id, &scope, &family, 0).write(self.settings.token_form)
    }

    /// The claims of a refresh token that begins now.
    pub(crate) fn refresh_token(
        &self,
        client_id: &str,
        scope: &str,
        family: &str,
        sequence: u64,
    ) -> Claims {
        Claims {
            id: random_id(),
            kind: Kind::Refresh,
            client_id: client_id.to_owned(),
            scope: scope.to_owned(),
            created_at: millis(self.now()),
            expires_in: span_millis(self.settings.refresh_token_lifetime),
            family: Some(family.to_owned()),
            sequence,
            refresh_ends: None,
        }
    }

    /// The one that takes its place.
    pub(crate) fn rotated(&self, old: &Claims, family: &str, sequence: u64) -> Claims {
        let mut next = self.refresh_token(&old.client_id, &old.scope, family, sequence);
        if !self.settings.refresh_token_end_slides {
            next.expires_in = millis(old.ends()).saturating_sub(next.created_at);
        }
        next
    }

    /// The claims of an access token that begins now.
    pub(crate) fn access_token(
        &mut self,
        client_id: &str,
        scope: &str,
        family: Option<&str>,
        refresh_ends: Option<u64>,
    ) -> Claims {
        let claims = Claims {
            id: random_id(),
            kind: Kind::Access,
            client_id: client_id.to_owned(),
            scope: scope.to_owned(),
            created_at: millis(self.now()),
            expires_in: span_millis(self.settings.access_token_lifetime),
            family: family.map(str::to_owned),
            sequence: 0,
            refresh_ends,
        };
        self.ledger.access_token_issued(&claims.id);
        claims
    }
}

/// What stands behind [`SEED_REFRESH_TOKEN`], which says nothing of itself.
fn seed() -> Claims {
    let client = crate::Client::demo()
        .into_iter()
        .find(|client| client.grants.contains(&Grant::RefreshToken));
    Claims {
        id: SEED_REFRESH_TOKEN.to_owned(),
        kind: Kind::Refresh,
        client_id: crate::CLIENT_ID.to_owned(),
        scope: client.map(|client| client.scopes.join(",")).unwrap_or_default(),
        created_at: 0,
        expires_in: u64::MAX / 2,
        family: Some("seed".to_owned()),
        sequence: 0,
        refresh_ends: None,
    }
}
