//! One keeper without an engine, as a studio begins.

use std::time::Duration;

use crate::studio::{Studio, ask, authority, pasted, refreshing, wait_for};
use glowjar_sandbox::{
    Answer, CLIENT_ID, CLIENT_SECRET, Rotation, Route, SEED_REFRESH_TOKEN, Sandbox, Settings,
};

#[tokio::test(flavor = "multi_thread")]
async fn s17_what_was_pasted_serves_every_desk_with_one_request_and_a_removed_desk_gets_nothing() {
    let sandbox = Sandbox::start(Settings::default()).await.expect("a port");
    let studio = Studio::new();
    studio.told(&["import"], &pasted(&sandbox));
    let keeper = studio.serves();
    let lines: Vec<String> = (1..=3)
        .map(|desk| studio.told(&["admit", &format!("desk-{desk}"), "--lasting"], ""))
        .collect();

    let mut tokens = Vec::new();
    for line in &lines {
        let answer = ask(&studio, line).await;
        assert!(answer["expires_in"].as_u64().is_some_and(|left| left > 86_000), "{answer}");
        assert!(answer.get("refresh_token").is_none());
        tokens.push(answer["access_token"].as_str().expect("a token").to_owned());
    }
    assert!(tokens.iter().all(|token| *token == tokens[0] && sandbox.accepts(token)));
    assert_eq!(sandbox.wait_for(Route::Token, 1).await.len(), 1);

    assert!(studio.told(&["pools"], "").contains("good"));
    let log = studio.told(&["log"], "");
    assert!(log.contains("desk-2\ttoken 1 of firefly"), "{log}");
    assert!(!log.contains(&tokens[0]) && !log.contains(CLIENT_SECRET));
    let health = reqwest::get(format!("{}/healthz", studio.url())).await.expect("an answer");
    assert_eq!(health.status(), 200);
    let metrics = reqwest::get(format!("{}/metrics", studio.url())).await.expect("an answer");
    let metrics = metrics.text().await.expect("text");
    assert!(metrics.contains("glowjar_desks{pool=\"firefly\"} 3"), "{metrics}");

    studio.told(&["remove", "desk-2"], "");
    assert_eq!(ask(&studio, &lines[1]).await["error"], "invalid_client");
    assert_eq!(ask(&studio, &lines[0]).await["access_token"], tokens[0].as_str());

    studio.told(&["halt", "firefly", "--why", "the secret leaked"], "");
    let refused = ask(&studio, &lines[0]).await;
    assert_eq!(refused["error"], "access_denied");
    assert!(refused["error_description"].to_string().contains("the secret leaked"), "{refused}");
    studio.told(&["resume", "firefly"], "");
    assert_eq!(ask(&studio, &lines[0]).await["access_token"], tokens[0].as_str());

    drop(keeper);
    studio.holds_nothing_in_clear(&[CLIENT_SECRET, &tokens[0], CLIENT_ID]);
}

/// As systemd, which starts what depends on a keeper once it says that it is ready.
#[tokio::test(flavor = "multi_thread")]
async fn who_started_it_is_told_when_it_can_be_asked_and_told() {
    let sandbox = Sandbox::start(Settings::default()).await.expect("a port");
    let studio = Studio::new();
    let folder = tempfile::tempdir().expect("a folder");
    let socket = folder.path().join("notify");
    let told = tokio::net::UnixDatagram::bind(&socket).expect("a socket");
    let mut serving = studio.command();
    serving.args(["serve", "--listen", &format!("127.0.0.1:{}", studio.port())]);
    let mut keeper = serving.env("NOTIFY_SOCKET", &socket).spawn().expect("it starts");
    let mut text = [0; 64];
    let length = tokio::time::timeout(Duration::from_secs(60), told.recv(&mut text)).await;
    let length = length.expect("in time").expect("a message");
    assert_eq!(&text[..length], b"READY=1\n");
    // A command that finds no keeper would say what it did to the folder, which is in use.
    let said = studio.told(&["import"], &pasted(&sandbox));
    assert_eq!(sandbox.wait_for(Route::Token, 1).await.len(), 1, "{said}");
    keeper.kill().expect("it runs");
    keeper.wait().expect("it ends");
}

/// A service's keeper is told things on the command line of its unit, and an admin says who signed its certificate later.
#[tokio::test(flavor = "multi_thread")]
async fn who_signed_the_certificate_is_in_the_line_where_the_admin_says_so_though_the_keeper_runs()
{
    let sandbox = Sandbox::start(Settings::default()).await.expect("a port");
    let studio = Studio::new();
    studio.told(&["import"], &pasted(&sandbox));
    let _keeper = studio.serves();
    let plain = studio.told(&["admit", "desk-1", "--lasting"], "");
    assert!(!plain.contains("Glowjar-Authority"), "nobody was named");
    let file = studio.file("ca.pem");
    std::fs::write(&file, authority().pem()).expect("written");
    let file = file.display().to_string();
    let line = studio.told(&["admit", "desk-2", "--lasting", "--authority", &file], "");
    assert!(line.contains(" -H 'Glowjar-Authority: "), "the admin's word is left out");
}

/// 200, and a token that the provider itself does not know.
#[tokio::test(flavor = "multi_thread")]
async fn s14_a_bad_token_is_tried_before_it_is_handed_out_and_the_one_before_stays() {
    let settings =
        Settings { access_token_lifetime: Duration::from_secs(80), ..Settings::default() };
    let sandbox = Sandbox::start(settings).await.expect("a port");
    let studio = Studio::new();
    studio.told(&["import"], &pasted(&sandbox));
    let _keeper = studio.serves();
    let line = studio.told(&["admit", "desk-1", "--lasting"], "");
    let first = ask(&studio, &line).await["access_token"].clone();
    let bad = serde_json::json!({ "access_token": BAD, "token_type": "bearer", "expires_in": 80 });
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    let bad = Answer::Raw { status: 200, headers, body: bad.to_string() };
    sandbox.next(Route::Token, bad);
    let is_other = |it: &serde_json::Value| {
        // Without one for a moment on a slow machine, but never with the bad one.
        assert_ne!(it["access_token"], BAD);
        it.get("access_token").is_some_and(|token| *token != first)
    };
    let next = wait_for("the next token", || ask(&studio, &line), is_other).await;
    assert!(sandbox.accepts(next["access_token"].as_str().expect("a token")));
    assert_eq!(sandbox.requests_to(Route::Token).len(), 3, "good, bad, good");
}

#[tokio::test(flavor = "multi_thread")]
async fn s04_a_refresh_token_that_rotates_is_used_once_each_and_outlives_a_killed_keeper() {
    let settings = Settings {
        rotation: Rotation::Strict,
        access_token_lifetime: Duration::from_secs(66),
        ..Settings::default()
    };
    let sandbox = Sandbox::start(settings).await.expect("a port");
    let studio = Studio::new();
    studio.told(&["import"], &refreshing(&sandbox, SEED_REFRESH_TOKEN));
    let line = {
        let mut keeper = studio.serves();
        let line = studio.told(&["admit", "desk-1", "--lasting"], "");
        wait_for("a token", || ask(&studio, &line), |it| it.get("access_token").is_some()).await;
        // SIGKILL.
        keeper.kill();
        line
    };
    studio.holds_nothing_in_clear(&[CLIENT_SECRET, SEED_REFRESH_TOKEN]);

    // The token that it had is handed out at once, and the next is asked for with the refresh token that came with it.
    let _keeper = studio.serves();
    let again = ask(&studio, &line).await;
    assert!(sandbox.accepts(again["access_token"].as_str().expect("a token")), "{again}");
    let requests = sandbox.wait_for(Route::Token, 2).await;
    let used: Vec<_> =
        requests.iter().map(|it| it.field("refresh_token").map(str::to_owned)).collect();
    assert_eq!(used[0].as_deref(), Some(SEED_REFRESH_TOKEN));
    assert_ne!(used[0], used[1]);
    let next = wait_for(
        "the next token",
        || ask(&studio, &line),
        |it| it["access_token"] != again["access_token"],
    )
    .await;
    assert!(sandbox.accepts(next["access_token"].as_str().expect("a token")), "{next}");
}

const BAD: &str = "eyJhbGciOiJub25lIn0.eyJiYWQiOnRydWV9.x";

#[tokio::test(flavor = "multi_thread")]
async fn a_command_right_after_the_start_is_answered_by_the_keeper_that_starts() {
    let sandbox = Sandbox::start(Settings::default()).await.expect("a port");
    let studio = Studio::new();
    studio.told(&["import"], &pasted(&sandbox));
    for _ in 0..5 {
        let _keeper = studio.starts();
        for _ in 0..10 {
            assert!(studio.told(&["pools"], "").contains("firefly"));
        }
    }
}
