//! The smallest Rust program that asks a Unix socket for a token: nothing is parsed, nothing can be chosen, and no
//! trouble has words. `main.rs` compiles it and compares.

use std::{
    env,
    io::{self, Read, Write},
    os::unix::net::UnixStream,
};

fn main() -> io::Result<()> {
    let socket = env::var_os("GLOWJAR_SOCKET").ok_or(io::ErrorKind::NotFound)?;
    let mut stream = UnixStream::connect(socket)?;
    stream.write_all(b"\x00\x00\x00\x1b{\"version\":1,\"ask\":\"token\"}")?;
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let mut answer = vec![0; u32::from_be_bytes(length) as usize];
    stream.read_exact(&mut answer)?;
    io::stdout().write_all(&answer)
}
