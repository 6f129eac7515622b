//! The keychain behind a thread of its own and a time limit, so that one that never answers holds up nobody.

mod parts;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use glowjar_lifecycle::input::KeychainTrouble;
use secrecy::SecretSlice;
use tokio::sync::oneshot;

use crate::ports::Keychain;

/// A person should see within two seconds that the keychain does not answer. gnome-keyring takes a tenth of a second.
const LIMIT: Duration = Duration::from_millis(1500);

/// Runs keychain calls one after the other, off every other thread.
#[derive(Clone)]
pub(crate) struct KeychainThread {
    jobs: mpsc::Sender<Job>,
    keychain: Arc<dyn Keychain>,
    stirred: Arc<dyn Fn() + Send + Sync>,
}

type Job = Box<dyn FnOnce(&dyn Keychain) + Send>;

impl KeychainThread {
    /// `stirred` is called when an answer came after its time limit, since asking again may now work.
    pub(crate) fn start(keychain: Arc<dyn Keychain>, stirred: Arc<dyn Fn() + Send + Sync>) -> Self {
        let (jobs, queue) = mpsc::channel::<Job>();
        let worker = Arc::clone(&keychain);
        thread::Builder::new()
            .name("keychain".to_owned())
            .spawn(move || queue.into_iter().for_each(|job| job(&*worker)))
            .expect("the system can start a thread");
        Self { jobs, keychain, stirred }
    }

    pub(crate) async fn read(
        &self,
        entry: String,
    ) -> Result<Option<SecretSlice<u8>>, KeychainTrouble> {
        self.run(move |keychain| parts::read(keychain, &entry)).await
    }

    /// Writes several entries in the given order, stopping at the first that is refused.
    pub(crate) async fn write(
        &self,
        entries: Vec<(String, SecretSlice<u8>)>,
    ) -> Result<(), KeychainTrouble> {
        self.run(move |keychain| {
            entries.iter().try_for_each(|(entry, value)| parts::write(keychain, entry, value))
        })
        .await
    }

    pub(crate) async fn delete(&self, entries: Vec<String>) -> Result<(), KeychainTrouble> {
        self.run(move |keychain| {
            entries.iter().try_for_each(|entry| parts::delete(keychain, entry))
        })
        .await
    }

    /// Lets the person unlock it. On a thread of its own and without a limit, since people take their time.
    pub(crate) fn unlock(&self) {
        let keychain = Arc::clone(&self.keychain);
        let stirred = Arc::clone(&self.stirred);
        let spawned = thread::Builder::new().name("keychain-unlock".to_owned()).spawn(move || {
            if keychain.unlock().is_ok() {
                stirred();
            }
        });
        if let Err(error) = spawned {
            tracing::warn!(%error, "the unlock prompt could not be started");
        }
    }

    async fn run<T: Send + 'static>(
        &self,
        call: impl FnOnce(&dyn Keychain) -> Result<T, KeychainTrouble> + Send + 'static,
    ) -> Result<T, KeychainTrouble> {
        let (answer, answered) = oneshot::channel();
        let given_up = Arc::new(AtomicBool::new(false));
        let job = {
            let given_up = Arc::clone(&given_up);
            let stirred = Arc::clone(&self.stirred);
            Box::new(move |keychain: &dyn Keychain| {
                // What nobody waits for any more must not happen out of the blue, long after.
                if given_up.load(Ordering::Acquire) {
                    return;
                }
                let outcome = call(keychain);
                if answer.send(outcome).is_err() {
                    stirred();
                }
            })
        };
        if self.jobs.send(job).is_err() {
            return Err(KeychainTrouble::NotAnswering);
        }
        let outcome = tokio::time::timeout(LIMIT, answered).await;
        given_up.store(true, Ordering::Release);
        match outcome {
            Ok(Ok(result)) => result,
            Ok(Err(_)) | Err(_) => Err(KeychainTrouble::NotAnswering),
        }
    }
}
