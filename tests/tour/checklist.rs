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
#[derive(Debug, Default)]
pub struct Checklist {
    seen: [Cell<bool>; ALL.len()],
}

impl Checklist {
    pub fn tick(&self, sight: Sight) {
        self.seen[sight as usize].set(true);
    }

    pub fn is_complete(&self) -> bool {
        ALL.into_iter().all(|(sight, _)| self.has(sight) || !sight.is_needed())
    }

    fn has(&self, sight: Sight) -> bool {
        self.seen[sight as usize].get()
    }
}

impl Sight {
    /// A desktop that is kept does not see the end.
    fn is_needed(self) -> bool {
        self != Self::Ending || !std::env::args().any(|argument| argument == "--keep")
    }
}

impl fmt::Display for Checklist {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (sight, words) in ALL.into_iter().filter(|(sight, _)| sight.is_needed()) {
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
    (Sight::Outage, "an outage: the token stayed in use, and a new one came by itself"),
    (Sight::NoWebView, "a closed window that leaves no web view process, twice"),
    (Sight::Pictures, "screenshots of window and tray"),
    (Sight::Keychain, "secrets in the keychain"),
    (Sight::Ending, "a clean end, with an empty clipboard"),
];
