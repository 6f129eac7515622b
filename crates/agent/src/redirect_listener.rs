//! Where a browser comes back to after a sign-in: a port of this machine that is open only while one waits (RFC 8252
//! section 7.3). Whether what arrives belongs to that sign-in is not decided here.

use std::{convert::Infallible, future::Future, io, pin::Pin, sync::Arc, time::Duration};

use glowjar_ims::Redirect;
use http_body_util::Full;
use hyper::{
    HeaderMap, Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header,
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use secrecy::SecretString;
use tokio::{
    net::TcpListener,
    sync::{Semaphore, mpsc},
    task::JoinSet,
};

use crate::{handout::accepting::Accepting, localization::Message};

/// Listens already, so nobody else can take the port any more.
#[derive(Debug)]
pub(crate) struct RedirectListener {
    redirect: Redirect,
    listeners: Vec<TcpListener>,
}

/// The port is another program's, or may not be had.
#[derive(Debug)]
pub(crate) struct PortTaken {
    pub port: u16,
}

/// What the browser shows.
#[derive(Debug)]
pub(crate) struct Page {
    pub said: Message,
    /// Nothing more is waited for.
    pub is_last: bool,
}

/// Says what to show for an address that a browser arrived at. `None` if nobody waits any more.
pub(crate) type Arrived =
    Arc<dyn Fn(SecretString) -> Pin<Box<dyn Future<Output = Option<Page>> + Send>> + Send + Sync>;

impl RedirectListener {
    /// At the ports that `redirect` names; without one, at a free port. Where the browser goes elsewhere it listens at
    /// none.
    pub(crate) async fn open(redirect: Option<Redirect>) -> Result<Self, PortTaken> {
        let Some(redirect) = redirect else {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await;
            let bound = listener.and_then(|it| io::Result::Ok((it.local_addr()?.port(), it)));
            let (port, listener) = bound.map_err(|_| PortTaken { port: 0 })?;
            return Ok(Self { redirect: Redirect::loopback(port), listeners: vec![listener] });
        };
        let mut listeners = Vec::new();
        for address in redirect.ports() {
            match TcpListener::bind(address).await {
                Ok(listener) => listeners.push(listener),
                // A machine without IPv6.
                Err(_) if !listeners.is_empty() => {}
                Err(error) => {
                    tracing::warn!(event = "sign_in_port", %address, %error);
                    return Err(PortTaken { port: address.port() });
                }
            }
        }
        Ok(Self { redirect, listeners })
    }

    pub(crate) const fn redirect(&self) -> &Redirect {
        &self.redirect
    }

    /// Whether a browser arrives here at all.
    pub(crate) const fn listens(&self) -> bool {
        !self.listeners.is_empty()
    }

    /// Until the last page was shown, or the future is dropped.
    pub(crate) async fn serve(self, arrived: Arrived) {
        let (over, mut is_over) = mpsc::channel::<()>(1);
        let mut listening = JoinSet::new();
        for listener in self.listeners {
            let (redirect, arrived, over) = (self.redirect.clone(), arrived.clone(), over.clone());
            listening.spawn(accept(listener, redirect, arrived, over));
        }
        // What a browser was shown has left by then: the connection it came by tells.
        let _ = is_over.recv().await;
    }
}

async fn accept(
    listener: TcpListener,
    redirect: Redirect,
    arrived: Arrived,
    over: mpsc::Sender<()>,
) {
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let mut connections = JoinSet::new();
    let mut accepting = Accepting::default();
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        let Some((stream, _)) = accepting.took_in(listener.accept().await).await else { continue };
        while connections.try_join_next().is_some() {}
        let (redirect, arrived, over) = (redirect.clone(), arrived.clone(), over.clone());
        connections.spawn(async move {
            let (last, mut is_last) = mpsc::channel::<()>(1);
            let answer = service_fn(|request: Request<Incoming>| {
                let (redirect, arrived, last) = (redirect.clone(), arrived.clone(), last.clone());
                async move { Ok::<_, Infallible>(answer(&request, &redirect, &arrived, &last).await) }
            });
            let _ = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(TIME_TO_ASK)
                .max_buf_size(LONGEST_HEAD)
                .keep_alive(false)
                .serve_connection(TokioIo::new(stream), answer)
                .await;
            if is_last.try_recv().is_ok() {
                let _ = over.send(()).await;
            }
            drop(place);
        });
    }
}

async fn answer(
    request: &Request<Incoming>,
    redirect: &Redirect,
    arrived: &Arrived,
    last: &mpsc::Sender<()>,
) -> Response<Full<Bytes>> {
    if request.method() != Method::GET {
        return bare(StatusCode::METHOD_NOT_ALLOWED);
    }
    if !is_a_persons_browser(request.headers(), redirect) {
        return bare(StatusCode::FORBIDDEN);
    }
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let Some(address) = redirect.arrived(path) else { return bare(StatusCode::NOT_FOUND) };
    let Some(page) = arrived(address.into()).await else { return bare(StatusCode::GONE) };
    if page.is_last {
        let _ = last.try_send(());
    }
    shown(&page.said)
}

/// A browser that was sent here shows the address as a page of its own. A web page that asks by itself, in a picture, a
/// frame or a script, is told apart by what browsers add (<https://www.w3.org/TR/fetch-metadata/>); a name that leads
/// here by somebody's trick with DNS, by the host.
fn is_a_persons_browser(headers: &HeaderMap, redirect: &Redirect) -> bool {
    let says = |name: &str, wanted: &str| {
        headers.get_all(name).iter().all(|value| value.as_bytes() == wanted.as_bytes())
    };
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = (hosts.next(), hosts.next());
    let is_here =
        matches!(host, (Some(host), None) if host.as_bytes() == redirect.authority().as_bytes());
    is_here
        && says("sec-fetch-mode", "navigate")
        && says("sec-fetch-dest", "document")
        && !headers.contains_key(header::ORIGIN)
}

fn shown(said: &Message) -> Response<Full<Bytes>> {
    let escaped = |text: &str| {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
    };
    let (headline, advice) = (escaped(&said.headline), escaped(&said.advice));
    let page = format!(
        "<!doctype html><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{headline}</title>\
         <style>body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:30rem;margin:20vh auto;padding:0 1rem}}</style>\
         <h1>{headline}</h1><p>{advice}</p>\n"
    );
    let mut response = bare(StatusCode::OK);
    let headers = response.headers_mut();
    let mut set = |name, value| headers.insert(name, header::HeaderValue::from_static(value));
    set(header::CONTENT_TYPE, "text/html; charset=utf-8");
    set(
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    );
    *response.body_mut() = Full::new(page.into());
    response
}

fn bare(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::new()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let mut set = |name, value| headers.insert(name, header::HeaderValue::from_static(value));
    // The code is in the address.
    set(header::REFERRER_POLICY, "no-referrer");
    set(header::CACHE_CONTROL, "no-store");
    set(header::CONNECTION, "close");
    response
}

/// A browser needs one, and opens two or three ahead of time.
const MOST_CONNECTIONS: usize = 8;
const TIME_TO_ASK: Duration = Duration::from_secs(5);
/// In bytes. An address that is pasted may be as long; a code has some hundred.
const LONGEST_HEAD: usize = 16 * 1024;
