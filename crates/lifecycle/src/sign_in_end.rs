//! The second life: when a sign-in ends, after which no token can be renewed without a person, and how far ahead of it a
//! person is told.

use std::time::Duration;

use crate::time::{Step, Timestamp};

/// When a refresh token ends, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignInEnd {
    pub at: Timestamp,
    /// When this end came to be known; absent for one that was stored before that was.
    pub since: Option<Timestamp>,
    /// Nobody said it: it is what the provider usually gives.
    pub is_assumed: bool,
    pub moves: Moves,
}

/// Whether a renewal puts the end off. Providers differ, and few say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moves {
    /// Nothing was renewed since the sign-in.
    NotSeen,
    /// A renewal did not prove otherwise.
    Stays,
    /// A renewal brought a later end, or worked after the end.
    Slides,
}

/// How long before the end of a sign-in a person is told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ahead {
    ThreeDays,
    OneDay,
    TwoHours,
}

/// The end of a sign-in is near.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forecast {
    pub end: SignInEnd,
    pub ahead: Ahead,
}

impl SignInEnd {
    /// An end that somebody said, with nothing else known of it.
    #[must_use]
    pub const fn said(at: Timestamp) -> Self {
        Self { at, since: None, is_assumed: false, moves: Moves::NotSeen }
    }

    /// Of a sign-in whose first token came at `now`. `usual` is how long the provider says that a sign-in lasts.
    #[must_use]
    pub fn begun(now: Timestamp, said: Option<Timestamp>, usual: Option<Duration>) -> Option<Self> {
        let at = said.or_else(|| Some(now + usual?))?;
        let is_assumed = said.is_none();
        Some(Self { at, since: Some(now), is_assumed, moves: Moves::NotSeen })
    }

    /// What is known after a renewal at `now` whose reply said this of the refresh token's end, or nothing.
    #[must_use]
    pub fn renewed(
        before: Option<Self>,
        now: Timestamp,
        said: Option<Timestamp>,
        usual: Option<Duration>,
    ) -> Option<Self> {
        let Some(before) = before else { return Self::begun(now, said, usual) };
        let slides = before.moves == Moves::Slides;
        Some(match said {
            Some(at) if before.is_assumed => {
                let moves = if slides { Moves::Slides } else { Moves::NotSeen };
                Self { at, is_assumed: false, moves, ..before }
            }
            Some(at) if at > before.at + SAME => {
                Self { at, since: Some(now), is_assumed: false, moves: Moves::Slides }
            }
            Some(at) => {
                Self { at, moves: if slides { Moves::Slides } else { Moves::Stays }, ..before }
            }
            None if before.at <= now || before.is_assumed && slides => {
                let known = before.since.map(|since| before.at.since(since));
                let life = known.or(usual).unwrap_or(USUAL);
                let (at, since) = (now + life, Some(now));
                Self { at, since, is_assumed: true, moves: Moves::Slides }
            }
            None => Self { moves: if slides { Moves::Slides } else { Moves::Stays }, ..before },
        })
    }

    /// The same end on a clock that was moved by `step`.
    #[must_use]
    pub fn shifted(self, step: Step) -> Self {
        let since = self.since.map(|since| since.shifted(step));
        Self { at: self.at.shifted(step), since, ..self }
    }

    /// How near the end is, if it is near and not over. A sign-in that lasts two days is not told of three days ahead.
    #[must_use]
    pub fn ahead(self, now: Timestamp) -> Option<Ahead> {
        let passed = self.boundaries().filter(|(_, at)| *at <= now).map(|(ahead, _)| ahead);
        passed.max().filter(|_| now < self.at)
    }

    /// The next moment at which [`Self::ahead`] says something else.
    #[must_use]
    pub fn next_look(self, now: Timestamp) -> Option<Timestamp> {
        self.boundaries().map(|(_, at)| at).chain([self.at]).filter(|at| *at > now).min()
    }

    fn boundaries(self) -> impl Iterator<Item = (Ahead, Timestamp)> {
        let moments = Ahead::ALL.map(|ahead| (ahead, self.at - ahead.span()));
        moments.into_iter().filter(move |(_, at)| self.since.is_none_or(|since| since < *at))
    }
}

impl Ahead {
    /// The farthest first.
    pub const ALL: [Self; 3] = [Self::ThreeDays, Self::OneDay, Self::TwoHours];

    #[must_use]
    pub const fn span(self) -> Duration {
        match self {
            // Over a weekend.
            Self::ThreeDays => Duration::from_secs(3 * 86_400),
            Self::OneDay => Duration::from_secs(86_400),
            // While somebody is still at work.
            Self::TwoHours => Duration::from_secs(2 * 3_600),
        }
    }
}

/// Two readings of one end differ by no more: a `Date` header shows whole seconds.
const SAME: Duration = Duration::from_secs(10);
/// Where neither the provider nor its replies ever named a span: Adobe's, which is the shortest of the well-known ones.
const USUAL: Duration = Duration::from_secs(14 * 86_400);

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);
    const DAY: Duration = Duration::from_secs(86_400);
    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    #[test]
    fn what_the_provider_usually_gives_is_assumed_until_somebody_says_an_end() {
        let assumed = SignInEnd::begun(NOW, None, Some(14 * DAY)).unwrap();
        assert_eq!((assumed.at, assumed.is_assumed), (NOW + 14 * DAY, true));
        let told = SignInEnd::renewed(Some(assumed), NOW + DAY, Some(NOW + 9 * DAY), None).unwrap();
        assert_eq!((told.at, told.is_assumed), (NOW + 9 * DAY, false));
        assert_eq!(SignInEnd::begun(NOW, None, None), None);
    }

    #[test]
    fn an_end_stays_until_a_renewal_proves_that_it_slides() {
        let begun = SignInEnd::begun(NOW, Some(NOW + 14 * DAY), None);
        let silent = SignInEnd::renewed(begun, NOW + DAY, None, None).unwrap();
        assert_eq!((silent.at, silent.moves), (NOW + 14 * DAY, Moves::Stays));
        let same = SignInEnd::renewed(begun, NOW + DAY, Some(NOW + 14 * DAY + HOUR / 3_600), None);
        assert_eq!(same.unwrap().moves, Moves::Stays);
        let earlier = SignInEnd::renewed(begun, NOW + DAY, Some(NOW + 2 * DAY), None).unwrap();
        assert_eq!((earlier.at, earlier.moves), (NOW + 2 * DAY, Moves::Stays));
        let later = SignInEnd::renewed(begun, NOW + DAY, Some(NOW + 15 * DAY), None).unwrap();
        assert_eq!((later.at, later.moves), (NOW + 15 * DAY, Moves::Slides));
    }

    #[test]
    fn a_renewal_after_the_end_proves_that_it_was_none() {
        let assumed = SignInEnd::begun(NOW, None, Some(14 * DAY));
        let assumed = SignInEnd::renewed(assumed, NOW + DAY, None, None);
        let outlived = SignInEnd::renewed(assumed, NOW + 15 * DAY, None, None).unwrap();
        assert_eq!((outlived.at, outlived.moves), (NOW + 29 * DAY, Moves::Slides));
        assert!(outlived.is_assumed);
        let next = SignInEnd::renewed(Some(outlived), NOW + 16 * DAY, None, None).unwrap();
        assert_eq!(next.at, NOW + 30 * DAY);
        let said = SignInEnd::renewed(Some(SignInEnd::said(NOW)), NOW + DAY, None, None).unwrap();
        assert_eq!((said.at, said.is_assumed), (NOW + 15 * DAY, true));
    }

    #[test]
    fn how_near_the_end_is_changes_four_times() {
        let end = SignInEnd::begun(NOW, Some(NOW + 14 * DAY), None).unwrap();
        let mut told = vec![(NOW, end.ahead(NOW))];
        while let Some(at) = end.next_look(told.last().unwrap().0) {
            told.push((at, end.ahead(at)));
        }
        let expected = [
            (NOW, None),
            (end.at - 3 * DAY, Some(Ahead::ThreeDays)),
            (end.at - DAY, Some(Ahead::OneDay)),
            (end.at - 2 * HOUR, Some(Ahead::TwoHours)),
            (end.at, None),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn a_short_sign_in_is_told_of_only_as_far_ahead_as_it_lasts() {
        let end = SignInEnd::begun(NOW, Some(NOW + 2 * DAY), None).unwrap();
        assert_eq!(end.ahead(NOW), None);
        assert_eq!(end.ahead(NOW + DAY), Some(Ahead::OneDay));
        let end = SignInEnd::begun(NOW, Some(NOW + HOUR), None).unwrap();
        assert_eq!((end.ahead(NOW + HOUR / 2), end.next_look(NOW)), (None, Some(end.at)));
        // Of one from before, nobody knows how long it has been known.
        assert_eq!(SignInEnd::said(NOW + 2 * DAY).ahead(NOW), Some(Ahead::ThreeDays));
    }
}
