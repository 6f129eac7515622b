//! A desktop that shows nothing and remembers everything it was told.

use std::{
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use glowjar_agent::{
    notices::Notice,
    ports::{ClipboardError, Shell, ShortcutError, StartAtLoginError},
    preferences::{Preferences, PreferencesStore},
    tray::TrayView,
    view::Snapshot,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::watch;

#[derive(Default)]
pub struct RecordingShell {
    clipboard: Mutex<Clipboard>,
    told: watch::Sender<Vec<Told>>,
    tray: Mutex<Option<TrayView>>,
    opened: Mutex<Vec<String>>,
    starts_at_login: Mutex<bool>,
    refuses_to_start_at_login: Mutex<bool>,
    schemes: Mutex<Vec<String>>,
    refuses_schemes: Mutex<bool>,
    shortcut: Mutex<Option<String>>,
    /// Everything it was shown, as `Debug` writes it: what could end up in a bug report.
    debug: Mutex<String>,
}

#[derive(Default)]
struct Clipboard {
    text: Option<String>,
    /// What was put there last by the application.
    ours: Option<String>,
    clearings: usize,
    is_broken: bool,
    is_slow: bool,
}

/// What was done to toasts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    Raised(Notice),
    Withdrawn(String),
}

impl RecordingShell {
    pub fn clipboard(&self) -> Option<String> {
        lock(&self.clipboard).text.clone()
    }

    /// The person copies something else.
    pub fn copy_by_hand(&self, text: &str) {
        lock(&self.clipboard).text = Some(text.to_owned());
    }

    /// How often the application asked for the clipboard to be cleared.
    pub fn clearings(&self) -> usize {
        lock(&self.clipboard).clearings
    }

    pub fn break_clipboard(&self) {
        lock(&self.clipboard).is_broken = true;
    }

    /// From now on what is copied arrives, and that is said too late.
    pub fn slow_clipboard(&self) {
        lock(&self.clipboard).is_slow = true;
    }

    pub fn told(&self) -> Vec<Told> {
        self.told.borrow().clone()
    }

    pub fn telling(&self) -> watch::Receiver<Vec<Told>> {
        self.told.subscribe()
    }

    pub fn tray(&self) -> TrayView {
        lock(&self.tray).clone().expect("the tray was shown")
    }

    /// Addresses, and "window" and "quit".
    pub fn opened(&self) -> Vec<String> {
        lock(&self.opened).clone()
    }

    pub fn starts_at_login(&self) -> bool {
        *lock(&self.starts_at_login)
    }

    pub fn refuse_to_start_at_login(&self) {
        *lock(&self.refuses_to_start_at_login) = true;
    }

    /// Those whose addresses the system hands over.
    pub fn schemes(&self) -> Vec<String> {
        lock(&self.schemes).clone()
    }

    pub fn refuse_schemes(&self) {
        *lock(&self.refuses_schemes) = true;
    }

    pub fn shortcut(&self) -> Option<String> {
        lock(&self.shortcut).clone()
    }

    pub fn debug(&self) -> String {
        lock(&self.debug).clone()
    }

    fn note(&self, text: String) {
        lock(&self.debug).push_str(&text);
    }
}

impl Shell for RecordingShell {
    fn publish(&self, snapshot: &Snapshot) {
        let json = serde_json::to_string(snapshot).expect("a snapshot is JSON");
        self.note(format!("{snapshot:?}{json}"));
    }

    fn show_tray(&self, tray: &TrayView) {
        self.note(format!("{tray:?}"));
        *lock(&self.tray) = Some(tray.clone());
    }

    fn raise(&self, notice: &Notice) {
        self.note(format!("{notice:?}"));
        self.told.send_modify(|told| told.push(Told::Raised(notice.clone())));
    }

    fn withdraw(&self, id: &str) {
        self.told.send_modify(|told| told.push(Told::Withdrawn(id.to_owned())));
    }

    fn copy(&self, text: &SecretString) -> Result<(), ClipboardError> {
        let mut clipboard = lock(&self.clipboard);
        if clipboard.is_broken {
            return Err(ClipboardError::Unavailable("no selection owner".to_owned()));
        }
        clipboard.text = Some(text.expose_secret().to_owned());
        clipboard.ours = clipboard.text.clone();
        match clipboard.is_slow {
            true => Err(ClipboardError::Slow),
            false => Ok(()),
        }
    }

    fn clear_clipboard(&self) {
        let mut clipboard = lock(&self.clipboard);
        clipboard.clearings += 1;
        if clipboard.text == clipboard.ours {
            clipboard.text = None;
        }
    }

    fn open_url(&self, url: &str) {
        lock(&self.opened).push(url.to_owned());
    }

    fn open_folder(&self, folder: &Path) -> bool {
        lock(&self.opened).push(folder.display().to_string());
        true
    }

    fn open_clock_settings(&self) -> bool {
        lock(&self.opened).push("clock".to_owned());
        true
    }

    fn start_at_login(&self, wanted: bool) -> Result<(), StartAtLoginError> {
        if *lock(&self.refuses_to_start_at_login) {
            return Err(StartAtLoginError::Refused("read-only".to_owned()));
        }
        *lock(&self.starts_at_login) = wanted;
        Ok(())
    }

    fn take_scheme(&self, scheme: &str) -> Result<(), String> {
        if *lock(&self.refuses_schemes) {
            return Err("read-only".to_owned());
        }
        lock(&self.schemes).push(scheme.to_owned());
        Ok(())
    }

    fn copy_shortcut(&self, keys: Option<&str>) -> Result<(), ShortcutError> {
        match keys {
            Some("nonsense") => return Err(ShortcutError::Malformed),
            Some("Ctrl+Alt+Del") => return Err(ShortcutError::Refused("taken".to_owned())),
            _ => {}
        }
        *lock(&self.shortcut) = keys.map(str::to_owned);
        Ok(())
    }

    fn show_window(&self) {
        lock(&self.opened).push("window".to_owned());
    }

    fn quit(&self) {
        lock(&self.opened).push("quit".to_owned());
    }
}

/// Preferences that outlive the controller and nothing else.
#[derive(Default)]
pub struct MemoryPreferences(Mutex<Preferences>);

impl MemoryPreferences {
    pub fn kept(&self) -> Preferences {
        lock(&self.0).clone()
    }
}

impl PreferencesStore for MemoryPreferences {
    fn save(&self, preferences: &Preferences) {
        *lock(&self.0) = preferences.clone();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
