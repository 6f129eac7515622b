//! Who took a token, and the lock.

use glowjar_agent::{
    request::{Draft, Reply, Request},
    view::{PhaseView, ProgramsView, Snapshot},
};
use serde_json::{Value, json};

use super::asking::{one_profile, say};
use crate::test_app::{
    TestApp, drafts,
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

/// The cost of a hand-out does not grow with the number of profiles: what is shown of them stays where it is in memory.
#[tokio::test]
async fn a_hand_out_makes_nothing_anew_that_is_shown_of_profiles() {
    let (office, programs) = one_profile().await;
    for name in ["Social", "Packaging"] {
        office.add(Draft { name: name.to_owned(), ..drafts::minting() }).await;
    }
    // After the provider was asked about each token, nothing more comes by itself.
    let are_checked = |it: &Snapshot| it.profiles.iter().all(|it| it.checks.verified_at.is_some());
    let before = office.snapshot_when("the checks", are_checked).await;
    office.token(&programs, &["Social"]).await;
    let after = office
        .snapshot_when("the hand-out", |it| it.history_revision > before.history_revision)
        .await;
    assert!(after.profiles.is_same(&before.profiles), "not even compared");

    // A profile that changes leaves the others as they are.
    let id = before.profiles[1].id.clone();
    office.ask(Request::Pause { profile: id.clone() }).await;
    let paused =
        office.snapshot_when("the pause", |it| it.profiles[1].phase == PhaseView::Paused).await;
    let is_shared = |place: usize| {
        std::ptr::eq(&raw const before.profiles[place], &raw const paused.profiles[place])
    };
    assert_eq!([0, 1, 2].map(is_shared), [true, false, true]);
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

#[tokio::test]
async fn the_window_shows_who_took_tokens_and_where_they_go_by_themselves() {
    let (mut office, programs) = one_profile().await;
    let raw = programs.folder().join("token").display().to_string();
    let missing = programs.folder().join("missing/.env").display().to_string();
    for file in [vec!["files", "raw", &raw], vec!["files", "env", &missing]] {
        office.run(&programs, &file).await;
    }
    office.run(&programs, &["http", "add", "Postman"]).await;
    let token = office.token(&programs, &["--format", "header"]).await;
    office.token(&programs, &[]).await;
    let shown =
        shown_when(&office, |it| it.sinks.iter().all(|it| it.is_current || it.trouble.is_some()))
            .await;

    let this = std::env::current_exe().expect("a program").display().to_string();
    let [taker] = shown.takers.as_slice() else { panic!("{shown:#?}") };
    assert_eq!((taker.program.file.as_deref(), taker.program.by_command), (Some(&*this), true));
    assert_eq!((taker.manner.as_str(), taker.today), ("as plain text", 2));
    let sinks: Vec<_> = shown
        .sinks
        .iter()
        .map(|it| (it.target.as_str(), it.key.as_deref(), it.is_current))
        .collect();
    assert_eq!(
        sinks,
        [(&*raw, None, true), (&*missing, Some("FIREFLY_SERVICES_ACCESS_TOKEN"), false)]
    );
    assert!(shown.sinks[1].trouble.as_ref().is_some_and(|why| why.contains("folder")));
    assert_eq!(shown.consumers, ["Postman"]);
    let secret = token.split_whitespace().nth(2).expect("a token");
    assert!(!format!("{shown:?}").contains(&secret[..8]) && secret.len() > 20, "{shown:?}");

    let revision = office.snapshot().programs_revision;
    for request in [
        Request::RemoveSink { number: shown.sinks[1].number },
        Request::RemoveConsumer { name: "Postman".to_owned() },
    ] {
        assert_eq!(office.ask(request).await, Reply::Done);
    }
    let after = office.barrier().await;
    assert!(after.programs_revision > revision && after.banners.is_empty(), "{after:#?}");
    let shown = shown_when(&office, |_| true).await;
    assert_eq!((shown.sinks.len(), shown.consumers.len()), (1, 0));
    assert_eq!(office.run(&programs, &["files"]).await.out.lines().count(), 1);

    drop(programs);
    office.restart().await;
    office.live().await;
    let shown = shown_when(&office, |_| true).await;
    assert_eq!(shown.takers.first().map(|it| it.today), Some(2), "kept over a restart");
}

/// The programs of the only profile, once they are as described.
async fn shown_when(office: &TestApp, is: impl Fn(&ProgramsView) -> bool) -> ProgramsView {
    let asked = async {
        loop {
            let profile = office.profile().id;
            match office.ask(Request::Programs { profile }).await {
                Reply::Programs { programs } if is(&programs) => return programs,
                Reply::Programs { .. } => {}
                other => panic!("{other:?}"),
            }
        }
    };
    office.within("the programs", asked).await
}

async fn log(office: &TestApp, programs: &Programs) -> Vec<Value> {
    let ran = office.run(programs, &["log", "--json"]).await;
    ran.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}
