//! What Glowjar does, a module per behaviour.

mod another_server;
mod application;
mod dependencies;
mod desktop_app;
mod desktop_harness;
mod licences;
mod office;
mod tidy;
mod words;
