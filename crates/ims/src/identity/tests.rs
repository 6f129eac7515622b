use chrono::TimeDelta;
use openidconnect::{
    Audience, EmptyAdditionalClaims, EndUserName, PrivateSigningKey, StandardClaims,
    SubjectIdentifier,
    core::{CoreEdDsaPrivateSigningKey, CoreIdTokenClaims},
};

use super::*;

/// Made for these tests, and of no use elsewhere.
const KEY: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIDHKAX7hPlP8teFoVsqoLV8ns2boFTUH+/7j9xOKsdB6
-----END PRIVATE KEY-----\n";
const ISSUER: &str = "https://id.example";
const NOW: i64 = 1_893_499_200_000;

struct Told<'a> {
    issuer: &'a str,
    audience: &'a str,
    nonce: &'a str,
    lives: i64,
}

const GOOD: Told<'_> = Told { issuer: ISSUER, audience: "dana", nonce: "n", lives: 60 };

fn key() -> CoreEdDsaPrivateSigningKey {
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(KEY, None).unwrap()
}

fn keys() -> Keys {
    Keys {
        issuer: IssuerUrl::new(ISSUER.to_owned()).unwrap(),
        set: CoreJsonWebKeySet::new(vec![key().as_verification_key()]),
    }
}

fn token(told: &Told<'_>) -> IdToken {
    let now = DateTime::<Utc>::from_timestamp_millis(NOW).unwrap();
    let person = StandardClaims::new(SubjectIdentifier::new("7".to_owned()))
        .set_name(Some(EndUserName::new("Dana\u{7} Designer".to_owned()).into()));
    let claims = CoreIdTokenClaims::new(
        IssuerUrl::new(told.issuer.to_owned()).unwrap(),
        vec![Audience::new(told.audience.to_owned())],
        now + TimeDelta::seconds(told.lives),
        now,
        person,
        EmptyAdditionalClaims {},
    )
    .set_nonce(Some(Nonce::new(told.nonce.to_owned())));
    let token = CoreIdToken::new(claims, &key(), Alg::EdDsa, None, None).unwrap();
    IdToken::new(token.to_string())
}

fn checked(token: &IdToken) -> Result<Person, IdTokenError> {
    let client_id = ClientId::parse("dana").unwrap();
    check(
        token,
        &keys(),
        &client_id,
        Some(&Nonce::new("n".to_owned())),
        Timestamp::from_millis(NOW),
    )
}

#[test]
fn a_good_id_token_tells_who_signed_in() {
    let person = checked(&token(&GOOD)).unwrap();
    assert_eq!(person, Person { subject: "7".to_owned(), label: Some("Dana Designer".to_owned()) });
}

#[test]
fn an_id_token_of_somebody_else_for_somebody_else_or_of_another_time_is_refused() {
    let why = |told: &Told<'_>| checked(&token(told)).unwrap_err().why;
    assert_eq!(why(&Told { issuer: "https://evil.example", ..GOOD }), "it is from another issuer");
    assert_eq!(why(&Told { audience: "mia", ..GOOD }), "it is for another client");
    assert_eq!(why(&Told { nonce: "other", ..GOOD }), "it belongs to another sign-in");
    assert_eq!(why(&Told { lives: -61, ..GOOD }), "it has expired");
}

#[test]
fn an_id_token_that_was_changed_or_is_signed_by_nobody_is_refused() {
    let good = token(&GOOD);
    let [head, body, signature] = good.expose().split('.').collect::<Vec<_>>()[..] else {
        panic!()
    };
    let other = token(&Told { lives: 61, ..GOOD });
    let other = other.expose().split('.').nth(1).unwrap();
    // {"alg":"none"} and {"alg":"HS256"}
    for text in [
        format!("{head}.{other}.{signature}"),
        format!("{head}.{body}."),
        format!("eyJhbGciOiJub25lIn0.{body}."),
        format!("eyJhbGciOiJIUzI1NiJ9.{body}.{signature}"),
        "x".to_owned(),
        String::new(),
    ] {
        assert!(checked(&IdToken::new(text.clone())).is_err(), "{text}");
    }
}

#[test]
fn debug_hides_an_id_token() {
    assert_eq!(format!("{:?}", token(&GOOD)), "IdToken([hidden])");
}
