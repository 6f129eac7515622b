//! One string of a JSON file.
//!
//! It is addressed by an RFC 6901 pointer, in which a step may also choose an element of a list by what it holds:
//! `/values[key=token]/value` is the `value` of the one element of `values` whose `key` is `token`. Several conditions
//! stand behind each other: `/values[key=token][enabled=true]/value`; there can be no brackets in one. A list that stands at the very top is
//! `/[key=token]/value`. A member that has all of that for its name comes first, so that every RFC 6901 pointer means
//! what it always meant.

use std::ops::Range;

use jsonc_parser::{
    ParseOptions,
    ast::{Array, Object, Value},
    common::Ranged,
    parse_to_ast,
};

use super::EditError;

/// Replaces the string (or null) at this address. Comments and other liberties of JSON5 are passed over. In a place
/// that is named by its position in a list, nothing but what `is_ours`, an empty string or null is replaced.
///
/// # Errors
/// All of [`EditError`] but those about `.env` files.
pub fn json(
    text: &str,
    address: &str,
    value: &str,
    is_ours: &dyn Fn(&str) -> bool,
) -> Result<String, EditError> {
    let steps = steps(address)?;
    let mark = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() } else { 0 };
    let parsed = parse_to_ast(&text[mark..], &Default::default(), &ParseOptions::default());
    let parsed = parsed.map_err(|error| EditError::NotJson(mark + error.range().start))?;
    let root = parsed.value.as_ref().ok_or(EditError::NotJson(mark))?;
    let place = find(root, address, &steps)?;
    let held = match place.value {
        Value::StringLit(string) => &*string.value,
        Value::NullKeyword(_) => "",
        _ => return Err(EditError::NotAString(address.to_owned())),
    };
    if held == value && matches!(place.value, Value::StringLit(_)) {
        return Ok(text.to_owned());
    }
    if place.is_by_position && !held.is_empty() && !is_ours(held) {
        return Err(EditError::NotOurs { place: address.to_owned(), better: place.better });
    }
    let Range { start, end } = place.value.range().start..place.value.range().end;
    let written = serde_json::Value::from(value).to_string();
    Ok([&text[..mark + start], &written, &text[mark + end..]].concat())
}

/// One step of an address.
struct Step {
    /// All of it, as RFC 6901 has it.
    whole: String,
    /// What stands before the conditions; empty if they are of the list that was come to.
    name: String,
    conditions: Vec<(String, String)>,
}

struct Place<'a, 'b> {
    value: &'b Value<'a>,
    is_by_position: bool,
    /// The same address with a condition in place of the position.
    better: Option<String>,
}

fn steps(address: &str) -> Result<Vec<Step>, EditError> {
    let steps = address.strip_prefix('/');
    let steps = steps.ok_or_else(|| EditError::BadAddress(address.to_owned()))?;
    Ok(steps.split('/').map(Step::parse).collect())
}

impl Step {
    fn parse(text: &str) -> Self {
        let plain = |text: &str| text.replace("~1", "/").replace("~0", "~");
        let mut rest = text;
        let mut conditions = Vec::new();
        while let Some(inner) = rest.strip_suffix(']') {
            let Some((before, condition)) = inner.rsplit_once('[') else { break };
            let Some((name, value)) = condition.split_once('=') else { break };
            conditions.insert(0, (plain(name), plain(value)));
            rest = before;
        }
        Self { whole: plain(text), name: plain(rest), conditions }
    }

    fn written(&self) -> String {
        format!("/{}", escaped(&self.whole))
    }
}

/// As RFC 6901 has it.
fn escaped(text: &str) -> String {
    text.replace('~', "~0").replace('/', "~1")
}

fn find<'a, 'b>(
    root: &'b Value<'a>,
    address: &str,
    steps: &[Step],
) -> Result<Place<'a, 'b>, EditError> {
    let no_such_place = || EditError::NoSuchPlace(address.to_owned());
    let mut place = Place { value: root, is_by_position: false, better: None };
    let mut so_far = String::new();
    for (index, step) in steps.iter().enumerate() {
        let before = so_far.clone();
        so_far.push_str(&step.written());
        place.value = match place.value {
            Value::Object(object) => match only(members(object, &step.whole), address)? {
                Some(value) => value,
                None if step.conditions.is_empty() || step.name.is_empty() => {
                    return Err(no_such_place());
                }
                None => match only(members(object, &step.name), address)? {
                    Some(Value::Array(list)) => chosen(list, step, address)?,
                    _ => return Err(no_such_place()),
                },
            },
            Value::Array(list) if step.name.is_empty() && !step.conditions.is_empty() => {
                chosen(list, step, address)?
            }
            Value::Array(list) => {
                let is_meant = |(position, _): &(usize, _)| position.to_string() == step.whole;
                let found = list.elements.iter().enumerate().find(is_meant);
                let (_, element) = found.ok_or_else(no_such_place)?;
                // With a second position in it, it would not go on leading there either.
                let condition = condition_for(list, element).filter(|_| !place.is_by_position);
                place.better = condition.map(|condition| {
                    let rest: String = steps[index + 1..].iter().map(Step::written).collect();
                    // Those of a list at the very top stand in a step of their own.
                    let slash = if before.is_empty() { "/" } else { "" };
                    format!("{before}{slash}{condition}{rest}")
                });
                place.is_by_position = true;
                element
            }
            _ => return Err(no_such_place()),
        };
    }
    Ok(place)
}

fn members<'a, 'b>(object: &'b Object<'a>, name: &str) -> impl Iterator<Item = &'b Value<'a>> {
    object.properties.iter().filter(move |it| it.name.as_str() == name).map(|it| &it.value)
}

/// The one that there is. JSON doesn't say which of two members of one name counts.
fn only<T>(mut found: impl Iterator<Item = T>, address: &str) -> Result<Option<T>, EditError> {
    match (found.next(), found.next()) {
        (Some(_), Some(_)) => Err(EditError::SeveralPlaces(address.to_owned())),
        (first, _) => Ok(first),
    }
}

fn chosen<'a, 'b>(
    list: &'b Array<'a>,
    step: &Step,
    address: &str,
) -> Result<&'b Value<'a>, EditError> {
    let fits = |element: &&Value| match element {
        Value::Object(object) => step
            .conditions
            .iter()
            .all(|(name, wanted)| members(object, name).any(|value| reads(value, wanted))),
        _ => false,
    };
    let found = only(list.elements.iter().filter(fits), address)?;
    found.ok_or_else(|| EditError::NoSuchPlace(address.to_owned()))
}

/// Whether a value is the one that a condition names.
fn reads(value: &Value, wanted: &str) -> bool {
    match value {
        Value::StringLit(string) => string.value == wanted,
        Value::NumberLit(number) => number.value == wanted,
        Value::BooleanLit(boolean) => boolean.value.to_string() == wanted,
        _ => false,
    }
}

/// What tells this element from all others of its list, by one of the members that name things.
fn condition_for(list: &Array, element: &Value) -> Option<String> {
    let named = |element: &Value, member: &str| match element {
        Value::Object(object) => match members(object, member).next() {
            Some(Value::StringLit(string)) => Some(string.value.to_string()),
            _ => None,
        },
        _ => None,
    };
    NAMES.iter().find_map(|member| {
        let name = named(element, member)?;
        let is_only =
            list.elements.iter().filter(|it| named(it, member).as_ref() == Some(&name)).count()
                == 1;
        let is_writable = !name.contains(['[', ']', '=']) && !name.is_empty();
        (is_only && is_writable).then(|| format!("[{member}={}]", escaped(&name)))
    })
}

/// Postman's variables have a `key`, other lists a `name` or an `id`.
const NAMES: [&str; 3] = ["key", "name", "id"];
const BYTE_ORDER_MARK: char = '\u{feff}';
