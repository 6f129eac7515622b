//! Refresh tokens: rotation, reuse, their end, and a sandbox that was restarted.

use std::time::Duration;

use glowjar_sandbox::{CLIENT_ID, Rotation, SEED_REFRESH_TOKEN, Sandbox, Settings};

use crate::ask::{access_token, refresh, send, start, text, told};

async fn rotated(sandbox: &Sandbox, token: &str) -> String {
    let (status, body) = told(refresh(sandbox, token)).await;
    assert_eq!(status, 200, "{body:?}");
    text(&body, "refresh_token")
}

async fn refused(sandbox: &Sandbox, token: &str) -> String {
    let (status, body) = told(refresh(sandbox, token)).await;
    assert_eq!((status, body["error"].as_str()), (400, Some("invalid_grant")));
    sandbox.requests().pop().expect("recorded").wrong.join(" ")
}

fn with(rotation: Rotation) -> Settings {
    Settings { rotation, ..Settings::default() }
}

#[tokio::test]
async fn strict_kills_the_old_token_and_reuse_kills_the_family() {
    let sandbox = start(with(Rotation::Strict)).await;
    let new = rotated(&sandbox, SEED_REFRESH_TOKEN).await;
    assert!(sandbox.accepts(&new) && !sandbox.accepts(SEED_REFRESH_TOKEN));
    assert!(refused(&sandbox, SEED_REFRESH_TOKEN).await.contains("rotated away"));
    assert!(refused(&sandbox, &new).await.contains("revoked"));
}

#[tokio::test]
async fn f03_until_used_lets_a_client_try_again_with_the_old_token() {
    let sandbox = start(with(Rotation::UntilUsed)).await;
    let lost = rotated(&sandbox, SEED_REFRESH_TOKEN).await;
    let new = rotated(&sandbox, SEED_REFRESH_TOKEN).await;
    assert!(sandbox.accepts(SEED_REFRESH_TOKEN) && sandbox.accepts(&lost) && sandbox.accepts(&new));
    let newer = rotated(&sandbox, &new).await;
    assert!(!sandbox.accepts(SEED_REFRESH_TOKEN) && sandbox.accepts(&newer));
    assert!(refused(&sandbox, SEED_REFRESH_TOKEN).await.contains("rotated away"));
    assert!(refused(&sandbox, &newer).await.contains("revoked"));
}

#[tokio::test]
async fn f17_without_rotation_the_reply_has_no_refresh_token_and_the_old_one_stays() {
    let sandbox = start(with(Rotation::Off)).await;
    for _ in 0..3 {
        let (status, body) = told(refresh(&sandbox, SEED_REFRESH_TOKEN)).await;
        assert_eq!(status, 200);
        assert!(body.get("refresh_token").is_none());
    }
}

#[tokio::test]
async fn the_seed_can_stand_for_a_new_sign_in_each_time() {
    let sandbox = start(Settings { seed_starts_anew: true, ..with(Rotation::Strict) }).await;
    let first = rotated(&sandbox, SEED_REFRESH_TOKEN).await;
    let second = rotated(&sandbox, SEED_REFRESH_TOKEN).await;
    rotated(&sandbox, &first).await;
    assert!(sandbox.accepts(&second) && sandbox.accepts(SEED_REFRESH_TOKEN));
}

#[tokio::test]
async fn a_refresh_token_ends_and_each_rotation_starts_its_life_anew() {
    let sandbox = start(Settings {
        refresh_token_lifetime: Duration::from_secs(100),
        ..with(Rotation::Strict)
    })
    .await;
    let first = sandbox.issue_refresh_token(CLIENT_ID);
    sandbox.advance(Duration::from_secs(99));
    let second = rotated(&sandbox, &first).await;
    sandbox.advance(Duration::from_secs(99));
    assert!(sandbox.accepts(&second));
    sandbox.advance(Duration::from_secs(1));
    assert!(refused(&sandbox, &second).await.contains("expired"));
}

#[tokio::test]
async fn where_the_end_does_not_slide_all_refresh_tokens_of_a_sign_in_end_together() {
    let sandbox = start(Settings {
        refresh_token_lifetime: Duration::from_secs(100),
        refresh_token_end_slides: false,
        ..with(Rotation::Strict)
    })
    .await;
    let first = sandbox.issue_refresh_token(CLIENT_ID);
    sandbox.advance(Duration::from_secs(60));
    let second = rotated(&sandbox, &first).await;
    sandbox.advance(Duration::from_secs(39));
    assert!(sandbox.accepts(&second));
    sandbox.advance(Duration::from_secs(1));
    assert!(refused(&sandbox, &second).await.contains("expired"));
}

#[tokio::test]
async fn a_restarted_sandbox_knows_the_tokens_of_the_one_before() {
    for rotation in [Rotation::UntilUsed, Rotation::Strict] {
        let before = start(with(rotation)).await;
        let newest = rotated(&before, &rotated(&before, SEED_REFRESH_TOKEN).await).await;
        let access = access_token(&before).await;
        before.stop().await;

        let after = start(with(rotation)).await;
        assert!(after.accepts(&newest) && after.accepts(&access));
        let next = rotated(&after, &newest).await;
        assert_eq!(send(refresh(&after, &next)).await.status(), 200);
        assert!(refused(&after, &newest).await.contains("rotated away"));
    }
}
