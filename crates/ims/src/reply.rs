//! A reply as it came in: bounded, and with the few headers that count.

use std::time::Duration;

use glowjar_lifecycle::{
    failure::{RetryAfter, Transient},
    time::Timestamp,
};
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, LOCATION, RETRY_AFTER};
use secrecy::zeroize::Zeroizing;
use url::Url;

use crate::{
    error::Technical,
    lenient_json::Fields,
    page::Page,
    redact::Redactor,
    said,
    skew::{Skew, parse_http_date},
};

pub(crate) struct Reply {
    pub(crate) status: u16,
    /// The JSON object or the form in it, if there is one and it is complete.
    pub(crate) fields: Option<Fields>,
    pub(crate) content: Content,
    pub(crate) page: Page,
    /// What XML or the header `WWW-Authenticate` says.
    other_fields: Vec<Fields>,
    /// An error string of RFC 6749 in the middle of a page or of words.
    mentioned: Option<&'static str>,
    pub(crate) date: Option<Timestamp>,
    pub(crate) retry_after: Option<RetryAfter>,
    /// Where a redirect leads.
    pub(crate) location: Option<Url>,
    /// `x-access-error` of the Firefly gateway.
    pub(crate) access_error: Option<String>,
    request_id: Option<String>,
}

/// What kind of thing the body is, apart from its fields.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    Json,
    Html,
    Empty,
    Other,
    /// It could not be read to its end.
    Cut(Transient),
}

/// A body, perhaps only its beginning.
pub(crate) struct Body {
    pub(crate) bytes: Zeroizing<Vec<u8>>,
    pub(crate) cut: Option<Transient>,
}

impl Reply {
    pub(crate) fn new(status: u16, asked: &Url, headers: &HeaderMap, body: &Body) -> Self {
        let date = header(headers, DATE.as_str()).and_then(parse_http_date);
        let fields = if body.cut.is_none() { fields(headers, &body.bytes) } else { None };
        let content = Content::of(headers, body, fields.is_some());
        let text = match content {
            Content::Html | Content::Other => String::from_utf8_lossy(&body.bytes),
            Content::Json | Content::Empty | Content::Cut(_) => "".into(),
        };
        let is_xml = content == Content::Other && text.trim_start().starts_with('<');
        let xml = is_xml.then(|| Fields::xml(&text));
        Self {
            status,
            content,
            page: Page::of(&text, headers),
            other_fields: said::in_headers(headers).into_iter().chain(xml).collect(),
            mentioned: said::mentioned(&text),
            fields,
            date,
            retry_after: header(headers, RETRY_AFTER.as_str())
                .and_then(|text| parse_retry_after(text, date)),
            location: header(headers, LOCATION.as_str()).and_then(|text| asked.join(text).ok()),
            access_error: header(headers, "x-access-error").map(str::to_owned),
            request_id: REQUEST_ID_HEADERS
                .iter()
                .find_map(|name| header(headers, name))
                .map(str::to_owned),
        }
    }

    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(crate) fn skew(&self, sent_at: Timestamp) -> Option<Skew> {
        self.date.map(|date| Skew::between(sent_at, date))
    }

    /// The error string, wherever it stands: one that is known before one that isn't, else the first.
    pub(crate) fn error(&self) -> Option<String> {
        let mut codes: Vec<String> = self.all_fields().flat_map(said::codes).collect();
        codes.extend(self.mentioned.map(str::to_owned));
        let at = codes.iter().position(|code| said::Known::of(code).is_some()).unwrap_or(0);
        (at < codes.len()).then(|| codes.swap_remove(at))
    }

    /// Whether a reply that brings a token says that something is wrong with it.
    pub(crate) fn denies_itself(&self) -> bool {
        self.fields.as_ref().is_some_and(said::has_error)
    }

    pub(crate) fn description(&self) -> Option<String> {
        self.all_fields().find_map(said::description)
    }

    fn all_fields(&self) -> impl Iterator<Item = &Fields> {
        self.fields.iter().chain(&self.other_fields)
    }

    pub(crate) fn technical(&self, redactor: &Redactor) -> Technical {
        Technical {
            status: Some(self.status),
            error: self.error().and_then(|text| redactor.line(&text, 64)),
            description: self.description().and_then(|text| redactor.line(&text, 200)),
            request_id: self.request_id.as_ref().and_then(|id| redactor.id(id, 80)),
        }
    }
}

impl Content {
    fn of(headers: &HeaderMap, body: &Body, is_json: bool) -> Self {
        let declared =
            header(headers, CONTENT_TYPE.as_str()).unwrap_or_default().to_ascii_lowercase();
        let start = body.bytes.iter().find(|byte| !byte.is_ascii_whitespace());
        match (is_json, start) {
            (true, _) => Self::Json,
            (_, Some(b'<')) if body.cut.is_none() && is_xml(&body.bytes) => Self::Other,
            (_, Some(b'<')) => Self::Html,
            (_, Some(_)) if declared.contains("html") => Self::Html,
            _ => match (body.cut, start) {
                (Some(cause), _) => Self::Cut(cause),
                (None, None) => Self::Empty,
                // JSON that nobody can read has lost something on its way, whatever its length says.
                (None, Some(b'{' | b'[')) => Self::Cut(Transient::BrokenReply),
                (None, Some(_)) if declared.contains("json") => Self::Cut(Transient::BrokenReply),
                (None, Some(_)) => Self::Other,
            },
        }
    }
}

fn fields(headers: &HeaderMap, bytes: &[u8]) -> Option<Fields> {
    let declared = header(headers, CONTENT_TYPE.as_str()).unwrap_or_default().to_ascii_lowercase();
    let is_form = declared.contains("x-www-form-urlencoded")
        || [&b"access_token="[..], b"error="].iter().any(|start| bytes.starts_with(start));
    Fields::parse(bytes).or_else(|| if is_form { Fields::form(bytes) } else { None })
}

/// XML that is no web page.
fn is_xml(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]).to_ascii_lowercase();
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let is_page = text.contains("<html") || text.contains("<!doctype html");
    let first = text.trim_start_matches('<').split([' ', '>', '\r', '\n', '/', ':']).next();
    let is_known =
        first.is_some_and(|name| XML_ROOTS.contains(&name) || name.ends_with("exception"));
    !is_page && (text.starts_with("<?xml") || is_known)
}

/// Seconds or an HTTP date (RFC 9110 section 10.2.3). A date is counted from the reply's own `Date`, which no skew
/// can touch; only without one is it taken on our clock.
fn parse_retry_after(text: &str, date: Option<Timestamp>) -> Option<RetryAfter> {
    if let Ok(seconds) = text.trim().parse::<u64>() {
        return Some(RetryAfter::Delay(Duration::from_secs(seconds)));
    }
    let until = parse_http_date(text)?;
    Some(match date {
        Some(date) => RetryAfter::Delay(until.since(date)),
        None => RetryAfter::At(until),
    })
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// What errors in XML begin with that say so without `<?xml`.
const XML_ROOTS: [&str; 8] =
    ["error", "errors", "errorresponse", "oauth", "response", "fault", "soap", "hash"];

/// Adobe IMS, Adobe's gateway, and what others name theirs.
const REQUEST_ID_HEADERS: [&str; 8] = [
    "x-debug-id",
    "x-request-id",
    "x-correlation-id",
    "x-okta-request-id",
    "x-ms-request-id",
    "x-amzn-requestid",
    "x-amz-cf-id",
    "cf-ray",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f13_retry_after_comes_in_two_forms() {
        let date = parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT");
        let check =
            |text: &str, date, expect| assert_eq!(parse_retry_after(text, date), expect, "{text}");
        check("120", None, Some(RetryAfter::Delay(Duration::from_secs(120))));
        check(" 3244 ", date, Some(RetryAfter::Delay(Duration::from_secs(3_244))));
        check(
            "Sun, 06 Nov 1994 08:51:37 GMT",
            date,
            Some(RetryAfter::Delay(Duration::from_secs(120))),
        );
        check("Sun, 06 Nov 1994 08:49:00 GMT", date, Some(RetryAfter::Delay(Duration::ZERO)));
        check(
            "Sun, 06 Nov 1994 08:49:37 GMT",
            None,
            Some(RetryAfter::At(Timestamp::from_millis(784_111_777_000))),
        );
        for nothing in ["", "soon", "-1", "1.5", "99999999999999999999999"] {
            check(nothing, date, None);
        }
    }
}
