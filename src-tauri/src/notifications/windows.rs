//! Toasts on Windows, with buttons. None can be taken back.

use std::thread;

use notify_rust::{Notification, NotificationResponse};

use glowjar_agent::tray::Click;

use super::{Button, OnClick};
use crate::folders::IDENTIFIER;

/// A toast that was handed to the system.
pub struct Toast;

impl Toast {
    pub fn show(
        mut notification: Notification,
        buttons: &[Button],
        _before: Option<Self>,
        on_click: OnClick,
    ) -> Self {
        notification.app_id(IDENTIFIER);
        for Button { label, click } in buttons {
            notification.action(&click.to_id(), label);
        }
        // It ends when the toast does, at the latest when Windows puts it away among the older ones.
        thread::spawn(move || {
            let answered = notification.show().and_then(|toast| {
                toast.wait_for_response(move |response: &NotificationResponse| {
                    if let Some(click) = meant(response) {
                        on_click(click);
                    }
                })
            });
            if let Err(error) = answered {
                tracing::debug!(%error, "the notification was not shown");
            }
        });
        Self
    }

    pub fn take_back(self) {}
}

/// Nothing if the person waved it away or did not look.
fn meant(response: &NotificationResponse) -> Option<Click> {
    match response {
        NotificationResponse::Default => Some(Click::OpenWindow),
        // Windows calls a click beside the buttons an action without a name.
        NotificationResponse::Action(id) => Some(Click::from_id(id).unwrap_or(Click::OpenWindow)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_click_on_the_toast_opens_the_window_and_one_on_a_button_does_what_it_says() {
        let copy = Click::CopyDefault;
        assert_eq!(meant(&NotificationResponse::Default), Some(Click::OpenWindow));
        assert_eq!(meant(&NotificationResponse::Action(copy.to_id())), Some(copy));
        assert_eq!(meant(&NotificationResponse::Action(String::new())), Some(Click::OpenWindow));
    }
}
