//! Brings a menu from one list of rows to the next, row by row.

use glowjar_agent::tray::Row;
use tauri::{
    AppHandle, Wry,
    menu::{IsMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu},
};

use super::changes::{Step, steps};

/// The rows that a menu shows, and the system's item for each.
#[derive(Default)]
pub struct Rows {
    shown: Vec<Row>,
    items: Vec<Item>,
}

/// A row as the system has it.
enum Item {
    Text(MenuItem<Wry>),
    Submenu(Submenu<Wry>, Rows),
    Separator(PredefinedMenuItem<Wry>),
}

/// A menu or submenu: Tauri gives both the same verbs and no common name.
pub trait Place {
    fn app(&self) -> &AppHandle;
    fn put(&self, item: &dyn IsMenuItem<Wry>, position: usize) -> tauri::Result<()>;
    fn take(&self, position: usize) -> tauri::Result<()>;
}

impl Rows {
    /// Touches only what differs. After an error the next call goes on from what was done.
    pub fn show(&mut self, place: &impl Place, rows: &[Row]) -> tauri::Result<()> {
        let shown = self.shown.clone();
        for step in steps(&shown, rows) {
            match step {
                Step::Change { position, row } => {
                    self.items[position].change(&self.shown[position], row)?;
                    self.shown[position] = row.clone();
                }
                Step::Put { position, row } => {
                    let item = Item::new(place.app(), row)?;
                    place.put(item.as_item(), position)?;
                    self.items.insert(position, item);
                    self.shown.insert(position, row.clone());
                }
                Step::Take { position } => {
                    place.take(position)?;
                    self.items.remove(position);
                    self.shown.remove(position);
                }
            }
        }
        Ok(())
    }
}

impl Item {
    fn new(app: &AppHandle, row: &Row) -> tauri::Result<Self> {
        Ok(match row {
            Row::Label(label) => Self::Text(MenuItem::new(app, plain(label), false, NO_KEY)?),
            Row::Item { label, click, enabled } => {
                Self::Text(MenuItem::with_id(app, click.to_id(), plain(label), *enabled, NO_KEY)?)
            }
            Row::Submenu { label, rows } => {
                let menu = Submenu::new(app, plain(label), true)?;
                let mut within = Rows::default();
                within.show(&menu, rows)?;
                Self::Submenu(menu, within)
            }
            Row::Separator => Self::Separator(PredefinedMenuItem::separator(app)?),
        })
    }

    /// A submenu's label is never changed: [`steps`] makes it another row. On Linux `Submenu::set_text` does nothing,
    /// since muda 0.20 puts a box with the label into the `GtkMenuItem`, and `gtk_menu_item_set_label` changes a child
    /// that is a label and no other.
    fn change(&mut self, from: &Row, to: &Row) -> tauri::Result<()> {
        match (self, from, to) {
            (Self::Text(item), Row::Label(_), Row::Label(label)) => item.set_text(plain(label))?,
            (
                Self::Text(item),
                Row::Item { label: before, enabled: could, .. },
                Row::Item { label, enabled, .. },
            ) => {
                if before != label {
                    item.set_text(plain(label))?;
                }
                if could != enabled {
                    item.set_enabled(*enabled)?;
                }
            }
            (Self::Submenu(menu, within), _, Row::Submenu { rows, .. }) => {
                within.show(menu, rows)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn as_item(&self) -> &dyn IsMenuItem<Wry> {
        match self {
            Self::Text(item) => item,
            Self::Submenu(menu, _) => menu,
            Self::Separator(separator) => separator,
        }
    }
}

impl Place for Menu<Wry> {
    fn app(&self) -> &AppHandle {
        self.app_handle()
    }

    fn put(&self, item: &dyn IsMenuItem<Wry>, position: usize) -> tauri::Result<()> {
        self.insert(item, position)
    }

    fn take(&self, position: usize) -> tauri::Result<()> {
        self.remove_at(position).map(drop)
    }
}

impl Place for Submenu<Wry> {
    fn app(&self) -> &AppHandle {
        self.app_handle()
    }

    fn put(&self, item: &dyn IsMenuItem<Wry>, position: usize) -> tauri::Result<()> {
        self.insert(item, position)
    }

    fn take(&self, position: usize) -> tauri::Result<()> {
        self.remove_at(position).map(drop)
    }
}

/// In a menu, `&` would underline the next letter.
fn plain(label: &str) -> String {
    label.replace('&', "&&")
}

const NO_KEY: Option<&str> = None;

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn an_ampersand_in_a_name_is_shown_as_one() {
        assert_eq!(plain("Brand & Packaging"), "Brand && Packaging");
    }
}
