//! Who gave the token wants nobody to have it for now.

use glowjar_lifecycle::{
    failure::Transient,
    id::Generation,
    input::{Holding, Input, KeychainTrouble},
    status::Trouble,
};

use super::story::{CLIENT_CREDENTIALS, EMPTY, PROFILE, Story, holding, story};

const WITHHELD: Trouble = Trouble::Transient(Transient::Withheld);

fn withhold(story: &mut Story, generation: Generation) {
    story.happens(Input::TokenWithheld { profile: PROFILE, generation });
}

#[test]
fn a_withheld_token_is_nobody_s_until_it_is_released_and_nothing_is_asked_for_it() {
    let mut story = holding(CLIENT_CREDENTIALS, "24 h");
    let generation = story.generation();
    story.at("1 h");
    withhold(&mut story, generation);
    story.is_dark().has_trouble(WITHHELD).calls_a_person(None).asked(1);
    story.at("2 h").is_dark().asked(1).has_called(0);
    story.happens(Input::TokenReleased { profile: PROFILE }).is_live().has_trouble(None).rests();
    assert_eq!(story.generation(), generation);
    story.asks_between("22 h 45 min", "23 h 15 min");
}

#[test]
fn a_token_that_is_given_after_all_is_not_withheld_and_an_old_order_means_nothing() {
    let mut story = holding(CLIENT_CREDENTIALS, "24 h");
    let generation = story.generation();
    withhold(&mut story, generation);
    story.next_request().is_dark().grants("24 h").keeps().is_live().has_trouble(None);
    withhold(&mut story, generation);
    story.is_live();
}

#[test]
fn what_was_withheld_before_the_start_is_so_whenever_the_keychain_is_read_until_it_is_released() {
    for is_locked_first in [false, true] {
        let mut story = story(CLIENT_CREDENTIALS);
        story.happens(Input::WithholdingRemembered { profile: PROFILE });
        if is_locked_first {
            let trouble = KeychainTrouble::Locked;
            story.happens(Input::SecretsUnavailable { profile: PROFILE, trouble });
            story.happens(Input::KeychainChanged);
        }
        let token = Some(story.token("24 h"));
        story.opens(Holding { token, ..EMPTY }).is_dark().has_trouble(WITHHELD).asked(0);
        story.at("2 h").is_dark().asked(0);
        story.happens(Input::TokenReleased { profile: PROFILE }).is_live().has_trouble(None);
    }
}

#[test]
fn what_is_released_before_the_keychain_is_read_is_not_withheld() {
    let mut story = story(CLIENT_CREDENTIALS);
    story.happens(Input::WithholdingRemembered { profile: PROFILE });
    story.happens(Input::TokenReleased { profile: PROFILE });
    let token = Some(story.token("24 h"));
    story.opens(Holding { token, ..EMPTY }).is_live().has_trouble(None);
}
