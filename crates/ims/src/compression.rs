//! Bodies that come compressed although it was not asked for (RFC 9110 section 8.4), as some caches and gateways send them.

use std::io::{self, Read};

use brotli_decompressor::Decompressor;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use glowjar_lifecycle::failure::Transient;
use reqwest::header::{CONTENT_ENCODING, HeaderMap};
use secrecy::zeroize::Zeroizing;

use crate::reply::Body;

/// What `body` was before it was compressed, at most `limit` bytes of it: more is cut off as in any other body, before it
/// is decoded. Unknown codings are left as they are.
pub(crate) fn decoded(headers: &HeaderMap, body: Body, limit: usize) -> Body {
    let named: Vec<_> = headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(Coding::named)
        .collect();
    // The last one was applied last.
    let mut body =
        named.iter().rev().take(MOST_CODINGS).fold(body, |body, coding| coding.undo(body, limit));
    // Some forget to say so, and no text begins like this.
    if named.is_empty() && body.bytes.starts_with(&GZIP_MAGIC) {
        body = Coding::Gzip.undo(body, limit);
    }
    body
}

#[derive(Clone, Copy)]
enum Coding {
    Gzip,
    Deflate,
    Brotli,
}

impl Coding {
    fn named(name: &str) -> Option<Self> {
        match name.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => Some(Self::Gzip),
            "deflate" => Some(Self::Deflate),
            "br" => Some(Self::Brotli),
            _ => None,
        }
    }

    fn undo(self, body: Body, limit: usize) -> Body {
        let bytes = body.bytes.as_slice();
        let (decoded, outcome) = match self {
            Self::Gzip => read(MultiGzDecoder::new(bytes), limit),
            // By the standard with the wrapping of zlib, by habit often without.
            Self::Deflate => match read(ZlibDecoder::new(bytes), limit) {
                (decoded, Err(_)) if decoded.is_empty() => read(DeflateDecoder::new(bytes), limit),
                read => read,
            },
            Self::Brotli => read(Decompressor::new(bytes, BUFFER), limit),
        };
        // What is not compressed, whatever its header says, is taken as it is.
        if outcome.is_err() && decoded.is_empty() && bytes.first().is_some_and(u8::is_ascii_graphic)
        {
            return body;
        }
        let too_long = decoded.len() > limit;
        let mut bytes = decoded;
        bytes.truncate(limit);
        let is_broken = outcome.is_err() || too_long;
        let cut = body.cut.or_else(|| is_broken.then_some(Transient::BrokenReply));
        Body { bytes, cut }
    }
}

/// One byte more than `limit` at most. What was read before an error counts as well.
fn read(decoder: impl Read, limit: usize) -> (Zeroizing<Vec<u8>>, io::Result<usize>) {
    let mut bytes = Zeroizing::new(Vec::new());
    let outcome = decoder.take(limit as u64 + 1).read_to_end(&mut bytes);
    (bytes, outcome)
}

/// Two are seen where a server and a cache each compress; more would only be a way to keep us busy.
const MOST_CODINGS: usize = 3;
const GZIP_MAGIC: [u8; 3] = [0x1f, 0x8b, 8];
/// In bytes; any size will do for bodies this small.
const BUFFER: usize = 4096;
