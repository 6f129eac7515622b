//! What the application needs from the machine it runs on. `src-tauri` implements each for real; tests record.

use std::{fmt, future::Future, ops::Deref, path::Path, pin::Pin, sync::Arc, time::Duration};

use glowjar_lifecycle::input::KeychainTrouble;
use secrecy::{SecretSlice, SecretString};

use crate::{notices::Notice, tray::TrayView, view::Snapshot};

/// The OS keychain. Calls block and may never return; [`SecretStore`](crate::secret_store) makes them from a thread of their own,
/// with a time limit.
pub trait Keychain: Send + Sync + 'static {
    /// `None` if there is no such entry. Never raises a prompt: a locked keychain is [`KeychainTrouble::Locked`].
    fn read(&self, entry: &str) -> Result<Option<SecretSlice<u8>>, KeychainTrouble>;

    fn write(&self, entry: &str, value: &SecretSlice<u8>) -> Result<(), KeychainTrouble>;

    /// Deleting what isn't there succeeds.
    fn delete(&self, entry: &str) -> Result<(), KeychainTrouble>;

    /// Asks the person to unlock it. Returns when the desktop's prompt is done, which may take minutes.
    fn unlock(&self) -> Result<(), KeychainTrouble>;

    /// The longest value an entry takes, in bytes.
    fn longest_value(&self) -> usize;

    /// No call follows at once. What an earlier call learned of the keychain may have changed by the next.
    fn nothing_waits(&self) {}

    /// Whether this is a model, whose calls don't block and need no thread of their own.
    #[cfg(feature = "simulated")]
    fn is_simulated(&self) -> bool {
        false
    }

    /// How long a model blocks before its next call.
    #[cfg(feature = "simulated")]
    fn wait_in_simulated_time(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::ready(()))
    }
}

/// The desktop as the controller sees it. Calls return at once; what takes time happens behind them.
pub trait Shell: Send + Sync + 'static {
    /// Shows the snapshot in the window, if there is one.
    fn publish(&self, snapshot: &Snapshot);

    fn show_tray(&self, tray: &TrayView);

    /// Shows a toast; one with the same id takes the place of the one before.
    fn raise(&self, notice: &Notice);

    /// Takes a toast back, since what it said is no longer true.
    fn withdraw(&self, id: &str);

    /// Puts a secret on the clipboard, out of histories and clouds where the system can.
    fn copy(&self, text: &SecretString) -> Result<(), ClipboardError>;

    /// Empties the clipboard if it still holds what [`Shell::copy`] put there, and waits for it.
    fn clear_clipboard(&self);

    fn open_url(&self, url: &str);

    /// Shows a folder in the file manager. False if there is no way to.
    fn open_folder(&self, folder: &Path) -> bool;

    /// Opens the system's settings of date and time. False if none were found.
    fn open_clock_settings(&self) -> bool;

    /// Has the system start Glowjar with the person's desktop, or not. The error is a reason in the system's words.
    fn start_at_login(&self, wanted: bool) -> Result<(), StartAtLoginError>;

    /// Has the system hand addresses of this scheme to Glowjar, for this person alone: each arrives as an argument of another
    /// launch. May take a moment. The error is a reason in the system's words.
    fn take_scheme(&self, scheme: &str) -> Result<(), String>;

    /// Sets the only global shortcut, as "Ctrl+Alt+T"; pressing it is [`Click::CopyDefault`](crate::tray::Click).
    /// `None` gives it back.
    fn copy_shortcut(&self, keys: Option<&str>) -> Result<(), ShortcutError>;

    fn show_window(&self);

    fn quit(&self);
}

/// The desktop at which a person asked for something: what they copy or open is to appear there. A person who is logged
/// in twice has two.
#[derive(Clone)]
pub struct Desk(Arc<dyn Shell>);

impl Desk {
    #[must_use]
    pub fn new(shell: Arc<dyn Shell>) -> Self {
        Self(shell)
    }

    /// Whether both are the same.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        std::ptr::addr_eq(Arc::as_ptr(&self.0), Arc::as_ptr(&other.0))
    }
}

impl Deref for Desk {
    type Target = dyn Shell;

    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Desk")
    }
}

/// The clipboard could not be set.
#[derive(Debug, thiserror::Error)]
pub enum ClipboardError {
    #[error("the clipboard is not available: {0}")]
    Unavailable(String),
    /// What was to be put there may arrive yet.
    #[error("the clipboard does not answer")]
    Slow,
}

/// Whether Glowjar starts at login was not changed. Both with the system's words.
#[derive(Debug, thiserror::Error)]
pub enum StartAtLoginError {
    /// There is nothing to start: the program's file is gone since it was started.
    #[error("{0}")]
    ProgramGone(String),
    #[error("{0}")]
    Refused(String),
}

/// The global shortcut is not there.
#[derive(Debug, thiserror::Error)]
pub enum ShortcutError {
    #[error("not a shortcut")]
    Malformed,
    /// In the system's words.
    #[error("{0}")]
    Refused(String),
}

/// Whether anybody is at the machine. Locked screens are told as [`HostEvent`](crate::controller::HostEvent).
pub trait Presence: Send + Sync + 'static {
    /// How long nobody has touched keyboard or mouse; `None` if the system does not say.
    fn idle_time(&self) -> Pin<Box<dyn Future<Output = Option<Duration>> + Send + '_>>;
}

/// The built-in identity server.
pub trait Sandbox: Send + Sync + 'static {
    /// Starts it if it isn't running. It answers at the same address until the application ends.
    fn start(
        &self,
    ) -> Pin<Box<dyn Future<Output = Result<SandboxOffer, std::io::Error>> + Send + '_>>;
}

/// Where the sandbox is and what it accepts.
#[derive(Clone)]
pub struct SandboxOffer {
    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub url: String,
    pub client_id: String,
    pub client_secret: SecretString,
    /// Set if the sandbox profile should use the refresh-token grant.
    pub refresh_token: Option<SecretString>,
    pub scopes: String,
}

impl fmt::Debug for SandboxOffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SandboxOffer").field("url", &self.url).finish_non_exhaustive()
    }
}

/// Where newer versions of Glowjar come from.
pub trait Updates: Send + Sync + 'static {
    /// Whether this copy can replace itself, and knows where releases are and what they are signed with.
    fn is_offered(&self) -> bool;

    /// The version that can be installed, if there is a newer one. The error is a reason in technical words.
    fn look(&self) -> Pin<Box<dyn Future<Output = Result<Option<String>, String>> + Send>>;

    /// Fetches what [`Updates::look`] found last, checks its signature, puts it in this one's place and starts it. When it
    /// returns without an error, this process is about to end.
    fn install(&self) -> Pin<Box<dyn Future<Output = Result<(), UpdateError>> + Send>>;
}

/// An update was not installed, and nothing was changed. Each holds the reason in technical words.
#[derive(Debug, thiserror::Error)]
pub enum UpdateError {
    /// Its file could not be fetched as a whole.
    #[error("unreachable: {0}")]
    Unreachable(String),
    /// Its signature is not that of Glowjar's releases, or not that of this file, or that of another version.
    #[error("not genuine: {0}")]
    NotGenuine(String),
    #[error("not written: {0}")]
    NotWritten(String),
}

impl UpdateError {
    pub(crate) fn cause(&self) -> &str {
        let (Self::Unreachable(cause) | Self::NotGenuine(cause) | Self::NotWritten(cause)) = self;
        cause
    }
}

/// Of a copy that can't replace itself.
#[derive(Clone, Copy, Debug)]
pub struct NoUpdates;

impl Updates for NoUpdates {
    fn is_offered(&self) -> bool {
        false
    }

    fn look(&self) -> Pin<Box<dyn Future<Output = Result<Option<String>, String>> + Send>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    fn install(&self) -> Pin<Box<dyn Future<Output = Result<(), UpdateError>> + Send>> {
        Box::pin(std::future::ready(Err(UpdateError::NotWritten(String::new()))))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Where nothing can be shown.
    pub(crate) struct NoDesktop;

    impl Shell for NoDesktop {
        fn publish(&self, _: &Snapshot) {}

        fn show_tray(&self, _: &TrayView) {}

        fn raise(&self, _: &Notice) {}

        fn withdraw(&self, _: &str) {}

        fn copy(&self, _: &SecretString) -> Result<(), ClipboardError> {
            Err(ClipboardError::Unavailable(String::new()))
        }

        fn clear_clipboard(&self) {}

        fn open_url(&self, _: &str) {}

        fn open_folder(&self, _: &Path) -> bool {
            false
        }

        fn open_clock_settings(&self) -> bool {
            false
        }

        fn take_scheme(&self, _: &str) -> Result<(), String> {
            Err(String::new())
        }

        fn start_at_login(&self, _: bool) -> Result<(), StartAtLoginError> {
            Err(StartAtLoginError::Refused(String::new()))
        }

        fn copy_shortcut(&self, _: Option<&str>) -> Result<(), ShortcutError> {
            Ok(())
        }

        fn show_window(&self) {}

        fn quit(&self) {}
    }

    #[test]
    fn f43_a_desk_is_itself_and_no_other() {
        let (one, other) = (Desk::new(Arc::new(NoDesktop)), Desk::new(Arc::new(NoDesktop)));
        assert!(one.is(&one.clone()) && !one.is(&other));
    }
}
