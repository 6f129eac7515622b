//! The system's clipboard. One thread owns it: on Linux what was copied is gone as soon as its owner is.

use std::{
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    thread,
    time::Duration,
};

use arboard::Error;
use glowjar_agent::ports::ClipboardError;
use secrecy::{ExposeSecret, SecretString};

/// Speaks to the thread that holds the clipboard.
pub struct Clipboard {
    orders: Sender<Order>,
    patience: Duration,
}

enum Order {
    Copy(SecretString, Sender<Result<(), ClipboardError>>),
    Clear(Sender<()>),
}

/// The system's side of it.
trait Board: Sized {
    fn open() -> Result<Self, Error>;
    /// Kept out of histories and clouds where the system can.
    fn set(&mut self, text: &SecretString) -> Result<(), Error>;
    fn get(&mut self) -> Result<SecretString, Error>;
    fn clear(&mut self) -> Result<(), Error>;
}

impl Clipboard {
    pub fn start() -> Self {
        Self::with::<arboard::Clipboard>(PATIENCE)
    }

    fn with<B: Board>(patience: Duration) -> Self {
        let (orders, received) = channel();
        thread::spawn(move || hold::<B>(&received));
        Self { orders, patience }
    }

    /// Puts a secret on the clipboard, kept out of histories and clouds where the system can.
    ///
    /// # Errors
    /// There is no clipboard, or it doesn't answer; then the secret may arrive later, and [`Clipboard::clear`] takes it
    /// away even so.
    pub fn copy(&self, text: &SecretString) -> Result<(), ClipboardError> {
        let (done, copied) = channel();
        let ended = || ClipboardError::Unavailable("its thread ended".into());
        self.orders.send(Order::Copy(text.clone(), done)).map_err(|_| ended())?;
        copied.recv_timeout(self.patience).unwrap_or_else(|error| match error {
            RecvTimeoutError::Timeout => Err(ClipboardError::Slow),
            RecvTimeoutError::Disconnected => Err(ended()),
        })
    }

    /// Empties it, unless a person has copied something else since. Returns once that is done, or will be as soon as the
    /// clipboard answers again.
    pub fn clear(&self) {
        let (done, cleared) = channel();
        if self.orders.send(Order::Clear(done)).is_ok() {
            // Whoever asks can do no more than we did.
            let _ = cleared.recv_timeout(self.patience);
        }
    }
}

fn hold<B: Board>(orders: &Receiver<Order>) {
    let mut board = None;
    // What may lie there of ours. One that another took the place of stays until that is certain.
    let mut ours: Option<SecretString> = None;
    for order in orders {
        match order {
            Order::Copy(text, done) => {
                let outcome = opened::<B>(&mut board).and_then(|board| board.set(&text));
                if outcome.is_ok() {
                    ours = Some(text);
                }
                let refused = |error: Error| ClipboardError::Unavailable(error.to_string());
                let _ = done.send(outcome.map_err(refused));
            }
            Order::Clear(done) => {
                if let (Some(mut board), Some(ours)) = (board.take(), ours.take()) {
                    clear(&mut board, &ours);
                }
                let _ = done.send(());
            }
        }
    }
}

/// A clipboard that was held already is kept: on Linux it is what gives out what was copied.
fn opened<B: Board>(board: &mut Option<B>) -> Result<&mut B, Error> {
    let opened = match board.take() {
        Some(board) => board,
        None => B::open()?,
    };
    Ok(board.insert(opened))
}

fn clear(board: &mut impl Board, ours: &SecretString) {
    let is_ours = board.get().is_ok_and(|text| text.expose_secret() == ours.expose_secret());
    if is_ours && let Err(error) = board.clear() {
        tracing::warn!(%error, "the clipboard could not be cleared");
    }
}

impl Board for arboard::Clipboard {
    fn open() -> Result<Self, Error> {
        Self::new()
    }

    fn set(&mut self, text: &SecretString) -> Result<(), Error> {
        quietly(self.set()).text(text.expose_secret())
    }

    fn get(&mut self) -> Result<SecretString, Error> {
        self.get_text().map(SecretString::from)
    }

    fn clear(&mut self) -> Result<(), Error> {
        self.clear()
    }
}

#[cfg(target_os = "linux")]
fn quietly(set: arboard::Set<'_>) -> arboard::Set<'_> {
    arboard::SetExtLinux::exclude_from_history(set)
}

#[cfg(target_os = "macos")]
fn quietly(set: arboard::Set<'_>) -> arboard::Set<'_> {
    arboard::SetExtApple::exclude_from_history(set)
}

#[cfg(windows)]
fn quietly(set: arboard::Set<'_>) -> arboard::Set<'_> {
    use arboard::SetExtWindows;
    set.exclude_from_cloud().exclude_from_history().exclude_from_monitoring()
}

/// A clipboard answers in milliseconds; the person's click waits for it.
const PATIENCE: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests;
