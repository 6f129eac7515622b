//! Signing out: ended at the provider, wiped here, and done later where that can't be done now.

use std::time::Duration;

use glowjar_agent::{
    controller::HostEvent,
    request::{Reply, Request},
    view::{Action, Level, PhaseView},
};
use glowjar_sandbox::{Answer, Outage, Rotation, Route};

use super::signing_in::{Browser, begin, begin_again, draft, saved};
use crate::test_app::{TestApp, keychain::Mood, shell::Told};

async fn signed_in() -> (TestApp, String) {
    let office = TestApp::with(|settings| settings.rotation = Rotation::Strict).await;
    let begun = begin(&office, draft(&office), "").await;
    Browser::sign_in(&begun.address, "allow").await;
    let profile = saved(begun.ends.await.unwrap());
    office.live().await;
    (office, profile)
}

async fn sign_out(office: &TestApp, profile: &str) -> Reply {
    office.ask(Request::SignOut { profile: profile.to_owned() }).await
}

fn refresh_token(office: &TestApp) -> String {
    let kept = office.keychain.contents();
    let (_, rest) = kept.split_once("\"refresh_token\":\"").expect("a refresh token is kept");
    rest.split('"').next().unwrap().to_owned()
}

/// Only the profile's own entry, without anything of the sign-in.
async fn is_wiped(office: &TestApp, profile: &str) {
    let is_wiped = || {
        office.keychain.entries() == [format!("{profile}/credential")]
            && !office.keychain.contents().contains("refresh_token")
            && office.profiles_file().load().expect("the file").leaving.is_empty()
    };
    office
        .within("nothing of it to be left", async {
            while !is_wiped() {
                tokio::task::yield_now().await;
            }
        })
        .await;
}

#[tokio::test]
async fn signing_out_ends_both_tokens_at_the_provider_and_leaves_nothing_here_but_the_profile() {
    let (office, profile) = signed_in().await;
    let (access, refresh) = (office.copied(&profile).await, refresh_token(&office));
    assert_eq!(sign_out(&office, &profile).await, Reply::Done);
    is_wiped(&office, &profile).await;
    assert!(!office.sandbox.accepts(&access) && !office.sandbox.accepts(&refresh));
    assert_eq!(office.sandbox.requests_to(Route::Revoke).len(), 2);
    assert_eq!(office.shell.clipboard(), None, "what was copied went as well");

    let shown = office.barrier().await.profiles[0].clone();
    let trouble = shown.trouble.expect("words");
    assert_eq!((&*trouble.code, trouble.action), ("signed_out", Some(Action::SignIn)));
    assert_eq!((shown.level, shown.can_copy), (Level::Off, false));
    let signed_in = shown.client.signed_in.unwrap();
    assert!(signed_in.signed_out && signed_in.account.is_none());
    assert_eq!(office.shell.told(), [], "nobody is called for what they did");

    let begun = begin_again(&office, &profile).await;
    Browser::sign_in(&begun.address, "allow").await;
    assert_eq!(saved(begun.ends.await.unwrap()), profile);
    let shown = office.live().await;
    assert!(shown.trouble.is_none() && !shown.client.signed_in.unwrap().signed_out);
    office.assert_strict();
}

#[cfg(unix)]
#[tokio::test]
async fn files_and_programs_keep_what_they_have_get_nothing_new_and_say_so_until_the_next_sign_in()
{
    let (office, profile) = signed_in().await;
    let programs = office.let_programs_in();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let env = folder.path().join(".env").display().to_string();
    assert_eq!(office.run(&programs, &["files", "env", &env]).await.code, Some(0));
    let row = async || {
        let request = Request::Programs { profile: profile.clone() };
        match office.ask(request).await {
            Reply::Programs { programs } => programs.sinks[0].clone(),
            other => panic!("no list: {other:?}"),
        }
    };
    let until = async |what: &str, is: fn(&glowjar_agent::view::SinkView) -> bool| {
        let look = async {
            while !is(&row().await) {
                tokio::task::yield_now().await;
            }
        };
        office.within(what, look).await;
    };
    until("the file to be current", |row| row.is_current && !row.is_signed_out).await;
    let held = std::fs::read_to_string(&env).expect("a file");
    let token = office.copied(&profile).await;
    assert!(held.contains(&token));
    let revision = office.snapshot().programs_revision;

    assert_eq!(sign_out(&office, &profile).await, Reply::Done);
    is_wiped(&office, &profile).await;
    until("its row to say so", |row| row.is_signed_out && !row.is_current).await;
    assert!(office.barrier().await.programs_revision > revision, "the window looks again");
    assert_eq!(row().await.trouble, None);
    assert_eq!(std::fs::read_to_string(&env).expect("a file"), held, "the file is the person's");
    assert!(!office.sandbox.accepts(&token), "and its token is worth nothing");
    let asked = office.run(&programs, &["token"]).await;
    assert!(asked.code != Some(0) && asked.out.is_empty(), "{asked:?}");
    assert!(asked.err.to_lowercase().contains("signed out"), "{asked:?}");

    let begun = begin_again(&office, &profile).await;
    Browser::sign_in(&begun.address, "allow").await;
    saved(begun.ends.await.unwrap());
    office.live().await;
    until("the file to be current again", |row| row.is_current && !row.is_signed_out).await;
    let now = std::fs::read_to_string(&env).expect("a file");
    assert!(now.contains(&office.copied(&profile).await));
}

/// What is on its way may bring the only refresh token that can be revoked, so it is waited for.
#[tokio::test]
async fn signing_out_while_a_token_is_being_fetched_waits_for_it_and_stores_nothing_after() {
    let (office, profile) = signed_in().await;
    office.sandbox.next(Route::Token, Answer::Held { then: Box::new(Answer::Normal) });
    office.refresh(&profile).await;
    office.when("a request in flight", |shown| shown.phase == PhaseView::Refreshing).await;
    office.asked(2).await;
    let reply = sign_out(&office, &profile).await;
    assert!(matches!(reply, Reply::Failed { code, .. } if code == "sign_out_busy"));
    office.sandbox.release();
    office.live().await;
    let (access, refresh) = (office.copied(&profile).await, refresh_token(&office));
    assert_eq!(sign_out(&office, &profile).await, Reply::Done);
    is_wiped(&office, &profile).await;
    assert!(!office.sandbox.accepts(&access) && !office.sandbox.accepts(&refresh));
    let asked = office.asked_so_far();
    office.pass(Duration::from_secs(72 * 3_600)).await;
    assert_eq!(office.asked_so_far(), asked, "nothing is fetched for who signed out");
    is_wiped(&office, &profile).await;
    office.assert_strict();
}

#[tokio::test]
async fn a_provider_that_can_not_be_reached_is_asked_again_and_a_person_told_once() {
    let (mut office, profile) = signed_in().await;
    let refresh = refresh_token(&office);
    office.sandbox.set_outage(Outage::ConnectionRefused).await.expect("an outage");
    assert_eq!(sign_out(&office, &profile).await, Reply::Done);
    let told = office.told(1).await;
    let [Told::Raised(notice)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(notice.title, "The sign-in of Campaign could not be ended yet");
    for _ in 0..3 {
        office.advance(Duration::from_secs(10 * 60));
        office.barrier().await;
    }
    assert_eq!(office.shell.told().len(), 1);
    assert!(office.keychain.contents().contains(&refresh), "what it takes to end it is kept");

    // Also over a restart.
    office.restart().await;
    office.sandbox.end_outage().await.expect("its end");
    office.tell(HostEvent::Woke);
    office.advance(Duration::from_secs(11 * 60));
    is_wiped(&office, &profile).await;
    assert!(!office.sandbox.accepts(&refresh));
    let shown = office.barrier().await.profiles[0].clone();
    assert_eq!(shown.trouble.map(|it| it.code).as_deref(), Some("signed_out"));
}

#[tokio::test]
async fn a_network_that_comes_back_ends_the_sign_in_at_once_and_takes_the_notice_back() {
    let (office, profile) = signed_in().await;
    office.sandbox.set_outage(Outage::ConnectionRefused).await.expect("an outage");
    assert_eq!(sign_out(&office, &profile).await, Reply::Done);
    office.told(1).await;
    office.sandbox.end_outage().await.expect("its end");
    office.tell(HostEvent::Woke);
    is_wiped(&office, &profile).await;
    let told = office.told(2).await;
    assert!(matches!(&told[1], Told::Withdrawn(id) if id.starts_with("not-revoked-")), "{told:?}");
}

#[tokio::test]
async fn a_provider_that_says_no_is_not_asked_again_and_a_person_is_told_what_to_do() {
    let (office, profile) = signed_in().await;
    let refusal = || Answer::Refusal(glowjar_sandbox::Refusal::UnauthorizedClient);
    office.sandbox.until_cleared(Route::Revoke, refusal());
    assert_eq!(sign_out(&office, &profile).await, Reply::Done);
    is_wiped(&office, &profile).await;
    let told = office.told(1).await;
    let [Told::Raised(notice)] = told.as_slice() else { panic!("{told:?}") };
    assert!(notice.title.contains("could not be revoked"), "{}", notice.title);
}

#[tokio::test]
async fn a_power_cut_at_any_step_leaves_a_profile_that_is_signed_out_and_nothing_that_works() {
    for changes in 0..5 {
        let (mut office, profile) = signed_in().await;
        let refresh = refresh_token(&office);
        office.keychain.cut_power_after(changes);
        let agent = office.agent().clone();
        let request = Request::SignOut { profile: profile.clone() };
        let asked = tokio::spawn(async move { agent.ask(request).await });
        office.within("the power cut", office.keychain.tried_when(|tried| tried.is_cut)).await;
        office.keychain = office.keychain.after_power_cut();
        office.restart().await;
        drop(asked);
        is_wiped(&office, &profile).await;
        let signed_out = |profile: &glowjar_agent::view::ProfileView| {
            profile.trouble.as_ref().is_some_and(|it| it.code == "signed_out")
        };
        office.when("a profile that is signed out", signed_out).await;
        assert!(!office.sandbox.accepts(&refresh), "after {changes} changes");
    }
}

#[tokio::test]
async fn a_keychain_that_refuses_is_said_to_and_the_sign_in_is_ended_all_the_same() {
    let (mut office, profile) = signed_in().await;
    let refresh = refresh_token(&office);
    office.keychain.set_mood(Mood::Locked);
    let reply = sign_out(&office, &profile).await;
    let Reply::Failed { code, .. } = reply else { panic!("{reply:?}") };
    assert_eq!(code, "sign_out_not_wiped");
    office.within("the revocation", office.sandbox.wait_for(Route::Revoke, 2)).await;
    assert!(!office.sandbox.accepts(&refresh));
    office.keychain.set_mood(Mood::Open);
    office.restart().await;
    office.advance(Duration::from_secs(11 * 60));
    is_wiped(&office, &profile).await;
    assert_eq!(office.asked_so_far(), 1, "nobody renews what was signed out of");
}

#[tokio::test]
async fn f33_nothing_that_is_said_of_signing_out_holds_a_token() {
    let (office, profile) = signed_in().await;
    office.sandbox.set_outage(Outage::ConnectionRefused).await.expect("an outage");
    sign_out(&office, &profile).await;
    office.told(1).await;
    let shown = format!("{} {:?}", office.shell.debug(), office.snapshot());
    let file = std::fs::read_to_string(office.folder.path().join("profiles.json")).unwrap();
    assert!(!shown.contains("eyJhbG") && !file.contains("eyJhbG"));
}
