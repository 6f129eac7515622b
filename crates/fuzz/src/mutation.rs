//! Changes to a sample: of its bytes, and of the values in it where it is JSON.

use proptest::{collection::vec, prelude::*, sample::Index, sample::select};

use crate::Input;

/// Samples with up to six changes.
pub(crate) fn inputs(samples: Vec<Vec<u8>>) -> impl Strategy<Value = Input> {
    let mutations = vec(mutation(samples.clone()), 0..6);
    (select(samples), mutations).prop_map(|(mut bytes, mutations)| {
        mutations.iter().for_each(|mutation| mutation.apply(&mut bytes));
        Input(bytes)
    })
}

#[derive(Clone, Debug)]
enum Mutation {
    Replace(Index, Vec<u8>),
    Insert(Index, Vec<u8>),
    Remove(Index, usize),
    Repeat(Index, usize, usize),
    Truncate(Index),
    /// Puts something in the place of a JSON value.
    Value(Index, Vec<u8>),
}

fn mutation(samples: Vec<Vec<u8>>) -> impl Strategy<Value = Mutation> {
    let word = select(&WORDS).prop_map(|word| word.as_bytes().to_vec());
    let piece = (select(samples), any::<Index>(), 1..40_usize).prop_map(|(sample, at, length)| {
        let start = at.index(sample.len());
        sample.into_iter().skip(start).take(length).collect::<Vec<u8>>()
    });
    let bytes = prop_oneof![vec(any::<u8>(), 1..8), word, piece];
    prop_oneof![
        1 => (any::<Index>(), bytes.clone()).prop_map(|(at, bytes)| Mutation::Replace(at, bytes)),
        1 => (any::<Index>(), bytes.clone()).prop_map(|(at, bytes)| Mutation::Insert(at, bytes)),
        1 => (any::<Index>(), 1..64_usize).prop_map(|(at, length)| Mutation::Remove(at, length)),
        1 => (any::<Index>(), 1..32_usize, 1..64_usize)
            .prop_map(|(at, length, times)| Mutation::Repeat(at, length, times)),
        1 => any::<Index>().prop_map(Mutation::Truncate),
        4 => (any::<Index>(), bytes).prop_map(|(at, bytes)| Mutation::Value(at, bytes)),
    ]
}

impl Mutation {
    fn apply(&self, bytes: &mut Vec<u8>) {
        let at = |index: &Index| index.index(bytes.len() + 1);
        match self {
            Self::Replace(index, new) => {
                let start = at(index);
                let end = (start + new.len()).min(bytes.len());
                bytes.splice(start..end, new.iter().copied());
            }
            Self::Insert(index, new) => {
                let start = at(index);
                bytes.splice(start..start, new.iter().copied());
            }
            Self::Remove(index, length) => {
                let start = at(index);
                bytes.drain(start..(start + length).min(bytes.len()));
            }
            Self::Repeat(index, length, times) => {
                let start = at(index);
                let piece = bytes[start..(start + length).min(bytes.len())].repeat(*times);
                bytes.splice(start..start, piece);
            }
            Self::Truncate(index) => bytes.truncate(at(index)),
            Self::Value(index, new) => {
                let values = values(bytes);
                if !values.is_empty() {
                    bytes.splice(values[index.index(values.len())].clone(), new.iter().copied());
                }
            }
        }
    }
}

/// Where JSON values stand that are no objects or arrays: from after a colon to the next comma or bracket.
fn values(bytes: &[u8]) -> Vec<std::ops::Range<usize>> {
    let colons = bytes.iter().enumerate().filter(|(_, byte)| **byte == b':').map(|(at, _)| at + 1);
    colons
        .filter_map(|start| {
            let length = bytes[start..].iter().position(|byte| b",}]\n".contains(byte))?;
            Some(start..start + length)
        })
        .collect()
}

/// What readers have choked on.
const WORDS: [&str; 36] = [
    "null",
    "true",
    "\"\"",
    "\" \"",
    "{}",
    "[]",
    "[[[[",
    "{\"a\":",
    "-1",
    "0",
    "1e300",
    "-1e300",
    "NaN",
    "Infinity",
    "1e-400",
    "9223372036854775807",
    "18446744073709551616",
    "86399000",
    "\"86399\"",
    "0.1",
    "1.7976931348623157e308",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\u{feff}",
    "\u{202e}",
    "ß",
    "\0",
    "\r\n",
    "\n\n",
    "<html>",
    "\"eyJ.eyJ.x\"",
    "..",
    "%",
    "&",
    "\\",
    "Thu, 01 Jan 1970 00:00:00 GMT",
];
