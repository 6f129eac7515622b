//! The real program, asked over real HTTP, in front of the sandbox with strict rotation.

#![cfg(unix)]
#![expect(clippy::disallowed_methods, reason = "it looks at another process")]
#![expect(clippy::print_stdout, reason = "figures are printed, and looked at with --nocapture")]

#[cfg(target_os = "linux")]
mod at_work;
mod bad_input;
mod clients;
mod cluster;
mod engines;
mod ground;
mod joining;
mod listening;
#[cfg(target_os = "linux")]
mod many_desks;
#[cfg(target_os = "linux")]
mod namespace;
#[cfg(target_os = "linux")]
mod network;
mod one;
mod postgres;
mod secrets;
mod several;
mod studio;
#[cfg(target_os = "linux")]
mod unit;
