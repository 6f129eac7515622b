//! Several keepers on a real engine, three etcd or a PostgreSQL, whose refresh token rotates strictly: a second use ends the sign-in, and the sandbox sees it.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use glowjar_claim::plan::{LAST_ARRIVAL, TIME_TO_SEND};
use glowjar_sandbox::{
    Answer, CLIENT_ID, CLIENT_SECRET, RetryAfter, Rotation, Route, SEED_REFRESH_TOKEN, Sandbox,
    Settings,
};
use serde_json::Value;

use crate::{
    cluster::Cluster,
    ground::{Ground, Wires},
    postgres::Server,
    studio::{
        Keeper, Studio, ask, files_with, holds_nothing, joins, pasted, refreshing, until, wait_for,
        wait_with_pauses_of, with_own,
    },
};

pub const KEY: &str = "4c0e1f6ae3cbb53ae29a3a4b8f7d0c6a1b2c3d4e5f60718293a4b5c6d7e8f901";

pub async fn strict(lifetime: u64) -> Sandbox {
    let settings = Settings {
        rotation: Rotation::Strict,
        access_token_lifetime: Duration::from_secs(lifetime),
        ..Settings::default()
    };
    Sandbox::start(settings).await.expect("a port")
}

/// Each refresh token was sent once, none was refused, and this many requests were made.
#[track_caller]
pub fn used_once(sandbox: &Sandbox) -> usize {
    let requests = sandbox.requests_to(Route::Token);
    let mut used = HashSet::new();
    for request in &requests {
        let refresh_token = request.field("refresh_token").expect("a refresh token").to_owned();
        assert!(used.insert(refresh_token), "a second use");
        assert!(!request.answered.words.contains("invalid"), "{}", request.answered.words);
    }
    requests.len()
}

fn token(answer: &Value) -> Option<&str> {
    answer["access_token"].as_str()
}

pub async fn has_token(studio: &Studio, line: &str) -> String {
    let answer = wait_for("a token", || ask(studio, line), |it| token(it).is_some()).await;
    token(&answer).expect("a token").to_owned()
}

pub async fn has_another(studio: &Studio, line: &str, before: &str) -> String {
    let is_another = |it: &Value| token(it).is_some_and(|token| token != before);
    let answer = wait_for("another token", || ask(studio, line), is_another).await;
    token(&answer).expect("a token").to_owned()
}

pub fn leads(studio: &Studio) -> bool {
    studio.told(&["pools"], "").contains("leads")
}

/// Who leads first.
pub fn leader(keepers: &[(&Studio, &Keeper)]) -> usize {
    let mut leader = None;
    until("one to lead", || {
        leader = keepers.iter().position(|(studio, _)| leads(studio));
        leader.is_some()
    });
    leader.expect("found")
}

async fn s04_a_keeper_that_is_stopped_while_it_renews_brings_its_answer_when_it_wakes<G: Ground>() {
    let sandbox = strict(40).await;
    let engine = G::start();
    let studios = [Studio::at(&engine.address(), KEY), Studio::at(&engine.address(), KEY)];
    studios[0].told(&["import"], &refreshing(&sandbox, SEED_REFRESH_TOKEN));
    let keepers = [studios[0].starts(), studios[1].starts()];
    let line = admitted(&studios[0], "desk-1");
    let first = has_token(&studios[0], &line).await;
    assert_eq!(has_token(&studios[1], &line).await, first, "the same at both");
    let pairs: Vec<_> = studios.iter().zip(&keepers).collect();
    let leading = leader(&pairs);

    sandbox.next(Route::Token, Answer::Held { then: Box::new(Answer::Normal) });
    sandbox.wait_for(Route::Token, 2).await;
    keepers[leading].pause();
    let begun = Instant::now();
    sandbox.release();
    // The other leads, sees that the refresh token is being spent, and leaves it alone.
    let other = 1 - leading;
    until("the other to lead", || leads(&studios[other]));
    println!("the other leads after {:?}", begun.elapsed());
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(used_once(&sandbox), 2);
    keepers[leading].wake();
    let woken = Instant::now();
    let next = has_another(&studios[other], &line, &first).await;
    println!("a new token at the other {:?} after it woke", woken.elapsed());
    assert!(sandbox.accepts(&next));
    // And so on with the refresh token that came with it, whoever leads.
    sandbox.wait_for(Route::Token, 3).await;
    has_another(&studios[leading], &line, &next).await;
    assert_eq!(used_once(&sandbox), 3);
}

async fn s02_a_leader_that_is_cut_from_the_engine_delivers_its_answer_when_the_way_is_free_again<
    G: Ground,
>() {
    let sandbox = strict(40).await;
    let engine = G::start();
    let wires = Wires::to(&engine).await;
    let studios = [Studio::at(&wires.address::<G>(), KEY), Studio::at(&engine.address(), KEY)];
    studios[0].told(&["import"], &refreshing(&sandbox, SEED_REFRESH_TOKEN));
    // Whoever is alone leads.
    let _first = studios[0].starts();
    let line = admitted(&studios[0], "desk-1");
    let token = has_token(&studios[0], &line).await;
    let _second = studios[1].starts();
    has_token(&studios[1], &line).await;

    sandbox.next(Route::Token, Answer::Held { then: Box::new(Answer::Normal) });
    sandbox.wait_for(Route::Token, 2).await;
    wires.cut(true);
    let cut = Instant::now();
    sandbox.release();
    until("the other to lead", || leads(&studios[1]));
    println!("the other leads {:?} after the cut", cut.elapsed());
    assert!(!leads(&studios[0]), "it counted its lease by its own clock");
    // Nobody asks for another. What is not in the pool is handed out by nobody: it might have been halted there.
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(used_once(&sandbox), 2);
    wires.cut(false);
    has_another(&studios[1], &line, &token).await;
    assert_eq!(used_once(&sandbox), 2);
}

async fn s08_an_engine_that_was_restored_from_an_old_backup_makes_nobody_send_an_old_refresh_token<
    G: Ground,
>() {
    let sandbox = strict(40).await;
    let mut engine = G::start();
    let studios = [Studio::at(&engine.address(), KEY), Studio::at(&engine.address(), KEY)];
    studios[0].told(&["import"], &refreshing(&sandbox, SEED_REFRESH_TOKEN));
    let _keepers = [studios[0].starts(), studios[1].starts()];
    let line = admitted(&studios[0], "desk-1");
    let removed = admitted(&studios[0], "desk-2");
    let first = has_token(&studios[1], &line).await;
    has_token(&studios[1], &removed).await;
    let backup = engine.backup("backup.db");
    studios[0].told(&["remove", "desk-2"], "");
    let second = has_another(&studios[1], &line, &first).await;

    engine.restore(&backup);
    // It was removed after the backup, and stays away.
    assert_eq!(ask(&studios[1], &removed).await["error"], "invalid_client");
    let third = has_another(&studios[0], &line, &second).await;
    assert_ne!(third, first);
    assert!(sandbox.accepts(&third));
    has_another(&studios[1], &line, &second).await;
    assert_eq!(used_once(&sandbox), 3);
    assert_eq!(ask(&studios[0], &removed).await["error"], "invalid_client");
    assert_eq!(ask(&studios[1], &removed).await["error"], "invalid_client");

    // What lies on the engine's disks, in its log and in its backup, is of use to nobody.
    engine.backup("last.db");
    let requests = sandbox.requests_to(Route::Token);
    let mut secrets = vec![CLIENT_SECRET, SEED_REFRESH_TOKEN, &first, &second, &third];
    secrets.extend(requests.iter().filter_map(|request| request.field("refresh_token")));
    holds_nothing(engine.folder(), &secrets);
    studios.iter().for_each(|studio| studio.holds_nothing_in_clear(&secrets));
    // Names of keys are there, so the files are the right ones.
    let found = files_with(engine.folder(), &["glowjar/studio/pool/firefly/record"]);
    assert!(
        ["backup.db", "last.db"].iter().chain(G::files()).all(|it| found.contains(it)),
        "{found}"
    );
}

async fn s01_s09_desks_have_their_tokens_while_the_engine_is_away_and_a_wiped_one_is_not_believed<
    G: Ground,
>() {
    let sandbox = Sandbox::start(Settings::default()).await.expect("a port");
    let mut engine = G::start();
    let studios = [Studio::at(&engine.address(), KEY), Studio::at(&engine.address(), KEY)];
    studios[0].told(&["import"], &pasted(&sandbox));
    let mut keepers = [studios[0].starts(), studios[1].starts()];
    let line = admitted(&studios[0], "desk-1");
    let token = has_token(&studios[1], &line).await;
    studios[1].told(&["halt", "firefly", "--why", "a drill"], "");
    // Both have heard of it, or the one that has not could not know it after its start.
    for studio in &studios {
        wait_for("a refusal", || ask(studio, &line), |it| it["error"] == "access_denied").await;
    }

    engine.stop();
    // Started anew without the engine, it knows desk, token, and that the pool is halted.
    keepers[0].kill();
    keepers[0] = studios[0].starts();
    wait_for("a refusal", || ask(&studios[0], &line), |it| it["error"] == "access_denied").await;
    engine.resume();
    until("the pool to be resumed", || studios[0].ran(&["resume", "firefly"], "").status.success());
    // Both have heard of it, or the one that has not would stay halted, as it should.
    for studio in &studios {
        assert_eq!(has_token(studio, &line).await, token);
    }
    engine.stop();
    keepers[1].kill();
    keepers[1] = studios[1].starts();
    assert_eq!(has_token(&studios[1], &line).await, token);

    engine.wipe();
    tokio::time::sleep(Duration::from_secs(15)).await;
    assert!(studios.iter().all(|studio| !leads(studio)), "nobody leads on a wiped engine");
    assert!(engine.keys().is_empty(), "and nobody writes to it: {:?}", engine.keys());
    assert_eq!(has_token(&studios[0], &line).await, token);
    assert_eq!(sandbox.requests_to(Route::Token).len(), 1);
    // Its admin says that it is the one. Keepers go on where they were, desks and token among it.
    studios[0].told(&["import"], &pasted(&sandbox));
    until("one to lead", || studios.iter().any(leads));
    let newcomer = Studio::at(&engine.address(), KEY);
    let _newcomer = newcomer.starts();
    assert_eq!(has_token(&newcomer, &line).await, token);
    assert_eq!(sandbox.requests_to(Route::Token).len(), 1);
}

async fn s10_s17_s19_studios_on_one_engine_know_nothing_of_each_other_and_what_is_told_one_keeper_all_know<
    G: Ground,
>() {
    let sandbox = Sandbox::start(Settings::default()).await.expect("a port");
    let engine = G::start();
    let studios = [Studio::at(&engine.address(), KEY), Studio::at(&engine.address(), KEY)];
    studios[0].told(&["import"], &pasted(&sandbox));
    let _keepers = [studios[0].starts(), studios[1].starts()];
    let line = admitted(&studios[0], "desk-1");
    let token = has_token(&studios[1], &line).await;

    // A studio with another key, under this one's name and under its own.
    let stranger = Studio::at(&engine.address(), &KEY.replace('4', "5"));
    let refused = stranger.refused(&["import"], &pasted(&sandbox));
    assert!(refused.contains("can't be opened with this studio's key"), "{refused}");
    assert!(
        stranger.refused(&["admit", "desk-1", "--lasting"], "").contains("There is no such pool")
    );
    stranger.told(&["--studio", "other", "import"], &pasted(&sandbox));
    stranger.told(&["--studio", "other", "admit", "desk-1"], "");

    // Halted at one, refused at the other; and goes on likewise.
    studios[1].told(&["halt", "firefly", "--why", "the secret leaked"], "");
    let begun = Instant::now();
    let refused = wait_with_pauses_of(
        QUICK,
        "a refusal",
        || ask(&studios[0], &line),
        |it| it["error"] == "access_denied",
    )
    .await;
    println!("halted at the other after {:?}", begun.elapsed());
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert!(refused["error_description"].to_string().contains("the secret leaked"), "{refused}");
    studios[0].told(&["resume", "firefly"], "");
    assert_eq!(has_token(&studios[1], &line).await, token);

    // Garbage, and a value that was moved from one key to another, are of no effect on what is handed out.
    let record = "glowjar/studio/pool/firefly/record";
    let before = engine.value(record);
    for wrong in [b"garbage".to_vec(), engine.value("glowjar/other/pool/firefly/record")] {
        engine.put(record, &wrong);
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert_eq!(has_token(&studios[0], &line).await, token);
    }
    engine.put(record, &before);
    let desk = "glowjar/studio/register/desk/desk-1";
    let before = engine.value(desk);
    engine.put(desk, b"garbage");
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(has_token(&studios[1], &line).await, token);
    engine.put("glowjar/studio/register/desk/intruder", &before);

    studios[1].told(&["remove", "desk-1"], "");
    let begun = Instant::now();
    wait_with_pauses_of(
        QUICK,
        "a refusal",
        || ask(&studios[0], &line),
        |it| it["error"] == "invalid_client",
    )
    .await;
    println!("removed at the other after {:?}", begun.elapsed());
    assert!(begun.elapsed() < Duration::from_secs(1));
    assert_eq!(sandbox.requests_to(Route::Token).len(), 1);
}

async fn s12_s16_s18_leaders_of_the_engine_and_keepers_come_and_go_and_a_provider_that_wants_peace_has_it<
    G: Ground,
>() {
    let sandbox = strict(40).await;
    let mut engine = G::start();
    let studios = [Studio::at(&engine.address(), KEY), Studio::at(&engine.address(), KEY)];
    studios[0].told(&["import"], &refreshing(&sandbox, SEED_REFRESH_TOKEN));
    let mut first = studios[0].starts();
    let line = admitted(&studios[0], "desk-1");
    let token = has_token(&studios[0], &line).await;
    let mut second = studios[1].starts();
    has_token(&studios[1], &line).await;

    // The provider asks for peace, and who leads next leaves it in peace as well.
    sandbox.next(Route::Token, Answer::Throttled(RetryAfter::Seconds(12)));
    let requests = sandbox.wait_for(Route::Token, 2).await;
    let asked = requests[1].at;
    while studios[1].value("paused").await == "0" {
        assert!(
            asked.elapsed().expect("later") < Duration::from_secs(120),
            "the other does not hear of it"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    first.kill();
    let killed = Instant::now();
    engine.kill_leader();
    until("the other to lead", || leads(&studios[1]));
    println!("a successor {:?} after keeper and the engine's leader were killed", killed.elapsed());
    assert!(killed.elapsed() < Duration::from_secs(15));
    let next = has_another(&studios[1], &line, &token).await;
    let requests = sandbox.requests_to(Route::Token);
    assert!(requests[2].at.duration_since(asked).expect("later") >= Duration::from_secs(12));
    assert_eq!(requests[1].field("refresh_token"), requests[2].field("refresh_token"));
    engine.resume();

    // All keepers are lost: a new machine with the studio's key goes on.
    second.kill();
    let new = Studio::at(&engine.address(), KEY);
    let _keeper = new.starts();
    let third = has_another(&new, &line, &next).await;
    assert!(sandbox.accepts(&third));
    assert_eq!(sandbox.requests_to(Route::Token).len(), 4);
}

async fn s05_a_keeper_whose_machine_was_restored_from_a_snapshot_reads_what_is_newest_before_it_asks<
    G: Ground,
>() {
    let sandbox = strict(40).await;
    let engine = G::start();
    let studio = Studio::at(&engine.address(), KEY);
    studio.told(&["import"], &refreshing(&sandbox, SEED_REFRESH_TOKEN));
    let mut keeper = studio.starts();
    let line = admitted(&studio, "desk-1");
    let first = has_token(&studio, &line).await;
    keeper.kill();
    let snapshot = studio.snapshot();
    keeper = studio.starts();
    let second = has_another(&studio, &line, &first).await;
    keeper.kill();
    studio.restore(&snapshot);
    let _keeper = studio.starts();
    // What it remembers is behind; what the engine has counts.
    let is_newer = |it: &Value| token(it).is_some_and(|token| token != first && token != second);
    let third = wait_for("a newer token", || ask(&studio, &line), is_newer).await;
    assert!(sandbox.accepts(token(&third).expect("a token")));
    assert_eq!(used_once(&sandbox), 3);
}

async fn all_keepers_go_on_with_another_key_and_the_old_one_opens_nothing_in_the_engine<
    G: Ground,
>() {
    let sandbox = Sandbox::start(Settings::default()).await.expect("a port");
    let engine = G::start();
    let studios = [Studio::at(&engine.address(), KEY), Studio::at(&engine.address(), KEY)];
    studios[0].told(&["import"], &pasted(&sandbox));
    let mut keepers = [studios[0].starts(), studios[1].starts()];
    let line = admitted(&studios[0], "desk-1");
    let token = has_token(&studios[1], &line).await;
    keepers.iter_mut().for_each(Keeper::kill);
    let new = studios[0].file("new-key").display().to_string();
    for studio in &studios {
        studio.told(&["rekey", "--new-key", &new], "");
    }
    let _keepers = [studios[0].starts(), studios[1].starts()];
    for studio in &studios {
        assert_eq!(has_token(studio, &line).await, token);
    }
    until("one to lead", || studios.iter().any(leads));
    let stranger = Studio::at(&engine.address(), KEY);
    let refused = stranger.refused(&["import"], &pasted(&sandbox));
    assert!(refused.contains("can't be opened with this studio's key"), "{refused}");
    assert_eq!(sandbox.requests_to(Route::Token).len(), 1);
}

/// A refresh token that was sent once and brought no answer is sent once more, after all that could still come, and that is counted.
async fn s04_an_answer_that_was_lost_with_its_keeper_costs_one_resend_that_is_counted<G: Ground>() {
    let sandbox = strict(40).await;
    let engine = G::start();
    let studios = [Studio::at(&engine.address(), KEY), Studio::at(&engine.address(), KEY)];
    studios[0].told(&["import"], &refreshing(&sandbox, SEED_REFRESH_TOKEN));
    let mut first = studios[0].starts();
    let line = admitted(&studios[0], "desk-1");
    let token = has_token(&studios[0], &line).await;
    let _second = studios[1].starts();
    has_token(&studios[1], &line).await;
    sandbox.next(Route::Token, Answer::Hang);
    sandbox.wait_for(Route::Token, 2).await;
    first.kill();
    // Its process says at its next start that no answer will come; nobody else can know.
    let _first = studios[0].starts();
    let next = has_another(&studios[1], &line, &token).await;
    assert!(sandbox.accepts(&next));
    let requests = sandbox.requests_to(Route::Token);
    assert_eq!(requests.len(), 3);
    let waited = requests[2].at.duration_since(requests[1].at).expect("later");
    println!("sent once more after {waited:?}");
    // Counted from when the claim was seen, and its request may have gone out so much later.
    assert!(waited >= LAST_ARRIVAL - TIME_TO_SEND, "{waited:?}");
    assert_eq!(studios[1].value("resends").await, "1");
}

async fn a_line_is_good_once_at_all_keepers_together<G: Ground>() {
    let sandbox = Sandbox::start(Settings::default()).await.expect("a port");
    let engine = G::start();
    let studios = [Studio::at(&engine.address(), KEY), Studio::at(&engine.address(), KEY)];
    studios[0].told(&["import"], &pasted(&sandbox));
    let mut keepers = [studios[0].starts(), studios[1].starts()];
    let lasting = admitted(&studios[0], "farm-1");
    has_token(&studios[0], &lasting).await;
    has_token(&studios[1], &lasting).await;
    for desk in 0..8 {
        let name = format!("desk-{desk}");
        let line = studios[0].told(&["admit", &name], "");
        let owns = [format!("{desk}-one"), format!("{desk}-two")];
        let (one, two) =
            tokio::join!(joins(&studios[0], &line, &owns[0]), joins(&studios[1], &line, &owns[1]));
        let taken = [&one, &two].map(|it| it["name"] == name.as_str());
        assert_eq!(taken.iter().filter(|is_taken| **is_taken).count(), 1, "{one} {two}");
        let taken = usize::from(taken[1]);
        let (right, wrong) = (&owns[taken], &owns[1 - taken]);
        has_token(&studios[1 - taken], &with_own(&line, right)).await;
        for studio in &studios {
            assert_eq!(ask(studio, &with_own(&line, wrong)).await["error"], "invalid_client");
        }
    }

    // The engine is away: nobody is taken in, and the word stays good.
    let line = studios[0].told(&["admit", "late"], "");
    keepers[1].kill();
    keepers[1] = studios[1].starts();
    has_token(&studios[1], &lasting).await;
    let mut engine = engine;
    engine.stop();
    assert!(joins(&studios[1], &line, "own").await.get("name").is_none());
    engine.resume();
    wait_for("the desk to join", || joins(&studios[1], &line, "own"), |it| it["name"] == "late")
        .await;
}

/// Two pools would spend one sign-in twice.
async fn s11_one_credential_in_two_pools_is_refused_at_whichever_keeper<G: Ground>() {
    let sandbox = strict(600).await;
    let engine = G::start();
    let studios = [Studio::at(&engine.address(), KEY), Studio::at(&engine.address(), KEY)];
    let line = refreshing(&sandbox, SEED_REFRESH_TOKEN);
    // At the same moment, neither knowing of the other.
    let (one, two) = std::thread::scope(|scope| {
        let one = scope.spawn(|| studios[0].ran(&["import", "--pool", "one"], &line));
        let two = scope.spawn(|| studios[1].ran(&["import", "--pool", "two"], &line));
        (one.join().expect("done"), two.join().expect("done"))
    });
    let done = [one.status.success(), two.status.success()];
    assert!(done[0] != done[1], "{one:?} {two:?}");
    let (winner, loser) = (usize::from(done[1]), usize::from(done[0]));
    let refused = String::from_utf8([one.stderr, two.stderr][loser].clone()).expect("text");
    assert!(refused.contains("has the client id"), "{refused}");

    let _keepers = [studios[0].starts(), studios[1].starts()];
    let pool = ["one", "two"][winner];
    let (mut engine, desk) = (engine, admitted(&studios[winner], "desk-1"));
    has_token(&studios[loser], &desk).await;
    let again = studios[loser].refused(&["import", "--pool", "third"], &line);
    assert!(again.contains(&format!("already: {pool}.")), "{again}");
    // A machine that has never heard of the studio but by its engine.
    let newcomer = Studio::at(&engine.address(), KEY);
    assert!(newcomer.refused(&["import", "--pool", "third"], &line).contains("has the client id"));
    // Nor can it be known while the engine is away.
    engine.stop();
    newcomer.refused(&["import", "--pool", "third"], &line);
    engine.resume();
    assert_eq!(used_once(&sandbox), 1);
}

/// As soon as the keeper answers.
pub fn admitted(studio: &Studio, desk: &str) -> String {
    let mut line = String::new();
    until("a desk to be let in", || {
        let output = studio.ran(&["admit", desk, "--lasting"], "");
        line = String::from_utf8(output.stdout).expect("text").trim().to_owned();
        output.status.success()
    });
    line
}

/// A desk that kept the sign-in which moved into a pool.
#[tokio::test(flavor = "multi_thread")]
async fn s11_a_sign_in_that_somebody_else_uses_is_told_as_such_and_not_used_again() {
    let sandbox = strict(40).await;
    sandbox.change(|settings| settings.seed_starts_anew = false);
    let studio = Studio::new();
    studio.told(&["import"], &refreshing(&sandbox, SEED_REFRESH_TOKEN));
    let _keeper = studio.serves();
    // What the keeper was given first, once more: strict providers end the sign-in.
    let fields = [
        ("grant_type", "refresh_token"),
        ("client_id", CLIENT_ID),
        ("client_secret", CLIENT_SECRET),
        ("refresh_token", SEED_REFRESH_TOKEN),
    ];
    let desk = reqwest::Client::new().post(format!("{}/ims/token/v3", sandbox.url()));
    let desk = desk.form(&fields).send().await.expect("an answer");
    let why = desk.text().await.expect("text");
    assert!(why.contains("invalid_grant"), "{why}");
    until("the keeper to be refused", || {
        studio.told(&["pools"], "").contains("somebody else uses this sign-in")
    });
    let requests = sandbox.requests_to(Route::Token).len();
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(sandbox.requests_to(Route::Token).len(), requests, "it is left alone");
}

/// The disk of the engine is full: as if it were away. And its history is thrown away while keepers follow it.
#[tokio::test(flavor = "multi_thread")]
async fn s13_a_full_or_compacted_etcd_makes_nobody_send_anything_twice_and_a_studio_is_small() {
    let sandbox = strict(60).await;
    let engine = Cluster::with_quota(4 * 1024 * 1024);
    let studios = [Studio::at(&engine.address(), KEY), Studio::at(&engine.address(), KEY)];
    studios[0].told(&["import"], &refreshing(&sandbox, SEED_REFRESH_TOKEN));
    // Before there is a token, whose time would pass meanwhile on a slow machine.
    let line = studios[0].told(&["admit", "desk-0", "--lasting"], "");
    for desk in 1..50 {
        studios[0].told(&["admit", &format!("desk-{desk}"), "--lasting"], "");
    }
    let _keepers = [studios[0].starts(), studios[1].starts()];
    let first = has_token(&studios[1], &line).await;
    engine.fill();
    let used = used_once(&sandbox);
    // Long after the next one is due, while there is one to hand out.
    tokio::time::sleep(Duration::from_secs(40)).await;
    assert_eq!(used_once(&sandbox), used, "nothing is sent without a claim");
    assert_eq!(has_token(&studios[0], &line).await, first);
    assert!(!studios[0].ran(&["admit", "one-more"], "").status.success());
    engine.make_room();
    let made = Instant::now();
    let second = has_another(&studios[1], &line, &first).await;
    println!("another token {:?} after there was room", made.elapsed());
    assert_eq!(used_once(&sandbox), used + 1);

    engine.compact();
    let third = has_another(&studios[0], &line, &second).await;
    assert_eq!(has_token(&studios[1], &line).await, third);
    let begun = Instant::now();
    studios[1].told(&["halt", "firefly", "--why", "a drill"], "");
    let is_halted = |it: &Value| it["error"] == "access_denied";
    wait_with_pauses_of(QUICK, "a refusal", || ask(&studios[0], &line), is_halted).await;
    assert!(begun.elapsed() < Duration::from_secs(2), "it is still told of changes");
    assert_eq!(used_once(&sandbox), used + 2);

    let ours: Vec<String> = engine.keys().into_iter().filter(|it| it.contains("studio")).collect();
    let size: usize = ours.iter().map(|key| key.len() + engine.value(key).len()).sum();
    println!("{} keys, {size} bytes", ours.len());
    assert!(ours.len() > 50 && size < 100_000, "{size}");
}

/// Each of these on both engines.
/// As when its machine is started anew, or its program upgraded.
async fn a_leader_that_is_asked_to_end_hands_over_at_once<G: Ground>() {
    let sandbox = strict(600).await;
    let engine = G::start();
    let studios = [Studio::at(&engine.address(), KEY), Studio::at(&engine.address(), KEY)];
    studios[0].told(&["import"], &refreshing(&sandbox, SEED_REFRESH_TOKEN));
    let mut first = studios[0].serves();
    let _second = studios[1].starts();
    until("the other to follow", || {
        String::from_utf8_lossy(&studios[1].ran(&["pools"], "").stdout).contains("follows")
    });
    assert!(leads(&studios[0]));
    let begun = Instant::now();
    first.end();
    until("the other to lead", || leads(&studios[1]));
    let taken = begun.elapsed();
    println!("asked to end, another leads {taken:?} later");
    // Whoever has to wait for the lease waits for five seconds.
    assert!(taken < Duration::from_secs(3), "{taken:?}");
    assert_eq!(used_once(&sandbox), 1);
}

macro_rules! on_both {
    ($($name:ident,)*) => {
        mod on_etcd {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name::<super::Cluster>().await;
            })*
        }

        mod on_postgresql {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name::<super::Server>().await;
            })*
        }
    };
}

on_both!(
    a_leader_that_is_asked_to_end_hands_over_at_once,
    s11_one_credential_in_two_pools_is_refused_at_whichever_keeper,
    a_line_is_good_once_at_all_keepers_together,
    s05_a_keeper_whose_machine_was_restored_from_a_snapshot_reads_what_is_newest_before_it_asks,
    all_keepers_go_on_with_another_key_and_the_old_one_opens_nothing_in_the_engine,
    s04_a_keeper_that_is_stopped_while_it_renews_brings_its_answer_when_it_wakes,
    s02_a_leader_that_is_cut_from_the_engine_delivers_its_answer_when_the_way_is_free_again,
    s08_an_engine_that_was_restored_from_an_old_backup_makes_nobody_send_an_old_refresh_token,
    s01_s09_desks_have_their_tokens_while_the_engine_is_away_and_a_wiped_one_is_not_believed,
    s10_s17_s19_studios_on_one_engine_know_nothing_of_each_other_and_what_is_told_one_keeper_all_know,
    s12_s16_s18_leaders_of_the_engine_and_keepers_come_and_go_and_a_provider_that_wants_peace_has_it,
    s04_an_answer_that_was_lost_with_its_keeper_costs_one_resend_that_is_counted,
);

/// Where a test says how soon something is so.
const QUICK: Duration = Duration::from_millis(20);
