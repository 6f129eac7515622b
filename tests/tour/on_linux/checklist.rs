//! What has to be seen on a tour, and what was.

use std::{cell::Cell, fmt};

/// One thing to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    FirstToken,
    Copy,
    Window,
    RefreshNow,
    Renewals,
    Outage,
    NoWebView,
    Pictures,
    Keychain,
    Ending,
}

/// Every [`Sight`], in the order of the tour.
#[derive(Debug)]
pub struct Checklist {
    seen: [Cell<bool>; ALL.len()],
    keep: bool,
}

impl Checklist {
    /// A desktop that is to `keep` on running does not see the end.
    pub fn new(keep: bool) -> Self {
        Self { seen: Default::default(), keep }
    }

    pub fn tick(&self, sight: Sight) {
        self.seen[sight as usize].set(true);
    }

    pub fn is_complete(&self) -> bool {
        self.wanted().all(|(sight, _)| self.has(sight))
    }

    fn wanted(&self) -> impl Iterator<Item = (Sight, &'static str)> {
        ALL.into_iter().filter(|(sight, _)| !(self.keep && *sight == Sight::Ending))
    }

    fn has(&self, sight: Sight) -> bool {
        self.seen[sight as usize].get()
    }
}

impl fmt::Display for Checklist {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (sight, words) in self.wanted() {
            writeln!(f, "{:<8} {words}", if self.has(sight) { "seen" } else { "MISSING" })?;
        }
        Ok(())
    }
}

const ALL: [(Sight, &str); 10] = [
    (Sight::FirstToken, "a first token, obtained with a refresh token"),
    (
        Sight::Copy,
        "a token copied through the tray, read from the clipboard, accepted by both servers",
    ),
    (Sight::Window, "the window, opened through the tray"),
    (Sight::RefreshNow, "Refresh now through the tray: one click, one request, one new token"),
    (Sight::Renewals, "two renewals by itself, each with a new refresh token"),
    (Sight::Outage, "an outage: the live token was still on offer, and a new one came by itself"),
    (Sight::NoWebView, "a closed window that leaves no web view process, twice"),
    (Sight::Pictures, "screenshots of window and tray"),
    (Sight::Keychain, "secrets in the keychain"),
    (Sight::Ending, "a clean end, with an empty clipboard"),
];
