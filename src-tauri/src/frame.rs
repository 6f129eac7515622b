//! What travels between the tray's process and the window's: JSON objects, one a line.

use serde::{Deserialize, Serialize};
use tokio_util::codec::LinesCodec;

/// Window to tray.
#[derive(Deserialize, Serialize)]
#[serde(untagged)]
pub enum Say<R> {
    /// `id` is the window's own and comes back with the reply.
    Ask { id: u64, request: R },
    /// The answer to [`Tell::Focus`], which a window that is closing does not give.
    Focused { focused: bool },
}

/// Tray to window.
#[derive(Deserialize, Serialize)]
#[serde(untagged)]
pub enum Tell<R, S> {
    Reply { id: u64, reply: R },
    Snapshot { snapshot: S },
    Focus { focus: bool },
}

/// Splits a pipe into lines and refuses those longer than [`LONGEST_FRAME`].
pub fn lines() -> LinesCodec {
    LinesCodec::new_with_max_length(LONGEST_FRAME)
}

/// Bytes in a line. Somebody who pastes a megabyte by mistake is to read so beside the field, even if JSON
/// writes each of its characters as six.
pub const LONGEST_FRAME: usize = 8 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::StreamExt;
    use serde_json::{Value, json};
    use tokio_util::codec::{FramedRead, LinesCodecError};

    fn told(line: &str) -> Tell<Value, Value> {
        serde_json::from_str(line).expect("a frame")
    }

    #[test]
    fn each_frame_is_written_the_way_both_sides_agreed_on() {
        let written = |frame: &Tell<Value, Value>| serde_json::to_string(frame).expect("JSON");
        assert_eq!(
            written(&Tell::Reply { id: 7, reply: json!({"kind": "done"}) }),
            r#"{"id":7,"reply":{"kind":"done"}}"#
        );
        assert_eq!(written(&Tell::Snapshot { snapshot: json!({}) }), r#"{"snapshot":{}}"#);
        assert_eq!(written(&Tell::Focus { focus: true }), r#"{"focus":true}"#);
        let said = serde_json::to_string(&Say::<Value>::Focused { focused: true }).expect("JSON");
        assert_eq!(said, r#"{"focused":true}"#);
    }

    #[test]
    fn each_frame_is_read_back_as_what_it_was() {
        assert!(matches!(told(r#"{"id":7,"reply":{"kind":"done"}}"#), Tell::Reply { id: 7, .. }));
        assert!(matches!(told(r#"{"snapshot":{"revision":1}}"#), Tell::Snapshot { .. }));
        assert!(matches!(told(r#"{"focus":true}"#), Tell::Focus { focus: true }));
    }

    #[tokio::test]
    async fn a_line_without_end_is_refused_before_it_fills_the_memory() {
        let endless =
            tokio::io::AsyncReadExt::take(tokio::io::repeat(b'x'), 4 * LONGEST_FRAME as u64);
        let mut frames = FramedRead::new(endless, lines());
        assert!(matches!(frames.next().await, Some(Err(LinesCodecError::MaxLineLengthExceeded))));
        assert!(frames.read_buffer().capacity() < 3 * LONGEST_FRAME);
    }
}
