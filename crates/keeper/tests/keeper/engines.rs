//! Both engines, real ones, give the same answers to the same questions.

use std::time::Duration;

use glowjar_claim::record::{Fence, Revision};
use glowjar_keeper::engine::{Engine, Settings, Tls};

use tokio::sync::watch;

use glowjar_sandbox::Sandbox;

use crate::{
    cluster::Cluster,
    ground::Ground,
    postgres::Server,
    several::{KEY, admitted, has_token},
    studio::{Studio, pasted},
};

#[tokio::test(flavor = "multi_thread")]
async fn etcd_does_what_keepers_ask_of_an_engine() {
    let cluster = Cluster::start();
    conforms(&cluster.address()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_does_what_keepers_ask_of_an_engine() {
    let server = Server::start();
    conforms(&server.address()).await;
}

/// Its leases end by the server's clock, which somebody may set back by a year.
#[tokio::test(flavor = "multi_thread")]
async fn s07_a_lease_that_postgresql_gave_before_its_clock_was_set_back_is_none() {
    let server = Server::start();
    let engine = engine(&server.address(), "a").await;
    let term = engine.lead("p").await.expect("said").expect("leads");
    server.told("UPDATE glowjar_lease SET ends = ends + interval '1 year'");
    assert_eq!(engine.pool("p").await.expect("read").leader, None);
    assert!(!engine.keep_alive("p", term).await.expect("said"));
    assert!(engine.lead("p").await.expect("said").expect("leads") > term);
}

/// It is seen by everybody on the machine, in the command line or the environment.
#[tokio::test]
async fn a_password_in_an_engine_s_address_is_refused_and_not_repeated() {
    for address in ["postgres://me:hunter2@db/studio", "postgres://me@db/studio?password=hunter2"] {
        let members = vec![address.parse().expect("an address")];
        let settings = Settings { members, studio: "a".to_owned(), tls: Tls::default() };
        let why = Engine::open(&settings).await.expect_err("refused").to_string();
        assert!(why.contains("PGPASSWORD") && !why.contains("hunter2"), "{why}");
        assert!(!format!("{settings:?}").contains("hunter2"));
    }
}

/// docs/studio.md, with the certificates that the script makes.
#[tokio::test(flavor = "multi_thread")]
async fn an_etcd_with_the_script_s_certificates_lets_keepers_in_and_nobody_else() {
    let sandbox = Sandbox::start(Default::default()).await.expect("a port");
    let cluster = Cluster::with_certificates();
    let ca = ["--engine-ca", &cluster.certificate("ca.pem")].map(str::to_owned);
    let ca: Vec<&str> = ca.iter().map(String::as_str).collect();
    let (own, key) = (cluster.certificate("keeper.pem"), cluster.certificate("keeper.key"));
    let own = [&ca[..], &["--engine-certificate", &own, "--engine-key", &key]].concat();
    let known = Studio::at(&cluster.address(), KEY).with(&own);
    let stranger = Studio::at(&cluster.address(), KEY).with(&ca);
    let mistrusts = Studio::at(&cluster.address(), KEY).with(&own[2..]);
    for studio in [&stranger, &mistrusts] {
        let refused = studio.refused(&["import"], &pasted(&sandbox));
        assert!(refused.contains("Nothing was done"), "{refused}");
    }
    known.told(&["import"], &pasted(&sandbox));
    let _keeper = known.starts();
    let line = admitted(&known, "desk-1");
    assert!(sandbox.accepts(&has_token(&known, &line).await));
}

pub async fn engine(addresses: &str, studio: &str) -> Engine {
    let members = addresses.split(',').map(|it| it.parse().expect("an address")).collect();
    let settings = Settings { members, studio: studio.to_owned(), tls: Tls::default() };
    Engine::open(&settings).await.expect("an engine")
}

async fn conforms(addresses: &str) {
    let (one, two) = (engine(addresses, "a").await, engine(addresses, "a").await);
    let other = engine(addresses, "b").await;
    let mut changes = two.register_changes();

    // Values: each change has a higher revision, and is made if the one before is as was thought.
    let key = "register/desk/x";
    assert!(one.read(key).await.expect("read").is_none());
    let first = one.swap(key, Revision(0), vec![1, 0, 255], None).await.expect("said");
    let first = first.expect("done");
    assert!(two.swap(key, Revision(0), vec![2], None).await.expect("said").is_none());
    let cell = two.read(key).await.expect("read").expect("there");
    assert_eq!((cell.key.as_str(), cell.revision, &cell.sealed), (key, first, &vec![1, 0, 255]));
    let second = two.swap(key, first, vec![2], None).await.expect("said").expect("done");
    assert!(second > first);
    assert!(one.swap(key, first, vec![3], None).await.expect("said").is_none());
    assert!(one.swap("canary", Revision(7), vec![3], None).await.expect("said").is_none());
    assert!(other.read(key).await.expect("read").is_none());
    one.swap("register/desk/y", Revision(0), vec![4], None).await.expect("said").expect("done");
    other.swap("register/desk/z", Revision(0), vec![5], None).await.expect("said").expect("done");
    let mut keys: Vec<_> =
        two.all("register/desk/").await.expect("read").into_iter().map(|it| it.key).collect();
    keys.sort();
    assert_eq!(keys, [key, "register/desk/y"]);
    told(&mut changes, "a new desk").await;

    // Who leads: one at a time, each by a higher term, and what is bound to a term is done in that term alone.
    let nothing = two.pool("p").await.expect("read");
    assert!(nothing.canary.is_none() && nothing.record.is_none() && nothing.leader.is_none());
    let term = one.lead("p").await.expect("said").expect("leads");
    assert!(two.lead("p").await.expect("said").is_none());
    assert!(other.lead("p").await.expect("said").is_some(), "another studio's is another pool");
    assert_eq!(two.pool("p").await.expect("read").leader, Some(term));
    let record = "pool/p/record";
    let wrong = Some(("p", Fence(term.0 + 1)));
    assert!(one.swap(record, Revision(0), vec![1], wrong).await.expect("said").is_none());
    let led = one.swap(record, Revision(0), vec![1], Some(("p", term))).await.expect("said");
    let led = led.expect("done");
    let pool = two.pool("p").await.expect("read");
    assert_eq!(pool.record.map(|it| (it.key, it.revision)), Some((record.to_owned(), led)));
    assert!(one.keep_alive("p", term).await.expect("said"));
    let mut changes = two.pool_changes();
    changes.borrow_and_update();
    one.resign("p", term).await;
    told(&mut changes, "a leader's resignation").await;
    assert_eq!(two.pool("p").await.expect("read").leader, None);
    assert!(!one.keep_alive("p", term).await.expect("said"));
    let begun = std::time::Instant::now();
    let next = two.lead("p").await.expect("said").expect("leads");
    assert!(next > term);
    assert!(one.swap(record, led, vec![2], Some(("p", term))).await.expect("said").is_none());

    // A term ends by itself, and that is told.
    let mut changes = one.pool_changes();
    changes.borrow_and_update();
    while one.pool("p").await.expect("read").leader.is_some() {
        told(&mut changes, "the end of a lease").await;
    }
    println!("a lease of 5 s was seen to end after {:?}", begun.elapsed());
    assert!(begun.elapsed().as_secs() >= 4);
    assert!(!two.keep_alive("p", next).await.expect("said"));
    assert!(two.swap(record, led, vec![3], Some(("p", next))).await.expect("said").is_none());
    assert!(one.lead("p").await.expect("said").expect("leads") > next);

    // Of many who change it at once, each change is made once.
    let counted = "register/desk/counter";
    one.swap(counted, Revision(0), vec![0], None).await.expect("said").expect("done");
    let mut tasks = Vec::new();
    for engine in [one.clone(), two.clone(), one.clone(), two.clone()] {
        tasks.push(tokio::spawn(async move {
            for _ in 0..10 {
                loop {
                    let cell = engine.read(counted).await.expect("read").expect("there");
                    let next = vec![cell.sealed[0] + 1];
                    let swap = engine.swap(counted, cell.revision, next, None).await;
                    if swap.expect("said").is_some() {
                        break;
                    }
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            }
        }));
    }
    for task in tasks {
        task.await.expect("it ended");
    }
    assert_eq!(one.read(counted).await.expect("read").expect("there").sealed, [40]);
}

/// Another keeper has to hear of this; how soon is not asked here.
async fn told(changes: &mut watch::Receiver<u64>, what: &str) {
    let told = tokio::time::timeout(Duration::from_secs(120), changes.changed()).await;
    told.unwrap_or_else(|_| panic!("waited to be told of {what} in vain")).expect("told");
}
