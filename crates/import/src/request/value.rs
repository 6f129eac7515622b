//! A text out of a command in which names of variables are kept apart from what stands there literally.

use std::fmt;

use secrecy::zeroize::Zeroize;

/// A text as a command passes it on: pieces of literal text, and references to variables between them.
///
/// It may be a secret: `Debug` shows no text, and it is wiped when dropped.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Value {
    pieces: Vec<Piece>,
}

/// A part of a [`Value`].
#[derive(Clone, PartialEq, Eq)]
pub enum Piece {
    /// What stands there, quotes and escapes taken away.
    Text(String),
    /// A variable whose value is not in the command.
    Reference(Reference),
    /// The output of another command: `$(…)` or backticks, as written.
    Output(String),
}

/// `$NAME`, `${NAME}`, `$env:NAME`, `%NAME%` or `{{name}}`.
#[derive(Clone, PartialEq, Eq)]
pub struct Reference {
    /// `NAME`, without the marks.
    pub name: String,
    /// With the marks.
    pub written: String,
    /// Whether its value is percent-encoded before it is sent.
    pub is_encoded: bool,
}

impl Value {
    /// A text in which a `{{name}}` or `%NAME%` is a reference and all else is literal.
    #[must_use]
    pub fn marked(text: &str) -> Self {
        let mut value = Self::default();
        let mut rest = text;
        while let Some((before, reference, after)) = first_mark(rest) {
            value.push_text(before);
            value.push_reference(reference);
            rest = after;
        }
        value.push_text(rest);
        value
    }

    /// A text that is all literal.
    #[must_use]
    pub fn literal(text: &str) -> Self {
        let mut value = Self::default();
        value.push_text(text);
        value
    }

    /// The pieces, in order. No two texts are neighbours, and none is empty.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The text, if nothing in it is a reference or another command's output.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The whole as it was written, the references with their marks.
    #[must_use]
    pub fn written(&self) -> String {
        self.pieces.iter().map(Piece::written).collect()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Whether there is no literal text at all, only references or outputs.
    #[must_use]
    pub fn is_only_references(&self) -> bool {
        !self.is_empty() && !self.pieces.iter().any(|piece| matches!(piece, Piece::Text(_)))
    }

    /// The references, in order.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Reference(reference) => Some(reference),
            _ => None,
        })
    }

    /// With those references replaced of which `lookup` knows the value, by their name.
    #[must_use]
    pub fn resolved(&self, lookup: &dyn Fn(&str) -> Option<Self>) -> Self {
        let mut done = Self::default();
        let mut length = 0;
        for piece in &self.pieces {
            length += done.pieces.last().map_or(0, |it| it.written().len());
            match piece {
                // A few short names must not make gigabytes of a long text.
                _ if length > crate::LONGEST => done.pieces.push(piece.clone()),
                Piece::Reference(reference) => match lookup(&reference.name) {
                    Some(value) if reference.is_encoded => done.append(&value.percent_encoded()),
                    Some(value) => done.append(&value),
                    None => done.pieces.push(piece.clone()),
                },
                Piece::Text(text) => done.push_text(text),
                Piece::Output(_) => done.pieces.push(piece.clone()),
            }
        }
        done
    }

    /// Encoded as curl's `--data-urlencode` does it: all but letters, digits and `-._~`, and a space as `+`.
    #[must_use]
    pub fn percent_encoded(&self) -> Self {
        let mut done = Self::default();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => done.push_text(&percent_encoded(text)),
                Piece::Reference(reference) => {
                    done.push_reference(Reference { is_encoded: true, ..reference.clone() });
                }
                Piece::Output(_) => done.pieces.push(piece.clone()),
            }
        }
        done
    }

    /// As a string of JSON, with its quotes.
    pub(crate) fn json_string(&self) -> Self {
        let mut done = Self::literal("\"");
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => {
                    let quoted = serde_json::Value::from(text.as_str()).to_string();
                    done.push_text(&quoted[1..quoted.len() - 1]);
                }
                other => done.pieces.push(other.clone()),
            }
        }
        done.push('"');
        done
    }

    pub(crate) fn push(&mut self, character: char) {
        match self.pieces.last_mut() {
            Some(Piece::Text(text)) => text.push(character),
            _ => self.pieces.push(Piece::Text(character.to_string())),
        }
    }

    pub(crate) fn push_text(&mut self, more: &str) {
        match self.pieces.last_mut() {
            _ if more.is_empty() => {}
            Some(Piece::Text(text)) => text.push_str(more),
            _ => self.pieces.push(Piece::Text(more.to_owned())),
        }
    }

    pub(crate) fn push_reference(&mut self, reference: Reference) {
        self.pieces.push(Piece::Reference(reference));
    }

    pub(crate) fn push_output(&mut self, written: &str) {
        self.pieces.push(Piece::Output(written.to_owned()));
    }

    pub(crate) fn append(&mut self, more: &Self) {
        for piece in &more.pieces {
            match piece {
                Piece::Text(text) => self.push_text(text),
                other => self.pieces.push(other.clone()),
            }
        }
    }

    /// With `{{name}}` and `%NAME%` in its texts as references.
    pub(crate) fn with_marks(&self) -> Self {
        let mut done = Self::default();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => done.append(&Self::marked(text)),
                other => done.pieces.push(other.clone()),
            }
        }
        done
    }

    /// The text with which it begins; empty if it begins with a reference.
    pub(crate) fn head(&self) -> &str {
        match self.pieces.first() {
            Some(Piece::Text(text)) => text,
            _ => "",
        }
    }

    /// Without the first `length` bytes of its head.
    pub(crate) fn without_head(&self, length: usize) -> Self {
        let mut done = Self::default();
        done.push_text(self.head().get(length..).unwrap_or_default());
        let skipped = usize::from(!self.head().is_empty());
        done.pieces.extend_from_slice(&self.pieces[skipped..]);
        done
    }

    pub(crate) fn strip_prefix(&self, prefix: &str) -> Option<Self> {
        self.head().starts_with(prefix).then(|| self.without_head(prefix.len()))
    }

    /// At the first such character in literal text, without it.
    pub(crate) fn split_once(&self, at: impl Fn(char) -> bool) -> Option<(Self, Self)> {
        let mut before = Self::default();
        for (index, piece) in self.pieces.iter().enumerate() {
            if let Piece::Text(text) = piece
                && let Some((position, found)) = text.char_indices().find(|(_, c)| at(*c))
            {
                before.push_text(&text[..position]);
                let mut after = Self::default();
                after.push_text(&text[position + found.len_utf8()..]);
                after.pieces.extend_from_slice(&self.pieces[index + 1..]);
                return Some((before, after));
            }
            before.pieces.push(piece.clone());
        }
        None
    }

    pub(crate) fn split(&self, at: char) -> Vec<Self> {
        let mut parts = Vec::new();
        let mut rest = self.clone();
        while let Some((part, after)) = rest.split_once(|c| c == at) {
            parts.push(part);
            rest = after;
        }
        parts.push(rest);
        parts
    }

    /// Without white space at either end of its text.
    pub(crate) fn trimmed(&self) -> Self {
        let mut done = self.clone();
        if let Some(Piece::Text(text)) = done.pieces.first_mut() {
            *text = text.trim_start().to_owned();
        }
        if let Some(Piece::Text(text)) = done.pieces.last_mut() {
            text.truncate(text.trim_end().len());
        }
        done.pieces.retain(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()));
        done
    }
}

impl Piece {
    fn written(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Reference(reference) => &reference.written,
            Self::Output(written) => written,
        }
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        if let Self::Text(text) = self {
            text.zeroize();
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.pieces).finish()
    }
}

impl fmt::Debug for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{} bytes", text.len()),
            Self::Reference(reference) => reference.fmt(f),
            Self::Output(_) => f.write_str("an output"),
        }
    }
}

/// Not its name: a `$` in a secret that was quoted wrongly begins one as well.
impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a reference")
    }
}

fn percent_encoded(text: &str) -> String {
    let mut done = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b' ' => done.push('+'),
            b'-' | b'.' | b'_' | b'~' => done.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => done.push(char::from(byte)),
            _ => done.push_str(&format!("%{byte:02X}")),
        }
    }
    done
}

/// What stands before the first reference, that, and what follows.
fn first_mark(text: &str) -> Option<(&str, Reference, &str)> {
    let mut from = 0;
    loop {
        let at = from + text[from..].find(['{', '%'])?;
        if let Some((name, length)) = mark(&text[at..]) {
            let (written, after) = text[at..].split_at(length);
            let reference = Reference { name, written: written.to_owned(), is_encoded: false };
            return Some((&text[..at], reference, after));
        }
        from = at + 1;
    }
}

/// The name in the marks at the beginning of a text, and how long they are together.
fn mark(text: &str) -> Option<(String, usize)> {
    let within = |text: &str, end: &str| {
        let window = crate::shell::floor(text, LONGEST_NAME + end.len());
        text[..window].find(end)
    };
    if let Some(inner) = text.strip_prefix("{{") {
        let end = within(inner, "}}")?;
        return Some((braced_name(&inner[..end])?, end + 4));
    }
    let inner = text.strip_prefix('%')?;
    let end = within(inner, "%")?;
    is_percent_name(&inner[..end]).then(|| (inner[..end].to_owned(), end + 2))
}

/// The name in `{{name}}`, `{{ _.name }}` (Insomnia), `{{process.env.NAME}}` (Bruno), `{{$dotenv NAME}}` (REST Client),
/// or `{{name:trim:url}}` (curl's `--expand-`).
fn braced_name(inner: &str) -> Option<String> {
    let inner = inner.trim();
    let name = inner
        .strip_prefix("$dotenv ")
        .or_else(|| inner.strip_prefix("$processEnv "))
        .or_else(|| inner.strip_prefix("process.env."))
        .or_else(|| inner.strip_prefix("env."))
        .or_else(|| inner.strip_prefix("_."))
        .unwrap_or(inner)
        .trim_start_matches(['%', '$']);
    let name = name.split(':').next().unwrap_or(name).trim();
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ');
    (!name.is_empty() && name.chars().all(is_name)).then(|| name.to_owned())
}

/// Whether it can be the name of a variable of cmd, and not the letters between two escapes of an encoded text or two
/// signs of a secret: it is written as variables mostly are, or means something here.
fn is_percent_name(name: &str) -> bool {
    name.len() > 2
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && (name.contains('_') && is_shouted(name) || crate::names::Name::parse(name).is_some())
}

fn is_shouted(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

/// In bytes. The longest in the wild are names of aio's contexts, with about 60.
const LONGEST_NAME: usize = 80;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_braces_or_percent_signs_is_a_reference_and_an_encoded_text_is_not() {
        let names = |text: &str| {
            Value::marked(text).references().map(|it| it.name.clone()).collect::<Vec<_>>()
        };
        assert_eq!(names("a{{ client_id }}b%CLIENT_SECRET%c"), ["client_id", "CLIENT_SECRET"]);
        assert_eq!(names("{{$dotenv ID}}{{ _.id }}{{id:trim:url}}"), ["ID", "id", "id"]);
        assert_eq!(names("%C3%A4%2B%26%AB%20%41bc%42 100% of 5% {{}} {{\"a\"}}"), [""; 0]);
        assert_eq!(Value::marked("x{{a}}%B_C%y").written(), "x{{a}}%B_C%y");
    }

    #[test]
    fn a_reference_is_encoded_when_the_text_around_it_was() {
        let lookup = |name: &str| (name == "S").then(|| Value::literal("a&b c"));
        let value = Value::marked("x={{S}}").resolved(&lookup);
        assert_eq!(value.text(), Some("x=a&b c"));
        let value = Value::marked("ä{{S}}{{T}}").percent_encoded().resolved(&lookup);
        assert_eq!(value.written(), "%C3%A4a%26b+c{{T}}");
    }

    #[test]
    fn debug_shows_no_text() {
        let shown = format!("{:?}", Value::marked("p8e-secret{{name}}"));
        assert_eq!(shown, "[10 bytes, a reference]");
    }
}
