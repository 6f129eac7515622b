//! What Glowjar does, a module per behaviour.

#![expect(clippy::disallowed_methods, reason = "a real desktop takes real time")]

#[cfg(target_os = "linux")]
mod adobes_clients;
mod another_server;
mod application;
mod dependencies;
#[cfg(target_os = "linux")]
mod desktop_app;
#[cfg(target_os = "linux")]
mod desktop_harness;
mod earlier_versions;
mod given_up_requests;
mod licences;
#[cfg(unix)]
mod other_versions;
mod test_app;
// The command against a socket in a folder of its own, which only Unix has: on Windows there is one pipe for a user.
mod architecture_rules;
#[cfg(unix)]
mod programs;
mod structure;
#[cfg(unix)]
mod studio_keeper;
mod systems;
mod webhook_receiver;
mod words;
