//! Moments as the clocks of this computer show them.

use glowjar_lifecycle::time::Timestamp;
use jiff::{Zoned, tz::TimeZone};

use crate::view::Language;

/// "18:04", "Tue 18:04" if that is not today, or "2026-10-25 18:04" if that is not this week.
pub(crate) fn local_time(at: i64, now: Timestamp, zone: &TimeZone, language: Language) -> String {
    match (local(at, zone), local(now.as_millis(), zone)) {
        (Some(at), Some(now)) if at.date() == now.date() => at.strftime("%H:%M").to_string(),
        (Some(at), Some(now)) if days_between(&at, &now) > 6 => {
            at.strftime("%Y-%m-%d %H:%M").to_string()
        }
        (Some(at), _) => {
            let day = at.weekday().to_monday_one_offset().to_string();
            let time = at.strftime("%H:%M").to_string();
            language.say_with("moment-weekday", &[("day", &day), ("time", &time)])
        }
        (None, _) => language.say("moment-distant"),
    }
}

/// As it stands in a sentence: "today at 18:04", "tomorrow at 18:04", "on Tuesday", or "on 2026-10-25" if that is not this
/// week.
pub(crate) fn local_day(at: i64, now: Timestamp, zone: &TimeZone, language: Language) -> String {
    let (Some(at), Some(now)) = (local(at, zone), local(now.as_millis(), zone)) else {
        return language.say("moment-distant");
    };
    let (date, time) = (at.strftime("%Y-%m-%d").to_string(), at.strftime("%H:%M").to_string());
    let day = at.weekday().to_monday_one_offset().to_string();
    let is_tomorrow = now.date().tomorrow().is_ok_and(|tomorrow| tomorrow == at.date());
    let message = match days_between(&at, &now) {
        0 => "day-today",
        _ if is_tomorrow => "day-tomorrow",
        ..=6 => "day-weekday",
        _ => "day-date",
    };
    language.say_with(message, &[("day", &day), ("time", &time), ("date", &date)])
}

fn days_between(one: &Zoned, other: &Zoned) -> i32 {
    one.date().since(other.date()).map_or(i32::MAX, |span| span.get_days().abs())
}

/// `None` for what is further away than any calendar reaches. In milliseconds since 1970.
pub(crate) fn local(millis: i64, zone: &TimeZone) -> Option<Zoned> {
    let moment = jiff::Timestamp::from_millisecond(millis).ok()?;
    Some(moment.to_zoned(zone.clone()))
}

#[cfg(test)]
mod tests {
    use glowjar_import::Refusal;

    use super::*;
    use crate::understood;

    /// Sunday, 25 October 2026, 00:30 UTC: half an hour before central Europe's summer time ends.
    const BEFORE: i64 = 1_792_888_200_000;
    const HOUR: i64 = 3_600_000;

    #[test]
    fn f12_the_end_of_summer_time_moves_the_face_of_the_clock_and_not_the_moment() {
        let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").expect("a time zone");
        let now = Timestamp::from_millis(BEFORE);
        let faces =
            [0, 1, 2].map(|hours| local_time(BEFORE + hours * HOUR, now, &zone, Language::En));
        assert_eq!(faces, ["02:30", "02:30", "03:30"]);
        assert_eq!(local_time(BEFORE + 24 * HOUR, now, &zone, Language::En), "Mon 01:30");
        assert_eq!(
            local_time(BEFORE + 7 * 24 * HOUR, now, &zone, Language::En),
            "2026-11-01 01:30"
        );
        assert_eq!(
            local_time(BEFORE - 30 * 24 * HOUR, now, &zone, Language::De),
            "2026-09-25 02:30"
        );
        let monday = local_time(BEFORE + 24 * HOUR, now, &zone, Language::De);
        assert_eq!(monday, "Mo. 01:30");
    }

    #[test]
    fn a_day_is_named_as_people_name_it() {
        let now = Timestamp::from_millis(BEFORE);
        let day =
            |hours: i64, language| local_day(BEFORE + hours * HOUR, now, &TimeZone::UTC, language);
        let named = [2, 24, 48, 6 * 24, 7 * 24].map(|hours| day(hours, Language::En));
        assert_eq!(
            named,
            ["today at 02:30", "tomorrow at 00:30", "on Tuesday", "on Saturday", "on 2026-11-01"]
        );
        let named = [2, 24, 48, 7 * 24].map(|hours| day(hours, Language::De));
        assert_eq!(named, ["heute um 02:30", "morgen um 00:30", "am Dienstag", "am 2026-11-01"]);
        assert_eq!(local_day(i64::MAX, now, &TimeZone::UTC, Language::En), "a distant day");
    }

    #[test]
    fn f12_another_time_zone_shows_another_time_for_the_same_moment() {
        let now = Timestamp::from_millis(BEFORE);
        let tokyo = TimeZone::fixed(jiff::tz::offset(9));
        assert_eq!(local_time(BEFORE, now, &TimeZone::UTC, Language::En), "00:30");
        assert_eq!(local_time(BEFORE, now, &tokyo, Language::En), "09:30");
    }

    #[test]
    fn of_a_pasted_token_a_person_is_told_when_it_ends_or_that_it_is_over() {
        let now = Timestamp::from_millis(BEFORE);
        let told = |hours: Option<i64>, language| {
            let ends = hours.map(|hours| (BEFORE + hours * HOUR) / 1_000);
            let view = understood::refused(Refusal::Token { ends }, language, now, |at| {
                local_time(at, now, &TimeZone::UTC, language)
            });
            let refusal = view.refusal.expect("a reason");
            (refusal.code, refusal.message, refusal.advice)
        };
        let (code, message, advice) = told(Some(14), Language::En);
        assert_eq!((&*code, &*message), ("token_ends", "This is a token, and it ends 14:30"));
        assert!(advice.contains("good until then"), "{advice}");
        let (code, message, advice) = told(Some(-24), Language::En);
        assert_eq!((&*code, &*message), ("token_over", "This is a token, and it is over already"));
        assert!(advice.starts_with("It ended Sat 00:30. "), "{advice}");
        assert_eq!(told(Some(0), Language::En).0, "token_over");
        assert_eq!(told(None, Language::En).0, "token");
        let (_, message, _) = told(Some(38), Language::De);
        assert_eq!(message, "Das ist ein Token, und es endet Mo. 14:30");
        let (_, _, advice) = told(Some(-24 * 60), Language::De);
        assert!(advice.starts_with("Es endete 2026-08-26 00:30. "), "{advice}");
        // What nobody can believe is no panic.
        for ends in [i64::MIN, i64::MAX] {
            understood::refused(Refusal::Token { ends: Some(ends) }, Language::En, now, |at| {
                local_time(at, now, &TimeZone::UTC, Language::En)
            });
        }
    }
}
