//! The text that its writer saw, without what programs put around each line on the way.

use std::borrow::Cow;

use secrecy::zeroize::Zeroize;

use super::bruno;

pub(super) fn is_binary(text: &str) -> bool {
    let odd =
        |c: &char| (c.is_control() && !c.is_whitespace()) || *c == char::REPLACEMENT_CHARACTER;
    text.contains('\0') || text.chars().filter(odd).count() * 20 > text.chars().count()
}

/// Without what mail programs, chats and word processors put into a text and nobody sees, and without the marks that
/// answered mails, listings and comparisons have before each line.
pub(super) fn tidied(text: &str) -> String {
    let visible = text.chars().filter(|character| !INVISIBLE.contains(character));
    let spaced = visible.map(|c| if SPACES.contains(&c) { ' ' } else { c });
    let mut text = spaced.collect::<String>().replace("\r\n", "\n").replace('\r', "\n");
    // Its values stand without quotes up to the end of the line, whatever they look like.
    if bruno::request(&text).is_some() {
        return text;
    }
    for step in [quoted_mail, numbered_lines, marked_changes, markup, wiki_escapes] {
        if let Some(tidier) = step(&text) {
            text.zeroize();
            text = tidier;
        }
    }
    text
}

/// Takes away the marks of a mail that was answered. A few lines of one's own may stand around it.
fn quoted_mail(text: &str) -> Option<String> {
    let lines = || text.lines().filter(|line| !line.trim().is_empty());
    let is_marked = |line: &str| line.trim_start().starts_with('>');
    let marked = lines().filter(|line| is_marked(line)).count();
    let in_a_row = text
        .lines()
        .zip(text.lines().skip(1))
        .any(|(one, two)| is_marked(one) && is_marked(two) && one.contains("> "));
    if marked == 0 || (marked * 2 < lines().count() && !in_a_row) {
        return None;
    }
    let bare = |line: &str| {
        if !is_marked(line) {
            return line.to_owned();
        }
        let mut rest = line.trim_start();
        while let Some(inner) = rest.strip_prefix('>') {
            rest = inner.strip_prefix(' ').unwrap_or(inner);
        }
        rest.to_owned()
    };
    Some(joined(text.lines().map(|line| Cow::Owned(bare(line)))))
}

/// Takes away the numbers that editors and pagers print before each line: `12 | KEY=…`, `12: KEY=…`, `12\tKEY=…`.
fn numbered_lines(text: &str) -> Option<String> {
    fn number(line: &str) -> Option<(u32, &str)> {
        let line = line.trim_start();
        let digits = line.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 || digits > 5 {
            return None;
        }
        let (number, rest) = line.split_at(digits);
        let after = rest.trim_start_matches(' ');
        let after = match after.strip_prefix(['|', '│', '\t', ':']) {
            Some(after) => after.strip_prefix(' ').unwrap_or(after),
            // Two spaces, as `nl` and web pages have them, or nothing more in this line.
            None if rest.starts_with("  ") || after.is_empty() => after,
            None => return None,
        };
        Some((number.parse().ok()?, after))
    }
    let lines: Vec<_> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let numbers: Vec<_> = lines.iter().filter_map(|line| number(line)).map(|it| it.0).collect();
    let ascend = numbers.windows(2).all(|pair| pair[0] < pair[1]);
    if numbers.len() < 2 || !ascend || numbers.len() * 3 < lines.len() * 2 {
        return None;
    }
    Some(joined(text.lines().map(|line| Cow::Borrowed(number(line).map_or(line, |it| it.1)))))
}

/// Of a comparison (`diff`), what is there now. What was taken out is no longer true.
fn marked_changes(text: &str) -> Option<String> {
    let lines = || text.lines().filter(|line| !line.is_empty());
    let has_header = lines().any(|line| line.starts_with("@@ ") || line.starts_with("diff --git "));
    let is_assignment = |line: &str| {
        let name = line.split(['=', ':']).next().unwrap_or_default().trim().trim_matches('"');
        line.contains(['=', ':'])
            && name.len() > 1
            && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-. ".contains(c))
            && !line.starts_with([' ', '-', '+'])
    };
    let changes =
        lines().filter(|line| line.strip_prefix(['+', '-']).is_some_and(is_assignment)).count();
    let is_all = lines().all(|line| line.starts_with(['+', '-', ' ', '@', '\\']));
    let has_added = lines().any(|line| line.strip_prefix('+').is_some_and(is_assignment));
    if changes == 0 || !(has_header || is_all || has_added) {
        return None;
    }
    let kept = text.lines().filter(|line| {
        !["@@ ", "diff --git ", "index ", "+++ ", "--- "].iter().any(|it| line.starts_with(it))
            && !line.strip_prefix('-').is_some_and(|line| has_header || is_assignment(line))
    });
    Some(joined(kept.map(|line| Cow::Borrowed(line.strip_prefix('+').unwrap_or(line)))))
}

/// Whether tags mark up this text. A value may hold `</i>`, too, so there must be a tag that begins where a word could,
/// and not within quotes, and that is closed behind or breaks a line.
fn is_page(lower: &str) -> bool {
    let tags = lower.match_indices('<').filter_map(|(at, _)| {
        let tag = &lower[at + 1..];
        let (name, rest) = tag.split_at(tag.bytes().take_while(u8::is_ascii_alphanumeric).count());
        let is_known =
            ["br"].iter().chain(&BLOCKS).chain(&INLINE).chain(&CELLS).any(|it| *it == name);
        is_known.then_some((at, name, rest))
    });
    tags.take(MOST_LOOKED_AT).any(|(at, name, rest)| {
        if name == "br" {
            let after = rest.trim_start().strip_prefix('/').unwrap_or(rest).strip_prefix('>');
            return after.is_some_and(|after| !is_within_quotes(lower, at) && ends_a_line(after));
        }
        rest.starts_with(['>', ' ', '\n', '\t'])
            && (at == 0 || lower[..at].ends_with(|c: char| c.is_whitespace() || ">=:".contains(c)))
            && !is_within_quotes(lower, at)
            && rest.contains(&format!("</{name}>"))
    })
}

/// Whether a form's fields stand in it that a page's source holds apart by `&amp;`.
fn has_escaped_form(lower: &str) -> bool {
    lower.match_indices("&amp;client_").take(MOST_LOOKED_AT).any(|(at, _)| {
        let before = &lower[..at];
        let begins = before.rfind(|c: char| c.is_whitespace() || "'\"`?".contains(c));
        let first = &before[begins.map_or(0, |it| it + 1)..];
        let name = first.split('=').next().unwrap_or_default();
        !name.is_empty()
            && name.len() < first.len()
            && name.chars().all(|c| c.is_ascii_lowercase() || c == '_')
    })
}

/// Whether a name stands in it between quotes that a page's source writes as `&quot;`.
fn has_escaped_json(lower: &str) -> bool {
    lower.match_indices("&quot;client_").any(|(at, quote)| {
        let name = lower[at + quote.len()..].trim_start_matches(|c: char| c.is_ascii_lowercase());
        lower[..at].trim_end().ends_with(['{', ',', '>']) && name.starts_with("&quot;")
    })
}

/// Whether what follows a `<br>` is what stands at the beginning of a line: nothing, another tag, or a name.
fn ends_a_line(after: &str) -> bool {
    let rest = after.trim_start_matches(' ');
    let word = rest.trim_start_matches(|c: char| c.is_alphanumeric() || "_-. ".contains(c));
    let has_name = word.len() < rest.len() && word.starts_with([':', '=']);
    rest.is_empty() || rest.starts_with(['\n', '<']) || has_name
}

/// Whether a quotation is open at `at` that began in the same line, where a value may begin. Within quotes a backslash
/// stands before a quote that does not end them, or for itself, as the language has it: either will do.
fn is_within_quotes(text: &str, at: usize) -> bool {
    let line = &text[text[..at].rfind('\n').map_or(0, |end| end + 1)..at];
    [true, false].into_iter().any(|escapes| {
        let mut open = None;
        let mut before = ' ';
        for character in line.chars() {
            let is_escaped = before == '\\' && (escapes || open.is_none());
            if open == Some(character) && !is_escaped {
                open = None;
            } else if open.is_none()
                && "'\"`".contains(character)
                && !before.is_alphanumeric()
                && !is_escaped
            {
                open = Some(character);
            }
            before = if is_escaped { ' ' } else { character };
        }
        open.is_some()
    })
}

/// The text of a web page's source: tags become white space, and what stands for a sign becomes that sign.
fn markup(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    if !is_page(&lower) && !has_escaped_form(&lower) && !has_escaped_json(&lower) {
        return None;
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let inner = rest[1..].strip_prefix('/').unwrap_or(&rest[1..]);
        let length = inner.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let tag = inner[..length].to_ascii_lowercase();
        let closes = rest.find('>').filter(|end| *end < LONGEST_TAG);
        let is_known = |tags: &[&str]| tags.contains(&tag.as_str());
        match closes {
            Some(end) if is_known(&CELLS) => {
                plain.push_str(if rest.starts_with("</") { "" } else { "\t" });
                rest = &rest[end + 1..];
            }
            Some(end) if is_known(&BLOCKS) || tag == "br" || tag == "hr" => {
                plain.push('\n');
                rest = &rest[end + 1..];
            }
            Some(end) if is_known(&INLINE) || is_known(&["a", "img", "font", "html"]) => {
                rest = &rest[end + 1..];
            }
            _ => {
                plain.push('<');
                rest = &rest[1..];
            }
        }
    }
    plain.push_str(rest);
    let plain = joined(plain.lines().map(|line| {
        // A row's first cell has nothing before it.
        Cow::Borrowed(line.trim_start_matches(['\t', ' ']))
    }));
    Some(
        plain
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&#34;", "\"")
            .replace("&#39;", "'")
            .replace("&#x27;", "'")
            .replace("&apos;", "'")
            .replace("&nbsp;", " ")
            .replace("&amp;", "&"),
    )
}

/// Markdown's backslashes before signs that would mean something there: `client\_id`.
fn wiki_escapes(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let is_escaped = lower.contains("client\\_id") || lower.contains("client\\_secret");
    is_escaped.then(|| text.replace("\\_", "_"))
}

fn joined<'a>(lines: impl Iterator<Item = Cow<'a, str>>) -> String {
    lines.fold(String::new(), |mut text, line| {
        text.push_str(&line);
        text.push('\n');
        text
    })
}

/// Spaces that don't break or are not as wide as others.
const SPACES: [char; 4] = ['\u{a0}', '\u{2007}', '\u{202f}', '\u{3000}'];
/// Byte order mark, zero-width space and joiners, soft hyphen, directional marks.
const INVISIBLE: [char; 10] = [
    '\u{feff}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{ad}', '\u{200e}', '\u{200f}',
    '\u{202a}', '\u{202c}',
];
const CELLS: [&str; 2] = ["td", "th"];
const BLOCKS: [&str; 23] = [
    "p",
    "div",
    "pre",
    "tr",
    "table",
    "tbody",
    "thead",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "h1",
    "h2",
    "h3",
    "h4",
    "body",
    "html",
    "head",
    "blockquote",
    "section",
    "label",
];
const INLINE: [&str; 9] = ["code", "span", "b", "strong", "i", "em", "u", "kbd", "samp"];
/// Each look reads a line or the rest of the text. A page shows by its first tags that it is one.
const MOST_LOOKED_AT: usize = 64;
/// Tags in mails carry long styles; what is longer than this is none.
const LONGEST_TAG: usize = 2048;
