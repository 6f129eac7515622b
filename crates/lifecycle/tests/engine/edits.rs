//! Profiles that change while something is under way.

use glowjar_lifecycle::{
    failure::{Permanent, Transient},
    input::{Change, Credential, Holding, Input, Policy, SecretSlot},
    status::{Phase, Trouble},
};

use super::{
    span::span,
    story::{CLIENT_CREDENTIALS, EMPTY, PROFILE, REFRESH_TOKEN, WITH_STANDBY, holding, story},
};

const SECRET_MISSING: Holding = Holding { credential: Credential::SecretMissing, ..EMPTY };

#[test]
fn another_identity_drops_the_token_and_the_answer_to_the_old_request() {
    let mut story = holding(REFRESH_TOKEN, "1 h");
    story.at("1 min").clicks();
    let old = story.attempt();
    story.edits(Change::Identity, EMPTY).is_dark().asked(3);
    let validity = story.token("1 h");
    let grant = glowjar_lifecycle::input::Grant { validity, refresh_token_ends: None, skew: None };
    story.happens(Input::Granted { profile: PROFILE, attempt: old, grant }).is_dark();
    story.has_announced(1);
}

#[test]
fn another_identity_during_the_keeping_is_not_mistaken_for_the_old_one() {
    let mut story = story(REFRESH_TOKEN);
    story.opens(EMPTY).grants("1 h").edits(Change::Identity, EMPTY).keeps();
    story.is_dark().has_announced(0).asked(2).grants("1 h").keeps().has_announced(1).is_live();
}

#[test]
fn the_refusal_of_an_old_secret_says_nothing_about_the_new_one() {
    let mut story = story(CLIENT_CREDENTIALS);
    story.opens(EMPTY).edits(Change::Credential, EMPTY).asked(1);
    story.refuses(Permanent::SecretRejected).asked(2).has_called(0).grants("1 h").keeps();
}

#[test]
fn a_token_got_with_the_old_standby_secret_does_not_make_the_new_profile_send_one() {
    let mut story = story(CLIENT_CREDENTIALS);
    story.opens(WITH_STANDBY).refuses(Permanent::SecretRejected).sends(SecretSlot::Standby);
    story.edits(Change::Credential, EMPTY).grants("1 h").keeps().sends_next(SecretSlot::Primary);
}

#[test]
fn a_secret_removed_while_a_request_is_under_way_leaves_the_token_and_no_loop() {
    let mut story = story(CLIENT_CREDENTIALS);
    story.opens(EMPTY).edits(Change::Credential, SECRET_MISSING).grants("1 h").keeps();
    story.is_live().is_in(Phase::Halted).has_trouble(Trouble::SecretMissing);
    story.after("2 d").asked(1).has_no_deadline_left().has_called(1);
}

#[test]
fn a_secret_removed_while_a_request_fails_is_asked_for() {
    let mut story = story(CLIENT_CREDENTIALS);
    story.opens(EMPTY).edits(Change::Credential, SECRET_MISSING).fails(Transient::Dns);
    story.is_in(Phase::Halted).has_trouble(Trouble::SecretMissing).after("2 d").asked(1);
}

#[test]
fn a_paused_profile_that_misses_its_secret_calls_nobody_before_it_is_resumed() {
    let mut story = story(CLIENT_CREDENTIALS);
    story.pauses().opens(SECRET_MISSING).after("1 d").has_called(0).resumes().has_called(1);
}

#[test]
fn a_new_margin_is_a_new_plan_and_no_request() {
    let mut story = holding(CLIENT_CREDENTIALS, "24 h");
    let policy = Policy { renew_early: Some(span("10 h")), ..CLIENT_CREDENTIALS };
    let change = Change::Policy;
    story.at("1 h").happens(Input::ProfileChanged {
        profile: PROFILE,
        policy,
        change,
        holding: EMPTY,
    });
    story.asked(1).asks_between("12 h", "16 h").is_live();
}

#[test]
fn a_removed_profile_leaves_nothing_behind_and_its_old_answers_do_not_return() {
    let mut story = holding(CLIENT_CREDENTIALS, "1 h");
    story.at("1 min").clicks();
    let (attempt, validity) = (story.attempt(), story.token("1 h"));
    story.forget();
    let grant = glowjar_lifecycle::input::Grant { validity, refresh_token_ends: None, skew: None };
    story.happens(Input::Granted { profile: PROFILE, attempt, grant }).has_no_deadline_left();
    let policy = CLIENT_CREDENTIALS;
    story.happens(Input::ProfileAdded { profile: PROFILE, policy, paused: false });
    story.happens(Input::Granted { profile: PROFILE, attempt, grant }).is_dark();
}
