//! Replies and tokens as they are seen in the field, and what may become of them on the way.

use glowjar_lifecycle::{failure::Failure, time::Timestamp};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use crate::{
    ClientId, ClientSecret, Grant, LifetimeUnit, RefreshToken, TokenRequest,
    classify::{self, Asked},
    jwt, lifetime,
    redact::Redactor,
    reply::{Body, Content, Reply},
    token_response,
};

const SECRET: &str = "p8e-S3cret+of&ours";

#[test]
fn f15_fuzzed_replies_bring_a_token_of_bounded_life_or_a_failure_and_never_a_secret() {
    let url = url::Url::parse("https://ims.example/ims/token/v3").unwrap();
    let client_id = ClientId::parse("a1b2c3").unwrap();
    let secret = ClientSecret::parse(SECRET).unwrap();
    let refresh_token = RefreshToken::parse("eyJ.refresh.token").unwrap();
    let request = TokenRequest {
        client_id: &client_id,
        secret: Some(&secret),
        grant: Grant::RefreshToken { refresh_token: &refresh_token, scopes: None },
    };
    let redactor = Redactor::new([SECRET, "eyJ.refresh.token"]);
    let sent_at = Timestamp::from_millis(1_700_000_000_000);

    glowjar_fuzz::feed("replies", |bytes| {
        let (status, headers, body) = split(bytes);
        let body = Body { bytes: body.to_vec().into(), cut: None };
        let reply = Reply::new(status, &url, &headers, &body);
        for unit in [LifetimeUnit::Seconds, LifetimeUnit::Milliseconds] {
            if let Some(issued) = token_response::read(&reply, &request, unit, sent_at) {
                let life = issued.validity.lifetime();
                assert!(!life.is_zero() && life <= lifetime::LONGEST, "lives for {life:?}");
                assert!((200..300).contains(&status), "a token from a reply with status {status}");
            }
        }
        let asked = Asked { url: &url, with_secret: true, with_refresh_token: true };
        let failure = classify::classify(&reply, asked);
        if matches!(failure, Failure::Permanent(_)) {
            let is_said = reply.error().is_some()
                || [301, 308, 401, 404, 405, 406, 410, 413, 414, 415].contains(&status)
                || matches!(reply.content, Content::Json | Content::Other);
            assert!(is_said, "{failure:?} out of the blue");
            assert!(!(200..300).contains(&status) && status != 429, "{failure:?} after {status}");
        }
        let shown = format!("{:?}", reply.technical(&redactor));
        assert!(!shown.contains(SECRET) && !shown.contains(&SECRET[..8]), "{shown}");
    });
}

#[test]
fn f16_fuzzed_claims_give_a_bounded_life_or_none() {
    let check = |token: &str| {
        let life = jwt::hints(token).lifetime;
        assert!(life.is_none_or(|life| !life.is_zero() && life <= lifetime::LONGEST), "{life:?}");
    };
    glowjar_fuzz::feed("claims", |claims| check(&jwt::unsigned(&String::from_utf8_lossy(claims))));
    glowjar_fuzz::feed("tokens", |token| check(&String::from_utf8_lossy(token)));
}

/// A status line, headers and a body, as far as they can be told from one another.
fn split(bytes: &[u8]) -> (u16, HeaderMap, &[u8]) {
    let end = bytes.windows(2).position(|two| two == b"\n\n").unwrap_or(bytes.len());
    let mut lines = bytes[..end].split(|byte| *byte == b'\n');
    let status_line = String::from_utf8_lossy(lines.next().unwrap_or_default());
    let status = status_line.split(' ').nth(1).and_then(|text| text.parse().ok());
    let mut headers = HeaderMap::new();
    for line in lines {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let name = HeaderName::from_bytes(&line[..colon]);
        let value = HeaderValue::from_bytes(line[colon + 1..].trim_ascii());
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.append(name, value);
        }
    }
    let body = bytes.get(end + 2..).unwrap_or_default();
    (status.filter(|code| (100..600).contains(code)).unwrap_or(200), headers, body)
}
