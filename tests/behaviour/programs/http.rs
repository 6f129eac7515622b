//! The HTTP port: closed until somebody is let in, and never open to web pages.

use std::{path::Path, time::Duration};

use reqwest::{Client, Response, StatusCode};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::asking::one_profile;
use crate::test_app::{TestApp, programs::Programs};

#[tokio::test]
async fn the_port_is_closed_until_somebody_is_let_in_and_after_the_last_has_gone() {
    let (office, programs) = one_profile().await;
    let ran = office.run(&programs, &["http"]).await;
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""));
    let (url, secret) = let_in(&office, &programs, "Postman").await;
    assert_eq!(secret.len(), 64);
    let answer = get(&url, "/v1/token/Campaign", &secret).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let body: Value = answer.json().await.expect("JSON");
    assert!(office.sandbox.accepts(body["access_token"].as_str().expect("a token")));
    assert_eq!(body["expires_at_rfc3339"], "2030-01-02T11:59:59Z");

    let (_, other) = let_in(&office, &programs, "another").await;
    assert_eq!(office.run(&programs, &["http", "remove", "Postman"]).await.code, Some(0));
    assert_eq!(get(&url, "/v1/token/Campaign", &secret).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(get(&url, "/v1/token/Campaign", &other).await.status(), StatusCode::OK);
    assert_eq!(office.run(&programs, &["http", "remove", "another"]).await.code, Some(0));
    let closed =
        async { while TcpStream::connect(url.trim_start_matches("http://")).await.is_ok() {} };
    office.within("the port to be closed", closed).await;
}

#[tokio::test]
async fn who_was_let_in_comes_to_the_same_port_after_a_restart_and_no_secret_is_kept() {
    let (mut office, programs) = one_profile().await;
    let (url, secret) = let_in(&office, &programs, "Postman").await;
    programs.stop();
    drop(programs);
    let kept = std::fs::read_to_string(office.folder.path().join("http.json")).expect("a file");
    assert!(!kept.contains(&secret) && kept.contains("Postman"), "{kept}");
    office.restart().await;
    office.live().await;
    let programs = office.let_programs_in();
    let again = office.run(&programs, &["http"]).await.out;
    let address = again.lines().next().expect("an address");
    // The port may have been given to another program meanwhile; that it is the same one otherwise, the file says.
    assert!(kept.contains(url.rsplit(':').next().expect("a port")), "{kept}");
    assert_eq!(get(address, "/v1/token/campaign", &secret).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_port_that_another_program_has_stays_ours_is_said_and_is_taken_when_it_is_free() {
    let (mut office, programs) = one_profile().await;
    let (url, secret) = let_in(&office, &programs, "Postman").await;
    drop(programs);
    office.end().await;
    let other = takes(url.trim_start_matches("http://")).await;
    office.start();
    office.live().await;
    let programs = office.let_programs_in();
    let shown = office.snapshot_when("the banner", |it| !it.banners.is_empty()).await;
    let port = url.rsplit(':').next().expect("a port");
    assert_eq!(shown.banners[0].code, "http_port");
    assert!(shown.banners[0].headline.contains("Another program of yours"), "{shown:?}");
    assert!(shown.banners[0].headline.contains(port), "{shown:?}");
    for arguments in [&["http"][..], &["http", "add", "late"]] {
        let ran = office.run(&programs, arguments).await;
        assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{ran:?}");
        assert!(ran.err.contains(port) && ran.err.contains("glowjar http move"), "{ran:?}");
    }
    let kept = std::fs::read_to_string(office.folder.path().join("http.json")).expect("a file");
    assert!(kept.contains(port) && !kept.contains("late") && !kept.contains("exposed"), "{kept}");

    drop(other);
    // By itself, since nobody asks.
    office.advance(Duration::from_secs(61));
    office.snapshot_when("the port to be open", |it| it.banners.is_empty()).await;
    assert_eq!(office.run(&programs, &["http"]).await.out, format!("{url}\nPostman\n"));
    assert_eq!(get(&url, "/v1/token/Campaign", &secret).await.status(), StatusCode::OK);
    assert_eq!(let_in(&office, &programs, "late").await.0, url);
}

#[tokio::test]
async fn who_asks_for_the_address_while_the_application_starts_is_told_it_and_no_name_in_its_place()
{
    let (mut office, programs) = one_profile().await;
    let (url, _) = let_in(&office, &programs, "Postman").await;
    drop(programs);
    office.end().await;
    drop(takes(url.trim_start_matches("http://")).await);
    office.start();
    office.live().await;
    let programs = office.let_programs_in_but_over_http();
    assert_eq!(office.run(&programs, &["http"]).await.out, format!("{url}\nPostman\n"));
}

#[tokio::test]
async fn the_port_moves_if_a_person_says_so_and_the_secrets_stay_right() {
    let (mut office, programs) = one_profile().await;
    let (url, secret) = let_in(&office, &programs, "Postman").await;
    drop(programs);
    office.end().await;
    let _other = takes(url.trim_start_matches("http://")).await;
    office.start();
    office.live().await;
    let programs = office.let_programs_in();
    office.snapshot_when("the banner", |it| !it.banners.is_empty()).await;
    let moved = office.run(&programs, &["http", "move"]).await;
    assert_eq!((moved.code, moved.err.as_str()), (Some(0), ""));
    let now = moved.out.trim_end();
    assert_ne!(now, url);
    assert!(office.barrier().await.banners.is_empty());
    assert_eq!(get(now, "/v1/token/Campaign", &secret).await.status(), StatusCode::OK);
    assert_eq!(office.run(&programs, &["http"]).await.out, format!("{now}\nPostman\n"));
}

#[tokio::test]
async fn what_another_user_s_program_may_have_seen_at_the_port_is_said_until_there_are_new_secrets()
{
    use std::os::unix::process::CommandExt;
    let (mut office, programs) = one_profile().await;
    let (url, secret) = let_in(&office, &programs, "Postman").await;
    drop(programs);
    office.end().await;
    let mut listener = std::process::Command::new("perl");
    listener
        .args(["-MIO::Socket::INET", "-e"])
        .arg("$s = IO::Socket::INET->new(Listen => 5, LocalAddr => $ARGV[0], ReuseAddr => 1) or die; $| = 1; print 1; <STDIN>")
        .arg(url.trim_start_matches("http://"))
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped());
    // A socket of another user's needs a privilege to be made; nobody has this number.
    let mut listener = match listener.uid(NOBODY).gid(NOBODY).spawn() {
        Err(error) => return eprintln!("left out: {error}"),
        Ok(listener) => listener,
    };
    let mut one = [0];
    let listening = std::io::Read::read_exact(&mut listener.stdout.take().expect("it"), &mut one);
    listening.expect("it listens");
    office.start();
    office.live().await;
    let programs = office.let_programs_in();
    let shown = office.snapshot_when("both banners", |it| it.banners.len() == 2).await;
    let codes: Vec<_> = shown.banners.iter().map(|banner| banner.code.as_str()).collect();
    assert_eq!(codes, ["http_port", "http_secrets"]);
    for banner in &shown.banners {
        assert!(banner.headline.contains(&NOBODY.to_string()), "{banner:?}");
    }
    assert!(shown.banners[1].advice.contains("Postman"));
    let ran = office.run(&programs, &["http"]).await;
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{ran:?}");
    assert!(ran.err.contains(&NOBODY.to_string()), "{ran:?}");

    listener.kill().expect("it runs");
    listener.wait().expect("it ends");
    office.advance(Duration::from_secs(61));
    office.snapshot_when("the port to be open", |it| it.banners.len() == 1).await;
    let ran = office.run(&programs, &["http"]).await;
    assert_eq!((ran.code, ran.out), (Some(0), format!("{url}\nPostman\n")));
    assert!(ran.err.contains("may have seen the secrets of Postman"), "{}", ran.err);
    let renewed = office.run(&programs, &["http", "renew", "Postman"]).await;
    assert_eq!(renewed.code, Some(0), "{renewed:?}");
    assert!(office.barrier().await.banners.is_empty());
    assert_eq!(get(&url, "/v1/token/Campaign", &secret).await.status(), StatusCode::UNAUTHORIZED);
    let new = renewed.out.trim_end();
    assert_eq!(get(&url, "/v1/token/Campaign", new).await.status(), StatusCode::OK);
    assert_eq!(office.run(&programs, &["http", "renew", "Nobody"]).await.code, Some(2));
}

#[tokio::test]
async fn who_could_not_be_let_in_has_no_name_here_and_can_be_let_in_later() {
    let (office, programs) = one_profile().await;
    // A link to itself leads to no file that could be replaced.
    let kept = office.folder.path().join("http.json");
    std::os::unix::fs::symlink(&kept, &kept).expect("a link");
    let ran = office.run(&programs, &["http", "add", "Postman"]).await;
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{ran:?}");
    let ran = office.run(&programs, &["http"]).await;
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""), "{ran:?}");
    std::fs::remove_file(&kept).expect("the link");
    let (url, secret) = let_in(&office, &programs, "Postman").await;
    assert_eq!(get(&url, "/v1/token/Campaign", &secret).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn what_can_not_be_had_has_a_status_and_words() {
    let (office, programs) = one_profile().await;
    let (url, secret) = let_in(&office, &programs, "Postman").await;
    for (path, status) in
        [("/v1/token/Nobody", StatusCode::NOT_FOUND), ("/v1/secrets", StatusCode::NOT_FOUND)]
    {
        let answer = get(&url, path, &secret).await;
        assert_eq!(answer.status(), status, "{path}");
        let body: Value = answer.json().await.expect("JSON");
        assert!(body["message"].as_str().is_some_and(|message| message.len() > 10), "{body}");
    }
    let id = office.profile().id;
    office.ask(glowjar_agent::request::Request::Pause { profile: id }).await;
    office.advance(Duration::from_secs(48 * 3_600));
    office.when("the end of the token", |it| !it.can_copy).await;
    assert_eq!(get(&url, "/v1/token/Campaign", &secret).await.status(), StatusCode::CONFLICT);
}

#[tokio::test]
async fn who_listens_is_told_of_each_new_token_and_gets_none() {
    let (office, programs) = one_profile().await;
    let (url, secret) = let_in(&office, &programs, "panel").await;
    let mut answer = get(&url, "/v1/events", &secret).await;
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let mut seen = Vec::new();
    let mut token = office.token(&programs, &[]).await;
    for _ in 0..3 {
        let event =
            office.within("an event", answer.chunk()).await.expect("bytes").expect("it goes on");
        let event = String::from_utf8(event.to_vec()).expect("text");
        assert!(event.starts_with("event: token\ndata: {") && event.ends_with("}\n\n"), "{event}");
        assert!(!event.contains(&token[..8]) && !seen.contains(&event), "{event}");
        seen.push(event);
        office.advance(Duration::from_secs(60));
        assert_eq!(office.run(&programs, &["refresh"]).await.code, Some(0));
        token = office.token(&programs, &[]).await;
    }
}

#[tokio::test]
async fn f40_half_a_request_over_http_is_cut_off_and_harms_nobody() {
    let (office, programs) = one_profile().await;
    let (url, secret) = let_in(&office, &programs, "Postman").await;
    let address = url.trim_start_matches("http://");
    let mut slow = TcpStream::connect(address).await.expect("it is open");
    slow.write_all(b"GET /v1/token/Campaign HTTP/1.1\r\nHost: ").await.expect("sent");
    let mut huge = TcpStream::connect(address).await.expect("it is open");
    let _ = huge.write_all(&vec![b'x'; 100_000]).await;
    assert_eq!(get(&url, "/v1/token/Campaign", &secret).await.status(), StatusCode::OK);
    let mut said = Vec::new();
    for stream in [&mut huge, &mut slow] {
        let _ = office.within("the end", stream.read_to_end(&mut said)).await;
    }
    assert!(!String::from_utf8_lossy(&said).contains("access_token"));
}

/// What a page tries that even knows address and secret.
const PAGE: &str = r#"<!doctype html><body>waiting<script>
const url = "URL", secret = "SECRET", tries = [];
const attempt = (name, request) => tries.push(
  request.then(async (answer) => `${name}: ${answer.type} ${answer.status} ${await answer.text()}`)
    .catch((error) => `${name}: ${error}`));
const headers = { authorization: `Bearer ${secret}` };
attempt("fetch", fetch(url, { headers }));
attempt("without secret", fetch(url));
attempt("no-cors", fetch(url, { mode: "no-cors", headers }));
attempt("post", fetch(url, { method: "POST", mode: "no-cors", body: "x" }));
attempt("script", new Promise((_, refuse) => {
  const script = document.createElement("script");
  script.onload = () => refuse("loaded"); script.onerror = () => refuse("not loaded");
  script.src = url; document.head.append(script);
}));
attempt("frame", new Promise((found) => {
  const frame = document.createElement("iframe");
  frame.onload = () => { let text; try { text = frame.contentDocument.body.textContent } catch (e) { text = String(e) }
    found(new Response(`${text}`)); };
  frame.src = url; document.body.append(frame);
}));
Promise.all(tries).then((all) => fetch("/told", { method: "POST", body: all.join("\n") }));
</script>"#;

#[tokio::test]
async fn f39_a_web_page_in_a_real_browser_gets_no_token_though_it_knows_the_secret() {
    let chromium = Path::new("/usr/bin/chromium");
    if !chromium.exists() {
        eprintln!("left out: there is no /usr/bin/chromium");
        return;
    }
    let (office, programs) = one_profile().await;
    let (url, secret) = let_in(&office, &programs, "Postman").await;
    let token = office.token(&programs, &[]).await;
    let url = format!("{url}/v1/token/Campaign");
    let page = PAGE.replace("URL", &url).replace("SECRET", &secret);
    let site = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = format!("http://{}/", site.local_addr().expect("an address"));
    let profile = tempfile::tempdir().expect("a temporary folder");
    let mut browser = tokio::process::Command::new(chromium)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args([
            "--remote-debugging-port=0",
            &format!("--user-data-dir={}", profile.path().display()),
            &address,
        ])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("Chromium runs");
    let told = office.within("the page's report", report(&site, &page)).await;
    browser.kill().await.expect("it runs");
    assert!(told.lines().count() >= 6, "{told}");
    assert!(!told.contains(&token[..8]) && !told.contains("access_token"), "{told}");
    for line in told.lines() {
        assert!(!line.contains(" 200 ") || line.starts_with("frame"), "{told}");
    }
    // And the same from a program goes, so that it was not something else that kept the page from it.
    assert_eq!(
        Client::new().get(&url).bearer_auth(&secret).send().await.expect("an answer").status(),
        StatusCode::OK
    );
}

/// Serves the page until it tells what became of its tries.
pub async fn report(site: &TcpListener, page: &str) -> String {
    loop {
        let (mut stream, _) = site.accept().await.expect("a browser");
        let mut head = Vec::new();
        while !head.windows(4).any(|end| end == b"\r\n\r\n") {
            match stream.read_buf(&mut head).await {
                Ok(0) | Err(_) => break,
                Ok(_) => {}
            }
        }
        let text = String::from_utf8_lossy(&head).into_owned();
        if text.starts_with("POST /told") {
            let (head, body) = text.split_once("\r\n\r\n").expect("a head");
            let length = head.lines().find_map(|line| {
                line.to_lowercase().strip_prefix("content-length: ")?.parse().ok()
            });
            let mut body = body.as_bytes().to_vec();
            while body.len() < length.unwrap_or(0) {
                stream.read_buf(&mut body).await.expect("the rest");
            }
            return String::from_utf8_lossy(&body).into_owned();
        }
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{page}",
            page.len()
        );
        let _ = stream.write_all(answer.as_bytes()).await;
    }
}

/// Listens at an address that was Glowjar's a moment ago.
async fn takes(address: &str) -> TcpListener {
    loop {
        if let Ok(listener) = TcpListener::bind(address).await {
            return listener;
        }
        tokio::task::yield_now().await;
    }
}

/// By its number on Linux.
const NOBODY: u32 = 65_534;

/// The port's address and the secret of the one who was let in.
pub async fn let_in(office: &TestApp, programs: &Programs, name: &str) -> (String, String) {
    let added = office.run(programs, &["http", "add", name]).await;
    assert_eq!(added.code, Some(0), "{}", added.err);
    let list = office.run(programs, &["http"]).await;
    assert!(list.out.lines().any(|line| line == name), "{}", list.out);
    let url = list.out.lines().next().expect("an address").to_owned();
    (url, added.out.trim_end().to_owned())
}

async fn get(url: &str, path: &str, secret: &str) -> Response {
    let client = Client::builder().no_proxy().build().expect("a client");
    client.get(format!("{url}{path}")).bearer_auth(secret).send().await.expect("an answer")
}
