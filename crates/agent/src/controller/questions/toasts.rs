//! How often programs may have a person called by a toast. The window and the tray show every question at once.

use std::{collections::VecDeque, time::Duration};

use glowjar_lifecycle::time::{Step, Timestamp};

use crate::{handout::Program, timed::Timed};

/// The toasts of the last minute and what program each was about.
#[derive(Debug, Default)]
pub(super) struct Toasts {
    raised: VecDeque<(Timestamp, Program)>,
}

impl Toasts {
    /// When the next one about this program may come. In the past if it may come now.
    pub(super) fn next(&self, program: &Program, now: Timestamp) -> Timestamp {
        let of_all = after(self.raised.iter().map(|(at, _)| *at), MOST);
        let of_this = self.raised.iter().filter(|(_, of)| of == program).map(|(at, _)| *at);
        let of_this = after(of_this, MOST_OF_ONE);
        of_all.max(of_this).unwrap_or(now)
    }

    /// The person answered about this program: its toasts were wanted, and the next question may come at once.
    pub(super) fn answered(&mut self, program: &Program) {
        self.raised.retain(|(_, of)| of != program);
    }

    pub(super) fn raised(&mut self, program: Program, now: Timestamp) {
        self.raised.push_back((now, program));
        if self.raised.len() > MOST {
            self.raised.pop_front();
        }
    }
}

/// When there are fewer than `most` within [`SPAN`]; `None` if there never were as many. From the oldest to the newest.
fn after(raised: impl Iterator<Item = Timestamp>, most: usize) -> Option<Timestamp> {
    let raised: Vec<_> = raised.collect();
    let place = raised.len().checked_sub(most)?;
    Some(raised[place] + SPAN)
}

impl Timed for Toasts {
    fn shift(&mut self, step: Step) {
        for (at, _) in &mut self.raised {
            *at = at.shifted(step);
        }
    }
}

/// A person reads a toast in some seconds, and more of them than these would be clicked away unread.
const SPAN: Duration = Duration::from_secs(60);
const MOST: usize = 6;
/// Two profiles at once are usual for one script, more are not.
const MOST_OF_ONE: usize = 2;

#[cfg(test)]
mod tests {
    use super::*;

    fn program(name: &str) -> Program {
        Program { file: name.to_owned(), sender: None }
    }

    const fn second(second: i64) -> Timestamp {
        Timestamp::from_millis(second * 1_000)
    }

    #[test]
    fn one_program_raises_two_toasts_a_minute_and_leaves_the_next_to_others() {
        let mut toasts = Toasts::default();
        let (one, other) = (program("/bin/one"), program("/bin/other"));
        for at in [0, 10] {
            assert!(toasts.next(&one, second(at)) <= second(at));
            toasts.raised(one.clone(), second(at));
        }
        assert_eq!(toasts.next(&one, second(11)), second(60));
        assert!(toasts.next(&other, second(11)) <= second(11));
        toasts.raised(one.clone(), second(60));
        assert_eq!(toasts.next(&one, second(61)), second(70));
    }

    #[test]
    fn a_program_that_was_answered_about_may_have_the_person_called_again() {
        let mut toasts = Toasts::default();
        let (one, other) = (program("/bin/one"), program("/bin/other"));
        for program in [&one, &other, &one, &other] {
            toasts.raised(program.clone(), second(0));
        }
        toasts.answered(&one);
        assert!(toasts.next(&one, second(1)) <= second(1));
        assert_eq!(toasts.next(&other, second(1)), second(60));
    }

    #[test]
    fn programs_that_are_made_up_raise_six_toasts_a_minute_together() {
        let mut toasts = Toasts::default();
        for n in 0..6 {
            toasts.raised(program(&format!("/tmp/{n}")), second(n));
        }
        assert_eq!(toasts.next(&program("/tmp/7"), second(9)), second(60));
        toasts.shift(Step::from_millis(5_000));
        assert_eq!(toasts.next(&program("/tmp/7"), second(14)), second(65));
    }
}
