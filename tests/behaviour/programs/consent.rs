//! How long a person lets a program take tokens: for an hour, until locked, always or never.

use std::{process::Stdio, time::Duration};

use glowjar_agent::{
    controller::HostEvent,
    request::{Reply, Request},
    view::{Consent, ConsumerView, PermissionsView},
};
use glowjar_lifecycle::time::Step;
use reqwest::StatusCode;
use tokio::io::{AsyncBufReadExt, BufReader};

use super::{
    http::let_in,
    minting::mint,
    permission::{answer_with, asking, ended, question, shown, starts},
};
use crate::test_app::{TestApp, programs::Programs};

#[tokio::test]
async fn for_an_hour_is_one_through_a_set_clock_a_sleep_and_a_restart_and_then_it_is_asked_again() {
    let (mut office, programs) = asking().await;
    let began = allowed(&office, &programs, Consent::Hour).await.since.expect("a time");
    let now = shown(&office).await.permissions.remove(0);
    assert_eq!((now.consent, now.until), (Consent::Hour, Some(began + 60 * MINUTE)));

    office.advance(Duration::from_secs(20 * 60));
    // The end moves with the clock, since an hour is a span.
    office.clock.set_by(Step::from_millis(-5 * 60 * MINUTE));
    office.token(&programs, &[]).await;
    let moved = shown(&office).await.permissions.remove(0);
    assert_eq!(moved.until, Some(began + (60 - 5 * 60) * MINUTE));
    office.clock.suspend(Duration::from_secs(20 * 60));
    office.token(&programs, &[]).await;

    drop(programs);
    office.restart().await;
    office.live().await;
    let programs = office.let_programs_in();
    office.advance(Duration::from_secs(19 * 60));
    office.token(&programs, &[]).await;
    assert!(office.barrier().await.questions.is_empty());

    let before = office.barrier().await.programs_revision;
    office.advance(Duration::from_secs(60));
    let gone = |seen: &glowjar_agent::view::Snapshot| seen.programs_revision > before;
    office.snapshot_when("the end of the hour, without anybody asking", gone).await;
    assert!(shown(&office).await.permissions.is_empty());
    let waiting = starts(&programs, &["token"]);
    let again = question(&office).await;
    answer_with(&office, again.number, Consent::Never).await;
    assert_eq!(ended(&office, waiting).await.code, Some(3));
    let kept = std::fs::read_to_string(office.folder.path().join("permissions.json"));
    assert!(kept.is_ok_and(|kept| kept.contains("never") && !kept.contains("hour")));
}

#[tokio::test]
async fn until_locked_ends_when_glowjar_or_the_screen_is_locked_and_with_glowjar() {
    let (mut office, programs) = asking().await;
    allowed(&office, &programs, Consent::UntilLocked).await;
    office.advance(Duration::from_secs(5 * 3_600));
    office.token(&programs, &[]).await;

    assert_eq!(office.run(&programs, &["lock"]).await.code, Some(0));
    office.ask(Request::Unlock).await;
    allowed(&office, &programs, Consent::UntilLocked).await;

    // Also where the screen's lock is not Glowjar's.
    office.tell(HostEvent::ScreenLocked);
    office.tell(HostEvent::ScreenUnlocked);
    assert!(office.barrier().await.banners.iter().all(|banner| banner.code != "locked"));
    allowed(&office, &programs, Consent::UntilLocked).await;

    drop(programs);
    office.restart().await;
    office.live().await;
    let programs = office.let_programs_in();
    allowed(&office, &programs, Consent::Always).await;
    office.ask(Request::Lock).await;
    office.ask(Request::Unlock).await;
    office.token(&programs, &[]).await;
}

#[tokio::test]
async fn an_answer_that_ends_lets_nobody_in_for_good() {
    let (office, programs) = asking().await;
    for consent in [Consent::Hour, Consent::UntilLocked] {
        allowed(&office, &programs, consent).await;
        let file = programs.folder().join("token").display().to_string();
        for arguments in [vec!["files", "raw", &file], vec!["http", "add", "sneaky"]] {
            let waiting = starts(&programs, &arguments);
            let asked = question(&office).await;
            assert!(asked.lasts, "{arguments:?}");
            answer_with(&office, asked.number, Consent::Never).await;
            assert_eq!(ended(&office, waiting).await.code, Some(3), "{arguments:?}");
            forget_all(&office).await;
            allowed(&office, &programs, consent).await;
        }
        let shown = shown(&office).await;
        assert_eq!((shown.sinks.len(), shown.consumers.len()), (0, 0));
        forget_all(&office).await;
    }
}

#[tokio::test]
async fn a_program_that_mints_is_asked_about_again_when_its_hour_is_over() {
    let (office, programs) = asking().await;
    allowed(&office, &programs, Consent::Hour).await;
    let (mut running, url, secret) = minting(&office, &programs).await;
    assert_eq!(mint(&url, &secret).await.status(), StatusCode::OK);
    office.advance(Duration::from_secs(3_601));
    let late = tokio::spawn({
        let (url, secret) = (url.clone(), secret.clone());
        async move { mint(&url, &secret).await.status() }
    });
    let again = question(&office).await;
    answer_with(&office, again.number, Consent::Never).await;
    assert_ne!(office.within("the refusal", late).await.expect("it ran"), StatusCode::OK);
    drop(running.stdin.take());
    office.within("its end", running.wait()).await.expect("it ran");
}

#[tokio::test]
async fn one_list_has_everybody_who_was_let_in_and_each_is_revoked_by_itself() {
    let (office, programs) = asking().await;
    let permission = allowed(&office, &programs, Consent::Always).await;
    let (url, secret) = let_in(&office, &programs, "n8n").await;
    let (_, other) = let_in(&office, &programs, "ComfyUI").await;
    let (mut running, its_url, its_secret) = minting(&office, &programs).await;
    office.advance(Duration::from_secs(600));
    assert_eq!(mint(&url, &secret).await.status(), StatusCode::OK);

    let PermissionsView { permissions, consumers } = everybody(&office).await;
    let [shown] = permissions.as_slice() else { panic!("{permissions:?}") };
    assert_eq!((shown.consent, shown.number), (Consent::Always, permission.number));
    assert_eq!((shown.profile_name.as_str(), shown.until), ("Campaign", None));
    assert!(shown.since.is_some() && shown.last_taken >= shown.since);
    let [n8n, comfy, exec] = consumers.as_slice() else { panic!("{consumers:?}") };
    assert_eq!((n8n.name.as_str(), comfy.name.as_str()), ("n8n", "ComfyUI"));
    assert!(!n8n.until_it_ends && exec.until_it_ends);
    assert_eq!((&n8n.profile_name, exec.profile_name.as_deref()), (&None, Some("Campaign")));
    assert_eq!(n8n.last_taken, shown.since.map(|since| since + 10 * MINUTE));
    assert_eq!(comfy.last_taken, None);

    office.ask(Request::RemoveConsumer { name: "n8n".to_owned() }).await;
    assert_eq!(mint(&url, &secret).await.status(), StatusCode::BAD_REQUEST);
    assert_eq!(mint(&its_url, &its_secret).await.status(), StatusCode::OK);
    office.ask(Request::RemovePassing { name: exec.name.clone() }).await;
    assert_eq!(mint(&its_url, &its_secret).await.status(), StatusCode::BAD_REQUEST);
    assert_eq!(mint(&url, &other).await.status(), StatusCode::OK);
    office.ask(Request::ForgetPermission { number: permission.number }).await;
    let left = everybody(&office).await;
    let names: Vec<_> = left.consumers.iter().map(|it: &ConsumerView| it.name.as_str()).collect();
    assert_eq!((left.permissions.len(), names), (0, vec!["ComfyUI"]));
    drop(running.stdin.take());
    office.within("its end", running.wait()).await.expect("it ran");
}

/// The command is asked about, answered for, and gets its token.
async fn allowed(
    office: &TestApp,
    programs: &Programs,
    consent: Consent,
) -> glowjar_agent::view::PermissionView {
    let waiting = starts(programs, &["token"]);
    let asked = question(office).await;
    assert!(!asked.lasts);
    answer_with(office, asked.number, consent).await;
    let ran = ended(office, waiting).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let mut permissions = shown(office).await.permissions;
    assert_eq!(permissions.iter().map(|it| it.consent).collect::<Vec<_>>(), [consent]);
    permissions.remove(0)
}

async fn forget_all(office: &TestApp) {
    for permission in shown(office).await.permissions {
        office.ask(Request::ForgetPermission { number: permission.number }).await;
    }
}

async fn everybody(office: &TestApp) -> PermissionsView {
    match office.ask(Request::Permissions).await {
        Reply::Permissions { permissions } => permissions,
        other => panic!("{other:?}"),
    }
}

/// What `exec` gave a child: the address and its secret. It ends with its input.
async fn minting(office: &TestApp, programs: &Programs) -> (tokio::process::Child, String, String) {
    let script = "echo $X; read go";
    let mut command =
        programs.command(&["exec", "--set", "X={url} {secret}", "--", "sh", "-c", script]);
    let mut running = command.stdin(Stdio::piped()).spawn().expect("it runs");
    let mut lines = BufReader::new(running.stdout.take().expect("its output")).lines();
    let told = office.within("the address", lines.next_line()).await.expect("text");
    let told = told.expect("a line");
    let (url, secret) = told.split_once(' ').expect("both");
    (running, url.to_owned(), secret.to_owned())
}

/// Milliseconds.
const MINUTE: i64 = 60_000;
