//! Replies that come compressed although it was not asked for, also as bombs.

use std::{
    io::Write,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use flate2::{
    Compression,
    write::{DeflateEncoder, GzEncoder, ZlibEncoder},
};
use glowjar_ims::{Provider, RequestError};
use glowjar_lifecycle::failure::{Failure, Permanent, Transient};
use tokio::{io::AsyncWriteExt, net::TcpListener};

use crate::far_end::{RawServer, endpoint, mint, read_request};

const TOKEN: &str = r#"{"access_token":"compressed","expires_in":3600}"#;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// `TOKEN` by `brotli` 1.0.9 (`printf … | brotli -c`).
const BROTLI: &[u8] = include_bytes!("token.json.br");

async fn answered(status: &str, headers: &str, body: &[u8]) -> Result<String, RequestError> {
    let mut answer =
        format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n", body.len())
            .into_bytes();
    answer.extend_from_slice(body);
    let server = RawServer::start(answer).await;
    mint(&server.provider()).await.map(|issued| issued.access_token.expose().to_owned())
}

#[tokio::test]
async fn f50_a_token_is_read_out_of_gzip_deflate_and_brotli_that_nobody_asked_for() {
    let token = TOKEN.as_bytes();
    for (headers, body) in [
        ("content-encoding: gzip\r\n", gzip(token)),
        ("content-encoding: GZIP\r\n", gzip(token)),
        ("content-encoding: x-gzip\r\n", gzip(token)),
        ("content-encoding: deflate\r\n", zlib(token)),
        ("content-encoding: deflate\r\n", deflate(token)),
        ("content-encoding: br\r\n", BROTLI.to_vec()),
        ("content-encoding: gzip, gzip\r\n", gzip(&gzip(token))),
        ("content-encoding: deflate\r\ncontent-encoding: gzip\r\n", gzip(&zlib(token))),
        ("", gzip(token)),
        ("content-encoding: identity\r\n", token.to_vec()),
        ("content-encoding: utf-8\r\n", token.to_vec()),
        ("content-encoding: gzip\r\n", token.to_vec()),
        ("content-encoding: gzip\r\n", [gzip(&token[..9]), gzip(&token[9..])].concat()),
    ] {
        assert_eq!(answered("200 OK", headers, &body).await.unwrap(), "compressed", "{headers}");
    }
}

#[tokio::test]
async fn f51_a_refusal_is_read_out_of_gzip_as_well() {
    let body = gzip(br#"{"error":"invalid_scope"}"#);
    let error = answered("400 Bad", "content-encoding: gzip\r\n", &body).await.unwrap_err();
    assert_eq!(error.failure, Failure::Permanent(Permanent::ScopeRejected));
}

#[tokio::test]
async fn f50_torn_and_damaged_compression_is_a_broken_reply() {
    let whole = gzip(TOKEN.as_bytes());
    let mut damaged = whole.clone();
    damaged[20] ^= 0xff;
    for body in [&whole[..whole.len() - 9], &whole[..4], &damaged, b"\x1f\x8b\x08 nothing", b""] {
        let error = answered("200 OK", "content-encoding: gzip\r\n", body).await.unwrap_err();
        assert_eq!(error.failure, Failure::transient(Transient::BrokenReply), "{body:?}");
    }
}

#[tokio::test]
async fn f50_a_bomb_is_decoded_to_the_limit_only() {
    // 64 MB in 64 kB.
    let bomb = gzip(&vec![b' '; 64 * 1024 * 1024]);
    let twice = gzip(&gzip(&vec![b' '; 64 * 1024 * 1024]));
    for (headers, body) in
        [("content-encoding: gzip\r\n", &bomb), ("content-encoding: gzip, gzip\r\n", &twice)]
    {
        let error = answered("200 OK", headers, body).await.unwrap_err();
        assert_eq!(error.failure, Failure::transient(Transient::BrokenReply));
    }
}

/// Zeros by the megabyte, without an end: the client hangs up.
#[tokio::test]
async fn f50_a_streamed_bomb_of_a_gigabyte_is_hung_up_on() {
    let megabyte = vec![0; 1024 * 1024];
    // A member of gzip for each megabyte: together they are one stream.
    let member = gzip(&megabyte);
    // What was flushed first refers to nothing before it, so it can be said again and again.
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&megabyte).unwrap();
    encoder.flush().unwrap();
    let (header, blocks) = encoder.get_ref().split_at(2);
    for (coding, header, again) in
        [("gzip", &[][..], &member[..]), ("deflate", header, blocks), ("deflate", &[], blocks)]
    {
        hung_up_on(coding, header, again).await;
    }
}

/// A gigabyte of zeros by `brotli` 1.0.9 (`head -c 1073741824 /dev/zero | brotli -c`).
#[tokio::test]
async fn f50_a_whole_bomb_of_a_gigabyte_stays_within_the_bound() {
    const BROTLI_BOMB: &[u8] = include_bytes!("gigabyte.br");
    let before = peak();
    let headers = "content-encoding: br\r\n";
    let error = answered("200 OK", headers, BROTLI_BOMB).await.unwrap_err();
    assert_eq!(error.failure, Failure::transient(Transient::BrokenReply));
    let grown = peak() - before;
    assert!(grown < 128 * 1024, "{grown} kB for a reply");
}

/// The most memory that this process ever had, in kilobytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
}

async fn hung_up_on(coding: &str, header: &[u8], again: &[u8]) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let provider =
        Provider::custom(endpoint(&format!("http://{}/token", listener.local_addr().unwrap())));
    let sent = Arc::new(AtomicUsize::new(0));
    let count = sent.clone();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-encoding: {coding}\r\n\r\n").into_bytes();
    let (head, again) = ([&head, header].concat(), again.to_vec());
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_request(&mut stream).await;
        stream.write_all(&head).await.unwrap();
        while stream.write_all(&again).await.is_ok() {
            count.fetch_add(again.len(), Ordering::SeqCst);
        }
    });
    let answer = tokio::time::timeout(Duration::from_secs(20), mint(&provider)).await;
    let error = answer.expect("the client waits for the end of a bomb").unwrap_err();
    assert_eq!(error.failure, Failure::transient(Transient::BrokenReply), "{coding}");
    server.await.unwrap();
    // What the kernel's buffers on both sides take in, not what the client keeps.
    let sent = sent.load(Ordering::SeqCst);
    assert!(sent < 32 * 1024 * 1024, "{coding}: {sent}");
}
