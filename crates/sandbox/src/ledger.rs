//! What became of the tokens that were issued: rotation, reuse, revocation, and codes waiting to be exchanged.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, SystemTime};

use crate::settings::Rotation;
use crate::token::Claims;

/// What no token can say of itself. Lost at a restart: families are then taken up as they come.
#[derive(Clone, Default)]
pub(crate) struct Ledger {
    families: HashMap<String, Family>,
    revoked: HashSet<String>,
    /// After everything was revoked: what was issued since. `None`: nothing was.
    access_since: Option<HashSet<String>>,
    families_since: Option<HashSet<String>>,
    codes: HashMap<String, Code>,
    device_codes: HashMap<String, DeviceCode>,
    /// When which client secret was made and used, by its uuid, in milliseconds since 1970.
    secrets_made: HashMap<String, u64>,
    secrets_used: HashMap<String, u64>,
}

#[derive(Debug, Clone, Copy)]
struct Family {
    oldest_good: u64,
    newest: u64,
    is_revoked: bool,
}

/// An authorization code, to be exchanged once.
#[derive(Clone)]
pub(crate) struct Code {
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) scope: String,
    /// Base64url of the verifier's SHA-256 (RFC 7636 §4.2).
    pub(crate) challenge: Option<String>,
    pub(crate) ends: SystemTime,
}

/// A sign-in with a code on whichever device (RFC 8628).
#[derive(Clone)]
pub(crate) struct DeviceCode {
    pub(crate) client_id: String,
    /// What a person types in.
    pub(crate) user_code: String,
    pub(crate) scope: String,
    pub(crate) ends: SystemTime,
    pub(crate) interval: Duration,
    /// When the client asked last.
    pub(crate) asked_at: Option<SystemTime>,
    pub(crate) decision: Option<Decision>,
}

/// A person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    Allowed,
    Denied,
}

/// Why a refresh token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dead {
    Revoked,
    /// It was rotated away before. Its family is revoked now.
    Reused,
}

impl Ledger {
    pub(crate) fn secret_made(&mut self, uuid: &str, at: u64) {
        self.secrets_made.insert(uuid.to_owned(), at);
    }

    pub(crate) fn secret_used(&mut self, uuid: &str, at: u64) {
        self.secrets_used.insert(uuid.to_owned(), at);
    }

    pub(crate) fn secret_made_at(&self, uuid: &str) -> Option<u64> {
        self.secrets_made.get(uuid).copied()
    }

    pub(crate) fn secret_used_at(&self, uuid: &str) -> Option<u64> {
        self.secrets_used.get(uuid).copied()
    }

    pub(crate) fn access_token_issued(&mut self, id: &str) {
        if let Some(since) = &mut self.access_since {
            since.insert(id.to_owned());
        }
    }

    pub(crate) fn family_begun(&mut self, family: &str) {
        self.families
            .insert(family.to_owned(), Family { oldest_good: 0, newest: 0, is_revoked: false });
        if let Some(since) = &mut self.families_since {
            since.insert(family.to_owned());
        }
    }

    /// Looks without touching anything.
    pub(crate) fn is_revoked(&self, claims: &Claims) -> bool {
        self.revoked.contains(&claims.id)
            || self.access_since.as_ref().is_some_and(|since| !since.contains(&claims.id))
    }

    /// Looks at a refresh token without using it.
    pub(crate) fn standing(&self, family: &str, sequence: u64) -> Result<(), Dead> {
        if self.families_since.as_ref().is_some_and(|since| !since.contains(family)) {
            return Err(Dead::Revoked);
        }
        match self.families.get(family) {
            Some(known) if known.is_revoked => Err(Dead::Revoked),
            Some(known) if sequence < known.oldest_good => Err(Dead::Reused),
            _ => Ok(()),
        }
    }

    /// Uses a refresh token. `Some` is the place in the family of the one that follows it.
    pub(crate) fn use_refresh_token(
        &mut self,
        family: &str,
        sequence: u64,
        rotation: Rotation,
    ) -> Result<Option<u64>, Dead> {
        if let Err(dead) = self.standing(family, sequence) {
            if dead == Dead::Reused {
                self.revoke_family(family);
            }
            return Err(dead);
        }
        let unknown = Family { oldest_good: sequence, newest: sequence, is_revoked: false };
        let known = self.families.entry(family.to_owned()).or_insert(unknown);
        // A successor issued before a restart.
        known.newest = known.newest.max(sequence);
        match rotation {
            Rotation::Off => return Ok(None),
            Rotation::UntilUsed => {
                known.oldest_good = sequence;
                known.newest += 1;
            }
            Rotation::Strict => {
                known.newest += 1;
                known.oldest_good = known.newest;
            }
        }
        Ok(Some(known.newest))
    }

    pub(crate) fn revoke_family(&mut self, family: &str) {
        let revoked = Family { oldest_good: 0, newest: 0, is_revoked: true };
        self.families.entry(family.to_owned()).or_insert(revoked).is_revoked = true;
    }

    pub(crate) fn revoke_access_token(&mut self, id: &str) {
        self.revoked.insert(id.to_owned());
    }

    pub(crate) fn revoke_access_tokens(&mut self) {
        self.access_since = Some(HashSet::new());
    }

    pub(crate) fn revoke_refresh_tokens(&mut self) {
        self.families_since = Some(HashSet::new());
    }

    pub(crate) fn keep_code(&mut self, code: String, details: Code) {
        self.codes.insert(code, details);
    }

    pub(crate) fn keep_device_code(&mut self, code: String, details: DeviceCode) {
        self.device_codes.insert(code, details);
    }

    pub(crate) fn device_code(&mut self, code: &str) -> Option<&mut DeviceCode> {
        self.device_codes.get_mut(code)
    }

    /// By what a person typed in.
    pub(crate) fn device_code_of(&mut self, user_code: &str) -> Option<&mut DeviceCode> {
        self.device_codes.values_mut().find(|kept| kept.user_code == user_code)
    }

    pub(crate) fn forget_device_code(&mut self, code: &str) {
        self.device_codes.remove(code);
    }

    /// A code is good for one try.
    pub(crate) fn take_code(&mut self, code: &str) -> Option<Code> {
        self.codes.remove(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strict_rotation_kills_the_old_token_at_once_and_reuse_kills_the_family() {
        let mut ledger = Ledger::default();
        ledger.family_begun("f");
        assert_eq!(ledger.use_refresh_token("f", 0, Rotation::Strict), Ok(Some(1)));
        assert_eq!(ledger.use_refresh_token("f", 0, Rotation::Strict), Err(Dead::Reused));
        assert_eq!(ledger.use_refresh_token("f", 1, Rotation::Strict), Err(Dead::Revoked));
    }

    #[test]
    fn until_used_keeps_the_old_token_good_until_a_successor_is_used() {
        let mut ledger = Ledger::default();
        ledger.family_begun("f");
        assert_eq!(ledger.use_refresh_token("f", 0, Rotation::UntilUsed), Ok(Some(1)));
        assert_eq!(ledger.use_refresh_token("f", 0, Rotation::UntilUsed), Ok(Some(2)));
        assert_eq!(ledger.use_refresh_token("f", 1, Rotation::UntilUsed), Ok(Some(3)));
        assert_eq!(ledger.standing("f", 0), Err(Dead::Reused));
        assert_eq!(ledger.use_refresh_token("f", 0, Rotation::UntilUsed), Err(Dead::Reused));
        assert_eq!(ledger.use_refresh_token("f", 3, Rotation::UntilUsed), Err(Dead::Revoked));
    }

    #[test]
    fn an_unknown_family_is_taken_up_as_it_comes() {
        for rotation in [Rotation::UntilUsed, Rotation::Strict] {
            let mut restarted = Ledger::default();
            assert_eq!(restarted.use_refresh_token("f", 41, rotation), Ok(Some(42)));
            assert_eq!(restarted.use_refresh_token("f", 42, rotation), Ok(Some(43)));
            assert_eq!(restarted.use_refresh_token("f", 41, rotation), Err(Dead::Reused));
        }
    }

    #[test]
    fn revoking_all_spares_what_is_issued_later() {
        let mut ledger = Ledger::default();
        ledger.family_begun("before");
        ledger.revoke_refresh_tokens();
        ledger.family_begun("after");
        assert_eq!(ledger.standing("before", 0), Err(Dead::Revoked));
        assert_eq!(ledger.standing("after", 0), Ok(()));
    }
}
