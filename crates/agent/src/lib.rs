//! The application without Tauri.

pub mod request;
pub mod view;
