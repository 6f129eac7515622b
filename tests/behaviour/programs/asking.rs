//! The socket itself: what goes over it, how it is guarded, and that nobody's nonsense harms anybody else.

use std::os::unix::fs::PermissionsExt;

use glowjar_agent::handout::{ListenError, Listener};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
};

use crate::test_app::{TestApp, drafts, programs::Programs};

#[tokio::test]
async fn one_connection_answers_one_question_after_another() {
    let (office, programs) = one_profile().await;
    let mut stream = programs.connect().await;
    for _ in 0..3 {
        let answer = say(&mut stream, &json!({ "version": 1, "ask": "token" })).await;
        assert_eq!(answer["answer"], "token");
        assert!(office.sandbox.accepts(answer["access_token"].as_str().expect("a token")));
    }
    let answer = say(&mut stream, &json!({ "version": 1, "ask": "check" })).await;
    assert_eq!((&answer["answer"], &answer["works"]), (&json!("checked"), &json!(true)));
}

#[tokio::test]
async fn who_watches_is_told_of_each_change() {
    let (office, programs) = one_profile().await;
    let mut stream = programs.connect().await;
    let first = say(&mut stream, &json!({ "version": 1, "ask": "watch" })).await;
    assert_eq!(first["profiles"][0]["level"], "fresh");
    let id = office.profile().id;
    office.ask(glowjar_agent::request::Request::Pause { profile: id }).await;
    loop {
        let next = hear(&mut stream).await.expect("it goes on");
        if next["profiles"][0]["level"] == "off" {
            break;
        }
    }
}

#[tokio::test]
async fn f39_the_folder_and_the_socket_are_the_users_alone() {
    let (_office, programs) = one_profile().await;
    let mode = |path: &std::path::Path| {
        let meta = std::fs::metadata(path).expect("it is there");
        meta.permissions().mode() & 0o777
    };
    assert_eq!(mode(&programs.folder().join("glowjar")), 0o700);
    assert_eq!(mode(&programs.socket()), 0o600);
}

#[tokio::test]
async fn f39_a_folder_that_others_could_have_prepared_is_not_used() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let elsewhere = tempfile::tempdir().expect("a temporary folder");
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(elsewhere.path(), &link).expect("a link");
    assert!(matches!(Listener::open_in(&link), Err(ListenError::Unsafe(_))));

    let open = folder.path().join("open");
    std::fs::create_dir(&open).expect("a folder");
    std::fs::set_permissions(&open, PermissionsExt::from_mode(0o777)).expect("a mode");
    let _listener = Listener::open_in(&open).expect("our own folder is mended");
    let mode = std::fs::metadata(&open).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[tokio::test]
async fn a_dead_applications_socket_is_taken_over_and_a_living_ones_is_not() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path().join("glowjar");
    let living = Listener::open_in(&folder).expect("a free socket");
    assert!(matches!(Listener::open_in(&folder), Err(ListenError::Taken)));
    drop(living);
    std::os::unix::net::UnixListener::bind(folder.join("handout.sock")).expect("a left-over");
    Listener::open_in(&folder).expect("what nobody holds is taken over");
}

#[tokio::test]
async fn f40_whoever_sends_nonsense_is_told_so_and_cut_off() {
    let (office, programs) = one_profile().await;
    let nonsense: [(&[u8], &str); 6] = [
        (b"\x00\x00\x00\x05hello", "not_understood"),
        (b"\x00\x00\x00\x02\xff\xfe", "not_understood"),
        (b"\x00\x00\x00\x00", "not_understood"),
        (b"\xff\xff\xff\xff", "too_long"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "too_long"),
        (b"\x00\x00\x00\x1c{\"version\":2,\"ask\":\"status\"}", "version"),
    ];
    for (bytes, code) in nonsense {
        let mut stream = programs.connect().await;
        stream.write_all(bytes).await.expect("sent");
        let answer = office.within("an answer", hear(&mut stream)).await.expect("an answer");
        assert_eq!(
            (answer["answer"].as_str(), answer["code"].as_str()),
            (Some("failed"), Some(code))
        );
        assert_eq!(office.within("the end", hear(&mut stream)).await, None);
    }
    let mut deep = vec![b'['; 60_000];
    deep.splice(0..0, 60_000_u32.to_be_bytes());
    let mut stream = programs.connect().await;
    stream.write_all(&deep).await.expect("sent");
    assert_eq!(hear(&mut stream).await.expect("an answer")["code"], "not_understood");
    office.token(&programs, &[]).await;
}

#[tokio::test]
async fn f40_who_is_slow_or_half_sent_is_cut_off_and_nobody_waits_for_them() {
    let (office, programs) = one_profile().await;
    let mut slow = Vec::new();
    for half in [&b""[..], b"\x00", b"\x00\x00\x00\x1c{\"version\":1,\"as"] {
        let mut stream = programs.connect().await;
        stream.write_all(half).await.expect("sent");
        slow.push(stream);
    }
    office.token(&programs, &[]).await;
    for stream in &mut slow {
        assert_eq!(office.within("the end", hear(stream)).await, None);
    }
    office.token(&programs, &[]).await;
}

#[tokio::test]
async fn f40_who_leaves_before_the_answer_or_never_reads_it_harms_nobody() {
    let (office, programs) = one_profile().await;
    let mut idle = Vec::new();
    for _ in 0..50 {
        let mut stream = programs.connect().await;
        stream.write_all(&framed(&json!({ "version": 1, "ask": "token" }))).await.expect("sent");
        drop(stream);
        let mut stream = programs.connect().await;
        stream.write_all(&framed(&json!({ "version": 1, "ask": "watch" }))).await.expect("sent");
        idle.push(stream);
    }
    office.token(&programs, &[]).await;
}

/// The application with one profile, its token live, and programs let in.
pub async fn one_profile() -> (TestApp, Programs) {
    let office = TestApp::open().await;
    office.add(drafts::minting()).await;
    office.live().await;
    let programs = office.let_programs_in();
    (office, programs)
}

pub async fn say(stream: &mut UnixStream, ask: &Value) -> Value {
    stream.write_all(&framed(ask)).await.expect("somebody listens");
    hear(stream).await.expect("an answer")
}

/// The next answer; `None` if the other side closed.
pub async fn hear(stream: &mut UnixStream) -> Option<Value> {
    let length = stream.read_u32().await.ok()?;
    let mut body = vec![0; length as usize];
    stream.read_exact(&mut body).await.expect("a whole answer");
    Some(serde_json::from_slice(&body).expect("JSON"))
}

pub fn framed(ask: &Value) -> Vec<u8> {
    let body = serde_json::to_vec(ask).expect("JSON");
    let length = u32::try_from(body.len()).expect("a short question");
    [&length.to_be_bytes(), body.as_slice()].concat()
}
