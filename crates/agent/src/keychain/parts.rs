//! Values longer than the keychain takes, split over numbered entries and read back whole or not at all.
//!
//! The main entry holds the value itself, or says how many parts there are. New parts are written beside the old
//! ones and the main entry is changed last, so that a crash leaves the old value or the new one.

use glowjar_lifecycle::input::KeychainTrouble;
use secrecy::{ExposeSecret, SecretSlice};
use serde::{Deserialize, Serialize};

use crate::{crash_points, ports::Keychain};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Index {
    parts: usize,
    bytes: usize,
    set: Set,
}

/// Two sets take turns, so that writing one leaves the other alone.
#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
enum Set {
    A,
    B,
}

pub(crate) fn read(
    keychain: &dyn Keychain,
    entry: &str,
) -> Result<Option<SecretSlice<u8>>, KeychainTrouble> {
    let Some(main) = keychain.read(entry)? else { return Ok(None) };
    let Some(index) = index(&main) else { return Ok(Some(main)) };
    let mut value = Vec::with_capacity(index.bytes);
    for n in 0..index.parts {
        let part =
            keychain.read(&part_name(entry, index.set, n))?.ok_or(KeychainTrouble::Incomplete)?;
        value.extend_from_slice(part.expose_secret());
    }
    if value.len() != index.bytes {
        return Err(KeychainTrouble::Incomplete);
    }
    Ok(Some(value.into()))
}

pub(crate) fn write(
    keychain: &dyn Keychain,
    entry: &str,
    value: &SecretSlice<u8>,
) -> Result<(), KeychainTrouble> {
    let bytes = value.expose_secret();
    let longest = crash_points::shortened(keychain.longest_value());
    let old =
        if longest == usize::MAX { None } else { keychain.read(entry)?.as_ref().and_then(index) };
    if bytes.len() <= longest {
        put(keychain, entry, value)?;
    } else {
        let set = match &old {
            Some(Index { set: Set::A, .. }) => Set::B,
            Some(_) | None => Set::A,
        };
        let chunks: Vec<&[u8]> = bytes.chunks(longest).collect();
        for (n, chunk) in chunks.iter().enumerate() {
            put(keychain, &part_name(entry, set, n), &chunk.to_vec().into())?;
        }
        let index = Index { parts: chunks.len(), bytes: bytes.len(), set };
        let main = serde_json::to_vec(&index).map_err(|_| KeychainTrouble::Refused)?;
        put(keychain, entry, &main.into())?;
    }
    match old {
        Some(index) => delete_parts(keychain, entry, &index),
        None => Ok(()),
    }
}

pub(crate) fn delete(keychain: &dyn Keychain, entry: &str) -> Result<(), KeychainTrouble> {
    let old = keychain.read(entry)?.as_ref().and_then(index);
    keychain.delete(entry)?;
    match old {
        Some(index) => delete_parts(keychain, entry, &index),
        None => Ok(()),
    }
}

fn put(
    keychain: &dyn Keychain,
    entry: &str,
    value: &SecretSlice<u8>,
) -> Result<(), KeychainTrouble> {
    crash_points::pass("keychain-write");
    keychain.write(entry, value)?;
    crash_points::pass("keychain-written");
    Ok(())
}

fn delete_parts(
    keychain: &dyn Keychain,
    entry: &str,
    index: &Index,
) -> Result<(), KeychainTrouble> {
    (0..index.parts).try_for_each(|n| {
        crash_points::pass("keychain-delete");
        keychain.delete(&part_name(entry, index.set, n))
    })
}

fn index(main: &SecretSlice<u8>) -> Option<Index> {
    serde_json::from_slice(main.expose_secret()).ok()
}

fn part_name(entry: &str, set: Set, n: usize) -> String {
    let set = match set {
        Set::A => 'a',
        Set::B => 'b',
    };
    format!("{entry}#{set}{n}")
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, collections::BTreeMap, sync::Mutex};

    use super::*;

    /// As Windows Credential Manager does it, and able to die after any number of writes.
    struct Small {
        entries: Mutex<BTreeMap<String, Vec<u8>>>,
        writes_left: Mutex<Cell<usize>>,
    }

    impl Small {
        fn new() -> Self {
            Self { entries: Mutex::default(), writes_left: Mutex::new(Cell::new(usize::MAX)) }
        }

        fn die_after(&self, writes: usize) {
            self.writes_left.lock().unwrap().set(writes);
        }

        fn spend(&self) -> Result<(), KeychainTrouble> {
            let left = self.writes_left.lock().unwrap();
            left.set(left.get().checked_sub(1).ok_or(KeychainTrouble::Refused)?);
            Ok(())
        }
    }

    impl Keychain for Small {
        fn read(&self, entry: &str) -> Result<Option<SecretSlice<u8>>, KeychainTrouble> {
            Ok(self.entries.lock().unwrap().get(entry).map(|value| value.clone().into()))
        }

        fn write(&self, entry: &str, value: &SecretSlice<u8>) -> Result<(), KeychainTrouble> {
            self.spend()?;
            if value.expose_secret().len() > self.longest_value() {
                return Err(KeychainTrouble::Refused);
            }
            self.entries.lock().unwrap().insert(entry.to_owned(), value.expose_secret().to_vec());
            Ok(())
        }

        fn delete(&self, entry: &str) -> Result<(), KeychainTrouble> {
            self.spend()?;
            self.entries.lock().unwrap().remove(entry);
            Ok(())
        }

        fn unlock(&self) -> Result<(), KeychainTrouble> {
            Ok(())
        }

        fn longest_value(&self) -> usize {
            2560
        }
    }

    fn value(length: usize, fill: u8) -> SecretSlice<u8> {
        vec![fill; length].into()
    }

    fn stored(keychain: &Small) -> Option<Vec<u8>> {
        read(keychain, "e").unwrap().map(|value| value.expose_secret().to_vec())
    }

    #[test]
    fn f24_values_around_and_beyond_the_limit_come_back_whole() {
        for length in [0, 1, 2559, 2560, 2561, 5120, 9000] {
            let keychain = Small::new();
            write(&keychain, "e", &value(length, b'x')).unwrap();
            assert_eq!(stored(&keychain), Some(vec![b'x'; length]), "{length} bytes");
            delete(&keychain, "e").unwrap();
            assert!(
                keychain.entries.lock().unwrap().is_empty(),
                "{length} bytes leave nothing behind"
            );
        }
    }

    #[test]
    fn f24_one_missing_part_is_incomplete_and_never_a_truncated_secret() {
        for lost in ["e#a0", "e#a1", "e#a3"] {
            let keychain = Small::new();
            write(&keychain, "e", &value(9000, b'x')).unwrap();
            keychain.entries.lock().unwrap().remove(lost);
            assert_eq!(read(&keychain, "e").unwrap_err(), KeychainTrouble::Incomplete, "{lost}");
        }
    }

    #[test]
    fn f03_dying_at_any_write_leaves_the_old_value_or_the_new_one() {
        for (old, new) in [(9000, 6000), (9000, 10), (10, 9000), (2560, 2561)] {
            for writes in 0..12 {
                let keychain = Small::new();
                write(&keychain, "e", &value(old, b'o')).unwrap();
                keychain.die_after(writes);
                let _ = write(&keychain, "e", &value(new, b'n'));
                let found = stored(&keychain).unwrap();
                assert!(
                    found == vec![b'o'; old] || found == vec![b'n'; new],
                    "{old} to {new} after {writes} writes"
                );
            }
        }
    }
}
