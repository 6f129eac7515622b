//! Proof that the simulation finds what it is there to find: each deliberate fault is caught, and the code as it is
//! passes the very story that caught it.

use glowjar_agent::clock::simulated::System;
use glowjar_lifecycle::fault_injection::{InjectedFault, commit};

use crate::{
    runner, shrink,
    story::{Act, DAY, Event, HOUR, Kind, MINUTE, Network, Part, SECOND, Story},
};

/// So many stories at most; most faults show in the first.
const STORIES: u64 = 60;

fn violation(story: &Story, fault: Option<InjectedFault>) -> Option<String> {
    commit(fault);
    let outcome = runner::tell(story, false);
    commit(None);
    outcome.violation
}

/// The first story in which a fault breaks the promise that is named by a piece of its words. In another story, the same
/// fault may break another promise first.
#[track_caller]
fn caught(fault: InjectedFault, broken: &str) -> (Story, String) {
    let stories = (0..STORIES).map(Story::from_seed);
    let caught = stories
        .filter_map(|story| violation(&story, Some(fault)).map(|words| (story, words)))
        .find(|(_, words)| words.contains(broken));
    caught.unwrap_or_else(|| panic!("{STORIES} stories did not show {fault:?} by “{broken}”"))
}

#[track_caller]
fn check(fault: InjectedFault, broken: &str) {
    let (story, words) = caught(fault, broken);
    eprintln!("{fault:?}: story {}: {words}", story.seed);
    assert_eq!(violation(&story, None), None, "story {} without the fault", story.seed);
}

#[test]
fn the_simulation_catches_an_access_token_that_is_stored_before_the_refresh_token() {
    check(InjectedFault::TokenStoredFirst, "is stored before");
}

#[test]
fn the_simulation_catches_a_rotated_refresh_token_that_is_given_up_when_the_keychain_refuses_it() {
    check(InjectedFault::UnsavedForgotten, "LOST");
}

#[test]
fn the_simulation_catches_a_rotated_refresh_token_that_is_overlooked() {
    check(InjectedFault::RotationOverlooked, "is stored before");
}

#[test]
fn the_simulation_catches_late_answers_that_count() {
    check(InjectedFault::LateAnswersCount, "two requests in flight");
}

#[test]
fn the_simulation_catches_a_notice_that_is_told_twice() {
    check(InjectedFault::NoticesRepeat, "told again");
}

#[test]
fn the_simulation_catches_an_end_of_a_sign_in_that_is_foretold_over_and_over() {
    check(InjectedFault::ForecastsRepeat, "foretold twice");
}

#[test]
fn the_simulation_catches_a_clock_step_that_nobody_re_plans_for() {
    check(InjectedFault::ClockStepsUnheard, "thrown away");
}

#[test]
fn the_simulation_catches_an_expired_token_on_the_clipboard() {
    check(InjectedFault::CopiesWhateverIsThere, "expired token was handed out");
}

#[test]
fn the_simulation_catches_retries_without_backoff() {
    check(InjectedFault::NoBackoff, "requests in a");
}

#[test]
fn the_simulation_catches_tokens_without_a_budget() {
    check(InjectedFault::NoBudget, "tokens in a day");
}

#[test]
fn the_simulation_catches_a_live_token_that_is_dropped_on_a_refusal() {
    check(InjectedFault::TokenDroppedOnRefusal, "thrown away");
}

#[test]
fn the_simulation_catches_a_retry_after_that_is_ignored() {
    check(InjectedFault::OrdersIgnored, "before the provider allows");
}

#[test]
fn the_simulation_catches_a_renewal_that_comes_too_late() {
    check(InjectedFault::RenewsTooLate, "a token could be had");
}

#[test]
fn the_simulation_catches_a_false_alarm() {
    check(InjectedFault::Impatient, "FALSE ALARM");
}

#[test]
fn the_simulation_catches_a_refresh_that_is_sent_again_while_the_one_given_up_may_arrive() {
    for seed in 0..8 {
        let part = Part {
            kind: Kind::Strict,
            lifetime: DAY,
            has_standby: false,
            renew_early_minutes: None,
            second_life: None,
        };
        let held_back = Event::Network(Network::HoldsBack, 5 * MINUTE);
        let story = Story {
            seed,
            system: System::Linux,
            cast: vec![part],
            span: 2 * DAY,
            longest_value: usize::MAX,
            events: vec![
                (SECOND, Event::Person(0, Act::Add)),
                (HOUR, held_back),
                (HOUR + SECOND, Event::Person(0, Act::Refresh)),
                (HOUR + 10 * MINUTE, Event::PersonMends),
            ],
        };
        let caught = violation(&story, Some(InjectedFault::GivenUpForgotten));
        assert!(
            caught.as_ref().is_some_and(|words| words.contains("may still arrive")),
            "{caught:?}"
        );
        assert_eq!(violation(&story, None), None, "{story}");
    }
}

#[test]
fn a_failing_story_shrinks_to_what_matters() {
    let fault = Some(InjectedFault::TokenDroppedOnRefusal);
    let (story, _) = caught(InjectedFault::TokenDroppedOnRefusal, "");
    let shortest = shrink::shortest(&story, |story| violation(story, fault).is_some());
    eprintln!("{} events of {}:\n{shortest}", shortest.events.len(), story.events.len());
    assert!(violation(&shortest, fault).is_some());
    assert!(shortest.events.len() <= 4, "{shortest}");
}
