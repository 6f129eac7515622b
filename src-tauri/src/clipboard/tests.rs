use super::*;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What lies on the clipboard of all these tests, which take turns.
static THERE: Mutex<Option<String>> = Mutex::new(None);
static TURN: Mutex<()> = Mutex::new(());
/// A clipboard answers while this can be had.
static ANSWERS: Mutex<()> = Mutex::new(());
static IS_BROKEN: Mutex<bool> = Mutex::new(false);

struct StandIn;

impl Board for StandIn {
    fn open() -> Result<Self, Error> {
        Ok(Self)
    }

    fn set(&mut self, text: &SecretString) -> Result<(), Error> {
        drop(lock(&ANSWERS));
        if *lock(&IS_BROKEN) {
            return Err(Error::ContentNotAvailable);
        }
        *lock(&THERE) = Some(text.expose_secret().to_owned());
        Ok(())
    }

    fn get(&mut self) -> Result<SecretString, Error> {
        lock(&THERE).clone().map(SecretString::from).ok_or(Error::ContentNotAvailable)
    }

    fn clear(&mut self) -> Result<(), Error> {
        *lock(&THERE) = None;
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn start(patience: Duration) -> (Clipboard, MutexGuard<'static, ()>) {
    let turn = lock(&TURN);
    *lock(&THERE) = None;
    *lock(&IS_BROKEN) = false;
    (Clipboard::with::<StandIn>(patience), turn)
}

fn there() -> Option<String> {
    lock(&THERE).clone()
}

#[test]
fn a_token_that_arrives_after_it_was_given_up_is_cleared_like_any_other() {
    let (mut clipboard, _turn) = start(Duration::ZERO);
    let busy = lock(&ANSWERS);
    assert!(matches!(clipboard.copy(&"token".into()), Err(ClipboardError::Slow)));
    drop(busy);
    clipboard.patience = PATIENCE;
    clipboard.clear();
    assert_eq!(there(), None);
}

#[test]
fn clearing_a_clipboard_that_does_not_answer_yet_happens_when_it_does() {
    let (mut clipboard, _turn) = start(Duration::ZERO);
    let busy = lock(&ANSWERS);
    assert!(clipboard.copy(&"token".into()).is_err());
    clipboard.clear();
    drop(busy);
    // The next order is served after those.
    clipboard.patience = PATIENCE;
    clipboard.clear();
    assert_eq!(there(), None);
}

#[test]
fn a_token_stays_ours_to_clear_when_the_next_one_is_refused() {
    let (clipboard, _turn) = start(PATIENCE);
    clipboard.copy(&"token".into()).expect("copied");
    *lock(&IS_BROKEN) = true;
    let refused = clipboard.copy(&"another".into());
    assert!(matches!(refused, Err(ClipboardError::Unavailable(_))), "{refused:?}");
    assert_eq!(there().as_deref(), Some("token"));
    clipboard.clear();
    assert_eq!(there(), None);
}

#[test]
fn what_a_person_copied_since_is_left_alone() {
    let (clipboard, _turn) = start(PATIENCE);
    clipboard.copy(&"token".into()).expect("copied");
    *lock(&THERE) = Some("a colour".to_owned());
    clipboard.clear();
    assert_eq!(there().as_deref(), Some("a colour"));
}
