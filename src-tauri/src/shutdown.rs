//! The end: on a signal as by the menu, and with everything put away.

use std::{
    future::pending,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use glowjar_agent::{
    controller::{Agent, HostEvent},
    link::Front,
    ports::Shell,
};
use tauri::{AppHandle, async_runtime};
use tokio::{task::JoinHandle, time::timeout};
use tokio_util::sync::CancellationToken;

/// How this process ends. The event loop is asked first, but not relied on: on Windows a request to end also closes the
/// loop's own window, and from then on the loop hears of nothing.
#[derive(Clone)]
pub struct Ending {
    app: AppHandle,
    open: PutAwayOnce<Open>,
    /// Ends the process, in the system's way.
    exit: fn(i32) -> !,
}

impl Ending {
    pub fn of(app: &AppHandle, exit: fn(i32) -> !) -> Self {
        Self { app: app.clone(), open: PutAwayOnce::default(), exit }
    }

    /// What the end is to put away.
    pub fn holds(&self, open: Open) {
        self.open.holds(open);
    }

    /// Returns when everything is put away. Called by the event loop as it ends.
    pub fn put_away(&self) {
        self.open.put_away(Open::shut_down);
    }

    /// Returns at once. The process ends with this code.
    pub fn begin(&self, code: i32) {
        self.app.exit(code);
        let (open, exit) = (self.open.clone(), self.exit);
        let without_the_loop = move || {
            wait(LOOP_PATIENCE);
            if open.put_away(Open::shut_down) {
                tracing::warn!(event = "loop_did_not_end");
            } else {
                // The loop is about to end the process by itself.
                wait(LOOP_PATIENCE);
            }
            exit(code);
        };
        if let Err(error) = thread::Builder::new().name("ending".to_owned()).spawn(without_the_loop)
        {
            tracing::warn!(%error, "only the event loop can end this process");
        }
    }
}

fn wait(time: Duration) {
    let _ = async_runtime::block_on(async { timeout(time, pending::<()>()).await });
}

/// Something that several threads may want to put away, and one does.
struct PutAwayOnce<T>(Arc<Mutex<Option<T>>>);

impl<T> PutAwayOnce<T> {
    fn holds(&self, thing: T) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(thing);
    }

    /// Returns when it is put away, by whomever. Whether it was by this call.
    fn put_away(&self, how: impl FnOnce(T)) -> bool {
        // Held until it is done, so that nobody ends the process in the middle of it.
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.take().map(how).is_some()
    }
}

impl<T> Clone for PutAwayOnce<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Default for PutAwayOnce<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

/// What has to be put away.
pub struct Open {
    pub front: Front,
    pub desk: Arc<dyn Shell>,
    pub window: JoinHandle<()>,
    pub window_unwanted: CancellationToken,
    /// What serves programs and other sessions. Nothing while this session follows.
    pub listening: Arc<Mutex<Vec<JoinHandle<()>>>>,
}

impl Open {
    /// Closes the window and lets the controller clear the clipboard, in [`PATIENCE`] at most.
    fn shut_down(self) {
        self.window_unwanted.cancel();
        let listening =
            std::mem::take(&mut *self.listening.lock().unwrap_or_else(PoisonError::into_inner));
        listening.iter().for_each(JoinHandle::abort);
        let agent = self.front.agent();
        match &agent {
            Some(agent) => agent.tell(HostEvent::Quitting),
            None => self.desk.clear_clipboard(),
        }
        async_runtime::block_on(async {
            let controller_ended = async {
                if let Some(agent) = agent {
                    agent.snapshot_when(|_| false).await;
                }
            };
            let _ = timeout(PATIENCE, async { tokio::join!(controller_ended, self.window) }).await;
        });
        tracing::info!(event = "quit");
    }
}

/// Quits if the controller ends by itself, by a panic: an icon that stays fresh over a token that nobody renews any more
/// would be worse than none.
pub async fn when_the_controller_fails(
    ending: Ending,
    agent: Agent,
    window_unwanted: CancellationToken,
) {
    agent.snapshot_when(|_| false).await;
    // Unwanted first when it is told to end.
    if !window_unwanted.is_cancelled() {
        tracing::error!(event = "controller_failed");
        ending.begin(1);
    }
}

/// Quits the way the menu does when the desktop session ends, or somebody presses Ctrl-C.
#[cfg(unix)]
pub async fn on_signal(ending: Ending) {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
        signal(SignalKind::hangup()),
    );
    let (Ok(mut interrupt), Ok(mut terminate), Ok(mut hang_up)) = signals else { return };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hang_up.recv() => {}
    }
    ending.begin(0);
}

/// Quits the way the menu does when somebody presses Ctrl-C.
#[cfg(windows)]
pub async fn on_signal(ending: Ending) {
    if tokio::signal::ctrl_c().await.is_ok() {
        ending.begin(0);
    }
}

/// Desktops kill what is still there a few seconds after they said goodbye.
const PATIENCE: Duration = Duration::from_secs(3);
/// A loop that still turns ends at once. With [`PATIENCE`] after it, this is less than the five seconds that Windows gives
/// a process at the end of the session.
const LOOP_PATIENCE: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn what_two_want_to_put_away_is_put_away_by_one_and_the_other_waits_for_it() {
        let thing = PutAwayOnce::default();
        thing.holds("open");
        let (began, has_begun) = mpsc::channel();
        let (go_on, may_go_on) = mpsc::channel::<()>();
        let first = thread::spawn({
            let thing = thing.clone();
            move || {
                thing.put_away(|open| {
                    assert_eq!(open, "open");
                    began.send(()).unwrap();
                    may_go_on.recv().unwrap();
                })
            }
        });
        has_begun.recv().unwrap();
        let second = thread::spawn(move || thing.put_away(|_| unreachable!("put away twice")));
        assert!(!second.is_finished());
        go_on.send(()).unwrap();
        assert!(first.join().unwrap());
        assert!(!second.join().unwrap());
    }
}
