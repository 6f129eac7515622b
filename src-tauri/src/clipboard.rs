//! The system's clipboard. One thread owns it: on Linux what was copied is gone as soon as its owner is.

use std::{
    sync::mpsc::{Receiver, Sender, channel},
    thread,
    time::Duration,
};

use arboard::{Clipboard as Board, Error};
use glowjar_agent::ports::ClipboardError;
use secrecy::{ExposeSecret, SecretString};

/// Speaks to the thread that holds the clipboard.
pub struct Clipboard {
    orders: Sender<Order>,
}

enum Order {
    Copy(SecretString, Sender<Result<(), ClipboardError>>),
    Clear(Sender<()>),
}

impl Clipboard {
    pub fn start() -> Self {
        let (orders, received) = channel();
        thread::spawn(move || hold(&received));
        Self { orders }
    }

    /// Puts a secret on the clipboard, kept out of histories and clouds where the system can.
    ///
    /// # Errors
    /// There is no clipboard, or it doesn't answer.
    pub fn copy(&self, text: &SecretString) -> Result<(), ClipboardError> {
        let (done, copied) = channel();
        let silent = |_| ClipboardError("it does not answer".into());
        self.orders
            .send(Order::Copy(text.clone(), done))
            .map_err(|_| ClipboardError("its thread ended".into()))?;
        copied.recv_timeout(PATIENCE).map_err(silent)?
    }

    /// Empties it, unless a person has copied something else since. Returns once that is done.
    pub fn clear(&self) {
        let (done, cleared) = channel();
        if self.orders.send(Order::Clear(done)).is_ok() {
            // Whoever asks can do no more than we did.
            let _ = cleared.recv_timeout(PATIENCE);
        }
    }
}

fn hold(orders: &Receiver<Order>) {
    let mut held: Option<(Board, SecretString)> = None;
    for order in orders {
        match order {
            Order::Copy(text, done) => {
                let outcome = copy(held.take().map(|(board, _)| board), &text);
                let _ = done.send(match outcome {
                    Ok(board) => {
                        held = Some((board, text));
                        Ok(())
                    }
                    Err(error) => Err(ClipboardError(error.to_string())),
                });
            }
            Order::Clear(done) => {
                if let Some((mut board, ours)) = held.take() {
                    clear(&mut board, &ours);
                }
                let _ = done.send(());
            }
        }
    }
}

fn copy(board: Option<Board>, text: &SecretString) -> Result<Board, Error> {
    let mut board = match board {
        Some(board) => board,
        None => Board::new()?,
    };
    quietly(board.set()).text(text.expose_secret())?;
    Ok(board)
}

fn clear(board: &mut Board, ours: &SecretString) {
    let is_ours = board
        .get_text()
        .map(SecretString::from)
        .is_ok_and(|text| text.expose_secret() == ours.expose_secret());
    if is_ours && let Err(error) = board.clear() {
        tracing::warn!(%error, "the clipboard could not be cleared");
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
