//! Who may ask, and what they were given.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use glowjar_ims::ONE_TIME;
use glowjar_lifecycle::time::Timestamp;
use glowjar_token_endpoint::SecretHash;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

/// A desk, a farm node or anything else that was let in. Of its secret, only a hash is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Desk {
    /// Empty until it joined.
    hash: String,
    /// Of the word that is in its line, by which it joins once.
    #[serde(default)]
    word: Option<String>,
    /// In milliseconds of UTC, by the clock of the keeper that took it in.
    #[serde(default)]
    joined_at: Option<i64>,
    /// The one pool whose tokens it may have; all if absent.
    pub pool: Option<String>,
}

/// All that were let in.
#[derive(Debug, Default)]
pub struct Desks {
    by_name: BTreeMap<String, Desk>,
    names: HashMap<String, String>,
    words: HashMap<String, String>,
}

/// A line of the record of what was handed out and done. It holds no token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// In milliseconds of UTC.
    pub at: i64,
    pub who: String,
    pub what: String,
}

impl Desk {
    /// A desk with a secret that was just made up: 256 bits. The secret is said once and kept nowhere.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn admit(pool: Option<String>) -> Result<(Self, SecretString), getrandom::Error> {
        let secret = random()?;
        let hash = SecretHash::of(&secret).to_string();
        Ok((Self { hash, word: None, joined_at: None, pool }, secret.into()))
    }

    /// A desk that is to join, and the word for it, with which it makes known a secret of its own.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn invite(pool: Option<String>) -> Result<(Self, SecretString), getrandom::Error> {
        let word = format!("{ONE_TIME}{}", random()?);
        let hash = Some(SecretHash::of(&word).to_string());
        Ok((Self { hash: String::new(), word: hash, joined_at: None, pool }, word.into()))
    }

    /// The same, with a secret of its own.
    #[must_use]
    pub fn joined(&self, own: &SecretHash, now: Timestamp) -> Self {
        Self { hash: own.to_string(), joined_at: Some(now.as_millis()), ..self.clone() }
    }

    /// The same without the word, if that was used so long ago that nobody need be told so any more. The clock may be another
    /// keeper's: a word that was used is good for nothing, so that one who forgets it early or late harms nobody.
    #[must_use]
    pub fn without_old_word(&self, now: Timestamp) -> Option<Self> {
        let joined_at = Timestamp::from_millis(self.joined_at.unwrap_or_default());
        let is_old = self.has_joined() && joined_at + RECORD_IS_KEPT <= now;
        (self.word.is_some() && is_old).then(|| Self { word: None, ..self.clone() })
    }

    #[must_use]
    pub fn is_invited_by(&self, word: &SecretHash) -> bool {
        self.word.as_deref().and_then(SecretHash::parse).is_some_and(|own| own == *word)
    }

    #[must_use]
    pub fn has_joined(&self) -> bool {
        !self.hash.is_empty()
    }

    #[must_use]
    pub fn may_have(&self, pool: &str) -> bool {
        self.pool.as_ref().is_none_or(|only| only == pool)
    }

    /// Takes as long for a secret that is almost right as for any other.
    #[must_use]
    pub fn has(&self, secret: &SecretHash) -> bool {
        SecretHash::parse(&self.hash).is_some_and(|hash| hash == *secret)
    }
}

impl Desks {
    /// The one that has this secret.
    #[must_use]
    pub fn with(&self, secret: &SecretHash) -> Option<&str> {
        let name = self.names.get(&secret.to_string())?;
        self.by_name.get(name).filter(|desk| desk.has(secret)).map(|_| name.as_str())
    }

    /// The one in whose line this word is, whether or not it was used.
    #[must_use]
    pub fn invited(&self, word: &SecretHash) -> Option<(&str, &Desk)> {
        let name = self.words.get(&word.to_string())?;
        let desk = self.by_name.get(name)?;
        desk.is_invited_by(word).then_some((name.as_str(), desk))
    }

    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Desk> {
        self.by_name.get(name)
    }

    /// Those who used their word so long ago that it can be forgotten.
    #[must_use]
    pub fn with_old_words(&self, now: Timestamp) -> Vec<String> {
        let old = self.by_name.iter().filter(|(_, desk)| desk.without_old_word(now).is_some());
        old.map(|(name, _)| name.clone()).collect()
    }

    /// How many may have this pool's tokens.
    #[must_use]
    pub fn of(&self, pool: &str) -> usize {
        self.by_name.values().filter(|desk| desk.may_have(pool)).count()
    }

    pub fn add(&mut self, name: String, desk: Desk) {
        self.remove(&name);
        if desk.has_joined() {
            self.names.insert(desk.hash.clone(), name.clone());
        }
        if let Some(word) = &desk.word {
            self.words.insert(word.clone(), name.clone());
        }
        self.by_name.insert(name, desk);
    }

    pub fn remove(&mut self, name: &str) -> Option<Desk> {
        let desk = self.by_name.remove(name)?;
        self.names.remove(&desk.hash);
        if let Some(word) = &desk.word {
            self.words.remove(word);
        }
        Some(desk)
    }
}

impl FromIterator<(String, Desk)> for Desks {
    fn from_iter<I: IntoIterator<Item = (String, Desk)>>(all: I) -> Self {
        let mut desks = Self::default();
        all.into_iter().for_each(|(name, desk)| desks.add(name, desk));
        desks
    }
}

impl Entry {
    #[must_use]
    pub fn new(now: Timestamp, who: impl Into<String>, what: impl Into<String>) -> Self {
        Self { at: now.as_millis(), who: who.into(), what: what.into() }
    }
}

/// How long a line of the record is kept, and with it a word that was used: until then who finds the pasted line in a mail hears that
/// it was used, and the admin sees by which desk. After that nobody could say more than that it is not known.
pub const RECORD_IS_KEPT: Duration = Duration::from_secs(90 * 86_400);

/// 256 bits, as hexadecimal digits.
fn random() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
