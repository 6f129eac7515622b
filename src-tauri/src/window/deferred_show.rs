//! Makes a window that shows a picture at once, and its page when that is loaded.
//!
//! GTK's thread is busy for a while when it makes a web view, so the picture is on the screen before. The thread also
//! hands out the page's files and, where WebKitGTK paints without the graphics card, waits for the page to draw itself,
//! up to half a second (`didUpdateBackingStoreStateTimeout` in WebKit's `DrawingAreaProxy.h`). If the page waits for
//! the thread meanwhile, both do nothing: one window in four came half a second late.

use std::{cell::Cell, path::PathBuf, pin::pin, rc::Rc, sync::Arc, time::Duration};

use futures_util::future::select;
use gtk::{
    DrawingArea,
    glib::{MainContext, Propagation, timeout_add_local_once, timeout_future},
    prelude::{BoxExt, ContainerExt, WidgetExt},
};
use tauri::{
    App, LogicalPosition, WebviewUrl,
    webview::{PageLoadEvent, WebviewBuilder},
    window::WindowBuilder,
};
use tokio::sync::Notify;

use super::{LABEL, TITLE, first_style, size::Sizes, splash::splash};
use crate::arguments::ColorScheme;

/// # Errors
/// As building a window and a web view.
pub fn build(app: &App, cache: PathBuf, chosen: Option<ColorScheme>) -> tauri::Result<()> {
    let sizes = Sizes::on_this_screen(app);
    let window = WindowBuilder::new(app, LABEL)
        .title(TITLE)
        .inner_size(sizes.first.width, sizes.first.height)
        .min_inner_size(sizes.least.width, sizes.least.height)
        .build()?;
    let place = window.default_vbox()?;
    let picture = splash(chosen);
    place.pack_start(&picture, true, true, 0);
    show_at_once(&picture);

    let loaded = Arc::new(Notify::new());
    let tell = Arc::clone(&loaded);
    let page = WebviewBuilder::new(LABEL, WebviewUrl::default())
        .data_directory(cache)
        // The page takes dropped files itself; Tauri would keep them from it.
        .disable_drag_drop_handler()
        .initialization_script(first_style(chosen))
        .on_page_load(move |_, page| {
            if page.event() == PageLoadEvent::Finished {
                tell.notify_one();
            }
        });
    window.add_child(page, LogicalPosition::new(0, 0), window.inner_size()?)?;
    // The last is the page.
    let Some(page) = place.children().pop() else { return Ok(()) };
    page.hide();
    MainContext::default().spawn_local(async move {
        // Whatever holds it up: what there is of it is better than no page.
        select(pin!(loaded.notified()), timeout_future(LONGEST_HIDDEN)).await;
        place.remove(&picture);
        page.show();
        page.grab_focus();
    });
    Ok(())
}

/// Returns when it is on the screen.
fn show_at_once(picture: &DrawingArea) {
    let is_over = Rc::new(Cell::new(false));
    let drawn = Rc::clone(&is_over);
    picture.connect_draw(move |_, _| {
        drawn.set(true);
        Propagation::Proceed
    });
    let late = Rc::clone(&is_over);
    timeout_add_local_once(LONGEST_DRAWN, move || late.set(true));
    picture.show();
    while !is_over.get() {
        gtk::main_iteration();
    }
    picture.display().flush();
}

/// A window manager may let a window wait.
const LONGEST_DRAWN: Duration = Duration::from_millis(200);
/// Several times what the page takes on a busy machine.
const LONGEST_HIDDEN: Duration = Duration::from_secs(3);
