//! Other programs get live tokens: through the command, and through the socket itself.

mod asking;
mod concurrency;
mod connecting;
mod consent;
mod costs;
mod documented;
mod files;
mod formats;
mod http;
mod importing;
mod keeper;
mod managed;
mod minting;
mod permission;
mod recipes;
mod record;
mod samples;
mod signing_in;
mod terminals;
mod token_clients;
mod unauthorized;
mod waiting;
