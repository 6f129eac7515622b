//! Another client secret by Adobe's console API, where the admin gave the right: made, tried, taken into use, and the old
//! one deleted, each when the person says so. Whoever dies in between leaves a profile that works.

use std::time::Duration;

use glowjar_agent::{
    request::{Field, Reply, Request},
    view::{ClientSecretView, SecretApiView, SecretStep},
};
use glowjar_sandbox::{
    Answer, CLIENT_SECRET, ConsolePlace, Gateway, Outage, Refusal, RetryAfter, Route,
};

use super::replacing::kept;
use crate::test_app::{TestApp, drafts, keychain::Mood};

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(24 * 3_600);
const PAGE: &str = "https://developer.adobe.com/console/projects/23294/4566206088344958295/\
                    credentials/436084/details/oauthservertoserver";

/// A profile whose project has the I/O Management API, and whose credential's page is known.
async fn office() -> (TestApp, String) {
    let (office, profile) = office_without_page().await;
    let Reply::ClientSecrets { secrets } = ask(&office, set(&profile, PAGE)).await else {
        panic!("no list")
    };
    assert_eq!(secrets.len(), 1);
    (office, profile)
}

async fn office_without_page() -> (TestApp, String) {
    let office = TestApp::with(|settings| {
        let place =
            ConsolePlace { organization: "23294".to_owned(), credential: "436084".to_owned() };
        settings.clients[0].secrets = vec![CLIENT_SECRET.into()];
        settings.clients[0].console = Some(place);
    })
    .await;
    let profile = office.add(drafts::minting()).await;
    office.live().await;
    (office, profile)
}

async fn ask(office: &TestApp, request: Request) -> Reply {
    office.ask(request).await
}

fn set(profile: &str, page: &str) -> Request {
    Request::SetConsole { profile: profile.to_owned(), page: page.to_owned() }
}

fn list(profile: &str) -> Request {
    Request::ListSecrets { profile: profile.to_owned() }
}

fn make(profile: &str) -> Request {
    Request::MakeSecret { profile: profile.to_owned() }
}

fn try_made(profile: &str) -> Request {
    Request::TryMadeSecret { profile: profile.to_owned() }
}

fn drop_lost(profile: &str) -> Request {
    Request::DropLostSecret { profile: profile.to_owned() }
}

fn delete_old(profile: &str) -> Request {
    Request::DeleteOldSecret { profile: profile.to_owned() }
}

fn confirm(profile: &str) -> Request {
    Request::ConfirmSecretGone { profile: profile.to_owned() }
}

fn saved(profile: &str) -> Reply {
    Reply::Saved { profile: profile.to_owned() }
}

fn api(office: &TestApp) -> SecretApiView {
    office.profile().client.secret.and_then(|secret| secret.api).expect("an API")
}

async fn step(office: &TestApp) -> SecretStep {
    office.barrier().await;
    api(office).step
}

/// What the credential has at Adobe's.
fn at_adobe_s(office: &TestApp) -> Vec<String> {
    office.sandbox.settings().clients[0].secrets.clone()
}

fn code(reply: &Reply) -> &str {
    match reply {
        Reply::Failed { code, .. } => code,
        Reply::Refused { trouble, .. } => &trouble.code,
        other => panic!("no refusal: {other:?}"),
    }
}

async fn secrets(office: &TestApp, profile: &str) -> Vec<ClientSecretView> {
    match ask(office, list(profile)).await {
        Reply::ClientSecrets { secrets } => secrets,
        other => panic!("no list: {other:?}"),
    }
}

/// It renews once more.
async fn works(office: &TestApp) {
    office.live().await;
    let asked = office.asked_so_far();
    office.advance(DAY);
    office.asked(asked as u64 + 1).await;
    let profile = office.live().await;
    assert_eq!(profile.trouble, None);
}

#[tokio::test]
async fn another_secret_is_made_tried_taken_into_use_and_the_old_one_deleted() {
    let (office, profile) = office().await;
    assert_eq!(api(&office), SecretApiView { is_set_up: true, step: SecretStep::Make });
    office.advance(HOUR);

    assert_eq!(ask(&office, make(&profile)).await, saved(&profile));
    let [old, new] = &at_adobe_s(&office)[..] else { panic!("two secrets") };
    assert_eq!(kept(&office), (Some(old.clone()), Some(new.clone())), "the old one is in use");
    assert_eq!(step(&office).await, SecretStep::TryMade);
    let shown = secrets(&office, &profile).await;
    assert_eq!([shown[0].is_made_here, shown[1].is_made_here], [false, true]);
    assert!(shown[0].last_used_at.is_some() && shown[1].last_used_at.is_none(), "{shown:?}");
    assert_eq!(code(&ask(&office, make(&profile)).await), "console_two");
    assert_eq!(code(&ask(&office, delete_old(&profile)).await), "changed_meanwhile");

    office.advance(HOUR);
    assert_eq!(ask(&office, try_made(&profile)).await, saved(&profile));
    assert_eq!(kept(&office), (Some(new.clone()), Some(old.clone())));
    assert_eq!(step(&office).await, SecretStep::DeleteOld);
    let now = office.clock.now().as_millis();
    assert_eq!(office.profile().client.secret.unwrap().since, Some(now), "its age begins");
    let shown = secrets(&office, &profile).await;
    assert!(shown[1].last_used_at > shown[0].last_used_at, "{shown:?}");

    assert_eq!(ask(&office, delete_old(&profile)).await, Reply::Done);
    assert_eq!(at_adobe_s(&office), std::slice::from_ref(new));
    assert_eq!(ask(&office, delete_old(&profile)).await, Reply::Done, "once more does no harm");
    assert_eq!(ask(&office, confirm(&profile)).await, saved(&profile));
    assert_eq!(kept(&office), (Some(new.clone()), None));
    assert_eq!(step(&office).await, SecretStep::Make);
    works(&office).await;
    let wrong = office.sandbox.requests_to(Route::Console);
    assert!(wrong.iter().all(|request| request.wrong.is_empty()), "{wrong:?}");

    // A second time, by the same way.
    assert_eq!(ask(&office, make(&profile)).await, saved(&profile));
    assert_eq!(ask(&office, try_made(&profile)).await, saved(&profile));
    assert_eq!(ask(&office, delete_old(&profile)).await, Reply::Done);
    assert_eq!(ask(&office, confirm(&profile)).await, saved(&profile));
    works(&office).await;
}

#[tokio::test]
async fn f33_no_secret_is_in_what_is_told_shown_or_written_down() {
    let (office, profile) = office().await;
    let mut told = String::new();
    for request in [make(&profile), try_made(&profile), list(&profile), delete_old(&profile)] {
        told += &format!("{:?}", ask(&office, request).await);
        told += &format!("{:?}", office.snapshot());
    }
    let file = office.folder.path().join("profiles.json");
    told += &std::fs::read_to_string(file).expect("the profiles file");
    for secret in at_adobe_s(&office).iter().map(String::as_str).chain([CLIENT_SECRET]) {
        assert!(!told.contains(secret), "{told}");
    }
}

#[tokio::test]
async fn f03_killed_at_any_step_the_profile_works_and_the_way_goes_on() {
    for (before, last, route, arrives) in [
        // The token for the API, the list, the new secret.
        (0, "make", Route::Token, 1),
        (0, "make", Route::Console, 1),
        (0, "make", Route::Console, 2),
        (1, "try", Route::Token, 1),
        (2, "delete", Route::Token, 1),
        (2, "delete", Route::Console, 1),
        (2, "delete", Route::Console, 2),
        (3, "confirm", Route::Token, 1),
    ] {
        let place = format!("{last}, killed at {route:?} {arrives}");
        let (mut office, profile) = office().await;
        let steps = [make, try_made, delete_old];
        for step in &steps[..before] {
            let reply = ask(&office, step(&profile)).await;
            assert!(matches!(reply, Reply::Saved { .. } | Reply::Done), "{place}: {reply:?}");
        }
        let request = match last {
            "make" => make(&profile),
            "try" => try_made(&profile),
            "delete" => delete_old(&profile),
            _ => confirm(&profile),
        };
        for _ in 1..arrives {
            office.sandbox.next(route, Answer::Normal);
        }
        office.sandbox.next(route, Answer::Held { then: Box::new(Answer::Normal) });
        let so_far = office.sandbox.requests_to(route).len();
        tokio::select! {
            reply = ask(&office, request) => panic!("{place}: {reply:?}"),
            _ = office.sandbox.wait_for(route, (so_far + arrives) as u64) => {}
        }
        office.restart().await;
        office.sandbox.clear();
        works(&office).await;

        // On to the end.
        if step(&office).await == SecretStep::LookAfterLost {
            assert_eq!((last, route, arrives), ("make", Route::Console, 2));
            assert_eq!(at_adobe_s(&office).len(), 2, "it was made, and its answer is lost");
            assert_eq!(code(&ask(&office, make(&profile)).await), "console_lost");
            assert_eq!(ask(&office, drop_lost(&profile)).await, Reply::Done, "{place}");
            assert_eq!(at_adobe_s(&office), [CLIENT_SECRET]);
        }
        for (wanted, request) in [
            (SecretStep::Make, make(&profile)),
            (SecretStep::TryMade, try_made(&profile)),
            (SecretStep::DeleteOld, delete_old(&profile)),
        ] {
            if step(&office).await == wanted {
                let reply = ask(&office, request).await;
                assert!(matches!(reply, Reply::Saved { .. } | Reply::Done), "{place}: {reply:?}");
            }
        }
        assert_eq!(ask(&office, confirm(&profile)).await, saved(&profile), "{place}");
        assert_eq!(kept(&office), (Some(at_adobe_s(&office)[0].clone()), None), "{place}");
        works(&office).await;
    }
}

#[tokio::test]
async fn f03_a_power_cut_while_a_made_secret_is_stored_leaves_a_profile_that_works() {
    for tries in [false, true] {
        for changes in 0.. {
            let (mut office, profile) = office().await;
            if tries {
                assert_eq!(ask(&office, make(&profile)).await, saved(&profile));
            }
            office.keychain.cut_power_after(changes);
            let request = if tries { try_made(&profile) } else { make(&profile) };
            let was_cut = tokio::select! {
                () = office.keychain.tried_when(|tried| tried.is_cut) => true,
                reply = ask(&office, request) => {
                    assert_eq!(reply, saved(&profile));
                    false
                }
            };
            office.keychain = office.keychain.after_power_cut();
            office.restart().await;
            works(&office).await;
            if step(&office).await == SecretStep::LookAfterLost {
                assert!(was_cut && !tries);
                assert_eq!(ask(&office, drop_lost(&profile)).await, Reply::Done);
                assert_eq!(at_adobe_s(&office), [CLIENT_SECRET]);
            }
            if !was_cut {
                assert!(changes >= 1);
                break;
            }
        }
    }
}

#[tokio::test]
async fn each_refusal_of_the_api_has_its_own_words_and_changes_nothing() {
    let raw = |status: u16| Answer::Raw {
        status,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: r#"{"error_code":"1","message":"no"}"#.to_owned(),
    };
    let throttled = Answer::Throttled(RetryAfter::Seconds(60));
    for (route, answer, expected) in [
        (Route::Token, Answer::Refusal(Refusal::InvalidScope), "console_not_allowed"),
        (Route::Token, Answer::InternalError, "server"),
        (Route::Console, Answer::Gateway(Gateway::TokenNotValid), "console_token_rejected"),
        (Route::Console, raw(401), "console_token_rejected"),
        (Route::Console, raw(403), "console_not_allowed"),
        (Route::Console, raw(404), "console_not_found"),
        (Route::Console, raw(409), "console_too_many"),
        (Route::Console, raw(422), "console_refused"),
        (Route::Console, throttled.clone(), "throttled"),
        (Route::Console, Answer::InternalError, "server"),
        (Route::Console, Answer::BadGateway, "server"),
    ] {
        let (office, profile) = office().await;
        let before = (kept(&office), at_adobe_s(&office));
        for request in [list(&profile), make(&profile)] {
            office.sandbox.next(route, answer.clone());
            let reply = ask(&office, request).await;
            assert_eq!(code(&reply), expected, "{answer:?}");
            let Reply::Refused { trouble, .. } = reply else { panic!("no details") };
            assert!(trouble.technical.status.is_some() && !trouble.advice.is_empty());
        }
        // The question for the secret itself.
        office.sandbox.next(route, Answer::Normal);
        office.sandbox.next(route, answer.clone());
        if route == Route::Console {
            let reply = ask(&office, make(&profile)).await;
            let is_open = expected == "server";
            let expected = if is_open { "console_perhaps_made" } else { expected };
            assert_eq!(code(&reply), expected, "{answer:?}");
            let next = if is_open { SecretStep::LookAfterLost } else { SecretStep::Make };
            assert_eq!(step(&office).await, next, "{answer:?}");
            if is_open {
                assert_eq!(ask(&office, drop_lost(&profile)).await, Reply::Done);
                assert_eq!(step(&office).await, SecretStep::Make);
            }
        }
        assert_eq!((kept(&office), at_adobe_s(&office)), before, "{answer:?}");
    }
    let (office, profile) = office().await;
    office.sandbox.set_outage(Outage::ConnectionRefused).await.expect("an outage");
    assert_eq!(code(&ask(&office, list(&profile)).await), "connect");
    office.sandbox.end_outage().await.expect("the server");
    works(&office).await;
}

#[tokio::test]
async fn two_secrets_are_the_most_and_none_is_deleted_that_can_not_be_told_apart() {
    let (office, profile) = office().await;
    let add = |secret: &str| {
        office.sandbox.change(|settings| settings.clients[0].secrets.push(secret.to_owned()));
    };
    add("p8e-a-colleague-s");
    assert_eq!(code(&ask(&office, make(&profile)).await), "console_full");
    assert_eq!(secrets(&office, &profile).await.len(), 2);
    office.sandbox.change(|settings| settings.clients[0].secrets.truncate(1));

    // Made, lost, and somebody made another beside it and uses it.
    office.sandbox.next(Route::Console, Answer::Normal);
    office.sandbox.next(Route::Console, Answer::Lost);
    assert_eq!(code(&ask(&office, make(&profile)).await), "console_perhaps_made");
    add("p8e-a-colleague-s");
    let before = at_adobe_s(&office);
    assert_eq!(code(&ask(&office, drop_lost(&profile)).await), "console_unclear");
    assert_eq!(at_adobe_s(&office), before);
}

#[tokio::test]
async fn a_new_secret_that_is_not_taken_yet_is_kept_and_tried_again() {
    let (office, profile) = office().await;
    assert_eq!(ask(&office, make(&profile)).await, saved(&profile));
    // The engine has asked with what there is now.
    office.live().await;
    let after = kept(&office);
    office.sandbox.next(Route::Token, Answer::Refusal(Refusal::WrongClientSecret));
    assert_eq!(code(&ask(&office, try_made(&profile)).await), "secret_not_yet_taken");
    assert_eq!((kept(&office), step(&office).await), (after, SecretStep::TryMade));
    works(&office).await;
    assert_eq!(ask(&office, try_made(&profile)).await, saved(&profile));
    assert_eq!(step(&office).await, SecretStep::DeleteOld);
}

#[tokio::test]
async fn a_keychain_that_takes_nothing_is_said_and_the_secret_that_nobody_has_is_looked_after() {
    let (office, profile) = office().await;
    office.keychain.set_mood(Mood::Full);
    assert_eq!(code(&ask(&office, make(&profile)).await), "keychain_refused");
    assert_eq!(kept(&office), (Some(CLIENT_SECRET.to_owned()), None));
    assert_eq!(step(&office).await, SecretStep::LookAfterLost);
    office.keychain.set_mood(Mood::Open);
    assert_eq!(ask(&office, drop_lost(&profile)).await, Reply::Done);
    assert_eq!(at_adobe_s(&office), [CLIENT_SECRET]);
    works(&office).await;
}

#[tokio::test]
async fn the_page_is_asked_for_once_checked_kept_and_can_be_forgotten() {
    let (mut office, profile) = office_without_page().await;
    assert_eq!(api(&office), SecretApiView { is_set_up: false, step: SecretStep::Make });
    assert_eq!(code(&ask(&office, make(&profile)).await), "no_console");
    for wrong in ["436084", "https://developer.adobe.com/console/home"] {
        let Reply::Invalid { fields } = ask(&office, set(&profile, wrong)).await else {
            panic!("{wrong}")
        };
        assert_eq!(fields[0].field, Field::ConsolePage);
    }
    let elsewhere = PAGE.replace("436084", "1");
    assert_eq!(code(&ask(&office, set(&profile, &elsewhere)).await), "console_not_found");
    assert!(!api(&office).is_set_up, "it is kept once it was found");
    let reply = ask(&office, set(&profile, PAGE)).await;
    assert!(matches!(reply, Reply::ClientSecrets { .. }), "{reply:?}");
    office.restart().await;
    office.live().await;
    assert!(api(&office).is_set_up);
    assert_eq!(ask(&office, set(&profile, " ")).await, Reply::Done);
    office.barrier().await;
    assert!(!api(&office).is_set_up);
    // Where there is no such API, nothing is offered.
    let url = office.sandbox.url();
    let draft = drafts::at(format!("{url}/ims/token/v3"), drafts::minting());
    assert_eq!(office.edit(&profile, draft).await, saved(&profile));
    office.barrier().await;
    assert_eq!(office.profile().client.secret.and_then(|secret| secret.api), None);
    assert_eq!(code(&ask(&office, list(&profile)).await), "no_console");
}
