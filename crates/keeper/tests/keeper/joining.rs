//! A desk joins by a word that is good once.

use std::{sync::Arc, time::Duration};

use glowjar_ims::{
    Client, ClientId, ClientSecret, ClientSettings, Grant, Provider, Scopes, TokenRequest,
};
use glowjar_keeper::{
    control::{Command, Pasted, Reply},
    desk::RECORD_IS_KEPT,
    disk::Disk,
    office::{Joined, Office, Reach},
};
use glowjar_lifecycle::failure::{Failure, Transient};
use glowjar_sandbox::{Sandbox, Settings};
use glowjar_token_endpoint::{SecretHash, Strangers};
use secrecy::ExposeSecret;
use tokio::{sync::Semaphore, task::JoinSet};

use crate::{
    cluster::Cluster,
    engines::engine,
    ground::Ground,
    several::KEY,
    studio::{Studio, ask, joins, pasted, secret_of, with_own},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_line_is_good_once_and_who_uses_it_again_is_refused_in_words_and_stands_in_the_log() {
    let sandbox = Sandbox::start(Settings::default()).await.expect("a port");
    let studio = Studio::new();
    studio.told(&["import"], &pasted(&sandbox));
    // Before its keeper runs.
    let line = studio.told(&["admit", "desk-1"], "");
    let word = secret_of(&line);
    let (own, other) = ("1".repeat(64), "2".repeat(64));
    let mut keeper = studio.serves();

    // It is no secret, and whoever takes it for one is told what it is.
    let refused = ask(&studio, &line).await;
    assert!(refused["error_description"].to_string().contains("good once"), "{refused}");
    let made_up = line.replace(word, &format!("once-{other}"));
    let refused = joins(&studio, &made_up, &own).await;
    assert_eq!(refused["error"], "invalid_grant");
    assert!(refused["error_description"].to_string().contains("not known here"), "{refused}");
    assert_eq!(joins(&studio, &with_own(&line, "no-word"), &own).await["error"], "invalid_request");

    assert_eq!(joins(&studio, &line, &own).await["name"], "desk-1");
    // Its answer was lost.
    assert_eq!(joins(&studio, &line, &own).await["name"], "desk-1");
    let token = ask(&studio, &with_own(&line, &own)).await["access_token"].clone();
    assert!(sandbox.accepts(token.as_str().expect("a token")));

    let replayed = joins(&studio, &line, &other).await;
    assert!(replayed["error_description"].to_string().contains("used before"), "{replayed}");
    let log = studio.told(&["log"], "");
    assert_eq!(log.matches("desk-1\tjoined from 127.0.0.1").count(), 1, "{log}");
    assert!(log.contains("desk-1\tits line was used again from 127.0.0.1, and refused"), "{log}");
    assert!(!log.contains(word) && !log.contains(&own), "{log}");

    // A killed keeper knows both.
    keeper.kill();
    let _keeper = studio.serves();
    assert_eq!(ask(&studio, &with_own(&line, &own)).await["access_token"], token);
    assert_eq!(joins(&studio, &line, &other).await["error"], "invalid_grant");
    assert_eq!(ask(&studio, &with_own(&line, &other)).await["error"], "invalid_client");
    studio.holds_nothing_in_clear(&[word, &own]);

    studio.told(&["remove", "desk-1"], "");
    assert_eq!(ask(&studio, &with_own(&line, &own)).await["error"], "invalid_client");
    let removed = joins(&studio, &line, &own).await;
    assert!(removed["error_description"].to_string().contains("not known here"), "{removed}");
}

/// Two keepers on a real engine, in this process. The first one has a pool.
struct TwoKeepers {
    keepers: Vec<Office>,
    _sandbox: Sandbox,
    etcd: Cluster,
    _folders: [tempfile::TempDir; 2],
}

impl TwoKeepers {
    async fn start() -> Self {
        let sandbox = Sandbox::start(Settings::default()).await.expect("a port");
        let etcd = Cluster::start();
        let folders =
            [tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder")];
        let mut keepers = Vec::new();
        for folder in &folders {
            std::fs::write(folder.path().join("glowjar-key"), KEY).expect("written");
            let engine = engine(&etcd.address(), "studio").await;
            let disk = Disk::open(folder.path()).expect("a store");
            let office = Office::open(disk, Some(engine), Reach::default(), false);
            keepers.push(office.expect("it opens"));
        }
        let import = Command::Import {
            pool: "firefly".to_owned(),
            text: Pasted(pasted(&sandbox).into()),
            secret_source: None,
        };
        assert!(matches!(keepers[0].handle(import).await, Reply::Done(_)));
        Self { keepers, _sandbox: sandbox, etcd, _folders: folders }
    }
}

/// Two keepers, so that one of them can be told that it is another day.
#[tokio::test(flavor = "multi_thread")]
async fn a_used_word_is_forgotten_with_the_record_of_its_use_at_all_keepers_and_an_unused_one_stays()
 {
    let two = TwoKeepers::start().await;
    let TwoKeepers { keepers, .. } = &two;
    let (one, other) = (&keepers[0], &keepers[1]);
    let mut words = Vec::new();
    for name in ["early", "late"] {
        let admit =
            Command::Admit { name: name.to_owned(), pool: None, lasting: false, authority: None };
        let Reply::Admitted(line) = one.handle(admit).await else { panic!("not admitted") };
        words.push(SecretHash::of(secret_of(line.0.expose_secret())));
    }
    let (own, stranger) = (SecretHash::of("own"), SecretHash::of("a stranger's"));
    let strangers = Strangers::default();
    let joins = async |office: &Office, word, own| office.join(word, own, None, &strangers).await;
    assert_eq!(joins(one, &words[0], &own).await, Joined::Done("early".to_owned()));

    let now = glowjar_keeper::clock::now();
    one.forget_used_words(now + RECORD_IS_KEPT - Duration::from_secs(60)).await;
    for office in keepers {
        assert_eq!(joins(office, &words[0], &stranger).await, Joined::UsedBefore);
    }
    one.forget_used_words(now + RECORD_IS_KEPT + Duration::from_secs(60)).await;
    assert_eq!(joins(one, &words[0], &stranger).await, Joined::Unknown);
    assert_eq!(one.desk(&own).as_deref(), Some("early"), "who joined stays");
    // A keeper that comes anew has it from the engine alone.
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("glowjar-key"), KEY).expect("written");
    let disk = Disk::open(folder.path()).expect("a store");
    let engine = engine(&two.etcd.address(), "studio").await;
    let third = Office::open(disk, Some(engine), Reach::default(), false).expect("it opens");
    assert_eq!(joins(&third, &words[0], &own).await, Joined::Unknown);
    assert_eq!(joins(other, &words[1], &stranger).await, Joined::Done("late".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_guesses_words_is_told_to_wait_and_is_in_nobody_s_way() {
    let sandbox = Sandbox::start(Settings::default()).await.expect("a port");
    let studio = Studio::new();
    studio.told(&["import"], &pasted(&sandbox));
    let _keeper = studio.serves();
    let line = studio.told(&["admit", "desk-1"], "");
    let (client, url) = (studio.client(), format!("{}/v1/join", studio.url()));
    let own = SecretHash::of("own").to_string();
    let mut slowed = 0;
    for guess in 0..200 {
        let word = format!("once-{guess:064x}");
        let asked = client.post(&url).form(&[("word", word.as_str()), ("secret_sha256", &own)]);
        slowed += usize::from(asked.send().await.expect("an answer").status() == 429);
    }
    assert!(slowed > 100, "{slowed}");
    assert_eq!(joins(&studio, &line, "own").await["name"], "desk-1");
}

/// What Glowjar does with the line, down to TLS.
#[tokio::test(flavor = "multi_thread")]
async fn the_line_says_who_signed_the_keeper_s_certificate_and_nobody_else_s_is_trusted() {
    let sandbox = Sandbox::start(Settings::default()).await.expect("a port");
    let (studio, stranger) = (Studio::with_certificate(), Studio::with_certificate());
    studio.told(&["import"], &pasted(&sandbox));
    let _keeper = studio.serves();
    let line = studio.told(&["admit", "desk-1"], "");
    let understood = glowjar_import::understand(&line).expect("a credential");
    let authority = understood.told.authority.clone().expect("in the line");
    let keeper = understood.told.keepers.first().expect("its address").clone();
    let client = Client::new(&ClientSettings::default()).expect("a client");
    let client_id = ClientId::parse(&understood.client_id).expect("an id");
    let word = ClientSecret::parse(secret_of(&line)).expect("a word");
    let own = ClientSecret::parse("own").expect("a secret");
    let hash = SecretHash::of(own.expose()).to_string();
    let known = Provider { authority: Some(authority), ..Provider::keeper(keeper) };

    stranger.told(&["import"], &pasted(&sandbox));
    let other = stranger.told(&["admit", "desk-1"], "");
    let other = glowjar_import::understand(&other).expect("a credential").told.authority;
    assert!(other.is_some() && other != known.authority);
    for authority in [None, other] {
        let wrong = Provider { authority, ..known.clone() };
        let refused = client.join(&wrong, &client_id, &word, &hash).await.expect_err("not trusted");
        assert!(
            matches!(refused.failure, Failure::Transient { cause: Transient::Tls, .. }),
            "{refused:?}"
        );
    }
    client.join(&known, &client_id, &word, &hash).await.expect("taken in");
    let scopes = Scopes::default();
    let grant = Grant::ClientCredentials { scopes: &scopes };
    let request = TokenRequest { client_id: &client_id, secret: Some(&own), grant };
    let now = glowjar_keeper::clock::now();
    let issued = client.request_token(&known, &request, now).await.expect("a token");
    assert!(sandbox.accepts(issued.access_token.expose()));
}

/// Two keepers that each let in and shut out many at once, and hear of what the other does meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_are_let_in_and_shut_out_at_once_each_keeper_knows_in_the_end_who_is_in() {
    let two = TwoKeepers::start().await;
    let TwoKeepers { keepers, .. } = &two;
    let mut following = JoinSet::new();
    for office in keepers {
        let office = office.clone();
        following.spawn(async move { office.follow().await });
    }
    while keepers[1].pools().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let free = Arc::new(Semaphore::new(AT_ONCE));
    let mut admins = JoinSet::new();
    for number in 0..MANY {
        let (one, other) = (keepers[number % 2].clone(), keepers[(number + 1) % 2].clone());
        let free = Arc::clone(&free);
        admins.spawn(async move {
            let _place = free.acquire_owned().await;
            let name = format!("desk-{number}");
            let admit =
                Command::Admit { name: name.clone(), pool: None, lasting: true, authority: None };
            let Reply::Admitted(line) = one.handle(admit).await else { panic!("not admitted") };
            let hash = SecretHash::of(secret_of(line.0.expose_secret()));
            if number % 4 == 0 {
                // By the other one, as soon as that has heard of it.
                while other.desk(&hash).is_none() {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                let removed = other.handle(Command::Remove { name }).await;
                assert!(matches!(removed, Reply::Done(_)), "{removed:?}");
                is_so_for_a_while(|| other.desk(&hash).is_none()).await;
            } else {
                is_so_for_a_while(|| one.desk(&hash).is_some()).await;
            }
            (hash, number % 4 != 0)
        });
    }
    let all = tokio::time::timeout(LONGEST, admins.join_all()).await.expect("each hears of each");
    for office in keepers {
        let wrong =
            || all.iter().filter(|(hash, is_in)| office.desk(hash).is_some() != *is_in).count();
        let begun = std::time::Instant::now();
        while wrong() > 0 && begun.elapsed() < SOON {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(wrong(), 0, "of {MANY} are in and should not be, or the other way round");
    }
}

/// What an admin was told counts from then on.
async fn is_so_for_a_while(is_so: impl Fn() -> bool) {
    for _ in 0..10 {
        assert!(is_so(), "it is not so, or no more, though the admin was told so");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

const MANY: usize = 800;
const AT_ONCE: usize = 32;
/// Far less than the pause between two looks at an engine that says nothing.
const SOON: Duration = Duration::from_secs(15);
const LONGEST: Duration = Duration::from_secs(90);
