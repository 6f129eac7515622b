//! The promise itself, at its tightest: a token that lives for one minute.

use std::time::Duration;

use glowjar_agent::request::Reply;
use glowjar_sandbox::{Outage, Rotation};

use crate::test_app::{TestApp, drafts};

const SECOND: Duration = Duration::from_secs(1);

/// Two outages: one that a token outlives, and one that no token does.
const SHORT: std::ops::Range<u32> = 100..110;
const LONG: std::ops::Range<u32> = 300..400;

#[tokio::test]
async fn a_token_of_a_minute_is_held_for_ten_minutes_through_rotation_and_two_outages() {
    let office = TestApp::with(|settings| {
        settings.access_token_lifetime = 60 * SECOND;
        settings.rotation = Rotation::Strict;
    })
    .await;
    let id = office.add(drafts::refreshing()).await;
    office.live().await;

    let mut copied: Vec<(u32, String)> = Vec::new();
    let mut second = 0;
    let mut in_the_dark = 0;
    while second < 600 {
        second = next_second(&office, second).await;
        let asked_at = second;
        let mut copying = std::pin::pin!(office.copy(&id));
        let reply = loop {
            tokio::select! {
                biased;
                reply = &mut copying => break reply,
                () = nothing_under_way(&office) => second = next_second(&office, second).await,
            }
        };
        match reply {
            Reply::Copied { .. } => {
                let token = office.shell.clipboard().expect("a token");
                assert!(office.sandbox.accepts(&token), "a dead token was copied at {second} s");
                copied.push((second, token));
            }
            Reply::Failed { code, .. } => {
                assert_eq!(code, "no_live_token");
                let (last, token) = copied.last().expect("a token before");
                assert!(!office.sandbox.accepts(token), "the token copied at {last} s lives still");
                assert!(LONG.contains(&asked_at), "one could be had at {asked_at} s");
                in_the_dark += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(in_the_dark > 5, "the long outage was felt");
    copied.dedup_by(|one, other| one.1 == other.1);
    assert!(copied.len() >= 10, "{} tokens", copied.len());
    assert!(office.shell.told().is_empty(), "neither outage was long enough for a notice");
    office.assert_strict();
}

/// Lets a second pass, with its weather.
async fn next_second(office: &TestApp, second: u32) -> u32 {
    if second == SHORT.start {
        office.sandbox.set_outage(Outage::Unavailable).await.expect("an outage");
    } else if second == LONG.start {
        office.sandbox.set_outage(Outage::ConnectionRefused).await.expect("an outage");
    } else if second == SHORT.end || second == LONG.end {
        office.sandbox.end_outage().await.expect("its end");
    }
    office.pass(SECOND).await;
    second + 1
}

/// Whoever still waits now waits for time to pass.
async fn nothing_under_way(office: &TestApp) {
    office.barrier().await;
    office.settled().await;
    office.barrier().await;
}
