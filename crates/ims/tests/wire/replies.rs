//! Good replies in every shape.

use std::time::Duration;

use glowjar_ims::{Issued, LifetimeSource, RequestError};
use glowjar_lifecycle::failure::{Failure, Transient};
use glowjar_sandbox::{
    Answer, DateHeader, ExpiresIn, Rotation, Route, SEED_REFRESH_TOKEN, ScopeShape, TokenForm,
    TokenType,
};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};

use crate::far_end::{NOW, RawServer, http, mint, provider, refresh, sandbox, sandbox_with};

async fn issued(body: &str) -> Result<Issued, RequestError> {
    let server = RawServer::start(http("200 OK", "content-type: application/json\r\n", body)).await;
    mint(&server.provider()).await
}

async fn check_lifetime(expires_in: &str, lifetime: Duration, source: LifetimeSource) {
    let body = format!(r#"{{"expires_in":{expires_in},"access_token":"opaque"}}"#);
    let issued = issued(&body).await.unwrap();
    assert_eq!(issued.validity.issued_at, NOW, "{expires_in}");
    assert_eq!(
        (issued.validity.lifetime(), issued.lifetime_source),
        (lifetime, source),
        "{expires_in}"
    );
}

#[tokio::test]
async fn f16_expires_in_is_read_in_every_shape() {
    let day = Duration::from_secs(86_399);
    for shape in ["86399", "\"86399\"", "86399.0", "8.6399e4", "\" 86399 \""] {
        check_lifetime(shape, day, LifetimeSource::Reply).await;
    }
    for nothing in [
        "null",
        "0",
        "-5",
        "\"\"",
        "\"soon\"",
        "NaN",
        "\"NaN\"",
        "-Infinity",
        "1e999",
        "true",
        "{}",
        "[1]",
    ] {
        check_lifetime(nothing, Duration::from_secs(300), LifetimeSource::Assumed).await;
    }
    check_lifetime("1e300", Duration::from_secs(365 * 86_400), LifetimeSource::Reply).await;
}

#[tokio::test]
async fn f16_the_sandboxs_shapes_of_a_grant_all_give_the_same_token_life() {
    let life = Duration::from_secs(3_599);
    for token_form in [TokenForm::Jwt, TokenForm::JwtWithExp, TokenForm::Opaque] {
        for token_type in [TokenType::LowerCase, TokenType::Capitalised, TokenType::Missing] {
            for scope in
                [ScopeShape::Missing, ScopeShape::Null, ScopeShape::Commas, ScopeShape::Spaces]
            {
                let sandbox = sandbox_with(|settings| {
                    settings.access_token_lifetime = life;
                    settings.token_form = token_form;
                    settings.token_type = token_type.clone();
                    settings.scope = scope.clone();
                })
                .await;
                let issued = mint(&provider(&sandbox)).await.unwrap();
                assert_eq!(issued.validity.lifetime(), life);
                assert_eq!(issued.lifetime_source, LifetimeSource::Reply);
                assert_eq!(
                    issued.scope.is_some(),
                    matches!(scope, ScopeShape::Commas | ScopeShape::Spaces)
                );
                assert_eq!(issued.skew.unwrap().ahead_millis(), 0);
            }
        }
    }
}

#[tokio::test]
async fn f16_a_jwt_tells_its_end_where_the_reply_does_not() {
    for expires_in in
        [ExpiresIn::Null, ExpiresIn::Missing, ExpiresIn::Raw("NaN".into()), ExpiresIn::Milliseconds]
    {
        let sandbox = sandbox_with(|settings| {
            settings.access_token_lifetime = Duration::from_secs(60);
            settings.expires_in = expires_in.clone();
        })
        .await;
        let issued = mint(&provider(&sandbox)).await.unwrap();
        assert_eq!(issued.validity.lifetime(), Duration::from_secs(60), "{expires_in:?}");
        assert_eq!(issued.lifetime_source, LifetimeSource::Token);
    }
}

#[tokio::test]
async fn f16_milliseconds_are_read_as_such_where_adobe_counts_in_them() {
    let sandbox = sandbox_with(|settings| {
        settings.expires_in = ExpiresIn::Milliseconds;
        settings.token_form = TokenForm::Opaque;
    })
    .await;
    let provider = glowjar_ims::Provider {
        lifetime_unit: glowjar_ims::LifetimeUnit::Milliseconds,
        ..provider(&sandbox)
    };
    assert_eq!(mint(&provider).await.unwrap().validity.lifetime(), Duration::from_secs(86_399));
}

#[tokio::test]
async fn f09_a_wrong_clock_changes_no_lifetime_and_is_told() {
    let two_days = Duration::from_secs(2 * 86_400);
    let millis = 2 * 86_400_000;
    for (date, ahead) in
        [(DateHeader::Ahead(two_days), -millis), (DateHeader::Behind(two_days), millis)]
    {
        let sandbox = sandbox_with(|settings| settings.date = date).await;
        let issued = mint(&provider(&sandbox)).await.unwrap();
        assert_eq!(issued.skew.unwrap().ahead_millis(), ahead);
        assert_eq!(issued.validity.lifetime(), Duration::from_secs(86_399), "{date:?}");
    }
}

#[tokio::test]
async fn f09_without_a_date_only_the_tokens_lifetime_counts() {
    let sandbox = sandbox_with(|settings| settings.date = DateHeader::Missing).await;
    sandbox.advance(Duration::from_secs(10 * 86_400));
    let issued = mint(&provider(&sandbox)).await.unwrap();
    assert_eq!(issued.skew, None);
    assert_eq!(issued.validity.lifetime(), Duration::from_secs(86_399));
}

#[tokio::test]
async fn f16_only_a_bearer_token_can_be_used() {
    for kind in ["null", "\"\"", "\"bearer\"", "\"Bearer\"", "\"BEARER\""] {
        assert!(
            issued(&format!(r#"{{"access_token":"a","token_type":{kind}}}"#)).await.is_ok(),
            "{kind}"
        );
    }
    let error = issued(r#"{"access_token":"a","token_type":"mac"}"#).await.unwrap_err();
    assert_eq!(error.failure, Failure::transient(Transient::BrokenReply));
}

#[tokio::test]
async fn f17_no_new_refresh_token_and_an_empty_one_both_mean_keep_the_old() {
    for answer in [Answer::NoRefreshToken, Answer::EmptyRefreshToken] {
        let sandbox = sandbox().await;
        sandbox.next(Route::Token, answer);
        assert!(
            refresh(&provider(&sandbox), SEED_REFRESH_TOKEN).await.unwrap().refresh_token.is_none()
        );
    }
    let sandbox = sandbox_with(|settings| settings.rotation = Rotation::Off).await;
    assert!(
        refresh(&provider(&sandbox), SEED_REFRESH_TOKEN).await.unwrap().refresh_token.is_none()
    );
}

#[tokio::test]
async fn a_rotated_refresh_token_tells_its_own_end() {
    let sandbox =
        sandbox_with(|settings| settings.refresh_token_lifetime = Duration::from_secs(1_000_000))
            .await;
    let issued = refresh(&provider(&sandbox), SEED_REFRESH_TOKEN).await.unwrap();
    assert_eq!(issued.refresh_token_ends, Some(NOW + Duration::from_secs(1_000_000)));
}

#[tokio::test]
async fn a_reply_tells_the_end_of_its_refresh_token_in_many_ways_and_the_earliest_counts() {
    let ends = async |more: &str| {
        let body = format!(r#"{{"access_token":"a","expires_in":60,"refresh_token":"r"{more}}}"#);
        issued(&body).await.unwrap().refresh_token_ends.map(|at| at.since(NOW).as_secs())
    };
    // Keycloak, GitHub, QuickBooks, and moments.
    assert_eq!(ends(r#","refresh_expires_in":1800"#).await, Some(1_800));
    assert_eq!(ends(r#","refresh_token_expires_in":"15897600""#).await, Some(15_897_600));
    assert_eq!(ends(r#","x_refresh_token_expires_in":8726400"#).await, Some(8_726_400));
    let both = r#","refresh_token_expires_in":90,"refresh_expires_in":60"#;
    assert_eq!(ends(both).await, Some(60));
    // A session that has no end, and nonsense.
    for none in ["", r#","refresh_expires_in":0"#, r#","refresh_expires_in":-1"#] {
        assert_eq!(ends(none).await, None, "{none}");
    }
    assert_eq!(ends(r#","refresh_token_expires_in":628639555"#).await, None, "twenty years");
}

#[tokio::test]
async fn f16_a_token_that_fits_into_no_header_is_none() {
    for token in ["\"\"", "\" \"", "null", "7", "{}", "\"a\\nb\"", "\"a b\"", "\"é\""] {
        let error = issued(&format!(r#"{{"access_token":{token}}}"#)).await.unwrap_err();
        assert_eq!(error.failure, Failure::transient(Transient::BrokenReply), "{token}");
    }
}

/// Whatever the bytes are, there is an end to it: a token of bounded life, or a failure.
#[test]
fn f15_no_body_makes_the_client_panic() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let value = prop_oneof![
        "\\PC{0,20}".prop_map(|text| serde_json::to_string(&text).unwrap()),
        any::<f64>().prop_map(|number| number.to_string()),
        any::<i64>().prop_map(|number| number.to_string()),
        "[\\[\\]{}\",:a-z0-9NaInfty.-]{0,20}",
    ];
    let bodies = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..200),
        (value.clone(), value.clone(), value).prop_map(|(lifetime, scope, refresh_token)| {
            format!(
                r#"{{"access_token":"a","expires_in":{lifetime},"scope":{scope},"refresh_token":{refresh_token}}}"#
            )
            .into_bytes()
        }),
    ];
    let mut runner =
        TestRunner::new(Config { cases: 64, failure_persistence: None, ..Config::default() });
    let client = crate::far_end::client();
    runner
        .run(&bodies, |body| {
            let outcome = runtime.block_on(async {
                let mut answer =
                    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len())
                        .into_bytes();
                answer.extend_from_slice(&body);
                let server = RawServer::start(answer).await;
                crate::far_end::mint_with(&client, &server.provider(), "a secret of ours").await
            });
            if let Ok(issued) = outcome {
                let lifetime = issued.validity.lifetime();
                prop_assert!(
                    lifetime > Duration::ZERO && lifetime <= Duration::from_secs(365 * 86_400)
                );
            }
            Ok(())
        })
        .unwrap();
}
