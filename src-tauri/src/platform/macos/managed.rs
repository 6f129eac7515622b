//! Managed settings are what a configuration profile leaves for all users of this Mac, in a property list of root's.

use std::{io::Cursor, path::PathBuf};

use glowjar_agent::managed::{Content, Fault, Reading};

use super::super::admins_file;
use crate::folders::IDENTIFIER;

pub fn read() -> Reading {
    let file = PathBuf::from(format!("/Library/Managed Preferences/{IDENTIFIER}.plist"));
    let content = match admins_file::read(&file, &[ROOT]) {
        Ok(None) => Content::Absent,
        Ok(Some(list)) => content_of(&list),
        Err(fault) => Content::Unusable(fault),
    };
    Reading { source: file.display().to_string(), content }
}

fn content_of(list: &[u8]) -> Content {
    match plist::Value::from_reader(Cursor::new(list)).map(plist::Value::into_dictionary) {
        Ok(Some(entries)) => {
            Content::Values(entries.into_iter().map(|(name, value)| (name, of(value))).collect())
        }
        Ok(None) | Err(_) => Content::Unusable(Fault::NotAPropertyList),
    }
}

/// Kinds of values that no setting has become nothing, which no setting is either.
fn of(value: plist::Value) -> serde_json::Value {
    match value {
        plist::Value::Boolean(value) => value.into(),
        plist::Value::Integer(value) => match (value.as_unsigned(), value.as_signed()) {
            (Some(value), _) => value.into(),
            (None, value) => value.into(),
        },
        plist::Value::Real(value) => value.into(),
        plist::Value::String(value) => value.into(),
        plist::Value::Array(values) => values.into_iter().map(of).collect(),
        _ => serde_json::Value::Null,
    }
}

const ROOT: u32 = 0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_profile_s_list_is_read_value_by_value() {
        let list = br#"<?xml version="1.0" encoding="UTF-8"?>
            <plist version="1.0"><dict>
                <key>lockWithScreen</key><true/>
                <key>lockAfterMinutes</key><integer>10</integer>
                <key>proxy</key><string>direct</string>
                <key>since</key><date>2026-11-30T00:00:00Z</date>
            </dict></plist>"#;
        let text =
            br#"{"lockWithScreen":true,"lockAfterMinutes":10,"proxy":"direct","since":null}"#;
        assert_eq!(content_of(list), Content::of_json(text));
        for odd in ["", "{}", "<plist version=\"1.0\"><array/></plist>"] {
            assert_eq!(content_of(odd.as_bytes()), Content::Unusable(Fault::NotAPropertyList));
        }
    }
}
