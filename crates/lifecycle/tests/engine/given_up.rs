//! A refresh that was given up may still arrive, so no other is sent until it can't any more.

use glowjar_lifecycle::{
    failure::Transient,
    input::{Change, Input, Policy},
    plan::{LATE_ARRIVAL, UNACKNOWLEDGED},
    status::{Incident, Trouble},
};

use super::story::{
    CLIENT_CREDENTIALS, EMPTY, PROFILE, REFRESH_TOKEN, START, Story, holding, story,
};

/// A refresh went out at 10 h and was given up half a minute later.
fn given_up(cause: Transient) -> Story {
    let mut story = holding(REFRESH_TOKEN, "24 h");
    story.at("10 h").clicks().asked(2).after("30 s").fails(cause);
    story
}

#[test]
fn the_engine_waits_longer_than_the_system_sends() {
    assert!(LATE_ARRIVAL > UNACKNOWLEDGED);
}

#[test]
fn a_refresh_that_was_given_up_is_not_sent_again_while_it_may_arrive() {
    given_up(Transient::Timeout).asks_between("10 h 50 s", "10 h 50 s").is_live();
}

#[test]
fn no_click_edit_pause_or_rejected_token_sends_another_any_sooner() {
    let mut story = given_up(Transient::Timeout);
    let generation = story.generation();
    for _ in 0..9 {
        assert!(!story.status().can_refresh);
        story.clicks().pauses().resumes().edits(Change::Credential, EMPTY);
        story.consumer_gets_401(generation).happens(Input::KeychainChanged).after("2 s").asked(2);
    }
    story.asks_between("10 h 50 s", "10 h 50 s").asked(3);
}

#[test]
fn another_refresh_token_is_sent_at_once() {
    given_up(Transient::Timeout).edits(Change::Identity, EMPTY).asked(3);
}

#[test]
fn after_a_sleep_the_wait_begins_again_once_since_nothing_was_sent_meanwhile() {
    let mut story = given_up(Transient::Timeout);
    story.after("5 s").sleeps("8 h").asked(2);
    story.after("10 s").happens(Input::Woke).asked(2);
    story.asks_between("18 h 55 s", "18 h 55 s");
}

/// A trial was given up when the story begins, and the profile was stored all the same.
fn trial_given_up(policy: Policy) -> Story {
    let mut story = story(policy);
    story.happens(Input::GivenUpElsewhere { profile: PROFILE, at: START });
    story
}

#[test]
fn a_trial_that_was_given_up_holds_up_the_first_request_while_it_may_arrive() {
    trial_given_up(REFRESH_TOKEN).opens(EMPTY).asks_between("20 s", "20 s");
    let mut clicked = trial_given_up(REFRESH_TOKEN);
    clicked.opens(EMPTY);
    for _ in 0..5 {
        clicked.clicks().pauses().resumes().edits(Change::Credential, EMPTY).after("2 s").asked(0);
    }
    clicked.asks_between("20 s", "20 s");
    let mut slept = trial_given_up(REFRESH_TOKEN);
    slept.opens(EMPTY).after("5 s").sleeps("8 h").asked(0);
    slept.asks_between("8 h 25 s", "8 h 25 s");
}

#[test]
fn it_holds_up_nothing_where_it_can_not_matter() {
    trial_given_up(CLIENT_CREDENTIALS).opens(EMPTY).asked(1);
    trial_given_up(REFRESH_TOKEN).after("20 s").opens(EMPTY).asked(1);
    trial_given_up(REFRESH_TOKEN).opens(EMPTY).edits(Change::Identity, EMPTY).asked(1);
}

#[test]
fn what_was_never_sent_is_tried_again_soon() {
    for cause in [Transient::ConnectTimeout, Transient::Connect, Transient::Dns] {
        given_up(cause).asks_between("10 h 31 s", "10 h 32 s");
    }
}

#[test]
fn a_new_token_may_be_asked_for_twice() {
    let mut story = holding(CLIENT_CREDENTIALS, "24 h");
    story.at("10 h").clicks().after("30 s").fails(Transient::Timeout);
    story.asks_between("10 h 31 s", "10 h 32 s");
}

#[test]
fn f50_a_reply_that_never_makes_sense_is_told_to_a_person_within_a_bound() {
    let mut story = story(CLIENT_CREDENTIALS);
    story.opens(EMPTY);
    for _ in 0..9 {
        story.fails(Transient::BrokenReply);
        story.has_trouble(Trouble::Transient(Transient::BrokenReply)).next_request();
    }
    story.fails(Transient::BrokenReply).has_trouble(Trouble::NotUnderstood);
    story.calls_a_person(Incident::NoLiveToken);
    // It goes on asking, and a token ends it.
    story.next_request().fails(Transient::BrokenReply).has_trouble(Trouble::NotUnderstood);
    story.next_request().grants("24 h").keeps().has_trouble(None).calls_a_person(None);
}

#[test]
fn f50_only_broken_replies_in_a_row_count_and_a_missing_network_does_not_interrupt_them() {
    let mut story = story(CLIENT_CREDENTIALS);
    story.opens(EMPTY);
    for _ in 0..9 {
        story.fails(Transient::BrokenReply).next_request();
    }
    story.fails(Transient::Dns).has_trouble(Trouble::Transient(Transient::Dns)).next_request();
    story.fails(Transient::BrokenReply).has_trouble(Trouble::NotUnderstood).next_request();
    story.fails(Transient::Server).has_trouble(Trouble::Transient(Transient::Server));
    story.next_request().fails(Transient::BrokenReply);
    story.has_trouble(Trouble::Transient(Transient::BrokenReply));
}
