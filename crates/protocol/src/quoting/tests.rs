use std::process::Command;

use proptest::{collection::vec, prelude::*};

use super::*;

/// What tokens, ids and names of a server that isn't friendly could be.
const HARD: [&str; 24] = [
    "a';id;'",
    "a'b",
    "'",
    "''",
    "\"",
    "\\",
    "\\'",
    "a\\\\b",
    "a\\",
    "$HOME",
    "${HOME}",
    "$(id)",
    "`id`",
    "!!",
    "a b  c",
    "~",
    "~root",
    "=ls",
    "*",
    "#a",
    "a #b",
    "-n",
    "\u{202e}gpj.exe",
    "a&b|c;d<e>(f)",
];

#[test]
fn a_hard_value_is_one_word_to_every_shell_that_is_here() {
    for shell in shells() {
        let heard = words(&shell, &HARD);
        assert_eq!(heard, HARD, "{shell}");
    }
}

#[test]
fn a_hard_value_in_an_env_file_is_what_a_shell_reads_or_refused() {
    for value in HARD {
        if let Ok(written) = dotenv(value) {
            assert_eq!(assigned(&[written]), [value]);
        }
    }
    for (value, expected) in [
        ("abc-._+/:@%", Ok("abc-._+/:@%")),
        ("", Ok("")),
        ("a=", Ok("'a='")),
        ("~", Ok("'~'")),
        ("a b", Ok("'a b'")),
        ("a#b", Ok("'a#b'")),
        ("a\"b", Ok("'a\"b'")),
        ("a'b", Ok("\"a'b\"")),
        ("a\\b", Ok("'a\\b'")),
        ("a';id;'", Ok("\"a';id;'\"")),
        ("a'`b", Err(Unquotable::Ambiguous)),
        ("a'\"b", Err(Unquotable::Ambiguous)),
        ("a\\", Err(Unquotable::Ambiguous)),
        ("a\\\\b", Err(Unquotable::Ambiguous)),
        ("$A", Err(Unquotable::Ambiguous)),
    ] {
        assert_eq!(dotenv(value), expected.map(str::to_owned), "{value}");
    }
}

#[test]
fn a_control_character_is_refused_wherever_it_is_to_be_written() {
    for value in ["a\nb", "a\r\nX-Header: b", "a\rb", "\0", "a\tb", "\u{1b}[2J", "\u{7f}", "\u{85}"]
    {
        assert_eq!(plain(value), Err(Unquotable::Control), "{value:?}");
        assert_eq!(header(value), Err(Unquotable::Control), "{value:?}");
        for write in [shell, powershell, cmd, dotenv, curl] {
            assert_eq!(write(value), Err(Unquotable::Control), "{value:?}");
        }
    }
}

#[test]
fn each_other_reader_has_its_own_rules() {
    assert_eq!(powershell("a'b’c$d`e"), Ok("'a''b’’c$d`e'".to_owned()));
    assert_eq!(cmd("a&b|c^d"), Ok("\"a&b|c^d\"".to_owned()));
    for value in ["%PATH%", "!a!", "a\"b", "a\\"] {
        assert_eq!(cmd(value), Err(Unquotable::Ambiguous));
    }
    assert_eq!(curl("a\\b\"c'd"), Ok("a\\\\b\\\"c'd".to_owned()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_value_is_one_word_to_every_shell_that_is_here(values in vec(any_value(), 40)) {
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        for shell in shells() {
            prop_assert_eq!(words(&shell, &values), &values[..], "{}", shell);
        }
    }

    #[test]
    fn any_value_in_an_env_file_is_what_a_shell_reads(values in vec(any_value(), 40)) {
        let (values, written): (Vec<_>, Vec<_>) =
            values.into_iter().filter_map(|it| dotenv(&it).ok().map(|written| (it, written))).unzip();
        prop_assert_eq!(assigned(&written), values);
    }
}

/// Rich in what shells and `.env` readers look at.
fn any_value() -> impl Strategy<Value = String> {
    "([ '\"\\\\$`!#*?~=&|;<>(){}\\[\\]%^-]|[a-z0-9]|\\PC){0,12}"
        .prop_filter("no control characters", |it| plain(it).is_ok())
}

/// sh and bash, which are on every machine that runs the tests, and others that may be.
fn shells() -> Vec<String> {
    let others = ["zsh", "fish"].into_iter().filter(|shell| run(shell, "true").is_some());
    ["sh", "bash"].into_iter().chain(others).map(str::to_owned).collect()
}

/// The arguments that a program gets when they are pasted into this shell.
fn words(shell: &str, values: &[&str]) -> Vec<String> {
    let words: Vec<_> = values.iter().map(|it| super::shell(it).expect("quoted")).collect();
    lines(&run(shell, &format!("printf '%s\\n' {}", words.join(" "))).expect("a shell"))
}

/// The values of variables that are set so in a file which a shell reads.
fn assigned(written: &[String]) -> Vec<String> {
    let script: String =
        written.iter().map(|value| format!("A={value}\nprintf '%s\\n' \"$A\"\n")).collect();
    lines(&run("sh", &script).expect("a shell"))
}

fn lines(text: &str) -> Vec<String> {
    text.split_terminator('\n').map(str::to_owned).collect()
}

fn run(shell: &str, script: &str) -> Option<String> {
    let output = Command::new(shell).arg("-c").arg(script).output().ok()?;
    assert!(output.status.success(), "{shell}: {output:?}");
    Some(String::from_utf8(output.stdout).expect("text"))
}
