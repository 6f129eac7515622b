use proptest::prelude::*;

use super::*;
use crate::endpoint::Endpoint;

const NATIVE: &str = "adobe+0123456789abcdef0123456789abcdef01234567://adobeid/dana";

fn client() -> ClientId {
    ClientId::parse("dana").unwrap()
}

fn begun(redirect: &str) -> SignIn {
    let redirect = Redirect::parse(redirect, &client()).unwrap();
    let scopes = Scopes::parse("openid,firefly_api,offline_access").unwrap();
    SignIn::begin(&Provider::adobe_ims(), &client(), redirect, &scopes).unwrap()
}

fn state(sign_in: &SignIn) -> String {
    sign_in.state.secret().clone()
}

#[test]
fn the_address_says_what_rfc_7636_and_adobe_want() {
    let sign_in = begun("https://studio.example");
    let url = Url::parse(sign_in.address()).unwrap();
    assert_eq!(url.host_str(), Some("ims-na1.adobelogin.com"));
    assert_eq!(url.path(), "/ims/authorize/v2");
    let mut names: Vec<_> = url.query_pairs().into_owned().collect();
    names.sort();
    let value = |name: &str| names.iter().find(|it| it.0 == name).map(|it| it.1.as_str());
    assert_eq!(value("response_type"), Some("code"));
    assert_eq!(value("client_id"), Some("dana"));
    assert_eq!(value("scope"), Some("openid,firefly_api,offline_access"));
    // As it was registered, and not as an address is usually written.
    assert_eq!(value("redirect_uri"), Some("https://studio.example"));
    assert_eq!(value("code_challenge_method"), Some("S256"));
    assert_eq!(value("code_challenge").map(str::len), Some(43));
    assert!(value("state").is_some_and(|state| state.len() >= 22));
    assert!(value("nonce").is_some_and(|nonce| nonce.len() >= 22));
    assert_eq!(names.len(), 8, "{names:?}");
}

#[test]
fn who_wants_to_stay_signed_in_is_asked_for_consent_where_the_standard_wants_it() {
    let begun = |scopes: &str| {
        let provider = Provider {
            authorization: Some(Endpoint::parse("https://id.example/auth").unwrap()),
            ..Provider::custom(Endpoint::parse("https://id.example/token").unwrap())
        };
        let scopes = Scopes::parse(scopes).unwrap();
        let sign_in = SignIn::begin(&provider, &client(), Redirect::loopback(1), &scopes).unwrap();
        Url::parse(sign_in.address()).unwrap().query_pairs().into_owned().collect::<Vec<_>>()
    };
    let prompt = ("prompt".to_owned(), "consent".to_owned());
    assert!(begun("openid offline_access").contains(&prompt));
    assert!(!begun("openid").contains(&prompt) && !begun("offline_access").contains(&prompt));
    assert!(!begun("email").iter().any(|(name, _)| name == "nonce"), "no ID token is asked for");
}

#[test]
fn each_sign_in_is_another() {
    let [one, other] = [begun(NATIVE), begun(NATIVE)];
    assert_ne!(state(&one), state(&other));
    assert_ne!(one.verifier.secret(), other.verifier.secret());
    let text = format!("{NATIVE}?code=c&state={}", state(&one));
    assert_eq!(other.callback(&text).unwrap_err(), CallbackError::OtherSignIn);
}

#[test]
fn debug_shows_neither_state_nor_verifier() {
    let sign_in = begun(NATIVE);
    let shown = format!("{sign_in:?} {sign_in:#?}");
    assert!(!shown.contains(&state(&sign_in)), "{shown}");
    assert!(!shown.contains(sign_in.verifier.secret()), "{shown}");
    assert!(!shown.contains(sign_in.nonce.as_ref().unwrap().secret()), "{shown}");
}

#[test]
fn a_redirect_is_encrypted_or_stays_on_this_machine_or_is_adobes_own() {
    let parse = |text: &str| Redirect::parse(text, &client());
    for good in [
        "https://studio.example/back",
        "http://127.0.0.1:7000/",
        "http://localhost/x",
        "http://[::1]:9/",
        NATIVE,
    ] {
        assert_eq!(parse(good).unwrap().as_str(), good);
    }
    let cases = [
        ("", RedirectError::Malformed),
        ("studio.example/back", RedirectError::Malformed),
        ("http://studio.example/back", RedirectError::Scheme),
        ("javascript:alert(1)", RedirectError::Scheme),
        ("adobe+0123://adobeid/dana", RedirectError::Scheme),
        ("https://studio.example/#x", RedirectError::Fragment),
        (&NATIVE.replace("dana", "mia"), RedirectError::OtherClient),
    ];
    for (text, why) in cases {
        assert_eq!(parse(text).unwrap_err(), why, "{text}");
    }
    assert!(parse(NATIVE).unwrap().custom_scheme().is_some());
    assert_eq!(Redirect::loopback(4711).custom_scheme(), None);
}

#[test]
fn the_code_is_found_however_the_address_was_pasted() {
    let sign_in = begun("https://studio.example/back");
    let state = state(&sign_in);
    let fields = format!("code=c%2Bd%2F1&state={state}");
    let (left, right) = fields.split_at(20);
    for text in [
        format!("https://studio.example/back?{fields}"),
        format!("  <https://studio.example/back/?{fields}>\n"),
        format!("\"https://studio.example:443/back?more=1&{fields}\""),
        format!("https://studio.example/back#{fields}"),
        format!("https://studio.example/back?{left}\n  {right}"),
        format!("?{fields}"),
        fields.clone(),
    ] {
        assert_eq!(sign_in.callback(&text).unwrap().expose(), "c+d/1", "{text}");
    }
}

#[test]
fn an_address_of_somebody_else_ends_nothing() {
    let sign_in = begun("http://127.0.0.1:7000/signed-in");
    let state = state(&sign_in);
    let back = "http://127.0.0.1:7000/signed-in";
    let cases = [
        (String::new(), CallbackError::NoCode),
        ("hello".to_owned(), CallbackError::NoCode),
        (back.to_owned(), CallbackError::NoCode),
        (format!("{back}?state={state}"), CallbackError::NoCode),
        (format!("{back}?code=&state={state}"), CallbackError::NoCode),
        (format!("{back}?code=c"), CallbackError::OtherSignIn),
        (format!("{back}?code=c&state="), CallbackError::OtherSignIn),
        (format!("{back}?code=c&state={state}x"), CallbackError::OtherSignIn),
        (format!("{back}?code=c&state={state}&state=x"), CallbackError::OtherSignIn),
        // An error with a wrong state: whoever made it up can't end a sign-in.
        (format!("{back}?error=access_denied&state=x"), CallbackError::OtherSignIn),
        (format!("{back}?error=access_denied"), CallbackError::OtherSignIn),
        (format!("{back}?code=a&code=b&state={state}"), CallbackError::NoCode),
        (format!("{back}?code=a&error=b&state={state}"), CallbackError::NoCode),
        (
            format!("http://127.0.0.1:7001/signed-in?code=c&state={state}"),
            CallbackError::OtherAddress,
        ),
        (
            format!("http://localhost:7000/signed-in?code=c&state={state}"),
            CallbackError::OtherAddress,
        ),
        (
            format!("https://127.0.0.1:7000/signed-in?code=c&state={state}"),
            CallbackError::OtherAddress,
        ),
        (format!("{back}/more?code=c&state={state}"), CallbackError::OtherAddress),
        (format!("https://evil.example/?code=c&state={state}"), CallbackError::OtherAddress),
        (sign_in.address().to_owned(), CallbackError::StillAtTheProvider),
        ("x".repeat(10_000_000), CallbackError::NotAnAddress),
    ];
    for (text, why) in cases {
        let told = sign_in.callback(&text).unwrap_err();
        assert_eq!(told, why, "{:.200}", text);
        assert!(!told.ends_the_sign_in());
    }
}

#[test]
fn each_refusal_of_the_provider_has_its_own_name() {
    let sign_in = begun(NATIVE);
    let state = state(&sign_in);
    let told = |error: &str| {
        let text = format!("{NATIVE}?error={error}&error_description=x&state={state}");
        let told = sign_in.callback(&text).unwrap_err();
        assert!(told.ends_the_sign_in());
        told
    };
    assert_eq!(told("access_denied"), CallbackError::Denied);
    assert_eq!(told("login_required"), CallbackError::LoginRequired);
    assert_eq!(told("consent_required"), CallbackError::LoginRequired);
    assert_eq!(told("invalid_scope"), CallbackError::ScopeRefused);
    assert_eq!(told("unauthorized_client"), CallbackError::ClientRefused);
    assert_eq!(told("temporarily_unavailable"), CallbackError::ServerTrouble);
    assert_eq!(told("weird%20%3Cb%3E"), CallbackError::Refused("weirdb".to_owned()));
    assert_eq!(told(&"x".repeat(500)), CallbackError::Refused("x".repeat(40)));
}

#[test]
fn a_provider_without_a_page_is_told_so() {
    let provider = Provider::custom(Endpoint::parse("https://id.example/token").unwrap());
    let begun = SignIn::begin(&provider, &client(), Redirect::loopback(1), &Scopes::default());
    assert_eq!(begun.unwrap_err(), NoSignInPage);
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic_or_brings_a_code_without_the_state(text in "\\PC{0,200}") {
        let sign_in = begun(NATIVE);
        prop_assert!(sign_in.callback(&text).is_err());
        let text = format!("{NATIVE}?{text}");
        prop_assert!(sign_in.callback(&text).is_err());
    }
}
