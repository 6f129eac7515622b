//! The shortest stories of bugs that the simulation found.

use std::time::Duration;

use crate::{
    life,
    story::{Act, DAY, Event, HOUR, Kind, MINUTE, Part, SECOND, Story},
};

const DAY_TOKENS: Part =
    Part { kind: Kind::Mint, lifetime: DAY, has_standby: false, renew_early_minutes: None };

#[track_caller]
fn check(part: Part, events: &[(Duration, Event)]) {
    for seed in 0..8 {
        let added = (SECOND, Event::Person(0, Act::Add));
        let story = Story {
            seed,
            cast: vec![part],
            span: events.last().map_or(DAY, |(at, _)| *at) + 2 * DAY,
            longest_value: usize::MAX,
            events: [added].into_iter().chain(events.iter().copied()).collect(),
        };
        let outcome = life::tell(&story, true);
        assert_eq!(outcome.violation, None, "{story}{}", outcome.timeline);
    }
}

/// The sleep was told in the time after the step, which then moved it once more: two minutes of darkness at once.
#[test]
fn f08_a_clock_set_back_on_waking_is_no_reason_to_call_anybody() {
    let back = Event::ClockSet { millis: -130_000 };
    check(DAY_TOKENS, &[(HOUR, Event::Sleeps(2 * DAY)), (HOUR + MINUTE, back)]);
}
