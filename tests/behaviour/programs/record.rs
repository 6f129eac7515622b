//! Who took a token, and the lock.

use glowjar_agent::request::{Reply, Request};
use serde_json::{Value, json};

use super::asking::{one_profile, say};
use crate::office::{
    Office,
    programs::{Programs, command_file},
};

#[tokio::test]
async fn every_hand_out_is_recorded_with_its_program_and_without_the_token() {
    let (office, programs) = one_profile().await;
    let token = office.token(&programs, &["--format", "bearer"]).await;
    office.run(&programs, &["exec", "--", "true"]).await;
    let mut stream = programs.connect().await;
    say(
        &mut stream,
        &json!({ "version": 1, "ask": "token", "format": "a plug-in's own, very long format" }),
    )
    .await;
    // What was refused was not handed out.
    office.run(&programs, &["token", "Nobody"]).await;
    office.run(&programs, &["status"]).await;

    let taken = log(&office, &programs).await;
    let formats: Vec<_> =
        taken.iter().map(|taken| taken["format"].as_str().unwrap_or_default()).collect();
    assert_eq!(formats, ["bearer", "exec", "a plug-in's own, very long forma"]);
    let this = std::env::current_exe().expect("a program").display().to_string();
    let command = command_file().display().to_string();
    assert_eq!(
        taken[0]["program"],
        format!("{command} for {this}"),
        "the system tells who sent it"
    );
    assert_eq!(
        (&taken[2]["program"], &taken[2]["pid"]),
        (&json!(this), &json!(std::process::id()))
    );
    assert_eq!(
        (&taken[0]["profile"], &taken[0]["at_rfc3339"]),
        (&json!("Campaign"), &json!("2030-01-01T12:00:00Z"))
    );
    let shown = office.run(&programs, &["log"]).await.out;
    assert_eq!(shown.lines().count(), 3);
    let secret = token.trim_start_matches("Bearer ");
    assert!(!shown.contains(&secret[..8]) && !format!("{taken:?}").contains(&secret[..8]));
}

#[tokio::test]
async fn locked_it_renews_and_gives_nothing_away() {
    let (office, programs) = one_profile().await;
    let raw = programs.folder().join("token");
    office.run(&programs, &["files", "raw", &raw.display().to_string()]).await;
    let id = office.profile().id;
    let first = office.copied(&id).await;
    assert_eq!(office.run(&programs, &["lock"]).await.code, Some(0));
    assert_eq!(office.shell.clipboard(), None, "what was copied is taken back");

    let refused = office.run(&programs, &["token"]).await;
    assert_eq!((refused.code, refused.out.as_str()), (Some(3), ""));
    assert_eq!(refused.err, "glowjar: Glowjar is locked. Unlock it in its window.\n");
    let copy = office.copy(&id).await;
    assert!(matches!(&copy, Reply::Failed { code, .. } if code == "locked"), "{copy:?}");
    assert_eq!(office.barrier().await.banners[0].code, "locked");
    office.advance(std::time::Duration::from_secs(60));
    assert_eq!(office.run(&programs, &["refresh"]).await.code, Some(0));
    office.barrier().await;
    assert!(std::fs::read_to_string(&raw).is_ok_and(|text| text.trim_end() == first));

    assert_eq!(office.ask(Request::Unlock).await, Reply::Done);
    let second = office.token(&programs, &[]).await;
    assert_ne!(second, first);
    let written = async {
        while !std::fs::read_to_string(&raw).is_ok_and(|text| text.trim_end() == second) {
            office.run(&programs, &["files"]).await;
        }
    };
    office.within("the file", written).await;
    assert!(office.barrier().await.banners.is_empty());
}

async fn log(office: &Office, programs: &Programs) -> Vec<Value> {
    let ran = office.run(programs, &["log", "--json"]).await;
    ran.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}
