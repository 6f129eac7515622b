//! A studio's keeper: it holds one credential for all desks, asks the provider once for each token's life, and is itself a token
//! endpoint shaped like Adobe's, at which each desk asks with a secret of its own.
//!
//! What may be asked of the provider, and when, is `glowjar-claim`'s to decide. Here it is acted on.

#[cfg(unix)]
pub mod clock;
#[cfg(unix)]
pub mod control;
#[cfg(unix)]
pub mod counter;
#[cfg(unix)]
pub mod desk;
#[cfg(unix)]
pub mod disk;
#[cfg(unix)]
pub mod engine;
#[cfg(unix)]
pub mod events;
#[cfg(unix)]
pub mod log;
#[cfg(unix)]
pub mod office;
#[cfg(unix)]
pub mod pool;
#[cfg(unix)]
pub mod provider;
#[cfg(unix)]
pub mod register;
#[cfg(unix)]
pub mod rekeying;
#[cfg(unix)]
pub mod running;
#[cfg(unix)]
pub mod seal;
#[cfg(unix)]
pub mod secret;
#[cfg(unix)]
pub mod secret_source;
#[cfg(unix)]
pub mod serving;
