//! Spans of time as a person writes them.

use std::time::Duration;

use glowjar_lifecycle::time::Step;

/// "23 h 55 min", "30 s", "250 ms".
#[track_caller]
pub(crate) fn span(text: &str) -> Duration {
    let words: Vec<&str> = text.split_whitespace().collect();
    assert!(!words.is_empty() && words.len().is_multiple_of(2), "not a span: {text:?}");
    let parts = words.chunks(2).map(|part| {
        let number: u64 = part[0].parse().unwrap_or_else(|_| panic!("not a number in {text:?}"));
        Duration::from_millis(match part[1] {
            "ms" => number,
            "s" => number * 1_000,
            "min" => number * 60_000,
            "h" => number * 3_600_000,
            "d" => number * 86_400_000,
            unit => panic!("{unit:?} is no unit in {text:?}"),
        })
    });
    parts.sum()
}

pub(crate) fn forward(span: Duration) -> Step {
    Step::from_millis(i64::try_from(span.as_millis()).expect("a span of a story fits"))
}

pub(crate) fn back(span: Duration) -> Step {
    Step::from_millis(-forward(span).as_millis())
}
