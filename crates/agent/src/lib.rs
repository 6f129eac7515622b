//! The application without Tauri.

pub mod notices;
pub mod ports;
pub mod request;
pub mod tray;
pub mod view;
