//! Requests that were refused, counted until the controller has them in its record. A thousand wrong secrets are one
//! line of it, and one event.

use glowjar_token_endpoint::{Attempt, Denied};

/// By cause and program, in the order in which they began.
#[derive(Debug, Default)]
pub(super) struct TurnedAwayCounts(Vec<Counted>);

/// Of one kind, since the last look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Counted {
    pub cause: &'static str,
    pub program: String,
    pub count: u64,
}

impl TurnedAwayCounts {
    /// Whether nobody was told of anything since the last look.
    pub(super) fn add(&mut self, attempt: Attempt) -> bool {
        let is_first = self.0.is_empty();
        let (cause, program) = match attempt {
            Attempt::WrongSecret => ("wrong_secret", String::new()),
            Attempt::Denied(Denied::Browser) => ("browser", String::new()),
            Attempt::Denied(Denied::Host) => ("host", String::new()),
            Attempt::TooMany { program } => ("too_many", program),
        };
        let known = self.0.iter_mut().find(|it| it.cause == cause && it.program == program);
        match known {
            Some(counted) => counted.count += 1,
            None => self.0.push(Counted { cause, program, count: 1 }),
        }
        is_first
    }

    pub(super) fn take(&mut self) -> Vec<Counted> {
        std::mem::take(&mut self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_of_a_kind_are_one_and_the_first_alone_is_news() {
        let mut counts = TurnedAwayCounts::default();
        assert!(counts.add(Attempt::WrongSecret));
        for _ in 0..999 {
            assert!(!counts.add(Attempt::WrongSecret));
        }
        assert!(!counts.add(Attempt::TooMany { program: "n8n".to_owned() }));
        let taken = counts.take();
        assert_eq!((taken.len(), taken[0].count, taken[1].program.as_str()), (2, 1_000, "n8n"));
        assert!(counts.add(Attempt::Denied(Denied::Host)));
    }
}
