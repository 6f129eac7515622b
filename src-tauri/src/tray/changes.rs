//! What has to be done to a menu so that it shows other rows. Pure.

use glowjar_agent::tray::Row;

/// One thing to do. Positions count from the menu's beginning, at the time of the step.
#[derive(Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// The row that is there says something else from now on.
    Change {
        position: usize,
        row: &'a Row,
    },
    Put {
        position: usize,
        row: &'a Row,
    },
    Take {
        position: usize,
    },
}

/// The steps from the rows that are shown to those that are wanted, to be done in this order. A row that is in both is
/// not touched, so a menu that is open stays as it is where nothing has changed.
pub fn steps<'a>(shown: &[Row], wanted: &'a [Row]) -> Vec<Step<'a>> {
    let mut steps = Vec::new();
    let mut shown = shown;
    let mut position = 0;
    while let (Some(there), Some(row)) = (shown.first(), wanted.get(position)) {
        if can_become(there, row) {
            if there != row {
                steps.push(Step::Change { position, row });
            }
            shown = &shown[1..];
            position += 1;
            continue;
        }
        let before = shown.iter().position(|later| can_become(later, row));
        let is_wanted_later = wanted[position..].iter().any(|later| can_become(there, later));
        match before {
            Some(before) => {
                steps.extend((0..before).map(|_| Step::Take { position }));
                shown = &shown[before..];
            }
            None => {
                if !is_wanted_later {
                    steps.push(Step::Take { position });
                    shown = &shown[1..];
                }
                steps.push(Step::Put { position, row });
                position += 1;
            }
        }
    }
    steps.extend(shown.iter().map(|_| Step::Take { position }));
    let rest = wanted.iter().enumerate().skip(position);
    steps.extend(rest.map(|(position, row)| Step::Put { position, row }));
    steps
}

/// Whether the one row can be turned into the other without a new item of the system's. A click acts on what the person
/// saw, so a row that does something else is another row.
fn can_become(there: &Row, wanted: &Row) -> bool {
    match (there, wanted) {
        (Row::Label(_), Row::Label(_)) | (Row::Separator, Row::Separator) => true,
        (Row::Item { click, .. }, Row::Item { click: wanted, .. }) => click == wanted,
        (Row::Submenu { label, .. }, Row::Submenu { label: wanted, .. }) => label == wanted,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
