//! What one token over the endpoint costs beside the same exchange with a bare server of the same library, which looks at
//! nothing: `cargo bench -p glowjar-token-endpoint --bench exchange`. Fails if the median is more than 1.5 times as much.

#![expect(clippy::disallowed_methods, reason = "it measures time")]

use std::{
    convert::Infallible,
    net::SocketAddr,
    process::ExitCode,
    time::{Duration, Instant},
};

use axum::{Router, body::Bytes, routing::post};
use glowjar_token_endpoint::{
    Attempt, Doorway, Issued, Issuer, Program, Refusal, SecretHash, Wanted, answer, router,
};
use http_body_util::Full;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use secrecy::SecretString;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// Many programs, since each has an allowance of its own.
#[derive(Clone)]
struct Office(std::sync::Arc<Vec<Program>>);

impl Issuer for Office {
    fn program(&self, secret: &SecretHash) -> Option<Program> {
        self.0.iter().find(|program| program.secret == *secret).cloned()
    }

    async fn issue(&self, _: Program, _: Wanted) -> Result<Issued, Refusal> {
        Ok(Issued { access_token: "t".repeat(TOKEN).into(), seconds_left: 86_399 })
    }

    async fn seconds_left(&self, _: String, _: SecretString) -> Option<u64> {
        None
    }

    fn refused(&self, _: Attempt) {}
}

/// In one thread: two that take turns wait for each other's wake-ups, which take longer than any exchange.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let programs = (0..PROGRAMS)
        .map(|n| Program { name: format!("program {n}"), secret: SecretHash::of(&secret(n)) });
    let office = Office(std::sync::Arc::new(programs.collect()));
    let (ours, bare) = (listener().await, listener().await);
    let addresses = [&ours, &bare].map(|listener| listener.local_addr().expect("an address"));
    let doorway = Doorway::loopback(addresses[0].port());
    tokio::spawn(serve(ours, router(office, doorway)));
    let body = format!(r#"{{"access_token":"{}","token_type":"bearer"}}"#, "t".repeat(TOKEN));
    let route = post(move |_: Bytes| async move { body });
    tokio::spawn(serve(bare, Router::new().route("/ims/token/v3", route)));

    let mut clients = Vec::new();
    for address in addresses {
        clients.push(Client::connect(address).await);
    }
    // In turn, so that whatever else the machine does is spread over both.
    for round in 0..PROGRAMS * EACH {
        for client in &mut clients {
            client.exchange(&secret(round % PROGRAMS)).await;
        }
    }
    let mut spans = clients.into_iter().map(Client::median);
    let (ours, bare) = spans.next().zip(spans.next()).expect("two clients");
    let ratio = ours.as_secs_f64() / bare.as_secs_f64();
    eprintln!("endpoint {ours:?}, bare server {bare:?}: {ratio:.2} times");
    // For `cargo xtask bench`, in microseconds.
    eprintln!("{} {}", ours.as_secs_f64() * 1e6, bare.as_secs_f64() * 1e6);
    if ratio > MOST { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn secret(n: usize) -> String {
    format!("{n:064x}")
}

async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.expect("a free port")
}

async fn serve(listener: TcpListener, router: Router) {
    let Ok((stream, _)) = listener.accept().await else { return };
    let _ = stream.set_nodelay(true);
    let answered = service_fn(|request: hyper::Request<Incoming>| async {
        Ok::<_, Infallible>(answer(&router, request).await.map(Full::new))
    });
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), answered).await;
}

struct Client {
    address: SocketAddr,
    stream: TcpStream,
    taken: Vec<Duration>,
}

impl Client {
    async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("it listens");
        stream.set_nodelay(true).expect("a socket");
        Self { address, stream, taken: Vec::new() }
    }

    async fn exchange(&mut self, secret: &str) {
        let form = format!(
            "grant_type=client_credentials&client_id=id&client_secret={secret}&scope=openid,AdobeID"
        );
        let request = format!(
            "POST /ims/token/v3 HTTP/1.1\r\nhost: {}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             content-length: {}\r\n\r\n{form}",
            self.address,
            form.len()
        );
        let before = Instant::now();
        self.stream.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = vec![0; 16 * 1024];
        let mut read = 0;
        while !answer[..read].ends_with(b"}") {
            let more = self.stream.read(&mut answer[read..]).await.expect("an answer");
            assert!(more > 0, "it hung up");
            read += more;
        }
        self.taken.push(before.elapsed());
        assert!(answer.starts_with(b"HTTP/1.1 200") && read > TOKEN, "no token");
    }

    fn median(mut self) -> Duration {
        self.taken.sort();
        self.taken[self.taken.len() / 2]
    }
}

const PROGRAMS: usize = 50;
/// Fewer than a program may ask for at once.
const EACH: usize = 50;
/// As long as Adobe's tokens at most.
const TOKEN: usize = 1_600;
const MOST: f64 = 1.5;
