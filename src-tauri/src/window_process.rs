//! The window as the tray's process sees it: a child to start, to answer and to end.
//!
//! Web content lives in that child only, so a closed window costs nothing and shares no memory with a token.

use std::{
    env,
    future::Future,
    io,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    sync::Arc,
    time::Duration,
};

use glowjar_agent::{
    request::{Reply, Request},
    view::{Snapshot, Theme},
};
use tokio::{
    process::{Child, Command},
    sync::{mpsc, watch},
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use crate::{
    arguments::ColorScheme,
    platform::{Platform, This},
};
use conversation::Conversation;

mod conversation;

/// What is started to show the window.
#[derive(Debug)]
pub struct WindowProgram {
    file: PathBuf,
    needs_web_view: bool,
}

impl WindowProgram {
    /// This very program.
    pub fn of_this(file: PathBuf) -> Self {
        Self { file, needs_web_view: true }
    }

    /// What a test named to stand in for it, since Wine has no web view. No release looks for one.
    pub fn standing_in() -> Option<Self> {
        if !cfg!(all(windows, debug_assertions)) {
            return None;
        }
        let file = env::var_os(STANDS_IN)?.into();
        Some(Self { file, needs_web_view: false })
    }
}

/// Opens the window each time `shows` asks for it, and answers its requests for as long as it stays open.
/// Ends, and the window with it, when it is `unwanted`. `failed` is told when its process can't be started.
pub async fn keep<H, F>(
    program: WindowProgram,
    answer: H,
    snapshots: watch::Receiver<Option<Arc<Snapshot>>>,
    mut shows: mpsc::Receiver<()>,
    unwanted: CancellationToken,
    failed: impl Fn(NoWindow<'_>) + Send,
) where
    H: Fn(Request) -> F + Clone + Send + 'static,
    F: Future<Output = Reply> + Send + 'static,
{
    let mut is_wanted = false;
    while is_wanted || unwanted.run_until_cancelled(shows.recv()).await.flatten().is_some() {
        let theme = snapshots.borrow().as_ref().map_or(Theme::System, |snapshot| snapshot.theme);
        // Its process would only say so where nobody reads it.
        if program.needs_web_view && !This::has_web_view() {
            failed(NoWindow::NoWebView);
            is_wanted = false;
            continue;
        }
        is_wanted = match open(&program.file, theme) {
            Ok(window) => {
                converse(window, answer.clone(), snapshots.clone(), &mut shows, &unwanted).await
            }
            Err(error) => {
                tracing::error!(%error, program = %program.file.display(), "the window could not be started");
                failed(NoWindow::NotStarted { program: &program.file, error: &error });
                false
            }
        };
    }
}

/// Why no window could be opened.
#[derive(Clone, Copy, Debug)]
pub enum NoWindow<'a> {
    NotStarted {
        program: &'a Path,
        error: &'a io::Error,
    },
    /// The system lacks what the page is shown with.
    NoWebView,
}

fn open(program: &PathBuf, theme: Theme) -> io::Result<Child> {
    let mut window = Command::new(program);
    window.arg("window").stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
    if let Some(scheme) = ColorScheme::chosen(theme) {
        window.args(["--color-scheme", scheme.name()]);
    }
    if cfg!(target_os = "linux") && env::var_os(WITHOUT_GRAPHICS_CARD).is_none() {
        window.env(WITHOUT_GRAPHICS_CARD, "1");
    }
    window.spawn()
}

/// True if another window is wanted at once.
async fn converse<H, F>(
    mut window: Child,
    answer: H,
    snapshots: watch::Receiver<Option<Arc<Snapshot>>>,
    shows: &mut mpsc::Receiver<()>,
    unwanted: &CancellationToken,
) -> bool
where
    H: Fn(Request) -> F + Clone + Send + 'static,
    F: Future<Output = Reply> + Send + 'static,
{
    let (Some(from_window), Some(to_window)) = (window.stdout.take(), window.stdin.take()) else {
        return false;
    };
    tracing::info!(pid = window.id(), "window opened");
    // Its end of the pipe is dropped with the conversation, which is how the window learns that it should go.
    let is_wanted = unwanted
        .run_until_cancelled(
            Conversation::new(from_window, to_window, answer).hold(snapshots, shows),
        )
        .await
        .unwrap_or(false);
    match end(&mut window).await {
        Ok(status) => tracing::info!(%status, "window closed"),
        Err(error) => tracing::warn!(%error, "the window's end could not be awaited"),
    }
    is_wanted
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

/// WebKitGTK's switch: it paints by itself. Its way over the graphics card loads the drivers in two processes before
/// the first picture, and leaves the window blank with some of them (tauri-apps/tauri#9304, #15936). A person who has
/// set it, to `0` or `1`, is obeyed.
const WITHOUT_GRAPHICS_CARD: &str = "WEBKIT_DISABLE_COMPOSITING_MODE";
/// Names the program of [`WindowProgram::standing_in`].
const STANDS_IN: &str = "GLOWJAR_TEST_WINDOW";
/// WebKit takes a tenth of a second to end; a window that hangs is not waited for while a person quits.
const TIME_TO_GO: Duration = Duration::from_secs(2);
