//! Refresh tokens that are replaced at every use: none may get lost.

use std::time::Duration;

use glowjar_agent::{
    request::{Anyway, Draft, Reply, Request},
    view::PhaseView,
};
use glowjar_lifecycle::plan::LATE_ARRIVAL;
use glowjar_sandbox::{Answer, Refusal, Rotation, Route, SEED_REFRESH_TOKEN};

use crate::test_app::{TestApp, drafts, keychain::Mood};

const HOUR: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn each_renewal_sends_the_newest_refresh_token_and_none_twice() {
    let office = TestApp::with(|settings| settings.rotation = Rotation::Strict).await;
    office.add(drafts::refreshing()).await;
    office.live().await;
    office.pass(72 * HOUR).await;

    let sent = refresh_tokens_sent(&office);
    assert_eq!(sent.len(), 4, "one at first, one a day");
    let mut once = sent.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), sent.len());
    office.assert_strict();
}

#[tokio::test]
async fn a_rotated_refresh_token_is_stored_before_anything_else_is_asked() {
    let office = TestApp::with(|settings| settings.rotation = Rotation::Strict).await;
    office.keychain.cut_power_after(2);
    let profile = office.add(drafts::refreshing()).await;
    office.within("the power cut", office.keychain.tried_when(|tried| tried.is_cut)).await;
    office.asked(1).await;
    office.refresh(&profile).await;
    office.barrier().await;
    assert_eq!(
        office.sandbox.requests().len(),
        1,
        "neither the check of the new token nor another refresh goes out while storing hangs"
    );
}

#[tokio::test]
async fn f02_a_refresh_token_that_a_neighbour_rotated_is_adopted_from_the_keychain() {
    let office = TestApp::with(|settings| settings.rotation = Rotation::Strict).await;
    let profile = office.add(drafts::refreshing()).await;
    office.live().await;
    let neighbour = office.neighbour().await;
    neighbour.live().await;
    assert_eq!(office.asked_so_far(), 1, "the neighbour uses the token that is stored");

    office.advance(HOUR);
    neighbour.refresh(&profile).await;
    let theirs = wait_for_newer(&neighbour).await;
    // As a server answers that is lenient about reuse: the one used before is no good, the newest still is.
    office.sandbox.next(Route::Token, Answer::Refusal(Refusal::InvalidGrant));
    office.refresh(&profile).await;
    let ours = wait_for_newer(&office).await;

    assert_eq!(ours, theirs, "the neighbour's token is adopted, and none is minted beside it");
    assert_eq!(office.asked_so_far(), 3);
    assert_eq!(office.copied(&profile).await, neighbour.copied(&profile).await);

    office.advance(HOUR);
    office.refresh(&profile).await;
    office.asked(4).await;
    office.live().await;
    assert!(office.shell.told().is_empty());
}

#[tokio::test]
async fn f02_only_an_unchanged_refresh_token_counts_as_dead() {
    let office = TestApp::open().await;
    let profile = office.add(drafts::refreshing()).await;
    office.live().await;
    let before = office.keychain.entries();
    office.sandbox.revoke_refresh_tokens();
    office.advance(HOUR);
    office.refresh(&profile).await;

    let profile = office.in_trouble("refresh_token_rejected").await;
    assert!(profile.can_copy, "the token lives on");
    assert_eq!(office.asked_so_far(), 2);
    assert_eq!(office.keychain.entries(), before, "nothing is deleted");
}

#[tokio::test]
async fn f03_killed_at_any_step_of_storing_the_old_or_the_new_refresh_token_works() {
    let mut steps = 0;
    for changes in 0.. {
        let mut office = TestApp::closed(|settings| settings.rotation = Rotation::UntilUsed).await;
        office.keychain = office.keychain.with_entries_up_to(2_560);
        office.start();
        let profile = office.add(drafts::refreshing()).await;
        office.live().await;
        office.advance(HOUR);

        let before = office.keychain.tried().changes;
        office.keychain.cut_power_after(changes);
        office.refresh(&profile).await;
        office.asked(2).await;
        let was_cut = tokio::select! {
            () = office.keychain.tried_when(|tried| tried.is_cut) => true,
            _ = office.when("the new token", |profile| {
                profile.validity.is_some_and(|validity| {
                    validity.issued_at == office.clock.now().as_millis()
                }) && profile.checks.verified_at.is_some() && profile.can_refresh
            }) => false,
        };
        if !was_cut {
            steps = office.keychain.tried().changes - before;
            break;
        }
        office.keychain = office.keychain.after_power_cut();
        office.restart().await;
        office.live().await;
        let asked = office.asked_so_far();
        office.advance(HOUR);
        office.refresh(&profile).await;
        office.asked(asked as u64 + 1).await;
        office
            .when("a renewal after the restart", |profile| {
                profile
                    .validity
                    .is_some_and(|validity| validity.issued_at == office.clock.now().as_millis())
            })
            .await;
        assert_eq!(office.profile().trouble, None, "cut after {changes} changes");
    }
    assert!(steps >= 2, "storing took {steps} steps: the credential, then the token");
}

#[tokio::test]
async fn f03_a_reply_that_is_lost_on_the_way_leaves_the_old_refresh_token_in_use() {
    let office = TestApp::with(|settings| settings.rotation = Rotation::UntilUsed).await;
    office.sandbox.next(Route::Token, Answer::Lost);
    office.add(drafts::refreshing()).await;
    office.when("the retry to be planned", |profile| profile.next_attempt_at.is_some()).await;
    office.pass(Duration::from_secs(60)).await;
    office.live().await;
    assert_eq!(refresh_tokens_sent(&office)[..2], [SEED_REFRESH_TOKEN; 2]);
}

#[tokio::test]
async fn f04_a_keychain_that_takes_nothing_costs_no_refresh_token() {
    let mut office = TestApp::with(|settings| settings.rotation = Rotation::Strict).await;
    let profile = office.add(drafts::refreshing()).await;
    office.live().await;
    office.keychain.set_mood(Mood::Full);
    office.advance(HOUR);
    office.refresh(&profile).await;

    let unsaved = office.when("the warning", |profile| profile.not_saved).await;
    assert!(unsaved.can_copy, "the new token is good all the same");
    let trouble = unsaved.trouble.expect("a trouble");
    assert_eq!(trouble.code, "not_saved");
    let copied = office.copied(&profile).await;
    assert!(office.sandbox.accepts(&copied));

    let writes = office.keychain.tried().writes;
    office.advance(Duration::from_secs(30));
    office.within("another write", office.keychain.tried_when(|tried| tried.writes > writes)).await;
    office.advance(Duration::from_secs(30));
    office.refresh(&profile).await;
    office.asked(3).await;
    office.when("the next rotation", |profile| profile.not_saved && profile.can_refresh).await;

    office.keychain.set_mood(Mood::Open);
    office.advance(Duration::from_secs(30));
    let saved = office.when("it to be saved", |profile| !profile.not_saved).await;
    assert_eq!(saved.trouble, None);
    office.restart().await;
    office.live().await;
    office.advance(HOUR);
    office.refresh(&profile).await;
    office.asked(4).await;
    office.live().await;

    let sent = refresh_tokens_sent(&office);
    for (n, token) in sent.iter().enumerate() {
        assert!(!sent[..n].contains(token), "request {} sends an old refresh token again", n + 1);
    }
}

#[tokio::test]
async fn f17_a_reply_without_a_refresh_token_or_with_an_empty_one_keeps_the_old() {
    for answer in [Answer::NoRefreshToken, Answer::EmptyRefreshToken] {
        let office = TestApp::open().await;
        office.sandbox.next(Route::Token, answer);
        let profile = office.add(drafts::refreshing()).await;
        office.live().await;
        assert!(office.keychain.contents().contains(SEED_REFRESH_TOKEN));
        office.advance(HOUR);
        office.refresh(&profile).await;
        office.asked(2).await;
        office.live().await;
        assert_eq!(refresh_tokens_sent(&office), [SEED_REFRESH_TOKEN; 2]);
    }
}

#[tokio::test]
async fn a_new_refresh_token_pasted_while_the_old_one_is_refused_takes_over() {
    let office = TestApp::open().await;
    office.sandbox.revoke_refresh_tokens();
    let profile = office.add(drafts::refreshing()).await;
    office.in_trouble("refresh_token_rejected").await;

    let fresh = office.sandbox.issue_refresh_token(glowjar_sandbox::CLIENT_ID);
    let draft =
        Draft { refresh_token: Some(fresh.into()), ..drafts::untouched(drafts::refreshing()) };
    office.edit(&profile, draft).await;
    office.live().await;
}

async fn wait_for_newer(office: &TestApp) -> Option<i64> {
    let now = office.clock.now().as_millis();
    let profile = office
        .when("a token issued now", |profile| {
            profile.validity.is_some_and(|validity| validity.issued_at == now)
                && profile.can_refresh
        })
        .await;
    profile.validity.map(|validity| validity.expires_at)
}

fn refresh_tokens_sent(office: &TestApp) -> Vec<String> {
    let requests = office.sandbox.requests_to(Route::Token);
    requests
        .iter()
        .map(|request| request.field("refresh_token").unwrap_or_default().to_owned())
        .collect()
}

/// A trial whose refresh token may still arrive at the server, which gave no answer in time.
async fn with_trial_given_up() -> TestApp {
    let mut office = TestApp::closed(|settings| settings.rotation = Rotation::Strict).await;
    office.give_up_after(Duration::from_millis(300));
    office.start();
    office.sandbox.next(Route::Token, Answer::Hang);
    let reply = office.save(own_server(&office), None).await;
    assert!(matches!(reply, Reply::Refused { anyway: Some(Anyway::Untried), .. }), "{reply:?}");
    assert_eq!(office.asked_so_far(), 1);
    office
}

/// The built-in sandbox is not asked before there is a profile of it.
fn own_server(office: &TestApp) -> Draft {
    drafts::at(office.token_endpoint(), drafts::refreshing())
}

#[tokio::test]
async fn a_profile_saved_after_a_trial_without_an_answer_sends_nothing_while_that_may_arrive() {
    let office = with_trial_given_up().await;
    office.add(own_server(&office)).await;
    let waiting = office.when("the wait", |profile| profile.phase == PhaseView::Waiting).await;
    let until = waiting.next_attempt_at.expect("a time");
    assert_eq!(until, (office.clock.now() + LATE_ARRIVAL).as_millis());
    assert!(!waiting.can_refresh);
    office.advance(LATE_ARRIVAL - Duration::from_secs(1));
    office.barrier().await;
    assert_eq!(office.asked_so_far(), 1);
    office.advance(Duration::from_secs(1));
    office.live().await;
    assert_eq!(office.asked_so_far(), 2);
}

#[tokio::test]
async fn a_second_trial_is_not_sent_while_the_first_may_arrive() {
    let office = with_trial_given_up().await;
    let second = office.save(own_server(&office), None);
    let meanwhile = async {
        office.advance(LATE_ARRIVAL - Duration::from_secs(1));
        office.barrier().await;
        assert_eq!(office.asked_so_far(), 1);
        office.advance(Duration::from_secs(1));
    };
    let (reply, ()) = tokio::join!(second, meanwhile);
    assert!(matches!(reply, Reply::Saved { .. }), "{reply:?}");
    assert_eq!(office.asked_so_far(), 2);
}

#[tokio::test]
async fn a_profile_brought_back_sends_nothing_while_what_it_sent_before_may_arrive() {
    let mut office = TestApp::closed(|settings| settings.rotation = Rotation::Strict).await;
    office.give_up_after(Duration::from_millis(300));
    office.start();
    office.sandbox.next(Route::Token, Answer::Hang);
    let profile = office.add(drafts::refreshing()).await;
    office.in_trouble("timeout").await;
    let remove = Request::RemoveProfile { profile, revoke: false };
    assert_eq!(office.ask(remove).await, Reply::Done);
    assert!(matches!(office.ask(Request::UndoRemove).await, Reply::Saved { .. }));
    let waiting = office.when("the wait", |profile| profile.phase == PhaseView::Waiting).await;
    assert_eq!(waiting.next_attempt_at, Some((office.clock.now() + LATE_ARRIVAL).as_millis()));
    assert_eq!(office.asked_so_far(), 1);
}

#[tokio::test]
async fn a_profile_brought_back_while_its_request_is_under_way_keeps_what_that_rotates() {
    // The answer comes before the removal is undone, or after.
    for answered_first in [true, false] {
        let mut office = TestApp::with(|settings| settings.rotation = Rotation::Strict).await;
        let id = office.add(drafts::refreshing()).await;
        office.live().await;
        office.advance(HOUR);
        office.sandbox.next(Route::Token, Answer::Held { then: Box::new(Answer::Normal) });
        office.refresh(&id).await;
        office.asked(2).await;
        let remove = Request::RemoveProfile { profile: id.clone(), revoke: false };
        assert_eq!(office.ask(remove).await, Reply::Done);
        if answered_first {
            let writes = office.keychain.tried().writes;
            office.sandbox.release();
            let stored = office.keychain.tried_when(|tried| tried.writes > writes);
            office.within("what was rotated to be stored", stored).await;
            office.barrier().await;
        }
        assert!(matches!(office.ask(Request::UndoRemove).await, Reply::Saved { .. }));
        if !answered_first {
            office.sandbox.release();
        }
        wait_for_newer(&office).await;
        office.live().await;
        for renewals in 0..3 {
            office.advance(LATE_ARRIVAL + HOUR);
            office.live().await;
            office.refresh(&id).await;
            office.asked(3 + renewals).await;
            wait_for_newer(&office).await;
        }
        office.restart().await;
        office.live().await;
        office.advance(HOUR);
        office.refresh(&id).await;
        wait_for_newer(&office).await;
        let sent = refresh_tokens_sent(&office);
        let each: std::collections::BTreeSet<_> = sent.iter().collect();
        assert_eq!(each.len(), sent.len(), "one was sent twice: {sent:?}");
        assert!(office.sandbox.accepts(&office.copied(&id).await));
    }
}
