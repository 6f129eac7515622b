//! The authority that signed a keeper's certificate, as it stands in the line with which a desk joins.

use std::{fmt, sync::Arc};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};

/// A certificate that is trusted for one provider alone, beside those that are trusted anyway. It is public.
///
/// Written as base64url without padding of its DER form (RFC 4648 section 5), which no shell and no reader of pairs stumbles over.
#[derive(Clone, PartialEq, Eq)]
pub struct Authority(Arc<[u8]>);

impl Authority {
    /// Whether it can be used shows when a connection is made. `None` if it is no certificate by its looks.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let der = URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()?;
        Self::from_der(&der)
    }

    /// See [`parse`](Self::parse).
    #[must_use]
    pub fn from_der(der: &[u8]) -> Option<Self> {
        // A sequence whose length takes two bytes more: every certificate has between 128 bytes and 64 kB.
        let is_sequence = matches!(der, [0x30, 0x81 | 0x82, ..]);
        is_sequence.then(|| Self(der.into()))
    }

    pub(crate) fn to_pem(&self) -> String {
        let body = STANDARD.encode(&self.0);
        format!("\n-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
    }
}

impl fmt::Display for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(&self.0))
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Authority({} bytes)", self.0.len())
    }
}

/// In characters. A certificate with the longest keys in use has some 3 000.
const LONGEST: usize = 16 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_as_it_was_read_and_garbage_is_none() {
        let der: Vec<u8> =
            [0x30, 0x82, 1, 0].into_iter().chain((0..=255).cycle().take(256)).collect();
        let authority = Authority::from_der(&der).expect("by its looks");
        let written = authority.to_string();
        assert_eq!(Authority::parse(&written), Some(authority));
        for garbage in ["", "abc", "%", &"A".repeat(20_000), &written[1..]] {
            assert_eq!(Authority::parse(garbage), None, "{garbage}");
        }
    }
}
