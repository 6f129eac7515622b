//! A request that was given up and does not arrive later: the real client and a server in two network namespaces with a
//! cable between them, which is cut while the request is on it.
//!
//! The names of three processes: this one; the *far end*, which has a namespace of its own with the server, the cable and
//! the cut; the *near end* in another, with the client. Without root, a user namespace stands around both.
#![cfg(target_os = "linux")]

use std::{
    path::Path,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use glowjar_ims::{
    Client, ClientId, ClientSecret, ClientSettings, Endpoint, Grant, Provider, ProxyChoice,
    RefreshToken, Timeouts, TokenRequest,
};
use glowjar_lifecycle::{
    failure::{Failure, Transient},
    plan,
    time::Timestamp,
};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
    process::Command,
    sync::Notify,
};
use tokio_rustls::{
    LazyConfigAcceptor,
    rustls::{ServerConfig, crypto::aws_lc_rs, pki_types::PrivateKeyDer, server::Acceptor},
};

/// When the client gives a request up.
const TOTAL: Duration = Duration::from_secs(2);
/// How long the system may go on sending it, in the one request that is looked at.
const UNACKNOWLEDGED: Duration = Duration::from_secs(4);
/// In the other, which shows that it would arrive: longer than all of the test.
const FOREVER: Duration = Duration::from_secs(120);
/// As the engine waits: so much longer than the system sends.
const MARGIN: Duration = plan::LATE_ARRIVAL.saturating_sub(plan::UNACKNOWLEDGED);
/// The system sends again after 0.2 s and then twice as long each time: the sixth comes after 12.6 s.
const TIME_TO_ARRIVE: Duration = Duration::from_secs(8);

const FAR: &str = "192.0.2.1";
const NEAR: &str = "192.0.2.2";
const ROLE: &str = "GLOWJAR_TEST_END_OF_THE_CABLE";

#[tokio::test]
#[ignore = "needs namespaces and nft: cargo xtask test"]
async fn a_request_that_was_given_up_does_not_arrive_when_the_network_heals_after_its_span() {
    assert!(plan::LATE_ARRIVAL > Timeouts::default().unacknowledged);
    // Ubuntu forbids it to programs that it does not know.
    if !apart().arg("true").status().await.is_ok_and(|status| status.success()) {
        return eprintln!("left out: this system lets nobody unshare its network");
    }
    let far_end = this_test("far_end_of_the_cable", "far").output();
    let far_end = tokio::time::timeout(Duration::from_secs(60), far_end).await;
    let far_end = far_end.expect("it ends in a minute").expect("it starts");
    let said = String::from_utf8_lossy(&far_end.stderr);
    assert!(far_end.status.success(), "{said}");
    for word in ["the bounded request never arrived", "the unbounded request arrived"] {
        assert!(said.contains(word), "{said}");
    }
}

#[tokio::test]
#[ignore = "run by a_request_that_was_given_up_does_not_arrive_when_the_network_heals_after_its_span"]
async fn far_end_of_the_cable() {
    // `--include-ignored` comes by here as well, with nothing to do.
    if std::env::var_os(ROLE).is_none_or(|role| role != "far") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let (config, authority) = certificate();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, authority).expect("a file");

    let mut near_end = this_test("near_end_of_the_cable", "near")
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("it starts");
    let mut lines = BufReader::new(near_end.stderr.take().expect("a pipe")).lines();
    let mut wait_for = async |word: &str| {
        while let Some(line) = lines.next_line().await.expect("a line") {
            if line.contains(word) {
                return;
            }
        }
        panic!("the near end ended before it said {word}");
    };
    wait_for("ready").await;
    let near = near_end.id().expect("it runs").to_string();
    run("ip link add name far0 type veth peer name near0").await;
    run(&format!("ip link set near0 netns {near}")).await;
    run(&format!("ip addr add {FAR}/24 dev far0")).await;
    run("ip link set far0 up").await;
    run("nft add table inet cut").await;
    run("nft add chain inet cut in { type filter hook input priority 0; }").await;

    let bounded = Server::start(config.clone()).await;
    let unbounded = Server::start(config).await;
    let words = format!("{} {} {}\n", ca.display(), bounded.port, unbounded.port);
    let mut stdin = near_end.stdin.take().expect("a pipe");
    stdin.write_all(words.as_bytes()).await.expect("it listens");

    wait_for("gave both up").await;
    assert!(!bounded.was_asked() && !unbounded.was_asked(), "the cable was not cut");
    tokio::time::sleep(UNACKNOWLEDGED + MARGIN).await;
    run("nft flush chain inet cut in").await;
    eprintln!("the network is back");
    tokio::time::timeout(TIME_TO_ARRIVE, unbounded.arrived.notified())
        .await
        .expect("a request that the system may send for ever arrives, so the cable works");
    eprintln!("the unbounded request arrived");
    // Both were sent at the same time, so what is sent of the other would be here as well; a moment for its TLS.
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(!bounded.was_asked(), "what was given up arrived when its span was over");
    eprintln!("the bounded request never arrived");
}

#[tokio::test]
#[ignore = "run by far_end_of_the_cable"]
async fn near_end_of_the_cable() {
    if std::env::var_os(ROLE).is_none_or(|role| role != "near") {
        return;
    }
    eprintln!("ready");
    let line = line_of_the_far_end().await;
    let [ca, bounded, unbounded] = line.split_whitespace().collect::<Vec<_>>()[..] else {
        panic!("{line}")
    };
    run(&format!("ip addr add {NEAR}/24 dev near0")).await;
    run("ip link set near0 up").await;
    tokio::join!(
        give_up(Path::new(ca), bounded, UNACKNOWLEDGED),
        give_up(Path::new(ca), unbounded, FOREVER)
    );
    eprintln!("gave both up");
    // The system goes on sending for this process until it ends.
    line_of_the_far_end().await;
}

/// Empty when it has ended.
async fn line_of_the_far_end() -> String {
    let read = || {
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).map(|_| line)
    };
    tokio::task::spawn_blocking(read).await.expect("it reads").expect("a line")
}

/// Asks for a token with a refresh token and gets no answer.
async fn give_up(ca: &Path, port: &str, unacknowledged: Duration) {
    let client = Client::new(&ClientSettings {
        extra_ca: Some(std::fs::read(ca).expect("the authority")),
        proxy: ProxyChoice::Direct,
        timeouts: Timeouts { total: TOTAL, unacknowledged, ..Timeouts::default() },
        ..ClientSettings::default()
    });
    let endpoint = Endpoint::parse(&format!("https://{FAR}:{port}/token")).expect("an endpoint");
    let request = TokenRequest {
        client_id: &ClientId::parse("glowjar").expect("a client id"),
        secret: Some(&ClientSecret::parse("a secret of ours").expect("a secret")),
        grant: Grant::RefreshToken {
            refresh_token: &RefreshToken::parse("used once").expect("a token"),
            scopes: None,
        },
    };
    let client = client.expect("a client");
    let provider = Provider::custom(endpoint);
    let error = client
        .request_token(&provider, &request, Timestamp::from_millis(1_800_000_000_000))
        .await
        .expect_err("nobody answers");
    assert_eq!(error.failure, Failure::transient(Transient::Timeout), "{error}");
}

/// Cuts the way to itself as soon as a client has said hello: what the client says after that is on the cable only.
struct Server {
    port: u16,
    has_read: Arc<AtomicBool>,
    arrived: Arc<Notify>,
}

impl Server {
    async fn start(config: Arc<ServerConfig>) -> Self {
        let listener = TcpListener::bind((FAR, 0)).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (has_read, arrived) = (Arc::new(AtomicBool::new(false)), Arc::new(Notify::new()));
        let (read, tell) = (has_read.clone(), arrived.clone());
        tokio::spawn(async move {
            let (stream, _) = listener.accept().await.expect("a client");
            let hello = LazyConfigAcceptor::new(Acceptor::default(), stream).await;
            run(&format!("nft add rule inet cut in tcp dport {port} drop")).await;
            // TLS 1.3: a client sends its request after this without waiting for anything.
            let Ok(mut stream) = hello.expect("a hello").into_stream(config).await else { return };
            let mut byte = [0];
            if stream.read(&mut byte).await.is_ok_and(|length| length > 0) {
                read.store(true, Ordering::SeqCst);
                tell.notify_one();
            }
        });
        Self { port, has_read, arrived }
    }

    fn was_asked(&self) -> bool {
        self.has_read.load(Ordering::SeqCst)
    }
}

/// A server's setup for the far end's address, and the authority behind it in PEM.
fn certificate() -> (Arc<ServerConfig>, String) {
    let mut params = CertificateParams::new(Vec::<String>::new()).expect("parameters");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    let authority = CertifiedIssuer::self_signed(params, key).expect("an authority");
    let key = KeyPair::generate().expect("a key");
    let certificate = CertificateParams::new(vec![FAR.to_owned()])
        .and_then(|params| params.signed_by(&key, &authority))
        .expect("a certificate");
    let private = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions of TLS")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .expect("a certificate with its key");
    (Arc::new(config), authority.pem())
}

/// A network namespace of its own, for a program that is to follow.
fn apart() -> Command {
    let mut unshare = Command::new("unshare");
    if !rustix::process::geteuid().is_root() {
        unshare.args(["--user", "--map-root-user"]);
    }
    unshare.arg("--net");
    unshare
}

fn this_test(name: &str, role: &str) -> Command {
    let mut test = apart();
    test.arg(std::env::current_exe().expect("this program"))
        .args(["--exact", &format!("given_up_requests::{name}"), "--ignored", "--nocapture"])
        .env(ROLE, role);
    test
}

async fn run(words: &str) {
    let mut words = words.split(' ');
    let status = Command::new(words.next().expect("a program")).args(words).status().await;
    assert!(status.expect("it is installed").success());
}
