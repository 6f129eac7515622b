//! The whole server being away, and coming back on the same port.

use glowjar_sandbox::{Outage, Sandbox, Settings};

use crate::ask::{mint, send, start};

#[tokio::test]
async fn refused_connections_are_refused_for_real_and_the_port_comes_back() {
    let sandbox = start(Settings::default()).await;
    let client = crate::ask::builder().build().expect("a client that keeps connections open");
    let ask = || client.get(format!("{}/.well-known/openid-configuration", sandbox.url())).send();
    assert_eq!(ask().await.expect("an answer").status(), 200);
    for _ in 0..3 {
        sandbox.set_outage(Outage::ConnectionRefused).await.expect("closed");
        // The pooled connection is gone as well.
        assert!(ask().await.expect_err("nobody there").is_connect());
        sandbox.end_outage().await.expect("the same port");
        assert_eq!(ask().await.expect("an answer").status(), 200);
    }
}

#[tokio::test]
async fn nobody_else_gets_the_port_during_an_outage() {
    let sandbox = start(Settings::default()).await;
    sandbox.set_outage(Outage::ConnectionRefused).await.expect("closed");
    let other = start(Settings::default()).await;
    assert_ne!(other.port(), sandbox.port());
    sandbox.end_outage().await.expect("the same port");
}

#[tokio::test]
async fn an_unavailable_server_answers_503_until_the_end() {
    let sandbox = start(Settings::default()).await;
    sandbox.set_outage(Outage::Unavailable).await.expect("set");
    assert_eq!(send(mint(&sandbox)).await.status(), 503);
    sandbox.clear();
    assert_eq!(send(mint(&sandbox)).await.status(), 503, "no part of the script");
    sandbox.end_outage().await.expect("open");
    assert_eq!(send(mint(&sandbox)).await.status(), 200);
}

#[tokio::test]
async fn an_unresponsive_server_takes_requests_and_answers_none() {
    let sandbox = start(Settings::default()).await;
    sandbox.set_outage(Outage::Unresponsive).await.expect("set");
    let asking = tokio::spawn(mint(&sandbox).send());
    let requests = sandbox.wait_for_requests(1).await;
    assert_eq!(requests[0].answered.status, None);
    sandbox.stop().await;
    assert!(asking.await.expect("no panic").is_err(), "only its end ends the wait");
}

#[tokio::test]
async fn a_dropped_sandbox_frees_its_port() {
    let sandbox = start(Settings::default()).await;
    let port = sandbox.port();
    sandbox.stop().await;
    let again = Sandbox::start(Settings { port, ..Settings::default() }).await.expect("free again");
    assert_eq!(again.url(), format!("http://127.0.0.1:{port}"));
}

#[tokio::test]
async fn a_taken_port_is_an_error() {
    let sandbox = start(Settings::default()).await;
    let second = Sandbox::start(Settings { port: sandbox.port(), ..Settings::default() }).await;
    assert!(second.is_err());
}
