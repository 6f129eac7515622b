//! The leader's desktop together with those of its followers.

use std::{
    collections::HashMap,
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc::{RecvTimeoutError, SyncSender, sync_channel},
    },
    time::Duration,
};

use secrecy::SecretString;

use super::{
    protocol::{NotCarried, Order, ToFollower},
    stream::Writer,
};
use crate::{
    notices::Notice,
    ports::{ClipboardError, Shell, ShortcutError, StartAtLoginError},
    tray::TrayView,
    view::Snapshot,
};

/// Shows on every desktop what is to be seen, and does on the leader's own what is to be done.
pub struct Desks {
    own: Arc<dyn Shell>,
    shown: Mutex<Shown>,
}

/// What a follower that comes later has to be shown.
#[derive(Default)]
struct Shown {
    snapshot: Option<Snapshot>,
    tray: Option<TrayView>,
    shortcut: Option<String>,
    followers: Vec<Arc<FollowersDesk>>,
}

impl std::fmt::Debug for Desks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Desks")
    }
}

impl Desks {
    /// Without any follower yet.
    #[must_use]
    pub fn new(own: Arc<dyn Shell>) -> Self {
        Self { own, shown: Mutex::default() }
    }

    pub(super) fn join(&self, desk: Arc<FollowersDesk>) {
        let mut shown = self.shown();
        if let Some(snapshot) = shown.snapshot.clone() {
            desk.publish(&snapshot);
        }
        if let Some(tray) = shown.tray.clone() {
            desk.show_tray(&tray);
        }
        let _ = desk.copy_shortcut(shown.shortcut.as_deref());
        shown.followers.push(desk);
    }

    pub(super) fn leave(&self, desk: &Arc<FollowersDesk>) {
        self.shown().followers.retain(|follower| !Arc::ptr_eq(follower, desk));
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn on_every_other(&self, show: impl Fn(&FollowersDesk)) {
        self.shown().followers.iter().for_each(|follower| show(follower));
    }
}

impl Shell for Desks {
    fn publish(&self, snapshot: &Snapshot) {
        self.own.publish(snapshot);
        self.shown().snapshot = Some(snapshot.clone());
        self.on_every_other(|follower| follower.publish(snapshot));
    }

    fn show_tray(&self, tray: &TrayView) {
        self.own.show_tray(tray);
        self.shown().tray = Some(tray.clone());
        self.on_every_other(|follower| follower.show_tray(tray));
    }

    fn raise(&self, notice: &Notice) {
        self.own.raise(notice);
        self.on_every_other(|follower| follower.raise(notice));
    }

    fn withdraw(&self, id: &str) {
        self.own.withdraw(id);
        self.on_every_other(|follower| follower.withdraw(id));
    }

    fn copy(&self, text: &SecretString) -> Result<(), ClipboardError> {
        self.own.copy(text)
    }

    fn clear_clipboard(&self) {
        self.own.clear_clipboard();
    }

    fn open_url(&self, url: &str) {
        self.own.open_url(url);
    }

    fn open_folder(&self, folder: &Path) -> bool {
        self.own.open_folder(folder)
    }

    fn open_clock_settings(&self) -> bool {
        self.own.open_clock_settings()
    }

    fn start_at_login(&self, wanted: bool) -> Result<(), StartAtLoginError> {
        self.own.start_at_login(wanted)
    }

    fn take_scheme(&self, scheme: &str) -> Result<(), String> {
        self.own.take_scheme(scheme)
    }

    fn copy_shortcut(&self, keys: Option<&str>) -> Result<(), ShortcutError> {
        self.own.copy_shortcut(keys)?;
        self.shown().shortcut = keys.map(str::to_owned);
        self.on_every_other(|follower| drop(follower.copy_shortcut(keys)));
        Ok(())
    }

    fn show_window(&self) {
        self.own.show_window();
    }

    fn quit(&self) {
        self.own.quit();
    }
}

/// A follower's desktop, as the leader uses it.
pub(super) struct FollowersDesk {
    to: Writer<ToFollower>,
    last_order: AtomicU64,
    awaited: Mutex<HashMap<u64, SyncSender<Result<bool, NotCarried>>>>,
}

impl FollowersDesk {
    pub fn new(to: Writer<ToFollower>) -> Self {
        Self { to, last_order: AtomicU64::new(0), awaited: Mutex::default() }
    }

    pub fn send(&self, message: ToFollower) {
        self.to.send(message);
    }

    /// The follower has carried out an order.
    pub fn carried(&self, order: u64, outcome: Result<bool, NotCarried>) {
        if let Some(awaiting) = self.awaited().remove(&order) {
            let _ = awaiting.try_send(outcome);
        }
    }

    /// Nobody is there any more to carry out anything.
    pub fn gone(&self) {
        self.to.close();
        self.awaited().clear();
    }

    fn order(&self, what: Order) {
        let order = self.last_order.fetch_add(1, Ordering::Relaxed);
        self.to.send(ToFollower::Order { order, what });
    }

    /// Waits for the outcome, as the leader's own desktop would have it waited for.
    fn order_and_wait(&self, what: Order) -> Result<bool, NotCarried> {
        let order = self.last_order.fetch_add(1, Ordering::Relaxed);
        let (done, outcome) = sync_channel(1);
        self.awaited().insert(order, done);
        if !self.to.send(ToFollower::Order { order, what }) {
            self.awaited().clear();
        }
        let carried = outcome.recv_timeout(PATIENCE);
        self.awaited().remove(&order);
        carried.unwrap_or_else(|error| match error {
            RecvTimeoutError::Timeout => Err(NotCarried::Slow),
            RecvTimeoutError::Disconnected => Err(NotCarried::Failed(error.to_string())),
        })
    }

    fn awaited(&self) -> MutexGuard<'_, HashMap<u64, SyncSender<Result<bool, NotCarried>>>> {
        self.awaited.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shell for FollowersDesk {
    fn publish(&self, snapshot: &Snapshot) {
        self.send(ToFollower::Snapshot(Box::new(snapshot.clone())));
    }

    fn show_tray(&self, tray: &TrayView) {
        self.send(ToFollower::Tray(tray.clone()));
    }

    fn raise(&self, notice: &Notice) {
        self.send(ToFollower::Raise(notice.clone()));
    }

    fn withdraw(&self, id: &str) {
        self.send(ToFollower::Withdraw(id.to_owned()));
    }

    fn copy(&self, text: &SecretString) -> Result<(), ClipboardError> {
        self.order_and_wait(Order::Copy(text.clone())).map(drop).map_err(|why| match why {
            NotCarried::Slow => ClipboardError::Slow,
            NotCarried::Failed(cause) => ClipboardError::Unavailable(cause),
        })
    }

    fn clear_clipboard(&self) {
        let _ = self.order_and_wait(Order::ClearClipboard);
    }

    fn open_url(&self, url: &str) {
        self.order(Order::OpenUrl(url.to_owned()));
    }

    fn open_folder(&self, folder: &Path) -> bool {
        self.order_and_wait(Order::OpenFolder(folder.to_owned())).unwrap_or(false)
    }

    fn open_clock_settings(&self) -> bool {
        self.order_and_wait(Order::OpenClockSettings).unwrap_or(false)
    }

    /// One for all sessions, which the leader's own desktop keeps, as the setting below.
    fn take_scheme(&self, _: &str) -> Result<(), String> {
        Ok(())
    }

    fn start_at_login(&self, _: bool) -> Result<(), StartAtLoginError> {
        Ok(())
    }

    fn copy_shortcut(&self, keys: Option<&str>) -> Result<(), ShortcutError> {
        self.send(ToFollower::Shortcut(keys.map(str::to_owned)));
        Ok(())
    }

    fn show_window(&self) {
        self.order(Order::ShowWindow);
    }

    fn quit(&self) {
        self.order(Order::Quit);
    }
}

/// A little more than a clipboard is given (2 s), so that the follower's own words arrive.
const PATIENCE: Duration = Duration::from_secs(3);
