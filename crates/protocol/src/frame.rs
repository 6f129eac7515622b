//! A frame is its length in bytes, as four bytes with the highest first, and then as many bytes of JSON.

use std::io::{self, Read, Write};

use serde::{Serialize, de::DeserializeOwned};

/// Bytes before the JSON.
pub const HEADER: usize = 4;
/// Bytes of JSON in a question. The longest there is has a few names in it.
pub const LONGEST_ASK: usize = 64 * 1024;
/// Bytes of JSON in an answer: hundreds of profiles' status, or a very long token.
pub const LONGEST_ANSWER: usize = 4 * 1024 * 1024;

/// What came over the wire and is no message.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    #[error("a message of {length} bytes is too long; {longest} are allowed")]
    TooLong { length: usize, longest: usize },
    #[error("this is no message of the protocol: {0}")]
    NotUnderstood(#[from] serde_json::Error),
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// The length that a header announces.
///
/// # Errors
/// It is more than `longest`.
pub fn length(header: [u8; HEADER], longest: usize) -> Result<usize, FrameError> {
    let length = u32::from_be_bytes(header) as usize;
    if length > longest {
        return Err(FrameError::TooLong { length, longest });
    }
    Ok(length)
}

/// The whole frame, ready to be written in one go.
///
/// # Errors
/// The message can't be written as JSON, or is longer than `longest`.
pub fn frame<T: Serialize>(message: &T, longest: usize) -> Result<Vec<u8>, FrameError> {
    // A token's length to begin with, so that a secret is seldom left behind in a smaller buffer.
    let mut bytes = Vec::with_capacity(USUAL_FRAME);
    bytes.extend([0; HEADER]);
    serde_json::to_writer(&mut bytes, message)?;
    let length = bytes.len() - HEADER;
    match u32::try_from(length) {
        Ok(announced) if length <= longest => {
            bytes[..HEADER].copy_from_slice(&announced.to_be_bytes());
            Ok(bytes)
        }
        _ => Err(FrameError::TooLong { length, longest }),
    }
}

/// # Errors
/// As [`frame`], or nobody reads it.
pub fn write<T: Serialize>(
    to: &mut impl Write,
    message: &T,
    longest: usize,
) -> Result<(), FrameError> {
    to.write_all(&frame(message, longest)?)?;
    Ok(to.flush()?)
}

/// # Errors
/// The other side closed ([`io::ErrorKind::UnexpectedEof`]), was too slow, or sent something else.
pub fn read<T: DeserializeOwned>(from: &mut impl Read, longest: usize) -> Result<T, FrameError> {
    let mut header = [0; HEADER];
    from.read_exact(&mut header)?;
    let mut body = vec![0; length(header, longest)?];
    from.read_exact(&mut body)?;
    Ok(serde_json::from_slice(&body)?)
}

const USUAL_FRAME: usize = 4 * 1024;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{Ask, Message};

    #[test]
    fn a_frame_is_read_back_as_it_was_written() {
        let mut wire = Vec::new();
        write(&mut wire, &Message::new(Ask::Status), LONGEST_ASK).expect("written");
        assert_eq!(wire, b"\x00\x00\x00\x1c{\"version\":1,\"ask\":\"status\"}");
        let back: Message<Ask> = read(&mut wire.as_slice(), LONGEST_ASK).expect("read");
        assert_eq!(back.body, Ask::Status);
    }

    #[test]
    fn f40_a_length_that_is_too_long_is_refused_before_anything_is_read() {
        let announced = 0xffff_ffff_u32.to_be_bytes();
        let refused = read::<Message<Ask>>(&mut announced.as_slice(), LONGEST_ASK);
        assert!(matches!(refused, Err(FrameError::TooLong { length: 0xffff_ffff, .. })));
    }

    #[test]
    fn f40_half_a_frame_is_an_end_and_garbage_is_no_message() {
        let half = b"\x00\x00\x00\x1c{\"version\":1";
        let Err(FrameError::Io(error)) = read::<Message<Ask>>(&mut half.as_slice(), LONGEST_ASK)
        else {
            panic!("half a frame was read");
        };
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
        let garbage = b"\x00\x00\x00\x02\xff\xfe";
        let read = read::<Message<Ask>>(&mut garbage.as_slice(), LONGEST_ASK);
        assert!(matches!(read, Err(FrameError::NotUnderstood(_))));
    }

    #[test]
    fn f40_fuzzed_frames_are_read_alike_twice_or_not_at_all() {
        glowjar_fuzz::feed("frames", |mut bytes| {
            if let Ok(read) = read::<Message<Ask>>(&mut bytes, LONGEST_ASK) {
                let again = frame(&read, LONGEST_ASK).expect("what was read fits");
                let again = self::read::<Message<Ask>>(&mut again.as_slice(), LONGEST_ASK);
                assert_eq!(again.expect("it is a message").body, read.body);
            }
        });
    }
}
