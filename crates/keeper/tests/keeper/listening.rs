//! A desk listens, and hears of a halt, of its end and of its own removal without asking.

use std::time::{Duration, Instant};

use glowjar_ims::{
    Client, ClientId, ClientSecret, ClientSettings, Endpoint, KeeperEvent, KeeperEvents, Provider,
};
use glowjar_sandbox::{CLIENT_ID, Sandbox, Settings};

use crate::{
    cluster::Cluster,
    ground::Ground,
    several::{KEY, admitted, has_token},
    studio::{Studio, pasted, secret_of},
};

/// As Glowjar does.
async fn listen(studio: &Studio, line: &str) -> Option<KeeperEvents> {
    let keeper = Endpoint::of_keeper(&studio.url()).expect("an address");
    let client = Client::new(&ClientSettings::default()).expect("a client");
    let client_id = ClientId::parse(CLIENT_ID).expect("an id");
    let secret = ClientSecret::parse(secret_of(line)).expect("a secret");
    client.listen(&Provider::keeper(keeper), &client_id, &secret).await.ok()
}

fn halted() -> KeeperEvent {
    KeeperEvent::Halted("a \"drill\"".to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn s17_a_desk_that_listens_hears_of_a_halt_at_once_and_no_more_when_it_is_removed() {
    let sandbox = Sandbox::start(Settings::default()).await.expect("a port");
    let studio = Studio::new();
    studio.told(&["import"], &pasted(&sandbox));
    let _keeper = studio.serves();
    let line = studio.told(&["admit", "desk-1", "--lasting"], "");
    let other = studio.told(&["admit", "desk-2", "--lasting"], "");
    let (mut one, mut two) = (
        listen(&studio, &line).await.expect("heard"),
        listen(&studio, &other).await.expect("heard"),
    );
    assert_eq!(one.next().await, Some(KeeperEvent::Open));
    assert_eq!(two.next().await, Some(KeeperEvent::Open));
    studio.told(&["halt", "firefly", "--why", "a \"drill\""], "");
    assert_eq!(one.next().await, Some(halted()));
    assert_eq!(two.next().await, Some(halted()));
    // Who comes later hears how it is.
    let mut late = listen(&studio, &line).await.expect("heard");
    assert_eq!(late.next().await, Some(halted()));
    studio.told(&["resume", "firefly"], "");
    assert_eq!(one.next().await, Some(KeeperEvent::Open));
    assert_eq!(late.next().await, Some(KeeperEvent::Open));

    let metrics = reqwest::get(format!("{}/metrics", studio.url())).await.expect("an answer");
    assert!(metrics.text().await.expect("text").contains("glowjar_listening 3"));
    let begun = Instant::now();
    studio.told(&["remove", "desk-1"], "");
    assert_eq!(one.next().await, None);
    assert_eq!(late.next().await, None);
    println!("what a removed desk heard ended after {:?}", begun.elapsed());
    assert!(begun.elapsed() < Duration::from_secs(1));
    assert!(listen(&studio, &line).await.is_none());
    studio.told(&["halt", "firefly", "--why", "a \"drill\""], "");
    assert_eq!(two.next().await, Some(KeeperEvent::Open));
    assert_eq!(two.next().await, Some(halted()));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_secret_of_a_desk_s_hears_nothing_and_is_slowed_down() {
    let sandbox = Sandbox::start(Settings::default()).await.expect("a port");
    let studio = Studio::new();
    studio.told(&["import"], &pasted(&sandbox));
    let _keeper = studio.serves();
    let line = studio.told(&["admit", "desk-1", "--lasting"], "");
    let once = studio.told(&["admit", "desk-2"], "");
    let client = studio.client();
    let url = format!("{}/v1/events?client_id=", studio.url());
    let known = format!("{url}{CLIENT_ID}");
    let status = async |request: reqwest::RequestBuilder| {
        request.send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(status(client.get(&known)).await, 400);
    assert_eq!(status(client.get(&known).bearer_auth(secret_of(&once))).await, 400);
    assert_eq!(status(client.get(&url).bearer_auth(secret_of(&line))).await, 400);
    let page =
        client.get(&known).bearer_auth(secret_of(&line)).header("origin", "https://x.example");
    assert_eq!(status(page).await, 403);
    let mut slowed = 0;
    for _ in 0..100 {
        slowed += usize::from(status(client.get(&known).bearer_auth("0".repeat(64))).await == 429);
    }
    assert!(slowed > 50, "{slowed}");
    assert_eq!(status(client.get(&known).bearer_auth(secret_of(&line))).await, 200);
}

/// One keeper is told, and desks listen to another.
#[tokio::test(flavor = "multi_thread")]
async fn a_halt_that_one_keeper_is_told_is_heard_by_who_listens_to_another() {
    let sandbox = Sandbox::start(Settings::default()).await.expect("a port");
    let engine = Cluster::start();
    let studios = [Studio::at(&engine.address(), KEY), Studio::at(&engine.address(), KEY)];
    studios[0].told(&["import"], &pasted(&sandbox));
    let _keepers = [studios[0].starts(), studios[1].starts()];
    let line = admitted(&studios[0], "desk-1");
    has_token(&studios[1], &line).await;
    let mut events = listen(&studios[1], &line).await.expect("heard");
    assert_eq!(events.next().await, Some(KeeperEvent::Open));
    studios[0].told(&["halt", "firefly", "--why", "a \"drill\""], "");
    let begun = Instant::now();
    assert_eq!(events.next().await, Some(halted()));
    println!("heard at the other {:?} after the admin was answered", begun.elapsed());
    studios[1].told(&["resume", "firefly"], "");
    assert_eq!(events.next().await, Some(KeeperEvent::Open));
    studios[0].told(&["remove", "desk-1"], "");
    assert_eq!(events.next().await, None);
}
