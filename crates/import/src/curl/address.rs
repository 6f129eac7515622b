//! Tells what can be an address from what only stands where one could.

use crate::{
    form,
    request::{Piece, Value},
    shell,
};

/// How surely a word is an address, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Likeness {
    /// It has a scheme, or a port or path after a host.
    Sure,
    /// A host's name and no more, which a file's name looks like too: `example.com`.
    Host,
    /// A variable.
    Reference,
}

/// Whether a word can be an address. A number, a method or an ordinary word is none.
pub(crate) fn likeness(value: &Value) -> Option<Likeness> {
    let head = value.head();
    if !has_clean_host(value) {
        return None;
    }
    if head.is_empty() {
        return match value.pieces().first()? {
            Piece::Reference(_) | Piece::Output(_) => Some(Likeness::Reference),
            Piece::Text(_) => None,
        };
    }
    let rest = match head.split_once("://") {
        Some((scheme, rest)) => {
            let is_scheme = scheme.eq_ignore_ascii_case("http")
                || scheme.eq_ignore_ascii_case("https")
                || (scheme.starts_with(|c: char| c.is_ascii_lowercase())
                    && scheme.chars().all(|c| c.is_ascii_alphanumeric()));
            // `https://$HOST/path`.
            let has_host = !rest.is_empty() || value.pieces().len() > 1;
            return (is_scheme && has_host).then_some(Likeness::Sure);
        }
        None => head,
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let (name, port) = match host.strip_prefix('[') {
        Some(inner) => {
            let (inner, after) = inner.split_once(']')?;
            inner.parse::<std::net::Ipv6Addr>().ok()?;
            return (after.is_empty() || after.starts_with(':')).then_some(Likeness::Sure);
        }
        None => host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port))),
    };
    let port_is_good = port
        .is_none_or(|it| !it.is_empty() && it.len() <= 5 && it.chars().all(|c| c.is_ascii_digit()));
    if !port_is_good || !is_host(name) {
        return None;
    }
    let is_more = port.is_some() || rest.len() > authority.len() || value.pieces().len() > 1;
    Some(if is_more { Likeness::Sure } else { Likeness::Host })
}

/// Whether the host holds nothing that no host has, however many references stand in it.
fn has_clean_host(value: &Value) -> bool {
    let written: String = value
        .pieces()
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.as_str(),
            Piece::Reference(_) | Piece::Output(_) => "x",
        })
        .collect();
    let rest = match written.split_once("://") {
        Some((scheme, rest)) if !scheme.contains('/') => rest,
        _ => &written,
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    !host.contains(|c: char| c.is_whitespace() || "\"'`\\^|".contains(c))
}

/// `localhost`, four numbers, or labels of which the last begins with a letter.
fn is_host(name: &str) -> bool {
    let labels: Vec<&str> = name.trim_end_matches('.').split('.').collect();
    let is_label = |label: &&str| {
        !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    if name == "localhost" {
        return true;
    }
    if labels.len() < 2 || !labels.iter().all(is_label) {
        return false;
    }
    let last = labels[labels.len() - 1];
    if last.starts_with(|c: char| c.is_ascii_digit()) {
        let numbers = name.parse::<std::net::Ipv4Addr>();
        return numbers.is_ok_and(|it| it.octets()[0] != 0);
    }
    last.chars().count() >= 2 && last.chars().all(|c| c.is_alphabetic() || last.starts_with("xn--"))
}

/// Without what mail programs and wikis put around an address: `<…>`, `[…](…)`, `…<…>`.
pub(crate) fn plain(value: &Value, is_quoted: bool) -> Value {
    let mut plain = value.trimmed();
    if let Some((text, _)) = plain.strip_prefix("<").and_then(|it| it.split_once(|c| c == '>')) {
        plain = text;
    }
    if plain.head().starts_with('[')
        && let Some(text) = plain.text()
        && let Some((_, link)) = text.split_once("](")
    {
        plain = Value::literal(link.strip_suffix(')').unwrap_or(link));
    }
    if let Some((before, after)) = plain.split_once(|c| c == '<')
        && after.head().starts_with("http")
    {
        plain = before;
    }
    // The end of a sentence.
    if !is_quoted
        && let Some(text) = plain.text()
        && text.ends_with(['.', ',', ';', '!', ':'])
    {
        plain = Value::literal(text.trim_end_matches(['.', ',', ';', '!', ':']));
    }
    plain
}

/// An address without its user and password, and those.
pub(crate) fn without_user(address: &Value) -> (Value, Option<Value>) {
    let written = address.written();
    let after_scheme = written.find("://").map_or(0, |at| at + 3);
    let end =
        written[after_scheme..].find(['/', '?', '#']).map_or(written.len(), |at| at + after_scheme);
    let Some(at) = written[after_scheme..end].rfind('@') else { return (address.clone(), None) };
    let user = &written[after_scheme..after_scheme + at];
    let decoded = |text: &str| form::percent_decoded(text).0;
    let user = match user.split_once(':') {
        Some((name, password)) => format!("{}:{}", decoded(name), decoded(password)),
        None => decoded(user),
    };
    let rest = format!("{}{}", &written[..after_scheme], &written[after_scheme + at + 1..]);
    let is_plain = address.text().is_some();
    let value = |text: &str| if is_plain { Value::literal(text) } else { remarked(text) };
    (value(&rest), Some(value(&user)))
}

/// With the references that were written in a text.
fn remarked(text: &str) -> Value {
    shell::with_dollars(text).with_marks()
}

/// The addresses that curl makes of one with alternatives, `{a,b}`, and ranges, `[1-3]`. A name in braces stays.
pub(super) fn globbed(address: &Value) -> Vec<Value> {
    let Some(text) = address.text() else { return vec![address.clone()] };
    let mut done = vec![String::new()];
    let mut rest = text;
    while let Some(at) = rest.find(['{', '[']) {
        let (before, from) = rest.split_at(at);
        let close = if from.starts_with('{') { '}' } else { ']' };
        let Some(end) = from.find(close) else { break };
        let inner = &from[1..end];
        let choices = if close == '}' { alternatives(inner) } else { range(inner) };
        let choices = choices.unwrap_or_else(|| vec![from[..=end].to_owned()]);
        if done.len() * choices.len() > MOST_GLOBBED {
            break;
        }
        let grown = done
            .iter()
            .flat_map(|known| choices.iter().map(move |choice| format!("{known}{before}{choice}")));
        done = grown.collect();
        rest = &from[end + 1..];
    }
    done.into_iter().map(|known| Value::literal(&format!("{known}{rest}"))).collect()
}

fn alternatives(inner: &str) -> Option<Vec<String>> {
    inner.contains(',').then(|| inner.split(',').map(str::to_owned).collect())
}

fn range(inner: &str) -> Option<Vec<String>> {
    let (range, step) = inner.split_once(':').unwrap_or((inner, "1"));
    let step: usize = step.parse().ok().filter(|step| *step > 0)?;
    let (first, last) = range.split_once('-')?;
    if let (Ok(from), Ok(to)) = (first.parse::<u32>(), last.parse::<u32>()) {
        let width = if first.starts_with('0') { first.len() } else { 0 };
        return (from <= to && (to - from) as usize / step < MOST_GLOBBED)
            .then(|| (from..=to).step_by(step).map(|it| format!("{it:0width$}")).collect());
    }
    let letter = |text: &str| {
        let mut characters = text.chars();
        characters.next().filter(|c| c.is_ascii_alphabetic() && characters.next().is_none())
    };
    let (from, to) = (letter(first)?, letter(last)?);
    (from <= to).then(|| (from..=to).step_by(step).map(|it| it.to_string()).collect())
}

/// A command that asks for more addresses than this is no request for a token.
const MOST_GLOBBED: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<Likeness> {
        likeness(&Value::marked(text))
    }

    #[test]
    fn only_an_address_like_word_is_an_address() {
        for word in [
            "https://a.example/b",
            "HTTP://a",
            "a.example/b",
            "localhost:80",
            "a.de:1",
            "[::1]:8",
            "1.2.3.4/x",
        ] {
            assert_eq!(of(word), Some(Likeness::Sure), "{word}");
        }
        assert_eq!(of("ims.example.com"), Some(Likeness::Host));
        assert_eq!(of("user:pw@ims.example.com/x"), Some(Likeness::Sure));
        assert_eq!(of("{{base}}/token"), Some(Likeness::Reference));
        for word in [
            "POST",
            "post",
            "3",
            "0.0.0.3",
            "200",
            "",
            "-",
            "1.5",
            "a:b",
            "Content-Type:",
            "application/json",
            "./x",
            "a..b",
            "it's",
            "://x",
            "https://",
            "5.",
            "x.1",
        ] {
            assert_eq!(of(word), None, "{word}");
        }
    }

    #[test]
    fn alternatives_and_ranges_are_written_out_and_names_in_braces_stay() {
        let globbed = |text: &str| {
            globbed(&Value::literal(text)).iter().map(Value::written).collect::<Vec<_>>()
        };
        assert_eq!(globbed("h/{a,b}?[1-2]"), ["h/a?1", "h/a?2", "h/b?1", "h/b?2"]);
        assert_eq!(
            globbed("h/[08-10]/[a-c:2]"),
            ["h/08/a", "h/08/c", "h/09/a", "h/09/c", "h/10/a", "h/10/c"]
        );
        assert_eq!(globbed("h/{ORG}/[x]"), ["h/{ORG}/[x]"]);
        assert_eq!(globbed("h/[1-999999999]"), ["h/[1-999999999]"]);
    }
}
