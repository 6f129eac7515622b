//! The client against servers on loopback: the sandbox for everything that is HTTP, raw sockets for what isn't.

mod access;
mod compressed;
mod errors;
mod far_end;
mod gate;
mod network;
mod proxy;
mod replies;
mod requests;
mod secrecy;
mod sign_in;
mod tls;
