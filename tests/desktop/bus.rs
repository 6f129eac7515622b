//! A private message bus.
//!
//! It starts only the programs it is told of: were the standard folders in its configuration, it would start a
//! keyring and a notification daemon by itself, and their absence couldn't be tested.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, Result};
use futures_util::StreamExt;
use tokio::process::Command;
use zbus::{
    Connection, MatchRule, MessageStream,
    connection::Builder,
    fdo::{DBusProxy, MonitoringProxy},
    message::Type,
    names::BusName,
    zvariant::ObjectPath,
};

use crate::{
    process::{Process, Stream},
    timeouts::{PATIENCE, within},
};

/// A dbus-daemon and our own connection to it.
#[derive(Debug)]
pub struct Bus {
    address: String,
    connection: Connection,
    _process: Process,
}

impl Bus {
    /// Starts it, listening on `bus` in `folder`.
    ///
    /// # Errors
    /// When dbus-daemon isn't installed or doesn't come up.
    pub async fn start(mut command: Command, folder: &Path) -> Result<Self> {
        let config = write_config(folder)?;
        command
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--print-address=1"]);
        let process = Process::start(command)?;
        let line = process.wait_for_line(PATIENCE, |line| line.stream == Stream::Out).await;
        let address = line.context("no message bus")?.text;
        let connection = connect(&address).await?;
        Ok(Self { address, connection, _process: process })
    }

    /// For `DBUS_SESSION_BUS_ADDRESS`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Our connection, shared by everything that only asks.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Counts the calls that objects under `path` get from now on, whoever calls.
    ///
    /// # Errors
    /// When the bus lets nobody listen.
    pub async fn count_calls(&self, path: &'static str) -> Result<Calls> {
        let connection = self.new_connection().await?;
        let rule = MatchRule::builder().msg_type(Type::MethodCall).path_namespace(path)?.build();
        MonitoringProxy::new(&connection).await?.become_monitor(&[rule], 0).await?;
        let counted = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&counted);
        tokio::spawn(async move {
            let mut heard = MessageStream::from(connection);
            while let Some(Ok(message)) = heard.next().await {
                // The bus tells a listener of its own affairs as well.
                let is_there = |at: &ObjectPath<'_>| at.as_str().starts_with(path);
                if message.header().path().is_some_and(is_there) {
                    count.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
        Ok(Calls(counted))
    }

    /// A connection of its own, for something that takes a name.
    ///
    /// # Errors
    /// When the bus is gone.
    pub async fn new_connection(&self) -> Result<Connection> {
        connect(&self.address).await
    }
}

/// How many calls were heard.
#[derive(Debug)]
pub struct Calls(Arc<AtomicUsize>);

impl Calls {
    #[must_use]
    pub fn so_far(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// Waits until somebody owns `name` on the bus (`owned`), or nobody does.
///
/// # Errors
/// When that isn't so within `limit`.
pub async fn wait_for_name(
    connection: &Connection,
    name: &str,
    owned: bool,
    limit: Duration,
) -> Result<()> {
    let bus = DBusProxy::new(connection).await?;
    let mut changes = bus.receive_name_owner_changed_with_args(&[(0, name)]).await?;
    let what = format!("{name} to {} the bus", if owned { "come to" } else { "leave" });
    within(limit, what, async {
        while bus.name_has_owner(BusName::try_from(name)?).await? != owned {
            changes.next().await.context("the bus is gone")?;
        }
        Ok(())
    })
    .await?
}

async fn connect(address: &str) -> Result<Connection> {
    within(PATIENCE, "the message bus", Builder::address(address)?.build())
        .await?
        .context("can't reach the message bus")
}

fn write_config(folder: &Path) -> Result<PathBuf> {
    let services = folder.join("bus-services");
    fs::create_dir_all(&services)?;
    for name in STARTED_BY_THE_BUS {
        symlink(Path::new("/usr/share/dbus-1/services").join(name), services.join(name))?;
    }
    let config = folder.join("bus.conf");
    let text = format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type><keep_umask/><listen>unix:path={socket}</listen><auth>EXTERNAL</auth>
  <servicedir>{services}</servicedir>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
"#,
        socket = folder.join("bus").display(),
        services = services.display(),
    );
    fs::write(&config, text)?;
    Ok(config)
}

/// The panel reads its settings through the first; a locked keyring asks for its password through the others.
const STARTED_BY_THE_BUS: [&str; 3] = [
    "org.xfce.Xfconf.service",
    "org.gnome.keyring.SystemPrompter.service",
    "org.gnome.keyring.PrivatePrompter.service",
];
