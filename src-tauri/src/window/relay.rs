//! Pairs the page's requests with the replies that come back along the pipe.

use std::{
    collections::HashMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tauri::{AppHandle, Emitter, Manager, async_runtime};
use tokio::{
    fs::File,
    sync::{mpsc, oneshot},
};
use tokio_util::codec::{FramedRead, FramedWrite};

use super::LABEL;
use crate::frame::{LONGEST_FRAME, Say, Tell, lines};

/// Hands requests on without looking into them, and never writes one anywhere but into the pipe.
pub struct Relay {
    next: AtomicU64,
    awaited: Mutex<HashMap<u64, oneshot::Sender<Value>>>,
    to_tray: mpsc::Sender<String>,
}

impl Relay {
    /// Begins to carry requests.
    pub fn new(to_tray: std::fs::File) -> Self {
        let (sender, lines) = mpsc::channel(16);
        async_runtime::spawn(write(lines, File::from_std(to_tray)));
        Self { next: AtomicU64::new(1), awaited: Mutex::default(), to_tray: sender }
    }

    /// The reply, or nothing if the tray's process has gone.
    pub async fn ask(&self, request: Value) -> Option<Value> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let line = serde_json::to_string(&Say::Ask { id, request }).ok()?;
        if line.len() > LONGEST_FRAME {
            return Some(too_long());
        }
        let (reply, replied) = oneshot::channel();
        self.awaited().insert(id, reply);
        self.to_tray.send(line).await.ok()?;
        replied.await.ok()
    }

    async fn confirm_focus(&self) {
        if let Ok(line) = serde_json::to_string(&Say::<Value>::Focused { focused: true }) {
            // Nobody to tell when the tray's process has gone.
            let _ = self.to_tray.send(line).await;
        }
    }

    fn take(&self, id: u64, reply: Value) {
        if let Some(awaiting) = self.awaited().remove(&id) {
            // The page may have been reloaded meanwhile.
            let _ = awaiting.send(reply);
        }
    }

    fn awaited(&self) -> std::sync::MutexGuard<'_, HashMap<u64, oneshot::Sender<Value>>> {
        self.awaited.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn write(mut from_page: mpsc::Receiver<String>, to_tray: File) {
    let mut frames = FramedWrite::new(to_tray, lines());
    while let Some(line) = from_page.recv().await {
        if frames.send(line).await.is_err() {
            return;
        }
    }
}

/// Carries replies and news to the page, and ends the process when the tray's has closed the pipe.
/// The application has to have its relay and its window by now.
pub async fn listen(from_tray: std::fs::File, app: AppHandle) {
    let mut frames = FramedRead::new(File::from_std(from_tray), lines());
    while let Some(Ok(line)) = frames.next().await {
        match serde_json::from_str::<Tell<Value, Value>>(&line) {
            Ok(Tell::Reply { id, reply }) => app.state::<Relay>().take(id, reply),
            Ok(Tell::Snapshot { snapshot }) => drop(app.emit_to(LABEL, "snapshot", snapshot)),
            // Not awaited: what follows along the pipe may be what the window's thread waits for.
            Ok(Tell::Focus { .. }) => drop(async_runtime::spawn(come_to_the_front(app.clone()))),
            Err(_) => break,
        }
    }
    app.exit(0);
}

/// Says so once the window's own thread has done it. One that is closing, or hangs, says nothing.
pub async fn come_to_the_front(app: AppHandle) {
    let (done, is_done) = oneshot::channel();
    let on_its_thread = {
        let app = app.clone();
        move || {
            let Some(window) = app.get_webview_window(LABEL) else { return };
            // A window manager may refuse; there is nobody to tell.
            let _ = window.unminimize();
            let _ = window.set_focus();
            let _ = done.send(());
        }
    };
    if app.run_on_main_thread(on_its_thread).is_ok() && is_done.await.is_ok() {
        app.state::<Relay>().confirm_focus().await;
    }
}

fn too_long() -> Value {
    json!({
        "kind": "failed",
        "code": "too_long",
        "message": "That is far too much text.",
        "advice": "Check what was pasted: a secret has fewer than 2,000 characters.",
    })
}
