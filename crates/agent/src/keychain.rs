//! The keychain behind a thread of its own and a time limit, so that one that never answers holds up nobody.

mod parts;
#[cfg(feature = "simulated")]
mod simulated;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use glowjar_lifecycle::input::KeychainTrouble;
use secrecy::SecretSlice;
use tokio::sync::{mpsc, oneshot};

use crate::ports::Keychain;

/// A person should see within two seconds of the start that the keychain does not answer, and a tray takes half a second.
/// gnome-keyring takes a tenth.
const READ_LIMIT: Duration = Duration::from_millis(1200);
/// A write that was given up may be carried out all the same, and then nobody knows of it; so it gets longer.
const WRITE_LIMIT: Duration = Duration::from_secs(5);

/// Runs keychain calls one after the other, off every other thread.
#[derive(Clone)]
pub(crate) struct KeychainThread {
    jobs: mpsc::UnboundedSender<Job>,
    /// How many jobs have ended. While this grows, the keychain answers, and others merely have a long queue before them.
    ended: Arc<AtomicU64>,
    keychain: Arc<dyn Keychain>,
    keychain_changed: Arc<dyn Fn() + Send + Sync>,
}

/// One call, or several that belong together.
struct Job {
    given_up: Arc<AtomicBool>,
    ended: Ended,
    call: Call,
}

/// Counts a job as ended when it is dropped, so that one that panics counts as well.
struct Ended(Arc<AtomicU64>);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Release);
    }
}

type Call = Box<dyn FnOnce(&dyn Keychain) + Send>;

/// What an entry holds, or `None` if there is no such entry.
pub(crate) type Read = Option<SecretSlice<u8>>;

impl Job {
    /// What nobody waits for any more must not happen out of the blue, long after.
    fn is_given_up(&self) -> bool {
        self.given_up.load(Ordering::Acquire)
    }

    fn run(self, keychain: &dyn Keychain) {
        if !self.is_given_up() {
            (self.call)(keychain);
        }
        drop(self.ended);
    }
}

/// What is to become of an entry.
pub(crate) enum Change {
    Write(String, SecretSlice<u8>),
    Delete(String),
}

impl Change {
    fn make(&self, keychain: &dyn Keychain) -> Result<(), KeychainTrouble> {
        match self {
            Self::Write(entry, value) => parts::write(keychain, entry, value),
            Self::Delete(entry) => parts::delete(keychain, entry),
        }
    }
}

impl KeychainThread {
    /// `keychain_changed` is called when an answer came after its time limit, since asking again may now work.
    pub(crate) fn start(
        keychain: Arc<dyn Keychain>,
        keychain_changed: Arc<dyn Fn() + Send + Sync>,
    ) -> Self {
        let (jobs, mut queue) = mpsc::unbounded_channel::<Job>();
        let ended = Arc::default();
        #[cfg(feature = "simulated")]
        if keychain.is_simulated() {
            simulated::work(Arc::clone(&keychain), queue);
            return Self { jobs, ended, keychain, keychain_changed };
        }
        let worker = Arc::clone(&keychain);
        thread::Builder::new()
            .name("keychain".to_owned())
            .spawn(move || {
                while let Some(job) = queue.blocking_recv() {
                    // A bug in a system's library costs this call; it counts as not answered.
                    if catch_unwind(AssertUnwindSafe(|| job.run(&*worker))).is_err() {
                        tracing::error!(event = "keychain_panicked");
                    }
                    if queue.is_empty() {
                        worker.nothing_waits();
                    }
                }
            })
            .expect("the system can start a thread");
        Self { jobs, ended, keychain, keychain_changed }
    }

    /// Reads two entries one right after the other, so that what belongs together is there together, however many
    /// others wait to be read. The second is read only if the first could be.
    pub(crate) async fn read_both(
        &self,
        first: String,
        second: String,
    ) -> Result<(Read, Result<Read, KeychainTrouble>), KeychainTrouble> {
        self.run(READ_LIMIT, move |keychain| {
            let first = parts::read(keychain, &first)?;
            Ok((first, parts::read(keychain, &second)))
        })
        .await
    }

    /// Makes several changes in the given order, stopping at the first that is refused. They take their place in the
    /// queue with this call and not when its outcome is awaited: what was decided later is written later.
    pub(crate) fn change(
        &self,
        changes: Vec<Change>,
    ) -> impl Future<Output = Result<(), KeychainTrouble>> + Send + use<> {
        self.run(WRITE_LIMIT, move |keychain| {
            changes.iter().try_for_each(|change| change.make(keychain))
        })
    }

    /// Deletes entries that nobody needs any more, whenever the keychain comes round to it: without a time limit, since nobody
    /// waits for it.
    pub(crate) fn delete(
        &self,
        entries: Vec<String>,
    ) -> impl Future<Output = Result<(), KeychainTrouble>> + Send + use<> {
        let (answer, answered) = oneshot::channel();
        let call = Box::new(move |keychain: &dyn Keychain| {
            let deleted = entries.iter().try_for_each(|entry| parts::delete(keychain, entry));
            if let Err(trouble) = deleted {
                tracing::warn!(event = "not_deleted", ?entries, ?trouble);
            }
            // Nobody waits any more if the application is about to end.
            let _ = answer.send(deleted);
        });
        // Only a keychain thread that ended takes no jobs, and then the application ends as well.
        let ended = Ended(Arc::clone(&self.ended));
        let _ = self.jobs.send(Job { given_up: Arc::default(), ended, call });
        async move { answered.await.unwrap_or(Err(KeychainTrouble::NotAnswering)) }
    }

    /// Lets the person unlock it. On a thread of its own and without a limit, since people take their time.
    pub(crate) fn unlock(&self) {
        let keychain = Arc::clone(&self.keychain);
        let keychain_changed = Arc::clone(&self.keychain_changed);
        #[cfg(feature = "simulated")]
        if keychain.is_simulated() {
            return simulated::unlock(keychain, keychain_changed);
        }
        let spawned = thread::Builder::new().name("keychain-unlock".to_owned()).spawn(move || {
            if keychain.unlock().is_ok() {
                keychain_changed();
            }
        });
        if let Err(error) = spawned {
            tracing::warn!(%error, "the unlock prompt could not be started");
        }
    }

    /// Gives up when the keychain has ended no job for as long as `limit`, or for almost twice that if it ended one
    /// meanwhile. Others that wait before this one are no reason.
    fn run<T, F>(
        &self,
        limit: Duration,
        call: F,
    ) -> impl Future<Output = Result<T, KeychainTrouble>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&dyn Keychain) -> Result<T, KeychainTrouble> + Send + 'static,
    {
        let (answer, mut answered) = oneshot::channel();
        let given_up = Arc::new(AtomicBool::new(false));
        let keychain_changed = Arc::clone(&self.keychain_changed);
        let call = Box::new(move |keychain: &dyn Keychain| {
            let outcome = call(keychain);
            if answer.send(outcome).is_err() {
                keychain_changed();
            }
        });
        // If the thread is gone, so is the other end of `answered`.
        let ended = Arc::clone(&self.ended);
        let mut seen = ended.load(Ordering::Acquire);
        let job = Job { given_up: Arc::clone(&given_up), ended: Ended(Arc::clone(&ended)), call };
        let _ = self.jobs.send(job);
        async move {
            let outcome = loop {
                let outcome = tokio::time::timeout(limit, &mut answered).await;
                let before = std::mem::replace(&mut seen, ended.load(Ordering::Acquire));
                if outcome.is_ok() || seen == before {
                    break outcome;
                }
            };
            given_up.store(true, Ordering::Release);
            match outcome {
                Ok(Ok(result)) => result,
                Ok(Err(_)) | Err(_) => Err(KeychainTrouble::NotAnswering),
            }
        }
    }
}

#[cfg(all(test, feature = "simulated"))]
mod tests;
