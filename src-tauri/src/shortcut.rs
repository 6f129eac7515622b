//! The global shortcut. While none is set nothing of it exists, since on X11 its thread looks for keys all the time.

use std::{
    cell::RefCell,
    sync::mpsc::{Sender, channel},
    time::Duration,
};

use global_hotkey::{GlobalHotKeyEvent, GlobalHotKeyManager, HotKeyState, hotkey::HotKey};
use glowjar_agent::{ports::ShortcutError, tray::Click};
use tauri::AppHandle;
use tokio::sync::mpsc::UnboundedSender;

/// Sets and gives back the shortcut that copies the default profile's token.
pub struct Shortcut {
    clicks: UnboundedSender<Click>,
}

thread_local! {
    /// Of the main thread, where Windows and macOS want it.
    static REGISTERED: RefCell<Option<(GlobalHotKeyManager, HotKey)>> = const { RefCell::new(None) };
}

impl Shortcut {
    pub const fn new(clicks: UnboundedSender<Click>) -> Self {
        Self { clicks }
    }

    /// # Errors
    /// `keys` are none, or the system gives them to nobody or to somebody else.
    pub fn set(&self, app: &AppHandle, keys: Option<&str>) -> Result<(), ShortcutError> {
        let keys = match keys {
            None => None,
            Some(keys) => {
                Some(keys.trim().parse::<HotKey>().map_err(|_| ShortcutError::Malformed)?)
            }
        };
        if keys.is_some() && is_wayland() {
            return Err(ShortcutError::Refused("Wayland".into()));
        }
        let (done, outcome) = channel();
        let clicks = self.clicks.clone();
        let refused = |error: &dyn ToString| ShortcutError::Refused(error.to_string());
        app.run_on_main_thread(move || register(keys, clicks, &done))
            .map_err(|error| refused(&error))?;
        outcome.recv_timeout(PATIENCE).map_err(|error| refused(&error))?
    }
}

fn register(
    keys: Option<HotKey>,
    clicks: UnboundedSender<Click>,
    done: &Sender<Result<(), ShortcutError>>,
) {
    let outcome = REGISTERED.with_borrow_mut(|registered| {
        if let Some((manager, before)) = registered.take() {
            let _ = manager.unregister(before);
        }
        let Some(keys) = keys else { return Ok(()) };
        GlobalHotKeyEvent::set_event_handler(Some(move |event: GlobalHotKeyEvent| {
            if event.state() == HotKeyState::Pressed {
                let _ = clicks.send(Click::CopyDefault);
            }
        }));
        let manager = GlobalHotKeyManager::new()?;
        manager.register(keys)?;
        *registered = Some((manager, keys));
        Ok(())
    });
    let refused = |error: global_hotkey::Error| ShortcutError::Refused(error.to_string());
    let _ = done.send(outcome.map_err(refused));
}

/// There no program may listen to keys that are not its own.
fn is_wayland() -> bool {
    cfg!(target_os = "linux")
        && std::env::var_os("XDG_SESSION_TYPE").is_some_and(|kind| kind == "wayland")
}

/// The main thread has nothing else to do.
const PATIENCE: Duration = Duration::from_secs(2);
