//! What stands behind the token endpoint: this application.

use glowjar_protocol::message::{Answer, Ask, Reason, TokenAsk};
use glowjar_token_endpoint::{Attempt, Issued, Issuer, Program, Refusal, SecretHash, Wanted};
use secrecy::{ExposeSecret, SecretString};

use super::HttpApi;
use crate::{
    agent::Agent,
    handout::Caller,
    view::{ProfileView, Snapshot},
};

#[derive(Clone)]
pub(super) struct Minting {
    pub http_api: HttpApi,
    pub agent: Agent,
}

impl Issuer for Minting {
    fn program(&self, secret: &SecretHash) -> Option<Program> {
        self.http_api.program(secret)
    }

    async fn issue(&self, program: Program, wanted: Wanted) -> Result<Issued, Refusal> {
        let (caller, only) = self.http_api.caller(&program);
        let profile = {
            let snapshots = self.agent.snapshots();
            let snapshot = snapshots.borrow();
            chosen(&snapshot, &wanted, only.as_deref())?.id.clone()
        };
        let ask = TokenAsk {
            profile: Some(profile),
            format: Some(FORMAT.to_owned()),
            ..TokenAsk::default()
        };
        match self.agent.serve(Ask::Token(ask), caller).await {
            Some(Answer::Token(token)) => {
                Ok(Issued { access_token: token.access_token, seconds_left: token.expires_in })
            }
            Some(Answer::Failed(refusal)) if refusal.reason == Reason::Failed => {
                Err(Refusal::NotNow(refusal.to_string()))
            }
            Some(Answer::Failed(refusal)) => Err(Refusal::PersonNeeded(refusal.to_string())),
            _ => Err(Refusal::NotNow("Glowjar is about to end".to_owned())),
        }
    }

    async fn seconds_left(&self, client_id: String, token: SecretString) -> Option<u64> {
        let fingerprint = crate::handout::fingerprint_of(token.expose_secret());
        let Some(Answer::Status(status)) = self.agent.serve(Ask::Status, Caller::default()).await
        else {
            return None;
        };
        let known = status.profiles.into_iter().find(|profile| {
            profile.live
                && !profile.rejected
                && profile.client_id == client_id
                && profile.fingerprint.as_ref() == Some(&fingerprint)
        })?;
        known.expires_in
    }

    fn refused(&self, attempt: Attempt) {
        self.http_api.turned_away(attempt, &self.agent);
    }
}

/// The profile of this client id that has these scopes. With several, the one that is meant without a name.
fn chosen<'a>(
    snapshot: &'a Snapshot,
    wanted: &Wanted,
    only: Option<&str>,
) -> Result<&'a ProfileView, Refusal> {
    let is_meant = |profile: &&ProfileView| {
        profile.client.client_id == wanted.client_id && only.is_none_or(|only| only == profile.id)
    };
    let of_client: Vec<_> = snapshot.profiles.iter().filter(is_meant).collect();
    let first = of_client.first().ok_or(Refusal::WrongClientId)?;
    let missing = missing_scope(first, wanted).map(str::to_owned);
    let fitting = || of_client.iter().filter(|profile| missing_scope(profile, wanted).is_none());
    let default = fitting().find(|profile| profile.is_default);
    let chosen = default.or_else(|| fitting().next()).copied();
    chosen.ok_or_else(|| Refusal::WrongScope(missing.unwrap_or_default()))
}

/// A scope that is asked for and that the profile's tokens don't have. A profile without scopes has those that the
/// server gives it.
fn missing_scope<'a>(profile: &ProfileView, wanted: &'a Wanted) -> Option<&'a str> {
    let has = |scope: &str| profile.client.scopes.split(',').any(|own| own.trim() == scope);
    let missing = wanted.scopes.iter().find(|scope| !has(scope.as_str()));
    missing.filter(|_| !profile.client.scopes.trim().is_empty()).map(String::as_str)
}

/// In the record of who took a token.
const FORMAT: &str = "token endpoint";
