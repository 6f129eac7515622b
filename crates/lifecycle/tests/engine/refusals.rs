//! The provider says no for good: the token in use lives to its end, and a person is called once.

use glowjar_lifecycle::{
    failure::{Permanent, Transient},
    input::{Change, Credential, Holding, Input, KeychainTrouble, SecretSlot},
    status::{Incident, Phase, Trouble},
};

use super::{
    span::span,
    story::{CLIENT_CREDENTIALS, EMPTY, PROFILE, REFRESH_TOKEN, WITH_STANDBY, holding, story},
};

#[test]
fn f02_a_newer_refresh_token_in_the_keychain_is_adopted_and_asked_with() {
    let mut story = holding(REFRESH_TOKEN, "1 h");
    story.at("30 min").clicks().refuses(Permanent::RefreshTokenRejected).asked(2).is_live();
    story.rechecks(true, EMPTY).asked(3).calls_a_person(None).has_trouble(None);
    story.grants("1 h").keeps().has_called(0);
}

#[test]
fn what_was_refused_before_the_start_is_known_until_a_renewal_succeeds() {
    let mut story = story(CLIENT_CREDENTIALS);
    let cause = Permanent::SecretRejected;
    story.happens(Input::RefusalRemembered { profile: PROFILE, cause });
    let token = Some(story.token("1 h"));
    story.opens(Holding { token, ..EMPTY }).asked(0).is_live();
    story.has_trouble(Trouble::Rejected(cause)).calls_a_person(Incident::PersonNeeded);
    while !story.is_asking() {
        story.next_deadline();
    }
    story.is_live().grants("1 h").keeps().has_trouble(None).calls_a_person(None);
}

#[test]
fn f02_a_newer_access_token_in_the_keychain_is_adopted_and_nothing_is_asked() {
    let mut story = holding(REFRESH_TOKEN, "1 h");
    story.at("30 min").clicks().refuses(Permanent::RefreshTokenRejected);
    let theirs = story.token("1 h");
    story.rechecks(true, Holding { token: Some(theirs), ..EMPTY }).asked(2).rests().is_live();
    assert_eq!(story.status().token.map(|token| token.validity), Some(theirs));
    story.has_announced_it().asks_between("1 h 20 min", "1 h 27 min");
}

#[test]
fn f02_only_an_unchanged_refresh_token_is_dead() {
    let mut story = holding(REFRESH_TOKEN, "1 h");
    story.at("30 min").clicks().refuses(Permanent::RefreshTokenRejected).calls_a_person(None);
    story.rechecks(false, EMPTY).is_in(Phase::Halted).is_live();
    story.has_trouble(Trouble::Rejected(Permanent::RefreshTokenRejected)).has_called(1);
    story.after("30 d").asked(2).rests().has_called(1);
}

#[test]
fn f02_a_keychain_that_is_locked_at_that_moment_kills_nothing() {
    let mut story = holding(REFRESH_TOKEN, "1 h");
    story.at("30 min").clicks().refuses(Permanent::RefreshTokenRejected);
    story.cannot_recheck(KeychainTrouble::Locked).is_live().calls_a_person(None);
    story.has_trouble(Trouble::Keychain(KeychainTrouble::Locked)).at("30 min 4 s").rests();
    story.at("30 min 5 s").cannot_recheck(KeychainTrouble::Locked).asked(2).at("30 min 15 s");
    story.rechecks(true, EMPTY).asked(3).grants("1 h").keeps().has_called(0);
}

#[test]
fn f02_a_keychain_that_is_newer_each_time_is_no_reason_for_a_storm() {
    let mut story = story(REFRESH_TOKEN);
    story.opens(EMPTY);
    while story.now < story.beginning() + span("10 min") {
        if story.is_asking() {
            story.refuses(Permanent::RefreshTokenRejected).rechecks(true, EMPTY);
        } else {
            story.next_deadline();
        }
    }
    let asked = story.times_asked();
    assert!(asked <= 22, "{asked} requests in 10 min");
}

#[test]
fn f18_a_refusal_with_three_hours_left_keeps_the_token_to_its_end_and_calls_once() {
    let mut story = holding(REFRESH_TOKEN, "24 h");
    story.at("21 h").clicks().refuses(Permanent::RefreshTokenRejected).rechecks(false, EMPTY);
    story.is_in(Phase::Halted).is_live().calls_a_person(Incident::PersonNeeded);
    story.at("23 h 59 min 59 s").is_live().at("24 h").is_dark();
    story.after("10 d").asked(2).has_called(1);
}

#[test]
fn every_refusal_stops_the_asking_until_a_person_acts() {
    for cause in PERMANENT {
        let mut story = holding(CLIENT_CREDENTIALS, "24 h");
        story.at("20 h").clicks().refuses(cause).has_trouble(Trouble::Rejected(cause)).is_live();
        story.at("40 h").asked(2).has_called(1).clicks().asked(3).grants("24 h").keeps();
        story.is_live().has_trouble(None).calls_a_person(None);
    }
}

#[test]
fn f19_the_standby_secret_is_tried_once_and_used_from_then_on() {
    let mut story = story(CLIENT_CREDENTIALS);
    story.opens(WITH_STANDBY).sends(SecretSlot::Primary).refuses(Permanent::SecretRejected);
    story.sends(SecretSlot::Standby).asked(2).grants("1 h").keeps().has_called(0);
    assert_eq!(story.status().secret, SecretSlot::Standby);
    story.asks_between("54 min", "56 min").sends(SecretSlot::Standby);
}

#[test]
fn f19_two_rejected_secrets_stop_the_asking() {
    let mut story = story(CLIENT_CREDENTIALS);
    story.opens(WITH_STANDBY).refuses(Permanent::SecretRejected).refuses(Permanent::SecretRejected);
    story.is_in(Phase::Halted).has_trouble(Trouble::Rejected(Permanent::SecretRejected));
    story.after("30 d").asked(2).has_called(1);
}

#[test]
fn f19_no_other_refusal_spends_the_standby_secret() {
    for cause in PERMANENT.into_iter().filter(|cause| *cause != Permanent::SecretRejected) {
        let mut story = story(CLIENT_CREDENTIALS);
        story.opens(WITH_STANDBY).refuses(cause).is_in(Phase::Halted).asked(1);
    }
}

#[test]
fn f19_the_standby_secret_survives_trouble_on_the_way() {
    let mut story = story(CLIENT_CREDENTIALS);
    story.opens(WITH_STANDBY).refuses(Permanent::SecretRejected).fails(Transient::Connect);
    // The refusal was an answer, so the next one keeps its distance.
    story.asks_between("30 s", "30 s").sends(SecretSlot::Standby).grants("1 h");
}

#[test]
fn f19_an_edit_resumes_with_the_new_primary_secret() {
    let mut story = story(CLIENT_CREDENTIALS);
    story.opens(EMPTY).refuses(Permanent::SecretRejected).is_in(Phase::Halted).at("2 h");
    story.edits(Change::Credential, EMPTY).asked(2).sends(SecretSlot::Primary);
    story.calls_a_person(None).grants("1 h").keeps().is_live().has_called(1);
}

#[test]
fn f19_an_edit_without_a_secret_asks_for_nothing() {
    let mut story = holding(CLIENT_CREDENTIALS, "1 h");
    let incomplete = Holding { credential: Credential::SecretMissing, ..EMPTY };
    story.at("10 min").edits(Change::Credential, incomplete).is_live().asked(1);
    story.has_trouble(Trouble::SecretMissing).after("30 d").asked(1).has_called(1);
}

#[test]
fn no_secret_is_tried_while_paused() {
    let mut story = story(CLIENT_CREDENTIALS);
    story.opens(WITH_STANDBY).pauses().refuses(Permanent::SecretRejected).after("1 h").asked(1);
    story.resumes().asked(2).sends(SecretSlot::Standby);
}

#[test]
fn a_refusal_that_came_while_paused_is_told_on_resuming() {
    let mut story = story(CLIENT_CREDENTIALS);
    story.opens(EMPTY).pauses().refuses(Permanent::ScopeRejected).has_called(0);
    story.after("1 h").resumes().asked(1).calls_a_person(Incident::PersonNeeded);
}

const PERMANENT: [Permanent; 9] = [
    Permanent::SecretRejected,
    Permanent::ClientRejected,
    Permanent::SecretNotWanted,
    Permanent::RefreshTokenRejected,
    Permanent::ScopeRejected,
    Permanent::GrantNotAllowed,
    Permanent::AccountAction,
    Permanent::RequestRejected,
    Permanent::EndpointMissing,
];
