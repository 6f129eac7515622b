//! The window as the tray's process sees it: a child to start, to answer and to end.
//!
//! Web content lives in that child only, so a closed window costs nothing and shares no memory with a token.

use std::{
    future::Future,
    io,
    path::PathBuf,
    process::{ExitStatus, Stdio},
    sync::Arc,
    time::Duration,
};

use glowjar_agent::{
    request::{Reply, Request},
    view::Snapshot,
};
use serde_json::Value;
use tokio::{
    process::{Child, Command},
    sync::{mpsc, watch},
    time::timeout,
};

use conversation::Conversation;

mod conversation;

/// Opens the window each time `shows` asks for it, and answers its requests for as long as it stays open.
/// Ends, and the window with it, when every sender of `shows` is gone.
pub async fn keep<H, F>(
    program: PathBuf,
    answer: H,
    snapshots: watch::Receiver<Option<Arc<Snapshot>>>,
    mut shows: mpsc::Receiver<()>,
) where
    H: Fn(Request) -> F + Clone + Send + 'static,
    F: Future<Output = Reply> + Send + 'static,
{
    while shows.recv().await.is_some() {
        match open(&program) {
            Ok(window) => converse(window, answer.clone(), snapshots.clone(), &mut shows).await,
            Err(error) => tracing::error!(%error, program = %program.display(), "the window could not be started"),
        }
    }
}

fn open(program: &PathBuf) -> io::Result<Child> {
    Command::new(program).arg("window").stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true).spawn()
}

async fn converse<H, F>(
    mut window: Child,
    answer: H,
    snapshots: watch::Receiver<Option<Arc<Snapshot>>>,
    shows: &mut mpsc::Receiver<()>,
) where
    H: Fn(Request) -> F + Clone + Send + 'static,
    F: Future<Output = Reply> + Send + 'static,
{
    let (Some(from_window), Some(to_window)) = (window.stdout.take(), window.stdin.take()) else { return };
    tracing::info!(pid = window.id(), "window opened");
    // Its end of the pipe is dropped with the conversation, which is how the window learns that it should go.
    Conversation::new(from_window, to_window, answer).hold(snapshots, shows).await;
    match end(&mut window).await {
        Ok(status) => tracing::info!(%status, "window closed"),
        Err(error) => tracing::warn!(%error, "the window's end could not be awaited"),
    }
}

async fn end(window: &mut Child) -> io::Result<ExitStatus> {
    match timeout(TIME_TO_GO, window.wait()).await {
        Ok(ended) => ended,
        Err(_) => {
            window.kill().await?;
            window.wait().await
        }
    }
}

/// Parses what the page sent. The parser's own words are kept from the log: they quote what they stumble over.
fn parse(request: Value) -> Result<Request, Reply> {
    serde_json::from_value(request).map_err(|_| Reply::Failed {
        code: "notUnderstood".into(),
        message: "Glowjar did not understand its own window.".into(),
        advice: "Close the window and open it again.".into(),
    })
}

/// WebKit takes a tenth of a second to end; a window that hangs is not waited for while a person quits.
const TIME_TO_GO: Duration = Duration::from_secs(2);
