//! Every scripted answer does what it says.

use std::time::Duration;

use glowjar_sandbox::{
    Answer, CLIENT_SECRET, Outcome, Portal, Refusal, RetryAfter, Rotation, Route,
    SEED_REFRESH_TOKEN, Sandbox, Settings,
};
use reqwest::Response;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::ask::{http, mint, refresh, send, start, text, told};

async fn scripted(sandbox: &Sandbox, answer: Answer) -> Response {
    sandbox.next(Route::Token, answer);
    send(mint(sandbox)).await
}

/// Everything that comes over the wire for a mint, until the connection ends; the error if it did not end well.
async fn wire(sandbox: &Sandbox, answer: Answer) -> (Vec<u8>, std::io::Result<usize>) {
    sandbox.next(Route::Token, answer);
    let secret: String = url::form_urlencoded::byte_serialize(CLIENT_SECRET.as_bytes()).collect();
    let body =
        format!("grant_type=client_credentials&client_id=sandbox-client&client_secret={secret}");
    let head = "POST /ims/token/v3 HTTP/1.1\r\nhost: x\r\nuser-agent: x\r\nconnection: close\r\ncontent-type: application/x-www-form-urlencoded";
    let mut stream = TcpStream::connect(("127.0.0.1", sandbox.port())).await.expect("connected");
    stream
        .write_all(format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).as_bytes())
        .await
        .expect("sent");
    let mut seen = Vec::new();
    let end = stream.read_to_end(&mut seen).await;
    (seen, end)
}

#[tokio::test]
async fn every_refusal_comes_with_status_400_and_its_error() {
    let sandbox = start(Settings::default()).await;
    for refusal in Refusal::ALL {
        sandbox.next(Route::Token, Answer::Refusal(refusal));
        let (status, body) = told(mint(&sandbox)).await;
        assert_eq!((status, body["error"].as_str()), (400, Some(refusal.error())));
        assert_eq!(body.get("error_description").and_then(Value::as_str), refusal.description());
    }
    assert!(sandbox.requests().iter().all(|request| request.answered.outcome == Outcome::Scripted));
}

#[tokio::test]
async fn f13_throttling_says_when_to_come_back_in_every_way() {
    let sandbox = start(Settings::default()).await;
    let date = sandbox.now() + Duration::from_secs(120);
    for (after, header) in [
        (RetryAfter::Seconds(120), Some("120")),
        (
            RetryAfter::DateIn { wait: Duration::from_secs(120) },
            Some("Thu, 01 Jan 2026 00:02:00 GMT"),
        ),
        (RetryAfter::DateAt(date), Some("Thu, 01 Jan 2026 00:02:00 GMT")),
        (RetryAfter::Missing, None),
    ] {
        let response = scripted(&sandbox, Answer::Throttled(after)).await;
        assert_eq!(response.status(), 429);
        assert_eq!(
            response.headers().get("retry-after").map(|value| value.to_str().expect("text")),
            header
        );
        assert_eq!(response.text().await.expect("text"), "");
    }
}

#[tokio::test]
async fn server_trouble_looks_like_server_trouble() {
    let sandbox = start(Settings::default()).await;
    let response = scripted(&sandbox, Answer::InternalError).await;
    assert_eq!(response.status(), 500);
    assert_eq!(response.text().await.expect("text"), r#"{"error":"internal_error"}"#);
    for (answer, status) in [(Answer::BadGateway, 502), (Answer::Unavailable, 503)] {
        let response = scripted(&sandbox, answer).await;
        assert_eq!(response.status(), status);
        assert!(!response.headers().contains_key("x-debug-id"), "a proxy knows no debug id");
        assert!(response.text().await.expect("text").starts_with("<html>"));
    }
    let response = scripted(&sandbox, Answer::Empty { status: 500 }).await;
    assert_eq!((response.status().as_u16(), response.content_length()), (500, Some(0)));
}

#[tokio::test]
async fn f14_a_captive_portal_shows_in_three_ways() {
    let sandbox = start(Settings::default()).await;
    for (portal, status) in
        [(Portal::Page, 200), (Portal::Redirect, 302), (Portal::Error { status: 511 }, 511)]
    {
        let response = scripted(&sandbox, Answer::Portal(portal)).await;
        assert_eq!(response.status(), status);
        assert_eq!(response.headers().contains_key("location"), portal == Portal::Redirect);
        assert!(!response.headers().contains_key("x-debug-id"));
        assert!(response.text().await.expect("text").contains("Wi-Fi"));
    }
}

#[tokio::test]
async fn f15_broken_replies_are_broken_as_named() {
    let sandbox = start(Settings::default()).await;
    let response = scripted(&sandbox, Answer::ErrorInside200).await;
    assert_eq!(response.status(), 200);
    assert!(response.text().await.expect("text").contains("\"error\""));
    let response = scripted(&sandbox, Answer::NoAccessToken).await;
    assert_eq!(
        response.json::<Value>().await.expect("JSON"),
        json!({ "token_type": "bearer", "expires_in": 86399 })
    );
    let response = scripted(&sandbox, Answer::Garbage).await;
    assert!(String::from_utf8(response.bytes().await.expect("bytes").to_vec()).is_err());
    let response = scripted(&sandbox, Answer::Truncated).await;
    assert_eq!(response.status(), 200);
    let body = response.text().await.expect("a body that ends as announced");
    assert!(
        body.starts_with("{\"access_token\":\"ey") && serde_json::from_str::<Value>(&body).is_err()
    );
    let response = scripted(&sandbox, Answer::EchoedForm).await;
    assert!(response.text().await.expect("text").contains("client_secret="));
}

#[tokio::test]
async fn f15_a_huge_body_is_as_long_as_announced_and_an_endless_one_does_not_end() {
    let sandbox = start(Settings::default()).await;
    let response = scripted(&sandbox, Answer::Huge { bytes: 3_000_000 }).await;
    assert_eq!(response.content_length(), Some(3_000_000));
    assert_eq!(response.bytes().await.expect("bytes").len(), 3_000_000);

    let mut response = scripted(&sandbox, Answer::Endless).await;
    assert_eq!(response.content_length(), None);
    let mut seen = 0;
    while seen < 3_000_000 {
        seen += response.chunk().await.expect("more").expect("no end").len();
    }
}

#[tokio::test]
async fn f17_a_refresh_may_carry_an_empty_refresh_token_or_none_and_the_old_one_stays() {
    let sandbox = start(Settings { rotation: Rotation::Strict, ..Settings::default() }).await;
    sandbox.next(Route::Token, Answer::EmptyRefreshToken);
    let (_, body) = told(refresh(&sandbox, SEED_REFRESH_TOKEN)).await;
    assert_eq!(body["refresh_token"], "");
    sandbox.next(Route::Token, Answer::NoRefreshToken);
    let (_, body) = told(refresh(&sandbox, SEED_REFRESH_TOKEN)).await;
    assert!(body.get("refresh_token").is_none() && body.get("access_token").is_some());
    assert!(sandbox.accepts(SEED_REFRESH_TOKEN));
}

#[tokio::test]
async fn a_cut_connection_ends_without_a_byte() {
    let sandbox = start(Settings::default()).await;
    for answer in [Answer::Cut, Answer::Lost] {
        let (seen, end) = wire(&sandbox, answer).await;
        assert_eq!((seen.len(), end.is_ok()), (0, true));
    }
    let requests = sandbox.requests();
    assert_eq!(
        (requests[0].answered.status, requests[0].answered.outcome),
        (None, Outcome::Scripted)
    );
    assert_eq!(
        (requests[1].answered.status, requests[1].answered.outcome),
        (None, Outcome::Granted)
    );
}

#[tokio::test]
async fn a_connection_cut_in_mid_body_ends_half_way() {
    let sandbox = start(Settings::default()).await;
    let (seen, _) = wire(&sandbox, Answer::CutMidBody).await;
    let seen = String::from_utf8(seen).expect("text");
    let (head, body) = seen.split_once("\r\n\r\n").expect("a head");
    let length =
        head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
    assert_eq!(body.len(), length.parse::<usize>().expect("a number") / 2);
    let response = scripted(&sandbox, Answer::CutMidBody).await;
    assert!(response.bytes().await.is_err());
}

#[tokio::test]
async fn a_lost_answer_has_rotated_the_token_all_the_same() {
    let sandbox = start(Settings { rotation: Rotation::Strict, ..Settings::default() }).await;
    sandbox.next(Route::Token, Answer::Cut);
    assert!(refresh(&sandbox, SEED_REFRESH_TOKEN).send().await.is_err());
    assert!(sandbox.accepts(SEED_REFRESH_TOKEN), "cut before anything happened");
    sandbox.next(Route::Token, Answer::Lost);
    assert!(refresh(&sandbox, SEED_REFRESH_TOKEN).send().await.is_err());
    assert!(!sandbox.accepts(SEED_REFRESH_TOKEN));
}

#[tokio::test]
async fn a_hanging_server_takes_the_request_and_says_nothing() {
    let sandbox = start(Settings::default()).await;
    sandbox.next(Route::Token, Answer::Hang);
    let asking = tokio::spawn(mint(&sandbox).send());
    let requests = sandbox.wait_for(Route::Token, 1).await;
    assert_eq!(requests[0].answered.status, None);
    sandbox.stop().await;
    assert!(asking.await.expect("no panic").is_err(), "only its end ends the wait");
}

#[tokio::test]
async fn a_held_answer_comes_when_released() {
    let sandbox = start(Settings::default()).await;
    sandbox.next(Route::Token, Answer::Held { then: Box::new(Answer::Normal) });
    let mut asking = tokio::spawn(mint(&sandbox).send());
    sandbox.wait_for(Route::Token, 1).await;
    // Others pass it by.
    assert_eq!(send(mint(&sandbox)).await.status(), 200);
    assert!(tokio::time::timeout(Duration::from_millis(20), &mut asking).await.is_err());
    sandbox.release();
    assert_eq!(asking.await.expect("no panic").expect("an answer").status(), 200);
}

#[expect(clippy::disallowed_methods, reason = "it measures a delay")]
#[tokio::test]
async fn delay_and_drip_take_their_time() {
    let sandbox = start(Settings::default()).await;
    let begun = std::time::Instant::now();
    let delay = Duration::from_millis(60);
    let response =
        scripted(&sandbox, Answer::Delayed { delay, then: Box::new(Answer::InternalError) }).await;
    assert_eq!(response.status(), 500);
    assert!(begun.elapsed() >= delay);

    sandbox.next(Route::Discovery, Answer::Drip { pause: Duration::from_micros(10) });
    let mut response =
        send(http().get(format!("{}/.well-known/openid-configuration", sandbox.url()))).await;
    let mut chunks = Vec::new();
    while let Some(chunk) = response.chunk().await.expect("a chunk") {
        chunks.push(chunk.len());
    }
    assert!(chunks.len() > 20, "{} chunks", chunks.len());
}

#[tokio::test]
async fn a_raw_answer_goes_out_as_given() {
    let sandbox = start(Settings::default()).await;
    let headers = vec![
        ("content-type".to_owned(), "text/plain".to_owned()),
        ("x-own".to_owned(), "yes".to_owned()),
    ];
    let response =
        scripted(&sandbox, Answer::Raw { status: 418, headers, body: "short and stout".into() })
            .await;
    assert_eq!(
        (response.status().as_u16(), &response.headers()["x-own"]),
        (418, &"yes".parse().expect("a value"))
    );
    assert_eq!(response.text().await.expect("text"), "short and stout");
}

#[tokio::test]
async fn the_script_goes_by_queue_then_time_then_until_cleared() {
    let sandbox = start(Settings::default()).await;
    let ask = || async { send(mint(&sandbox)).await.status().as_u16() };
    sandbox.until_cleared(Route::Any, Answer::InternalError);
    sandbox.during(Route::Token, Duration::from_secs(10), Answer::BadGateway);
    sandbox.next(Route::Firefly, Answer::Empty { status: 418 });
    sandbox.next(Route::Token, Answer::Normal);
    sandbox.next(Route::Token, Answer::Unavailable);
    assert_eq!([ask().await, ask().await, ask().await], [200, 503, 502]);
    sandbox.advance(Duration::from_secs(9));
    assert_eq!(ask().await, 502);
    sandbox.advance(Duration::from_secs(1));
    assert_eq!(ask().await, 500);
    sandbox.clear();
    assert_eq!(ask().await, 200);
}

#[tokio::test]
async fn what_was_wrong_is_recorded_even_if_the_script_answers() {
    let sandbox = start(Settings::default()).await;
    sandbox.next(Route::Token, Answer::InternalError);
    send(refresh(&sandbox, "nonsense")).await;
    assert!(sandbox.requests()[0].wrong[0].contains("not a token of this sandbox"));
    sandbox.next(Route::Token, Answer::InternalError);
    send(refresh(&sandbox, SEED_REFRESH_TOKEN)).await;
    sandbox.change(|settings| settings.rotation = Rotation::Strict);
    let new = text(&told(refresh(&sandbox, SEED_REFRESH_TOKEN)).await.1, "refresh_token");
    assert!(sandbox.accepts(&new), "the scripted answer used nothing up");
}
