//! What a value is worth: itself, a name to look up, or nothing.

use super::{facts::Given, literal, names::Name};

/// The name for which a text stands in place of a value, with what is to be taken if nothing has that name.
///
/// `$NAME`, `${NAME:-other}`, `%NAME%`, `{{name}}`, `process.env.NAME`, `os.environ["NAME"]`, `{client_id}`, and a bare
/// name such as `WFB_CLIENT_ID`, which a page of Adobe's has without a sign.
pub(super) fn reference(value: &str) -> Option<(String, Option<String>)> {
    let value = value.trim();
    if value.len() > LONGEST {
        return None;
    }
    let name = |text: &str| {
        let text = text.trim();
        let is_name = |c: char| c.is_alphanumeric() || "_-.".contains(c);
        let last = text.rsplit('.').next().unwrap_or(text);
        (!text.is_empty() && text.chars().all(is_name) && text.contains(char::is_alphabetic))
            .then(|| (last.to_owned(), None))
    };
    let enclosed = |open: &str, close: &str| value.strip_prefix(open)?.strip_suffix(close);
    let shouted = |text: &str| {
        text.contains(|c: char| c.is_ascii_uppercase())
            && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
    };
    if let Some(inner) = enclosed("${{", "}}").or_else(|| enclosed("{{", "}}")) {
        let inner = inner.trim().trim_start_matches("$dotenv ").trim_start_matches("_.");
        return name(inner.trim_start_matches(['$', '%']));
    }
    if let Some(inner) = enclosed("${", "}").or_else(|| enclosed("#{", "}")) {
        if let Some((inner, other)) = inner.split_once(":-").or_else(|| inner.split_once(":=")) {
            let (name, _) = name(inner)?;
            return Some((name, Some(other.trim_matches(['"', '\'']).to_owned())));
        }
        return name(inner.split([':', '?']).next()?.trim_start_matches("env:"))
            .or_else(|| expression(inner));
    }
    if let Some(inner) = enclosed("%", "%") {
        return name(inner).filter(|(name, _)| shouted(name) || Name::parse(name).is_some());
    }
    if let Some(inner) = enclosed("{", "}") {
        return name(inner).or_else(|| expression(inner));
    }
    if let Some(inner) = value.strip_prefix("$env:").or_else(|| value.strip_prefix("$Env:")) {
        return name(inner);
    }
    if let Some(inner) = value.strip_prefix('$') {
        return name(inner).filter(|(name, _)| {
            name.len() > 1
                && (shouted(name) || name == &name.to_lowercase() || Name::parse(name).is_some())
        });
    }
    if let Some(found) = expression(value) {
        return Some(found);
    }
    // No language has hyphens in the names of variables, and ids may have them.
    let is_identifier = value.chars().all(|c| c.is_ascii_alphanumeric() || "_.".contains(c));
    let last = value.rsplit('.').next().unwrap_or(value);
    // Adobe's secrets and ids end in no such word.
    (is_identifier && Name::parse(last).is_some_and(|name| !name.is_weak || name.stem.is_empty()))
        .then(|| (last.to_owned(), None))
}

/// What a program looks its environment up with.
fn expression(value: &str) -> Option<(String, Option<String>)> {
    let is_lookup = LOOKUPS.iter().any(|lookup| value.contains(lookup));
    if !is_lookup {
        return None;
    }
    let quoted = value.split(['"', '\'']).nth(1).filter(|name| !name.is_empty());
    let last =
        || value.rsplit(['.', ':', '(']).next().map(|name| name.trim_end_matches([')', ';', ',']));
    let name = quoted.or_else(last)?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
    let other = value.split(['"', '\'']).nth(3).filter(|other| !other.is_empty());
    name.chars().all(is_name).then(|| (name.to_owned(), other.map(str::to_owned)))
}

/// An example where a value should be: `<your secret>`, `YOUR_CLIENT_ID`, `xxxx`, nothing.
pub(super) fn is_example(value: &str) -> bool {
    let value = value.trim();
    let lower = value.to_ascii_lowercase();
    let enclosed = |open: char, close: char| {
        value.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)).is_some_and(|inner| {
            !inner.is_empty() && inner.chars().all(|c| c.is_alphanumeric() || " _-.'".contains(c))
        })
    };
    let is_yours = [
        "your_",
        "your-",
        "your ",
        "yourclient",
        "my_client",
        "my-client",
        "<your",
        "change_me",
        "changeme",
        "replace_",
        "replace-",
        "insert_",
        "insert-",
        "dein_",
        "deine_",
    ]
    .iter()
    .any(|start| lower.starts_with(start));
    let is_filler = value.len() >= 3
        && ["x", ".", "_", "-", "?"].iter().any(|sign| lower.replace(sign, "").is_empty());
    value.is_empty() || enclosed('<', '>') || enclosed('[', ']') || is_yours || is_filler
}

/// A list, if a text is the JSON of one.
pub(super) fn unpacked(given: &Given) -> Given {
    // Each item in quotes, or none with a sign that a list would need quotes for.
    let is_quoted = |text: &str| {
        let inner = text[1..text.len() - 1].trim().trim_end_matches(',').trim_end();
        let quote = |c: Option<char>| c.is_some_and(|c| matches!(c, '"' | '\''));
        inner.len() > 1 && quote(inner.chars().next()) && quote(inner.chars().next_back())
    };
    let is_plain = |text: &str| {
        text.chars().all(|c| c.is_ascii_alphanumeric() || "[](), _-.".contains(c))
            && text.contains(',')
    };
    if let Given::Text(text) = given
        && let text = text.trim()
        && text.len() > 1
        && text.starts_with(['[', '('])
        && text.ends_with([']', ')'])
        && (is_quoted(text) || is_plain(text))
        && let Some((items, end)) = literal::list(text)
        && end == text.len()
        && !items.is_empty()
    {
        return Given::List(items);
    }
    given.clone()
}

const LOOKUPS: [&str; 17] = [
    "environ",
    "getenv",
    "Getenv",
    "GetEnv",
    "process.env",
    "ENV[",
    "ENV.fetch",
    "env(",
    "import.meta.env",
    "secrets.",
    "vars.",
    "GetEnvironmentVariable",
    "System.getProperty",
    "env.",
    "var.",
    "config.",
    "settings.",
];
/// In bytes. Secrets are shorter, and expressions are not much longer than the names in them.
const LONGEST: usize = 160;
