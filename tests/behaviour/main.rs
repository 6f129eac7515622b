//! What Glowjar does, a module per behaviour.

mod desktop_harness;
