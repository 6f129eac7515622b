//! Trouble below HTTP, and replies without an end.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use glowjar_ims::Provider;
use glowjar_lifecycle::failure::{Failure, RetryAfter, Transient};
use glowjar_sandbox::{Answer, CLIENT_SECRET, Route};
use tokio::{io::AsyncWriteExt, net::TcpListener};

use crate::far_end::{
    RawServer, closed_port, endpoint, hasty_client, http, mint, mint_with, provider, read_request,
    sandbox,
};

async fn hasty_answer(answer: Answer) -> Failure {
    let sandbox = sandbox().await;
    sandbox.next(Route::Token, answer);
    let outcome = mint_with(&hasty_client(), &provider(&sandbox), CLIENT_SECRET).await;
    outcome.unwrap_err().failure
}

/// Sends `head` and then zeros until the client hangs up. Gives the failure and how much was sent.
async fn flood(head: &'static str) -> (Failure, usize) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let provider =
        Provider::custom(endpoint(&format!("http://{}/token", listener.local_addr().unwrap())));
    let sent = Arc::new(AtomicUsize::new(0));
    let count = sent.clone();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_request(&mut stream).await;
        stream.write_all(head.as_bytes()).await.unwrap();
        while let Ok(length) = stream.write(&[b'0'; 16 * 1024]).await {
            count.fetch_add(length, Ordering::SeqCst);
        }
    });
    let failure = mint(&provider).await.unwrap_err().failure;
    server.await.unwrap();
    (failure, sent.load(Ordering::SeqCst))
}

#[tokio::test]
async fn f15_a_huge_body_is_read_to_the_limit_only() {
    // What the kernel's buffers on both sides take in, not what the client keeps.
    let bound = 32 * 1024 * 1024;
    let (failure, sent) =
        flood("HTTP/1.1 200 OK\r\ncontent-length: 104857600\r\n\r\n{\"a\":").await;
    assert_eq!(failure, Failure::transient(Transient::BrokenReply));
    assert!(sent < bound, "{sent}");
    let (failure, sent) = flood("HTTP/1.1 200 OK\r\n\r\n{\"a\":").await;
    assert_eq!(failure, Failure::transient(Transient::BrokenReply));
    assert!(sent < bound, "{sent}");
}

#[tokio::test]
async fn f13_what_a_flood_says_in_its_head_counts() {
    let (failure, _) = flood("HTTP/1.1 429 Slow Down\r\nretry-after: 9\r\n\r\n").await;
    let retry_after = Some(RetryAfter::Delay(Duration::from_secs(9)));
    assert_eq!(failure, Failure::Transient { cause: Transient::Throttled, retry_after });
    let (failure, _) = flood("HTTP/1.1 200 OK\r\n\r\n<html>").await;
    assert_eq!(failure, Failure::transient(Transient::CaptivePortal));
}

#[tokio::test]
async fn f15_a_reply_that_never_ends_runs_out_of_time_or_room() {
    assert_eq!(hasty_answer(Answer::Hang).await, Failure::transient(Transient::Timeout));
    let slow = Answer::Drip { pause: Duration::from_millis(50) };
    assert_eq!(hasty_answer(slow).await, Failure::transient(Transient::Timeout));
    let sandbox = sandbox().await;
    sandbox.next(Route::Token, Answer::Endless);
    let error = mint(&provider(&sandbox)).await.unwrap_err();
    assert_eq!(error.failure, Failure::transient(Transient::BrokenReply));
}

#[tokio::test]
async fn f15_a_cut_connection_is_a_connection_fault() {
    for answer in [Answer::Cut, Answer::Lost, Answer::CutMidBody] {
        assert_eq!(
            hasty_answer(answer.clone()).await,
            Failure::transient(Transient::Connect),
            "{answer:?}"
        );
    }
}

#[tokio::test]
async fn f15_a_connection_that_is_reset_in_the_middle_of_a_body_is_a_connection_fault() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/token", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_request(&mut stream).await;
        let torn = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"access_token\":\"a";
        stream.write_all(torn.as_bytes()).await.unwrap();
        // Without waiting for what was sent: a reset instead of an end.
        stream.set_zero_linger().unwrap();
    });
    let failure = mint(&Provider::custom(endpoint(&address))).await.unwrap_err().failure;
    assert_eq!(failure, Failure::transient(Transient::Connect));
    server.await.unwrap();
}

/// A second process asks the system's own resolver from a place without any network.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn f26_without_a_network_a_name_cannot_be_looked_up() {
    let apart = || {
        let mut unshare = tokio::process::Command::new("unshare");
        unshare.args(["--user", "--map-root-user", "--net"]);
        unshare
    };
    // Ubuntu forbids it to programs that it does not know.
    if !apart().arg("true").status().await.is_ok_and(|status| status.success()) {
        return eprintln!("left out: this system lets nobody unshare its network");
    }
    let outcome = apart()
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "network::child_without_a_network", "--ignored"])
        .env("GLOWJAR_TEST_NO_NETWORK", "1")
        .output()
        .await
        .unwrap();
    assert!(outcome.status.success(), "{}", String::from_utf8_lossy(&outcome.stdout));
}

#[tokio::test]
#[ignore = "run by f26_without_a_network_a_name_cannot_be_looked_up"]
async fn child_without_a_network() {
    // `--include-ignored` comes by here as well, with nothing to do.
    if std::env::var_os("GLOWJAR_TEST_NO_NETWORK").is_some() {
        let provider = Provider::custom(endpoint("https://ims.example/token"));
        let error = mint(&provider).await.unwrap_err();
        assert_eq!(error.failure, Failure::transient(Transient::Dns), "{error}");
    }
}

#[tokio::test]
async fn a_refused_connection_is_said_in_the_systems_words() {
    let provider =
        Provider::custom(endpoint(&format!("http://127.0.0.1:{}/token", closed_port().await)));
    let error = mint(&provider).await.unwrap_err();
    assert_eq!(error.failure, Failure::transient(Transient::Connect));
    assert!(error.technical.description.unwrap().contains("refused"));
    assert_eq!(error.technical.status, None);
}

#[tokio::test]
async fn an_answer_that_is_not_http_is_a_broken_reply() {
    let server = RawServer::start("220 smtp.example ready\r\n").await;
    let error = mint(&server.provider()).await.unwrap_err();
    assert_eq!(error.failure, Failure::transient(Transient::BrokenReply));
}

#[tokio::test]
async fn f06_no_request_relies_on_a_connection_from_before_a_sleep() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/token", listener.local_addr().unwrap());
    let connections = Arc::new(AtomicUsize::new(0));
    let count = connections.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                while !read_request(&mut stream).await.is_empty() {
                    let answer = http("200 OK", "", r#"{"access_token":"a"}"#);
                    stream.write_all(answer.as_bytes()).await.unwrap();
                }
            });
        }
    });
    for _ in 0..3 {
        mint(&Provider::custom(endpoint(&address))).await.unwrap();
    }
    assert_eq!(connections.load(Ordering::SeqCst), 3);
}
