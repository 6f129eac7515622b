//! Releases that a test speaks of, and how often they were looked for.

use std::{
    future::{Future, ready},
    pin::Pin,
    sync::{Mutex, PoisonError},
};

use glowjar_agent::ports::{UpdateError, Updates};
use tokio::sync::watch;

pub struct MemoryUpdates {
    is_offered: bool,
    newest: Mutex<Result<Option<String>, String>>,
    installs: Mutex<Option<UpdateError>>,
    looked: watch::Sender<usize>,
}

impl MemoryUpdates {
    pub fn offered(is_offered: bool) -> Self {
        Self {
            is_offered,
            newest: Mutex::new(Ok(None)),
            installs: Mutex::default(),
            looked: watch::Sender::new(0),
        }
    }

    pub fn release(&self, version: &str) {
        self.answer(Ok(Some(version.to_owned())));
    }

    pub fn answer(&self, newest: Result<Option<String>, String>) {
        *self.newest.lock().unwrap_or_else(PoisonError::into_inner) = newest;
    }

    /// The next installation fails so.
    pub fn fail(&self, error: UpdateError) {
        *self.installs.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }

    /// How often somebody looked.
    pub fn looked(&self) -> watch::Receiver<usize> {
        self.looked.subscribe()
    }
}

impl Updates for MemoryUpdates {
    fn is_offered(&self) -> bool {
        self.is_offered
    }

    fn look(&self) -> Pin<Box<dyn Future<Output = Result<Option<String>, String>> + Send>> {
        self.looked.send_modify(|looked| *looked += 1);
        Box::pin(ready(self.newest.lock().unwrap_or_else(PoisonError::into_inner).clone()))
    }

    fn install(&self) -> Pin<Box<dyn Future<Output = Result<(), UpdateError>> + Send>> {
        let failure = self.installs.lock().unwrap_or_else(PoisonError::into_inner).take();
        Box::pin(ready(failure.map_or(Ok(()), Err)))
    }
}
