//! What arrived, and what became of it.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::time::SystemTime;

use crate::answer::Route;

/// One request, as it came, with what was wrong with it and what was answered.
///
/// It holds secrets and tokens as they arrived, since tests compare them. Its `Debug` shows names and sizes only.
#[derive(Clone)]
pub struct Recorded {
    /// Counts from 1, over all routes. Control requests (`/sandbox…`) are not recorded.
    pub number: u64,
    /// On the sandbox's own clock, when the request had arrived whole.
    pub at: SystemTime,
    /// `None` for a path that nobody serves.
    pub route: Option<Route>,
    pub method: String,
    pub path: String,
    /// Without the `?`.
    pub query: Option<String>,
    /// In the order they came, names in lower case.
    pub headers: Vec<(String, String)>,
    /// To the byte. At most 1 MiB; a longer one is refused with 413.
    pub body: Vec<u8>,
    /// The decoded fields of a form or JSON body, or of the query if there is no body, in the order they came.
    pub fields: Vec<(String, String)>,
    /// What a strict server objects to, each as a sentence without any secret. Empty: nothing.
    /// Filled in even if a scripted answer hid it from the client.
    pub wrong: Vec<String>,
    pub answered: Answered,
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// `None` if the connection was cut or left hanging instead.
    pub status: Option<u16>,
    pub outcome: Outcome,
    /// For a person: `granted (client_credentials)`, `refused: invalid_client, …`. Never a secret.
    pub words: String,
}

/// What became of a request, for a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// An access token was issued.
    Granted,
    /// An access token was issued together with a new refresh token.
    Rotated,
    /// Something else went as asked: a page, a document, a check (whose result may be "not valid"), a revocation.
    Served,
    /// The request was refused for what it was.
    Refused,
    /// The script answered, whatever the request was.
    Scripted,
}

impl Outcome {
    /// One word, as in `GET /sandbox/requests`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Rotated => "rotated",
            Self::Served => "served",
            Self::Refused => "refused",
            Self::Scripted => "scripted",
        }
    }
}

impl Recorded {
    /// The first field of this name.
    pub fn field(&self, name: &str) -> Option<&str> {
        first(&self.fields, name)
    }

    /// The first header of this name, which is given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        first(&self.headers, name)
    }
}

/// One line in words, without secrets: `POST /ims/token/v3: granted (client_credentials) for sandbox-client`.
impl fmt::Display for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.method, self.path, self.answered.words)?;
        for wrong in self.wrong.iter().filter(|wrong| !self.answered.words.contains(wrong.as_str()))
        {
            write!(f, " [{wrong}]")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = |pairs: &[(String, String)]| {
            pairs.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>()
        };
        f.debug_struct("Recorded")
            .field("number", &self.number)
            .field("route", &self.route)
            .field("method", &self.method)
            .field("path", &self.path)
            .field("headers", &names(&self.headers))
            .field("body", &format_args!("{} bytes", self.body.len()))
            .field("fields", &names(&self.fields))
            .field("wrong", &self.wrong)
            .field("answered", &self.answered)
            .finish_non_exhaustive()
    }
}

pub(crate) fn first<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// The latest requests, and how many there were of each kind since the start.
#[derive(Debug, Default)]
pub(crate) struct Record {
    kept: VecDeque<Recorded>,
    counts: HashMap<(Option<Route>, Outcome), u64>,
    total: u64,
}

impl Record {
    pub(crate) fn next_number(&self) -> u64 {
        self.total + 1
    }

    pub(crate) fn add(&mut self, recorded: Recorded) {
        self.total += 1;
        *self.counts.entry((recorded.route, recorded.answered.outcome)).or_default() += 1;
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(recorded);
    }

    pub(crate) fn of(&self, route: Route) -> Vec<Recorded> {
        self.kept
            .iter()
            .filter(|recorded| route == Route::Any || recorded.route == Some(route))
            .cloned()
            .collect()
    }

    pub(crate) fn count(&self, route: Route) -> u64 {
        self.counts
            .iter()
            .filter(|((at, _), _)| route == Route::Any || *at == Some(route))
            .map(|(_, count)| count)
            .sum()
    }

    pub(crate) fn counts(&self) -> impl Iterator<Item = (Option<Route>, Outcome, u64)> {
        self.counts.iter().map(|((route, outcome), count)| (*route, *outcome, *count))
    }
}

/// Enough for any test, and bounded for a demo that runs for days.
const KEPT: usize = 1000;
