//! The rows, for people and for programs.

use std::fmt::Write;

#[derive(Debug)]
pub struct Table {
    machine: String,
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    what: String,
    value: f64,
    unit: &'static str,
}

impl Table {
    pub fn new(machine: String) -> Self {
        Self { machine, rows: Vec::new() }
    }

    pub fn add(&mut self, what: impl Into<String>, value: f64, unit: &'static str) {
        self.rows.push(Row { what: what.into(), value, unit });
    }

    pub fn markdown(&self) -> String {
        let mut text = format!("{}\n\n| what | | |\n|---|---:|---|\n", self.machine);
        for Row { what, value, unit } in &self.rows {
            let value = match value.abs() {
                large if large >= 100.0 => format!("{value:.0}"),
                middle if middle >= 10.0 => format!("{value:.1}"),
                _ => format!("{value:.2}"),
            };
            let _ = writeln!(text, "| {what} | {value} | {unit} |");
        }
        text
    }

    pub fn json(&self) -> String {
        let row =
            |row: &Row| serde_json::json!({"what": row.what, "value": row.value, "unit": row.unit});
        let rows: Vec<_> = self.rows.iter().map(row).collect();
        format!("{:#}\n", serde_json::json!({"machine": self.machine, "rows": rows}))
    }
}

/// The middle of what was measured; of nothing, none.
pub fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
