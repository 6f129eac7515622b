//! The way out through an HTTP proxy (RFC 9110 section 9.3.6).

use glowjar_ims::{Client, ClientError, ClientSettings, Provider, ProxyChoice};
use glowjar_lifecycle::failure::{Failure, Transient};
use glowjar_sandbox::CLIENT_SECRET;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    process::Command,
    sync::mpsc,
};

use crate::far_end::{closed_port, endpoint, join, mint_with, provider, sandbox, settings};
use crate::tls::Authority;

/// A proxy that leads every tunnel to `port` on this machine, and tells what it was asked.
async fn proxy_to(port: u16) -> (String, mpsc::UnboundedReceiver<String>) {
    let (told, asked) = mpsc::unbounded_channel();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await.unwrap());
            }
            told.send(String::from_utf8(head).unwrap()).unwrap();
            let target = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
            tokio::spawn(join(stream, target));
        }
    });
    (address, asked)
}

/// A host that only the proxy can find.
fn far_provider() -> Provider {
    Provider::custom(endpoint("https://ims.invalid/token"))
}

fn through(proxy: &str, extra_ca: Option<Vec<u8>>) -> Client {
    let proxy = ProxyChoice::At(proxy.to_owned());
    Client::new(&ClientSettings { proxy, extra_ca, ..settings() }).unwrap()
}

#[tokio::test]
async fn f29_a_proxy_is_used_with_its_user_name_and_password() {
    let authority = Authority::new();
    let port = authority.serve("ims.invalid", |_| {}).await;
    let (proxy, mut asked) = proxy_to(port).await;
    let client = through(&proxy.replace("http://", "http://joe:pass@"), Some(authority.pem()));
    mint_with(&client, &far_provider(), CLIENT_SECRET).await.unwrap();

    let head = asked.recv().await.unwrap();
    assert!(head.starts_with("CONNECT ims.invalid:443 "), "{head}");
    assert!(
        head.to_ascii_lowercase().contains("proxy-authorization: basic am9lonbhc3m="),
        "{head}"
    );
}

#[tokio::test]
async fn f29_this_machine_is_reached_without_the_proxy() {
    let sandbox = sandbox().await;
    let client = through(&format!("http://127.0.0.1:{}", closed_port().await), None);
    mint_with(&client, &provider(&sandbox), CLIENT_SECRET).await.unwrap();
}

#[tokio::test]
async fn f29_a_proxy_that_wants_a_password_says_so() {
    let answer = "HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\n\r\n";
    let error = failing_proxy(answer).await;
    assert!(error.contains("the proxy wants a user name and password"), "{error}");
}

#[tokio::test]
async fn f29_a_proxy_that_fails_is_the_proxys_fault() {
    for answer in
        ["HTTP/1.1 502 Bad Gateway\r\n\r\n", "HTTP/1.1 403 Forbidden\r\n\r\n", "what?\r\n\r\n", ""]
    {
        failing_proxy(answer).await;
    }
    let client = through(&format!("http://127.0.0.1:{}", closed_port().await), None);
    let error = mint_with(&client, &far_provider(), CLIENT_SECRET).await.unwrap_err();
    assert_eq!(error.failure, Failure::transient(Transient::Proxy), "{error}");
}

async fn failing_proxy(answer: &'static str) -> String {
    let server = crate::far_end::RawServer::start(answer).await;
    let error =
        mint_with(&through(&server.url, None), &far_provider(), CLIENT_SECRET).await.unwrap_err();
    assert_eq!(error.failure, Failure::transient(Transient::Proxy), "{error}");
    error.to_string()
}

#[tokio::test]
async fn f29_a_malformed_proxy_address_is_said() {
    let proxy = ProxyChoice::At("http://".to_owned());
    let error = Client::new(&ClientSettings { proxy, ..settings() }).unwrap_err();
    assert!(matches!(error, ClientError::Proxy));
}

/// The environment belongs to a process, so a second one is asked.
#[tokio::test]
async fn f29_the_environments_proxy_is_used() {
    let authority = Authority::new();
    let port = authority.serve("ims.invalid", |_| {}).await;
    let (proxy, mut asked) = proxy_to(port).await;
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, authority.pem()).unwrap();
    let outcome = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "proxy::child_of_the_environment_test", "--ignored"])
        .env("HTTPS_PROXY", proxy)
        .env("GLOWJAR_TEST_CA", ca)
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .output()
        .await
        .unwrap();
    assert!(outcome.status.success(), "{}", String::from_utf8_lossy(&outcome.stdout));
    assert!(asked.recv().await.unwrap().starts_with("CONNECT ims.invalid:443 "));
}

#[tokio::test]
#[ignore = "run by f29_the_environments_proxy_is_used"]
async fn child_of_the_environment_test() {
    // `--include-ignored` comes by here as well, with nothing to do.
    let Some(ca) = std::env::var_os("GLOWJAR_TEST_CA") else {
        return;
    };
    let extra_ca = Some(std::fs::read(ca).unwrap());
    let client = Client::new(&ClientSettings { extra_ca, ..ClientSettings::default() }).unwrap();
    mint_with(&client, &far_provider(), CLIENT_SECRET).await.unwrap();
    let sandbox = sandbox().await;
    mint_with(&client, &provider(&sandbox), CLIENT_SECRET).await.unwrap();
}
