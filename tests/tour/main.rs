//! What `cargo xtask run` shows on a machine without a display. Its private desktop is one of Linux.

#![cfg_attr(target_os = "linux", expect(clippy::disallowed_methods, reason = "a person looks on"))]
#![allow(clippy::print_stdout, reason = "what it prints is what it is for")]

#[cfg(target_os = "linux")]
mod on_linux;

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    on_linux::main()
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("There is no private desktop on this system; start glowjar-app.");
}
