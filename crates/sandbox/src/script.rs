//! Which answer is due.

use std::collections::VecDeque;
use std::time::SystemTime;

use crate::answer::{Answer, Route};

/// The answers that were ordered. What is queued for a next request goes first, in the order it was queued; then the
/// latest order whose time has not passed.
#[derive(Debug, Default)]
pub(crate) struct Script {
    queued: VecDeque<(Route, Answer)>,
    standing: Vec<Standing>,
}

#[derive(Debug)]
struct Standing {
    route: Route,
    answer: Answer,
    /// `None`: until cleared.
    until: Option<SystemTime>,
}

impl Script {
    pub(crate) fn queue(&mut self, route: Route, answer: Answer) {
        self.queued.push_back((route, answer));
    }

    pub(crate) fn stand(&mut self, route: Route, answer: Answer, until: Option<SystemTime>) {
        self.standing.push(Standing { route, answer, until });
    }

    pub(crate) fn clear(&mut self) {
        self.queued.clear();
        self.standing.clear();
    }

    /// `route` is `None` for a path that nobody serves.
    pub(crate) fn take(&mut self, route: Option<Route>, now: SystemTime) -> Option<Answer> {
        let fits = |ordered: Route| ordered == Route::Any || Some(ordered) == route;
        if let Some(at) = self.queued.iter().position(|(ordered, _)| fits(*ordered)) {
            return self.queued.remove(at).map(|(_, answer)| answer);
        }
        self.standing.retain(|order| order.until.is_none_or(|until| now < until));
        self.standing.iter().rev().find(|order| fits(order.route)).map(|order| order.answer.clone())
    }
}
