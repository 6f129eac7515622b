//! Pure.

pub mod failure;
pub mod time;
pub mod validity;
