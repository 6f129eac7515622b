use proptest::prelude::*;

use super::*;

type Reading = Option<&'static str>;

/// The value of the last `A` in a text, as each reader was seen to read it: python-dotenv 1.2.4 without its
/// interpolation, npm's dotenv 16.6.1 (18.0.10 reads the same), and this grammar.
const SEEN: [(&str, Reading, Reading, Reading); 66] = [
    ("A=", Some(""), Some(""), Some("")),
    ("A= # c", Some(""), Some(""), Some("")),
    ("A=# c", Some("# c"), Some(""), Some("")),
    ("A=#c", Some("#c"), Some(""), Some("")),
    ("A=x # c", Some("x"), Some("x"), Some("x")),
    ("A=x#c", Some("x#c"), Some("x"), Some("x#c")),
    ("A=x\t# c", Some("x"), Some("x"), Some("x")),
    ("A='x' # c", Some("x"), Some("x"), Some("x")),
    ("A='x'# c", Some("x"), Some("x"), Some("x")),
    ("A=\"x\" # c", Some("x"), Some("x"), Some("x")),
    ("A=\"a # b\" # c", Some("a # b"), Some("a # b"), Some("a # b")),
    ("A=`x` # c", Some("`x`"), Some("x"), Some("x")),
    ("A=`a'b\"c`", Some("`a'b\"c`"), Some("a'b\"c"), Some("a'b\"c")),
    ("export A=x", Some("x"), Some("x"), Some("x")),
    ("export\tA=x", Some("x"), Some("x"), Some("x")),
    ("  A = x", Some("x"), Some("x"), Some("x")),
    ("A =x", Some("x"), Some("x"), Some("x")),
    ("A:x", None, None, None),
    ("A: x", None, Some("x"), None),
    ("'A'=x", Some("x"), None, None),
    ("\"A\"=x", None, None, None),
    ("A=x\nA=y", Some("y"), Some("y"), Some("y")),
    ("\u{feff}A=x", Some("x"), Some("x"), Some("x")),
    ("A=x\r\nB=y\r\n", Some("x"), Some("x"), Some("x")),
    ("A=x\rB=y", Some("x"), Some("x"), Some("x")),
    ("A=\nB=y", Some(""), Some(""), Some("")),
    ("A=\"a\nb\"\nB=y", Some("a\nb"), Some("a\nb"), Some("a\nb")),
    ("A='a\nb'\nB=y", Some("a\nb"), Some("a\nb"), Some("a\nb")),
    ("A=`a\nb`\nB=y", Some("`a"), Some("a\nb"), Some("a\nb")),
    ("A=\"a\\nb\"", Some("a\nb"), Some("a\nb"), Some("a\nb")),
    ("A='a\\nb'", Some("a\\nb"), Some("a\\nb"), Some("a\\nb")),
    ("A=a\\nb", Some("a\\nb"), Some("a\\nb"), Some("a\\nb")),
    ("A=\"a\\\"b\"", Some("a\"b"), Some("a\\\"b"), Some("a\"b")),
    ("A='a\\'b'", Some("a'b"), Some("a\\'b"), Some("a'b")),
    ("A='a'\\''b'", None, Some("a'\\''b"), Some("'a'\\''b'")),
    ("A=\"a", None, Some("\"a"), Some("\"a")),
    ("A=\"a\nB=y", None, Some("\"a"), Some("\"a")),
    ("A='a\nB='y'", None, Some("'a"), Some("'a")),
    ("A=a'b", Some("a'b"), Some("a'b"), Some("a'b")),
    ("A=it's x", Some("it's x"), Some("it's x"), Some("it's x")),
    ("A='a'b", None, Some("'a'b"), Some("'a'b")),
    ("A=\"a\"b", None, Some("\"a\"b"), Some("\"a\"b")),
    ("A=a\"b\"", Some("a\"b\""), Some("a\"b\""), Some("a\"b\"")),
    ("A=$B", Some("$B"), Some("$B"), Some("$B")),
    ("A='$B'", Some("$B"), Some("$B"), Some("$B")),
    ("A=\"\\$B\"", Some("\\$B"), Some("\\$B"), Some("$B")),
    ("A=a b", Some("a b"), Some("a b"), Some("a b")),
    ("A=a  ", Some("a"), Some("a"), Some("a")),
    ("A=\"a\\\\b\"", Some("a\\b"), Some("a\\\\b"), Some("a\\b")),
    ("A='a\\\\b'", Some("a\\b"), Some("a\\\\b"), Some("a\\\\b")),
    ("A", None, None, None),
    ("export A", None, None, None),
    ("A B=x", None, None, None),
    ("#A=x", None, None, None),
    (" # A=x", None, None, None),
    ("A=x;", Some("x;"), Some("x;"), Some("x;")),
    ("A=\u{a0}x", Some("x"), Some("x"), Some("x")),
    ("A=x\u{a0}# c", Some("x"), Some("x"), Some("x")),
    ("A=''", Some(""), Some(""), Some("")),
    ("A=a`b", Some("a`b"), Some("a`b"), Some("a`b")),
    ("A=a=b", Some("a=b"), Some("a=b"), Some("a=b")),
    ("A=\\", Some("\\"), Some("\\"), Some("\\")),
    ("A=x \\\nB=y", Some("x \\"), Some("x \\"), Some("x \\")),
    ("A='x\\'", None, Some("x\\"), Some("x\\")),
    ("A='''x'''", None, Some("''x''"), Some("'''x'''")),
    ("A=\" x \"", Some(" x "), Some(" x "), Some(" x ")),
];

fn value(text: &str, key: &str) -> Option<String> {
    let parsed = Dotenv::parse(text);
    let last = parsed.assignments().rfind(|assignment| assignment.key(text) == key)?;
    Some(last.value(text).to_string())
}

#[test]
fn what_two_programs_read_alike_is_read_so_and_where_they_differ_the_choice_is_written_down() {
    for (text, python, npm, ours) in SEEN {
        assert_eq!(value(text, "A").as_deref(), ours, "{text:?}");
        let is_alike = python == npm;
        let is_quoted_dollar = text.contains("\\$");
        assert!(!is_alike || ours == python || is_quoted_dollar, "{text:?}");
    }
}

#[test]
fn each_part_of_a_line_is_found_in_its_place() {
    let text =
        "\u{feff}# head\r\n\r\n\texport KEY = 'a\r\nb'  # why\r\nexport PATH\nnonsense here\nX=";
    let parsed = Dotenv::parse(text);
    assert!(parsed.has_bom);
    let content: Vec<_> = parsed.lines.iter().map(|line| &line.content).collect();
    let [
        Content::Comment,
        Content::Blank,
        Content::Assignment(key),
        Content::Name(path),
        Content::Other,
        Content::Assignment(empty),
    ] = content[..]
    else {
        panic!("{content:?}");
    };
    assert_eq!((key.key(text), &text[key.value.clone()]), ("KEY", "'a\r\nb'"));
    assert_eq!((key.is_exported, key.quoting), (true, Quoting::Single));
    assert_eq!(key.value(text).as_str(), "a\nb");
    assert_eq!(key.comment.clone().map(|comment| &text[comment]), Some("# why"));
    assert_eq!(&text[path.clone()], "PATH");
    assert_eq!((empty.value.clone(), &empty.comment), (text.len()..text.len(), &None));
    let ends: Vec<_> = parsed.lines.iter().map(|line| line.line_end).collect();
    let (crlf, lf) = (Some(LineEnd::CrLf), Some(LineEnd::Lf));
    assert_eq!(ends, [crlf, crlf, crlf, lf, lf, None]);
}

#[test]
fn a_comment_behind_an_empty_value_is_no_value() {
    for text in ["A= # why", "A=# why", "A=\t#why", "export A =#"] {
        let parsed = Dotenv::parse(text);
        let assignment = parsed.assignments().next().expect("an assignment");
        assert!(assignment.value.is_empty(), "{text:?}");
        assert_eq!(&text[..assignment.value.start], text.split_inclusive('=').next().expect("it"));
        assert!(text[assignment.comment.clone().expect("a comment")].starts_with('#'));
    }
}

#[test]
fn a_quote_that_never_ends_takes_its_own_line_alone() {
    for text in ["A='x\nB=y\n", "A=\"x\nB=y\n", "A=`x\nB=y\n", "A='x\nB='y' z\n", "A=\"x\\\"z\nB=y"]
    {
        let parsed = Dotenv::parse(text);
        let first = parsed.assignments().next().expect("an assignment");
        assert_eq!(first.quoting, Quoting::Open, "{text:?}");
        assert!(value(text, "B").is_some_and(|value| value.contains('y')), "{text:?}");
    }
}

#[test]
fn debug_shows_no_value() {
    let parsed = Dotenv::parse("TOKEN=hidden");
    assert!(!format!("{parsed:?}").contains("hidden"));
}

proptest! {
    #[test]
    fn nothing_of_a_text_is_lost(text in "(\u{feff})?([AB=#'\"`\\\\ \t\r\nexport:.$\u{a0}]|\\PC){0,60}") {
        let parsed = Dotenv::parse(&text);
        let mut at = if parsed.has_bom { 3 } else { 0 };
        for line in &parsed.lines {
            prop_assert_eq!(line.span.start, at);
            prop_assert!(line.span.end > at);
            at = line.span.end;
            if let Content::Assignment(assignment) = &line.content {
                let comment = assignment.comment.clone().unwrap_or(at..at);
                prop_assert!(line.span.start <= assignment.key.start);
                prop_assert!(assignment.key.end < assignment.value.start);
                prop_assert!(assignment.value.start <= assignment.value.end);
                prop_assert!(assignment.value.end <= comment.start && comment.end <= at);
                let _ = assignment.value(&text);
            }
            let is_last = at == text.len();
            prop_assert!(line.line_end.is_some() || is_last);
        }
        prop_assert_eq!(at, text.len());
    }

    #[test]
    fn what_was_written_in_quotes_is_read_back(value in "[^'\\\\\r\\p{C}]{0,30}", comment in "( #.{0,9})?") {
        let text = format!("A='{value}'{comment}\nB=1");
        prop_assert_eq!(super::tests::value(&text, "A"), Some(value));
        prop_assert_eq!(super::tests::value(&text, "B"), Some("1".to_owned()));
    }
}
