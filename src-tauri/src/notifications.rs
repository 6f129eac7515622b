//! Toasts through notify-rust. A desktop without a notification server is no trouble: the window says the same.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use glowjar_agent::{
    notices::{Button, Notice, Urgency},
    tray::Click,
};
use notify_rust::{Notification, Timeout};
#[cfg(not(windows))]
use tauri::async_runtime;

#[cfg(target_os = "linux")]
#[path = "notifications/linux.rs"]
mod system;
#[cfg(target_os = "macos")]
#[path = "notifications/macos.rs"]
mod system;
#[cfg(windows)]
#[path = "notifications/windows.rs"]
mod system;

/// Shows and takes back toasts. Calls return at once.
#[derive(Clone)]
pub struct Notifications {
    shown: Arc<Mutex<HashMap<String, system::Toast>>>,
    on_click: OnClick,
}

type OnClick = Arc<dyn Fn(Click) + Send + Sync>;

impl Notifications {
    /// `on_click` is called when a person clicks a toast or one of its buttons.
    pub fn new(on_click: impl Fn(Click) + Send + Sync + 'static) -> Self {
        Self { shown: Arc::default(), on_click: Arc::new(on_click) }
    }

    /// Shows a toast in place of the one with the same id.
    pub fn raise(&self, notice: &Notice) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let before = shown.remove(&notice.id);
        shown.insert(
            notice.id.clone(),
            system::Toast::show(
                notification(notice),
                &notice.buttons,
                before,
                Arc::clone(&self.on_click),
            ),
        );
    }

    pub fn withdraw(&self, id: &str) {
        let toast = self.shown.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
        if let Some(toast) = toast {
            toast.take_back();
        }
    }
}

fn notification(notice: &Notice) -> Notification {
    let mut notification = Notification::new();
    notification.appname("Glowjar").icon("glowjar").summary(&notice.title).body(&notice.body);
    #[cfg(target_os = "linux")]
    notification.urgency(match notice.urgency {
        Urgency::Normal => notify_rust::Urgency::Normal,
        Urgency::Critical => notify_rust::Urgency::Critical,
    });
    if notice.urgency == Urgency::Critical {
        notification.timeout(Timeout::Never);
    }
    notification
}

/// Off the caller's thread: on some systems even showing a toast waits for its server.
#[cfg(not(windows))]
fn spawn(future: impl Future<Output = ()> + Send + 'static) {
    async_runtime::spawn(future);
}
