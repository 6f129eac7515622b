//! Toasts on macOS, where nothing can be taken back or clicked.

use notify_rust::Notification;

use super::{Button, OnClick, spawn};

/// A toast that was handed to the system.
pub struct Toast;

impl Toast {
    pub fn show(
        notification: Notification,
        _buttons: &[Button],
        _before: Option<Self>,
        _on_click: OnClick,
    ) -> Self {
        spawn(async move {
            let shown = tokio::task::spawn_blocking(move || notification.show().map(drop)).await;
            if let Ok(Err(error)) = shown {
                tracing::debug!(%error, "the notification was not shown");
            }
        });
        Self
    }

    pub fn take_back(self) {}
}
