use std::sync::Arc;

use glowjar_ims::{AccessToken, ClientSecret, LifetimeSource, MadeSecret, RefreshToken};
use glowjar_lifecycle::{
    engine::Engine,
    input::{Effect, GrantType, Policy},
    time::Timestamp,
    validity::Validity,
};

use glowjar_lifecycle::{
    failure::{Failure, Transient},
    input::{Grant, Input},
};

use super::*;
use crate::{
    credential::Token,
    ports::tests::NoDesktop,
    request::{Anyway, Draft},
    view::GrantView,
};

/// Whatever somebody logs of an event one day.
#[test]
fn f33_debug_of_an_event_hides_every_secret() {
    let profile = ProfileId::new(7);
    let (attempt, generation) = first_attempt_and_generation(profile);
    let validity = Validity { issued_at: Timestamp::EPOCH, expires_at: Timestamp::from_millis(9) };
    let access_token = || AccessToken::parse("hunter2-access").unwrap();
    let credential = || Credential {
        client_secret: Some(ClientSecret::parse("hunter2-primary").unwrap()),
        standby_secret: Some(ClientSecret::parse("hunter2-standby").unwrap()),
        refresh_token: Some(RefreshToken::parse("hunter2-refresh").unwrap()),
        refresh_token_ends: None,
        made: Some(MadeSecret {
            uuid: "11ede399".to_owned(),
            secret: ClientSecret::parse("hunter2-made").unwrap(),
        }),
    };
    let secrets = || Secrets {
        credential: credential(),
        token: Some(Token { access_token: access_token(), validity, life_is_assumed: false }),
        credential_is_unsaved: true,
    };
    let good = || Draft {
        grant: GrantView::RefreshToken,
        client_secret: Some("hunter2-typed".into()),
        standby_secret: Some("hunter2-typed".into()),
        refresh_token: Some("hunter2-typed".into()),
        ..crate::draft::tests::draft()
    };
    let known = || crate::draft::Known {
        id: profile,
        edited: None,
        names: Vec::new(),
        signs_in: false,
        language: crate::view::Language::En,
    };
    let parsed = crate::draft::parse(&good(), &known()).expect("a good draft");
    let issued = || Issued {
        access_token: access_token(),
        refresh_token: Some(RefreshToken::parse("hunter2-rotated").unwrap()),
        id_token: None,
        scope: None,
        validity,
        lifetime_source: LifetimeSource::Reply,
        refresh_token_ends: None,
        skew: None,
    };
    let offer = SandboxOffer {
        url: "http://127.0.0.1:1".to_owned(),
        client_id: "abc".to_owned(),
        client_secret: "hunter2-offered".into(),
        refresh_token: Some("hunter2-offered".into()),
        scopes: String::new(),
    };
    let reply = || oneshot::channel().0;
    let events = [
        Event::Asked {
            request: Request::SaveProfile {
                profile: None,
                draft: good(),
                understood: None,
                anyway: Some(Anyway::Untried),
            },
            asker: Asker::Person,
            desk: Desk::new(Arc::new(NoDesktop)),
            reply: reply(),
        },
        Event::Opened { profile, outcome: Ok(secrets()) },
        Event::Rechecked { profile, attempt, outcome: Ok(secrets()) },
        Event::Answered { profile, attempt, outcome: Ok(Box::new(issued())) },
        Event::Stored { profile, generation, credential: credential(), outcome: Ok(()) },
        Event::LeftBehind { profile, outcome: Ok(secrets()) },
        Event::Tried { trial: Box::new(Trial::of(parsed)), outcome: Err(broken()), reply: reply() },
        Event::SecretTried {
            trial: Box::new(SecretTrial {
                config: crate::profiles::tests::profile(7, "Campaign"),
                before: credential(),
                is_made: true,
                sent: crate::token_requests::Requests::default().now(),
            }),
            verdict: Ok(Some((credential(), Box::new(issued())))),
            reply: reply(),
        },
        Event::ConsoleAsked {
            profile,
            outcome: Ok(ConsoleAnswer::Made(MadeSecret {
                uuid: "11ede399".to_owned(),
                secret: ClientSecret::parse("hunter2-made").unwrap(),
            })),
            reply: reply(),
        },
        Event::ConsoleAsked {
            profile,
            outcome: Ok(ConsoleAnswer::ToMake { token: access_token(), known: Vec::new() }),
            reply: reply(),
        },
        Event::SignInArrived {
            number: 1,
            address: "http://127.0.0.1:1/?code=hunter2-code".into(),
            reply: oneshot::channel().0,
        },
        Event::SignInExchanged {
            number: 1,
            outcome: Ok(Box::new(SignedIn {
                issued: Box::new(issued()),
                person: None,
                userinfo: None,
            })),
        },
        Event::SandboxStarted { outcome: Ok(offer), reply: reply() },
    ];
    let follow_up = FollowUp::AnsweredAfterRemoval(profile, Box::new(issued()));
    let parsed = crate::draft::parse(&good(), &known()).expect("a good draft");
    let signed_in = FollowUp::Granted(Box::new((parsed, secrets())), oneshot::channel().0);
    let text = format!("{follow_up:?} {follow_up:#?} {signed_in:?} {signed_in:#?}");
    assert!(!text.contains("hunter2"), "{text}");
    for event in events {
        let text = format!("{event:?} {event:#?}");
        assert!(!text.contains("hunter2"), "{text}");
    }
}

fn broken() -> RequestError {
    let failure = Failure::transient(Transient::Internal);
    RequestError { failure, technical: Box::default(), skew: None }
}

/// Only an engine makes these.
fn first_attempt_and_generation(profile: ProfileId) -> (Attempt, Generation) {
    let mut engine = Engine::new(1);
    let now = Timestamp::EPOCH;
    let policy = Policy { grant: GrantType::ClientCredentials, renew_early: None };
    engine.handle_input(now, Input::ProfileAdded { profile, policy, paused: false });
    let holding = Secrets::default().credential;
    let holding = glowjar_lifecycle::input::Holding {
        credential: glowjar_lifecycle::input::Credential::Complete,
        standby_secret: holding.standby_secret.is_some(),
        token: None,
        refresh_token_ends: None,
    };
    engine.handle_input(now, Input::SecretsOpened { profile, holding });
    let attempt = std::iter::from_fn(|| engine.poll_effect()).find_map(|effect| match effect {
        Effect::RequestToken { attempt, .. } => Some(attempt),
        _ => None,
    });
    let attempt = attempt.expect("a request");
    let validity = Validity { issued_at: now, expires_at: Timestamp::from_millis(9_000_000) };
    let grant = Grant { validity, refresh_token_ends: None, skew: None };
    engine.handle_input(now, Input::Granted { profile, attempt, grant });
    let token = engine.status(profile, now).and_then(|status| status.token);
    (attempt, token.expect("a token").generation)
}
