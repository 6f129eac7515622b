//! How other programs get a live token: the messages, their frames, a blocking client, and where the two sides meet.
//!
//! The running application is the only one that renews anything. This crate asks it, and opens no keychain, speaks no
//! HTTP and knows no window. The protocol is written down for other languages in `docs/handout-protocol.md`.

pub mod address;
pub mod client;
pub mod frame;
pub mod message;
pub mod names;
pub mod port_holder;
pub mod quoting;
pub mod saved_text;
#[cfg(any(windows, test))]
mod waiting;
