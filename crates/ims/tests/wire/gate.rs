use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use glowjar_ims::{Client, Gate};
use glowjar_sandbox::CLIENT_SECRET;

use crate::far_end::{endpoint, mint_with, provider, sandbox, settings};

/// A client whose gate answers so, and how often it was asked.
fn client(may_send: bool) -> (Client, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let gate = Gate::new(move || {
        count.fetch_add(1, Ordering::SeqCst);
        async move { may_send }
    });
    (Client::gated(&settings(), gate).unwrap(), asked)
}

#[tokio::test]
async fn s04_what_the_gate_holds_back_is_never_sent() {
    let sandbox = sandbox().await;
    let (client, asked) = client(false);
    mint_with(&client, &provider(&sandbox), CLIENT_SECRET).await.unwrap_err();
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    assert!(sandbox.requests().is_empty());
}

#[tokio::test]
async fn what_the_gate_lets_through_is_sent_once() {
    let sandbox = sandbox().await;
    let (client, asked) = client(true);
    mint_with(&client, &provider(&sandbox), CLIENT_SECRET).await.unwrap();
    assert_eq!((asked.load(Ordering::SeqCst), sandbox.requests().len()), (1, 1));
}

#[tokio::test]
async fn the_gate_is_not_asked_before_a_connection_stands() {
    let sandbox = sandbox().await;
    let mut nobody = provider(&sandbox);
    nobody.token_endpoint = endpoint("http://127.0.0.1:9/token");
    let (client, asked) = client(true);
    mint_with(&client, &nobody, CLIENT_SECRET).await.unwrap_err();
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}
