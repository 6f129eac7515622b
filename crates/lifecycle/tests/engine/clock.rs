//! Clocks that are set, and machines that sleep.

use glowjar_lifecycle::{
    failure::Transient,
    input::{Grant, Holding, KeychainTrouble},
    time::Step,
};

use super::{
    span::{back, forward, span},
    story::{CLIENT_CREDENTIALS, EMPTY, holding, story},
};

#[test]
fn f08_a_clock_set_back_an_hour_delays_nothing() {
    let mut story = holding(CLIENT_CREDENTIALS, "24 h");
    story.at("1 h").clock_is_set_back("1 h").is_live().asked(1).keeps();
    story.asks_between("22 h 50 min", "23 h 14 min").is_live().grants("24 h").keeps().is_live();
}

#[test]
fn f08_a_token_stored_in_the_future_is_used_and_replaced_once() {
    let mut story = story(CLIENT_CREDENTIALS);
    let mut token = story.token("24 h");
    token.issued_at = token.issued_at + span("1 h");
    token.expires_at = token.expires_at + span("1 h");
    story.opens(Holding { token: Some(token), ..EMPTY }).is_live().asked(1);
    story.grants("24 h").keeps().after("22 h").asked(1);
}

#[test]
fn f08_clicks_and_retries_are_not_locked_out_by_a_clock_set_back() {
    let mut story = holding(CLIENT_CREDENTIALS, "24 h");
    story.at("1 h").clock_is_set_back("30 d").keeps().clicks().asked(2).fails(Transient::Dns);
    story.clock_is_set_back("30 d").keeps();
    story.asks_between("1 h 1 s", "1 h 2 s");
}

#[test]
fn f09_a_clock_far_ahead_of_the_servers_is_said_and_the_token_used() {
    let mut story = story(CLIENT_CREDENTIALS);
    story.opens(EMPTY);
    let skew = Some(forward(span("3 d")));
    // Lifetimes are measured on our own clock, from when the request was sent.
    let validity = story.token("24 h");
    story.grants_with(Grant { validity, refresh_token_ends: None, skew }).keeps();
    story.is_live().after("12 h").asked(1).rests();
    assert_eq!(story.status().skew, skew);
}

#[test]
fn f09_a_skew_of_up_to_a_minute_is_not_worth_a_word() {
    let mut story = story(CLIENT_CREDENTIALS);
    story.opens(EMPTY);
    for (skew, shown) in
        [(60_000, false), (-60_000, false), (60_001, true), (-60_001, true), (i64::MIN, true)]
    {
        let skew = Some(Step::from_millis(skew));
        let validity = story.token("24 h");
        story.grants_with(Grant { validity, refresh_token_ends: None, skew }).keeps();
        assert_eq!(story.status().skew, skew.filter(|_| shown));
        story.after("1 min").clicks();
    }
}

#[test]
fn a_clock_that_was_put_right_is_no_longer_said_to_be_wrong() {
    let mut story = story(CLIENT_CREDENTIALS);
    story.opens(EMPTY);
    let (validity, skew) = (story.token("24 h"), Some(back(span("7 min"))));
    story.grants_with(Grant { validity, refresh_token_ends: None, skew }).keeps();
    story.clock_is_set_forward("7 min");
    assert_eq!(story.status().skew, None);
}

#[test]
fn what_is_stored_moves_with_the_clock() {
    let mut story = holding(CLIENT_CREDENTIALS, "24 h");
    let before = story.status().token.expect("a token");
    story.at("1 h").clock_is_set_forward("2 h").cannot_keep(KeychainTrouble::Locked);
    let after = story.status().token.expect("a token");
    assert_eq!(after.generation, before.generation);
    assert_eq!(after.validity.expires_at, before.validity.expires_at + span("2 h"));
    story.is_not_saved(KeychainTrouble::Locked).after("5 s").keeps().is_not_saved(None);
    story.has_announced(1);
}

#[test]
fn a_store_that_is_under_way_is_not_started_twice_by_a_set_clock() {
    let mut story = holding(CLIENT_CREDENTIALS, "24 h");
    story.clock_is_set_forward("2 h").cannot_keep(KeychainTrouble::Locked).after("5 s");
    story.clock_is_set_back("2 h");
    story.happens(glowjar_lifecycle::input::Input::KeychainChanged).keeps().rests();
}

#[test]
fn a_set_clock_neither_ends_nor_stretches_an_outage() {
    let mut story = story(CLIENT_CREDENTIALS);
    story.opens(EMPTY).fails(Transient::Connect).clock_is_set_forward("5 h").has_called(0);
    story.clock_is_set_back("9 h");
    story.is_cut_off_until("1 min 59 s", Transient::Connect).has_called(0);
    story.at("2 min").has_called(1);
}
