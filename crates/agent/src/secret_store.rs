//! What is held in memory for each profile, and its way into and out of the keychain.
//!
//! Two entries per profile: the credential, and the access token. The credential is always written first, so that
//! a crash between the two never loses a rotated refresh token.

use std::{collections::HashMap, time::Duration};

use glowjar_ims::{AccessToken, ClientId, Issued, LifetimeSource};
use glowjar_lifecycle::{
    id::ProfileId,
    input::{Holding, KeychainTrouble},
    time::Step,
};

use crate::{
    credential::{Credential, Token},
    fault_injection::{InjectedFault, is_committed},
    keychain::{Change, KeychainThread},
    profile::Profile,
    timed::Timed,
};

/// Everything secret that is held in memory, by profile.
pub(crate) struct SecretStore {
    keychain: KeychainThread,
    held: HashMap<ProfileId, Secrets>,
}

/// One profile's secrets.
#[derive(Clone, Debug, Default)]
pub(crate) struct Secrets {
    pub credential: Credential,
    pub token: Option<Token>,
    /// The credential here is newer than the one in the keychain.
    pub credential_is_unsaved: bool,
}

impl SecretStore {
    pub(crate) fn new(keychain: KeychainThread) -> Self {
        Self { keychain, held: HashMap::new() }
    }

    pub(crate) const fn keychain(&self) -> &KeychainThread {
        &self.keychain
    }

    pub(crate) fn secrets(&self, profile: ProfileId) -> Option<&Secrets> {
        self.held.get(&profile)
    }

    pub(crate) fn put(&mut self, profile: ProfileId, secrets: Secrets) {
        self.held.insert(profile, secrets);
    }

    pub(crate) fn remove(&mut self, profile: ProfileId) {
        self.held.remove(&profile);
    }

    pub(crate) fn access_token(&self, profile: ProfileId) -> Option<&AccessToken> {
        self.held.get(&profile)?.token.as_ref().map(|token| &token.access_token)
    }

    pub(crate) fn life_is_assumed(&self, profile: ProfileId) -> bool {
        let token = self.held.get(&profile).and_then(|held| held.token.as_ref());
        token.is_some_and(|token| token.life_is_assumed)
    }

    /// Takes over what was issued. `usual` is how long a sign-in lasts where nobody says it.
    pub(crate) fn take_over(
        &mut self,
        profile: ProfileId,
        issued: Issued,
        usual: Option<Duration>,
    ) -> &Secrets {
        let held = self.held.entry(profile).or_default();
        held.take_over(issued, usual);
        held
    }

    /// The credential on its way into the keychain is safe now, unless it has changed since.
    pub(crate) fn credential_saved(&mut self, profile: ProfileId, saved: &Credential) {
        if let Some(secrets) = self.held.get_mut(&profile)
            && secrets.credential.has_refresh_token(saved.refresh_token.as_ref())
        {
            secrets.credential_is_unsaved = false;
        }
    }
}

impl Timed for SecretStore {
    fn shift(&mut self, step: Step) {
        for secrets in self.held.values_mut() {
            secrets.shift(step);
        }
    }
}

impl Secrets {
    /// What stays of a credential when a person signs out.
    pub(crate) fn signed_out(credential: &Credential) -> Self {
        let credential =
            Credential { refresh_token: None, refresh_token_ends: None, ..credential.clone() };
        Self { credential, ..Self::default() }
    }

    /// Moves the times held here with the clock.
    pub(crate) fn shift(&mut self, step: Step) {
        if let Some(token) = &mut self.token {
            token.validity = token.validity.shifted(step);
        }
        self.credential.shift(step);
    }

    /// What somebody who asked with `credential` holds from now on. Nothing of it is saved.
    pub(crate) fn granted(
        mut credential: Credential,
        issued: Issued,
        step: Step,
        usual: Option<Duration>,
    ) -> Self {
        if issued.refresh_token.is_some() {
            credential.refresh_token = issued.refresh_token;
        }
        let said = issued.refresh_token_ends.map(|at| at.shifted(step));
        credential.renewed(issued.validity.issued_at.shifted(step), said, usual);
        Self {
            credential,
            token: Some(Token {
                access_token: issued.access_token,
                validity: issued.validity.shifted(step),
                life_is_assumed: issued.lifetime_source == LifetimeSource::Assumed,
            }),
            credential_is_unsaved: true,
        }
    }

    /// A refresh token that is not in the reply stays (RFC 6749 section 6).
    pub(crate) fn take_over(&mut self, issued: Issued, usual: Option<Duration>) {
        if issued.refresh_token.is_some() && !is_committed(InjectedFault::RotationOverlooked) {
            self.credential.refresh_token = issued.refresh_token;
            self.credential_is_unsaved = true;
        }
        let issued_at = issued.validity.issued_at;
        self.credential.renewed(issued_at, issued.refresh_token_ends, usual);
        self.token = Some(Token {
            access_token: issued.access_token,
            validity: issued.validity,
            life_is_assumed: issued.lifetime_source == LifetimeSource::Assumed,
        });
    }

    pub(crate) fn holding(&self, profile: &Profile) -> Holding {
        Holding {
            credential: self.credential.standing(profile),
            standby_secret: self.credential.standby_secret.is_some(),
            token: self.token.as_ref().map(|token| token.validity),
            refresh_token_ends: self.credential.refresh_token_ends,
        }
    }

    /// Reads both entries. A profile without entries holds nothing, which is not an error here.
    pub(crate) async fn open(
        keychain: &KeychainThread,
        profile: ProfileId,
        client_id: &ClientId,
    ) -> Result<Self, KeychainTrouble> {
        let entries = (credential_entry(profile), token_entry(profile));
        let (credential, token) = keychain.read_both(entries.0, entries.1).await?;
        let credential = match credential {
            Some(bytes) => Credential::from_bytes(&bytes).ok_or(KeychainTrouble::Incomplete)?,
            None => Credential::default(),
        };
        let token = match token {
            // The credential brings another.
            Err(KeychainTrouble::Incomplete) => None,
            read => read?,
        };
        let token = token.and_then(|bytes| Token::from_bytes(&bytes, client_id));
        Ok(Self { credential, token, credential_is_unsaved: false })
    }

    /// Writes what is newer than the keychain, the credential first.
    pub(crate) fn keep(
        &self,
        keychain: &KeychainThread,
        profile: ProfileId,
        client_id: &ClientId,
    ) -> impl Future<Output = Result<(), KeychainTrouble>> + Send + use<> {
        let credential = self
            .credential_is_unsaved
            .then(|| Change::Write(credential_entry(profile), self.credential.to_bytes()));
        let token = self
            .token
            .as_ref()
            .map(|token| Change::Write(token_entry(profile), token.to_bytes(client_id)));
        let mut changes: Vec<Change> = credential.into_iter().chain(token).collect();
        if is_committed(InjectedFault::TokenStoredFirst) {
            changes.reverse();
        }
        keychain.change(changes)
    }
}

/// Writes a credential that a person typed, and drops the token that another identity got.
pub(crate) fn save_credential(
    keychain: &KeychainThread,
    profile: ProfileId,
    credential: &Credential,
    drop_token: bool,
) -> impl Future<Output = Result<(), KeychainTrouble>> + Send + use<> {
    let credential = Change::Write(credential_entry(profile), credential.to_bytes());
    let token = drop_token.then(|| Change::Delete(token_entry(profile)));
    keychain.change([credential].into_iter().chain(token).collect())
}

/// Moves the tokens of a sign-in to another profile's entries, and leaves `remaining` behind.
pub(crate) fn move_sign_in(
    keychain: &KeychainThread,
    from: (ProfileId, &Credential),
    to: (ProfileId, &ClientId),
    secrets: &Secrets,
) -> impl Future<Output = Result<(), KeychainTrouble>> + Send + use<> {
    let ((from, remaining), (to, client_id)) = (from, to);
    let moved = Change::Write(credential_entry(to), secrets.credential.to_bytes());
    let token = secrets.token.as_ref();
    let token = token.map(|token| Change::Write(token_entry(to), token.to_bytes(client_id)));
    let left = [
        Change::Write(credential_entry(from), remaining.to_bytes()),
        Change::Delete(token_entry(from)),
    ];
    keychain.change([moved].into_iter().chain(token).chain(left).collect())
}

/// Deletes both entries, and says whether they are gone.
pub(crate) fn delete(
    keychain: &KeychainThread,
    profile: ProfileId,
) -> impl Future<Output = Result<(), KeychainTrouble>> + Send + use<> {
    keychain.delete(vec![token_entry(profile), credential_entry(profile)])
}

fn credential_entry(profile: ProfileId) -> String {
    format!("{profile}/credential")
}

fn token_entry(profile: ProfileId) -> String {
    format!("{profile}/token")
}
