//! Spans of time as people type them: `90`, `90s`, `5m`, `1h30m`, `1d`.

use std::{str::FromStr, time::Duration};

/// A span of whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span(pub Duration);

/// Why a text is no span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("give a number of seconds, or one with a unit: 90s, 5m, 1h30m, 1d")]
pub struct NoSpan;

impl FromStr for Span {
    type Err = NoSpan;

    /// humantime's, without its liberties: no fractions or blanks, nothing below a second, and not `5M`, its five months.
    fn from_str(text: &str) -> Result<Self, NoSpan> {
        if !text.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase()) {
            return Err(NoSpan);
        }
        let span = match text.parse() {
            Ok(seconds) => Duration::from_secs(seconds),
            Err(_) => humantime::parse_duration(text).map_err(|_| NoSpan)?,
        };
        if span.subsec_nanos() == 0 { Ok(Self(span)) } else { Err(NoSpan) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_as_people_type_them() {
        for (text, seconds) in [
            ("0", 0),
            ("90", 90),
            ("90s", 90),
            ("5m", 300),
            ("1h", 3_600),
            ("2d", 172_800),
            ("1h30m", 5_400),
        ] {
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
            "500ms",
            "1s1ms",
            "99999999999999999999",
            "999999999999999999d",
        ] {
            assert_eq!(text.parse::<Span>(), Err(NoSpan), "{text}");
        }
    }
}
