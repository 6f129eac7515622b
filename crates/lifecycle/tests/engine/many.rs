//! Many profiles: what happens to one of them touches no other.

use glowjar_lifecycle::{
    engine::Engine,
    id::ProfileId,
    input::{Credential, Effect, GrantType, Holding, Input, Policy},
    time::Timestamp,
    validity::Validity,
};

const HOUR: i64 = 3_600_000;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

/// With tokens that end one hour after the other.
fn with(count: u64) -> Engine {
    let mut engine = Engine::new(1);
    for n in 0..count {
        let profile = ProfileId::new(n);
        let policy = Policy { grant: GrantType::ClientCredentials, renew_early: None };
        engine.handle_input(at(0), Input::ProfileAdded { profile, policy, paused: false });
        let hours = 24 + i64::try_from(n).expect("a small number");
        let holding = Holding {
            credential: Credential::Complete,
            standby_secret: false,
            token: Some(Validity { issued_at: at(0), expires_at: at(hours * HOUR) }),
            refresh_token_ends: None,
        };
        engine.handle_input(at(0), Input::SecretsOpened { profile, holding });
    }
    engine.handle_timeout(at(0));
    engine
}

fn changed(engine: &mut Engine) -> Vec<ProfileId> {
    std::iter::from_fn(|| engine.poll_changed()).collect()
}

fn requested(engine: &mut Engine) -> Vec<ProfileId> {
    let effects = std::iter::from_fn(|| engine.poll_effect());
    effects
        .filter_map(|effect| match effect {
            Effect::RequestToken { profile, .. } => Some(profile),
            _ => None,
        })
        .collect()
}

#[test]
fn a_moment_at_which_nothing_is_due_touches_no_profile() {
    let mut engine = with(10_000);
    assert_eq!(changed(&mut engine).len(), 10_000, "each is new");
    engine.handle_timeout(at(HOUR));
    assert_eq!(changed(&mut engine), []);
}

#[test]
fn a_deadline_and_a_fact_touch_their_own_profile_alone() {
    let mut engine = with(300);
    changed(&mut engine);
    requested(&mut engine);
    let first = engine.poll_timeout().expect("a renewal");
    assert_eq!(first.profile, ProfileId::new(0), "its token ends first");
    engine.handle_timeout(first.at);
    assert_eq!(requested(&mut engine), [first.profile]);
    assert_eq!(changed(&mut engine), [first.profile]);
    assert_ne!(engine.poll_timeout().map(|next| next.profile), Some(first.profile));

    let paused = ProfileId::new(7);
    engine.handle_input(first.at, Input::PauseRequested { profile: paused });
    assert_eq!(changed(&mut engine), [paused]);
    engine.handle_input(first.at, Input::ProfileRemoved { profile: paused });
    engine.handle_timeout(first.at);
    assert_eq!(changed(&mut engine), [paused]);
}

#[test]
fn the_next_deadline_is_the_earliest_of_all() {
    let mut engine = with(40);
    let mut order = Vec::new();
    while let Some(next) = engine.poll_timeout() {
        order.push(next.at);
        engine.handle_timeout(next.at);
        for profile in requested(&mut engine) {
            engine.handle_input(next.at, Input::ProfileRemoved { profile });
        }
    }
    assert_eq!(order.len(), 40);
    assert!(order.is_sorted(), "{order:?}");
}
