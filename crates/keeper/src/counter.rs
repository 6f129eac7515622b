//! What stands behind the token endpoint: this keeper's pools.

use glowjar_token_endpoint::{Attempt, Issued, Issuer, Program, Refusal, SecretHash, Wanted};
use secrecy::{ExposeSecret, SecretString};

use crate::office::{Office, seconds_left};

/// Hands out the tokens in use. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Counter(pub Office);

impl Issuer for Counter {
    fn program(&self, secret: &SecretHash) -> Option<Program> {
        self.0
            .desk(secret)
            .or_else(|| self.0.invited(secret))
            .map(|name| Program { name, secret: *secret })
    }

    async fn issue(&self, program: Program, wanted: Wanted) -> Result<Issued, Refusal> {
        if self.0.invited(&program.secret).is_some() {
            return Err(Refusal::PersonNeeded(NOT_A_SECRET.to_owned()));
        }
        let found = self.0.pool_for(&program.name, &wanted.client_id);
        let (pool, state) = found.ok_or(Refusal::WrongClientId)?;
        if let Some(why) = &state.halted {
            return Err(Refusal::Withheld(format!("your studio stopped this: {why}")));
        }
        match (&state.token, seconds_left(&state)) {
            (Some((generation, token, _)), Some(seconds_left)) => {
                let from = wanted.from.map(|from| format!(", to {from}")).unwrap_or_default();
                let what = format!("token {} of {pool}, {seconds_left} s left{from}", generation.0);
                self.0.note(&program.name, what).await;
                Ok(Issued { access_token: token.expose().into(), seconds_left })
            }
            _ if state.trouble.is_some() => Err(Refusal::Withheld(
                "your studio's keeper needs its admin: see `glowjar-keeper pools`".to_owned(),
            )),
            _ => Err(Refusal::NotNow("your studio's keeper has no token yet".to_owned())),
        }
    }

    async fn seconds_left(&self, client_id: String, token: SecretString) -> Option<u64> {
        self.0.seconds_left_of(&client_id, token.expose_secret())
    }

    fn refused(&self, attempt: Attempt) {
        match attempt {
            Attempt::WrongSecret => self.0.note_wrong_secret(),
            Attempt::Denied(denied) => tracing::info!(?denied, "turned away"),
            Attempt::TooMany { program } => tracing::info!(program, "asks too often"),
        }
    }
}

const NOT_A_SECRET: &str = "this line holds a word that is good once, with which Glowjar joins: paste it there. A program gets a line of its own by `glowjar-keeper admit NAME --lasting`";
