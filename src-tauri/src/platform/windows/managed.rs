//! Managed settings are values in the registry's part for policies, where only administrators can write.

use glowjar_agent::managed::{Content, Fault, Reading};
use serde_json::Value;
use windows_registry::{Key, LOCAL_MACHINE, Type};

pub fn read() -> Reading {
    let content = match LOCAL_MACHINE.open(POLICIES) {
        Ok(key) => content_of(&key),
        Err(error) if error.code().0.cast_unsigned() == NOT_FOUND => Content::Absent,
        Err(error) => Content::Unusable(Fault::Unreadable(error.to_string())),
    };
    Reading { source: format!(r"HKEY_LOCAL_MACHINE\{POLICIES}"), content }
}

fn content_of(key: &Key) -> Content {
    match key.values() {
        Ok(values) => {
            // The one without a name is the key's own.
            let named = values.filter(|(name, _)| !name.is_empty());
            Content::Values(named.map(|(name, value)| (name, of(value))).collect())
        }
        Err(error) => Content::Unusable(Fault::Unreadable(error.to_string())),
    }
}

/// Kinds of values that no setting has become nothing, which no setting is either.
fn of(value: windows_registry::Value) -> Value {
    match value.ty() {
        Type::U32 | Type::U64 => u64::try_from(value).map_or(Value::Null, Value::from),
        Type::String | Type::ExpandString => {
            String::try_from(value).map_or(Value::Null, Value::from)
        }
        Type::MultiString => Vec::<String>::try_from(value).map_or(Value::Null, Value::from),
        Type::Bytes | Type::Other(_) => Value::Null,
    }
}

const POLICIES: &str = r"Software\Policies\Glowjar";
/// `HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND)`
const NOT_FOUND: u32 = 0x8007_0002;

#[cfg(test)]
mod tests {
    use windows_registry::CURRENT_USER;

    use super::*;

    #[test]
    fn what_stands_in_a_key_of_the_registry_is_read_value_by_value() {
        let path = format!(r"Software\Glowjar test {}", std::process::id());
        let key = CURRENT_USER.create(&path).expect("the registry takes it");
        key.set_u32("lockWithScreen", 1).expect("a number");
        key.set_u32("lockAfterMinutes", 10).expect("a number");
        key.set_string("proxy", "direct").expect("a text");
        key.set_bytes("since", Type::Bytes, &[1, 2]).expect("bytes");
        key.set_string("", "of the key itself").expect("a text");
        let Content::Values(mut found) = content_of(&key) else { panic!("not read") };
        CURRENT_USER.remove_tree(&path).expect("the registry gives it back");
        found.sort_by(|(one, _), (other, _)| one.cmp(other));
        let expected = [
            ("lockAfterMinutes", Value::from(10)),
            ("lockWithScreen", Value::from(1)),
            ("proxy", Value::from("direct")),
            ("since", Value::Null),
        ];
        assert_eq!(found, expected.map(|(name, value)| (name.to_owned(), value)));
    }

    #[test]
    fn without_a_policy_there_is_nothing_and_the_key_is_named() {
        let reading = read();
        assert_eq!(reading.source, r"HKEY_LOCAL_MACHINE\Software\Policies\Glowjar");
        assert_eq!(reading.content, Content::Absent);
    }
}
