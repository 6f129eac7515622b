//! The text in a file that some program saved.

/// UTF-8, or UTF-16 as PowerShell's `>` and Notepad save it. What is neither becomes signs that no credential has, and
/// the application says what they are.
#[must_use]
pub fn decoded(bytes: &[u8]) -> String {
    let (rest, read): (_, fn([u8; 2]) -> u16) = match bytes {
        [0xff, 0xfe, rest @ ..] => (rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => (rest, u16::from_be_bytes),
        // Without a byte-order mark, every other byte of such a text is nothing.
        [a, 0, b, 0, ..] if *a != 0 && *b != 0 => (bytes, u16::from_le_bytes),
        [0, a, 0, b, ..] if *a != 0 && *b != 0 => (bytes, u16::from_be_bytes),
        _ => return String::from_utf8_lossy(bytes).into_owned(),
    };
    let units = rest.chunks_exact(2).map(|pair| read([pair[0], pair[1]]));
    // As long as it can get, so that no smaller buffer is left behind with a secret in it.
    let mut text = String::with_capacity(rest.len() * 3 / 2 + 3);
    let letters = char::decode_utf16(units);
    text.extend(letters.map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)));
    text
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn f49_text_is_read_as_windows_saves_it() {
        let text = "CLIENT_ID=0123 é";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [
            text.as_bytes().to_vec(),
            little.clone(),
            big.clone(),
            [&[0xff, 0xfe], little.as_slice()].concat(),
            [&[0xfe, 0xff], big.as_slice()].concat(),
        ] {
            assert_eq!(decoded(&bytes), text, "{bytes:?}");
        }
        for odd in [&[][..], &[0xff], &[0xff, 0xfe], &[0xff, 0xfe, 0x41], &[0, 0, 0, 0]] {
            let _ = decoded(odd);
        }
    }
}
