//! What a person hears of the end of a sign-in, in quiet worlds.

use glowjar_agent::clock::simulated::System;

use crate::{
    runner,
    story::{Act, DAY, Event, HOUR, Habit, Kind, Part, SECOND, SecondLife, Story},
};

/// How often an end is foretold, and how often a person signs in about it.
fn told(kind: Kind, slides: bool, habit: Habit, days: u32) -> (u64, u64) {
    let second_life = Some(SecondLife { span: 14 * DAY, slides, habit });
    let (has_standby, renew_early_minutes) = (false, None);
    let part = Part { kind, lifetime: DAY, has_standby, renew_early_minutes, second_life };
    let looks = (1..days).map(|day| (DAY * day + 9 * HOUR, Event::PersonLooks));
    let story = Story {
        seed: 1,
        system: System::Linux,
        cast: vec![part],
        span: DAY * days,
        longest_value: usize::MAX,
        events: [(SECOND, Event::Person(0, Act::Add))].into_iter().chain(looks).collect(),
    };
    let outcome = runner::tell(&story, true);
    assert_eq!(outcome.violation, None, "{story}{}", outcome.timeline);
    let count = |kind: &str| outcome.figures.kinds.get(kind).copied().unwrap_or_default();
    (count("ends of sign-ins foretold"), count("sign-ins by who read of an end"))
}

const KINDS: [Kind; 3] = [Kind::Strict, Kind::Lenient, Kind::Steady];

#[test]
fn fourteen_days_show_each_forecast_once() {
    for kind in KINDS {
        assert_eq!(told(kind, false, Habit::Never, 15), (3, 0), "{kind:?}");
    }
}

#[test]
fn a_provider_whose_sign_ins_slide_shows_none() {
    for kind in KINDS {
        assert_eq!(told(kind, true, Habit::SignsInAhead, 60), (0, 0), "{kind:?}");
    }
}

#[test]
fn who_signs_in_when_told_is_told_of_the_next_end_a_fortnight_later() {
    for kind in KINDS {
        let (foretold, signed_in) = told(kind, false, Habit::SignsInAhead, 45);
        assert_eq!((foretold, signed_in), (4, 4), "{kind:?}");
        let (foretold, signed_in) = told(kind, false, Habit::SignsInTwice, 45);
        assert_eq!((foretold, signed_in), (4, 8), "{kind:?}");
    }
}

#[test]
fn who_signs_in_late_is_told_three_times_of_each_end() {
    for kind in KINDS {
        let (foretold, signed_in) = told(kind, false, Habit::SignsInLate, 32);
        assert_eq!((foretold, signed_in), (6, 2), "{kind:?}");
    }
}
