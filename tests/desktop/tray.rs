//! The tray: which icons are in it, what their menus say, and clicks on them.

use std::{path::PathBuf, time::Duration};

use anyhow::{Context, Result};
use futures_util::StreamExt;
use zbus::{
    Connection, MatchRule, MessageStream, Proxy, fdo::DBusProxy, names::BusName,
    proxy::CacheProperties, zvariant::Value,
};

use crate::{
    menu::{Menu, Node},
    panel::WATCHER,
    timeouts::{LOOK_AGAIN, PATIENCE, until, within},
};

/// The tray of one desktop.
#[derive(Clone, Debug)]
pub struct Tray {
    bus: Connection,
}

/// One icon in the tray.
#[derive(Clone, Debug)]
pub struct TrayItem {
    bus: Connection,
    owner: String,
    path: String,
}

impl Tray {
    pub(crate) fn new(bus: Connection) -> Self {
        Self { bus }
    }

    /// The icons in the tray right now.
    ///
    /// # Errors
    /// When there is no tray.
    pub async fn items(&self) -> Result<Vec<TrayItem>> {
        let watcher = uncached(&self.bus, WATCHER, "/StatusNotifierWatcher", WATCHER).await?;
        let names: Vec<String> = watcher.get_property("RegisteredStatusNotifierItems").await?;
        let items = names.iter().filter_map(|name| {
            let (owner, path) = name.split_at(name.find('/')?);
            Some(TrayItem { bus: self.bus.clone(), owner: owner.to_owned(), path: path.to_owned() })
        });
        Ok(items.collect())
    }

    /// The icon of one process.
    ///
    /// # Errors
    /// When there is no tray.
    pub async fn item_of(&self, pid: u32) -> Result<Option<TrayItem>> {
        let bus = DBusProxy::new(&self.bus).await?;
        for item in self.items().await? {
            let owner = BusName::try_from(item.owner.as_str())?;
            if bus.get_connection_unix_process_id(owner).await.is_ok_and(|owner| owner == pid) {
                return Ok(Some(item));
            }
        }
        Ok(None)
    }

    /// Waits for an icon.
    ///
    /// # Errors
    /// When none comes within `limit`.
    pub async fn wait_for_item(&self, limit: Duration) -> Result<TrayItem> {
        // A tray that is about to start has no items yet either.
        until(limit, "an icon in the tray", || async {
            Ok(self.items().await.unwrap_or_default().into_iter().next())
        })
        .await
    }

    /// Waits until the tray is empty.
    ///
    /// # Errors
    /// When it isn't within `limit`.
    pub async fn wait_until_empty(&self, limit: Duration) -> Result<()> {
        until(limit, "an empty tray", || async { Ok(self.items().await?.is_empty().then_some(())) })
            .await
    }
}

impl TrayItem {
    /// The picture shown, a file that the program wrote.
    ///
    /// # Errors
    /// When the program is gone.
    pub async fn icon_path(&self) -> Result<PathBuf> {
        let name: String = self.property("IconName").await?;
        if name.starts_with('/') {
            return Ok(name.into());
        }
        let folder: String = self.property("IconThemePath").await?;
        Ok(PathBuf::from(folder).join(format!("{name}.png")))
    }

    /// The item's title.
    ///
    /// # Errors
    /// When the program is gone.
    pub async fn title(&self) -> Result<String> {
        self.property("Title").await
    }

    /// The text beside the icon, on desktops that show it.
    ///
    /// # Errors
    /// When the program is gone.
    pub async fn label(&self) -> Result<String> {
        self.property("XAyatanaLabel").await
    }

    /// Whether the icon is to be seen: `Active`, `Passive` or `NeedsAttention`.
    ///
    /// # Errors
    /// When the program is gone.
    pub async fn status(&self) -> Result<String> {
        self.property("Status").await
    }

    /// Reads the whole menu, as a host does when it opens it.
    ///
    /// # Errors
    /// When the program is gone or doesn't answer.
    pub async fn menu(&self) -> Result<Menu> {
        let proxy = self.menu_proxy().await?;
        let answer = async {
            // Not every program answers this one, and none has to.
            let _ = proxy.call::<_, _, bool>("AboutToShow", &(0,)).await;
            loop {
                match proxy
                    .call::<_, _, (u32, Node)>("GetLayout", &(0, -1, Vec::<&str>::new()))
                    .await
                {
                    // libayatana-appindicator shows the icon a moment before its menu can be read.
                    Err(error) if is_unknown_method(&error) => {
                        tokio::time::sleep(LOOK_AGAIN).await;
                    }
                    answer => return answer,
                }
            }
        };
        let (_, root) = within(PATIENCE, "the tray menu", answer).await?.context("no tray menu")?;
        Menu::from_root(root)
    }

    /// Clicks the entry under this path of labels, e.g. `["Campaign", "Copy token"]`.
    ///
    /// # Errors
    /// When there is no such entry, or a person couldn't click it because it is disabled; shows the menu.
    pub async fn click(&self, path: &[&str]) -> Result<()> {
        let menu = self.menu().await?;
        self.click_by_id(menu.clickable(path)?.id).await
    }

    /// Sends a click with a menu id, even for an entry that is disabled or no longer there: a host whose menu is old
    /// does this.
    ///
    /// # Errors
    /// When the program is gone.
    pub async fn click_by_id(&self, id: i32) -> Result<()> {
        let proxy = self.menu_proxy().await?;
        let event = (id, "clicked", Value::from(0_i32), 0_u32);
        within(PATIENCE, "the click to arrive", proxy.call_method("Event", &event))
            .await?
            .context("the click was lost")?;
        Ok(())
    }

    /// Waits until `wanted` holds for the menu, and returns it.
    ///
    /// # Errors
    /// When it doesn't within `limit`; shows the menu as it was last.
    pub async fn wait_until(
        &self,
        limit: Duration,
        mut wanted: impl FnMut(&Menu) -> bool,
    ) -> Result<Menu> {
        let rule = MatchRule::builder()
            .msg_type(zbus::message::Type::Signal)
            .sender(self.owner.as_str())?
            .interface(MENU)?
            .build();
        let mut changes = MessageStream::for_match_rule(rule, &self.bus, None).await?;
        let mut last = None;
        let search = async {
            loop {
                let menu = self.menu().await?;
                if wanted(&menu) {
                    return anyhow::Ok(menu);
                }
                last = Some(menu);
                // Read again in any case: a program that forgets to signal shows its new menu when it is opened.
                let _ = tokio::time::timeout(READ_AGAIN, changes.next()).await;
            }
        };
        let found = within(limit, "the tray menu to change", search).await;
        match last {
            Some(last) => {
                found.and_then(|menu| menu).with_context(|| format!("the menu was last:\n{last}"))
            }
            None => found?,
        }
    }

    /// Waits until the menu has an enabled entry under `path` and clicks it.
    ///
    /// # Errors
    /// As [`TrayItem::wait_until`] and [`TrayItem::click`].
    pub async fn click_when_enabled(&self, path: &[&str], limit: Duration) -> Result<()> {
        let menu = self.wait_until(limit, |menu| menu.clickable(path).is_ok()).await?;
        self.click_by_id(menu.clickable(path)?.id).await
    }

    async fn property<T>(&self, name: &str) -> Result<T>
    where
        T: TryFrom<zbus::zvariant::OwnedValue>,
        T::Error: Into<zbus::Error>,
    {
        let proxy =
            uncached(&self.bus, &self.owner, &self.path, "org.kde.StatusNotifierItem").await?;
        within(PATIENCE, "the tray item", proxy.get_property(name))
            .await?
            .with_context(|| format!("no {name}"))
    }

    async fn menu_proxy(&self) -> Result<Proxy<'static>> {
        let path: zbus::zvariant::OwnedObjectPath = self.property("Menu").await?;
        uncached(&self.bus, &self.owner, path.as_str(), MENU).await
    }
}

fn is_unknown_method(error: &zbus::Error) -> bool {
    matches!(error, zbus::Error::MethodError(name, ..) if *name == "org.freedesktop.DBus.Error.UnknownMethod")
}

async fn uncached(
    bus: &Connection,
    owner: &str,
    path: &str,
    interface: &str,
) -> Result<Proxy<'static>> {
    let builder = zbus::proxy::Builder::new(bus)
        .destination(owner.to_owned())?
        .path(path.to_owned())?
        .interface(interface.to_owned())?;
    Ok(builder.cache_properties(CacheProperties::No).build().await?)
}

const MENU: &str = "com.canonical.dbusmenu";
const READ_AGAIN: Duration = Duration::from_millis(250);
