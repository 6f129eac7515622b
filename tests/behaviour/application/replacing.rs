//! Another client secret in the place of the old one: tried first, the old one kept until it is refused.

use std::time::Duration;

use glowjar_agent::{
    request::{Field, Reply, Request},
    view::{ReplaceByView, SecretView},
};
use glowjar_sandbox::{CLIENT_SECRET, Outage};

use crate::test_app::{TestApp, drafts, keychain::Mood, shell::Told};

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(24 * 3_600);
/// What the admin made in the console.
const NEW: &str = "p8e-brand-new";

async fn office() -> (TestApp, String) {
    let office = TestApp::with(|settings| {
        settings.clients[0].secrets = vec![CLIENT_SECRET.into(), NEW.into()];
    })
    .await;
    let profile = office.add(drafts::minting()).await;
    office.live().await;
    (office, profile)
}

async fn replace(office: &TestApp, profile: &str, secret: &str) -> Reply {
    let profile = profile.to_owned();
    office.ask(Request::ReplaceSecret { profile, text: secret.into() }).await
}

async fn confirm(office: &TestApp, profile: &str) -> Reply {
    office.ask(Request::ConfirmSecretGone { profile: profile.to_owned() }).await
}

async fn plan(office: &TestApp, profile: &str, replace_by: Option<ReplaceByView>) -> Reply {
    office.ask(Request::PlanSecret { profile: profile.to_owned(), replace_by }).await
}

fn accepts(office: &TestApp, secrets: &[&str]) {
    let secrets = secrets.iter().map(|secret| (*secret).into()).collect();
    office.sandbox.change(|settings| settings.clients[0].secrets = secrets);
}

/// Primary and standby, as the keychain has them.
pub(super) fn kept(office: &TestApp) -> (Option<String>, Option<String>) {
    let kept = office.keychain.contents();
    let field = |name: &str| {
        let (_, rest) = kept.split_once(&format!("\"{name}\":\""))?;
        Some(rest.split('"').next()?.to_owned())
    };
    (field("client_secret"), field("standby_secret"))
}

fn pair(primary: &str, standby: Option<&str>) -> (Option<String>, Option<String>) {
    (Some(primary.to_owned()), standby.map(str::to_owned))
}

fn secret(office: &TestApp) -> SecretView {
    office.profile().client.secret.expect("a secret that can be replaced")
}

fn code(reply: Reply) -> String {
    match reply {
        Reply::Failed { code, .. } => code,
        Reply::Refused { trouble, .. } => trouble.code,
        other => panic!("no refusal: {other:?}"),
    }
}

#[tokio::test]
async fn the_new_secret_is_tried_the_old_one_kept_until_it_is_refused_and_then_it_goes() {
    let (office, profile) = office().await;
    office.advance(DAY / 2);
    assert_eq!(replace(&office, &profile, NEW).await, Reply::Saved { profile: profile.clone() });
    assert_eq!(kept(&office), pair(NEW, Some(CLIENT_SECRET)));
    let shown = office.live().await;
    let now = office.clock.now().as_millis();
    assert_eq!(shown.validity.unwrap().issued_at, now, "the trial's token is in use");
    let view = secret(&office);
    assert_eq!((view.since, view.has_standby, view.standby_in_use), (Some(now), true, false));

    assert_eq!(code(confirm(&office, &profile).await), "old_secret_works");
    assert_eq!(kept(&office), pair(NEW, Some(CLIENT_SECRET)));

    accepts(&office, &[NEW]);
    assert_eq!(confirm(&office, &profile).await, Reply::Saved { profile: profile.clone() });
    assert_eq!(kept(&office), pair(NEW, None));
    office.live().await;
    assert!(!secret(&office).has_standby);
    assert_eq!(code(confirm(&office, &profile).await), "no_old_secret");

    office.advance(DAY);
    office.live().await;
    let sent = office.sandbox.requests_to(glowjar_sandbox::Route::Token);
    assert_eq!(sent.last().unwrap().field("client_secret"), Some(NEW));
    let wrong = sent.iter().filter(|request| !request.wrong.is_empty());
    let wrong: Vec<_> = wrong.map(|request| request.field("client_secret").unwrap()).collect();
    assert_eq!(wrong, [CLIENT_SECRET], "once, to see that it is gone");
}

#[tokio::test]
async fn a_new_secret_that_is_refused_changes_nothing() {
    let (office, profile) = office().await;
    let before = (kept(&office), office.copied(&profile).await);
    assert_eq!(code(replace(&office, &profile, "p8e-mistyped").await), "secret_rejected");
    assert_eq!((kept(&office), office.copied(&profile).await), before);
    let Reply::Invalid { fields } = replace(&office, &profile, CLIENT_SECRET).await else {
        panic!("it is the one in use");
    };
    assert_eq!(fields[0].field, Field::ClientSecret);
    let Reply::Invalid { .. } = replace(&office, &profile, "  ").await else {
        panic!("it is empty");
    };
    office.sandbox.set_outage(Outage::ConnectionRefused).await.expect("an outage");
    assert_eq!(code(replace(&office, &profile, NEW).await), "connect");
    assert_eq!(kept(&office), before.0);
}

#[tokio::test]
async fn a_secret_that_was_refused_makes_room_for_the_new_one_and_is_kept_nowhere() {
    let (office, profile) = office().await;
    accepts(&office, &[NEW]);
    office.advance(HOUR);
    office.refresh(&profile).await;
    office.in_trouble("secret_rejected").await;

    office.sandbox.set_outage(Outage::ConnectionRefused).await.expect("an outage");
    let Reply::Refused { trouble, .. } = replace(&office, &profile, NEW).await else {
        panic!("nobody is there")
    };
    assert!(!trouble.advice.contains("works as before"), "{}", trouble.advice);
    office.sandbox.end_outage().await.expect("the server");
    assert_eq!(code(replace(&office, &profile, CLIENT_SECRET).await), "secret_rejected");
    assert_eq!(kept(&office), pair(CLIENT_SECRET, None));

    assert_eq!(replace(&office, &profile, NEW).await, Reply::Saved { profile: profile.clone() });
    assert_eq!(kept(&office), pair(NEW, None));
    let shown = office.live().await;
    assert_eq!((shown.trouble, secret(&office).has_standby), (None, false));
    assert_eq!(code(confirm(&office, &profile).await), "no_old_secret");
}

#[tokio::test]
async fn the_same_secret_is_taken_again_once_the_provider_takes_it_again() {
    let (office, profile) = office().await;
    accepts(&office, &[]);
    office.advance(HOUR);
    office.refresh(&profile).await;
    office.in_trouble("secret_rejected").await;
    accepts(&office, &[CLIENT_SECRET]);
    let reply = replace(&office, &profile, CLIENT_SECRET).await;
    assert_eq!(reply, Reply::Saved { profile });
    office.live().await;
    assert_eq!(kept(&office), pair(CLIENT_SECRET, None));
}

#[tokio::test]
async fn a_secret_that_is_gone_or_cut_short_in_the_keychain_is_replaced_as_well() {
    for trouble in ["secret_missing", "keychain_incomplete"] {
        let (mut office, profile) = office().await;
        office.end().await;
        let entry = format!("{profile}/credential");
        match trouble {
            "secret_missing" => office.keychain.lose("/credential"),
            _ => office.keychain.damage(&entry, r#"{"parts":2,"bytes":900,"set":"A"}"#),
        }
        office.start();
        office.in_trouble(trouble).await;
        let reply = replace(&office, &profile, NEW).await;
        assert_eq!(reply, Reply::Saved { profile: profile.clone() }, "{trouble}");
        office.live().await;
        assert_eq!(kept(&office), pair(NEW, None), "{trouble}");
    }
}

#[tokio::test]
async fn a_keychain_that_takes_nothing_leaves_the_old_secret_in_use() {
    let (office, profile) = office().await;
    office.keychain.set_mood(Mood::Full);
    assert_eq!(code(replace(&office, &profile, NEW).await), "keychain_refused");
    assert_eq!(kept(&office), pair(CLIENT_SECRET, None));
    assert!(!secret(&office).has_standby);
}

#[tokio::test]
async fn who_deleted_the_new_secret_in_the_console_keeps_the_old_one() {
    let (office, profile) = office().await;
    replace(&office, &profile, NEW).await;
    accepts(&office, &[CLIENT_SECRET]);
    assert_eq!(code(confirm(&office, &profile).await), "old_secret_works");
    office.advance(DAY);
    office.when("the old one", |profile| profile.client.secret.unwrap().standby_in_use).await;
    assert_eq!(confirm(&office, &profile).await, Reply::Saved { profile: profile.clone() });
    assert_eq!(kept(&office), pair(CLIENT_SECRET, None));
}

#[tokio::test]
async fn with_both_secrets_deleted_none_is_forgotten() {
    let (office, profile) = office().await;
    replace(&office, &profile, NEW).await;
    accepts(&office, &["p8e-another"]);
    assert_eq!(code(confirm(&office, &profile).await), "secret_rejected");
    assert_eq!(kept(&office), pair(NEW, Some(CLIENT_SECRET)));
}

#[tokio::test]
async fn f03_a_power_cut_at_any_step_of_replacing_a_secret_leaves_a_profile_that_works() {
    for is_confirming in [false, true] {
        let mut steps = 0;
        for changes in 0.. {
            let (mut office, profile) = office().await;
            if is_confirming {
                replace(&office, &profile, NEW).await;
                office.live().await;
                accepts(&office, &[NEW]);
            }
            office.keychain.cut_power_after(changes);
            let step = async {
                match is_confirming {
                    false => replace(&office, &profile, NEW).await,
                    true => confirm(&office, &profile).await,
                }
            };
            let was_cut = tokio::select! {
                () = office.keychain.tried_when(|tried| tried.is_cut) => true,
                reply = step => {
                    assert_eq!(reply, Reply::Saved { profile: profile.clone() });
                    false
                }
            };
            office.keychain = office.keychain.after_power_cut();
            office.restart().await;
            office.live().await;
            let asked = office.asked_so_far();
            office.advance(DAY);
            office.asked(asked as u64 + 1).await;
            let profile = office.live().await;
            assert_eq!(profile.trouble, None, "cut after {changes} changes");
            if !was_cut {
                steps = changes;
                break;
            }
        }
        assert!(steps >= 2, "the credential, then the token: {steps} steps");
    }
}

#[tokio::test]
async fn a_secret_that_was_to_be_replaced_is_reminded_of_twice_also_across_restarts() {
    let (mut office, profile) = office().await;
    let in_90_days = Some(ReplaceByView::After { days: 90 });
    assert_eq!(plan(&office, &profile, in_90_days).await, Reply::Done);
    office.barrier().await;
    assert_eq!(secret(&office).replace_by, in_90_days);
    office.advance(75 * DAY);
    office.live().await;
    assert_eq!(office.shell.told(), []);
    office.advance(DAY);
    let told = office.told(1).await;
    let [Told::Raised(notice)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(notice.title, "Campaign: its client secret is to be replaced on 2030-04-01");
    office.restart().await;
    office.live().await;
    assert_eq!(office.shell.told(), [], "once");
    office.advance(14 * DAY);
    let told = office.told(1).await;
    let [Told::Raised(notice)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(notice.title, "Campaign: its client secret is due to be replaced");

    replace(&office, &profile, NEW).await;
    let told = office.told(2).await;
    assert!(matches!(&told[1], Told::Withdrawn(id) if *id == notice.id), "{told:?}");
    office.barrier().await;
    let next = office.clock.now() + 90 * DAY;
    assert_eq!(secret(&office).due_at, Some(next.as_millis()), "its age goes for the next one");
}

#[tokio::test]
async fn a_plan_that_can_not_be_is_refused_and_one_can_be_dropped() {
    let (office, profile) = office().await;
    let today = office.clock.now();
    for days in [0, 100_000] {
        let Reply::Invalid { fields } =
            plan(&office, &profile, Some(ReplaceByView::After { days })).await
        else {
            panic!("{days} days");
        };
        assert_eq!(fields[0].field, Field::ReplaceBy);
    }
    let on = ReplaceByView::On { at: (today + 30 * DAY).as_millis() };
    plan(&office, &profile, Some(on)).await;
    plan(&office, &profile, None).await;
    office.barrier().await;
    assert_eq!(secret(&office).due_at, None);
    office.advance(60 * DAY);
    office.live().await;
    assert_eq!(office.shell.told(), []);
}

#[tokio::test]
async fn where_a_person_signs_in_there_is_no_secret_to_replace_by_itself() {
    let office = TestApp::open().await;
    let profile = office.add(drafts::refreshing()).await;
    let shown = office.live().await;
    assert_eq!(shown.client.secret, None);
    assert_eq!(code(replace(&office, &profile, NEW).await), "no_secret_to_replace");
}
