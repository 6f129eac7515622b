//! Other programs get live tokens: through the command, and through the socket itself.

mod asking;
mod concurrency;
mod connecting;
mod consent;
mod documented;
mod files;
mod formats;
mod http;
mod importing;
mod minting;
mod permission;
mod recipes;
mod record;
mod samples;
mod terminals;
mod token_clients;
mod unauthorized;
mod waiting;
