//! Other programs get live tokens: through the command, and through the socket itself.

mod asking;
mod crowd;
mod documented;
mod formats;
mod strangers;
mod waiting;
