//! Makes a window whose page is put in when it is loaded.
//!
//! GTK's thread hands out the page's files. Where WebKitGTK paints without the graphics card, that thread also waits for the
//! page to draw itself, up to half a second (`didUpdateBackingStoreStateTimeout` in WebKit's `DrawingAreaProxy.h`). If
//! the page waits for the thread meanwhile, both do nothing: one window in four came half a second late.

use std::{sync::Arc, time::Duration};

use gtk::prelude::WidgetExt;
use tauri::{App, WebviewWindowBuilder, Wry, async_runtime, webview::PageLoadEvent};
use tokio::{sync::Notify, time::timeout};

/// # Errors
/// As building the window.
pub fn build(window: WebviewWindowBuilder<'_, Wry, App>) -> tauri::Result<()> {
    let loaded = Arc::new(Notify::new());
    let tell = Arc::clone(&loaded);
    let window = window
        .on_page_load(move |_, page| {
            if page.event() == PageLoadEvent::Finished {
                tell.notify_one();
            }
        })
        .build()?;
    window.with_webview(|page| page.inner().hide())?;
    async_runtime::spawn(async move {
        // Whatever holds it up: what there is of it is better than an empty window.
        let _ = timeout(LONGEST_HIDDEN, loaded.notified()).await;
        // A window that was closed meanwhile needs no page.
        let _ = window.with_webview(|page| {
            page.inner().show();
            page.inner().grab_focus();
        });
    });
    Ok(())
}

/// Several times what the page takes on a busy machine.
const LONGEST_HIDDEN: Duration = Duration::from_secs(3);
