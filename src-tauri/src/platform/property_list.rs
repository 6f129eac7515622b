//! A property list of macOS as managed settings. Plain code, so that its tests run on each system.

use std::io::Cursor;

use glowjar_agent::managed::{Content, Fault};

/// In XML or binary, which is what macOS itself writes.
pub fn content_of(list: &[u8]) -> Content {
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
                <key>keepers</key><array><string>https://keeper1.studio.example:7443</string></array>
                <key>since</key><date>2026-11-30T00:00:00Z</date>
            </dict></plist>"#;
        let text = br#"{"lockWithScreen":true,"lockAfterMinutes":10,"proxy":"direct","keepers":["https://keeper1.studio.example:7443"],"since":null}"#;
        assert_eq!(content_of(list), Content::of_json(text));
        // The same, by Python's plistlib.
        let binary = include_bytes!("property_list/binary.plist");
        assert_eq!(content_of(binary), Content::of_json(text));
    }

    #[test]
    fn what_is_no_list_of_names_and_values_is_unusable_as_a_whole() {
        let cut_off = &include_bytes!("property_list/binary.plist")[..60];
        let odd = [b"".as_slice(), b"{}", b"<plist version=\"1.0\"><array/></plist>", cut_off];
        for odd in odd {
            assert_eq!(content_of(odd), Content::Unusable(Fault::NotAPropertyList));
        }
    }
}
