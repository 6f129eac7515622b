//! How long nobody has touched keyboard or mouse: GNOME's compositor knows it, X knows it, and so does KDE's screen
//! locker. On other Wayland desktops nobody says.

use std::{env, time::Duration};

use x11rb::{
    connection::Connection as _, protocol::screensaver::ConnectionExt as _,
    rust_connection::RustConnection,
};
use zbus::{Connection, connection::Builder, fdo::DBusProxy, names::BusName};

pub async fn time() -> Option<Duration> {
    let bus = connect().await;
    if let Ok(bus) = &bus
        && let Some(millis) = ask::<u64>(bus, MUTTER).await
    {
        return Some(Duration::from_millis(millis));
    }
    // An X server that only serves old programs on a Wayland desktop hears of nobody who uses another.
    let is_wayland = env::var_os("WAYLAND_DISPLAY").is_some_and(|name| !name.is_empty());
    if !is_wayland && let Ok(Some(idle)) = tokio::task::spawn_blocking(of_the_x_server).await {
        return Some(idle);
    }
    ask::<u32>(&bus.ok()?, KDE).await.map(|millis| Duration::from_millis(u64::from(millis)))
}

async fn connect() -> zbus::Result<Connection> {
    Builder::session()?.method_timeout(PATIENCE).build().await
}

/// Starts nobody who is not there.
async fn ask<T>(bus: &Connection, [name, path, method]: [&'static str; 3]) -> Option<T>
where
    T: serde::de::DeserializeOwned + zbus::zvariant::Type,
{
    let owner = BusName::try_from(name).ok()?;
    if !DBusProxy::new(bus).await.ok()?.name_has_owner(owner).await.ok()? {
        return None;
    }
    let reply = bus.call_method(Some(name), path, Some(name), method, &()).await.ok()?;
    reply.body().deserialize().ok()
}

fn of_the_x_server() -> Option<Duration> {
    let (server, screen) = RustConnection::connect(None).ok()?;
    let root = server.setup().roots.get(screen)?.root;
    let info = server.screensaver_query_info(root).ok()?.reply().ok()?;
    Some(Duration::from_millis(u64::from(info.ms_since_user_input)))
}

const MUTTER: [&str; 3] =
    ["org.gnome.Mutter.IdleMonitor", "/org/gnome/Mutter/IdleMonitor/Core", "GetIdletime"];
/// In milliseconds, which no specification says.
const KDE: [&str; 3] =
    ["org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver", "GetSessionIdleTime"];

/// A desktop answers in milliseconds.
const PATIENCE: Duration = Duration::from_secs(5);
