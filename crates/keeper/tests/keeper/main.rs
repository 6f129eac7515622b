//! The real program, asked over real HTTP, in front of the sandbox with strict rotation.

#![cfg(unix)]
#![expect(clippy::disallowed_methods, reason = "it looks at another process")]
#![expect(clippy::print_stdout, reason = "figures are printed, and looked at with --nocapture")]

mod bad_input;
mod clients;
mod cluster;
mod engines;
mod ground;
mod one;
mod postgres;
mod secrets;
mod several;
mod studio;
#[cfg(target_os = "linux")]
mod unit;
