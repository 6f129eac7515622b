//! What `cargo xtask test` and `cargo xtask bundle --check` do with the packages they made: a person's Debian, from the first
//! installation to the removal.

#![cfg_attr(
    target_os = "linux",
    expect(clippy::disallowed_methods, reason = "an installation takes real time")
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
    println!("Packages for Linux are tried on Linux.");
}
