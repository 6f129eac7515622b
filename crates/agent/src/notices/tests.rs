use super::*;

fn standing(incident: Option<Incident>, is_live: bool) -> NoticeState {
    NoticeState {
        profile: ProfileId::new(7),
        name: "Campaign".to_owned(),
        incident,
        headline: "Adobe can't be reached".to_owned(),
        advice: "Glowjar keeps trying.".to_owned(),
        is_live,
        outlook: Outlook::Far(None),
        signs_in: true,
    }
}

fn tell(notices: &mut Notices, standings: &[NoticeState]) -> Vec<Telling> {
    notices.tell(standings, NoticesWanted::All, Language::En)
}

const WELL: (Option<Incident>, bool) = (None, true);
const DARK: (Option<Incident>, bool) = (Some(Incident::NoLiveToken), false);
const HALTED: (Option<Incident>, bool) = (Some(Incident::PersonNeeded), true);
const HALTED_DARK: (Option<Incident>, bool) = (Some(Incident::PersonNeeded), false);
const TRYING: (Option<Incident>, bool) = (None, false);

/// What is told at each of these moments: `!` calls a person, `?` tells of a loss, `+` of its end, `-` takes back.
#[track_caller]
fn check(moments: &[(Option<Incident>, bool)], expect: &str) {
    let mut notices = Notices::default();
    let told: Vec<String> = moments
        .iter()
        .map(|&(incident, is_live)| {
            let tellings =
                notices.tell(&[standing(incident, is_live)], NoticesWanted::All, Language::En);
            tellings.iter().map(sign).collect::<String>()
        })
        .collect();
    assert_eq!(told.join(" "), expect);
}

fn sign(telling: &Telling) -> char {
    match telling {
        Telling::Withdraw(id) => {
            assert_eq!(id, &notice_id(ProfileId::new(7)));
            '-'
        }
        Telling::Raise(notice) => {
            assert_eq!(notice.id, notice_id(ProfileId::new(7)), "each in the place of the last");
            match notice.urgency {
                Urgency::Critical => '!',
                Urgency::Normal if notice.title.ends_with("is live again") => '+',
                Urgency::Normal => '?',
            }
        }
    }
}

#[test]
fn nothing_is_told_while_all_is_well_or_there_is_time_to_heal() {
    check(&[WELL, TRYING, WELL, TRYING], "   ");
}

#[test]
fn f30_an_incident_is_told_once_and_its_end_once() {
    check(&[WELL, DARK, DARK, DARK, WELL, WELL], " ?   + ");
    check(&[HALTED, HALTED, HALTED_DARK, WELL], "!   +");
}

#[test]
fn f30_two_incidents_are_two() {
    check(&[DARK, WELL, DARK, WELL], "? + ? +");
}

#[test]
fn f30_what_turns_out_to_need_a_person_is_told_again_but_not_the_other_way_round() {
    check(&[DARK, HALTED_DARK, HALTED_DARK, WELL], "? !  +");
    check(&[HALTED_DARK, DARK, HALTED_DARK], "!  ");
}

#[test]
fn a_notice_is_taken_back_when_somebody_acts_and_nothing_is_live_yet() {
    check(&[HALTED_DARK, TRYING, WELL], "! - ");
}

#[test]
fn a_profile_that_is_removed_takes_its_notice_along() {
    let mut notices = Notices::default();
    tell(&mut notices, &[standing(DARK.0, DARK.1)]);
    let profile = ProfileId::new(7);
    assert_eq!(notices.gone(profile), [Telling::Withdraw(notice_id(profile))]);
    assert_eq!(notices.gone(profile), []);
    assert_eq!(tell(&mut notices, &[]), []);
}

#[test]
fn each_profile_is_told_of_on_its_own() {
    let mut notices = Notices::default();
    let other = |incident| NoticeState { profile: ProfileId::new(8), ..standing(incident, false) };
    let first = tell(&mut notices, &[standing(DARK.0, DARK.1), other(None)]);
    assert_eq!(first.len(), 1);
    let second = tell(&mut notices, &[standing(DARK.0, DARK.1), other(DARK.0)]);
    let [Telling::Raise(notice)] = second.as_slice() else { panic!("{second:?}") };
    assert_eq!(notice.id, notice_id(ProfileId::new(8)));
    assert_eq!(notice.title, "Campaign: Adobe can't be reached");
    assert_eq!(notice.body, "Glowjar keeps trying.");
}

#[test]
fn who_wants_fewer_toasts_gets_fewer() {
    let told = |wanted| {
        let mut notices = Notices::default();
        let moments = [DARK, WELL, HALTED, WELL];
        let tellings = moments.map(|(incident, is_live)| {
            notices.tell(&[standing(incident, is_live)], wanted, Language::En)
        });
        tellings.iter().flatten().map(sign).collect::<String>()
    };
    assert_eq!(told(NoticesWanted::All), "?+!+");
    assert_eq!(told(NoticesWanted::WhenNeeded), "!-");
    assert_eq!(told(NoticesWanted::None), "");
}

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const DAY: std::time::Duration = std::time::Duration::from_secs(86_400);

fn near(ahead: Ahead, since: Timestamp) -> NoticeState {
    let end = SignInEnd { since: Some(since), ..SignInEnd::said(NOW + 14 * DAY) };
    NoticeState { outlook: Outlook::Near(Forecast { end, ahead }), ..standing(None, true) }
}

fn foretell(
    notices: &mut Notices,
    standing: &NoticeState,
    kept: Option<Foretold>,
) -> (Option<Telling>, Option<Foretold>) {
    let now = NOW + 11 * DAY;
    let day = |_| "on Tuesday".to_owned();
    notices.foretell(standing, kept, now, NoticesWanted::WhenNeeded, Language::En, day)
}

#[test]
fn each_span_ahead_of_the_end_of_a_sign_in_is_told_once_also_after_a_restart() {
    let (mut notices, mut kept, mut titles) = (Notices::default(), None, Vec::new());
    for ahead in [Ahead::ThreeDays, Ahead::OneDay, Ahead::TwoHours] {
        for restarts in [false, false, true] {
            if restarts {
                notices = Notices::default();
            }
            let (telling, foretold) = foretell(&mut notices, &near(ahead, NOW), kept);
            kept = foretold;
            if let Some(Telling::Raise(notice)) = telling {
                assert_eq!(notice.urgency, Urgency::Normal);
                assert_eq!(notice.buttons.len(), 1);
                titles.push(notice.title);
            }
        }
    }
    assert_eq!(titles, ["Campaign: you’ll have to sign in again on Tuesday"; 3]);
    assert_eq!(kept.map(|it| it.ahead), Some(Ahead::TwoHours));
}

#[test]
fn a_forecast_is_taken_back_when_its_end_is_no_longer_near_and_a_later_one_is_another() {
    let mut notices = Notices::default();
    let (_, kept) = foretell(&mut notices, &near(Ahead::TwoHours, NOW), None);
    let worse = NoticeState { outlook: Outlook::Unknown, ..standing(None, true) };
    let (telling, kept) = foretell(&mut notices, &worse, kept);
    assert!(matches!(telling, Some(Telling::Withdraw(_))));
    assert_eq!(foretell(&mut notices, &near(Ahead::TwoHours, NOW), kept), (None, kept));
    // Signed in again, for as short a time.
    let (telling, _) = foretell(&mut notices, &near(Ahead::ThreeDays, NOW + 12 * DAY), kept);
    assert!(matches!(telling, Some(Telling::Raise(_))));
    let far = standing(None, true);
    let (telling, kept) = foretell(&mut notices, &far, kept);
    assert_eq!((telling, kept), (Some(Telling::Withdraw(forecast_id(far.profile))), None));
    let (telling, _) = foretell(&mut notices, &near(Ahead::ThreeDays, NOW), kept);
    assert!(matches!(telling, Some(Telling::Raise(_))));
    assert_eq!(notices.gone(far.profile), [Telling::Withdraw(forecast_id(far.profile))]);
}

#[test]
fn an_assumption_is_told_as_one_and_who_pastes_refresh_tokens_is_told_of_those() {
    let mut titles = Vec::new();
    for (signs_in, is_assumed) in [(true, true), (false, false), (false, true)] {
        let Outlook::Near(forecast) = near(Ahead::OneDay, NOW).outlook else { unreachable!() };
        let end = SignInEnd { is_assumed, ..forecast.end };
        let outlook = Outlook::Near(Forecast { end, ..forecast });
        let standing = NoticeState { signs_in, outlook, ..near(Ahead::OneDay, NOW) };
        let (telling, _) = foretell(&mut Notices::default(), &standing, None);
        let Some(Telling::Raise(notice)) = telling else { panic!("nothing is told") };
        titles.push(notice.title);
    }
    let expected = [
        "Campaign: you’ll probably have to sign in again on Tuesday",
        "Campaign: you’ll need a new refresh token on Tuesday",
        "Campaign: you’ll probably need a new refresh token on Tuesday",
    ];
    assert_eq!(titles, expected);
}
