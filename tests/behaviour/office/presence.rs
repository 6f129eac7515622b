//! A machine that says how long nobody was there, and counts how often it was asked.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use glowjar_agent::ports::Presence;

#[derive(Default)]
pub struct MemoryPresence {
    idle: Mutex<Option<Duration>>,
    asked: AtomicUsize,
}

impl MemoryPresence {
    /// Nobody was there for so long; `None` if that can't be said.
    pub fn set_idle(&self, idle: Option<Duration>) {
        *self.idle.lock().unwrap_or_else(PoisonError::into_inner) = idle;
    }

    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Presence for MemoryPresence {
    fn idle_time(&self) -> Pin<Box<dyn Future<Output = Option<Duration>> + Send + '_>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let idle = *self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        Box::pin(std::future::ready(idle))
    }
}
