//! Servers to ask, and what they are asked with.

use std::{
    sync::{
        Arc, LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime},
};

use glowjar_ims::{
    Client, ClientId, ClientSecret, ClientSettings, Endpoint, Grant, Issued, Provider, ProxyChoice,
    RefreshToken, RequestError, Scopes, Timeouts, TokenRequest,
};
use glowjar_lifecycle::time::Timestamp;
use glowjar_sandbox::{CLIENT_ID, CLIENT_SECRET, Clock, Sandbox, Settings};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// The moment at which every request of these tests is sent, on our clock and on the sandbox's.
pub const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

pub async fn sandbox() -> Sandbox {
    sandbox_with(|_| {}).await
}

pub async fn sandbox_with(change: impl FnOnce(&mut Settings)) -> Sandbox {
    let mut settings = Settings {
        clock: Clock::StandingAt(SystemTime::UNIX_EPOCH + NOW.since(Timestamp::EPOCH)),
        ..Settings::default()
    };
    change(&mut settings);
    Sandbox::start(settings).await.unwrap()
}

pub fn endpoint(url: &str) -> Endpoint {
    Endpoint::parse(url).unwrap()
}

pub fn provider(sandbox: &Sandbox) -> Provider {
    Provider::sandbox(&endpoint(&sandbox.url()))
}

/// One for all, since it reads the system's certificates.
pub fn client() -> Client {
    static CLIENT: LazyLock<Client> = LazyLock::new(|| Client::new(&settings()).unwrap());
    CLIENT.clone()
}

/// Whatever proxy the machine has is left alone.
pub fn settings() -> ClientSettings {
    ClientSettings { proxy: ProxyChoice::Direct, ..ClientSettings::default() }
}

/// Gives up after a blink, for servers that never end.
pub fn hasty_client() -> Client {
    let timeouts = Timeouts { total: Duration::from_millis(300), ..Timeouts::default() };
    Client::new(&ClientSettings { timeouts, ..settings() }).unwrap()
}

pub fn client_id() -> ClientId {
    ClientId::parse(CLIENT_ID).unwrap()
}

pub async fn mint(provider: &Provider) -> Result<Issued, RequestError> {
    mint_with(&client(), provider, CLIENT_SECRET).await
}

pub async fn mint_with(
    client: &Client,
    provider: &Provider,
    secret: &str,
) -> Result<Issued, RequestError> {
    let secret = ClientSecret::parse(secret).unwrap();
    let scopes = Scopes::parse("openid,AdobeID,firefly_api").unwrap();
    let request = TokenRequest {
        client_id: &client_id(),
        secret: Some(&secret),
        grant: Grant::ClientCredentials { scopes: &scopes },
    };
    client.request_token(provider, &request, NOW).await
}

pub async fn refresh(provider: &Provider, refresh_token: &str) -> Result<Issued, RequestError> {
    let secret = ClientSecret::parse(CLIENT_SECRET).unwrap();
    let refresh_token = RefreshToken::parse(refresh_token).unwrap();
    let request = TokenRequest {
        client_id: &client_id(),
        secret: Some(&secret),
        grant: Grant::RefreshToken { refresh_token: &refresh_token, scopes: None },
    };
    client().request_token(provider, &request, NOW).await
}

/// A server that reads one request a connection and answers with these bytes.
pub struct RawServer {
    pub url: String,
    connections: Arc<AtomicUsize>,
}

impl RawServer {
    pub async fn start(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let connections = Arc::new(AtomicUsize::new(0));
        let count = connections.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                read_request(&mut stream).await;
                // The client may have hung up, as it should on a body that is too long.
                let _ = stream.write_all(&answer).await;
                let _ = stream.shutdown().await;
            }
        });
        Self { url, connections }
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// As a provider of any kind.
    pub fn provider(&self) -> Provider {
        Provider::custom(endpoint(&format!("{}/token", self.url)))
    }
}

/// A reply with `content-length`.
pub fn http(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n{body}", body.len())
}

/// Reads head and body of one request.
pub async fn read_request(stream: &mut (impl AsyncReadExt + Unpin)) -> String {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
        if let Some(head) = text.find("\r\n\r\n") {
            let length = text[..head]
                .split("content-length: ")
                .nth(1)
                .map_or(0, |rest| rest.lines().next().unwrap().trim().parse::<usize>().unwrap());
            if bytes.len() >= head + 4 + length {
                return String::from_utf8_lossy(&bytes).into_owned();
            }
        }
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return String::from_utf8_lossy(&bytes).into_owned(),
            Ok(length) => bytes.extend_from_slice(&chunk[..length]),
        }
    }
}

/// A port on which nobody listens.
pub async fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}

/// Copies both ways until both sides are done.
pub async fn join(mut one: TcpStream, mut other: TcpStream) {
    // Either side may end in a reset; the test looks at the ends.
    let _ = tokio::io::copy_bidirectional(&mut one, &mut other).await;
}
