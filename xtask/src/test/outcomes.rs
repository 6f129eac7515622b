//! What the test runners report, in JUnit's format: which test ended how.

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

/// The tests of a report of nextest's or vitest's. A test says by an element within it that it failed or was left out.
pub fn outcomes(report: &str) -> Vec<Outcome> {
    report.split("<testcase ").skip(1).filter_map(outcome).collect()
}

fn outcome(text: &str) -> Option<Outcome> {
    // Neither an attribute nor what a test printed has a `<` or `>` that is not escaped.
    let (tag, inside) = text.split_once('>')?;
    let inside = if tag.ends_with('/') { "" } else { inside.split("</testcase>").next()? };
    let has = |element: &str| inside.contains(&format!("<{}", element));
    let verdict = if has("failure") || has("error") {
        Verdict::Failed
    } else if has("skipped") {
        Verdict::Ignored
    } else {
        Verdict::Passed
    };
    let path = attribute(tag, "name")?;
    // vitest's are sentences with `describe`s before them, in a file; nextest's are paths in Rust.
    let (place, name) = match path.rsplit_once(" > ") {
        Some((within, name)) => {
            let file = attribute(tag, "classname")?;
            (format!("{} › {}", file, within.replace(" > ", " › ")), name.to_owned())
        }
        None if path.contains(' ') => (attribute(tag, "classname")?, path),
        None => {
            let (place, name) = path.rsplit_once("::").unwrap_or(("", &path));
            (place.replace("::", " › "), name.replace('_', " "))
        }
    };
    Some(Outcome { place, name, verdict })
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    // With the space before it, or `name` would be found in `classname`.
    let tag = format!(" {}", tag);
    let (_, rest) = tag.split_once(&format!(" {}=\"", name))?;
    let (value, _) = rest.split_once('"')?;
    Some(
        value
            .replace("&apos;", "'")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&amp;", "&"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(place: &str, name: &str, verdict: Verdict) -> Outcome {
        Outcome { place: place.into(), name: name.into(), verdict }
    }

    #[test]
    fn nextest_tells_path_and_outcome() {
        let report = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="nextest-run" tests="3" skipped="0" errors="0" failures="1">
    <testsuite name="glowjar-tests::behaviour" tests="3">
        <testcase name="application::outages::f01_many_share_one" classname="glowjar-tests::behaviour" time="0.007">
        </testcase>
        <testcase name="lone" classname="glowjar-ims" time="0.007"/>
        <testcase name="tray::f42_rows" classname="glowjar-agent" time="0.003">
            <failure type="test failure">thread &apos;x&apos; panicked: &lt;skipped&gt;</failure>
            <system-out>test tray::f42_rows ... FAILED</system-out>
        </testcase>
    </testsuite>
</testsuites>"#;
        let expected = [
            outcome("application › outages", "f01 many share one", Verdict::Passed),
            outcome("", "lone", Verdict::Passed),
            outcome("tray", "f42 rows", Verdict::Failed),
        ];
        assert_eq!(outcomes(report), expected);
    }

    #[test]
    fn vitest_tells_sentences() {
        let report = r#"<testsuite name="src/life.test.ts" tests="3">
        <testcase classname="src/life.test.ts" name="a life &gt; f06 isn&apos;t &quot;fresh&quot;" time="0.003">
        </testcase>
        <testcase classname="a.test.ts" name="f32 lasts" time="0"><failure message="no"></failure></testcase>
        <testcase classname="a.test.ts" name="b &gt; c &gt; f33 waits" time="0"><skipped/></testcase>"#;
        let expected = [
            outcome("src/life.test.ts › a life", "f06 isn't \"fresh\"", Verdict::Passed),
            outcome("a.test.ts", "f32 lasts", Verdict::Failed),
            outcome("a.test.ts › b › c", "f33 waits", Verdict::Ignored),
        ];
        assert_eq!(outcomes(report), expected);
    }

    #[test]
    fn a_report_without_tests_is_empty() {
        assert_eq!(outcomes("<testsuites></testsuites>"), []);
        assert_eq!(outcomes(""), []);
    }
}
