//! The tray's process: puts controller, ports and tray together, and owns the event loop.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, anyhow};
use clap::Args;
use glowjar_agent::{
    request::{Reply, Request},
    view::Snapshot,
};
use tauri::{AppHandle, RunEvent, async_runtime};
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
};

use crate::{folders::Folders, logging, preflight, tray, window_process};

/// What the person wants right after the start, or of the Glowjar that is running already.
#[derive(Args, Clone, Copy)]
pub struct Wishes {
    /// Open the window
    #[arg(long)]
    pub show: bool,
    /// Start the built-in sandbox and a profile that uses it
    #[arg(long)]
    pub sandbox: bool,
}

/// Runs until the person quits.
///
/// # Errors
/// There is no desktop, or no folder to write to.
pub fn run(wishes: &Wishes) -> anyhow::Result<()> {
    let folders = Folders::of_this_person()?;
    logging::start(&folders.state)?;
    preflight::display().map_err(|missing| anyhow!(missing))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    async_runtime::set(runtime.handle().clone());

    let (shows, shown) = mpsc::channel(1);
    let again = shows.clone();
    let (_publish, snapshots) = watch::channel::<Option<Arc<Snapshot>>>(None);
    let window = runtime.spawn(window_process::keep(std::env::current_exe()?, answer, snapshots, shown));

    let app = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(move |_, _, _| {
            let _ = again.try_send(());
        }))
        .setup({
            let (shows, wishes) = (shows.clone(), *wishes);
            move |app| {
                async_runtime::spawn(quit_on_signal(app.handle().clone()));
                match preflight::tray_library() {
                    Ok(()) => tray::put_up(app.handle(), shows.clone())?,
                    Err(missing) => tracing::error!("{missing}"),
                }
                if wishes.show {
                    let _ = shows.try_send(());
                }
                Ok(())
            }
        })
        .build(tauri::generate_context!())
        .context("the tray could not be made")?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "started");
    let mut at_the_end = Some((shows, window));
    app.run(move |_, event| match event {
        // No window is the usual state of things.
        RunEvent::ExitRequested { code: None, api, .. } => api.prevent_exit(),
        RunEvent::Exit => {
            if let Some((shows, window)) = at_the_end.take() {
                drop(shows);
                close(window);
            }
        }
        _ => {}
    });
    Ok(())
}

async fn answer(_: Request) -> Reply {
    Reply::Done
}

fn close(window: JoinHandle<()>) {
    async_runtime::block_on(async {
        let _ = tokio::time::timeout(Duration::from_secs(3), window).await;
    });
}

#[cfg(unix)]
async fn quit_on_signal(app: AppHandle) {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    app.exit(0);
}

#[cfg(windows)]
async fn quit_on_signal(app: AppHandle) {
    if tokio::signal::ctrl_c().await.is_ok() {
        app.exit(0);
    }
}
