//! Preferences in `tauri-plugin-store`.
//!
//! The plugin takes a file it can't read for an empty one and then writes over it, so the file is looked at first. And it
//! writes in place, so it is given a file beside the real one, which takes the real one's place when it is whole: a crash
//! or a full disk leaves the old preferences or the new ones, and never half of them.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use glowjar_agent::{
    preferences::{Preferences, PreferencesStore},
    profiles::{KeptAside, Unreadable},
};
use serde_json::{Map, Value};
use tauri::{AppHandle, Wry};
use tauri_plugin_store::{Store, StoreExt};

/// The person's choices, and the store that keeps them.
pub struct Opened {
    pub preferences: Preferences,
    pub store: StoredPreferences,
    /// Set if the file could not be read, or not all of it.
    pub kept_aside: Option<KeptAside>,
}

/// Writes at each change, since preferences do not change often.
pub struct StoredPreferences {
    /// Its file is `files.next`.
    store: Arc<Store<Wry>>,
    files: Files,
}

/// Where preferences are, and where the next ones are written until they are whole.
#[derive(Clone, Debug)]
struct Files {
    current: PathBuf,
    next: PathBuf,
}

impl Files {
    fn in_folder(folder: &Path) -> Self {
        let file = |name| folder.join(name);
        Self { current: file("preferences.json"), next: file("preferences.next.json") }
    }

    /// What a crash left of the next ones never counted.
    fn forget_next(&self) -> io::Result<()> {
        match fs::remove_file(&self.next) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// The next ones are whole. They count from now on, also if the power fails in this moment.
    fn replace(&self) -> io::Result<()> {
        // Windows syncs only what may be written to.
        fs::File::options().write(true).open(&self.next)?.sync_all()?;
        fs::rename(&self.next, &self.current)?;
        #[cfg(unix)]
        if let Some(folder) = self.current.parent() {
            fs::File::open(folder)?.sync_all()?;
        }
        Ok(())
    }
}

/// Opens `preferences.json` in `folder`, which the plugin makes where needed.
///
/// # Errors
/// The file is there and can't be moved or copied, or the plugin can't make its store.
pub fn open(app: &AppHandle, folder: &Path) -> anyhow::Result<Opened> {
    let files = Files::in_folder(folder);
    let kept_aside = inspect(&files.current)?;
    files.forget_next()?;
    let store = app.store_builder(&files.next).disable_auto_save().create_new().build()?;
    // The plugin saves what it knows of when the application ends, in place. Here everything is saved by then.
    store.close_resource();
    for (key, value) in entries(&files.current) {
        store.set(key, value);
    }
    let preferences = store
        .get(PREFERENCES)
        .and_then(|value| serde_json::from_value(value).ok())
        .unwrap_or_default();
    Ok(Opened { preferences, store: StoredPreferences { store, files }, kept_aside })
}

impl PreferencesStore for StoredPreferences {
    fn save(&self, preferences: &Preferences) {
        let Self { store, files } = self;
        match serde_json::to_value(preferences) {
            Ok(value) => store.set(PREFERENCES, value),
            Err(error) => return tracing::error!(%error, "preferences can't be written down"),
        }
        store.set(VERSION, CURRENT);
        let saved = store.save().map_err(io::Error::other).and_then(|()| files.replace());
        if let Err(error) = saved {
            tracing::warn!(%error, "preferences were not saved");
        }
    }
}

/// Everything in the file, also what only a newer Glowjar knows. Nothing if it can't be read.
fn entries(file: &Path) -> Map<String, Value> {
    let text = fs::read(file).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or_default()
}

/// Moves a corrupt file out of the way; of one from a newer Glowjar a copy is kept, since it will be written to.
fn inspect(file: &Path) -> io::Result<Option<KeptAside>> {
    let text = match fs::read(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let Some(why) = trouble(&text) else { return Ok(None) };
    let copy = free_name(file);
    match why {
        Unreadable::Corrupt => fs::rename(file, &copy)?,
        Unreadable::Newer => drop(fs::copy(file, &copy)?),
    }
    Ok(Some(KeptAside { why, copy }))
}

fn trouble(text: &[u8]) -> Option<Unreadable> {
    let Ok(map) = serde_json::from_slice::<Map<String, Value>>(text) else {
        return Some(Unreadable::Corrupt);
    };
    if map.get(VERSION).and_then(Value::as_u64).is_some_and(|version| version > CURRENT) {
        return Some(Unreadable::Newer);
    }
    let known = map.get(PREFERENCES).cloned().unwrap_or_else(|| Value::Object(Map::new()));
    serde_json::from_value::<Preferences>(known).err().map(|_| Unreadable::Corrupt)
}

fn free_name(file: &Path) -> std::path::PathBuf {
    (1..)
        .map(|n: u32| file.with_extension(format!("unreadable-{n}.json")))
        .find(|path| !path.exists())
        .unwrap_or_else(|| file.with_extension("unreadable.json"))
}

const PREFERENCES: &str = "preferences";
const VERSION: &str = "version";
const CURRENT: u64 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &[u8] =
        br#"{"version":1,"preferences":{"clearClipboardAfterSeconds":30,"dismissedBanners":[]}}"#;

    #[track_caller]
    fn check(text: &[u8], expected: Option<Unreadable>) {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("preferences.json");
        fs::write(&file, text).expect("written");
        let kept = inspect(&file).expect("inspected");
        assert_eq!(kept.as_ref().map(|kept| kept.why), expected);
        if let Some(kept) = kept {
            assert_eq!(fs::read(kept.copy).expect("kept"), text);
        }
        assert_eq!(file.exists(), expected != Some(Unreadable::Corrupt));
    }

    #[test]
    fn a_file_that_can_be_read_stays_where_it_is() {
        check(GOOD, None);
        check(b"{}", None);
    }

    #[test]
    fn f05_a_torn_file_is_kept_aside_to_the_byte_at_every_length() {
        for length in 0..GOOD.len() {
            check(&GOOD[..length], Some(Unreadable::Corrupt));
        }
    }

    #[test]
    fn f05_preferences_of_the_wrong_shape_are_kept_aside() {
        check(br#"{"version":1,"preferences":{"dismissedBanners":7}}"#, Some(Unreadable::Corrupt));
    }

    #[test]
    fn a_file_from_a_newer_version_is_copied_and_still_used() {
        check(br#"{"version":2,"preferences":{"moon":true}}"#, Some(Unreadable::Newer));
    }

    #[test]
    fn f05_a_crash_while_preferences_are_written_leaves_the_old_ones_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = Files::in_folder(folder.path());
        fs::write(&files.current, GOOD).expect("written");
        let newer = std::str::from_utf8(GOOD).expect("text").replace("30", "45");
        for length in 0..newer.len() {
            fs::write(&files.next, &newer[..length]).expect("written");
            assert_eq!(inspect(&files.current).expect("inspected"), None);
            files.forget_next().expect("forgotten");
            assert_eq!(fs::read(&files.current).expect("read"), GOOD);
            assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
        }
        files.forget_next().expect("nothing to forget");
        fs::write(&files.next, &newer).expect("written");
        files.replace().expect("replaced");
        assert_eq!(fs::read_to_string(&files.current).expect("read"), newer);
        assert!(!files.next.exists());
    }

    #[test]
    fn no_file_is_no_trouble() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(inspect(&folder.path().join("preferences.json")).expect("inspected"), None);
    }

    #[test]
    fn f05_a_fuzzed_file_is_read_or_kept_aside() {
        glowjar_fuzz::feed("preferences", |text| {
            if trouble(text).is_none() {
                let map: Map<String, Value> = serde_json::from_slice(text).expect("an object");
                let known = map.get(PREFERENCES).cloned().unwrap_or_else(|| Map::new().into());
                let read: Preferences = serde_json::from_value(known).expect("preferences");
                assert!((5..=3_600).contains(&read.clear_clipboard_after().as_secs()));
            }
        });
    }
}
