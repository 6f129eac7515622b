//! Who holds which refresh token. The newest that ever arrived must not be lost while memory or keychain hold it.

use std::time::Duration;

use crate::{
    keychain::Entries,
    provider::{Granted, RefreshTokenName},
};

#[derive(Default)]
pub struct Custody {
    /// What this process was given last, and when.
    in_memory: Option<(RefreshTokenName, Duration)>,
    /// The access token that came with it, as far as it needs to be to be told from others.
    came_with: String,
    /// The keychain took another change of this profile's since.
    keychain_took_others: bool,
    /// The world took it from the keychain.
    was_taken: bool,
    /// Another program wrote a newer one into the keychain, which this process may not know of yet.
    stranger: Option<RefreshTokenName>,
}

/// How long a keychain has to be open for an unsaved token to be stored: the longest pause between attempts, and
/// the longest that one takes.
const TIME_TO_STORE: Duration = Duration::from_secs(60);

impl Custody {
    pub fn process_began(&mut self) {
        *self = Self { stranger: None, ..Self::default() };
    }

    /// Says what was lost with the memory of this process, if it need not have been: `Ok(true)` if it had to be.
    pub fn process_ended(
        &mut self,
        profile: &str,
        now: Duration,
        open_since: Option<Duration>,
        keychain: &Entries,
    ) -> Result<bool, String> {
        let Some((held, since)) = self.in_memory.take() else { return Ok(false) };
        let stored = keychain.refresh_token(profile);
        let is_safe = stored.is_some_and(|stored| {
            stored.family > held.family
                || stored.family == held.family && stored.ordinal >= held.ordinal
        });
        if is_safe || self.was_taken {
            return Ok(false);
        }
        let open_for =
            open_since.map_or(Duration::ZERO, |open| now.saturating_sub(open.max(since)));
        if open_for >= TIME_TO_STORE || self.keychain_took_others {
            return Err(format!(
                "LOST {held}: the keychain was open for {open_for:?} and still holds {stored:?}"
            ));
        }
        Ok(true)
    }

    pub fn is_sent(
        &mut self,
        presented: RefreshTokenName,
        stored: Option<RefreshTokenName>,
    ) -> Result<(), String> {
        let stored = stored.filter(|stored| self.stranger != Some(*stored));
        let newest = self.in_memory.map(|(held, _)| held).into_iter().chain(stored);
        let newer = newest
            .filter(|held| held.family == presented.family && held.ordinal > presented.ordinal)
            .max_by_key(|held| held.ordinal);
        match newer {
            Some(newer) => Err(format!("LOST {newer}: sends {presented} in its place")),
            None => Ok(()),
        }
    }

    pub fn is_given(&mut self, granted: &Granted, now: Duration) {
        if let Some(token) = granted.refresh_token {
            *self = Self {
                in_memory: Some((token, now)),
                came_with: granted.access_token.chars().take(150).collect(),
                ..Self::default()
            };
        }
    }

    /// Something of this profile's was written.
    pub fn is_stored(
        &mut self,
        entry: &str,
        value: &[u8],
        stored: Option<RefreshTokenName>,
    ) -> Result<(), String> {
        let Some((held, _)) = self.in_memory else { return Ok(()) };
        let is_safe = stored
            .is_some_and(|stored| stored.family != held.family || stored.ordinal >= held.ordinal);
        // After a set clock, the token is stored again with its new end, and only the world knows what it took meanwhile.
        if is_safe || self.was_taken {
            return Ok(());
        }
        self.keychain_took_others = true;
        let text = std::str::from_utf8(value).unwrap_or_default();
        if entry.contains("/token") && text.contains(&self.came_with) {
            return Err(format!("the access token is stored before {held} that came with it"));
        }
        Ok(())
    }

    pub fn is_taken_from_the_keychain(&mut self) {
        self.was_taken = true;
    }

    pub fn a_stranger_stored(&mut self, token: RefreshTokenName) {
        self.stranger = Some(token);
        // What it used up is no loss of ours.
        self.in_memory = None;
    }

    pub fn is_given_up(&mut self) {
        *self = Self::default();
    }
}
