//! When a person is called: once per incident, never while there is time to heal, and taken back when it is over.

use glowjar_lifecycle::{
    failure::{Permanent, Transient},
    input::KeychainTrouble,
    status::Incident,
};

use super::story::{CLIENT_CREDENTIALS, EMPTY, REFRESH_TOKEN, holding, story};

#[test]
fn f30_a_night_of_failures_is_one_incident_and_over_with_the_next_token() {
    let mut story = holding(CLIENT_CREDENTIALS, "1 h");
    story.is_cut_off_until("1 h 1 min 59 s", Transient::Connect);
    story.is_dark().has_called(0);
    story.is_cut_off_until("9 h", Transient::Connect);
    story.has_called(1).calls_a_person(Incident::NoLiveToken);
    story.is_cut_off_until("9 h 2 min", Transient::Connect);
    story.asks_between("9 h 2 min", "9 h 4 min");
    story.grants("1 h").calls_a_person(None).keeps().has_called(1);
}

#[test]
fn f30_a_refusal_after_a_night_of_failures_is_the_same_incident() {
    let mut story = story(REFRESH_TOKEN);
    story.opens(EMPTY);
    story.is_cut_off_until("8 h", Transient::Connect);
    story.asks_between("8 h", "8 h 2 min");
    story.refuses(Permanent::RefreshTokenRejected).rechecks(false, EMPTY).has_called(1);
    story.calls_a_person(Incident::PersonNeeded).after("2 d").has_called(1);
}

#[test]
fn a_token_that_ends_during_a_wait_starts_the_clock_at_its_end() {
    let mut story = holding(CLIENT_CREDENTIALS, "10 min");
    story.is_cut_off_until("11 min 59 s 999 ms", Transient::Connect);
    story.has_called(0).at("12 min").has_called(1);
}

#[test]
fn a_short_outage_while_dark_is_nobodys_business() {
    let mut story = story(CLIENT_CREDENTIALS);
    story.opens(EMPTY);
    story.is_cut_off_until("40 s", Transient::Connect);
    story.asks_between("40 s", "1 min 59 s").grants("1 h").keeps().has_called(0);
}

#[test]
fn waking_up_gives_the_network_its_time_again() {
    let mut story = holding(CLIENT_CREDENTIALS, "1 h");
    story.is_cut_off_until("1 h 1 min", Transient::Connect);
    story.sleeps("8 h").has_called(0);
    story.is_cut_off_until("9 h 2 min 59 s", Transient::Connect);
    story.has_called(0);
    story.is_cut_off_until("9 h 3 min 1 s", Transient::Connect);
    story.has_called(1);
}

#[test]
fn a_pause_silences_and_resuming_starts_afresh() {
    let mut story = story(CLIENT_CREDENTIALS);
    story.cannot_open(KeychainTrouble::Locked).at("1 min").pauses();
    story.after("3 h").has_called(0).resumes();
    story.cannot_open(KeychainTrouble::Locked).after("1 min").has_called(0);
}
