//! A keychain in memory that can be in every mood a real one has.

use std::{
    collections::BTreeMap,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
};

use glowjar_agent::ports::Keychain;
use glowjar_lifecycle::input::KeychainTrouble;
use secrecy::{ExposeSecret, SecretSlice};
use tokio::sync::watch;

/// Shared by every clone, as the real one is by every program of a person.
#[derive(Clone)]
pub struct MemoryKeychain(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    mood_changed: Condvar,
    tried: watch::Sender<Tried>,
}

struct State {
    entries: BTreeMap<String, Vec<u8>>,
    mood: Mood,
    longest_value: usize,
    changes_until_power_cut: Option<usize>,
    /// What `unlock` does: the person types the password, or waves the prompt away.
    unlocks: bool,
    panics: bool,
}

/// How often it was asked for something so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tried {
    pub reads: usize,
    pub writes: usize,
    /// Writes and deletions that happened.
    pub changes: usize,
    /// A change came after the power was cut.
    pub is_cut: bool,
}

/// How it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Open,
    Locked,
    Absent,
    /// Reads well and takes nothing.
    Full,
    /// Takes every call and answers none until its mood changes.
    Silent,
}

impl MemoryKeychain {
    pub fn empty() -> Self {
        Self::holding(BTreeMap::new(), usize::MAX)
    }

    fn holding(entries: BTreeMap<String, Vec<u8>>, longest_value: usize) -> Self {
        Self(Arc::new(Shared {
            state: Mutex::new(State {
                entries,
                mood: Mood::Open,
                longest_value,
                changes_until_power_cut: None,
                unlocks: true,
                panics: false,
            }),
            mood_changed: Condvar::new(),
            tried: watch::Sender::new(Tried::default()),
        }))
    }

    /// In bytes. On Windows it is 2 560.
    pub fn with_entries_up_to(self, longest: usize) -> Self {
        self.state().longest_value = longest;
        self
    }

    pub fn set_mood(&self, mood: Mood) {
        self.state().mood = mood;
        self.0.mood_changed.notify_all();
    }

    /// The next call panics, as one into a library with a bug.
    pub fn panic_once(&self) {
        self.state().panics = true;
    }

    pub fn refuse_to_unlock(&self) {
        self.state().unlocks = false;
    }

    /// Lets so many more writes and deletions happen; after them, calls neither happen nor return, as for a program
    /// that was killed.
    pub fn cut_power_after(&self, changes: usize) {
        self.state().changes_until_power_cut = Some(changes);
    }

    /// What is found after the power came back.
    pub fn after_power_cut(&self) -> Self {
        let state = self.state();
        Self::holding(state.entries.clone(), state.longest_value)
    }

    pub fn entries(&self) -> Vec<String> {
        self.state().entries.keys().cloned().collect()
    }

    /// Everything that is kept, as one text: what an intruder would read.
    pub fn contents(&self) -> String {
        let state = self.state();
        state.entries.values().map(|value| String::from_utf8_lossy(value).into_owned()).collect()
    }

    /// Loses every entry whose name ends like this.
    pub fn lose(&self, ending: &str) {
        let mut state = self.state();
        let before = state.entries.len();
        state.entries.retain(|name, _| !name.ends_with(ending));
        assert!(state.entries.len() < before, "no entry ends in {ending}");
    }

    /// Another program writes every entry whose name ends like this.
    pub fn damage(&self, ending: &str, value: &str) {
        let mut state = self.state();
        let found = state.entries.iter_mut().filter(|(name, _)| name.ends_with(ending));
        let damaged = found.map(|(_, old)| *old = value.as_bytes().to_vec()).count();
        assert!(damaged > 0, "no entry ends in {ending}");
    }

    pub fn tried(&self) -> Tried {
        *self.0.tried.borrow()
    }

    /// Waits until it was asked for as much.
    pub async fn tried_when(&self, mut condition: impl FnMut(&Tried) -> bool) {
        let mut tried = self.0.tried.subscribe();
        loop {
            // A copy: the condition may look at the entries, and who announces a try holds their lock.
            let now = *tried.borrow_and_update();
            // The sender lives as long as `self`, so waiting can't fail.
            if condition(&now) || tried.changed().await.is_err() {
                return;
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits while it is silent, then fails if its mood says so.
    fn enter(&self, is_write: bool) -> Result<MutexGuard<'_, State>, KeychainTrouble> {
        let mut state = self.state();
        while state.mood == Mood::Silent {
            state = self.0.mood_changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        assert!(!std::mem::take(&mut state.panics), "ordered by a test");
        match state.mood {
            Mood::Locked => return Err(KeychainTrouble::Locked),
            Mood::Absent => return Err(KeychainTrouble::Absent),
            Mood::Full if is_write => return Err(KeychainTrouble::Refused),
            Mood::Full | Mood::Open | Mood::Silent => {}
        }
        if is_write && state.changes_until_power_cut == Some(0) {
            self.0.tried.send_modify(|tried| tried.is_cut = true);
            loop {
                state = self.0.mood_changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
        }
        if is_write {
            self.0.tried.send_modify(|tried| tried.changes += 1);
            state.changes_until_power_cut = state.changes_until_power_cut.map(|left| left - 1);
        }
        Ok(state)
    }
}

impl Keychain for MemoryKeychain {
    fn read(&self, entry: &str) -> Result<Option<SecretSlice<u8>>, KeychainTrouble> {
        self.0.tried.send_modify(|tried| tried.reads += 1);
        Ok(self.enter(false)?.entries.get(entry).map(|value| value.clone().into()))
    }

    fn write(&self, entry: &str, value: &SecretSlice<u8>) -> Result<(), KeychainTrouble> {
        self.0.tried.send_modify(|tried| tried.writes += 1);
        let value = value.expose_secret().to_vec();
        let mut state = self.enter(true)?;
        if value.len() > state.longest_value {
            return Err(KeychainTrouble::Refused);
        }
        state.entries.insert(entry.to_owned(), value);
        Ok(())
    }

    fn delete(&self, entry: &str) -> Result<(), KeychainTrouble> {
        self.enter(true)?.entries.remove(entry);
        Ok(())
    }

    fn unlock(&self) -> Result<(), KeychainTrouble> {
        let mut state = self.state();
        if !state.unlocks {
            return Err(KeychainTrouble::Locked);
        }
        state.mood = Mood::Open;
        self.0.mood_changed.notify_all();
        Ok(())
    }

    fn longest_value(&self) -> usize {
        self.state().longest_value
    }
}
