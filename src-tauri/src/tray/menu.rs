//! Brings a menu from one list of rows to the next, row by row.

use glowjar_agent::tray::{Click, Row};
use tauri::{
    AppHandle, Wry,
    menu::{IsMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu},
};

/// The rows that a menu shows.
#[derive(Default)]
pub struct Rows(Vec<Built>);

/// A row as the system has it. `Label` and `Item` remember what they say, to leave alone what is unchanged.
enum Built {
    Label { item: MenuItem<Wry>, label: String },
    Item { item: MenuItem<Wry>, label: String, click: Click, enabled: bool },
    Submenu { menu: Submenu<Wry>, label: String, rows: Rows },
    Separator(PredefinedMenuItem<Wry>),
}

/// A menu or submenu: Tauri gives both the same verbs and no common name.
pub trait Place {
    fn app(&self) -> &AppHandle;
    fn put(&self, item: &dyn IsMenuItem<Wry>, position: usize) -> tauri::Result<()>;
    fn take(&self, position: usize) -> tauri::Result<()>;
}

impl Rows {
    /// Changes texts in place, and puts in or takes out only the rows that differ in kind or in what they do.
    pub fn show(&mut self, place: &impl Place, rows: &[Row]) -> tauri::Result<()> {
        for (position, row) in rows.iter().enumerate() {
            match self.0.get_mut(position) {
                Some(built) if built.fits(row) => built.update(row)?,
                Some(_) => {
                    place.take(position)?;
                    self.0.remove(position);
                    self.build(place, position, row)?;
                }
                None => self.build(place, position, row)?,
            }
        }
        while self.0.len() > rows.len() {
            place.take(self.0.len() - 1)?;
            self.0.pop();
        }
        Ok(())
    }

    fn build(&mut self, place: &impl Place, position: usize, row: &Row) -> tauri::Result<()> {
        let built = Built::new(place.app(), row)?;
        place.put(built.as_item(), position)?;
        self.0.insert(position, built);
        Ok(())
    }
}

impl Built {
    fn new(app: &AppHandle, row: &Row) -> tauri::Result<Self> {
        Ok(match row {
            Row::Label(label) => Self::Label {
                item: MenuItem::new(app, plain(label), false, NO_KEY)?,
                label: label.clone(),
            },
            Row::Item { label, click, enabled } => Self::Item {
                item: MenuItem::with_id(app, click.to_id(), plain(label), *enabled, NO_KEY)?,
                label: label.clone(),
                click: click.clone(),
                enabled: *enabled,
            },
            Row::Submenu { label, rows } => {
                let menu = Submenu::new(app, plain(label), true)?;
                let mut built = Rows::default();
                built.show(&menu, rows)?;
                Self::Submenu { menu, label: label.clone(), rows: built }
            }
            Row::Separator => Self::Separator(PredefinedMenuItem::separator(app)?),
        })
    }

    /// A click acts on what the person saw, so a row that does something else is another row.
    fn fits(&self, row: &Row) -> bool {
        match (self, row) {
            (Self::Label { .. }, Row::Label(_))
            | (Self::Submenu { .. }, Row::Submenu { .. })
            | (Self::Separator(_), Row::Separator) => true,
            (Self::Item { click, .. }, Row::Item { click: wanted, .. }) => click == wanted,
            _ => false,
        }
    }

    fn update(&mut self, row: &Row) -> tauri::Result<()> {
        match (self, row) {
            (Self::Label { item, label }, Row::Label(wanted)) if label != wanted => {
                item.set_text(plain(wanted))?;
                label.clone_from(wanted);
            }
            (
                Self::Item { item, label, enabled, .. },
                Row::Item { label: wanted, enabled: may, .. },
            ) => {
                if label != wanted {
                    item.set_text(plain(wanted))?;
                    label.clone_from(wanted);
                }
                if enabled != may {
                    item.set_enabled(*may)?;
                    *enabled = *may;
                }
            }
            (Self::Submenu { menu, label, rows }, Row::Submenu { label: wanted, rows: within }) => {
                if label != wanted {
                    menu.set_text(plain(wanted))?;
                    label.clone_from(wanted);
                }
                rows.show(menu, within)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn as_item(&self) -> &dyn IsMenuItem<Wry> {
        match self {
            Self::Label { item, .. } | Self::Item { item, .. } => item,
            Self::Submenu { menu, .. } => menu,
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
