//! The table at the end of a whole test run: each failure mode of the field, the tests that stand for it, and how they ended.

use std::fmt;

use super::outcomes::{Outcome, Verdict};

/// What the tests of a whole run say about each failure mode.
#[derive(Debug)]
pub struct Table<'a> {
    rows: Vec<Row<'a>>,
}

#[derive(Debug)]
struct Row<'a> {
    number: usize,
    mode: &'static str,
    tests: Vec<&'a Outcome>,
}

impl<'a> Table<'a> {
    pub fn new(outcomes: &'a [Outcome]) -> Self {
        let row = |(index, &mode): (usize, &&'static str)| {
            let number = index + 1;
            let tests = outcomes.iter().filter(|test| number_of(&test.name) == Some(number));
            Row { number, mode, tests: tests.collect() }
        };
        Self { rows: MODES.iter().enumerate().map(row).collect() }
    }

    /// What keeps it from being whole, e.g. "F38 has no test"; empty if nothing is missing, ignored or failed.
    pub fn gaps(&self) -> Vec<String> {
        let gap = |row: &Row<'_>| match row.verdict() {
            Some(Verdict::Passed) => None,
            Some(Verdict::Failed) => Some(format!("F{:02} failed", row.number)),
            Some(Verdict::Ignored) => Some(format!("F{:02} has an ignored test", row.number)),
            None => Some(format!("F{:02} has no test", row.number)),
        };
        self.rows.iter().filter_map(gap).collect()
    }
}

impl Row<'_> {
    /// The worst of its tests; `None` without any.
    fn verdict(&self) -> Option<Verdict> {
        let has = |verdict| self.tests.iter().any(|test| test.verdict == verdict);
        [Verdict::Failed, Verdict::Ignored, Verdict::Passed].into_iter().find(|&v| has(v))
    }
}

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "── failure modes ──")?;
        for row in &self.rows {
            let verdict = row.verdict().map_or("MISSING", word);
            writeln!(f, "{:<8} F{:02}  {}", verdict, row.number, row.mode)?;
            for test in &row.tests {
                let name = test.name.split_once(' ').map_or("", |(_, sentence)| sentence);
                let place = match test.place.as_str() {
                    "" => String::new(),
                    place => format!("  ({})", place),
                };
                writeln!(f, "  {:<8}    {}{}", word(test.verdict), name, place)?;
            }
        }
        let tests: usize = self.rows.iter().map(|row| row.tests.len()).sum();
        let whole = self.rows.len() - self.gaps().len();
        write!(f, "{} of {} failure modes hold, in {} tests", whole, self.rows.len(), tests)
    }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "ok",
        Verdict::Failed => "FAILED",
        Verdict::Ignored => "ignored",
    }
}

/// 13 for `f13 without a word it is tried again`.
fn number_of(name: &str) -> Option<usize> {
    let digits = name.split(' ').next()?.strip_prefix('f')?;
    let is_a_number = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_a_number {
        digits.parse().ok()
    } else {
        None
    }
}

/// What goes wrong in the field with token keepers, SDKs and keychains, from F01 on.
const MODES: [&str; 57] = [
    "Many callers want a token at once",
    "Another process rotated the refresh token",
    "Killed between the reply and the end of storing",
    "The keychain refuses the write after a rotation",
    "Settings torn or truncated, or the disk is full",
    "Asleep for longer than the token lives",
    "A deadline has passed already on waking",
    "The clock steps back an hour after a renewal",
    "The clock is fast by more than a lifetime",
    "The clock is slow: valid here, 401 there",
    "The margin is longer than the lifetime",
    "Summer time begins or ends, or the time zone changes",
    "429, with Retry-After in every form or without",
    "A captive portal answers",
    "Replies that are no grant: empty, torn, huge, without end",
    "Replies in every shape that is seen in the field",
    "A renewal brings no new refresh token",
    "The refresh token is refused while the token still lives",
    "The client secret is rejected",
    "Trouble at the server for twelve hours",
    "Tokens that live for five seconds",
    "The keychain is locked or never answers",
    "There is no keychain",
    "Longer than a keychain entry may be",
    "An entry was deleted behind our back",
    "Names don't resolve right after waking",
    "The endpoint redirects to another host",
    "Certificates that are self-signed, expired, for another host",
    "A proxy, and one that wants to be signed in to",
    "Ten failures over night",
    "A copied token stays on the clipboard",
    "A pasted secret with odd characters",
    "A bug report holds a secret",
    "The tray's host is missing or restarts",
    "The menu changes while it is open",
    "A day with the window closed",
    "Started twice",
    "A hundred programs ask at once",
    "Another user or a web page talks to the socket",
    "Requests that are malformed, huge, slow or half sent",
    "Killed while a program waits",
    "Tray rows that no longer say what the view says",
    "Two sessions of one user, a bus each",
    "A place in a list taken for an identity",
    "What a live token does not need stops the program",
    "curl commands in curl's own grammar",
    "A credential whose parts stand in several places",
    "Values in another language's quoting",
    "An import refused for the wrong reason",
    "A good reply in an odd wrapping",
    "A refusal in another spelling",
    "Files kept current that are not plain .env",
    "A program whose file was replaced",
    "Proxy settings that can't be used",
    "File descriptors used up",
    "No default keyring, or another one is open",
    "Links, umask, long run-time paths, large scales",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn test(name: &str, verdict: Verdict) -> Outcome {
        Outcome { place: "here".into(), name: name.into(), verdict }
    }

    fn one_for_each() -> Vec<Outcome> {
        let names = (1..=MODES.len()).map(|n| format!("f{:02} holds", n));
        names.map(|name| test(&name, Verdict::Passed)).collect()
    }

    #[test]
    fn a_test_for_each_leaves_no_gap() {
        let outcomes = one_for_each();
        let table = Table::new(&outcomes);
        assert_eq!(table.gaps(), Vec::<String>::new());
        assert!(table.to_string().ends_with("57 of 57 failure modes hold, in 57 tests"));
        assert!(table.to_string().contains("ok          holds  (here)"), "{}", table);
    }

    #[test]
    fn one_that_is_missing_ignored_or_failed_is_a_gap_whatever_the_others_say() {
        let mut outcomes = one_for_each();
        outcomes.retain(|test| !test.name.starts_with("f38"));
        outcomes.push(test("f02 once more", Verdict::Ignored));
        outcomes.push(test("f03 once more", Verdict::Failed));
        let gaps = ["F02 has an ignored test", "F03 failed", "F38 has no test"];
        let table = Table::new(&outcomes);
        assert_eq!(table.gaps(), gaps);
        assert!(table.to_string().contains("MISSING  F38  A hundred programs"), "{}", table);
    }

    #[test]
    fn only_a_name_that_begins_with_a_number_counts() {
        assert_eq!(number_of("f13 without a word"), Some(13));
        for name in ["f1 a", "f130 a", "f1a a", "fast and loose", "of f13", ""] {
            assert_eq!(number_of(name), None, "{}", name);
        }
    }
}
