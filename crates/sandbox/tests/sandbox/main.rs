//! The sandbox over real HTTP, asked by an ordinary client.

mod answers;
mod ask;
mod console;
mod control;
mod device;
mod firefly;
mod outage;
mod rotation;
mod sign_in;
mod strictness;
mod tokens;
