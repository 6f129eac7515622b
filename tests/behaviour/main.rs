//! What Glowjar does, a module per behaviour.

mod dependencies;
mod desktop_harness;
mod licences;
mod tidy;
