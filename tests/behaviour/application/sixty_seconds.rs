//! The promise itself, at its tightest: a token that lives for one minute.

use std::time::Duration;

use glowjar_agent::request::Reply;
use glowjar_sandbox::{Outage, Rotation};

use crate::office::{Office, drafts};

const SECOND: Duration = Duration::from_secs(1);

/// Two outages: one that a token outlives, and one that no token does.
const SHORT: std::ops::Range<u32> = 100..110;
const LONG: std::ops::Range<u32> = 300..400;

#[tokio::test]
async fn a_token_of_a_minute_is_held_for_ten_minutes_through_rotation_and_two_outages() {
    let office = Office::with(|settings| {
        settings.access_token_lifetime = 60 * SECOND;
        settings.rotation = Rotation::Strict;
    })
    .await;
    let id = office.add(drafts::refreshing()).await;
    office.live().await;

    let mut copied = Vec::new();
    for second in 0..600 {
        if second == SHORT.start {
            office.sandbox.set_outage(Outage::Unavailable).await.expect("an outage");
        } else if second == LONG.start {
            office.sandbox.set_outage(Outage::ConnectionRefused).await.expect("an outage");
        } else if second == SHORT.end || second == LONG.end {
            office.sandbox.end_outage().await.expect("its end");
        }
        office.pass(SECOND).await;
        match office.copy(&id).await {
            Reply::Copied { .. } => {
                let token = office.shell.clipboard().expect("a token");
                assert!(office.sandbox.accepts(&token), "a dead token was copied at {second} s");
                copied.push((second, token));
            }
            Reply::Failed { code, .. } => {
                assert_eq!(code, "no_live_token");
                let (last, token) = copied.last().expect("a token before");
                assert!(!office.sandbox.accepts(token), "the token copied at {last} s lives still");
                let since_the_end = second.saturating_sub(LONG.end);
                assert!(
                    LONG.start <= second && since_the_end <= 5,
                    "none could be had at {second} s"
                );
            }
            other => panic!("{other:?}"),
        }
    }
    let in_the_dark = 600 - copied.len();
    assert!((40..=75).contains(&in_the_dark), "{in_the_dark} s without a token");
    copied.dedup_by(|one, other| one.1 == other.1);
    assert!(copied.len() >= 10, "{} tokens", copied.len());
    assert!(office.shell.told().is_empty(), "neither outage was long enough for a notice");
    office.assert_strict();
}
