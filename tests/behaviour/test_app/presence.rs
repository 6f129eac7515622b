//! A machine that says how long nobody was there, and counts how often it was asked.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use glowjar_agent::ports::Presence;

#[derive(Default)]
pub struct MemoryPresence {
    idle: Mutex<Option<Duration>>,
    asked: AtomicUsize,
    panics: AtomicBool,
}

impl MemoryPresence {
    /// Nobody was there for so long; `None` if that can't be said.
    pub fn set_idle(&self, idle: Option<Duration>) {
        *self.idle.lock().unwrap_or_else(PoisonError::into_inner) = idle;
    }

    /// The next call panics.
    pub fn panic_once(&self) {
        self.panics.store(true, Ordering::SeqCst);
    }

    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Presence for MemoryPresence {
    fn idle_time(&self) -> Pin<Box<dyn Future<Output = Option<Duration>> + Send + '_>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let idle = *self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let panics = self.panics.swap(false, Ordering::SeqCst);
        Box::pin(async move {
            assert!(!panics, "ordered by a test");
            idle
        })
    }
}
