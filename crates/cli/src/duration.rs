//! Spans of time as people type them: `90`, `90s`, `5m`, `1h`, `1d`.

use std::{str::FromStr, time::Duration};

/// A span of whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span(pub Duration);

/// Why a text is no span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("give a number of seconds, or one with a unit: 90s, 5m, 1h, 1d")]
pub struct NoSpan;

impl FromStr for Span {
    type Err = NoSpan;

    fn from_str(text: &str) -> Result<Self, NoSpan> {
        let digits = text.trim_end_matches(|character: char| character.is_ascii_alphabetic());
        let unit = match &text[digits.len()..] {
            "" | "s" => 1,
            "m" => 60,
            "h" => 3_600,
            "d" => 86_400,
            _ => return Err(NoSpan),
        };
        let number: u64 = digits.parse().map_err(|_| NoSpan)?;
        number.checked_mul(unit).map(|seconds| Self(Duration::from_secs(seconds))).ok_or(NoSpan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_as_people_type_them() {
        for (text, seconds) in
            [("0", 0), ("90", 90), ("90s", 90), ("5m", 300), ("1h", 3_600), ("2d", 172_800)]
        {
            assert_eq!(text.parse(), Ok(Span(Duration::from_secs(seconds))), "{text}");
        }
        for text in [
            "",
            "m",
            "-5m",
            "5 m",
            "5M",
            "1.5h",
            "5mm",
            "99999999999999999999",
            "999999999999999999d",
        ] {
            assert_eq!(text.parse::<Span>(), Err(NoSpan), "{text}");
        }
    }
}
