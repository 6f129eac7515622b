//! Trouble that heals by itself: the token in use is kept, retries are patient, nobody is called in vain.

use glowjar_lifecycle::{
    failure::{Failure, RetryAfter, Transient},
    input::Change,
    status::{Incident, Phase, Trouble},
    time::Timestamp,
};

use super::{
    span::span,
    story::{CLIENT_CREDENTIALS, EMPTY, REFRESH_TOKEN, Story, holding, seeded_story, story},
};

/// A profile with a live token whose renewal is under way.
fn renewing() -> Story {
    let mut story = holding(CLIENT_CREDENTIALS, "24 h");
    story.at("10 h").clicks().asked(2);
    story
}

#[track_caller]
fn check_retry_after(retry_after: impl Fn(Timestamp) -> RetryAfter, wait: &str) {
    let mut story = renewing();
    let order = retry_after(story.now);
    story.throttles(order).is_live().has_trouble(Trouble::Transient(Transient::Throttled));
    let due = format!("10 h {wait}");
    story.asks_between(&due, &due).asked(3);
}

#[test]
fn f13_a_delay_is_waited_out_to_the_second() {
    check_retry_after(|_| RetryAfter::Delay(span("120 s")), "120 s");
    check_retry_after(|_| RetryAfter::Delay(span("3244 s")), "3244 s");
}

#[test]
fn f13_a_date_is_waited_for() {
    check_retry_after(|now| RetryAfter::At(now + span("10 min")), "10 min");
}

#[test]
fn f13_a_delay_of_years_is_a_mistake_and_cut_to_a_day() {
    check_retry_after(|_| RetryAfter::Delay(span("9999 d")), "24 h");
    check_retry_after(|_| RetryAfter::At(Timestamp::FAR_FUTURE), "24 h");
}

#[test]
fn f13_without_a_time_and_with_one_in_the_past_the_spacing_holds() {
    renewing().fails(Transient::Throttled).is_live().asks_between("10 h 30 s", "10 h 30 s");
    let mut story = renewing();
    let yesterday = RetryAfter::At(story.now - span("1 d"));
    story.throttles(yesterday).asks_between("10 h 30 s", "10 h 30 s");
    let mut story = renewing();
    story.throttles(RetryAfter::Delay(span("1 s"))).asks_between("10 h 30 s", "10 h 30 s");
}

#[test]
fn f13_no_click_edit_pause_wake_or_unlocked_keychain_beats_retry_after() {
    let mut story = renewing();
    story.throttles(RetryAfter::Delay(span("10 min")));
    for _ in 0..11 {
        assert!(!story.status().can_refresh);
        story.clicks().pauses().resumes().edits(Change::Credential, EMPTY).sleeps("50 s");
        story.happens(glowjar_lifecycle::input::Input::KeychainChanged).clicks().asked(2);
    }
    story.asks_between("10 h 10 min", "10 h 10 min").asked(3).is_live();
}

#[test]
fn f13_retry_after_counts_through_a_clock_that_is_set() {
    let mut story = renewing();
    story.throttles(RetryAfter::Delay(span("10 min")));
    story.clock_is_set_forward("3 h").after("5 min").asked(2).clock_is_set_back("7 h").asked(2);
    story.asks_between("10 h 10 min", "10 h 10 min");
}

#[test]
fn f15_every_kind_of_trouble_keeps_the_token() {
    for cause in TRANSIENT {
        let mut story = renewing();
        story.fails(cause).is_live().has_trouble(Trouble::Transient(cause)).calls_a_person(None);
        let until = story.status().next_attempt_at.expect("a retry is planned");
        story.is_in(Phase::Waiting { until });
        story.asks_between("10 h 1 s", "10 h 30 s").grants("24 h").keeps().has_trouble(None);
    }
}

#[test]
fn f20_after_twelve_hours_of_trouble_no_person_is_needed() {
    for seed in 0..20 {
        for cause in TRANSIENT {
            let mut story = seeded_story(REFRESH_TOKEN, seed);
            story.opens(EMPTY).grants("1 h").keeps();
            story.is_cut_off_until("12 h", cause);
            let asked = story.times_asked();
            assert!((400..2_000).contains(&asked), "{asked} requests in 12 h of {cause:?}");
            story.is_dark().has_called(1).calls_a_person(Incident::NoLiveToken);
            // The longest wait in the dark.
            story.asks_between("12 h", "12 h 1 min 20 s").grants("1 h").is_live();
            story.keeps().has_trouble(None).calls_a_person(None).has_called(1);
        }
    }
}

#[test]
fn an_outage_that_begins_and_ends_while_the_token_lives_is_nobodys_business() {
    let mut story = holding(CLIENT_CREDENTIALS, "24 h");
    story.is_cut_off_until("23 h 50 min", Transient::Server).is_live();
    // Half an hour of failures, and waits of up to five minutes.
    assert!(story.times_asked() < 40, "{} requests", story.times_asked());
    story.asks_between("23 h 50 min", "23 h 55 min").grants("24 h").keeps().has_called(0);
}

#[test]
fn a_wait_of_minutes_does_not_outlast_the_token() {
    for seed in 0..200 {
        let mut story = seeded_story(CLIENT_CREDENTIALS, seed);
        story.opens(EMPTY).grants("20 min").keeps();
        story.is_cut_off_until("19 min 59 s", Transient::Connect);
        story.is_live().asks_between("19 min 59 s", "21 min 20 s");
    }
}

#[test]
fn f26_names_that_do_not_resolve_after_a_wake_are_asked_again_every_few_seconds() {
    for seed in 0..100 {
        let mut story = seeded_story(CLIENT_CREDENTIALS, seed);
        story.opens(EMPTY).grants("1 h").keeps().sleeps("8 h").asked(2);
        story.is_cut_off_until("8 h 20 s", Transient::Dns).is_dark();
        assert!(story.times_asked() < 25, "{} requests", story.times_asked());
        story.asks_between("8 h 20 s", "8 h 25 s").grants("1 h").is_live().keeps().has_called(0);
    }
}

#[test]
fn f26_a_network_that_flaps_is_not_answered_by_a_storm() {
    let mut story = story(CLIENT_CREDENTIALS);
    story.opens(EMPTY);
    for _ in 0..600 {
        if story.is_asking() {
            story.fails(Transient::Connect);
        }
        story.sleeps("100 ms");
    }
    assert!(story.times_asked() <= 61, "{} requests in a minute", story.times_asked());
}

#[test]
fn a_failure_without_an_answer_does_not_shorten_the_distance_to_the_answer_before() {
    let mut story = story(CLIENT_CREDENTIALS);
    story.opens(EMPTY).fails(Transient::Server).at("6 s").clicks().asked(2).fails(Transient::Dns);
    story.asks_between("30 s", "30 s");
}

#[test]
fn nothing_is_asked_for_while_paused_and_resuming_goes_on_where_it_was() {
    let mut story = renewing();
    story.pauses().fails(Transient::Dns).is_in(Phase::Paused).after("30 d").asked(2).is_dark();
    story.calls_a_person(None).clicks().asked(2).resumes().asked(3).grants("24 h").keeps();
    story.is_live().has_called(0);
}

#[test]
fn a_failure_with_a_time_in_a_reply_of_trouble_is_obeyed_as_well() {
    let mut story = renewing();
    let retry_after = Some(RetryAfter::Delay(span("15 min")));
    story.fails_with(Failure::Transient { cause: Transient::Server, retry_after });
    story.asks_between("10 h 15 min", "10 h 15 min");
}

const TRANSIENT: [Transient; 11] = [
    Transient::Dns,
    Transient::Connect,
    Transient::Tls,
    Transient::Proxy,
    Transient::Timeout,
    Transient::Throttled,
    Transient::Server,
    Transient::Withheld,
    Transient::CaptivePortal,
    Transient::BrokenReply,
    Transient::Internal,
];
