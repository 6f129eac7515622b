//! A healthy provider: when tokens are renewed, and how often at most.

use std::time::Duration;

use glowjar_lifecycle::{
    failure::{Permanent, RetryAfter, Transient},
    id::Generation,
    input::{Change, Credential, Holding, Policy, SecretSlot},
    sign_in_end::SignInEnd,
    status::{Phase, Trouble},
};

use super::{
    span::span,
    story::{CLIENT_CREDENTIALS, EMPTY, REFRESH_TOKEN, Story, holding, seeded_story, story},
};

#[test]
fn a_day_token_is_renewed_after_about_23_hours() {
    for seed in 0..50 {
        let mut story = seeded_story(CLIENT_CREDENTIALS, seed);
        story.opens(EMPTY).grants("24 h").keeps().asked(1).rests().is_in(Phase::Holding);
        // 4 % of the life before its end, jittered by a fifth.
        story.asks_between("22 h 50 min", "23 h 14 min").is_live();
    }
}

#[test]
fn an_hour_token_is_renewed_five_minutes_early_and_a_minute_token_fifteen_seconds_early() {
    holding(CLIENT_CREDENTIALS, "1 h").asks_between("54 min", "56 min");
    holding(CLIENT_CREDENTIALS, "1 min").asks_between("42 s", "48 s");
}

#[test]
fn a_token_from_the_keychain_is_used_and_nothing_is_minted() {
    let mut story = story(REFRESH_TOKEN);
    let token = story.token("24 h");
    story.after("2 h").opens(Holding { token: Some(token), ..EMPTY });
    story.is_live().asked(0).has_announced(1).rests();
    story.asks_between("22 h 50 min", "23 h 14 min");
}

#[test]
fn a_token_that_ended_while_the_app_was_off_is_not_announced_and_renewed_at_once() {
    let mut story = story(CLIENT_CREDENTIALS);
    let token = story.token("1 h");
    story.after("2 h").opens(Holding { token: Some(token), ..EMPTY });
    story.is_dark().asked(1).has_announced(0).grants("1 h").keeps().is_live().has_announced(1);
}

#[test]
fn f01_one_request_is_in_flight_however_many_clicks_and_rejections() {
    let mut story = holding(REFRESH_TOKEN, "1 h");
    let first = story.generation();
    story.after("1 min").clicks().asked(2);
    for _ in 0..100 {
        story.clicks().consumer_gets_401(first).after("20 ms").asked(2);
    }
    story.grants("1 h").clicks().asked(2).keeps().has_announced(2);
    story.after("1 min").asked(2).rests();
}

#[test]
fn f01_a_second_answer_to_the_same_request_changes_nothing() {
    use glowjar_lifecycle::input::{Grant, Input};
    let mut story = story(REFRESH_TOKEN);
    story.opens(EMPTY);
    let (profile, attempt) = (super::story::PROFILE, story.attempt());
    story.grants("1 h").keeps();
    let (current, validity) = (story.generation(), story.token("9 h"));
    let grant = Grant { validity, refresh_token_ends: None, skew: None };
    story.after("5 s").happens(Input::Granted { profile, attempt, grant }).rests();
    assert_eq!(story.generation(), current);
}

#[test]
fn clicks_are_five_seconds_apart_and_none_is_lost() {
    let mut story = holding(CLIENT_CREDENTIALS, "24 h");
    story.at("1 s").clicks().clicks().asked(1).asks_between("5 s", "5 s");
    story.grants("24 h").keeps().at("1 min").asked(2).rests();
}

#[test]
fn a_click_never_puts_off_a_retry_that_was_due_sooner() {
    use glowjar_lifecycle::failure::Transient;
    let mut story = story(CLIENT_CREDENTIALS);
    story.opens(EMPTY).fails(Transient::Dns).at("500 ms").clicks().asks_between("1 s", "2 s");
}

#[test]
fn f06_a_token_that_ended_in_a_long_sleep_is_dead_at_once_and_renewed_at_once() {
    let mut story = holding(CLIENT_CREDENTIALS, "1 h");
    story.at("10 min").sleeps("8 h").is_dark().asked(2).grants("1 h").is_live();
    story.keeps().has_announced(2).has_called(0);
}

#[test]
fn f07_deadlines_that_passed_in_a_sleep_are_kept_once_and_leave_none_behind() {
    let mut story = holding(CLIENT_CREDENTIALS, "24 h");
    story.sleeps("10 d").asked(2);
    story.has_no_deadline_left().grants("24 h").keeps().has_no_deadline_left().rests();
}

#[test]
fn f10_the_servers_401_wins_over_a_clock_that_is_slow() {
    let mut story = holding(CLIENT_CREDENTIALS, "24 h");
    let first = story.generation();
    story.at("5 h").is_live().consumer_gets_401(first).asked(2).is_live();
    story.grants("24 h").keeps().consumer_gets_401(first).after("1 h").asked(2);
}

#[test]
fn f10_a_rejection_of_a_new_token_waits_for_the_spacing() {
    let mut story = holding(CLIENT_CREDENTIALS, "24 h");
    let first = story.generation();
    story.at("2 s").consumer_gets_401(first).asks_between("30 s", "30 s");
}

#[test]
fn f10_a_rejection_ends_the_patience_that_a_live_token_allows_and_only_once() {
    let mut story = holding(CLIENT_CREDENTIALS, "24 h");
    let first = story.generation();
    story.at("10 h").clicks();
    for _ in 0..9 {
        asks_at_last(&mut story).fails(Transient::Connect);
    }
    assert!(pause(&story) > span("80 s"), "this seed's pause is a long one: {:?}", pause(&story));
    story.consumer_gets_401(first);
    assert!(pause(&story) <= span("1 s"), "{:?}", pause(&story));
    for _ in 0..20 {
        asks_at_last(&mut story).fails(Transient::Connect);
        let before = pause(&story);
        assert!(before <= span("80 s"), "somebody waits: {before:?}");
        story.consumer_gets_401(first);
        assert_eq!(pause(&story), before, "the backoff holds, however many complain");
    }
    asks_at_last(&mut story).grants("24 h").keeps().consumer_gets_401(first).rests();
}

#[test]
fn f13_a_rejection_does_not_beat_retry_after() {
    let mut story = holding(CLIENT_CREDENTIALS, "24 h");
    let first = story.generation();
    story.at("10 h").clicks().throttles(RetryAfter::Delay(span("10 min")));
    story.consumer_gets_401(first).asks_between("10 h 10 min", "10 h 10 min");
}

#[test]
fn f19_a_rejected_token_asks_for_nothing_that_a_person_has_to_mend_first() {
    let mut story = holding(CLIENT_CREDENTIALS, "24 h");
    let first = story.generation();
    story.at("10 h").clicks().refuses(Permanent::SecretRejected).is_in(Phase::Halted);
    story.consumer_gets_401(first).after("10 d").asked(2).is_in(Phase::Halted);
    story.edits(Change::Credential, EMPTY).asked(3).grants("24 h").keeps().is_live();
}

fn asks_at_last(story: &mut Story) -> &mut Story {
    while !story.is_asking() {
        story.next_deadline();
    }
    story
}

fn pause(story: &Story) -> Duration {
    story.status().next_attempt_at.expect("it will ask again").since(story.now)
}

#[test]
fn f10_a_consumer_that_rejects_every_token_gets_no_more_than_the_spare_part_of_the_budget() {
    let mut story = holding(CLIENT_CREDENTIALS, "24 h");
    for _ in 0..1_000 {
        let current: Generation = story.generation();
        story.consumer_gets_401(current).after("30 s");
        if story.is_asking() {
            story.grants("24 h").keeps();
        }
    }
    // Two a day are needed, 24 to spare.
    story.asked(26).is_live();
}

#[test]
fn f11_a_margin_longer_than_the_life_makes_no_loop() {
    let policy = Policy { renew_early: Some(span("10 min")), ..CLIENT_CREDENTIALS };
    let mut story = holding(policy, "1 min");
    story.asks_between("30 s", "36 s").grants("1 min").keeps();
    story.asks_between("1 min", "1 min 12 s").is_live();
}

#[test]
fn f21_tokens_of_five_seconds_are_asked_for_twice_a_minute_and_said_to_be_short() {
    let mut story = holding(CLIENT_CREDENTIALS, "5 s");
    for _ in 0..119 {
        story.has_trouble(Trouble::ShortLived).after("30 s").grants("5 s").is_live().keeps();
    }
    story.after("29 s").asked(120).is_dark().has_called(0);
}

#[test]
fn f21_tokens_that_are_dead_on_arrival_are_an_incident_and_no_storm() {
    let mut story = holding(CLIENT_CREDENTIALS, "0 s");
    for _ in 0..19 {
        story.after("30 s").grants("0 s").keeps();
    }
    story.asked(20).is_dark().has_trouble(Trouble::ShortLived).has_called(1);
}

#[test]
fn a_provider_that_takes_back_its_promises_all_day_is_asked_as_often_as_the_budget_allows() {
    let mut story = holding(CLIENT_CREDENTIALS, "24 h");
    for _ in 0..200 {
        // Clicks are not held back by the budget, so they spend it.
        story.after("10 s").clicks().grants("24 h").keeps();
    }
    story.asked(201);
    // 32 in the last day: the next renewal waits until the first of them is a day old, and the token lives as long.
    story.asks_between("24 h 28 min", "24 h 34 min").is_live();
}

#[test]
fn f17_a_reply_that_says_nothing_of_the_refresh_token_leaves_its_end_alone() {
    let mut story = story(REFRESH_TOKEN);
    let ends = SignInEnd::said(story.now + span("14 d"));
    story.opens(Holding { refresh_token_ends: Some(ends), ..EMPTY }).grants("1 h").keeps();
    assert_eq!(story.status().refresh_token_ends, Some(ends));
    story.is_in(Phase::Holding).has_trouble(None).sends_next(SecretSlot::Primary);
}

#[test]
fn a_credential_that_is_not_complete_asks_for_nothing() {
    for (credential, trouble) in [
        (Credential::SecretMissing, Trouble::SecretMissing),
        (Credential::RefreshTokenMissing, Trouble::RefreshTokenMissing),
    ] {
        let mut story = story(REFRESH_TOKEN);
        story.opens(Holding { credential, ..EMPTY }).has_trouble(trouble).is_in(Phase::Halted);
        story.after("30 d").asked(0).rests().has_called(1);
    }
}

#[test]
fn a_token_with_nothing_to_renew_it_with_is_used_and_a_person_called_when_renewing_would_be_due() {
    let opened = || {
        let mut story = story(REFRESH_TOKEN);
        let token = Some(story.token("24 h"));
        let credential = Credential::RefreshTokenMissing;
        story.opens(Holding { credential, token, ..EMPTY });
        story
    };
    let mut story = opened();
    story.at("22 h").is_in(Phase::Holding).has_trouble(None).has_called(0);
    story.at("23 h 30 min").is_in(Phase::Halted).has_trouble(Trouble::RefreshTokenMissing);
    story.is_live().asked(0).has_called(1);

    let mut story = opened();
    story.at("1 h").clicks().has_trouble(Trouble::RefreshTokenMissing).is_live().asked(0);

    let mut story = opened();
    let generation = story.status().token.map(|token| token.generation);
    story.at("1 h").consumer_gets_401(generation.expect("a token"));
    story.at("2 h").has_trouble(Trouble::RefreshTokenMissing).asked(0);
}
