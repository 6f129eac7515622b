//! Secrets go in, and never out: neither changed on the wire nor seen in anything that could be shown or logged.

use std::{
    fmt::Write as _,
    fs,
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use glowjar_agent::{
    request::{Anyway, ClientAuthentication, Draft, Encoding, Request},
    view::Preset,
};
use glowjar_sandbox::{
    Answer, CLIENT_ID, CLIENT_SECRET, Client, Gateway, Outage, Refusal, Route, STANDBY_SECRET,
};

use tracing_subscriber::{filter::LevelFilter, util::SubscriberInitExt};

use crate::test_app::{TestApp, drafts, keychain::Mood};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn f32_a_secret_with_odd_characters_goes_through_form_keychain_and_wire_to_the_letter() {
    for odd in [
        " leading",
        "trailing ",
        "quo\"tes'",
        "back\\slash",
        "line\r\nend",
        "+&%=%20;:/?#",
        "tab\there",
        "ünïcödé 🫙",
        "nul\0inside",
    ] {
        for (encoding, authentication) in [
            (Encoding::Form, ClientAuthentication::Body),
            (Encoding::Form, ClientAuthentication::Basic),
            (Encoding::Json, ClientAuthentication::Body),
        ] {
            let mut office = TestApp::open().await;
            office.sandbox.change(|settings| {
                settings.clients = vec![Client::web_app(CLIENT_ID, odd)];
            });
            let draft = Draft {
                preset: if encoding == Encoding::Json { Preset::Tutorial } else { Preset::Custom },
                token_endpoint: match encoding {
                    Encoding::Json => office.sandbox.url(),
                    Encoding::Form => office.token_endpoint(),
                },
                encoding,
                client_authentication: authentication,
                client_secret: Some(odd.into()),
                ..drafts::minting()
            };
            let id = office.add(draft).await;
            office.live().await;
            office.advance(60 * MINUTE);
            office.restart().await;
            office.live().await;
            office.refresh(&id).await;
            let requests = office.asked(2).await;
            office.live().await;
            if authentication == ClientAuthentication::Body {
                assert_eq!(requests[1].field("client_secret"), Some(odd), "{encoding:?}");
            }
            office.assert_strict();
        }
    }
}

#[tokio::test]
async fn f33_nothing_that_is_logged_shown_or_kept_in_a_file_holds_a_secret() {
    let log = Log::default();
    // Two of them: as long as there is only one, a line of code that another test's thread comes by first stays
    // silent here as well (tokio-rs/tracing#3611).
    let _other = log_to(Log::default());
    // Everything but the keychain's thread, which logs nothing, runs on this one.
    let _guard = log_to(log.clone());

    let mut office = TestApp::closed(|settings| {
        settings.access_token_lifetime = 60 * MINUTE;
    })
    .await;
    office.give_up_after(Duration::from_millis(500));
    office.start();
    let mut said = String::new();
    let signed_in = office.sandbox.issue_refresh_token(CLIENT_ID);
    let draft = || Draft {
        standby_secret: Some(STANDBY_SECRET.into()),
        refresh_token: Some(signed_in.clone().into()),
        ..drafts::refreshing()
    };
    let huge = || Draft { client_secret: Some(CLIENT_SECRET.repeat(1_000).into()), ..draft() };
    let _ = write!(
        said,
        "{:?}",
        Request::SaveProfile {
            profile: None,
            draft: draft(),
            understood: None,
            anyway: Some(Anyway::Untried)
        }
    );
    let _ = write!(said, "{:?}", office.refused(huge()).await);
    let id = office.add(draft()).await;
    office.when("the check", |profile| profile.checks.verified_at.is_some()).await;

    for answer in [
        Answer::EchoedForm,
        Answer::Refusal(Refusal::WrongClientSecret),
        Answer::Refusal(Refusal::InvalidGrant),
        Answer::InternalError,
        Answer::Portal(glowjar_sandbox::Portal::Page),
        Answer::Truncated,
        Answer::CutMidBody,
        Answer::Garbage,
        Answer::Hang,
        Answer::Normal,
    ] {
        office.sandbox.next(Route::Token, answer);
        office.pass(6 * MINUTE).await;
        office.refresh(&id).await;
        office.barrier().await;
        office.settled().await;
        let _ = write!(said, "{:?}", office.copy(&id).await);
        let _ =
            write!(said, "{:?}", office.ask(Request::CheckAccess { profile: id.clone() }).await);
    }
    for gateway in [Gateway::TokenNotValid, Gateway::CannotValidate] {
        office.sandbox.next(Route::Firefly, Answer::Gateway(gateway));
        let _ =
            write!(said, "{:?}", office.ask(Request::CheckAccess { profile: id.clone() }).await);
    }
    office.sandbox.set_outage(Outage::ConnectionRefused).await.expect("an outage");
    office.pass(70 * MINUTE).await;
    office.sandbox.end_outage().await.expect("its end");
    office.keychain.set_mood(Mood::Full);
    office.pass(2 * MINUTE).await;
    office.when("the refusal", |profile| profile.not_saved).await;
    office.keychain.set_mood(Mood::Open);
    let _ = write!(said, "{:?}", office.ask(Request::DraftOf { profile: id.clone() }).await);
    let _ = write!(said, "{:?}{:?}", office.agent(), office.settled().await);
    said.push_str(&office.shell.debug());
    said.push_str(&fs::read_to_string(office.folder.path().join("profiles.json")).expect("a file"));
    let _ = write!(said, "{:?}", office.preferences.kept());

    let panicking = std::panic::catch_unwind(|| panic!("{:?}", draft()));
    let message = panicking.expect_err("a panic");
    said.push_str(message.downcast_ref::<String>().expect("its message"));

    let logged = log.text();
    for word in ["granted", "rotated", "failed", "recovered", "copied", "not_saved"] {
        assert!(logged.contains(word), "{word} was not logged, so nothing was tried");
    }
    let mut secrets = vec![CLIENT_SECRET.to_owned(), STANDBY_SECRET.to_owned(), signed_in.clone()];
    for request in office.sandbox.requests() {
        let fields = ["refresh_token", "token"].into_iter().filter_map(|name| request.field(name));
        secrets.extend(fields.map(str::to_owned));
        secrets.extend(request.header("authorization").map(str::to_owned));
    }
    assert!(secrets.len() > 10, "tokens were sent");
    for secret in secrets {
        let secret = secret.strip_prefix("Bearer ").unwrap_or(&secret);
        let start: String = secret.chars().take(8).collect();
        for (what, text) in [("log", &logged), ("what was shown", &said)] {
            if let Some(at) = text.find(&start) {
                let from = text[..at].char_indices().rev().nth(200).map_or(0, |(at, _)| at);
                panic!("{what} holds a secret after: {}", &text[from..at]);
            }
        }
    }
}

fn log_to(log: Log) -> impl Drop {
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_writer(move || log.clone())
        .finish();
    subscriber.set_default()
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
