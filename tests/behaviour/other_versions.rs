//! Two Glowjars of different versions in two sessions of one person: each says so in words, and neither breaks.

use std::{
    fs,
    io::{Read, Write},
    os::unix::net::{UnixListener, UnixStream},
    sync::Arc,
    thread,
    time::Duration,
};

use glowjar_agent::{
    link::{Desks, Follower, Leader},
    preferences::Preferences,
    request::{Reply, Request},
    view::Snapshot,
};
use glowjar_protocol::frame::{self, HEADER};
use serde_json::{Value, json};

use crate::test_app::{TestApp, shell::RecordingShell};

const OWN: &str = "0.1.0";
const LONGEST: usize = 1024 * 1024;

fn write(to: &mut UnixStream, message: &Value) -> std::io::Result<()> {
    to.write_all(&frame::frame(message, LONGEST).expect("short"))
}

fn read(from: &mut UnixStream) -> std::io::Result<Value> {
    let mut header = [0; HEADER];
    from.read_exact(&mut header)?;
    let mut body = vec![0; frame::length(header, LONGEST).expect("short")];
    from.read_exact(&mut body)?;
    Ok(serde_json::from_slice(&body).expect("JSON"))
}

/// Follows a leader that greets like this and then sends these messages, and gives what is shown.
async fn follow(welcome: Value, then: Vec<Value>, shows: &str) -> (Follower, Arc<RecordingShell>) {
    let folder = tempfile::tempdir().expect("a folder").keep();
    let socket = folder.join("session.sock");
    let listener = UnixListener::bind(&socket).expect("bound");
    let running = json!({ "sessions": socket });
    fs::write(folder.join("running.json"), running.to_string()).expect("written");
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let Ok(hello) = read(&mut stream) else { continue };
            assert_eq!(hello["version"], OWN);
            let sent = [&welcome].into_iter().chain(&then).all(|it| write(&mut stream, it).is_ok());
            // Until the other side has had enough.
            if sent {
                let _ = read(&mut stream);
            }
        }
    });
    let shell = Arc::new(RecordingShell::default());
    let settings = Preferences::default().view(&glowjar_agent::folders::Folders::default());
    let unlinked = Snapshot::empty(OWN.to_owned(), settings);
    let follower = Follower::start(folder.clone(), shell.clone(), unlinked, ":7".into(), |_| {});
    let shown = async {
        while !shell.debug().contains(shows) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(20), shown).await;
    let _ = fs::remove_dir_all(folder);
    waited.unwrap_or_else(|_| panic!("{shows} is not shown: {}", shell.debug()));
    (follower, shell)
}

#[tokio::test(flavor = "multi_thread")]
async fn f43_a_leader_of_an_earlier_or_later_version_is_named_with_its_version() {
    for welcome in [
        json!({ "version": "0.0.9", "same_display": false }),
        json!({ "version": "9.9.9", "same_display": false, "sends": ["CBOR"], "tenant": null }),
    ] {
        let version = welcome["version"].as_str().expect("a version").to_owned();
        let words = format!("version {version}, here version {OWN}");
        let (follower, shell) = follow(welcome, Vec::new(), &words).await;
        assert!(format!("{:?}", shell.tray()).contains("Another version of Glowjar"));
        let reply = follower.ask(Request::Snapshot).await;
        assert!(matches!(&reply, Reply::Failed { code, .. } if code == "not_linked"), "{reply:?}");
        follower.end();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn f43_a_leader_that_is_not_understood_is_waited_for_and_named() {
    let ours = json!({ "version": OWN, "same_display": false });
    for (welcome, then) in [
        (json!({ "protocol": 2 }), vec![]),
        (json!(["?"]), vec![]),
        (json!({ "version": 7, "same_display": "no" }), vec![]),
    ] {
        let (follower, _) = follow(welcome, then, "following").await;
        follower.end();
    }
    // The same version that says what it should not, as a build between two releases may.
    let odd = vec![json!({ "Snapshot": { "profiles": 7 } })];
    let (follower, _) = follow(ours, odd, "").await;
    let reply = follower.ask(Request::Snapshot).await;
    assert!(matches!(&reply, Reply::Failed { code, .. } if code == "not_linked"), "{reply:?}");
    follower.end();
}

/// As followers of other versions meet it: each is told the version and let go, and the leader goes on.
#[tokio::test(flavor = "multi_thread")]
async fn f43_a_follower_of_another_version_is_told_the_leaders_and_harms_nothing() {
    let office = TestApp::open().await;
    let leader = Leader::open().expect("a socket");
    let socket = leader.socket().to_owned();
    let desks = Arc::new(Desks::new(office.shell.clone()));
    let serving =
        tokio::spawn(leader.serve(office.agent().clone(), desks, OWN.to_owned(), ":0".to_owned()));
    let hellos = [
        (json!({ "version": "0.0.9", "display": ":9" }), true),
        (json!({ "version": "9.9.9", "display": ":9", "speaks": [2, 3] }), true),
        (json!({ "version": 9 }), false),
        (json!("hello"), false),
    ];
    for (hello, is_understood) in hellos {
        let mut stream = UnixStream::connect(&socket).expect("connected");
        let (welcome, after) = tokio::task::spawn_blocking(move || {
            write(&mut stream, &hello).expect("sent");
            (read(&mut stream), read(&mut stream))
        })
        .await
        .expect("no panic");
        assert_eq!(welcome.ok().map(|it| it["version"].clone()), is_understood.then(|| json!(OWN)));
        assert!(after.is_err(), "it is let go");
    }
    assert!(office.barrier().await.profiles.is_empty());
    serving.abort();
}
