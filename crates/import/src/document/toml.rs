//! TOML, if a text is nothing else.

use toml::{Table, Value};

use super::Node;

pub(super) fn whole(text: &str) -> Option<Node> {
    // Assignments with spaces; without any, it is most likely a `.env` file.
    if !text.contains(" = ") {
        return None;
    }
    // In Python and Ruby the same line may say something else, and nothing here says that it is TOML.
    let has_section = text.lines().any(|line| line.trim_start().starts_with('['));
    if !has_section && text.lines().any(|line| line.contains("= '") && line.contains('\\')) {
        return None;
    }
    let table: Table = text.parse().ok()?;
    Some(map(&table))
}

fn map(table: &Table) -> Node {
    Node::Map(table.iter().map(|(name, value)| (name.clone(), node(value))).collect())
}

fn node(value: &Value) -> Node {
    match value {
        Value::String(text) => Node::Text(text.clone()),
        Value::Array(items) => Node::List(items.iter().map(node).collect()),
        Value::Table(table) => map(table),
        other => Node::Text(other.to_string()),
    }
}
