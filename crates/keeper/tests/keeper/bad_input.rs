//! What is wrong, too long, too slow or from a stranger: refused for a reason, and in nobody else's way.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use glowjar_sandbox::{CLIENT_ID, CLIENT_SECRET, Route, SEED_REFRESH_TOKEN, Sandbox, Settings};

use crate::studio::{Keeper, Studio, ask, pasted, refreshing, secret_of};

async fn studio() -> (Sandbox, Studio, Keeper, String) {
    let sandbox = Sandbox::start(Settings::default()).await.expect("a port");
    let studio = Studio::with_certificate();
    studio.told(&["import"], &pasted(&sandbox));
    let keeper = studio.serves();
    let line = studio.told(&["admit", "desk-1", "--lasting"], "");
    (sandbox, studio, keeper, line)
}

#[tokio::test(flavor = "multi_thread")]
async fn s19_ten_thousand_wrong_secrets_are_in_nobody_s_way_and_a_few_lines_of_the_record() {
    let (sandbox, studio, _keeper, line) = studio().await;
    let client = studio.client();
    let url = format!("{}/ims/token/v3", studio.url());
    let attack = tokio::spawn(async move {
        let (mut refused, mut slowed) = (0, 0);
        for secret in 0..10_000 {
            let secret = format!("{secret:064x}");
            let form = [
                ("grant_type", "client_credentials"),
                ("client_id", CLIENT_ID),
                ("client_secret", secret.as_str()),
            ];
            match client.post(&url).form(&form).send().await.expect("an answer").status().as_u16() {
                400 => refused += 1,
                429 => slowed += 1,
                other => panic!("{other}"),
            }
        }
        (refused, slowed)
    });
    let mut asked = 0;
    let mut longest = Duration::ZERO;
    while !attack.is_finished() {
        let begun = Instant::now();
        let answer = ask(&studio, &line).await;
        longest = longest.max(begun.elapsed());
        assert!(answer.get("access_token").is_some(), "{answer}");
        asked += 1;
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    let (refused, slowed) = attack.await.expect("it ended");
    println!("{refused} refused, {slowed} told to wait; {asked} right ones in {longest:?} at most");
    assert!(asked > 0 && slowed > 9_000, "{refused} {slowed}");
    let log = studio.told(&["log", "--lines", "1000"], "");
    let wrong = log.lines().filter(|line| line.contains("wrong secret")).count();
    assert!((1..10).contains(&wrong), "{log}");
    assert_eq!(sandbox.requests_to(Route::Token).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn s19_a_request_of_100_mb_is_refused_early_and_costs_no_memory() {
    let (_sandbox, studio, keeper, line) = studio().await;
    let before = memory_of(&keeper);
    // Its length is in its head: it is refused by that, and nothing of it is sent.
    let (said, is_whole) = curl_sends_100_mb(&studio, &[]);
    assert!(is_whole && said == "400 0", "{said}");
    // Told piece by piece, or sent without asking first: curl may still be sending when it is answered, and the end of
    // the connection can overtake the answer.
    for head in ["Transfer-Encoding: chunked", "Expect:"] {
        let (said, is_whole) = curl_sends_100_mb(&studio, &["--header", head]);
        assert!(said.starts_with("400 ") || !is_whole, "{said}");
    }
    let grown = memory_of(&keeper).saturating_sub(before);
    println!("{grown} kB more memory");
    assert!(grown < 8 * 1024, "{grown} kB");
    assert!(ask(&studio, &line).await.get("access_token").is_some());
}

/// The status and how many bytes were sent; and whether it got an answer.
fn curl_sends_100_mb(studio: &Studio, more: &[&str]) -> (String, bool) {
    let mut curl = Command::new("curl")
        .args(["--silent", "--output", "/dev/null", "--write-out", "%{http_code} %{size_upload}"])
        .args(["--cacert", &studio.file("authority.pem").display().to_string()])
        .args(more)
        .args(["--data-binary", "@-", &format!("{}/ims/token/v3", studio.url())])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("curl runs");
    let mut input = curl.stdin.take().expect("piped");
    let block = vec![b'a'; 1024 * 1024];
    for _ in 0..100 {
        input.write_all(&block).expect("curl reads");
    }
    drop(input);
    let output = curl.wait_with_output().expect("curl ends");
    (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.success())
}

#[tokio::test(flavor = "multi_thread")]
async fn s19_a_thousand_connections_that_say_next_to_nothing_are_closed_and_in_nobody_s_way() {
    let (_sandbox, studio, _keeper, line) = studio().await;
    allow_many_files();
    let mut slow = Vec::new();
    for number in 0..1_000 {
        let mut connection =
            TcpStream::connect(("127.0.0.1", studio.port())).expect("it takes connections");
        // Some never begin with TLS, some break off within its first message.
        if number % 2 == 0 {
            connection.write_all(b"\x16\x03\x01\x02\x00\x01").expect("it reads");
        }
        slow.push(connection);
    }
    let begun = Instant::now();
    let answer = ask(&studio, &line).await;
    println!("an answer after {:?} beside 1 000 slow connections", begun.elapsed());
    assert!(answer.get("access_token").is_some(), "{answer}");
    for connection in &mut slow {
        connection.set_read_timeout(Some(Duration::from_secs(60))).expect("set");
        let mut rest = Vec::new();
        // Closed, in one way or another, but not left open.
        if let Err(error) = connection.read_to_end(&mut rest) {
            assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
        }
    }
    println!("all closed after {:?}", begun.elapsed());
    assert!(ask(&studio, &line).await.get("access_token").is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn s19_a_head_or_a_body_that_never_ends_is_closed() {
    let sandbox = Sandbox::start(Settings::default()).await.expect("a port");
    let studio = Studio::new();
    studio.told(&["import"], &pasted(&sandbox));
    let _keeper = studio.serves();
    let host = format!("127.0.0.1:{}", studio.port());
    for (said, answer) in [
        (format!("POST /ims/token/v3 HTTP/1.1\r\nHost: {host}\r\n"), ""),
        (
            format!("POST /ims/token/v3 HTTP/1.1\r\nHost: {host}\r\nContent-Length: 99\r\n\r\na"),
            "HTTP/1.1 400",
        ),
        ("\0\x01garbage\r\n\r\n".to_owned(), "HTTP/1.1 400"),
    ] {
        let mut connection = TcpStream::connect(&host).expect("it takes connections");
        connection.write_all(said.as_bytes()).expect("it reads");
        connection.set_read_timeout(Some(Duration::from_secs(60))).expect("set");
        let mut given = String::new();
        // It may end without a word.
        let _ = connection.read_to_string(&mut given);
        assert!(given.starts_with(answer), "{said:?}: {given}");
        assert!(!given.contains("access_token"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_s_secret_goes_to_no_keeper_whose_certificate_is_from_another_authority() {
    let (sandbox, studio, _keeper, line) = studio().await;
    let url = format!("{}/ims/token/v3", studio.url());
    let body = line.split('\'').nth(3).expect("the body").to_owned();
    let stranger = Studio::with_certificate().client();
    assert!(stranger.post(&url).body(body.clone()).send().await.is_err());
    let known = studio.client().post(&url).body(body.clone()).send().await.expect("an answer");
    assert_eq!(known.status(), 200);
    // Neither is it of any use at another keeper, or at Adobe's.
    let other = Studio::new();
    other.told(&["import"], &pasted(&sandbox));
    let _other_keeper = other.serves();
    assert_eq!(ask(&other, &line).await["error"], "invalid_client");
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", CLIENT_ID),
        ("client_secret", secret_of(&line)),
    ];
    let adobe = reqwest::Client::new().post(format!("{}/ims/token/v3", sandbox.url())).form(&form);
    assert_eq!(adobe.send().await.expect("an answer").status(), 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_s_mistakes_are_refused_in_words_and_change_nothing() {
    let sandbox = Sandbox::start(Settings::default()).await.expect("a port");
    let studio = Studio::new();
    assert!(studio.refused(&["import"], "Hello, how are you?").contains("Nothing was imported"));
    assert!(
        studio.refused(&["admit", "desk-1", "--lasting"], "").contains("There is no such pool")
    );
    assert!(studio.refused(&["status"], "").contains("no keeper runs"));
    studio.told(&["import"], &refreshing(&sandbox, SEED_REFRESH_TOKEN));
    let twin = studio.refused(&["import", "--pool", "other"], &pasted(&sandbox));
    assert!(twin.contains("Another pool has the client id"), "{twin}");
    let halted = studio.refused(&["halt", "no-such", "--why", "a test"], "");
    assert!(halted.contains("There is no such pool"), "{halted}");
    assert!(studio.refused(&["admit", "../x"], "").contains("A name has"));
    studio.told(&["admit", "desk-1", "--lasting"], "");
    assert!(studio.refused(&["admit", "desk-1", "--lasting"], "").contains("was let in before"));
    assert!(studio.refused(&["remove", "desk-2"], "").contains("Nobody of the name"));
    let plain = studio.refused(&["serve", "--listen", "0.0.0.0:0"], "");
    assert!(plain.contains("plain text"), "{plain}");
    let _keeper = studio.serves();
    let second = studio.refused(&["serve", "--listen", "127.0.0.1:0"], "");
    assert!(second.contains("another keeper runs on this folder"), "{second}");
    studio.holds_nothing_in_clear(&[CLIENT_SECRET, SEED_REFRESH_TOKEN]);
}

/// In kB.
fn memory_of(keeper: &Keeper) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", keeper.id())).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("its memory");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

/// As many as this process may have, which it gives.
pub fn allow_many_files() -> u64 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }).expect("allowed");
    limit.maximum.unwrap_or(u64::MAX)
}

/// What root wrote into the folder of a service that rests, that service could never read.
#[tokio::test(flavor = "multi_thread")]
async fn a_command_of_root_s_is_refused_while_the_service_that_has_the_folder_does_not_run() {
    if !rustix::process::geteuid().is_root() {
        return println!("left out: only root can look into another user's folder");
    }
    let sandbox = Sandbox::start(Settings::default()).await.expect("a port");
    let studio = Studio::new();
    let folder = studio.file("");
    std::os::unix::fs::chown(&folder, Some(NOBODY), Some(NOBODY)).expect("root may");
    for words in [&["import"][..], &["admit", "desk-1"], &["pools"], &["log"]] {
        let why = studio.refused(words, &pasted(&sandbox));
        assert!(why.contains("systemctl start glowjar-keeper"), "{words:?}: {why}");
        assert!(!why.contains(CLIENT_SECRET), "{why}");
    }
    let left: Vec<_> = std::fs::read_dir(&folder).expect("it is there").collect();
    assert!(left.is_empty(), "{left:?}");
}

const NOBODY: u32 = 65_534;
