//! When the screen is locked and unlocked: by whatever screen locker says so on the session bus, and by logind.

use std::time::Duration;

use futures_util::{Stream, StreamExt, stream};
use tokio::time::timeout;
use zbus::{
    Connection, MatchRule, Message, MessageStream, Proxy,
    fdo::{DBusProxy, NameOwnerChanged, PropertiesChanged},
    message::Type,
    names::BusName,
    zvariant::OwnedObjectPath,
};

/// What is heard of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScreenLock {
    /// Whether this desktop will tell. Lockers may come later than we do.
    Works(bool),
    Locked,
    Unlocked,
}

/// Calls `said` with whether this desktop will tell, once that is known and when it changes for the better, with each
/// change, and with a screen that is locked to begin with.
pub async fn watch(said: impl Fn(ScreenLock)) {
    let lockers = lockers().await.inspect_err(|error| {
        tracing::info!(%error, "no session bus to hear of a locked screen");
    });
    let logind = logind().await.inspect_err(|error| {
        tracing::info!(%error, "logind does not tell of a locked screen");
    });
    said(ScreenLock::Works(logind.is_ok()));
    let lockers = lockers.map_or_else(|_| stream::empty().left_stream(), StreamExt::right_stream);
    let logind = logind.map_or_else(|_| stream::empty().left_stream(), StreamExt::right_stream);
    let mut heard = std::pin::pin!(stream::select(lockers, logind));
    while let Some(heard) = heard.next().await {
        said(heard);
    }
}

/// What screen lockers say: those that are there, and those that will come.
async fn lockers() -> zbus::Result<impl Stream<Item = ScreenLock>> {
    let bus = Connection::session().await?;
    let (mut turns, mut comings, mut found) = (Vec::new(), Vec::new(), Vec::new());
    for (name, path) in LOCKERS {
        let signals = || MatchRule::builder().msg_type(Type::Signal);
        let turn = signals().interface(name)?.member("ActiveChanged")?.build();
        turns.push(MessageStream::for_match_rule(turn, &bus, None).await?);
        let coming = signals().sender(BUS)?.interface(BUS)?.member("NameOwnerChanged")?;
        let coming = coming.arg(0, name)?.build();
        comings.push(MessageStream::for_match_rule(coming, &bus, None).await?);
        found.extend(now(&bus, name, path).await);
    }
    let turns = stream::select_all(turns).filter_map(|message| async {
        message.ok()?.body().deserialize::<bool>().ok().map(locked)
    });
    let comings = stream::select_all(comings).filter_map(|message| async {
        let changed = NameOwnerChanged::from_message(message.ok()?)?;
        changed.args().ok()?.new_owner().is_some().then_some(ScreenLock::Works(true))
    });
    Ok(stream::iter(found).chain(stream::select(turns, comings)))
}

/// What there is to say of this locker now: nothing if nobody has the name.
async fn now(bus: &Connection, name: &'static str, path: &'static str) -> Vec<ScreenLock> {
    let is_there = async {
        DBusProxy::new(bus)
            .await?
            .name_has_owner(BusName::try_from(name)?)
            .await
            .map_err(Into::into)
    };
    if !zbus::Result::unwrap_or(is_there.await, false) {
        return Vec::new();
    }
    let ask = bus.call_method(Some(name), path, Some(name), "GetActive", &());
    let answer = timeout(PATIENCE, ask).await.ok().and_then(|answer| answer.ok());
    let is_locked = answer.and_then(|answer| answer.body().deserialize().ok()).unwrap_or(false);
    [ScreenLock::Works(true)].into_iter().chain(is_locked.then_some(ScreenLock::Locked)).collect()
}

/// What logind says of this person's session. Lockers that are on no bus are told by its signals.
async fn logind() -> zbus::Result<impl Stream<Item = ScreenLock>> {
    let bus = Connection::system().await?;
    let logind = Proxy::new(&bus, LOGIND, "/org/freedesktop/login1", MANAGER).await?;
    let session: OwnedObjectPath = logind.call("GetSession", &("auto",)).await?;
    let rule =
        MatchRule::builder().msg_type(Type::Signal).sender(LOGIND)?.path(session.clone())?.build();
    let signals = MessageStream::for_match_rule(rule, &bus, None).await?;
    let session = Proxy::new(&bus, LOGIND, session, SESSION).await?;
    let is_locked: bool = session.get_property("LockedHint").await?;
    let turns = signals.filter_map(|message| async { by_logind(&message.ok()?) });
    Ok(stream::iter(is_locked.then_some(ScreenLock::Locked)).chain(turns))
}

fn by_logind(message: &Message) -> Option<ScreenLock> {
    match message.header().member()?.as_str() {
        "Lock" => Some(ScreenLock::Locked),
        "Unlock" => Some(ScreenLock::Unlocked),
        "PropertiesChanged" => {
            let changed = PropertiesChanged::from_message(message.clone())?;
            let changed = changed.args().ok()?;
            changed.changed_properties().get("LockedHint")?.downcast_ref().ok().map(locked)
        }
        _ => None,
    }
}

const fn locked(is_locked: bool) -> ScreenLock {
    if is_locked { ScreenLock::Locked } else { ScreenLock::Unlocked }
}

/// The name on the bus is the interface's as well.
const LOCKERS: [(&str, &str); 5] = [
    ("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"),
    ("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver"),
    ("org.cinnamon.ScreenSaver", "/org/cinnamon/ScreenSaver"),
    ("org.mate.ScreenSaver", "/org/mate/ScreenSaver"),
    ("org.xfce.ScreenSaver", "/org/xfce/ScreenSaver"),
];
const BUS: &str = "org.freedesktop.DBus";
const LOGIND: &str = "org.freedesktop.login1";
const MANAGER: &str = "org.freedesktop.login1.Manager";
const SESSION: &str = "org.freedesktop.login1.Session";
/// A desktop answers in milliseconds.
const PATIENCE: Duration = Duration::from_secs(5);
