//! The application without Tauri: one controller with one event loop, the secret store, the clock, and everything a person
//! sees as plain data.

mod agent;
mod choices;
pub mod clock;
mod computer;
pub mod console;
pub mod controller;
mod copying;
mod crash_points;
mod credential;
mod draft;
mod environment;
mod event;
mod files;
pub mod folder_lock;
pub mod folders;
pub mod handout;
pub mod history;
mod joining;
pub mod json_file;
mod keychain;
pub mod link;
mod local_time;
pub mod localization;
pub mod managed;
pub mod notices;
pub mod permissions;
pub mod ports;
pub mod preferences;
mod presets;
pub mod profile;
mod profile_view;
pub mod profiles;
mod redirect_listener;
pub mod request;
pub mod secret_life;
mod secret_store;
pub mod sinks;
mod texts;
mod timed;
mod token_requests;
pub mod tray;
mod understood;
pub mod view;

use glowjar_lifecycle::fault_injection;
