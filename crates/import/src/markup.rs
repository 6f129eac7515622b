//! XML as build tools, IDEs and property lists keep it, also within a mail: elements and attributes that have the names of a
//! credential's parts. Whatever is not, HTML say, is left to others.

use std::ops::Range;

use super::{
    document::is_telling,
    facts::{Facts, Given, Reader},
    names::Name,
};

struct Tag<'a> {
    range: Range<usize>,
    name: &'a str,
    closes: bool,
    attributes: Vec<(&'a str, String)>,
}

/// Reads the elements that say something, and claims them.
pub(super) fn read(text: &str, facts: &mut Facts) {
    let tags = tags(text);
    let mut found: Vec<(String, String, Range<usize>)> = Vec::new();
    let mut key = None;
    for (index, tag) in tags.iter().enumerate().filter(|(_, tag)| !tag.closes) {
        let next = tags.get(index + 1).filter(|next| next.closes && next.name == tag.name);
        let content = next.map(|next| {
            let content = decoded(&text[tag.range.end..next.range.start]);
            (content.trim().to_owned(), tag.range.start..next.range.end)
        });
        let attribute = |wanted: &[&str]| {
            let mut attributes = tag.attributes.iter();
            attributes.find(|(name, _)| wanted.contains(name)).map(|(_, value)| value.clone())
        };
        // A property list has a name in one element and its value in the next.
        if let Some((name, range)) = content.clone().filter(|_| tag.name == "key") {
            key = Some((name, range));
            continue;
        }
        let of_key = key.take();
        if let (Some((name, before)), Some((value, range))) = (of_key, &content) {
            found.push((name, value.clone(), before.start..range.end));
            continue;
        }
        if let Some(name) = attribute(&["name", "key", "id"]) {
            if let Some(value) = attribute(&["value"]) {
                found.push((name, value, tag.range.clone()));
                continue;
            }
            if let Some((value, range)) = content.clone().filter(|_| Name::parse(&name).is_some()) {
                found.push((name, value, range));
                continue;
            }
        }
        let written = tag
            .attributes
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone(), tag.range.clone()));
        found.extend(written);
        if let Some((value, range)) = content {
            let name = tag.name.rsplit(':').next().unwrap_or_default();
            found.push((name.to_owned(), value, range));
        }
    }
    found.retain(|(name, value, _)| Name::parse(name).is_some() && !value.is_empty());
    if !found.iter().any(|(name, ..)| is_telling(name)) {
        return;
    }
    let group = facts.group();
    for (name, value, range) in found {
        facts.add(&name, Given::Text(value), group, Reader::Variables);
        facts.claim(range);
    }
}

/// The tags in a text, in their order. Comments, instructions and marked sections are none.
fn tags(text: &str) -> Vec<Tag<'_>> {
    let mut tags = Vec::new();
    let mut at = 0;
    // An end that is nowhere is not looked for again.
    let mut ends: [bool; 2] = [true; 2];
    while let Some(start) = text[at..].find('<').map(|start| at + start) {
        at = start + 1;
        let rest = &text[start..];
        let skipped = [("<!--", "-->"), ("<![CDATA[", "]]>")];
        if let Some(kind) = skipped.iter().position(|(open, _)| rest.starts_with(open)) {
            match rest.find(skipped[kind].1).filter(|_| ends[kind]) {
                Some(end) => at = start + end,
                None => ends[kind] = false,
            }
            continue;
        }
        if let Some((tag, end)) = tag(text, start) {
            tags.push(tag);
            at = end;
        }
    }
    tags
}

/// The tag that begins at `start`, and where it ends.
fn tag(text: &str, start: usize) -> Option<(Tag<'_>, usize)> {
    let closes = text[start + 1..].starts_with('/');
    let from = start + 1 + usize::from(closes);
    let is_name = |c: char| c.is_alphanumeric() || "_-.:".contains(c);
    let name_end = |from: usize| text[from..].find(|c| !is_name(c)).map(|end| from + end);
    let mut at = name_end(from)?;
    let name = &text[from..at];
    if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        return None;
    }
    let mut attributes = Vec::new();
    loop {
        let rest = text[at..].trim_start();
        at = text.len() - rest.len();
        if rest.starts_with('>') {
            return Some((Tag { range: start..at + 1, name, closes, attributes }, at + 1));
        }
        if rest.starts_with("/>") {
            return Some((Tag { range: start..at + 2, name, closes, attributes }, at + 2));
        }
        let end = name_end(at).filter(|end| *end > at)?;
        let attribute = &text[at..end];
        let value = text[end..].trim_start().strip_prefix('=')?.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let value = &value[1..];
        let length = value.char_indices().take(LONGEST_VALUE).find(|(_, c)| *c == quote)?.0;
        attributes.push((attribute, decoded(&value[..length])));
        at = text.len() - value.len() + length + 1;
    }
}

/// A text without comments, with what stands for other signs replaced by these (XML 1.0, section 4.6).
fn decoded(text: &str) -> String {
    let mut done = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<']) {
        done.push_str(&rest[..at]);
        rest = &rest[at..];
        let inner = |open: &str, close: &str| rest.strip_prefix(open)?.split_once(close);
        if let Some((section, after)) = inner("<![CDATA[", "]]>") {
            done.push_str(section);
            rest = after;
        } else if let Some((_, after)) = inner("<!--", "-->") {
            rest = after;
        } else if let Some((entity, after)) = inner("&", ";").filter(|(it, _)| it.len() < 9)
            && let Some(sign) = sign(entity)
        {
            done.push(sign);
            rest = after;
        } else {
            done.push_str(&rest[..1]);
            rest = &rest[1..];
        }
    }
    done.push_str(rest);
    done
}

fn sign(entity: &str) -> Option<char> {
    match entity {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = entity.strip_prefix('#')?;
            let number = match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(number.ok()?)
        }
    }
}

/// In signs. A token has a few thousand.
const LONGEST_VALUE: usize = 16 * 1024;
