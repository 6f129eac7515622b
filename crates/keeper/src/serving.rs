//! The listeners: for desks over HTTPS, and for the admin on a socket in the keeper's folder.

use std::{
    convert::Infallible, fmt, fmt::Write as _, io, net::SocketAddr, path::Path, sync::Arc,
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{ConnectInfo, Request, State},
    http::{HeaderValue, Response, StatusCode, header},
    middleware::map_request,
    routing::{get, post},
};
use axum_server::{
    Handle,
    tls_rustls::{RustlsAcceptor, RustlsConfig},
};
use glowjar_ims::{EVENTS_PATH, JOIN_PATH, is_one_time};
use glowjar_token_endpoint::{ClientAddress, Doorway, Refusal, SecretHash, Strangers, router};
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use secrecy::zeroize::Zeroizing;
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, UnixListener, UnixStream},
};

use crate::{
    clock,
    control::{Command, Reply},
    counter::Counter,
    office::{Joined, Office},
};

/// A certificate and its key, PEM.
#[derive(Clone)]
pub struct Certificate {
    pub chain: Vec<u8>,
    pub key: Vec<u8>,
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Certificate")
    }
}

/// Answers desks until it is dropped. Without a certificate only on this machine's own address.
///
/// # Errors
/// The certificate or the listener can't be used, or it would be plain text on a network.
pub async fn serve(
    office: Office,
    listener: TcpListener,
    url: &url::Url,
    certificate: Option<Certificate>,
    handle: Handle<SocketAddr>,
) -> io::Result<()> {
    let app = routes(office, Doorway::at(url));
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    let listener = listener.into_std()?;
    let is_own_address = listener.local_addr()?.ip().is_loopback();
    // In HTTP/2 a request has no `Host`, by which the token endpoint knows what is meant for it.
    let mut server = axum_server::from_tcp(listener)?.handle(handle).http1_only();
    server = server.first_request_timeout(TIME_TO_ASK);
    server.http_builder().http1().header_read_timeout(TIME_TO_ASK);
    match certificate {
        Some(certificate) => {
            let config = RustlsConfig::from_config(Arc::new(certificate.config()?));
            server.acceptor(RustlsAcceptor::new(config)).serve(app).await
        }
        None if is_own_address => server.serve(app).await,
        None => Err(io::Error::other(
            "desks would send their secrets in plain text: give a certificate (--certificate, --key)",
        )),
    }
}

impl Certificate {
    /// # Errors
    /// It is none, or the key is another one's.
    fn config(&self) -> io::Result<ServerConfig> {
        let broken = |what: &str| io::Error::other(format!("the {what} can't be used"));
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&self.chain).collect();
        let chain = chain.map_err(|_| broken("certificate"))?;
        let key = PrivateKeyDer::from_pem_slice(&self.key).map_err(|_| broken("key"))?;
        let config = ServerConfig::builder().with_no_client_auth();
        let mut config = config
            .with_single_cert(chain, key)
            .map_err(|error| io::Error::other(format!("the certificate can't be used: {error}")))?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }
}

fn routes(office: Office, doorway: Doorway) -> Router {
    let own = Router::new()
        .route("/healthz", get(healthz))
        .route("/metrics", get(metrics))
        .with_state(office.clone());
    let porch =
        Porch { office: office.clone(), doorway: doorway.clone(), strangers: Strangers::default() };
    let porch = Router::new()
        .route(JOIN_PATH, post(join))
        .route(EVENTS_PATH, get(events))
        .with_state(Arc::new(porch));
    let for_desks = router(Counter(office), doorway).merge(porch);
    for_desks.layer(map_request(with_address)).merge(own)
}

/// Where desks are taken in, and where they listen.
struct Porch {
    office: Office,
    doorway: Doorway,
    strangers: Strangers,
}

async fn join(State(porch): State<Arc<Porch>>, request: Request) -> Response<Body> {
    if let Err(denied) = porch.doorway.check(request.headers()) {
        return glowjar_token_endpoint::denied(denied);
    }
    let from = request.extensions().get::<ClientAddress>().map(|from| from.0);
    let refused = |error: &str, why: &str| {
        let body = json!({ "error": error, "error_description": why });
        with_json(StatusCode::BAD_REQUEST, &body)
    };
    let Some((word, own)) = word_and_own(request).await else {
        return refused("invalid_request", "a word and the SHA-256 of a secret are wanted");
    };
    match porch.office.join(&word, &own, from, &porch.strangers).await {
        Joined::Done(name) => with_json(StatusCode::OK, &json!({ "name": name })),
        Joined::UsedBefore => refused(
            "invalid_grant",
            "this line was used before, and is good once: ask your admin for another",
        ),
        Joined::Unknown => {
            refused("invalid_grant", "this line is not known here: ask your admin for another")
        }
        Joined::TooMany(refusal) => refusal.response(),
        Joined::NotNow => {
            Refusal::NotNow("the keeper can't take anybody in just now".to_owned()).response()
        }
    }
}

/// A desk listens with its secret and its client id: `Authorization: Bearer …`, `?client_id=…`.
async fn events(State(porch): State<Arc<Porch>>, request: Request) -> Response<Body> {
    if let Err(denied) = porch.doorway.check(request.headers()) {
        return glowjar_token_endpoint::denied(denied);
    }
    let from = request.extensions().get::<ClientAddress>().map(|from| from.0);
    let said = request.headers().get(header::AUTHORIZATION).and_then(|it| it.to_str().ok());
    let secret = said.and_then(|it| it.strip_prefix("Bearer ")).map(SecretHash::of);
    let Some(desk) = secret.and_then(|secret| porch.office.desk(&secret)) else {
        porch.office.note_wrong_secret();
        return porch.strangers.let_in(from).err().unwrap_or(Refusal::WrongSecret).response();
    };
    let query = request.uri().query().unwrap_or_default();
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let client_id = pairs.find(|(name, _)| name == "client_id").map(|(_, value)| value);
    let coming = porch.office.listen(&desk, client_id.as_deref().unwrap_or_default());
    let Some(coming) = coming else { return Refusal::WrongClientId.response() };
    let stream = futures_util::stream::unfold(coming, |mut coming| async move {
        coming.recv().await.map(|event| (Ok::<_, Infallible>(event), coming))
    });
    let mut response = Response::new(Body::from_stream(stream));
    let events = HeaderValue::from_static("text/event-stream");
    response.headers_mut().insert(header::CONTENT_TYPE, events);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn word_and_own(request: Request) -> Option<(SecretHash, SecretHash)> {
    let body = clock::within(TIME_TO_ASK, to_bytes(request.into_body(), LONGEST_JOIN)).await;
    let body = Zeroizing::new(body?.ok()?.to_vec());
    let one = |wanted: &str| {
        let mut pairs = url::form_urlencoded::parse(&body);
        pairs.find(|(name, _)| name == wanted).map(|(_, value)| Zeroizing::new(value.into_owned()))
    };
    let word = one("word").filter(|word| is_one_time(word))?;
    Some((SecretHash::of(&word), SecretHash::parse(&one("secret_sha256")?)?))
}

fn with_json(status: StatusCode, body: &serde_json::Value) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json;charset=UTF-8");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// So that who tries secrets is slowed down alone, and the record says who was handed a token.
async fn with_address(
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    mut request: Request,
) -> Request {
    request.extensions_mut().insert(ClientAddress(address.ip()));
    request
}

/// 200 while each pool has a live token.
async fn healthz(State(office): State<Office>) -> (StatusCode, &'static str) {
    if office.pools().iter().all(|pool| pool.seconds_left.is_some()) {
        (StatusCode::OK, "good\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "a pool has no live token\n")
    }
}

/// Prometheus' text format. Nothing in it is secret.
async fn metrics(State(office): State<Office>) -> String {
    let pools = office.pools();
    let mut text = String::new();
    let mut gauge = |name: &str, help: &str, value: &dyn Fn(&crate::control::PoolLine) -> u64| {
        let _ = writeln!(text, "# HELP glowjar_{name} {help}\n# TYPE glowjar_{name} gauge");
        for pool in &pools {
            let _ = writeln!(text, "glowjar_{name}{{pool=\"{}\"}} {}", pool.name, value(pool));
        }
    };
    gauge("token_seconds_left", "Life left of the token in use.", &|pool| {
        pool.seconds_left.unwrap_or(0)
    });
    gauge("grant_version", "Tokens issued so far, and one.", &|pool| pool.version);
    gauge("budget", "Requests that may still be made at once.", &|pool| u64::from(pool.budget));
    gauge("resends", "Refresh tokens that were used a second time.", &|pool| pool.resends);
    gauge("leads", "Whether this keeper is the one that asks the provider.", &|pool| {
        u64::from(pool.leads)
    });
    gauge("paused", "Whether the provider asked to be left alone for a while.", &|pool| {
        u64::from(pool.is_paused)
    });
    gauge("desks", "Who may ask.", &|pool| pool.desks as u64);
    let _ = writeln!(
        text,
        "# HELP glowjar_listening Desks that hear of a halt at once.\n# TYPE glowjar_listening gauge\nglowjar_listening {}",
        office.listening()
    );
    text
}

/// Opens the socket by which an admin reaches the keeper.
///
/// # Errors
/// It can't be opened.
pub fn open_control(office: &Office) -> io::Result<UnixListener> {
    let path = office.folder().join(SOCKET);
    // One that a killed keeper left; the store's lock says that none runs.
    let _ = std::fs::remove_file(&path);
    UnixListener::bind(&path)
}

/// Answers the admin until it is dropped.
///
/// # Errors
/// The socket is of no use any more.
pub async fn control(office: Office, listener: UnixListener) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        let office = office.clone();
        tokio::spawn(async move {
            // Who asked has gone.
            let _ = converse(office, stream).await;
        });
    }
}

async fn converse(office: Office, stream: UnixStream) -> io::Result<()> {
    let (reading, mut writing) = stream.into_split();
    let mut line = String::new();
    BufReader::new(reading.take(LONGEST_COMMAND)).read_line(&mut line).await?;
    let reply = match serde_json::from_str(&line) {
        Ok(command) => office.handle(command).await,
        Err(_) => {
            Reply::Refused("The keeper does not know this command: is it an older one?".to_owned())
        }
    };
    let mut text = serde_json::to_vec(&reply)?;
    text.push(b'\n');
    writing.write_all(&text).await
}

/// Asks the keeper that runs on this folder; `None` if there is none.
///
/// # Errors
/// It broke off.
pub async fn ask(folder: &Path, command: &Command) -> io::Result<Option<Reply>> {
    let Ok(stream) = UnixStream::connect(folder.join(SOCKET)).await else { return Ok(None) };
    let (reading, mut writing) = stream.into_split();
    let mut text = serde_json::to_vec(command)?;
    text.push(b'\n');
    writing.write_all(&text).await?;
    let mut line = String::new();
    BufReader::new(reading).read_line(&mut line).await?;
    Ok(Some(serde_json::from_str(&line)?))
}

/// A request comes in one go. Who takes longer holds nothing but a connection meanwhile.
const TIME_TO_ASK: Duration = Duration::from_secs(5);
/// In bytes.
const LONGEST_JOIN: usize = 4 * 1024;
const SOCKET: &str = "control.sock";
const LONGEST_COMMAND: u64 = 1024 * 1024;
