//! What the controller can have done on this desktop.

use std::{io, path::Path, sync::Arc};

use glowjar_agent::{
    notices::Notice,
    ports::{ClipboardError, Shell, ShortcutError, StartAtLoginError},
    tray::TrayView,
    view::Snapshot,
};
use secrecy::SecretString;
use tauri::AppHandle;
use tokio::sync::{mpsc, watch};

use crate::{
    autostart,
    clipboard::Clipboard,
    notifications::Notifications,
    own_program,
    platform::{Platform, This},
    shortcut::Shortcut,
    shutdown::Ending,
    tray::Tray,
};

/// Hands each wish to the part that fulfils it.
pub struct Desktop {
    pub app: AppHandle,
    pub ending: Ending,
    pub snapshots: watch::Sender<Option<Arc<Snapshot>>>,
    pub shows: mpsc::Sender<()>,
    /// Absent where this system can't show one.
    pub tray: Option<Arc<Tray>>,
    pub notifications: Notifications,
    pub clipboard: Clipboard,
    pub shortcut: Shortcut,
}

impl Shell for Desktop {
    fn publish(&self, snapshot: &Snapshot) {
        self.snapshots.send_replace(Some(Arc::new(snapshot.clone())));
    }

    fn show_tray(&self, view: &TrayView) {
        let Some(tray) = self.tray.clone() else { return };
        let view = view.clone();
        let handed_over = self.app.run_on_main_thread(move || {
            if let Err(error) = tray.show(&view) {
                tracing::warn!(%error, "the tray was not updated");
            }
        });
        if let Err(error) = handed_over {
            tracing::debug!(%error, "the tray has gone");
        }
    }

    fn raise(&self, notice: &Notice) {
        tracing::info!(event = "notice", id = notice.id, title = notice.title);
        self.notifications.raise(notice);
    }

    fn withdraw(&self, id: &str) {
        self.notifications.withdraw(id);
    }

    fn copy(&self, text: &SecretString) -> Result<(), ClipboardError> {
        self.clipboard.copy(text)
    }

    fn clear_clipboard(&self) {
        self.clipboard.clear();
    }

    fn open_url(&self, url: &str) {
        if let Err(error) = open::that_detached(url) {
            tracing::warn!(%error, url, "no browser was opened");
        }
    }

    fn open_folder(&self, folder: &Path) -> bool {
        open::that_detached(folder)
            .inspect_err(|error| tracing::warn!(%error, "no file manager was opened"))
            .is_ok()
    }

    fn open_clock_settings(&self) -> bool {
        This::open_clock_settings()
    }

    fn start_at_login(&self, wanted: bool) -> Result<(), StartAtLoginError> {
        if wanted
            && let Err(gone) = own_program::file()
            && gone.kind() == io::ErrorKind::NotFound
        {
            return Err(StartAtLoginError::ProgramGone(gone.to_string()));
        }
        autostart::set(wanted).map_err(|error| StartAtLoginError::Refused(format!("{error:#}")))
    }

    fn take_scheme(&self, scheme: &str) -> Result<(), String> {
        let program = own_program::file().map_err(|error| error.to_string())?;
        This::take_scheme(scheme, &program).map_err(|error| format!("{error:#}"))
    }

    fn copy_shortcut(&self, keys: Option<&str>) -> Result<(), ShortcutError> {
        self.shortcut.set(&self.app, keys)
    }

    fn show_window(&self) {
        // A full channel already holds this wish.
        let _ = self.shows.try_send(());
    }

    fn quit(&self) {
        self.ending.begin(0);
    }
}
