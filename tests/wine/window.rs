//! Stands in for the window's process under Wine, which has no web view: carries its lines between the tray's process and the
//! tour, which listens at a port of this computer.

#![allow(clippy::print_stderr, reason = "there is nobody else to tell")]

use std::{
    env,
    io::{self, Read, Write},
    net::TcpStream,
    process, thread,
};

fn main() {
    if let Err(error) = carry() {
        eprintln!("{error}");
        process::exit(1);
    }
}

/// Ends with whichever side ends first, as the window does.
fn carry() -> io::Result<()> {
    let port = env::var("GLOWJAR_TEST_WINDOW_PORT").map_err(io::Error::other)?;
    let tour = TcpStream::connect(format!("127.0.0.1:{port}"))?;
    let to_tour = tour.try_clone()?;
    thread::spawn(move || {
        let _ = pass_on(io::stdin().lock(), to_tour);
        process::exit(0);
    });
    pass_on(tour, io::stdout().lock())
}

fn pass_on(mut from: impl Read, mut to: impl Write) -> io::Result<()> {
    let mut bytes = [0; 65_536];
    loop {
        match from.read(&mut bytes)? {
            0 => return Ok(()),
            count => to.write_all(&bytes[..count])?,
        }
        to.flush()?;
    }
}
