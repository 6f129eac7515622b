//! The stories, and how many of them are told in each run of the tests.

use super::{
    ledger::Counts,
    world::{Weather, World},
};

pub(super) const PAUSES_AND_CUTS: Weather = Weather {
    rotates: true,
    pauses: 45,
    cuts: 35,
    provider_cuts: 0,
    kills: 0,
    rewinds: false,
    halts: true,
    throttles: true,
    lost_leases: true,
};
pub(super) const EVERYTHING: Weather = Weather {
    pauses: 25,
    cuts: 20,
    provider_cuts: 10,
    kills: 20,
    rewinds: true,
    ..PAUSES_AND_CUTS
};

#[test]
fn s04_in_ten_thousand_pauses_and_cuts_no_refresh_token_is_used_twice_and_none_is_lost() {
    let mut counts = Counts::default();
    let mut seed = first_seed();
    while counts.pauses + counts.cuts < 10_000 {
        counts.add(told(seed, PAUSES_AND_CUTS));
        seed += 1;
    }
    assert_eq!((counts.second_uses, counts.unavoidable), (0, 0), "{counts:?}");
    assert!(counts.answers > 2_000 && counts.given_back > 100, "{counts:?}");
}

#[test]
fn s02_whatever_else_happens_a_second_use_follows_only_an_answer_that_nobody_has() {
    let mut counts = Counts::default();
    for seed in first_seed()..first_seed() + 150 {
        counts.add(told(seed, EVERYTHING));
    }
    assert!(counts.kills > 500 && counts.rewinds > 20, "{counts:?}");
    assert_eq!(counts.second_uses, 0);
    assert!(counts.unavoidable > 10, "{counts:?}");
}

#[test]
fn s01_a_pool_that_mints_anew_has_a_token_whatever_happens() {
    let weather = Weather { rotates: false, ..EVERYTHING };
    for seed in first_seed()..first_seed() + 100 {
        told(seed, weather);
    }
}

/// Tells one story; one that breaks a promise is told again with all that happened.
#[track_caller]
fn told(seed: u64, weather: Weather) -> Counts {
    let mut world = World::new(seed, weather);
    world.live(HOURS);
    if !world.ledger.broken.is_empty() {
        let mut again = World::new(seed, weather).traced();
        again.live(HOURS);
        let trace = again.trace();
        let from = trace.lines().count().saturating_sub(LINES);
        let tail: Vec<_> = trace.lines().skip(from).collect();
        panic!("seed {seed}: {:#?}\n{}", again.ledger.broken, tail.join("\n"));
    }
    world.ledger.counts
}

fn first_seed() -> u64 {
    std::env::var("GLOWJAR_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1)
}

pub(super) const HOURS: u64 = 12;
/// Of a broken story, what happened last.
const LINES: usize = 200;
