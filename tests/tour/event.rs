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
        let words = match self.kind.as_str() {
            "started" => format!("Glowjar {}", field("version")),
            "sandbox_started" => format!("an identity server of its own on {}", field("url")),
            "granted" => {
                format!("the first token of “{}”, good for {}", field("name"), self.life())
            }
            "renewed" => format!("a new token, good for {}", self.life()),
            "rotated" => format!("a new token and a new refresh token, good for {}", self.life()),
            "failed" => format!("no answer to the renewal: {}", field("failure")),
            "recovered" => "the trouble is over".to_owned(),
            "copied" => format!("the token of “{}” is on the clipboard", field("name")),
            "notice" => format!("“{}”", field("title")),
            "quit" => "Glowjar says goodbye".to_owned(),
            "profile_saved" => return None,
            _ => self.line.clone(),
        };
        Some((&self.kind, words))
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
    match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next().map(str::to_owned),
        // The value of another type may hold spaces; the next field ends it.
        None => {
            let mut words = rest.split(' ');
            let first = words.next()?.to_owned();
            let is_open = |text: &str| text.matches('{').count() > text.matches('}').count();
            Some(words.fold(first, |text, word| match is_open(&text) {
                true => format!("{text} {word}"),
                false => text,
            }))
        }
    }
}
