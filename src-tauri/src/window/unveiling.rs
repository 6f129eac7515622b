//! Makes a window that shows a picture at once, and its page when that is loaded.
//!
//! GTK's thread hands out the page's files. Where WebKitGTK paints without the graphics card, that thread also waits for the
//! page to draw itself, up to half a second (`didUpdateBackingStoreStateTimeout` in WebKit's `DrawingAreaProxy.h`). If
//! the page waits for the thread meanwhile, both do nothing: one window in four came half a second late.

use std::{pin::pin, sync::Arc, time::Duration};

use futures_util::future::select;
use gtk::{
    glib::{MainContext, timeout_future},
    prelude::{BoxExt, Cast, ContainerExt, WidgetExt},
};
use tauri::{App, WebviewWindowBuilder, Wry, webview::PageLoadEvent};
use tokio::sync::Notify;

use super::first_picture::first_picture;
use crate::arguments::ColorScheme;

/// # Errors
/// As building the window.
pub fn build(
    window: WebviewWindowBuilder<'_, Wry, App>,
    chosen: Option<ColorScheme>,
) -> tauri::Result<()> {
    let loaded = Arc::new(Notify::new());
    let tell = Arc::clone(&loaded);
    let window = window
        .on_page_load(move |_, page| {
            if page.event() == PageLoadEvent::Finished {
                tell.notify_one();
            }
        })
        .build()?;
    window.with_webview(move |page| {
        let page = page.inner();
        let Some(place) = page.parent().and_then(|parent| parent.downcast::<gtk::Box>().ok())
        else {
            return;
        };
        page.hide();
        let picture = first_picture(chosen);
        place.pack_start(&picture, true, true, 0);
        picture.show();
        MainContext::default().spawn_local(async move {
            // Whatever holds it up: what there is of it is better than no page.
            select(pin!(loaded.notified()), timeout_future(LONGEST_HIDDEN)).await;
            place.remove(&picture);
            page.show();
            page.grab_focus();
        });
    })
}

/// Several times what the page takes on a busy machine.
const LONGEST_HIDDEN: Duration = Duration::from_secs(3);
