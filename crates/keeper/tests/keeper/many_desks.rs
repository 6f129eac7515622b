//! How many desks a keeper bears. `cargo xtask studio --desks 10000` measures it, and the tests do the same with fifty.
//!
//! Three etcd, three keepers, a provider with strict rotation. Each desk has a secret of its own, listens to one of the keepers
//! on a connection of its own, and asks it for a token on another, each with a whole TLS handshake, as from a computer of its own.

use std::{
    env,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use glowjar_keeper::{
    control::{Command, Reply},
    serving,
};
use glowjar_lifecycle::rng::Rng;
use glowjar_sandbox::{CLIENT_ID, SEED_REFRESH_TOKEN, Sandbox};
use rustls::{
    ClientConfig, RootCertStore,
    client::Resumption,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use secrecy::ExposeSecret;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    sync::Semaphore,
    task::JoinSet,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::{
    at_work::{memory_of, quantile, spread_of},
    bad_input::allow_many_files,
    cluster::Cluster,
    ground::Ground,
    several::{KEY, has_token, strict, used_once},
    studio::{Keeper, Studio, authority, refreshing, secret_of},
};

#[tokio::test(flavor = "multi_thread")]
async fn each_of_many_desks_has_its_token_and_hears_of_a_halt_and_the_provider_is_asked_once() {
    let asked_for = env::var("GLOWJAR_STUDIO_DESKS").ok();
    let desks = asked_for.as_ref().map_or(Some(FEW), |text| text.parse().ok());
    let desks = desks.filter(|desks| (1..=MOST).contains(desks)).expect("1 to 20000 desks");
    let span = if asked_for.is_some() { SPAN } else { SHORT_SPAN };
    let measured = tokio::time::timeout(LIMIT, measure(desks, span));
    measured.await.expect("it ends within a quarter of an hour");
}

/// The machine's, and what is on it.
struct Site {
    engine: Cluster,
    sandbox: Sandbox,
    studios: Vec<Studio>,
    keepers: Vec<Keeper>,
    tls: TlsConnector,
    begun: Instant,
    logs: tempfile::TempDir,
}

/// What those who listen have heard so far.
#[derive(Default)]
struct Heard {
    open: AtomicUsize,
    halted: AtomicUsize,
    ended: AtomicUsize,
}

async fn measure(desks: usize, span: Duration) {
    let room = allow_many_files();
    let needed = desks as u64 + 1_000;
    assert!(room >= needed, "{desks} desks take {needed} open files, and {room} are allowed");
    let site = Site::open().await;
    site.say(&format!("{desks} desks are let in"));
    let secrets = site.admit(desks).await;
    site.say("all keepers know them");
    let memory_before = memory_of(&site.keepers[ASKED], "VmRSS");
    let heard = Arc::new(Heard::default());
    let listening = site.listen(&secrets, &heard).await;
    site.say("all listen");
    let memory_listening = memory_of(&site.keepers[ASKED], "VmRSS");

    let (writes, counted) = (site.engine.writes(), Instant::now());
    let asked = site.ask(&secrets, span).await;
    let writes = (site.engine.writes() - writes) as f64 / counted.elapsed().as_secs_f64();
    site.say("all have asked");

    let begun = Instant::now();
    site.studios[0].told(&["halt", "firefly", "--why", "a drill"], "");
    let told = begun.elapsed();
    reaches(&heard.halted, desks, "hear of the halt").await;
    let halted = begun.elapsed();
    site.say("all have heard of a halt");
    let before = heard.open.load(Ordering::SeqCst);
    let begun = Instant::now();
    site.studios[0].told(&["resume", "firefly"], "");
    reaches(&heard.open, before + desks, "hear that it goes on").await;
    let resumed = begun.elapsed();

    let memory = memory_of(&site.keepers[ASKED], "VmHWM");
    let tokens = site.tokens().await;
    let requests = used_once(&site.sandbox);
    let spread = spread_of(&site.logs());
    let (answers, failures) = asked;
    println!("\n| what | target | seen |\n|---|---|---|");
    let row = |what: &str, target: &str, seen: String| println!("| {what} | {target} | {seen} |");
    row(
        &format!("requests to the provider for each token, {desks} desks"),
        "1",
        format!("{requests} for {tokens} tokens"),
    );
    row(
        &format!("{desks} desks ask one keeper within {span:?}, while {desks} listen to it"),
        "99 % within 200 ms, no error",
        format!(
            "median {:.0?}, 99 % within {:.0?}, longest {:.0?}; {} errors{}",
            quantile(&answers, 0.5),
            quantile(&answers, 0.99),
            quantile(&answers, 1.0),
            failures.len(),
            failures.first().map(|first| format!(" ({first})")).unwrap_or_default()
        ),
    );
    row(
        "that keeper's memory",
        "< 300 MB",
        format!(
            "{} MB at most; {} before anybody listened, {} when all did",
            memory / 1024,
            memory_before / 1024,
            memory_listening / 1024
        ),
    );
    row(
        &format!("halt, told another keeper, at {desks} desks"),
        "2 s",
        format!("{halted:.2?}, of which the command took {told:.2?}; resumed after {resumed:.2?}"),
    );
    row(
        "a new token is at all keepers",
        "100 ms",
        format!(
            "median {:.0?}, longest {:.0?}, of {}",
            quantile(&spread, 0.5),
            quantile(&spread, 1.0),
            spread.len()
        ),
    );
    row(
        "the engine",
        "3 watches, < 1 change a second, < 40 MB",
        format!(
            "{} watches, {writes:.2} changes a second, {} MB at most",
            site.engine.watches().await,
            site.engine.memory() / 1024
        ),
    );
    assert!(failures.is_empty(), "{failures:?}");
    assert_eq!(answers.len(), desks);
    assert_eq!(requests, tokens, "one request for each token");
    assert_eq!(heard.halted.load(Ordering::SeqCst), desks);
    assert_eq!(heard.ended.load(Ordering::SeqCst), 0);
    drop(listening);
}

impl Site {
    async fn open() -> Self {
        let sandbox = strict(LIFE.as_secs()).await;
        let engine = Cluster::start();
        let logs = tempfile::tempdir().expect("a folder");
        let authority = authority();
        let studio = |number: usize| {
            let studio = Studio::at(&engine.address(), KEY).certified_by(&authority);
            studio.logs_to(logs.path().join(format!("keeper-{number}")))
        };
        let studios: Vec<Studio> = (0..KEEPERS).map(studio).collect();
        studios[0].told(&["import"], &refreshing(&sandbox, SEED_REFRESH_TOKEN));
        let keepers = studios.iter().map(Studio::starts).collect();
        let mut roots = RootCertStore::empty();
        let pem = authority.pem();
        let certificate = CertificateDer::from_pem_slice(pem.as_bytes()).expect("a certificate");
        roots.add(certificate).expect("an authority");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        // Each desk is another computer.
        tls.resumption = Resumption::disabled();
        let begun = Instant::now();
        let tls = TlsConnector::from(Arc::new(tls));
        Self { engine, sandbox, studios, keepers, tls, begun, logs }
    }

    fn say(&self, what: &str) {
        println!("[{:7.1} s] {what}", self.begun.elapsed().as_secs_f64());
    }

    fn logs(&self) -> Vec<PathBuf> {
        (0..KEEPERS).map(|number| self.logs.path().join(format!("keeper-{number}"))).collect()
    }

    /// The desks' secrets, which all keepers know.
    async fn admit(&self, desks: usize) -> Vec<String> {
        let folder = self.studios[0].file("");
        let begun = Instant::now();
        while !matches!(serving::ask(&folder, &Command::Pools).await, Ok(Some(_))) {
            assert!(begun.elapsed() < LIMIT, "the keeper does not answer");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let mut tasks = JoinSet::new();
        let free = Arc::new(Semaphore::new(AT_ONCE));
        for number in 0..desks {
            let (folder, free) = (folder.clone(), Arc::clone(&free));
            tasks.spawn(async move {
                let _place = free.acquire_owned().await;
                let name = format!("desk-{number}");
                let command = Command::Admit { name, pool: None, lasting: true, authority: None };
                match serving::ask(&folder, &command).await {
                    Ok(Some(Reply::Admitted(line))) => secret_of(line.0.expose_secret()).to_owned(),
                    other => panic!("{other:?}"),
                }
            });
        }
        let secrets = tasks.join_all().await;
        let line = format!(
            "x '' x 'grant_type=client_credentials&client_id={CLIENT_ID}&client_secret={}'",
            secrets[0]
        );
        for studio in &self.studios {
            let begun = Instant::now();
            while studio.value("desks").await != desks.to_string() {
                assert!(begun.elapsed() < LIMIT, "a keeper does not hear of them");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            has_token(studio, &line).await;
        }
        secrets
    }

    /// Each on a connection of its own. Returns when each has heard how its pool is.
    async fn listen(&self, secrets: &[String], heard: &Arc<Heard>) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        let free = Arc::new(Semaphore::new(AT_ONCE));
        let port = self.studios[ASKED].port();
        for secret in secrets {
            let place = Arc::clone(&free).acquire_owned().await.expect("open");
            let request = format!(
                "GET /v1/events?client_id={CLIENT_ID} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {secret}\r\n\r\n"
            );
            let (tls, heard) = (self.tls.clone(), Arc::clone(heard));
            tasks.spawn(async move {
                let mut stream = connect(&tls, port).await.expect("a connection");
                stream.write_all(request.as_bytes()).await.expect("it reads");
                drop(place);
                let mut lines = BufReader::with_capacity(256, stream).lines();
                while let Ok(Some(line)) = lines.next_line().await {
                    match line.as_str() {
                        "event: open" => heard.open.fetch_add(1, Ordering::SeqCst),
                        "event: halted" => heard.halted.fetch_add(1, Ordering::SeqCst),
                        _ => continue,
                    };
                }
                heard.ended.fetch_add(1, Ordering::SeqCst);
            });
        }
        reaches(&heard.open, secrets.len(), "hear anything").await;
        tasks
    }

    /// Each once, at a time of its own within `span`. How long each answer took, and what failed.
    async fn ask(&self, secrets: &[String], span: Duration) -> (Vec<Duration>, Vec<String>) {
        let mut rng = Rng::new(1);
        let mut tasks = JoinSet::new();
        let port = self.studios[ASKED].port();
        for secret in secrets {
            let wait = Duration::from_millis(rng.next_u64() % span.as_millis() as u64);
            let body = format!(
                "grant_type=client_credentials&client_id={CLIENT_ID}&client_secret={secret}"
            );
            let tls = self.tls.clone();
            tasks.spawn(async move {
                tokio::time::sleep(wait).await;
                let begun = Instant::now();
                let answer = tokio::time::timeout(PATIENCE, answer(&tls, port, &body)).await;
                match answer {
                    Ok(Ok(text)) => Ok((begun.elapsed(), text)),
                    Ok(Err(error)) => Err(error.to_string()),
                    Err(_) => Err("no answer in time".to_owned()),
                }
            });
        }
        let (mut answers, mut failures) = (Vec::new(), Vec::new());
        while let Some(outcome) = tasks.join_next().await {
            match outcome.expect("it ended") {
                Ok((span, text)) if self.is_good(&text) => answers.push(span),
                Ok((_, text)) => failures.push(text.lines().next().unwrap_or_default().to_owned()),
                Err(error) => failures.push(error),
            }
        }
        (answers, failures)
    }

    /// How many were issued. None is on its way at that moment.
    async fn tokens(&self) -> usize {
        loop {
            let version = self.studios[0].value("grant_version").await;
            let tokens = version.parse::<usize>().expect("a number") - 1;
            if tokens == used_once(&self.sandbox) {
                return tokens;
            }
            assert!(self.begun.elapsed() < LIMIT, "{tokens} tokens, and other requests for them");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// 200, with a token that the provider knows.
    fn is_good(&self, text: &str) -> bool {
        let body = text.split("\r\n\r\n").nth(1).unwrap_or_default();
        let answer: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
        let token = answer["access_token"].as_str();
        text.starts_with("HTTP/1.1 200 ") && token.is_some_and(|token| self.sandbox.accepts(token))
    }
}

async fn reaches(count: &AtomicUsize, wanted: usize, what: &str) {
    let begun = Instant::now();
    while count.load(Ordering::SeqCst) < wanted {
        assert!(begun.elapsed() < LIMIT, "{count:?} of {wanted} {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn connect(tls: &TlsConnector, port: u16) -> std::io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.set_nodelay(true)?;
    tls.connect(ServerName::try_from("127.0.0.1").expect("a name"), stream).await
}

async fn answer(tls: &TlsConnector, port: u16, body: &str) -> std::io::Result<String> {
    let mut stream = connect(tls, port).await?;
    let length = body.len();
    let request = format!(
        "POST /ims/token/v3 HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut text = String::new();
    stream.read_to_string(&mut text).await?;
    Ok(text)
}

const FEW: usize = 50;
const MOST: usize = 20_000;
const KEEPERS: usize = 3;
/// The keeper that all desks ask; the admin tells another one.
const ASKED: usize = 1;
/// Connections that are being made, and desks that are being let in.
const AT_ONCE: usize = 32;
const SPAN: Duration = Duration::from_secs(60);
const SHORT_SPAN: Duration = Duration::from_secs(5);
/// Of a token: it is renewed half of it before its end.
const LIFE: Duration = Duration::from_secs(120);
const PATIENCE: Duration = Duration::from_secs(30);
const LIMIT: Duration = Duration::from_secs(15 * 60);
