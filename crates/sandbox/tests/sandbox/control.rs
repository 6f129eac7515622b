//! Scripting over HTTP.

use glowjar_sandbox::{CLIENT_SECRET, SEED_REFRESH_TOKEN, Sandbox, Settings};
use serde_json::{Value, json};

use crate::ask::{access_token, http, mint, refresh, send, start, told};

async fn order(sandbox: &Sandbox, path: &str, body: Value) -> (u16, Value) {
    told(http().post(format!("{}/sandbox/{path}", sandbox.url())).json(&body)).await
}

async fn status(sandbox: &Sandbox) -> u16 {
    send(mint(sandbox)).await.status().as_u16()
}

#[tokio::test]
async fn another_process_can_script_answers() {
    let sandbox = start(Settings::default()).await;
    assert_eq!(
        order(
            &sandbox,
            "script",
            json!({ "route": "token", "answer": "internal_error", "next": 2 })
        )
        .await
        .0,
        200
    );
    assert_eq!(
        [status(&sandbox).await, status(&sandbox).await, status(&sandbox).await],
        [500, 500, 200]
    );

    order(
        &sandbox,
        "script",
        json!({ "route": "any", "answer": { "throttled": { "seconds": 5 } }, "millis": 1000 }),
    )
    .await;
    assert_eq!(status(&sandbox).await, 429);
    order(&sandbox, "settings", json!({ "advance_millis": 1000 })).await;
    assert_eq!(status(&sandbox).await, 200);

    order(
        &sandbox,
        "script",
        json!({ "route": "token", "answer": { "refusal": "invalid_grant" } }),
    )
    .await;
    assert_eq!(status(&sandbox).await, 400);
    order(&sandbox, "clear", json!({})).await;
    assert_eq!(status(&sandbox).await, 200);
}

#[tokio::test]
async fn every_answer_of_the_manual_is_understood() {
    let sandbox = start(Settings::default()).await;
    for answer in [
        json!("empty_refresh_token"),
        json!("echoed_form"),
        json!("error_inside200"),
        json!("cut_mid_body"),
        json!({ "gateway": "token_not_valid" }),
        json!({ "gateway": { "access": "quota_exhausted" } }),
        json!({ "gateway": { "too_many_requests": { "seconds": 60 } } }),
        json!({ "throttled": { "date_in": { "millis": 120_000 } } }),
        json!({ "throttled": "missing" }),
        json!({ "portal": "redirect" }),
        json!({ "portal": { "error": { "status": 511 } } }),
        json!({ "empty": { "status": 500 } }),
        json!({ "huge": { "bytes": 104_857_600 } }),
        json!({ "drip": { "millis": 50 } }),
        json!({ "delayed": { "millis": 3000, "then": "normal" } }),
        json!({ "held": { "then": "normal" } }),
        json!({ "raw": { "status": 418, "headers": [["x-a", "b"]], "body": "…" } }),
    ] {
        let (status, body) =
            order(&sandbox, "script", json!({ "route": "revoke", "answer": answer })).await;
        assert_eq!(status, 200, "{answer}: {body}");
    }
}

#[tokio::test]
async fn another_process_can_change_settings() {
    let sandbox = start(Settings::default()).await;
    let change = json!({ "access_token_lifetime_millis": 60_000, "expires_in": { "raw": "1e300" }, "rotation": "strict", "token_form": "opaque" });
    assert_eq!(order(&sandbox, "settings", change).await.0, 200);
    let (_, body) = told(refresh(&sandbox, SEED_REFRESH_TOKEN)).await;
    assert_eq!(body["expires_in"], json!(1e300));
    assert!(!body["access_token"].as_str().expect("a token").contains('.'));
    assert!(!sandbox.accepts(SEED_REFRESH_TOKEN));
}

#[tokio::test]
async fn another_process_can_take_the_server_away_for_a_while() {
    let sandbox = start(Settings::default()).await;
    order(&sandbox, "outage", json!({ "kind": "unavailable", "millis": 1000 })).await;
    assert_eq!(status(&sandbox).await, 503);
    order(&sandbox, "settings", json!({ "advance_millis": 1000 })).await;
    assert_eq!(status(&sandbox).await, 200);

    assert_eq!(
        order(&sandbox, "outage", json!({ "kind": "connection_refused", "millis": 100 })).await.0,
        200
    );
    while mint(&sandbox).send().await.is_ok() {}
    while mint(&sandbox).send().await.is_err() {}
}

#[tokio::test]
async fn mistakes_are_told_and_change_nothing() {
    let sandbox = start(Settings::default()).await;
    for (path, body, words) in [
        ("script", json!({ "route": "tokens", "answer": "normal" }), "unknown variant `tokens`"),
        ("script", json!({ "route": "token", "answer": "explode" }), "unknown variant `explode`"),
        ("settings", json!({ "rotation": "strict", "lifetime": 60 }), "unknown field `lifetime`"),
    ] {
        let (status, told) = order(&sandbox, path, body).await;
        assert_eq!(status, 400);
        assert!(told["problem"].as_str().expect("words").contains(words), "{told}");
    }
    assert_eq!(order(&sandbox, "nonsense", json!({})).await.0, 404);
    assert_eq!(status(&sandbox).await, 200);
}

#[tokio::test]
async fn a_web_page_may_control_nothing() {
    let sandbox = start(Settings::default()).await;
    for path in ["/sandbox", "/sandbox/requests"] {
        let request =
            http().get(format!("{}{path}", sandbox.url())).header("origin", "https://evil.example");
        assert_eq!(send(request).await.status(), 403);
    }
    let body = json!({ "route": "token", "answer": "internal_error" });
    let request = http()
        .post(format!("{}/sandbox/script", sandbox.url()))
        .header("origin", sandbox.url())
        .json(&body);
    assert_eq!(send(request).await.status(), 403);
    assert_eq!(status(&sandbox).await, 200);
}

#[tokio::test]
async fn the_requests_are_counted_without_a_secret() {
    let sandbox = start(Settings::default()).await;
    let token = access_token(&sandbox).await;
    send(refresh(&sandbox, SEED_REFRESH_TOKEN)).await;
    send(refresh(&sandbox, "nonsense")).await;
    let text = send(http().get(format!("{}/sandbox/requests", sandbox.url())))
        .await
        .text()
        .await
        .expect("text");
    let counts: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(
        counts,
        json!({ "total": 3, "routes": { "token": { "granted": 1, "rotated": 1, "refused": 1 } } })
    );
    for secret in [CLIENT_SECRET, SEED_REFRESH_TOKEN, &token] {
        assert!(!text.contains(secret));
    }
    for request in sandbox.requests() {
        let words = format!("{request} {request:?} {sandbox:?} {:?}", sandbox.settings());
        assert!(
            [CLIENT_SECRET, SEED_REFRESH_TOKEN, &token]
                .iter()
                .all(|secret| !words.contains(secret)),
            "{words}"
        );
    }
    assert_eq!(sandbox.requests().len(), 3, "control requests are not recorded");
}

#[tokio::test]
async fn the_manual_is_at_the_door() {
    let sandbox = start(Settings::default()).await;
    let manual =
        send(http().get(format!("{}/sandbox", sandbox.url()))).await.text().await.expect("text");
    assert!(manual.contains("POST /sandbox/script"));
}
