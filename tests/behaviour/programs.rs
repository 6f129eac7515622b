//! Other programs get live tokens: through the command, and through the socket itself.

mod asking;
mod connecting;
mod consent;
mod crowd;
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
mod strangers;
mod terminals;
mod token_clients;
mod waiting;
