//! The token endpoint client: what goes over the wire to a [`Provider`], and what its replies mean.
//!
//! The only crate that knows HTTP. It never reads the clock: the caller says when a request is sent, and every
//! moment in a reply is moved into the caller's clock by the skew that the reply's `Date` header shows.
//! It decides nothing about when to ask again; it says which [`Failure`](glowjar_lifecycle::failure::Failure) it saw.

mod access;
mod authority;
mod classify;
mod client;
mod client_id;
mod compression;
mod console;
mod device;
mod discovery;
mod endpoint;
mod error;
mod events;
#[cfg(test)]
mod fuzzed;
mod identity;
mod join;
mod jwt;
mod lenient_json;
mod lifetime;
mod moments;
mod page;
mod provider;
mod redact;
mod reply;
mod request;
mod said;
mod scopes;
mod secret;
#[cfg(test)]
mod shapes;
mod sign_in;
mod skew;
mod token_response;
mod transport;
mod verification;
mod webhook;

pub use access::{Access, AccessReport, Denial};
pub use authority::Authority;
#[cfg(feature = "simulated")]
pub use client::simulated;
pub use client::{
    CertificateFault, Client, ClientError, ClientSettings, ClientWarning, Gate, ProxyChoice,
    ProxyFault, Revocable, Timeouts,
};
pub use client_id::{ClientId, ClientIdError};
pub use console::{
    ConsoleCredential, ConsoleError, ConsoleRefusal, ListedSecret, MadeSecret, NoConsoleCredential,
    console_scopes,
};
pub use device::{DeviceAuthorization, NotYet, SLOWER_BY};
pub use discovery::Metadata;
pub use endpoint::{Endpoint, EndpointError, Gateway, NotAGateway};
pub use error::{RequestError, Technical};
pub use events::{EVENTS_PATH, KeeperEvent, KeeperEvents, LONGEST_SILENCE};
pub use identity::{IdToken, IdTokenError, Keys, Person};
pub use join::{JOIN_PATH, ONE_TIME, is_one_time};
pub use lifetime::LifetimeSource;
pub use provider::{ClientAuthentication, Encoding, LifetimeUnit, Provider};
pub use request::{Grant, TokenRequest};
pub use scopes::{ScopeSeparator, Scopes, ScopesError};
pub use secret::{
    AccessToken, AuthorizationCode, BlankSecret, ClientSecret, DeviceCode, RefreshToken,
};
pub use sign_in::{CallbackError, NoSignInPage, Redirect, RedirectError, SignIn};
pub use skew::Skew;
pub use token_response::Issued;
pub use verification::Verification;
pub use webhook::{Message, NoWebhookSecret, Webhook, WebhookSecret};
