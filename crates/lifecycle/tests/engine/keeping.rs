//! The keychain: tokens are durable before they are announced, and each of its troubles is a state of its own.

use glowjar_lifecycle::{
    failure::Transient,
    input::{Change, Credential, Holding, Input, KeychainTrouble},
    status::{Incident, Phase, Trouble},
};

use super::{
    span::span,
    story::{CLIENT_CREDENTIALS, EMPTY, REFRESH_TOKEN, holding, story},
};

#[test]
fn f03_a_token_is_kept_before_it_is_announced_and_nothing_happens_in_between() {
    let mut story = story(REFRESH_TOKEN);
    story.opens(EMPTY).grants("1 min").has_announced(0).clicks();
    // The vault may take its time, a person may click: no request goes out before the reply is safe.
    story.after("10 min").clicks().asked(1).has_announced(0).keeps().has_announced_it();
}

#[test]
fn f04_a_refused_write_is_shown_retried_and_never_stops_the_token() {
    let mut story = story(REFRESH_TOKEN);
    story.opens(EMPTY).grants("24 h").cannot_keep(KeychainTrouble::Refused);
    story.is_not_saved(KeychainTrouble::Refused).is_live().has_announced(1).has_called(0);
    for at in ["5 s", "15 s", "35 s", "1 min 5 s", "1 min 35 s"] {
        story.rests().at(at).cannot_keep(KeychainTrouble::Refused);
    }
    story.at("2 min 5 s").keeps().is_not_saved(None).has_announced(1).asked(1).rests();
}

#[test]
fn f04_an_unlocked_keychain_is_written_to_at_once() {
    let mut story = story(REFRESH_TOKEN);
    story.opens(EMPTY).grants("24 h").cannot_keep(KeychainTrouble::Locked).at("1 s").rests();
    story.happens(Input::KeychainChanged).keeps().is_not_saved(None);
}

#[test]
fn f04_the_next_token_replaces_the_one_that_could_not_be_kept() {
    let mut story = story(REFRESH_TOKEN);
    story.opens(EMPTY).grants("1 h").cannot_keep(KeychainTrouble::Refused);
    let first = story.generation();
    story.at("6 s").clicks().asked(2).grants("1 h");
    let profile = super::story::PROFILE;
    let trouble = KeychainTrouble::Refused;
    // What is said of the first token is old news.
    story.happens(Input::KeepFailed { profile, generation: first, trouble }).is_not_saved(None);
    story.has_announced(1);
}

#[test]
fn f22_a_locked_keychain_is_said_at_once_and_opened_as_soon_as_it_is_unlocked() {
    for trouble in [KeychainTrouble::Locked, KeychainTrouble::NotAnswering] {
        let mut story = story(REFRESH_TOKEN);
        story.cannot_open(trouble).has_trouble(Trouble::Keychain(trouble)).asked(0);
        let until = story.now + span("5 s");
        story.is_in(Phase::Waiting { until }).calls_a_person(None);
        let stored = Holding { token: Some(story.token("24 h")), ..EMPTY };
        story.at("2 s").happens(Input::KeychainChanged).opens(stored).is_live().asked(0);
        story.has_trouble(None).after("1 h").has_called(0);
    }
}

#[test]
fn f22_an_unlocked_keychain_is_noticed_without_anyone_telling() {
    let mut story = story(REFRESH_TOKEN);
    for at in ["5 s", "15 s", "35 s", "1 min 5 s", "1 min 35 s", "2 min 5 s"] {
        story.cannot_open(KeychainTrouble::Locked).at(at);
    }
    story.has_called(1).calls_a_person(Incident::NoLiveToken);
    let stored = Holding { token: Some(story.token("24 h")), ..EMPTY };
    story.opens(stored).is_live().calls_a_person(None).has_trouble(None).asked(0);
}

#[test]
fn f22_a_person_may_ask_the_keychain_again() {
    let mut story = story(REFRESH_TOKEN);
    story.cannot_open(KeychainTrouble::Locked).at("1 s").clicks().opens(EMPTY).asked(1);
}

#[test]
fn f23_without_a_keychain_a_typed_credential_serves_for_this_run() {
    let absent = KeychainTrouble::Absent;
    let mut story = story(CLIENT_CREDENTIALS);
    story.cannot_open(absent).has_trouble(Trouble::Keychain(absent)).asked(0);
    story.at("3 s").edits(Change::Credential, EMPTY).grants("1 h").cannot_keep(absent);
    story.is_live().is_not_saved(absent).has_announced(1).has_trouble(None).has_called(0);
    while story.now < story.beginning() + span("50 min") {
        story.next_deadline();
        if story.is_keeping() {
            story.cannot_keep(absent);
        }
    }
    story.asked(1).is_live().is_not_saved(absent);
}

#[test]
fn f25_a_missing_entry_asks_a_person_and_a_click_looks_again() {
    let missing = Holding { credential: Credential::SecretMissing, ..EMPTY };
    let mut story = story(CLIENT_CREDENTIALS);
    story.opens(missing).is_in(Phase::Halted).has_trouble(Trouble::SecretMissing).has_called(1);
    story.after("1 d").asked(0).clicks().opens(missing).is_in(Phase::Halted);
    story.clicks().opens(EMPTY).calls_a_person(None).grants("1 h").keeps().is_live().has_called(1);
}

#[test]
fn f25_a_token_without_its_credential_is_used_to_its_end() {
    let mut story = story(CLIENT_CREDENTIALS);
    let token = Some(story.token("1 h"));
    story.opens(Holding { credential: Credential::SecretMissing, token, ..EMPTY }).is_live();
    story.has_announced(1).is_in(Phase::Halted).at("59 min").is_live().at("2 h").is_dark();
    story.asked(0).has_called(1);
}

#[test]
fn nothing_is_minted_after_a_second_look_at_the_same_token() {
    let mut story = story(CLIENT_CREDENTIALS);
    let token = Some(story.token("1 h"));
    story.opens(Holding { credential: Credential::SecretMissing, token, ..EMPTY });
    let generation = story.generation();
    story.at("1 min").clicks().opens(Holding { token, ..EMPTY }).is_live().asked(0);
    assert_eq!(story.generation(), generation);
    story.has_announced(1).calls_a_person(None).asks_between("54 min", "56 min");
}

#[test]
fn a_keychain_that_closes_later_does_not_touch_the_token_in_use() {
    let mut story = holding(REFRESH_TOKEN, "1 h");
    story.asks_between("54 min", "56 min").fails(Transient::Connect).is_live();
    story.after("30 s").grants("1 h").cannot_keep(KeychainTrouble::NotAnswering).is_live();
    story.is_not_saved(KeychainTrouble::NotAnswering).has_announced(2);
}
