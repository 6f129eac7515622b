//! A desk of a studio: it joins by the line that the keeper's admin sent, and says in words what is the keeper's trouble.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use glowjar_agent::{clock::Clock, view::Level};
use glowjar_lifecycle::time::Timestamp;
use glowjar_sandbox::{CLIENT_ID, CLIENT_SECRET, Route, Sandbox, Settings};
use serde_json::Value;

use super::importing::import;
use crate::{
    studio_keeper::Keeper,
    test_app::{TestApp, programs::Programs},
};

/// At the keeper's time, which nobody moves.
async fn desk() -> (TestApp, Programs) {
    let mut desk = TestApp::closed(|_| {}).await;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    desk.clock =
        Clock::manual(Timestamp::from_millis(i64::try_from(now.as_millis()).expect("a time")));
    desk.start();
    let programs = desk.let_programs_in();
    (desk, programs)
}

async fn status(desk: &TestApp, programs: &Programs) -> Value {
    let ran = desk.run(programs, &["status", "--json"]).await;
    serde_json::from_str(&ran.out).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_joins_its_studio_by_one_line_and_says_in_words_what_is_the_keeper_s_trouble() {
    let adobe = Sandbox::start(Settings::default()).await.expect("a port");
    let mut keeper = Keeper::of(&adobe);
    let line = keeper.told(&["admit", "desk-07"], "");
    assert!(secret_of(&line).starts_with("once-"));
    let (desk, programs) = desk().await;

    // Nobody is at the address that it tries first.
    let ran = import(&desk, &programs, &[], &line).await;
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "Firefly\n"), "{}", ran.err);
    assert!(ran.err.contains("This joins your studio’s keeper at 127.0.0.1"), "{}", ran.err);
    let profile = desk.live().await;
    let token = desk.token(&programs, &[]).await;
    assert!(adobe.accepts(&token));
    assert_eq!(adobe.requests_to(Route::Token).len(), 1, "the keeper's own");
    assert_eq!(profile.client.provider.label, "Studio Keeper");
    assert_eq!(profile.client.client_id, CLIENT_ID);
    // What Adobe gave the studio is with the keeper alone.
    let kept = format!("{:?}", desk.keychain.entries());
    let file = std::fs::read_to_string(desk.folder.path().join("profiles.json")).expect("a file");
    for text in [&kept, &file] {
        assert!(!text.contains(CLIENT_SECRET));
    }
    assert!(!file.contains(secret_of(&line)));

    // The line was good once, and not for who finds it in a mail.
    let (other, others) = self::desk().await;
    let ran = import(&other, &others, &[], &line).await;
    assert_ne!(ran.code, Some(0));
    assert!(ran.err.contains("This one-time line was refused"), "{}", ran.err);
    assert!(other.snapshot().profiles.is_empty());
    let log = keeper.told(&["log"], "");
    assert!(log.contains("desk-07\tits line was used again"), "{log}");
    assert!(!kept.contains(secret_of(&line)), "what it was exchanged for is kept");

    // Halted: the desk hears of it without asking, and hands out nothing from then on. That is no one's at this desk to mend.
    keeper.told(&["halt", "firefly", "--why", "the secret leaked"], "");
    let halted = desk.in_trouble("withheld").await;
    let trouble = halted.trouble.expect("trouble");
    assert!(trouble.technical.description.is_some_and(|why| why.contains("the secret leaked")));
    assert!(!halted.can_copy, "nobody has it from now on");
    assert_eq!(halted.level, Level::Attention);
    let said = status(&desk, &programs).await.to_string();
    assert!(said.contains("gives out no tokens for now"), "{said}");
    // It goes on by itself when the admin lets it, with the token that it has.
    keeper.told(&["resume", "firefly"], "");
    desk.live().await;
    assert_eq!(desk.token(&programs, &[]).await, token);
    // A program that wants a token meanwhile is told why there is none; the keeper, which is asked for it, says the same.
    keeper.told(&["halt", "firefly", "--why", "a drill"], "");
    desk.in_trouble("withheld").await;
    desk.clock.advance(Duration::from_secs(6));
    let ran = desk.run(&programs, &["token"]).await;
    assert_ne!(ran.code, Some(0));
    assert!(ran.out.is_empty() && ran.err.contains("gives out no tokens for now"), "{}", ran.err);
    keeper.told(&["resume", "firefly"], "");
    desk.clock.advance(Duration::from_secs(90));
    desk.live().await;

    // Away: the token that is there is good until its end.
    keeper.kill();
    // A person's click waits as well until the provider may be asked again.
    desk.clock.advance(Duration::from_secs(60));
    desk.refresh(&profile.id).await;
    let away = desk.in_trouble("keeper_unreachable").await;
    assert!(away.can_copy && away.headline == "Your studio’s keeper can’t be reached");
    let said = status(&desk, &programs).await.to_string();
    assert!(said.contains("keeper can’t be reached"), "{said}");
    assert_eq!(desk.token(&programs, &[]).await, token);
    keeper.start();
    desk.clock.advance(Duration::from_secs(600));
    desk.live().await;

    // Shut out.
    keeper.told(&["remove", "desk-07"], "");
    desk.clock.advance(Duration::from_secs(60));
    desk.refresh(&profile.id).await;
    let out = desk.in_trouble("keeper_refuses").await;
    assert_eq!(out.headline, "Your studio’s keeper no longer knows this desk");
    assert_eq!(adobe.requests_to(Route::Token).len(), 1);
}

/// Not even who starts Glowjar anew, with no keeper to tell it, gets a token that the studio withholds.
#[tokio::test(flavor = "multi_thread")]
async fn a_halt_outlives_a_restart_of_the_desk_while_no_keeper_can_be_reached() {
    let adobe = Sandbox::start(Settings::default()).await.expect("a port");
    let mut keeper = Keeper::of(&adobe);
    let line = keeper.told(&["admit", "desk-07"], "");
    let (mut desk, programs) = desk().await;
    let ran = import(&desk, &programs, &[], &line).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    desk.live().await;
    let token = desk.token(&programs, &[]).await;
    keeper.told(&["halt", "firefly", "--why", "the secret leaked"], "");
    desk.in_trouble("withheld").await;
    keeper.kill();

    desk.restart().await;
    let programs = desk.let_programs_in();
    let halted = desk.in_trouble("withheld").await;
    // Whoever asks waits for a keeper that may come back, and no longer than others do.
    let time = async {
        loop {
            desk.clock.advance(Duration::from_secs(1));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let ran = tokio::select! {
        ran = desk.run(&programs, &["token"]) => ran,
        () = time => unreachable!(),
    };
    assert_ne!(ran.code, Some(0), "{}", ran.out);
    assert!(ran.out.is_empty() && ran.err.contains("gives out no tokens for now"), "{}", ran.err);
    let after = desk.in_trouble("withheld").await;
    for halted in [halted, after] {
        assert!(!halted.can_copy);
        let trouble = halted.trouble.expect("trouble");
        assert!(trouble.technical.description.is_some_and(|why| why.contains("the secret leaked")));
    }

    // It is still so, as the keeper says once it is there again; and then it is over, for good.
    keeper.start();
    desk.clock.advance(Duration::from_secs(600));
    desk.barrier().await;
    desk.in_trouble("withheld").await;
    keeper.told(&["resume", "firefly"], "");
    desk.clock.advance(Duration::from_secs(600));
    desk.live().await;
    assert_eq!(desk.token(&programs, &[]).await, token);
    keeper.kill();
    desk.restart().await;
    let programs = desk.let_programs_in();
    assert_eq!(desk.token(&programs, &[]).await, token);
}

fn secret_of(line: &str) -> &str {
    let (_, secret) = line.split_once("client_secret=").expect("a secret");
    secret.split('\'').next().expect("its end")
}
