//! What test runners print, read line by line as it goes past: which test ended how.

/// One test as its runner reported it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The modules or the `describe` that it stands in, outermost first. May be empty.
    pub place: String,
    pub name: String,
    pub verdict: Verdict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Passed,
    Failed,
    Ignored,
}

/// The outcome that this line tells of, if it is one of libtest's or of vitest's verbose reporter.
pub fn outcome(line: &str) -> Option<Outcome> {
    let line = without_colours(line);
    libtest(&line).or_else(|| vitest(&line))
}

/// `test application::outages::f01_many_share_one ... ok`
fn libtest(line: &str) -> Option<Outcome> {
    let (path, end) = line.strip_prefix("test ")?.split_once(" ... ")?;
    let verdict = match end.split([',', ' ']).next()? {
        "ok" => Verdict::Passed,
        "FAILED" => Verdict::Failed,
        "ignored" => Verdict::Ignored,
        _ => return None,
    };
    // Said of those that are expected to panic, after their name.
    let path = path.strip_suffix(" - should panic").unwrap_or(path);
    // A documentation test is named for its file and its line, and stands for nothing here.
    if path.contains(' ') {
        return None;
    }
    let (place, name) = path.rsplit_once("::").unwrap_or(("", path));
    Some(Outcome { place: place.replace("::", " › "), name: name.replace('_', " "), verdict })
}

/// ` ✓ src/life.test.ts > a profile's life > f06 never looks fresh over a dead token 3ms`
fn vitest(line: &str) -> Option<Outcome> {
    let line = line.trim();
    let mark = line.chars().next()?;
    let verdict = match mark {
        '✓' => Verdict::Passed,
        '×' => Verdict::Failed,
        '↓' => Verdict::Ignored,
        _ => return None,
    };
    let (path, name) = line[mark.len_utf8()..].trim().rsplit_once(" > ")?;
    let is_duration =
        |word: &str| word.strip_suffix("ms").map_or(false, |count| count.parse::<u64>().is_ok());
    let name = match name.rsplit_once(' ') {
        Some((name, last)) if is_duration(last) => name,
        _ => name,
    };
    Some(Outcome { place: path.replace(" > ", " › "), name: name.to_owned(), verdict })
}

/// The line without the sequences `ESC [ … letter` (ECMA-48, 5.4) that colour it.
fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, sequence)) = rest.split_once("\u{1b}[") {
        plain += before;
        rest = sequence
            .find(|c: char| c.is_ascii_alphabetic())
            .map_or("", |letter| &sequence[letter + 1..]);
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, place: &str, name: &str, verdict: Verdict) {
        let expected = Outcome { place: place.into(), name: name.into(), verdict };
        assert_eq!(outcome(line), Some(expected), "{}", line);
    }

    #[test]
    fn libtest_tells_path_name_and_outcome() {
        let path = "test application::outages::f01_many_share_one ... ";
        let place = "application › outages";
        check(&format!("{}ok", path), place, "f01 many share one", Verdict::Passed);
        check(&format!("{}FAILED", path), place, "f01 many share one", Verdict::Failed);
        let ignored = format!("{}ignored, needs a desktop: cargo xtask test", path);
        check(&ignored, place, "f01 many share one", Verdict::Ignored);
        check("test lone - should panic ... ok", "", "lone", Verdict::Passed);
        check("test lone ... ok <0.012s>", "", "lone", Verdict::Passed);
    }

    #[test]
    fn vitest_tells_the_same_in_colours() {
        let line = "\u{1b}[32m✓\u{1b}[39m src/life.test.ts\u{1b}[2m > \u{1b}[22ma life > f06 never fresh\u{1b}[32m 3\u{1b}[2mms\u{1b}[22m";
        check(line, "src/life.test.ts › a life", "f06 never fresh", Verdict::Passed);
        check(" × a.test.ts > f32 lasts 12ms", "a.test.ts", "f32 lasts", Verdict::Failed);
        check(" ↓ a.test.ts > f32 lasts", "a.test.ts", "f32 lasts", Verdict::Ignored);
    }

    #[test]
    fn other_lines_tell_of_no_test() {
        for line in [
            "running 12 tests",
            "test result: ok. 12 passed; 0 failed; 0 ignored",
            "test application::f01_slow has been running for over 60 seconds",
            "test crates/ims/src/lib.rs - Client (line 3) ... ok",
            "    thread 'f01' panicked at x.rs:1:2: test a ... b",
            "✓ built in 3s",
            "",
        ] {
            assert_eq!(outcome(line), None, "{}", line);
        }
    }
}
