//! A tray icon with a menu, as small as one can be.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Result;
use zbus::{
    Connection, fdo, interface,
    object_server::SignalEmitter,
    zvariant::{ObjectPath, OwnedValue, Structure, Value},
};

/// An icon whose menu has `Campaign › Copy_token` (disabled at first) and `Quit`.
#[derive(Debug)]
pub struct StandInItem {
    connection: Connection,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    copy_enabled: bool,
    clicked: Vec<i32>,
}

impl StandInItem {
    /// Puts it into the tray.
    pub async fn show(connection: Connection) -> Result<Self> {
        let state = Arc::new(Mutex::new(State::default()));
        connection.object_server().at(ITEM, Item).await?;
        connection.object_server().at(MENU, MenuSource(state.clone())).await?;
        let item = Self { connection, state };
        item.register().await?;
        Ok(item)
    }

    /// Tells the tray of it, as a program does when the tray comes back.
    pub async fn register(&self) -> Result<()> {
        let watcher = "org.kde.StatusNotifierWatcher";
        let call = ("/StatusNotifierWatcher", "RegisterStatusNotifierItem");
        self.connection.call_method(Some(watcher), call.0, Some(watcher), call.1, &ITEM).await?;
        Ok(())
    }

    /// Enables `Copy_token` and says that the menu is new.
    pub async fn enable_copy(&self) -> Result<()> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).copy_enabled = true;
        let emitter = SignalEmitter::new(&self.connection, MENU)?;
        Ok(MenuSource::layout_updated(&emitter, 2, 0).await?)
    }

    /// The ids clicked so far.
    pub fn clicked(&self) -> Vec<i32> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clicked.clone()
    }
}

struct Item;

#[interface(name = "org.kde.StatusNotifierItem")]
impl Item {
    #[zbus(property)]
    fn id(&self) -> &'static str {
        "stand-in"
    }

    #[zbus(property)]
    fn category(&self) -> &'static str {
        "ApplicationStatus"
    }

    #[zbus(property)]
    fn status(&self) -> &'static str {
        "Active"
    }

    #[zbus(property)]
    fn title(&self) -> &'static str {
        "Stand-in"
    }

    #[zbus(property)]
    fn icon_name(&self) -> &'static str {
        "/usr/share/pixmaps/stand-in.png"
    }

    #[zbus(property, name = "XAyatanaLabel")]
    fn label(&self) -> &'static str {
        "fresh"
    }

    #[zbus(property)]
    fn item_is_menu(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn menu(&self) -> ObjectPath<'static> {
        ObjectPath::from_static_str_unchecked(MENU)
    }
}

/// Id, properties, children.
type Node = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

struct MenuSource(Arc<Mutex<State>>);

#[interface(name = "com.canonical.dbusmenu")]
impl MenuSource {
    fn about_to_show(&self, _id: i32) -> bool {
        false
    }

    fn get_layout(
        &self,
        _parent: i32,
        _depth: i32,
        _names: Vec<String>,
    ) -> fdo::Result<(u32, Node)> {
        let enabled = self.0.lock().unwrap_or_else(PoisonError::into_inner).copy_enabled;
        let copy = node(COPY, "Copy__token", enabled, Vec::new())?;
        let children =
            vec![node(1, "_Campaign", true, vec![copy])?, node(QUIT, "Quit", true, Vec::new())?];
        Ok((1, (0, HashMap::new(), children)))
    }

    fn event(&self, id: i32, kind: &str, _data: Value<'_>, _time: u32) {
        if kind == "clicked" {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).clicked.push(id);
        }
    }

    #[zbus(signal)]
    async fn layout_updated(
        emitter: &SignalEmitter<'_>,
        revision: u32,
        parent: i32,
    ) -> zbus::Result<()>;
}

fn node(id: i32, label: &str, enabled: bool, children: Vec<OwnedValue>) -> fdo::Result<OwnedValue> {
    let properties = HashMap::from([
        ("label".to_owned(), Value::from(label)),
        ("enabled".to_owned(), Value::from(enabled)),
    ]);
    let children: Vec<Value<'_>> = children.into_iter().map(Value::from).collect();
    let node = Structure::from((id, properties, children));
    OwnedValue::try_from(Value::from(node)).map_err(|error| fdo::Error::Failed(error.to_string()))
}

const ITEM: &str = "/StatusNotifierItem";
const MENU: &str = "/StatusNotifierItem/Menu";
pub const COPY: i32 = 2;
pub const QUIT: i32 = 3;
