//! The way out through an HTTP proxy (RFC 9110 section 9.3.6).

use std::process::Stdio;

use glowjar_ims::{Client, ClientError, ClientSettings, Provider, ProxyChoice};
use glowjar_lifecycle::failure::{Failure, Transient};
use glowjar_sandbox::CLIENT_SECRET;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
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

/// A SOCKS5 server (RFC 1928, RFC 1929) that leads everything to `port` on this machine, and tells by which name or address
/// and with which password it was asked. It refuses with `reply`, unless that is 0.
async fn socks_to(
    port: u16,
    wants_password: bool,
    reply: u8,
) -> (String, mpsc::UnboundedReceiver<String>) {
    let (told, asked) = mpsc::unbounded_channel();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut said = String::new();
            let (_version, count) =
                (stream.read_u8().await.unwrap(), stream.read_u8().await.unwrap());
            let mut methods = vec![0; count.into()];
            stream.read_exact(&mut methods).await.unwrap();
            let method = if wants_password { 2 } else { 0 };
            if !methods.contains(&method) {
                stream.write_all(&[5, 0xff]).await.unwrap();
                continue;
            }
            stream.write_all(&[5, method]).await.unwrap();
            if wants_password {
                stream.read_u8().await.unwrap();
                said += &text(&mut stream).await;
                said += ":";
                said += &text(&mut stream).await;
                said += "@";
                stream.write_all(&[1, 0]).await.unwrap();
            }
            let mut head = [0; 4];
            stream.read_exact(&mut head).await.unwrap();
            match head[3] {
                1 => {
                    let mut address = [0; 4];
                    stream.read_exact(&mut address).await.unwrap();
                    said += &std::net::Ipv4Addr::from(address).to_string();
                }
                3 => said += &text(&mut stream).await,
                other => panic!("address type {other}"),
            }
            said += &format!(":{}", stream.read_u16().await.unwrap());
            told.send(said).unwrap();
            stream.write_all(&[5, reply, 0, 1, 0, 0, 0, 0, 0, 0]).await.unwrap();
            if reply == 0 {
                let target = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                tokio::spawn(join(stream, target));
            }
        }
    });
    (address, asked)
}

/// A text with its length before it.
async fn text(stream: &mut TcpStream) -> String {
    let mut bytes = vec![0; stream.read_u8().await.unwrap().into()];
    stream.read_exact(&mut bytes).await.unwrap();
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn f54_a_socks_proxy_looks_the_name_up_itself_where_its_scheme_says_so() {
    let authority = Authority::new();
    let port = authority.serve("ims.invalid", |_| {}).await;
    for scheme in ["socks5h", "socks"] {
        let (address, mut asked) = socks_to(port, false, 0).await;
        let client = through(&format!("{scheme}://{address}"), Some(authority.pem()));
        mint_with(&client, &far_provider(), CLIENT_SECRET).await.unwrap();
        assert_eq!(asked.recv().await.unwrap(), "ims.invalid:443", "{scheme}");
    }
}

#[tokio::test]
async fn f54_socks5_looks_the_name_up_here() {
    let authority = Authority::new();
    let port = authority.serve("127.0.0.2", |_| {}).await;
    let (address, mut asked) = socks_to(port, false, 0).await;
    // Not a loopback address to the client, which would go there directly, and one that needs no looking up.
    let client = through(&format!("socks5://{address}"), Some(authority.pem()));
    let error = mint_with(&client, &far_provider(), CLIENT_SECRET).await.unwrap_err();
    assert_eq!(error.failure, Failure::transient(Transient::Proxy), "{error}");
    let provider = Provider::custom(endpoint("https://192.0.2.7/token"));
    mint_with(&client, &provider, CLIENT_SECRET).await.unwrap_err();
    assert_eq!(asked.recv().await.unwrap(), "192.0.2.7:443");
}

#[tokio::test]
async fn f54_a_socks_proxy_is_given_its_password_whatever_is_in_it() {
    let authority = Authority::new();
    let port = authority.serve("ims.invalid", |_| {}).await;
    for password in ["p@ss:w/rd#?", "p%40ss%3aw%2Frd%23%3f"] {
        let (address, mut asked) = socks_to(port, true, 0).await;
        let client = through(&format!("socks5h://joe:{password}@{address}"), Some(authority.pem()));
        mint_with(&client, &far_provider(), CLIENT_SECRET).await.unwrap();
        assert_eq!(asked.recv().await.unwrap(), "joe:p@ss:w/rd#?@ims.invalid:443");
    }
}

#[tokio::test]
async fn f54_a_socks_proxy_that_fails_is_the_proxys_fault() {
    for reply in 1..=8 {
        let (address, _asked) = socks_to(1, false, reply).await;
        let client = through(&format!("socks5h://{address}"), None);
        let error = mint_with(&client, &far_provider(), CLIENT_SECRET).await.unwrap_err();
        assert_eq!(error.failure, Failure::transient(Transient::Proxy), "{error}");
    }
    let (locked, _asked) = socks_to(1, true, 0).await;
    let nobody = format!("127.0.0.1:{}", closed_port().await);
    for address in [locked.as_str(), &nobody, "proxy.invalid:1080"] {
        let client = through(&format!("socks5h://{address}"), None);
        let error = mint_with(&client, &far_provider(), CLIENT_SECRET).await.unwrap_err();
        assert_eq!(error.failure, Failure::transient(Transient::Proxy), "{address}: {error}");
    }
}

#[tokio::test]
async fn f54_a_raw_at_in_the_password_of_an_http_proxy_arrives() {
    let authority = Authority::new();
    let port = authority.serve("ims.invalid", |_| {}).await;
    for password in ["p@ss", "p%40ss"] {
        let (proxy, mut asked) = proxy_to(port).await;
        let proxy = proxy.replace("http://", &format!("http://joe:{password}@"));
        mint_with(&through(&proxy, Some(authority.pem())), &far_provider(), CLIENT_SECRET)
            .await
            .unwrap();
        let head = asked.recv().await.unwrap().to_ascii_lowercase();
        // joe:p@ss
        assert!(head.contains("proxy-authorization: basic am9lonbac3m="), "{head}");
    }
}

/// What a second process says, whose environment has these variables and no others about the network: the technical
/// words of a failed request to a far server, after the warnings.
async fn in_environment(variables: &[(&str, &str)]) -> String {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "proxy::child_with_an_odd_environment", "--ignored", "--nocapture"]);
    for name in ["HTTPS_PROXY", "ALL_PROXY", "HTTP_PROXY", "NO_PROXY"] {
        child.env_remove(name).env_remove(name.to_ascii_lowercase());
    }
    child.env_remove("SSL_CERT_FILE").env_remove("SSL_CERT_DIR");
    child.env("GLOWJAR_TEST_ODD_ENVIRONMENT", "1");
    let outcome = child.envs(variables.iter().copied()).output().await.unwrap();
    let said = String::from_utf8_lossy(&outcome.stderr).into_owned();
    assert!(outcome.status.success(), "{said}");
    said
}

#[tokio::test]
#[ignore = "run by in_environment"]
async fn child_with_an_odd_environment() {
    // `--include-ignored` comes by here as well, with nothing to do.
    if std::env::var_os("GLOWJAR_TEST_ODD_ENVIRONMENT").is_none() {
        return;
    }
    let client = Client::open(&ClientSettings::default());
    for warning in client.warnings() {
        eprintln!("warning: {warning}");
    }
    let extra_ca = std::env::var_os("GLOWJAR_TEST_CA").map(|path| std::fs::read(path).unwrap());
    let client = Client::new(&ClientSettings { extra_ca, ..ClientSettings::default() }).unwrap();
    let provider = match std::env::var("GLOWJAR_TEST_ENDPOINT") {
        Ok(url) => Provider::custom(endpoint(&url)),
        Err(_) => far_provider(),
    };
    match mint_with(&client, &provider, CLIENT_SECRET).await {
        Ok(_) => eprintln!("token"),
        Err(error) => eprintln!("{:?} {error}", error.failure),
    }
    let sandbox = sandbox().await;
    mint_with(&client, &crate::far_end::provider(&sandbox), CLIENT_SECRET).await.unwrap();
}

#[tokio::test]
async fn f54_a_variable_that_cant_be_used_is_named_where_it_is_missed() {
    for (name, value) in [
        ("HTTPS_PROXY", "ftp://proxy.example:21"),
        ("https_proxy", "http://"),
        ("ALL_PROXY", "none"),
        ("all_proxy", "htp://joe:s3cret@proxy.example"),
        ("HTTPS_PROXY", "http=proxy.example:1;https=proxy.example:2"),
    ] {
        // There both are one variable.
        let name = if cfg!(windows) { &name.to_uppercase() } else { name };
        let said = in_environment(&[(name, value)]).await;
        assert!(said.contains(&format!("warning: {name} ")), "{said}");
        assert_eq!(said.matches("warning: ").count(), 1, "{said}");
        assert!(said.contains("ProxyUnusable") && !said.contains("s3cret"), "{said}");
        let request = said.lines().find(|line| line.contains("ProxyUnusable")).unwrap();
        assert!(request.contains(name), "{said}");
    }
}

#[tokio::test]
async fn f54_a_proxy_of_the_environment_that_cant_be_reached_is_named() {
    for value in ["proxy.invalid:3128", "http://proxy.invalid", "socks5h://proxy.invalid:1080"] {
        let said = in_environment(&[("ALL_PROXY", value)]).await;
        assert!(said.contains("cause: Proxy") && said.contains("(ALL_PROXY)"), "{said}");
    }
}

#[tokio::test]
async fn f54_gnomes_socks_a_line_end_and_lower_case_work() {
    let authority = Authority::new();
    let port = authority.serve("ims.invalid", |_| {}).await;
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, authority.pem()).unwrap();
    let ca = ("GLOWJAR_TEST_CA", ca.to_str().unwrap());
    let (socks, _asked) = socks_to(port, false, 0).await;
    let (http, _asked) = proxy_to(port).await;
    for (name, value) in [
        ("ALL_PROXY", format!("socks://{socks}/")),
        ("all_proxy", format!("socks5h://{socks}\r")),
        ("https_proxy", format!("{http}\r\n")),
        ("HTTPS_PROXY", format!(" {http} ")),
        ("https_proxy", http.replace("http://", "")),
        ("HTTPS_PROXY", http.replace("http://", "http://joe:p%40ss@")),
    ] {
        let said = in_environment(&[(name, &value), ca]).await;
        assert!(said.contains("token") && !said.contains("warning"), "{name}={value:?}: {said}");
    }
    // Exempt hosts go without it, and end where there is no such host.
    for exempt in ["ims.invalid", ".invalid", "*.invalid", "*", "ims.invalid:443", "x, ims.invalid"]
    {
        let said = in_environment(&[("HTTPS_PROXY", &http), ("no_proxy", exempt), ca]).await;
        assert!(said.contains("Dns"), "{exempt}: {said}");
    }
    for other in ["other.invalid", "ims.invalid:8443", "10.0.0.0/8"] {
        let said = in_environment(&[("HTTPS_PROXY", &http), ("NO_PROXY", other), ca]).await;
        assert!(said.contains("token"), "{other}: {said}");
    }
}

/// An HTTP proxy that nobody here wrote, as PyPI has it, that lets in this user alone. It ends with its input.
async fn foreign_proxy(user: &str) -> (u16, tokio::process::Child) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/token-clients");
    let mut proxy = Command::new(format!("{folder}/.venv/bin/python"))
        .arg(format!("{folder}/http_proxy.py"))
        .env("PROXY_USER", user)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("Python, which `cargo xtask setup` installs");
    let mut lines = BufReader::new(proxy.stdout.take().unwrap()).lines();
    let port = lines.next_line().await.unwrap().expect("a port");
    (port.parse().unwrap(), proxy)
}

#[tokio::test]
async fn f54_a_foreign_proxy_lets_in_a_user_whose_name_and_password_are_percent_encoded() {
    let authority = Authority::new();
    let port = authority.serve("ims.invalid", |_| {}).await;
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, authority.pem()).unwrap();
    let endpoint = format!("https://ims.invalid:{port}/token");
    let far = [("GLOWJAR_TEST_CA", ca.to_str().unwrap()), ("GLOWJAR_TEST_ENDPOINT", &*endpoint)];
    for (user, encoded) in [
        ("joe:plain", "joe:plain"),
        ("joe@example.com:p@ss", "joe%40example.com:p%40ss"),
        ("dom\\joe:a:b/c?d#e%20f+g h", "dom%5Cjoe:a%3Ab%2Fc%3Fd%23e%2520f%2Bg%20h"),
        ("jörg:ß€", "j%C3%B6rg:%C3%9F%E2%82%AC"),
    ] {
        let (proxy, mut running) = foreign_proxy(user).await;
        for (name, address) in
            [("HTTPS_PROXY", "http://USER@127.0.0.1:PORT"), ("all_proxy", "USER@127.0.0.1:PORT/")]
        {
            let address = address.replace("PORT", &proxy.to_string());
            let said =
                in_environment(&[(name, &address.replace("USER", encoded)), far[0], far[1]]).await;
            assert!(said.contains("token") && !said.contains("warning"), "{user}, {name}: {said}");
            let wrong = address.replace("USER", "joe:wrong");
            let said = in_environment(&[(name, &wrong), far[0], far[1]]).await;
            assert!(said.contains("the proxy wants a user name and password"), "{said}");
        }
        // Typed in the settings, where there is no variable.
        let client = through(&format!("http://{encoded}@127.0.0.1:{proxy}"), Some(authority.pem()));
        let provider = Provider::custom(crate::far_end::endpoint(&endpoint));
        mint_with(&client, &provider, CLIENT_SECRET).await.unwrap();
        // Killed, it would leave its workers behind.
        drop(running.stdin.take());
        running.wait().await.unwrap();
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn f45_certificates_of_the_environment_that_cant_be_used_are_named_and_the_client_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str, text: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (empty, garbage) = (at("empty.pem", b""), at("garbage.pem", b"\xff\xfe\x00 garbage"));
    let nothing = folder.path().join("nothing").to_str().unwrap().to_owned();
    for (name, value) in [
        ("SSL_CERT_FILE", ""),
        ("SSL_CERT_FILE", nothing.as_str()),
        ("SSL_CERT_FILE", &empty),
        ("SSL_CERT_FILE", &garbage),
        ("SSL_CERT_FILE", folder.path().to_str().unwrap()),
        ("SSL_CERT_DIR", ""),
        ("SSL_CERT_DIR", &nothing),
        ("SSL_CERT_DIR", &empty),
    ] {
        let said = in_environment(&[(name, value)]).await;
        assert!(said.contains(&format!("warning: {name}")), "{name}={value:?}: {said}");
        assert!(value.is_empty() || said.contains(value), "{name}={value:?}: {said}");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn f45_a_request_that_fails_for_it_says_so_and_good_certificates_are_used() {
    let authority = Authority::new();
    let port = authority.serve("ims.invalid", |_| {}).await;
    let (proxy, _asked) = proxy_to(port).await;
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, authority.pem()).unwrap();
    let ca = ca.to_str().unwrap();
    let missing = format!("{ca}.missing");
    let proxy = ("HTTPS_PROXY", proxy.as_str());
    let said = in_environment(&[proxy, ("SSL_CERT_FILE", &missing)]).await;
    let request = said.lines().find(|line| line.contains("cause: Tls")).expect(&said);
    assert!(request.contains("SSL_CERT_FILE") && request.contains("is not there"), "{said}");
    let said = in_environment(&[proxy, ("SSL_CERT_FILE", ca)]).await;
    assert!(said.contains("token") && !said.contains("warning"), "{said}");
    let folders = ("SSL_CERT_DIR", folder.path().to_str().unwrap());
    let said = in_environment(&[proxy, ("SSL_CERT_FILE", &missing), folders]).await;
    assert!(said.contains("token") && said.contains("warning: SSL_CERT_FILE"), "{said}");
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
