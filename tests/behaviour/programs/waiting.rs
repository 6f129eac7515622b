//! Callers who have to wait, and what they are told when waiting does not help.

use std::time::Duration;

use glowjar_agent::{
    request::{Reply, Request},
    view::PhaseView,
};
use glowjar_lifecycle::time::Step;
use glowjar_sandbox::{Answer, Outage, Refusal, Route};
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use super::asking::{framed, hear, one_profile, say};
use crate::test_app::{TestApp, drafts, keychain::Mood, programs::ran};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn a_token_that_ends_too_soon_is_renewed_before_it_is_handed_out() {
    let (office, programs) = one_profile().await;
    let old = office.token(&programs, &[]).await;
    office.advance(14 * HOUR);
    assert_eq!(office.token(&programs, &["--min-valid", "9h"]).await, old, "it lives for ten");
    let new = office.token(&programs, &["--min-valid", "11h"]).await;
    assert_ne!(new, old);
    assert_eq!(office.asked_so_far(), 2);
}

#[tokio::test]
async fn asking_for_more_than_a_token_ever_lives_costs_no_storm_and_is_said() {
    let office = TestApp::with(|settings| settings.access_token_lifetime = 60 * SECOND).await;
    office.add(drafts::minting()).await;
    office.live().await;
    let programs = office.let_programs_in();
    for _ in 0..10 {
        let ran = office.run(&programs, &["token", "--min-valid", "5m"]).await;
        assert_eq!(ran.code, Some(0));
        assert_eq!(
            ran.err,
            "glowjar: This token lives for another 60 s only: this provider issues tokens of 60 s\n"
        );
    }
    assert_eq!(office.asked_so_far(), 1);
}

#[tokio::test]
async fn f18_a_live_token_is_handed_out_though_it_can_not_be_renewed() {
    let (office, programs) = one_profile().await;
    let old = office.token(&programs, &[]).await;
    office.sandbox.next(Route::Token, Answer::Refusal(Refusal::WrongClientSecret));
    office.advance(20 * HOUR);
    let ran = office.run(&programs, &["token", "--min-valid", "10h"]).await;
    assert_eq!((ran.code, ran.out.trim_end()), (Some(0), old.as_str()));
    assert!(ran.err.contains("renewing it failed: The client secret was rejected"), "{}", ran.err);
}

#[tokio::test]
async fn a_short_outage_is_waited_through() {
    let (office, programs) = one_profile().await;
    office.sandbox.next(Route::Token, Answer::Unavailable);
    office.advance(48 * HOUR);
    let caller = office.run(&programs, &["token"]);
    let a_moment_later = async {
        office.when("the failure", |it| it.phase == PhaseView::Waiting).await;
        office.barrier().await;
        office.advance(31 * SECOND);
    };
    // It waits for longer than the provider has to be left alone.
    let patient = office.run(&programs, &["token", "--timeout", "2m"]);
    let (_, patient, ()) = tokio::join!(caller, patient, a_moment_later);
    assert_eq!(patient.code, Some(0), "{}", patient.err);
    assert!(office.sandbox.accepts(patient.out.trim_end()));
}

#[tokio::test]
async fn a_caller_waits_as_long_as_it_said_when_the_clock_is_set() {
    for (step, is_held) in [(3_600_000, true), (-3_600_000, false)] {
        let (office, programs) = one_profile().await;
        let held = Answer::Held { then: Box::new(Answer::Normal) };
        office.sandbox.next(Route::Token, if is_held { held } else { Answer::Hang });
        office.advance(48 * HOUR);
        let mut stream = programs.connect().await;
        let ask = json!({ "version": 1, "ask": "token", "timeout": 30 });
        stream.write_all(&framed(&ask)).await.expect("somebody listens");
        office.asked(2).await;
        office.clock.set_by(Step::from_millis(step));
        office.barrier().await;
        if is_held {
            office.sandbox.release();
        } else {
            office.advance(31 * SECOND);
        }
        let answer = office.within("an answer", hear(&mut stream)).await.expect("an answer");
        let expected = if is_held { "token" } else { "failed" };
        assert_eq!(answer["answer"], expected, "{step}: {answer}");
    }
}

#[tokio::test]
async fn a_person_at_a_terminal_is_told_that_it_takes_longer_and_a_program_is_not() {
    let (office, programs) = one_profile().await;
    office.sandbox.next(Route::Token, Answer::Held { then: Box::new(Answer::Normal) });
    office.advance(48 * HOUR);
    let program = programs.command(&["token"]).spawn().expect("the command runs");
    // util-linux runs it in a terminal of its own.
    let mut terminal = programs
        .program("script", &["--quiet", "--return", "--command", "glowjar token", "/dev/null"])
        .spawn()
        .expect("script runs");
    let mut shown = BufReader::new(terminal.stdout.take().expect("its output"));
    let mut line = String::new();
    office.within("words on the terminal", shown.read_line(&mut line)).await.expect("text");
    let words = "glowjar: waiting, 30 s at most. Glowjar's window says for what";
    assert_eq!(line.trim_end(), words);
    office.sandbox.release();
    line.clear();
    office.within("the token", shown.read_line(&mut line)).await.expect("text");
    assert!(office.sandbox.accepts(line.trim_end()), "{line}");
    let program = ran(office.within("the program's token", program.wait_with_output()).await);
    assert_eq!((program.out.trim_end(), program.err.as_str()), (line.trim_end(), ""));
}

#[tokio::test]
async fn nobody_waits_longer_than_they_said() {
    let (office, programs) = one_profile().await;
    office.sandbox.next(Route::Token, Answer::Hang);
    office.advance(48 * HOUR);
    let mut stream = programs.connect().await;
    let ask = json!({ "version": 1, "ask": "token", "timeout": 10 });
    let wait = async {
        office.asked(2).await;
        // Another question is only answered when the one before it has arrived.
        office.barrier().await;
        loop {
            office.advance(SECOND);
            office.barrier().await;
            tokio::task::yield_now().await;
        }
    };
    let answer =
        tokio::select! { answer = say(&mut stream, &ask) => answer, () = wait => unreachable!() };
    assert_eq!((&answer["answer"], &answer["code"]), (&json!("failed"), &json!("no_live_token")));
}

#[tokio::test]
async fn a_rejected_secret_needs_a_person_and_an_outage_does_not() {
    let (office, programs) = one_profile().await;
    office.sandbox.set_outage(Outage::ConnectionRefused).await.expect("an outage");
    office.advance(48 * HOUR);
    office.when("the failure", |it| it.phase == PhaseView::Waiting).await;
    let mut stream = programs.connect().await;
    let ask = json!({ "version": 1, "ask": "token", "timeout": 1 });
    let passing = async {
        loop {
            office.barrier().await;
            office.advance(SECOND);
            tokio::task::yield_now().await;
        }
    };
    let answer = tokio::select! { answer = say(&mut stream, &ask) => answer, () = passing => unreachable!() };
    assert_eq!(answer["reason"], "failed", "{answer}");

    let (office, programs) = one_profile().await;
    office.sandbox.next(Route::Token, Answer::Refusal(Refusal::WrongClientSecret));
    office.advance(48 * HOUR);
    office.in_trouble("secret_rejected").await;
    let ran = office.run(&programs, &["token"]).await;
    assert_eq!((ran.code, ran.out.as_str()), (Some(3), ""));
    assert!(
        ran.err.starts_with("glowjar: Campaign: The client secret was rejected. "),
        "{}",
        ran.err
    );
}

#[tokio::test]
async fn a_paused_profile_hands_out_what_is_live_and_then_wants_a_person() {
    let (office, programs) = one_profile().await;
    let id = office.profile().id;
    office.ask(Request::Pause { profile: id }).await;
    office.token(&programs, &[]).await;
    office.advance(48 * HOUR);
    office.when("the end of the token", |it| !it.can_copy).await;
    let ran = office.run(&programs, &["token"]).await;
    assert_eq!(ran.code, Some(3));
    assert!(ran.err.contains("Campaign is paused"), "{}", ran.err);
}

#[tokio::test]
async fn right_after_a_start_who_asks_for_a_paused_profile_waits_until_the_keychain_was_read() {
    let (mut office, programs) = one_profile().await;
    let token = office.token(&programs, &[]).await;
    let id = office.profile().id;
    office.ask(Request::Pause { profile: id.clone() }).await;
    drop(programs);
    for asks in [false, true] {
        let reads = office.keychain.tried().reads;
        office.keychain.set_mood(Mood::Silent);
        office.restart().await;
        office.keychain.tried_when(|tried| tried.reads > reads).await;
        let opens = async { office.keychain.set_mood(Mood::Open) };
        // Whoever stands first asks first.
        if asks {
            let programs = office.let_programs_in();
            let mut stream = programs.connect().await;
            let question = json!({ "version": 1, "ask": "token" });
            let (answer, ()) = tokio::join!(biased; say(&mut stream, &question), opens);
            assert_eq!(answer["access_token"], token, "{answer}");
        } else {
            let (reply, ()) = tokio::join!(biased; office.copy(&id), opens);
            assert!(matches!(reply, Reply::Copied { .. }), "{reply:?}");
        }
    }
}

#[tokio::test]
async fn f10_a_rejected_token_is_replaced_once_whoever_and_how_many_complain() {
    let (office, programs) = one_profile().await;
    let rejected = office.token(&programs, &[]).await;
    let fingerprint = fingerprint(&office, &programs).await;
    office.advance(60 * SECOND);
    let complaint = ["token", "--rejected", fingerprint.as_str()];
    let complaints = (0..5).map(|_| {
        let running = programs.command(&complaint).output();
        async { ran(running.await) }
    });
    let all = office.within("answers", futures_util::future::join_all(complaints)).await;
    let new = all[0].out.clone();
    assert_ne!(new.trim_end(), rejected);
    for ran in &all {
        assert_eq!((ran.code, &ran.out), (Some(0), &new), "{}", ran.err);
    }
    // The token that was rejected is gone: complaining again is no news.
    assert_eq!(office.run(&programs, &complaint).await.out, new);
    assert_eq!(office.asked_so_far(), 2);
}

#[tokio::test]
async fn a_rejected_token_is_not_handed_out_again_to_whoever_complained() {
    let (office, programs) = one_profile().await;
    let fingerprint = fingerprint(&office, &programs).await;
    office.sandbox.next(Route::Token, Answer::Refusal(Refusal::WrongClientSecret));
    office.advance(60 * SECOND);
    let ran = office.run(&programs, &["token", "--rejected", &fingerprint]).await;
    assert_eq!((ran.code, ran.out.as_str()), (Some(3), ""), "{}", ran.err);
}

#[tokio::test]
async fn refresh_gets_a_new_token_and_waits_for_it() {
    let (office, programs) = one_profile().await;
    let old = office.token(&programs, &[]).await;
    office.advance(60 * SECOND);
    let ran = office.run(&programs, &["refresh"]).await;
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""));
    assert_eq!(ran.err, "Campaign has a new token, valid until 2030-01-02T12:00:59Z\n");
    assert_ne!(office.token(&programs, &[]).await, old);
}

#[tokio::test]
async fn a_refresh_right_after_another_waits_until_it_may_be_asked_for() {
    let (office, programs) = one_profile().await;
    office.advance(60 * SECOND);
    office.keychain.set_mood(Mood::Silent);
    assert_eq!(office.run(&programs, &["refresh"]).await.code, Some(0));
    let first = office.token(&programs, &[]).await;
    let mut again = programs.connect().await;
    again.write_all(&framed(&json!({ "version": 1, "ask": "refresh" }))).await.expect("a listener");
    let mut other = programs.connect().await;
    for _ in 0..20 {
        say(&mut other, &json!({ "version": 1, "ask": "status" })).await;
    }
    office.keychain.set_mood(Mood::Open);
    office.when("the first to be kept", |profile| profile.can_refresh).await;
    office.barrier().await;
    office.advance(5 * SECOND);
    let said = hear(&mut again).await.expect("an answer");
    assert_eq!(said["answer"], "refreshed", "{said}");
    assert_ne!(office.token(&programs, &[]).await, first);
    assert_eq!(office.asked_so_far(), 3);
}

#[tokio::test]
async fn check_says_in_words_whether_firefly_takes_the_token() {
    let (office, programs) = one_profile().await;
    let ran = office.run(&programs, &["check"]).await;
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""));
    assert!(ran.err.starts_with("Campaign: "), "{}", ran.err);
}

#[tokio::test]
async fn f41_whoever_waits_when_the_application_ends_is_cut_off_at_once() {
    let (mut office, programs) = one_profile().await;
    office.sandbox.next(Route::Token, Answer::Hang);
    office.advance(48 * HOUR);
    office.asked(2).await;
    let mut watcher = programs.connect().await;
    say(&mut watcher, &json!({ "version": 1, "ask": "watch" })).await;
    let mut caller = programs.connect().await;
    let ask = json!({ "version": 1, "ask": "token", "timeout": 600 });
    caller.write_all(&framed(&ask)).await.expect("somebody listens");
    office.end().await;
    assert_eq!(hear(&mut caller).await, None);
    while hear(&mut watcher).await.is_some() {}
}

#[tokio::test]
async fn f41_the_command_ends_with_code_4_when_the_application_dies_while_it_waits() {
    let (office, programs) = one_profile().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let socket = folder.path().join("socket");
    let application = tokio::net::UnixListener::bind(&socket).expect("a socket");
    let mut command = programs.command(&["token", "--timeout", "10m"]);
    let running = command.env("GLOWJAR_SOCKET", &socket).output();
    let dies = async {
        let (mut stream, _) = application.accept().await.expect("the command");
        // It has asked, and gets no answer.
        assert_eq!(hear(&mut stream).await.expect("a question")["ask"], "token");
    };
    let (output, ()) = office.within("the end", async { tokio::join!(running, dies) }).await;
    let ran = ran(output);
    assert_eq!((ran.code, ran.out.as_str()), (Some(4), ""));
    assert_eq!(ran.err, "glowjar: Glowjar ended before it answered\n");
}

async fn fingerprint(office: &TestApp, programs: &crate::test_app::programs::Programs) -> String {
    let json = office.run(programs, &["status", "--json"]).await.out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    json["profiles"][0]["fingerprint"].as_str().expect("a fingerprint").to_owned()
}
