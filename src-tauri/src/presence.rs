//! Whether anybody is at the computer, as the system tells it. Nothing is asked that the controller did not ask for.

#[cfg(target_os = "linux")]
mod idle;
#[cfg(target_os = "linux")]
pub mod screen;

use std::{future::Future, pin::Pin, time::Duration};

use glowjar_agent::ports::Presence;

pub struct SystemPresence;

impl Presence for SystemPresence {
    #[cfg(target_os = "linux")]
    fn idle_time(&self) -> Pin<Box<dyn Future<Output = Option<Duration>> + Send + '_>> {
        Box::pin(idle::time())
    }

    /// Neither is asked there without `unsafe`, and no well-kept crate does it for us.
    #[cfg(not(target_os = "linux"))]
    fn idle_time(&self) -> Pin<Box<dyn Future<Output = Option<Duration>> + Send + '_>> {
        Box::pin(std::future::ready(None))
    }
}
