//! What `cargo xtask windows` shows under Wine: the programs for Windows on a desktop of Wine's, driven from Linux.

#![cfg_attr(
    target_os = "linux",
    expect(clippy::disallowed_methods, reason = "a real desktop takes real time")
)]
#![allow(clippy::print_stdout, reason = "what it prints is what it is for")]

#[cfg(target_os = "linux")]
mod on_linux;

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    on_linux::main()
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("Wine is for Linux; here the programs run by themselves.");
}
