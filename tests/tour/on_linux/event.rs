//! Glowjar's log lines, as facts and as sentences.

use std::time::{Duration, SystemTime};

/// A line of the log that has an `event` field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub kind: String,
    line: String,
}

impl Event {
    /// `None` for a line that tells of something else.
    pub fn read(line: &str) -> Option<Self> {
        Some(Self { kind: field(line, "event")?, line: line.to_owned() })
    }

    pub fn field(&self, name: &str) -> Option<String> {
        field(&self.line, name)
    }

    /// A new token by whatever way.
    pub fn is_renewal(&self) -> bool {
        self.kind == "renewed" || self.kind == "rotated"
    }

    /// What a person is told of it: a word and a sentence. `None` where there is nothing to tell.
    pub fn told(&self) -> Option<(&str, String)> {
        let field = |name| self.field(name).unwrap_or_default();
        Some(match self.kind.as_str() {
            "profile_saved" => return None,
            "started" => ("started", format!("Glowjar {}", field("version"))),
            "sandbox_started" => ("sandbox", format!("an identity server on {}", field("url"))),
            "granted" => {
                ("granted", format!("“{}” has a token, good for {}", field("name"), self.life()))
            }
            "renewed" => ("renewed", format!("a new token, good for {}", self.life())),
            "rotated" => (
                "rotated",
                format!("a new token, good for {}, and a new refresh token", self.life()),
            ),
            "failed" => {
                ("failed", format!("no new token ({}); the old one stays in use", self.cause()))
            }
            "recovered" => ("recovered", "the trouble is over".to_owned()),
            "copied" => ("copied", format!("the token of “{}” is on the clipboard", field("name"))),
            "notice" => ("notice", format!("“{}”", field("title"))),
            "quit" => ("quit", "Glowjar says goodbye".to_owned()),
            other => (other, self.line.clone()),
        })
    }

    /// Why a request failed, in one word.
    fn cause(&self) -> &str {
        let start = ["cause: ", "Permanent("]
            .iter()
            .find_map(|before| self.line.split_once(before).map(|(_, rest)| rest));
        let end = |letter: char| !letter.is_alphanumeric();
        start.and_then(|rest| rest.split(end).next()).unwrap_or("trouble")
    }

    /// When the token it tells of ends; the beginning of time if it tells of none.
    pub fn expires_at(&self) -> SystemTime {
        let millis = self.field("expires_at").and_then(|text| text.parse().ok()).unwrap_or(0);
        SystemTime::UNIX_EPOCH + Duration::from_millis(millis)
    }

    fn life(&self) -> String {
        let left = self.expires_at().duration_since(SystemTime::now()).unwrap_or_default();
        format!("{:.0} s", left.as_secs_f64())
    }
}

/// A field as `tracing_subscriber` writes it: `name=value`, or `name="value"` for text.
fn field(line: &str, name: &str) -> Option<String> {
    let (_, rest) = line.split_once(&format!(" {name}="))?;
    let value = match rest.strip_prefix('"') {
        Some(text) => text.split('"').next(),
        None => rest.split(' ').next(),
    };
    value.map(str::to_owned)
}
