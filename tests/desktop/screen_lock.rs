//! A screen locker on the real bus that locks nothing. It says that it did, as those of the desktops do.

use anyhow::Result;
use zbus::{Connection, interface, object_server::SignalEmitter};

use crate::bus::Bus;

/// Owns `org.freedesktop.ScreenSaver` until it is dropped.
#[derive(Debug)]
pub struct ScreenLock(Connection);

impl ScreenLock {
    /// Takes the name; the screen is unlocked.
    ///
    /// # Errors
    /// When somebody else has the name, or the bus is gone.
    pub async fn start(bus: &Bus) -> Result<Self> {
        let connection = bus.new_connection().await?;
        connection.object_server().at(PATH, Locker { is_locked: false }).await?;
        connection.request_name(NAME).await?;
        Ok(Self(connection))
    }

    /// Locks or unlocks.
    ///
    /// # Errors
    /// When the bus is gone.
    pub async fn turn(&self, is_locked: bool) -> Result<()> {
        let locker = self.0.object_server().interface::<_, Locker>(PATH).await?;
        locker.get_mut().await.is_locked = is_locked;
        Ok(locker.signal_emitter().active_changed(is_locked).await?)
    }
}

struct Locker {
    is_locked: bool,
}

#[interface(name = "org.freedesktop.ScreenSaver")]
impl Locker {
    fn get_active(&self) -> bool {
        self.is_locked
    }

    #[zbus(signal)]
    async fn active_changed(emitter: &SignalEmitter<'_>, active: bool) -> zbus::Result<()>;
}

const NAME: &str = "org.freedesktop.ScreenSaver";
const PATH: &str = "/org/freedesktop/ScreenSaver";
