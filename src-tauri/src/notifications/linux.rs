//! Toasts over D-Bus, with a button.

use std::sync::{Arc, OnceLock};

use notify_rust::{Notification, NotificationHandle, NotificationResponse};
use tokio::sync::watch;

use glowjar_agent::tray::Click;

use super::{Button, OnClick, spawn};

/// A toast that is on the screen, or on its way there.
pub struct Toast {
    /// Dropped when another takes its place, so that a click is heard once.
    wanted: watch::Sender<bool>,
    number: Arc<OnceLock<u32>>,
}

impl Toast {
    pub fn show(
        mut notification: Notification,
        buttons: &[Button],
        before: Option<Self>,
        on_click: OnClick,
    ) -> Self {
        if let Some(number) = before.as_ref().and_then(|before| before.number.get()) {
            notification.id(*number);
        }
        notification.action("default", "Open Glowjar");
        match buttons {
            [] => drop(notification.action("open", "Open Glowjar")),
            buttons => buttons.iter().for_each(|Button { label, click }| {
                notification.action(&click.to_id(), label);
            }),
        }
        let (wanted, still_wanted) = watch::channel(true);
        let number = Arc::new(OnceLock::new());
        spawn({
            let number = Arc::clone(&number);
            async move {
                notification.body = written(&notification.body).await;
                match notification.show_async().await {
                    Ok(handle) => {
                        let _ = number.set(handle.id());
                        drop(before);
                        attend(&handle, still_wanted, &*on_click).await;
                    }
                    Err(error) => tracing::debug!(%error, "no notification server"),
                }
            }
        });
        Self { wanted, number }
    }

    pub fn take_back(self) {
        self.wanted.send_replace(false);
    }
}

async fn attend(
    handle: &NotificationHandle,
    mut still_wanted: watch::Receiver<bool>,
    on_click: &(dyn Fn(Click) + Send + Sync),
) {
    let answered = handle.wait_for_action_async(|response| match response {
        NotificationResponse::Default => on_click(Click::OpenWindow),
        NotificationResponse::Action(id) => {
            on_click(Click::from_id(&id).unwrap_or(Click::OpenWindow));
        }
        _ => {}
    });
    let is_taken_back = tokio::select! {
        () = answered => false,
        change = still_wanted.wait_for(|wanted| !wanted) => change.is_ok(),
    };
    if is_taken_back {
        handle.close_async().await;
    }
}

/// Servers that take markup would swallow a `<` or `&` of ours; others would show what it is escaped with.
async fn written(body: &str) -> String {
    let capabilities = tokio::task::spawn_blocking(notify_rust::get_capabilities).await;
    match capabilities {
        Ok(Ok(known)) if known.iter().any(|known| known == "body-markup") => escaped(body),
        _ => body.to_owned(),
    }
}

fn escaped(body: &str) -> String {
    body.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn a_body_is_text_even_to_servers_that_take_markup() {
        assert_eq!(escaped("<b>A & B</b>"), "&lt;b&gt;A &amp; B&lt;/b&gt;");
        assert_eq!(escaped("&lt;"), "&amp;lt;");
    }
}
