//! Keychain jobs in simulated time: a task in place of the thread, which waits where a call would block. Compiled for the
//! simulation only.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::Job;
use crate::ports::Keychain;

pub(super) fn work(keychain: Arc<dyn Keychain>, mut queue: mpsc::UnboundedReceiver<Job>) {
    tokio::spawn(async move {
        while let Some(job) = queue.recv().await {
            // Takes no time, as in the thread.
            if !job.is_given_up() {
                keychain.wait_in_simulated_time().await;
            }
            job.run(&*keychain);
        }
    });
}

pub(super) fn unlock(keychain: Arc<dyn Keychain>, keychain_changed: Arc<dyn Fn() + Send + Sync>) {
    tokio::spawn(async move {
        keychain.wait_in_simulated_time().await;
        if keychain.unlock().is_ok() {
            keychain_changed();
        }
    });
}
