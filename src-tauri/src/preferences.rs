//! Preferences in `tauri-plugin-store`.
//!
//! The plugin takes a file it can't read for an empty one and then writes over it, so the file is looked at first.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use glowjar_agent::{
    json_file,
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
    /// Why the file can't be used at all, in the system's words.
    pub unusable: Option<String>,
}

/// Writes at each change; nobody changes preferences often. Without a store, they last as long as the process.
pub struct StoredPreferences(Option<Kept>);

struct Kept {
    store: Arc<Store<Wry>>,
    file: PathBuf,
}

/// Opens `preferences.json` in `folder`.
pub fn open(app: &AppHandle, folder: &Path) -> Opened {
    let file = folder.join("preferences.json");
    let kept_aside = match inspect(&file) {
        Ok(kept_aside) => kept_aside,
        Err(error) => return Opened::unusable(error.to_string()),
    };
    let store = match app.store_builder(&file).disable_auto_save().build() {
        Ok(store) => store,
        Err(error) => return Opened { kept_aside, ..Opened::unusable(error.to_string()) },
    };
    let preferences = store
        .get(PREFERENCES)
        .and_then(|value| serde_json::from_value(value).ok())
        .unwrap_or_default();
    // Or the plugin would write the file once more when the process ends, and not at a stroke.
    store.close_resource();
    let store = StoredPreferences(Some(Kept { store, file }));
    Opened { preferences, store, kept_aside, unusable: None }
}

impl Opened {
    fn unusable(cause: String) -> Self {
        Self {
            preferences: Preferences::default(),
            store: StoredPreferences(None),
            kept_aside: None,
            unusable: Some(cause),
        }
    }
}

impl PreferencesStore for StoredPreferences {
    fn save(&self, preferences: &Preferences) {
        let Self(Some(Kept { store, file })) = self else { return };
        match serde_json::to_value(preferences) {
            Ok(value) => store.set(PREFERENCES, value),
            Err(error) => return tracing::error!(%error, "preferences can't be written down"),
        }
        store.set(VERSION, CURRENT);
        let entries: Map<String, Value> = store.entries().into_iter().collect();
        if let Err(error) = json_file::replace(file, &entries) {
            tracing::warn!(%error, "preferences were not saved");
        }
    }
}

/// Moves a corrupt file out of the way; of one from a newer Glowjar a copy is kept, since it will be written to.
fn inspect(file: &Path) -> io::Result<Option<KeptAside>> {
    let text = match fs::read(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let Some(why) = trouble(&text) else { return Ok(None) };
    let copy = json_file::aside(file);
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
