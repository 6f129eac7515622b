//! Values longer than the keychain takes, split over numbered entries and read back whole or not at all.
//!
//! The main entry holds the value itself, or says how many parts there are. New parts are written beside the old
//! ones and the main entry is changed last, so that a crash leaves the old value or the new one. What a crash leaves of the
//! other is swept away by the next write, or with the entry.

use glowjar_lifecycle::input::KeychainTrouble;
use secrecy::{ExposeSecret, SecretSlice};
use serde::{Deserialize, Serialize};

use crate::{crash_points, ports::Keychain};

/// Bytes of the longest value that is kept in parts. Tokens have a few thousand; an entry that claims more was damaged, and
/// memory for it would be asked for before that shows.
const LONGEST_WHOLE: usize = 1 << 20;
/// Where entries take as much, in bytes, nothing that Glowjar keeps was ever split, and looking for parts at each write would be
/// for nothing. Windows takes 2 560.
const NEVER_SPLIT: usize = 64 * 1024;
/// So many parts missing one after the other are the end of a set. Sets are deleted from their end, so one would do, if
/// no other program ever deleted an entry.
const GAP: usize = 3;

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

impl Index {
    /// Whether some value can have been split like this.
    fn is_possible(&self) -> bool {
        self.bytes <= LONGEST_WHOLE && self.parts <= self.bytes
    }
}

/// # Errors
/// `Incomplete` if parts are missing or the main entry can't be right, otherwise what the keychain says.
pub(crate) fn read(
    keychain: &dyn Keychain,
    entry: &str,
) -> Result<Option<SecretSlice<u8>>, KeychainTrouble> {
    let Some(main) = keychain.read(entry)? else { return Ok(None) };
    let Some(index) = index(&main) else { return Ok(Some(main)) };
    if !index.is_possible() {
        return Err(KeychainTrouble::Incomplete);
    }
    // Never longer than this: growing would leave a copy of the secret in memory that is not wiped.
    let mut value = Vec::with_capacity(index.bytes);
    for n in 0..index.parts {
        let part =
            keychain.read(&part_name(entry, index.set, n))?.ok_or(KeychainTrouble::Incomplete)?;
        let part = part.expose_secret();
        if part.len() > index.bytes - value.len() {
            return Err(KeychainTrouble::Incomplete);
        }
        value.extend_from_slice(part);
    }
    if value.len() != index.bytes {
        return Err(KeychainTrouble::Incomplete);
    }
    Ok(Some(value.into()))
}

/// # Errors
/// `Refused` for a value that is longer than any that can be read back, otherwise what the keychain says.
pub(crate) fn write(
    keychain: &dyn Keychain,
    entry: &str,
    value: &SecretSlice<u8>,
) -> Result<(), KeychainTrouble> {
    let bytes = value.expose_secret();
    let longest = crash_points::shortened(keychain.longest_value());
    let old =
        if longest == usize::MAX { None } else { keychain.read(entry)?.as_ref().and_then(index) };
    let written = if bytes.len() <= longest {
        put(keychain, entry, value)?;
        None
    } else {
        if bytes.len() > LONGEST_WHOLE {
            return Err(KeychainTrouble::Refused);
        }
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
        Some(index)
    };
    if old.is_some() || written.is_some() || longest < NEVER_SPLIT {
        sweep(keychain, entry, written.as_ref())?;
    }
    Ok(())
}

pub(crate) fn delete(keychain: &dyn Keychain, entry: &str) -> Result<(), KeychainTrouble> {
    let longest = crash_points::shortened(keychain.longest_value());
    let old = keychain.read(entry)?.as_ref().and_then(index);
    keychain.delete(entry)?;
    if old.is_some() || longest < NEVER_SPLIT {
        sweep(keychain, entry, None)?;
    }
    Ok(())
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

/// Deletes every part of both sets that doesn't belong to `kept`.
fn sweep(
    keychain: &dyn Keychain,
    entry: &str,
    kept: Option<&Index>,
) -> Result<(), KeychainTrouble> {
    for set in [Set::A, Set::B] {
        let first = kept.filter(|kept| kept.set == set).map_or(0, |kept| kept.parts);
        // From the end, so that a crash leaves the beginning of a set, and the next sweep finds it.
        for n in parts_from(keychain, entry, set, first)?.into_iter().rev() {
            crash_points::pass("keychain-delete");
            keychain.delete(&part_name(entry, set, n))?;
        }
    }
    Ok(())
}

/// The numbers of the parts that are there, whatever a main entry says.
fn parts_from(
    keychain: &dyn Keychain,
    entry: &str,
    set: Set,
    first: usize,
) -> Result<Vec<usize>, KeychainTrouble> {
    let mut found = Vec::new();
    let mut missing = 0;
    // No set has more parts than bytes.
    for n in first..LONGEST_WHOLE {
        if keychain.read(&part_name(entry, set, n))?.is_some() {
            found.push(n);
            missing = 0;
        } else {
            missing += 1;
            if missing == GAP {
                break;
            }
        }
    }
    Ok(found)
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
    use std::{
        cell::Cell,
        collections::BTreeMap,
        sync::{
            Mutex,
            atomic::{AtomicUsize, Ordering},
        },
    };

    use super::*;

    /// As Windows Credential Manager does it, and able to die after any number of writes.
    struct Small {
        entries: Mutex<BTreeMap<String, Vec<u8>>>,
        writes_left: Mutex<Cell<usize>>,
        longest: usize,
        reads: AtomicUsize,
    }

    impl Small {
        fn new() -> Self {
            Self {
                entries: Mutex::default(),
                writes_left: Mutex::new(Cell::new(usize::MAX)),
                longest: 2560,
                reads: AtomicUsize::new(0),
            }
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
            self.reads.fetch_add(1, Ordering::Relaxed);
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
            self.longest
        }
    }

    impl Small {
        fn names(&self) -> Vec<String> {
            self.entries.lock().unwrap().keys().cloned().collect()
        }

        fn put_by_another(&self, entry: &str, value: &[u8]) {
            self.entries.lock().unwrap().insert(entry.to_owned(), value.to_vec());
        }

        /// Whether a single byte of a value that was filled with it is left.
        fn holds(&self, fill: u8) -> bool {
            self.entries.lock().unwrap().values().any(|value| value.contains(&fill))
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

    /// Old and new value by length, with every way from parts to a whole and back.
    const CHANGES: [(usize, usize); 6] =
        [(9000, 6000), (6000, 9000), (9000, 10), (10, 9000), (2560, 2561), (9000, 9000)];

    /// Of an entry that was to change from O to N when the process died after `writes` changes.
    fn after_a_crash(old: usize, new: usize, writes: usize) -> Small {
        let keychain = Small::new();
        write(&keychain, "e", &value(old, b'O')).unwrap();
        keychain.die_after(writes);
        let _ = write(&keychain, "e", &value(new, b'N'));
        keychain.die_after(usize::MAX);
        keychain
    }

    #[test]
    fn f24_after_a_crash_at_any_step_the_next_write_leaves_no_piece_of_an_older_secret() {
        for (old, new) in CHANGES {
            for writes in 0..12 {
                for last in [1, 2560, 2561, 6000, 9000, 20_000] {
                    let keychain = after_a_crash(old, new, writes);
                    write(&keychain, "e", &value(last, b'L')).unwrap();
                    let what = format!("{old} to {new} after {writes} changes, then {last}");
                    assert!(!keychain.holds(b'O') && !keychain.holds(b'N'), "{what}");
                    assert_eq!(stored(&keychain), Some(vec![b'L'; last]), "{what}");
                    let entries = if last <= 2560 { 1 } else { 1 + last.div_ceil(2560) };
                    assert_eq!(keychain.names().len(), entries, "{what}");
                }
            }
        }
    }

    #[test]
    fn f24_after_crashes_at_any_steps_a_removal_leaves_nothing_at_all() {
        for (old, new) in CHANGES {
            for writes in 0..12 {
                for deletes in 0..12 {
                    let keychain = after_a_crash(old, new, writes);
                    keychain.die_after(deletes);
                    let _ = delete(&keychain, "e");
                    keychain.die_after(usize::MAX);
                    delete(&keychain, "e").unwrap();
                    let left = keychain.names();
                    assert!(left.is_empty(), "{old} to {new}, {writes}, {deletes}: {left:?}");
                }
            }
        }
    }

    #[test]
    fn pieces_with_up_to_two_missing_between_them_are_found_and_those_of_another_entry_are_left() {
        let keychain = Small::new();
        for piece in ["e#a0", "e#a1", "e#a4", "e#b2", "e#b3", "e#b6", "e2#a0", "e2"] {
            keychain.put_by_another(piece, b"piece");
        }
        delete(&keychain, "e").unwrap();
        assert_eq!(keychain.names(), ["e2", "e2#a0"]);
    }

    #[test]
    fn where_entries_are_long_nothing_is_looked_for_in_vain() {
        let keychain = Small { longest: NEVER_SPLIT, ..Small::new() };
        write(&keychain, "e", &value(9000, b'x')).unwrap();
        assert_eq!(keychain.reads.load(Ordering::Relaxed), 1);
        delete(&keychain, "e").unwrap();
        assert_eq!(keychain.reads.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn an_index_that_no_value_can_have_is_incomplete_and_costs_neither_memory_nor_time() {
        let absurd = [
            (1, usize::MAX),
            (usize::MAX, usize::MAX),
            (usize::MAX, 10),
            (1, LONGEST_WHOLE + 1),
            (1 << 60, 1 << 62),
            (2, 1),
            (0, 5),
            (1, 0),
            (1, 4),
            (1, 6),
        ];
        for set in ["A", "B"] {
            for (parts, bytes) in absurd {
                let keychain = Small::new();
                let main = format!(r#"{{"parts":{parts},"bytes":{bytes},"set":"{set}"}}"#);
                keychain.put_by_another("e", main.as_bytes());
                keychain.put_by_another(&format!("e#{}0", set.to_lowercase()), b"piece");
                assert_eq!(
                    read(&keychain, "e").unwrap_err(),
                    KeychainTrouble::Incomplete,
                    "{main}"
                );
                // The secret is typed again, or the profile is removed.
                write(&keychain, "e", &value(6000, b'n')).unwrap();
                assert_eq!(stored(&keychain), Some(vec![b'n'; 6000]), "{main}");
                keychain.put_by_another("e", main.as_bytes());
                delete(&keychain, "e").unwrap();
                assert_eq!(keychain.names(), [""; 0], "{main}");
            }
        }
    }

    #[test]
    fn numbers_that_no_computer_has_are_no_index() {
        for main in [
            r#"{"parts":-1,"bytes":5,"set":"A"}"#,
            r#"{"parts":1,"bytes":18446744073709551616,"set":"A"}"#,
            r#"{"parts":1,"bytes":1e300,"set":"A"}"#,
            r#"{"parts":1,"bytes":5,"set":"C"}"#,
        ] {
            let keychain = Small::new();
            keychain.put_by_another("e", main.as_bytes());
            assert_eq!(stored(&keychain).as_deref(), Some(main.as_bytes()), "as any other value");
        }
    }

    #[test]
    fn a_value_that_could_not_be_read_back_is_refused_and_the_old_one_stays() {
        let keychain = Small::new();
        write(&keychain, "e", &value(9000, b'o')).unwrap();
        let longer = value(LONGEST_WHOLE + 1, b'n');
        assert_eq!(write(&keychain, "e", &longer).unwrap_err(), KeychainTrouble::Refused);
        assert_eq!(stored(&keychain), Some(vec![b'o'; 9000]));
        write(&keychain, "e", &value(LONGEST_WHOLE, b'n')).unwrap();
        assert_eq!(stored(&keychain), Some(vec![b'n'; LONGEST_WHOLE]));
    }

    #[test]
    fn fuzzed_entries_make_no_panic_and_can_be_written_and_deleted() {
        glowjar_fuzz::feed("indexes", |main| {
            let keychain = Small::new();
            keychain.put_by_another("e", main);
            keychain.put_by_another("e#a0", b"one");
            keychain.put_by_another("e#a1", b"two");
            keychain.put_by_another("e#b0", b"three");
            match read(&keychain, "e") {
                Ok(Some(value)) => assert!(value.expose_secret().len() <= main.len().max(6)),
                Ok(None) => panic!("there is an entry"),
                Err(trouble) => assert_eq!(trouble, KeychainTrouble::Incomplete),
            }
            write(&keychain, "e", &value(6000, b'n')).unwrap();
            assert_eq!(stored(&keychain), Some(vec![b'n'; 6000]));
            keychain.put_by_another("e", main);
            delete(&keychain, "e").unwrap();
            assert_eq!(keychain.names(), [""; 0]);
        });
    }
}
