//! The application without Tauri: one controller with one event loop, the vault, the clock, and everything a person
//! sees as plain data.

mod agent;
pub mod catalogue;
pub mod clock;
pub mod controller;
mod copying;
mod crash_points;
pub mod credential;
pub mod document;
mod draft;
mod environment;
mod event;
mod files;
pub mod folder_lock;
pub mod folders;
pub mod handout;
pub mod history;
mod keychain;
mod landing;
pub mod link;
mod local_time;
pub mod notices;
pub mod outlets;
pub mod permissions;
pub mod ports;
pub mod preferences;
mod present;
mod presets;
pub mod profile;
pub mod profiles;
pub mod request;
mod timed;
mod token_requests;
pub mod tray;
mod understood;
mod vault;
pub mod view;
mod words;

use glowjar_lifecycle::deliberate;
