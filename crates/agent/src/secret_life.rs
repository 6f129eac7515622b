//! How old a client secret is, and by when a person wants another in its place. Adobe's secrets don't end by themselves;
//! studios replace them by habit.

use std::time::Duration;

use glowjar_lifecycle::time::Timestamp;

use crate::view::ReplaceByView;

/// Of a profile's client secret, nothing of which is in here. Calendar times: setting the clock moves none of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SecretLife {
    /// When it was entered here; absent for one that an earlier version took. It may be older.
    pub since: Option<Timestamp>,
    pub replace_by: Option<ReplaceBy>,
    /// The last reminder that was given.
    pub reminded: Option<Reminder>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplaceBy {
    On(Timestamp),
    /// Days after it was entered.
    After {
        days: u32,
    },
}

/// In the order in which they are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reminder {
    /// [`AHEAD`] of the end.
    Ahead,
    Due,
}

impl Reminder {
    const ALL: [Self; 2] = [Self::Ahead, Self::Due];

    fn at(self, due: Timestamp) -> Timestamp {
        match self {
            Self::Ahead => due - AHEAD,
            Self::Due => due,
        }
    }
}

impl ReplaceBy {
    /// `None` for a day that is over and for an age that is none. At most [`MOST_DAYS`].
    pub(crate) fn parse(view: ReplaceByView, now: Timestamp) -> Option<Self> {
        match view {
            ReplaceByView::On { at } => {
                let at = Timestamp::from_millis(at);
                (at > now && at <= now + days(MOST_DAYS)).then_some(Self::On(at))
            }
            ReplaceByView::After { days } => {
                (1..=MOST_DAYS).contains(&days).then_some(Self::After { days })
            }
        }
    }

    pub(crate) const fn view(self) -> ReplaceByView {
        match self {
            Self::On(at) => ReplaceByView::On { at: at.as_millis() },
            Self::After { days } => ReplaceByView::After { days },
        }
    }
}

impl SecretLife {
    /// When it is to be replaced.
    #[must_use]
    pub fn due(&self) -> Option<Timestamp> {
        match self.replace_by? {
            ReplaceBy::On(at) => Some(at),
            ReplaceBy::After { days: count } => Some(self.since? + days(count)),
        }
    }

    /// A person chose. An age counts from now where nobody wrote down when the secret came. Nobody is reminded at once of
    /// what they see before them.
    pub(crate) fn plan(&mut self, replace_by: Option<ReplaceBy>, now: Timestamp) {
        self.replace_by = replace_by;
        if matches!(replace_by, Some(ReplaceBy::After { .. })) {
            self.since = self.since.or(Some(now));
        }
        self.reminded = None;
        self.reminded = self.reminder(now);
    }

    /// Another secret was entered. A date was for the one before, an age goes for this one too.
    pub(crate) fn replaced(&mut self, now: Timestamp) {
        self.since = Some(now);
        self.replace_by = self.replace_by.filter(|it| matches!(it, ReplaceBy::After { .. }));
        self.reminded = None;
    }

    /// The reminder that is to be given now.
    pub(crate) fn reminder(&self, now: Timestamp) -> Option<Reminder> {
        let due = self.due()?;
        let reached = Reminder::ALL.into_iter().rfind(|reminder| reminder.at(due) <= now);
        reached.filter(|reminder| self.reminded.is_none_or(|given| given < *reminder))
    }

    /// When the next reminder is to be given.
    pub(crate) fn reminder_at(&self) -> Option<Timestamp> {
        let due = self.due()?;
        let next = |reminder: &Reminder| self.reminded.is_none_or(|given| given < *reminder);
        Reminder::ALL.into_iter().find(next).map(|reminder| reminder.at(due))
    }
}

/// Time for an admin to answer a mail.
const AHEAD: Duration = days(14);
/// Ten years.
const MOST_DAYS: u32 = 3_650;

const fn days(count: u32) -> Duration {
    Duration::from_secs(count as u64 * 24 * 3_600)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000_000_000);

    fn aged(count: u32) -> SecretLife {
        let mut life = SecretLife { since: Some(NOW), ..SecretLife::default() };
        life.plan(Some(ReplaceBy::After { days: count }), NOW);
        life
    }

    #[test]
    fn it_reminds_two_weeks_ahead_and_on_the_day_and_then_no_more() {
        let mut life = aged(90);
        assert_eq!(life.reminder_at(), Some(NOW + days(76)));
        assert_eq!(life.reminder(NOW + days(75)), None);
        assert_eq!(life.reminder(NOW + days(76)), Some(Reminder::Ahead));
        life.reminded = Some(Reminder::Ahead);
        assert_eq!((life.reminder(NOW + days(80)), life.reminder_at()), (None, life.due()));
        assert_eq!(life.reminder(NOW + days(90)), Some(Reminder::Due));
        life.reminded = Some(Reminder::Due);
        assert_eq!((life.reminder(NOW + days(999)), life.reminder_at()), (None, None));
    }

    #[test]
    fn who_was_away_for_both_reminders_gets_the_last() {
        assert_eq!(aged(90).reminder(NOW + days(200)), Some(Reminder::Due));
    }

    #[test]
    fn nobody_is_reminded_at_once_of_what_they_have_just_chosen() {
        let life = aged(7);
        assert_eq!((life.reminder(NOW), life.reminder_at()), (None, Some(NOW + days(7))));
    }

    #[test]
    fn an_age_goes_on_with_the_next_secret_and_a_date_does_not() {
        let mut life = aged(90);
        life.replaced(NOW + days(80));
        assert_eq!(life.due(), Some(NOW + days(170)));
        life.plan(Some(ReplaceBy::On(NOW + days(100))), NOW + days(80));
        life.replaced(NOW + days(81));
        assert_eq!((life.due(), life.since), (None, Some(NOW + days(81))));
    }

    #[test]
    fn a_secret_of_unknown_age_counts_from_when_an_age_was_chosen() {
        let mut life = SecretLife::default();
        life.plan(Some(ReplaceBy::After { days: 30 }), NOW);
        assert_eq!(life.due(), Some(NOW + days(30)));
    }

    #[test]
    fn a_day_that_is_over_and_an_age_of_none_are_refused() {
        let on = |at: Timestamp| ReplaceByView::On { at: at.as_millis() };
        for view in [on(NOW), on(NOW - days(1)), on(Timestamp::FAR_FUTURE)] {
            assert_eq!(ReplaceBy::parse(view, NOW), None, "{view:?}");
        }
        for days in [0, MOST_DAYS + 1, u32::MAX] {
            assert_eq!(ReplaceBy::parse(ReplaceByView::After { days }, NOW), None);
        }
        assert!(ReplaceBy::parse(on(NOW + days(1)), NOW).is_some());
    }
}
