//! An identity server and a Firefly stand-in on loopback, for trying out, for drills and for tests.
//!
//! It is *strict* in what it takes: a request that a real server would refuse, or would only let pass by luck, is
//! answered with the real error, and [`Recorded::wrong`] says in words what was the matter. It is *scripted* in what it
//! answers: [`Sandbox::next`], [`Sandbox::during`] and [`Sandbox::until_cleared`] bring every trouble of the field,
//! down to a connection cut in the middle of a body. It shares no code with Glowjar's own client, so that one
//! misreading cannot fool both sides.
//!
//! ```
//! use glowjar_sandbox::{Answer, CLIENT_ID, CLIENT_SECRET, Route, Sandbox, Settings};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let sandbox = Sandbox::start(Settings::default()).await?;
//! sandbox.next(Route::Token, Answer::InternalError);
//!
//! let form = [("grant_type", "client_credentials"), ("client_id", CLIENT_ID), ("client_secret", CLIENT_SECRET)];
//! let mint = || reqwest::Client::new().post(format!("{}/ims/token/v3", sandbox.url())).form(&form).send();
//! assert_eq!(mint().await?.status(), 500);
//! assert_eq!(mint().await?.status(), 200);
//!
//! let requests = sandbox.wait_for_requests(2).await;
//! assert_eq!(requests[1].field("client_secret"), Some(CLIENT_SECRET));
//! # Ok(()) }
//! ```
//!
//! Other processes script it over HTTP; `GET /sandbox` documents how.

#![expect(clippy::disallowed_methods, reason = "a server of its own, with a clock of its own")]

mod answer;
mod client;
mod control;
mod incoming;
mod ledger;
mod listener;
mod millis;
mod record;
mod reply;
mod request;
mod routes;
mod sandbox;
mod script;
mod settings;
mod state;
mod token;

pub use answer::{AccessError, Answer, Gateway, Outage, Portal, Refusal, RetryAfter, Route};
pub use client::{
    CLIENT_ID, CLIENT_SECRET, Client, ClientKind, ConsolePlace, Grant, NATIVE_CLIENT_ID,
    SEED_REFRESH_TOKEN, STANDBY_SECRET, WEB_CLIENT_ID, WEB_CLIENT_SECRET,
};
pub use record::{Answered, Outcome, Recorded};
pub use sandbox::Sandbox;
pub use settings::{
    Clock, DateHeader, DeviceFlow, ExpiresIn, Rotation, ScopeShape, Settings, TokenForm, TokenType,
};
