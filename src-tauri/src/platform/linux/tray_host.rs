//! Whether anything shows the tray icon, so that a person without such a panel is told how to reach Glowjar.

use std::time::Duration;

use futures_util::StreamExt;
use tokio::time::timeout;
use zbus::{
    Connection, Proxy,
    fdo::{DBusProxy, NameOwnerChanged},
    names::BusName,
};

/// Waits a little for a panel, as at the beginning of a desktop session; says `false` once if none came, and `true`
/// once when one comes after all.
pub async fn watch(told: impl Fn(bool)) -> zbus::Result<()> {
    let bus = Connection::session().await?;
    let names = DBusProxy::new(&bus).await?;
    let mut owners = names.receive_name_owner_changed_with_args(&[(0, WATCHER)]).await?;
    if has_host(&bus, &names).await || timeout(PATIENCE, next_owner(&mut owners)).await.is_ok() {
        return Ok(());
    }
    told(false);
    next_owner(&mut owners).await;
    told(true);
    Ok(())
}

async fn has_host(bus: &Connection, names: &DBusProxy<'_>) -> bool {
    let Ok(watcher) = BusName::try_from(WATCHER) else { return false };
    if !names.name_has_owner(watcher).await.unwrap_or(false) {
        return false;
    }
    let registered = async {
        let watcher = Proxy::new(bus, WATCHER, "/StatusNotifierWatcher", WATCHER).await?;
        watcher.get_property::<bool>("IsStatusNotifierHostRegistered").await
    };
    // A watcher that doesn't know is taken for one that does.
    registered.await.unwrap_or(true)
}

async fn next_owner(owners: &mut (impl StreamExt<Item = NameOwnerChanged> + Unpin)) {
    while let Some(change) = owners.next().await {
        if change.args().is_ok_and(|change| change.new_owner().is_some()) {
            return;
        }
    }
    // The bus has gone; so will the desktop.
    std::future::pending().await
}

const WATCHER: &str = "org.kde.StatusNotifierWatcher";

/// Panels of a desktop that is just starting take a few seconds.
const PATIENCE: Duration = Duration::from_secs(10);
