//! When to ask for a token, when to wait and when to call a person.
//!
//! Pure decisions over facts about tokens: no clock, no I/O, no async, and no type that can hold a secret, so
//! everything here can be logged, compared and fuzzed freely. The verbs are those of sans-I/O protocol crates:
//! [`Engine::handle_input`], [`Engine::handle_timeout`], [`Engine::poll_effect`], [`Engine::poll_timeout`].
//!
//! [`Engine::handle_input`]: engine::Engine::handle_input
//! [`Engine::handle_timeout`]: engine::Engine::handle_timeout
//! [`Engine::poll_effect`]: engine::Engine::poll_effect
//! [`Engine::poll_timeout`]: engine::Engine::poll_timeout

pub mod budget;
pub mod engine;
pub mod failure;
pub mod fault_injection;
pub mod id;
pub mod input;
pub mod plan;
mod profile;
pub mod rng;
pub mod sign_in_end;
pub mod status;
pub mod time;
mod turn;
pub mod validity;
