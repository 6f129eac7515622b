//! The end: on a signal as by the menu, and with everything put away.

use std::{
    sync::{Arc, Mutex, PoisonError},
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
    pub fn shut_down(self) {
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
    app: AppHandle,
    agent: Agent,
    window_unwanted: CancellationToken,
) {
    agent.snapshot_when(|_| false).await;
    // Unwanted first when it is told to end.
    if !window_unwanted.is_cancelled() {
        tracing::error!(event = "controller_failed");
        app.exit(1);
    }
}

/// Quits the way the menu does when the desktop session ends, or somebody presses Ctrl-C.
#[cfg(unix)]
pub async fn on_signal(app: AppHandle) {
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
    app.exit(0);
}

/// Quits the way the menu does when somebody presses Ctrl-C.
#[cfg(windows)]
pub async fn on_signal(app: AppHandle) {
    if tokio::signal::ctrl_c().await.is_ok() {
        app.exit(0);
    }
}

/// Desktops kill what is still there a few seconds after they said goodbye.
const PATIENCE: Duration = Duration::from_secs(3);
