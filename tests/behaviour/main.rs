//! What Glowjar does, a module per behaviour.

#![expect(clippy::disallowed_methods, reason = "a real desktop takes real time")]

mod adobes_clients;
mod another_server;
mod application;
mod dependencies;
mod desktop_app;
mod desktop_harness;
mod given_up_requests;
mod licences;
mod office;
#[cfg(unix)]
mod other_versions;
mod programs;
mod structure;
mod tidy;
mod words;
