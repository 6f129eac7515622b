//! What a studio's keeper tells a desk without being asked: server-sent events, as
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html> has them.

use std::{collections::VecDeque, fmt, time::Duration};

use crate::{client_id::ClientId, endpoint::Endpoint, provider::Provider};

/// Where a desk listens to its keeper.
pub const EVENTS_PATH: &str = "/v1/events";

/// Something that happened to the pool from which a desk has its tokens. The first one says how it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeeperEvent {
    /// Tokens are handed out.
    Open,
    /// Nobody is to have a token. Why, in the words of the studio's admin, at most 200 characters.
    Halted(String),
}

/// A connection on which a keeper tells what happens. It ends when this is dropped.
pub struct KeeperEvents {
    response: reqwest::Response,
    read: Read,
}

/// What arrived so far.
#[derive(Debug, Default)]
struct Read {
    line: Vec<u8>,
    /// Of the event that is not complete.
    name: String,
    data: String,
    events: VecDeque<KeeperEvent>,
}

/// Where to listen, for tokens of this client id.
pub(crate) fn place(provider: &Provider, client_id: &ClientId) -> Endpoint {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("client_id", client_id.as_str());
    provider.token_endpoint.at(EVENTS_PATH).with_query(&query.finish())
}

impl KeeperEvents {
    pub(crate) fn new(response: reqwest::Response) -> Self {
        Self { response, read: Read::default() }
    }

    /// `None` when it is over, or when nothing was heard for [`LONGEST_SILENCE`].
    pub async fn next(&mut self) -> Option<KeeperEvent> {
        loop {
            if let Some(event) = self.read.events.pop_front() {
                return Some(event);
            }
            let chunk = self.response.chunk().await.ok()??;
            self.read.take(&chunk)?;
        }
    }
}

impl fmt::Debug for KeeperEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeeperEvents").finish_non_exhaustive()
    }
}

impl Read {
    /// `None` if this is no stream of events.
    fn take(&mut self, bytes: &[u8]) -> Option<()> {
        for byte in bytes {
            match byte {
                b'\n' => self.end_of_line(),
                b'\r' => {}
                _ if self.line.len() < LONGEST_LINE => self.line.push(*byte),
                _ => return None,
            }
        }
        Some(())
    }

    fn end_of_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&line);
        if line.is_empty() {
            let (name, data) = (std::mem::take(&mut self.name), std::mem::take(&mut self.data));
            // What it does not know is for a newer desk.
            self.events.extend(match name.as_str() {
                "open" => Some(KeeperEvent::Open),
                "halted" => Some(KeeperEvent::Halted(why(&data))),
                _ => None,
            });
        } else if let Some(name) = line.strip_prefix("event:") {
            name.trim().clone_into(&mut self.name);
        } else if let Some(data) = line.strip_prefix("data:") {
            data.trim().clone_into(&mut self.data);
        }
    }
}

fn why(data: &str) -> String {
    let data: serde_json::Value = serde_json::from_str(data).unwrap_or_default();
    let why = data["why"].as_str().unwrap_or_default();
    why.chars().filter(|character| !character.is_control()).take(LONGEST_REASON).collect()
}

/// A keeper gives a sign of life each minute.
pub const LONGEST_SILENCE: Duration = Duration::from_secs(150);
/// After so long a new connection is made in any case.
pub(crate) const LONGEST_CONNECTION: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// In bytes.
const LONGEST_LINE: usize = 64 * 1024;
/// In characters.
const LONGEST_REASON: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(chunks: &[&str]) -> Option<Vec<KeeperEvent>> {
        let mut read = Read::default();
        for chunk in chunks {
            read.take(chunk.as_bytes())?;
        }
        Some(read.events.into())
    }

    #[test]
    fn events_are_read_however_they_are_cut_and_what_is_unknown_is_passed_over() {
        let text = ":\n\nevent: open\ndata: {}\n\nevent: party\ndata: {}\n\ndata: {}\n\nevent:halted\r\ndata: {\"why\":\"a drill\"}\r\n\r\n";
        let expected = vec![KeeperEvent::Open, KeeperEvent::Halted("a drill".to_owned())];
        assert_eq!(read(&[text]), Some(expected.clone()));
        for cut in 0..text.len() {
            assert_eq!(read(&[&text[..cut], &text[cut..]]), Some(expected.clone()), "{cut}");
        }
        assert_eq!(read(&["event: halted\ndata: {}\n"]), Some(Vec::new()), "not complete");
        let no_reason = Some(vec![KeeperEvent::Halted(String::new())]);
        assert_eq!(read(&["event: halted\ndata: garbage\n\n"]), no_reason);
    }

    #[test]
    fn a_line_that_never_ends_is_not_read_on() {
        let megabyte = "a".repeat(1024 * 1024);
        assert_eq!(read(&[&megabyte]), None);
    }
}
