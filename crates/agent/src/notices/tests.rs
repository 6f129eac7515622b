use super::*;

fn standing(incident: Option<Incident>, is_live: bool) -> NoticeState {
    NoticeState {
        profile: ProfileId::new(7),
        name: "Campaign".to_owned(),
        incident,
        headline: "Adobe can't be reached".to_owned(),
        advice: "Glowjar keeps trying.".to_owned(),
        is_live,
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
    assert_eq!(notices.gone(profile), Some(Telling::Withdraw(notice_id(profile))));
    assert_eq!(notices.gone(profile), None);
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
