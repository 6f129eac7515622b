//! A tray menu as a person reads it.

use std::{collections::HashMap, fmt};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use zbus::zvariant::{OwnedValue, Value};

/// A whole menu, read in one go (`com.canonical.dbusmenu`, `GetLayout`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Menu {
    pub entries: Vec<MenuEntry>,
}

/// One row of a menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MenuEntry {
    /// Only good for as long as the menu isn't made anew.
    pub id: i32,
    /// As shown: doubled underscores are one, the mnemonic's underscore is gone. Empty for a separator.
    pub label: String,
    pub enabled: bool,
    pub visible: bool,
    pub separator: bool,
    /// For check marks and radio buttons.
    pub checked: Option<bool>,
    pub children: Vec<MenuEntry>,
}

/// A row as the application means it to be: its `tray::Row`, as it writes it into its log.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub enum WantedRow {
    Label(String),
    Item { label: String, enabled: bool },
    Submenu { label: String, rows: Vec<WantedRow> },
    Separator,
}

/// A node as it comes over the bus: id, properties, children.
pub(crate) type Node = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

impl Menu {
    pub(crate) fn from_root(root: Node) -> Result<Self> {
        Ok(Self { entries: children(root.2)? })
    }

    /// The entry under this path of labels, e.g. `["Campaign", "Copy token"]`.
    #[must_use]
    pub fn entry(&self, path: &[&str]) -> Option<&MenuEntry> {
        let (first, rest) = path.split_first()?;
        let start = self.entries.iter().find(|entry| entry.is_called(first))?;
        rest.iter().try_fold(start, |entry, label| {
            entry.children.iter().find(|child| child.is_called(label))
        })
    }

    /// Whether a person sees these rows, all of them and nothing else.
    #[must_use]
    pub fn shows(&self, rows: &[WantedRow]) -> bool {
        show(&self.entries, rows)
    }

    /// Whether this path of labels can be seen.
    #[must_use]
    pub fn has(&self, path: &[&str]) -> bool {
        self.entry(path).is_some()
    }

    /// The entry under this path, if a click would do something.
    ///
    /// # Errors
    /// When there is no such entry, or it is disabled; shows the menu.
    pub fn clickable(&self, path: &[&str]) -> Result<&MenuEntry> {
        let entry =
            self.entry(path).with_context(|| format!("no {path:?} in this menu:\n{self}"))?;
        if !entry.enabled {
            bail!("{path:?} is disabled in this menu:\n{self}");
        }
        Ok(entry)
    }

    /// The labels of the top level, without separators and what is hidden.
    #[must_use]
    pub fn labels(&self) -> Vec<&str> {
        let shown = self.entries.iter().filter(|entry| entry.visible && !entry.separator);
        shown.map(|entry| entry.label.as_str()).collect()
    }

    /// Every label at any depth that can be seen.
    #[must_use]
    pub fn all_labels(&self) -> Vec<&str> {
        fn collect<'a>(entries: &'a [MenuEntry], into: &mut Vec<&'a str>) {
            for entry in entries.iter().filter(|entry| entry.visible && !entry.separator) {
                into.push(&entry.label);
                collect(&entry.children, into);
            }
        }
        let mut labels = Vec::new();
        collect(&self.entries, &mut labels);
        labels
    }
}

impl MenuEntry {
    fn shows(&self, row: &WantedRow) -> bool {
        let says = |wanted: &str, enabled: bool, rows: &[WantedRow]| {
            let is_so = !self.separator && self.label == wanted && self.enabled == enabled;
            is_so && show(&self.children, rows)
        };
        match row {
            WantedRow::Label(label) => says(label, false, &[]),
            WantedRow::Item { label, enabled } => says(label, *enabled, &[]),
            WantedRow::Submenu { label, rows } => says(label, true, rows),
            WantedRow::Separator => self.separator,
        }
    }

    fn is_called(&self, label: &str) -> bool {
        self.visible && !self.separator && self.label == label
    }

    fn from_node((id, properties, nodes): Node) -> Result<Self> {
        let text =
            |name: &str| properties.get(name).and_then(|value| value.downcast_ref::<String>().ok());
        // Absent properties have their defaults (dbusmenu's interface description).
        let flag = |name: &str| {
            properties.get(name).and_then(|value| value.downcast_ref::<bool>().ok()).unwrap_or(true)
        };
        let state =
            properties.get("toggle-state").and_then(|value| value.downcast_ref::<i32>().ok());
        Ok(Self {
            id,
            label: text("label").map(|label| plain(&label)).unwrap_or_default(),
            enabled: flag("enabled"),
            visible: flag("visible"),
            separator: text("type").as_deref() == Some("separator"),
            checked: text("toggle-type").filter(|kind| !kind.is_empty()).map(|_| state == Some(1)),
            children: children(nodes)?,
        })
    }

    fn draw(&self, f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        write!(f, "{:indent$}", "", indent = depth * 4)?;
        match (self.separator, self.checked) {
            (true, _) => write!(f, "---")?,
            (false, Some(true)) => write!(f, "[x] {}", self.label)?,
            (false, Some(false)) => write!(f, "[ ] {}", self.label)?,
            (false, None) => write!(f, "{}", self.label)?,
        }
        if !self.enabled {
            write!(f, " (disabled)")?;
        }
        if !self.visible {
            write!(f, " (hidden)")?;
        }
        writeln!(f)?;
        self.children.iter().try_for_each(|child| child.draw(f, depth + 1))
    }
}

impl fmt::Display for Menu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.entries.iter().try_for_each(|entry| entry.draw(f, 1))
    }
}

fn show(entries: &[MenuEntry], rows: &[WantedRow]) -> bool {
    let seen: Vec<&MenuEntry> = entries.iter().filter(|entry| entry.visible).collect();
    seen.len() == rows.len() && seen.iter().zip(rows).all(|(entry, row)| entry.shows(row))
}

fn children(nodes: Vec<OwnedValue>) -> Result<Vec<MenuEntry>> {
    nodes.into_iter().map(|node| MenuEntry::from_node(Node::try_from(Value::from(node))?)).collect()
}

fn plain(label: &str) -> String {
    let mut shown = String::with_capacity(label.len());
    let mut letters = label.chars();
    while let Some(letter) = letters.next() {
        // After an underscore comes what it marks: a mnemonic, or an underscore to be shown.
        match letter {
            '_' => shown.extend(letters.next()),
            _ => shown.push(letter),
        }
    }
    shown
}
