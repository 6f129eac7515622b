//! Making other people's words safe to show: an error reply may echo pieces of the form that was sent.

use std::collections::HashSet;

use url::form_urlencoded;

/// Knows what was sent, and hides it wherever it turns up: whole, in part, encoded or not.
pub(crate) struct Redactor {
    windows: HashSet<[u8; WINDOW]>,
    short: Vec<String>,
}

impl Redactor {
    pub(crate) fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut redactor = Self { windows: HashSet::new(), short: Vec::new() };
        for form in secrets.into_iter().flat_map(written_forms) {
            if form.len() < WINDOW {
                redactor.short.push(form);
            } else {
                let windows = form.as_bytes().windows(WINDOW);
                redactor
                    .windows
                    .extend(windows.filter_map(|window| <[u8; WINDOW]>::try_from(window).ok()));
            }
        }
        redactor
    }

    /// One line of at most `limit` characters without secrets and control characters; nothing if nothing is left.
    pub(crate) fn line(&self, text: &str, limit: usize) -> Option<String> {
        // Twice: taking control characters out can put the halves of a secret together.
        let line = self.hide(&one_line(&self.hide(text)));
        let line = line.trim();
        if line.is_empty() {
            return None;
        }
        if line.chars().count() <= limit {
            return Some(line.to_owned());
        }
        Some(line.chars().take(limit.saturating_sub(1)).chain(['…']).collect())
    }

    /// A word made of characters that ids are made of; nothing if it holds anything else, or a secret.
    pub(crate) fn id(&self, text: &str, limit: usize) -> Option<String> {
        let word: String = text.trim().chars().take(limit).collect();
        let plain = !word.is_empty()
            && word.chars().all(|c| c.is_ascii_alphanumeric() || "-_.:/=+,".contains(c));
        (plain && self.hide(&word) == word).then_some(word)
    }

    fn hide(&self, text: &str) -> String {
        let bytes = text.as_bytes();
        let mut hidden = vec![false; bytes.len()];
        for (at, window) in bytes.windows(WINDOW).enumerate() {
            if self.windows.contains(window) {
                hidden[at..at + WINDOW].fill(true);
            }
        }
        for short in &self.short {
            for (at, _) in text.match_indices(short.as_str()) {
                hidden[at..at + short.len()].fill(true);
            }
        }
        hide_form_values(text, &mut hidden);
        hide_tokens(text, &mut hidden);

        let mut shown = String::with_capacity(text.len());
        let mut inside = false;
        for (at, c) in text.char_indices() {
            let covered = hidden[at..at + c.len_utf8()].contains(&true);
            if !covered {
                shown.push(c);
            } else if !inside {
                shown.push_str("[hidden]");
            }
            inside = covered;
        }
        shown
    }
}

/// The ways in which a secret may come back.
fn written_forms(secret: &str) -> Vec<String> {
    let form: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let percent = form.replace('+', "%20");
    let json = serde_json::to_string(secret).unwrap_or_default();
    let html = secret
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;");
    let mut forms = vec![
        form.to_ascii_lowercase(),
        percent.to_ascii_lowercase(),
        form,
        percent,
        json.trim_matches('"').to_owned(),
        html,
        one_line(secret).trim().to_owned(),
        secret.trim().to_owned(),
        secret.to_owned(),
    ];
    forms.sort();
    forms.dedup();
    // What is shorter is part of every other word, and hiding it would only point at it.
    forms.retain(|form| form.trim().len() >= 3);
    forms
}

/// Hides `client_secret=…` and the like, even with a value that is not ours.
fn hide_form_values(text: &str, hidden: &mut [bool]) {
    let lower = text.to_ascii_lowercase();
    for name in SECRET_FIELDS {
        for (at, _) in lower.match_indices(name) {
            let rest = &lower[at + name.len()..];
            let Some(value) =
                ["=", "\":", "\\\":", "%3d"].iter().find_map(|mark| rest.strip_prefix(mark))
            else {
                continue;
            };
            let value = value.trim_start_matches([' ', '"', '\'', '\\']);
            let start = lower.len() - value.len();
            let length = value.find(['&', '"', '\'', '<', '>', ' ', '\n']).unwrap_or(value.len());
            hidden[start..start + length].fill(true);
        }
    }
}

/// Hides whatever looks like a JWT.
fn hide_tokens(text: &str, hidden: &mut [bool]) {
    for (at, _) in text.match_indices("eyJ") {
        let rest = &text[at..];
        let length = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)))
            .unwrap_or(rest.len());
        if length >= 2 * WINDOW {
            hidden[at..at + length].fill(true);
        }
    }
}

fn one_line(text: &str) -> String {
    let visible: String = text
        .chars()
        .filter(|c| !is_invisible(*c))
        .map(|c| if c.is_control() || c.is_whitespace() { ' ' } else { c })
        .collect();
    visible.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Characters that turn or join text without being seen.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Any eight characters in a row of a secret are hidden; fewer are found in ordinary words as well.
const WINDOW: usize = 8;

const SECRET_FIELDS: [&str; 6] =
    ["client_secret", "refresh_token", "access_token", "code_verifier", "password", "assertion"];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(secret: &str, text: &str, expect: Option<&str>) {
        assert_eq!(Redactor::new([secret]).line(text, 200).as_deref(), expect);
    }

    #[test]
    fn f33_an_echoed_secret_is_hidden_whole_in_part_and_encoded() {
        check("p8e-Ab+&c/dEf==", "got p8e-Ab+&c/dEf== here", Some("got [hidden] here"));
        check("p8e-Ab+&c/dEf==", "got p8e-Ab+&… here", Some("got [hidden]… here"));
        check("p8e-Ab+&c/dEf==", "got p8e-Ab%2B%26c%2FdEf%3D%3D", Some("got [hidden]"));
        check("p8e-Ab+&c/dEf==", "got p8e-Ab+&amp;c/dEf==", Some("got [hidden]"));
        check("p8e-Ab\"c\\dEf", r#"got p8e-Ab\"c\\dEf"#, Some("got [hidden]"));
        check("top secret of ours", "top\tsecret\nof ours!", Some("[hidden]!"));
        check("geheim", "wrong: geheim", Some("wrong: [hidden]"));
    }

    #[test]
    fn f33_form_echoes_and_tokens_are_hidden_even_if_not_ours() {
        check(
            "-",
            "bad form: client_id=x&client_secret=ab&scope=y",
            Some("bad form: client_id=x&client_secret=[hidden]&scope=y"),
        );
        check(
            "~",
            r#"{"refresh_token": "abc", "a": 1}"#,
            Some(r#"{"refresh_token": "[hidden]", "a": 1}"#),
        );
        check(
            "~",
            "token eyJhbGciOiJSUzI1NiJ9.eyJpZCI6MX0.sig is bad",
            Some("token [hidden] is bad"),
        );
    }

    #[test]
    fn adobes_own_words_pass() {
        check(
            "p8e-AbCdEf",
            "invalid client_secret parameter",
            Some("invalid client_secret parameter"),
        );
    }

    #[test]
    fn a_line_is_one_short_line() {
        check("~", "a\r\n\u{0}b\u{202e}c ", Some("a bc"));
        check("~", " \n", None);
        let line = Redactor::new([]).line(&"é".repeat(500), 200).unwrap();
        assert_eq!(line.chars().count(), 200);
    }

    #[test]
    fn an_id_with_anything_odd_in_it_is_dropped() {
        let redactor = Redactor::new(["p8e-AbCdEf"]);
        assert_eq!(redactor.id(" vor1-4d3e:2 ", 80).as_deref(), Some("vor1-4d3e:2"));
        assert_eq!(redactor.id("<b>", 80), None);
        assert_eq!(redactor.id("x-p8e-AbCdEf", 80), None);
        assert_eq!(redactor.id(&"a".repeat(500), 80).unwrap().len(), 80);
    }
}
