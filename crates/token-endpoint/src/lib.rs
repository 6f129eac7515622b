//! An OAuth 2.0 token endpoint in the shape of Adobe's (docs/adobe-ims.md), so that a program that gets its own tokens
//! can get them here instead: it keeps its code and is given another address and another secret.
//!
//! It issues nothing itself. What stands behind it is an [`Issuer`], and what carries it is any listener that can serve
//! an [`axum::Router`]. Each program proves who it is with a secret that was made up for it and is of no use elsewhere;
//! the client id that it sends beside is the real one.

mod asked;
mod guard;
mod limits;
mod reply;
mod routes;
mod secret;

pub use self::{
    guard::{Denied, Doorway},
    limits::Strangers,
    reply::{Refusal, denied},
    routes::{answer, is_endpoint, router},
    secret::SecretHash,
};

use std::net::IpAddr;

use secrecy::SecretString;

/// Where a request comes from. A listener that knows it puts it into the request's extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// A program that may ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// By which a person knows it.
    pub name: String,
    pub secret: SecretHash,
}

/// What a program that proved who it is asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub client_id: String,
    /// Empty where the program leaves the choice to the server.
    pub scopes: Vec<String>,
    /// From where, if the listener says it.
    pub from: Option<IpAddr>,
}

/// A token, and how much of its life is left.
#[derive(Clone, Debug)]
pub struct Issued {
    pub access_token: SecretString,
    pub seconds_left: u64,
}

/// A request that was refused before the issuer was asked for a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// A secret that no program has, or none.
    WrongSecret,
    /// A web page asks, or a name leads here that should not.
    Denied(Denied),
    /// This program asks more often than anybody needs.
    TooMany { program: String },
}

/// Who may ask, and where the tokens come from.
pub trait Issuer: Clone + Send + Sync + 'static {
    /// The one that has this secret, if it may ask at this moment. Hashes are compared in constant time.
    fn program(&self, secret: &SecretHash) -> Option<Program>;

    /// A live token for this program.
    ///
    /// # Errors
    /// The refusal that the program is told.
    fn issue(
        &self,
        program: Program,
        wanted: Wanted,
    ) -> impl Future<Output = Result<Issued, Refusal>> + Send;

    /// How long a token of this client id is still good for, in seconds; `None` if it is none that is in use.
    fn seconds_left(
        &self,
        client_id: String,
        token: SecretString,
    ) -> impl Future<Output = Option<u64>> + Send;

    /// Something was refused.
    fn refused(&self, attempt: Attempt);
}
