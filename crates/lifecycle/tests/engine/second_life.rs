//! The end of a sign-in: foretold while a person has time, and never where a renewal puts it off.

use glowjar_lifecycle::{
    failure::{Permanent, Transient},
    input::{Credential, Grant, Holding},
    sign_in_end::{Ahead, SignInEnd},
};

use super::{
    span::span,
    story::{EMPTY, REFRESH_TOKEN, Story, story},
};

/// Lets two weeks pass, each renewal saying this of the end, and tells when which forecast began.
fn fortnight(
    story: &mut Story,
    days: u32,
    said: impl Fn(&Story) -> Option<SignInEnd>,
) -> Vec<(u64, Ahead)> {
    let (begun, mut told) = (story.now, Vec::new());
    let over = begun + span("1 d") * days;
    while story.now < over {
        story.next_deadline();
        if story.is_asking() {
            let (validity, refresh_token_ends) = (story.token("24 h"), said(story));
            story.grants_with(Grant { validity, refresh_token_ends, skew: None }).keeps();
        }
        let ahead = story.status().forecast.map(|it| it.ahead);
        if let Some(ahead) = ahead.filter(|ahead| told.last().map(|(_, told)| told) != Some(ahead))
        {
            told.push((story.now.since(begun).as_secs() / 3_600, ahead));
        }
    }
    told
}

fn signed_in() -> (Story, Option<SignInEnd>) {
    let mut story = story(REFRESH_TOKEN);
    let end = SignInEnd::begun(story.now, Some(story.now + span("14 d")), None);
    story.opens(Holding { refresh_token_ends: end, ..EMPTY }).grants("24 h").keeps();
    (story, end)
}

#[test]
fn the_end_of_a_sign_in_is_foretold_three_days_one_day_and_two_hours_ahead() {
    let (mut story, begun) = signed_in();
    let said = |story: &Story| SignInEnd::renewed(begun, story.now, None, None);
    let told = fortnight(&mut story, 13, said);
    assert_eq!(told, [(11 * 24, Ahead::ThreeDays), (13 * 24, Ahead::OneDay)]);
    let told = fortnight(&mut story, 1, said);
    assert_eq!(told.last(), Some(&(22, Ahead::TwoHours)));
}

#[test]
fn an_end_that_each_renewal_puts_off_is_never_foretold() {
    for life in ["14 d", "2 d", "26 h"] {
        let mut story = story(REFRESH_TOKEN);
        let end = SignInEnd::begun(story.now, Some(story.now + span(life)), None);
        story.opens(Holding { refresh_token_ends: end, ..EMPTY }).grants("24 h").keeps();
        let slid = |story: &Story| {
            let before = story.status().refresh_token_ends;
            SignInEnd::renewed(before, story.now, Some(story.now + span(life)), None)
        };
        assert_eq!(fortnight(&mut story, 30, slid), [], "{life}");
    }
}

#[test]
fn where_the_next_renewal_comes_after_the_end_it_is_foretold_whatever_is_known() {
    let mut story = story(REFRESH_TOKEN);
    let end = SignInEnd::begun(story.now, Some(story.now + span("10 h")), None);
    story.opens(Holding { refresh_token_ends: end, ..EMPTY }).grants("24 h").keeps();
    story.at("7 h 59 min");
    assert_eq!(story.status().forecast, None);
    story.at("8 h");
    assert_eq!(story.status().forecast.map(|it| it.ahead), Some(Ahead::TwoHours));
    story.at("10 h");
    assert_eq!(story.status().forecast, None, "it is over");
}

#[test]
fn nothing_is_foretold_where_something_worse_is_to_be_said_or_nobody_wants_tokens() {
    let (mut story, begun) = signed_in();
    fortnight(&mut story, 12, |story| SignInEnd::renewed(begun, story.now, None, None));
    assert!(story.status().forecast.is_some());
    story.pauses();
    assert_eq!(story.status().forecast, None);
    story.resumes().clicks();
    if story.is_asking() {
        story.fails(Transient::Connect);
    }
    assert!(story.status().forecast.is_some(), "that heals by itself");
    story.next_request().refuses(Permanent::RefreshTokenRejected).rechecks(false, EMPTY);
    assert_eq!(story.status().forecast, None);
}

#[test]
fn a_token_with_nothing_to_renew_it_with_is_foretold_two_hours_before_its_end() {
    let mut story = story(REFRESH_TOKEN);
    let token = story.token("24 h");
    let credential = Credential::RefreshTokenMissing;
    story.opens(Holding { credential, token: Some(token), ..EMPTY });
    story.at("21 h 59 min");
    assert_eq!(story.status().forecast, None);
    story.at("22 h");
    let forecast = story.status().forecast.expect("a forecast");
    assert_eq!((forecast.ahead, forecast.end.at), (Ahead::TwoHours, token.expires_at));
}

#[test]
fn setting_the_clock_moves_no_forecast() {
    let (mut story, begun) = signed_in();
    fortnight(&mut story, 9, |story| SignInEnd::renewed(begun, story.now, None, None));
    story.clock_is_set_forward("90 d");
    assert_eq!(story.status().forecast, None);
    story.clock_is_set_back("180 d");
    assert_eq!(story.status().forecast, None);
}
