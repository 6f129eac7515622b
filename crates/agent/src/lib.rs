//! The application without Tauri: one controller with one event loop, the vault, the clock, and everything a person
//! sees as plain data.

pub mod clock;
pub mod controller;
mod crash_points;
pub mod credential;
pub mod deliberate;
mod draft;
pub mod folders;
pub mod handout;
pub mod import;
mod keychain;
pub mod notices;
pub mod outlets;
pub mod ports;
pub mod preferences;
mod present;
mod presets;
pub mod profile;
pub mod profiles;
pub mod request;
pub mod tray;
mod vault;
pub mod view;
mod words;
