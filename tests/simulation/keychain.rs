//! The OS keychain: it locks, refuses, hangs, loses entries, and takes part in deaths.

use std::{collections::BTreeMap, future::Future, pin::Pin, time::Duration};

use glowjar_agent::ports::Keychain;
use glowjar_lifecycle::input::KeychainTrouble;
use secrecy::{ExposeSecret, SecretSlice};

use crate::{
    provider::RefreshTokenName,
    story::{Death, Entry, Mood},
    world::{Spell, State, World},
};

pub struct Entries {
    entries: BTreeMap<String, Vec<u8>>,
    longest_value: usize,
    spell: Option<Spell<Mood>>,
    /// How many more changes it takes before the process dies.
    until_death: Option<u32>,
}

impl Entries {
    pub fn new(longest_value: usize) -> Self {
        Self { entries: BTreeMap::new(), longest_value, spell: None, until_death: None }
    }

    pub fn spell(&self) -> Option<Spell<Mood>> {
        self.spell
    }

    pub fn is_open(&self, now: Duration) -> bool {
        Spell::at(self.spell, now).is_none()
    }

    pub fn turns(&mut self, mood: Mood, until: Duration) {
        self.spell = Some(Spell { what: mood, until });
    }

    pub fn calms_down(&mut self) {
        self.spell = None;
    }

    pub fn process_ended(&mut self) {
        self.until_death = None;
    }

    pub fn die_at_change(&mut self, changes: u32) {
        self.until_death = Some(changes);
    }

    pub fn holds_credential(&self, profile: &str) -> bool {
        self.entries.contains_key(&format!("{profile}/credential"))
    }

    /// The refresh token in a profile's credential.
    pub fn refresh_token(&self, profile: &str) -> Option<RefreshTokenName> {
        let value = self.entries.get(&format!("{profile}/credential"))?;
        RefreshTokenName::find(std::str::from_utf8(value).ok()?)
    }

    /// Another program writes.
    pub fn replace(&mut self, entry: &str, old: &str, new: &str) {
        if let Some(value) = self.entries.get_mut(entry) {
            *value = String::from_utf8_lossy(value).replace(old, new).into_bytes();
        }
    }

    pub fn lose(&mut self, profile: &str, which: Entry) -> bool {
        let name = match which {
            Entry::Credential => format!("{profile}/credential"),
            Entry::Token => format!("{profile}/token"),
            Entry::Part => {
                let start = format!("{profile}/token#");
                match self.entries.keys().find(|name| name.starts_with(&start)) {
                    Some(name) => name.clone(),
                    None => return false,
                }
            }
        };
        self.entries.remove(&name).is_some()
    }
}

/// What a process hears that is gone already: nobody goes on in memory after it.
const AT_DEATH: KeychainTrouble = KeychainTrouble::Locked;

impl State {
    /// Takes a change, or says why not.
    fn change(&mut self, what: &str, entry: &str) -> Result<(), KeychainTrouble> {
        self.open(what, entry, true)?;
        if self.keychain.until_death == Some(0) {
            self.note(|| format!("keychain: the process dies before it can {what} {entry}"));
            self.die();
            return Err(AT_DEATH);
        }
        self.keychain.until_death = self.keychain.until_death.map(|left| left - 1);
        self.note(|| format!("keychain: {what} {entry}"));
        Ok(())
    }

    fn open(&mut self, what: &str, entry: &str, is_change: bool) -> Result<(), KeychainTrouble> {
        if self.is_over() {
            return Err(AT_DEATH);
        }
        let trouble = match Spell::at(self.keychain.spell, self.now()) {
            Some(Mood::Locked) => KeychainTrouble::Locked,
            Some(Mood::Absent) => KeychainTrouble::Absent,
            Some(Mood::RefusesChanges) if is_change => KeychainTrouble::Refused,
            Some(Mood::RefusesChanges | Mood::Hangs) | None => return Ok(()),
        };
        self.note(|| format!("keychain: {trouble:?} to {what} {entry}"));
        self.ledger.figures.count("keychain calls that failed");
        Err(trouble)
    }
}

impl Keychain for World {
    fn read(&self, entry: &str) -> Result<Option<SecretSlice<u8>>, KeychainTrouble> {
        let mut state = self.state();
        state.open("read", entry, false)?;
        Ok(state.keychain.entries.get(entry).map(|value| value.clone().into()))
    }

    fn write(&self, entry: &str, value: &SecretSlice<u8>) -> Result<(), KeychainTrouble> {
        let mut state = self.state();
        state.change("write", entry)?;
        let value = value.expose_secret();
        if value.len() > state.keychain.longest_value {
            state.violate(format!("{entry} is longer than the keychain takes"));
            return Err(KeychainTrouble::Refused);
        }
        state.keychain.entries.insert(entry.to_owned(), value.to_vec());
        let (set, now) = (state.set, state.now());
        let State { ledger, keychain, .. } = &mut *state;
        let checked = ledger.stored(entry, value, set, now, keychain);
        state.check(checked);
        Ok(())
    }

    fn delete(&self, entry: &str) -> Result<(), KeychainTrouble> {
        let mut state = self.state();
        state.change("delete", entry)?;
        state.keychain.entries.remove(entry);
        Ok(())
    }

    fn unlock(&self) -> Result<(), KeychainTrouble> {
        let mut state = self.state();
        let now = state.now();
        match Spell::at(state.keychain.spell, now) {
            None | Some(Mood::Locked) => {
                state.weigh();
                // It is open from now on, and no longer.
                if let Some(spell) = &mut state.keychain.spell {
                    spell.until = spell.until.min(now);
                }
                state.note(|| "keychain: unlocked by the person".to_owned());
                Ok(())
            }
            Some(_) => Err(KeychainTrouble::NotAnswering),
        }
    }

    fn longest_value(&self) -> usize {
        self.state().keychain.longest_value
    }

    fn is_simulated(&self) -> bool {
        true
    }

    fn wait_in_simulated_time(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async move {
            let latency = Duration::from_millis(5 + self.state().dice.below(400));
            tokio::time::sleep(latency).await;
            loop {
                let left = {
                    let state = self.state();
                    let now = state.now();
                    match state.keychain.spell {
                        Some(Spell { what: Mood::Hangs, until }) if now < until => until - now,
                        _ => return,
                    }
                };
                tokio::time::sleep(left.min(Duration::from_secs(60))).await;
            }
        })
    }
}

impl State {
    pub fn arm(&mut self, death: Death, down_for: Duration) {
        self.death = Some((death, down_for));
        if let Death::AtChange(changes) = death {
            self.keychain.die_at_change(changes);
        }
    }
}
