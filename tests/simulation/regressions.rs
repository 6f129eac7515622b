//! The shortest stories of bugs that the simulation found.

use std::time::Duration;

use glowjar_agent::clock::simulated::System;
use glowjar_lifecycle::{
    failure::Transient,
    fault_injection::{InjectedFault, commit},
};

use crate::{
    runner,
    story::{Act, DAY, Event, HOUR, Kind, MINUTE, Network, Part, SECOND, Story},
};

const DAY_TOKENS: Part = Part {
    kind: Kind::Mint,
    lifetime: DAY,
    has_standby: false,
    renew_early_minutes: None,
    second_life: None,
};

/// Adds a profile and lets `events` happen to it, on each system.
fn stories(part: Part, events: &[(Duration, Event)]) -> impl Iterator<Item = Story> {
    let seeds = (0..8).flat_map(|seed| System::ALL.map(|system| (seed, system)));
    seeds.map(move |(seed, system)| {
        let added = (SECOND, Event::Person(0, Act::Add));
        Story {
            seed,
            system,
            cast: vec![part],
            span: events.last().map_or(DAY, |(at, _)| *at) + 2 * DAY,
            longest_value: usize::MAX,
            events: [added].into_iter().chain(events.iter().copied()).collect(),
        }
    })
}

#[track_caller]
fn check(part: Part, events: &[(Duration, Event)]) {
    for story in stories(part, events) {
        let outcome = runner::tell(&story, true);
        assert_eq!(outcome.violation, None, "{story}{}", outcome.timeline);
    }
}

/// The sleep was told in the time after the step, which then moved it once more: two minutes of darkness at once.
#[test]
fn f08_a_clock_set_back_on_waking_is_no_reason_to_call_anybody() {
    let back = Event::ClockSet { millis: -130_000 };
    check(DAY_TOKENS, &[(HOUR, Event::Sleeps(2 * DAY)), (HOUR + MINUTE, back)]);
}

/// Looks for a token after two days of sleep, while none can be had.
fn looks_after_a_sleep() -> Vec<(Duration, Event)> {
    let wakes = HOUR + SECOND;
    let outage = Event::Network(Network::Fails(Transient::Connect), HOUR);
    let acts = [Act::Copy, Act::TrayCopy, Act::CheckAccess, Act::Copy];
    let looks =
        acts.into_iter().zip(1..).map(|(act, n)| (wakes + SECOND * n, Event::Person(0, act)));
    [(HOUR, Event::Sleeps(2 * DAY)), (wakes, outage)].into_iter().chain(looks).collect()
}

#[test]
fn f06_after_a_sleep_no_system_hands_out_the_token_of_before() {
    check(DAY_TOKENS, &looks_after_a_sleep());
}

/// As `std::time::Instant` on macOS: the sleep was taken for a set clock, and the token of before counted as live for two
/// days more.
#[test]
fn f06_a_clock_that_stands_still_in_a_sleep_would_hand_out_the_token_of_before() {
    for story in stories(DAY_TOKENS, &looks_after_a_sleep()) {
        commit(Some(InjectedFault::ClockStopsInSleep));
        let outcome = runner::tell(&story, false);
        commit(None);
        let violation = outcome.violation.unwrap_or_default();
        assert!(violation.contains("expired token was handed out"), "{story}{violation}");
    }
}

#[test]
fn f06_f08_a_sleep_and_a_set_clock_in_any_order_are_told_apart_on_every_system() {
    let orders = |millis| {
        let (sleep, set) = (Event::Sleeps(3 * HOUR), Event::ClockSet { millis });
        [[sleep, set, sleep], [set, sleep, set], [sleep, sleep, set]]
    };
    for events in [-7_200_000, 1_900, 7_200_000].into_iter().flat_map(orders) {
        let copied = [Event::Person(0, Act::Copy)];
        let (minutes, events) = (1.., events.into_iter().chain(copied));
        let events: Vec<_> =
            minutes.zip(events).map(|(n, event)| (HOUR + 4 * HOUR * n, event)).collect();
        check(DAY_TOKENS, &events);
    }
}
