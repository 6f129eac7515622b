use proptest::prelude::*;

use super::*;

fn nothing_is_ours(_: &str) -> bool {
    false
}

fn set(text: &str) -> String {
    put(text).expect("edited")
}

fn put(text: &str) -> Result<String, EditError> {
    env(text, true, ("TOKEN", "new"), &nothing_is_ours)
}

fn at(text: &str, address: &str) -> Result<String, EditError> {
    json(text, address, "new", &nothing_is_ours)
}

#[test]
fn in_an_env_file_only_the_value_changes() {
    assert_eq!(
        set("# head\nA=1\nTOKEN=old # why\nB='2'\n"),
        "# head\nA=1\nTOKEN=new # why\nB='2'\n"
    );
    assert_eq!(
        set("export TOKEN = \"old\"  # why\r\nB=2\r\n"),
        "export TOKEN = \"new\"  # why\r\nB=2\r\n"
    );
    assert_eq!(set("TOKEN=`old`\n"), "TOKEN=new\n", "not everybody knows these quotes");
    assert_eq!(set("TOKEN='a\nb' # why\nB=2"), "TOKEN='new' # why\nB=2");
    assert_eq!(set("TOKEN=old"), "TOKEN=new", "no line end is added to the last line");
    assert_eq!(set("TOKEN=old#no-comment"), "TOKEN=new");
}

#[test]
fn f52_a_comment_behind_an_empty_value_stays_a_comment() {
    assert_eq!(set("TOKEN= # why\n"), "TOKEN=new # why\n");
    assert_eq!(set("TOKEN=# why\n"), "TOKEN=new # why\n");
    assert_eq!(set("TOKEN=\t# why\r\nA=1\r\n"), "TOKEN=new\t# why\r\nA=1\r\n");
    assert_eq!(set("export TOKEN=  \n"), "export TOKEN=new  \n");
}

#[test]
fn f52_a_byte_order_mark_is_no_part_of_the_key() {
    assert_eq!(set("\u{feff}TOKEN=old\r\nA=1\r\n"), "\u{feff}TOKEN=new\r\nA=1\r\n");
    assert_eq!(set("\u{feff}"), "\u{feff}TOKEN=new\n");
}

#[test]
fn in_a_file_with_everything_that_people_write_only_the_value_changes() {
    let file = "\u{feff}# Firefly\r\n\r\nexport A = 'one\r\ntwo # no comment\r\nTOKEN=inside\r\n' # of several lines\r\n\
        B=\"x\\\"\r\ny\" # and another\r\nexport TOKEN=\"old\"\t# why ü\r\n\
        \texport KEY=\"-----BEGIN-----\r\nMIIE=\r\n-----END-----\"\r\nC= # nothing yet\r\n#TOKEN=old\r\nLAST=1";
    assert_eq!(set(file), file.replace("\"old\"", "\"new\""));
    let unix = file.replace("\r\n", "\n");
    assert_eq!(set(&unix), unix.replace("\"old\"", "\"new\""));
    let over_lines = file.replace("\"old\"", "\"o\r\nl\r\nd\"");
    assert_eq!(set(&over_lines), file.replace("\"old\"", "\"new\""));
    let without = file.replace("export TOKEN=\"old\"\t# why ü\r\n", "");
    assert_eq!(set(&without), format!("{without}\r\nTOKEN=new\r\n"));
}

#[test]
fn f52_another_kind_of_file_is_refused_by_what_stands_in_it() {
    for (text, kind) in [
        ("firefly:\n  token: old\n", "YAML"),
        ("- a\n- b\n", "YAML"),
        ("---\na: 1\n", "YAML"),
        ("[firefly]\ntoken = \"old\"\n", "TOML/INI"),
        ("set -gx TOKEN old\n", "fish"),
        ("@echo off\nset TOKEN=old\n", "batch"),
        ("set TOKEN=old\r\n", "batch"),
        ("$env:TOKEN = 'old'\n", "PowerShell"),
        ("{\n  \"TOKEN\": \"old\"\n}\n", "JSON"),
        ("<config/>\n", "XML"),
    ] {
        for is_named_so in [true, false] {
            let edited = env(text, is_named_so, ("TOKEN", "new"), &nothing_is_ours);
            assert_eq!(edited, Err(EditError::OtherKind(kind)), "{text}");
        }
    }
    let words = env("milk\nbread\n", false, ("TOKEN", "new"), &nothing_is_ours);
    assert_eq!(words, Err(EditError::NotEnv(1)));
    let exported = env("A=1\nexport A\n", false, ("TOKEN", "new"), &nothing_is_ours);
    assert_eq!(exported, Ok("A=1\nexport A\nTOKEN=new\n".to_owned()));
    for shell in ["source ../.env\nTOKEN=old\n", "set -euo pipefail\n[ -f x ] && . x\nTOKEN=old\n"]
    {
        assert_eq!(set(shell), shell.replace("old", "new"));
        let unnamed = env(shell, false, ("TOKEN", "new"), &nothing_is_ours);
        assert_eq!(unnamed, Err(EditError::NotEnv(1)), "{shell}");
    }
}

#[test]
fn f44_a_key_that_is_set_twice_is_replaced_only_where_glowjar_wrote_or_nothing_stands() {
    assert_eq!(set("TOKEN=\nA=1\nTOKEN=''\n"), "TOKEN=new\nA=1\nTOKEN='new'\n");
    let ours = |held: &str| held == "yesterday's";
    let twice = "TOKEN=\"yesterday's\" # ours\nTOKEN=\n";
    let edited = env(twice, true, ("TOKEN", "new"), &ours).expect("edited");
    assert_eq!(edited, "TOKEN=\"new\" # ours\nTOKEN=new\n");
    let theirs = "# staging\nTOKEN=theirs\n# production\nTOKEN=\n";
    assert_eq!(put(theirs), Err(EditError::SeveralPlaces("TOKEN".to_owned())));
    let again = "TOKEN=new\nTOKEN='new'\n";
    assert_eq!(set(again), again);
}

#[test]
fn what_only_looks_like_the_key_is_left_alone() {
    let text = "#TOKEN=1\nMY_TOKEN=2\nTOKEN_2=3\nA=\"\nTOKEN=inside\n\"\nnonsense\n";
    assert_eq!(set(text), format!("{text}TOKEN=new\n"));
}

#[test]
fn a_missing_key_is_added_at_the_end() {
    assert_eq!(set(""), "TOKEN=new\n");
    assert_eq!(set("A=1"), "A=1\nTOKEN=new\n");
    assert_eq!(set("A=1\r\n"), "A=1\r\nTOKEN=new\r\n");
    assert_eq!(set("A=1\r\nB=2"), "A=1\r\nB=2\r\nTOKEN=new\r\n");
}

#[test]
fn what_can_not_be_read_or_written_safely_is_refused() {
    assert_eq!(put("TOKEN=\"old\n"), Err(EditError::BadQuotes(1)));
    assert_eq!(put("B=1\nA='old\n"), Err(EditError::BadQuotes(2)));
    assert_eq!(put("B='x\ny'\nTOKEN='old' x # why\n"), Err(EditError::BadQuotes(3)));
    for odd in ["a\nb", "a'\"b", "$HOME", "a\\", "a'`ls`"] {
        let edited = env("", true, ("TOKEN", odd), &nothing_is_ours);
        assert_eq!(edited, Err(EditError::Unwritable), "{odd}");
    }
    let quoted = env("TOKEN=\"old\"", true, ("TOKEN", "a \"b"), &nothing_is_ours);
    assert_eq!(quoted, Ok("TOKEN='a \"b'".to_owned()));
}

#[test]
fn in_json_only_the_value_at_the_pointer_changes() {
    let postman = "{\n\t\"id\": 1.50, // mine\n\t\"values\": [ {\"key\":\"a\",\"value\":\"x\"},\n\t\t{\"value\" : \"\" , \"key\":\"b\"}, ],\n}\r\n";
    let edited = json(postman, "/values/1/value", "n\"ew", &nothing_is_ours).expect("edited");
    assert_eq!(edited, postman.replace("\"\"", "\"n\\\"ew\""));
    assert_eq!(
        at("\u{feff}{\"a/b\":{\"~\":null}}", "/a~1b/~0"),
        Ok("\u{feff}{\"a/b\":{\"~\":\"new\"}}".to_owned())
    );
    assert_eq!(
        at("{/* \"t\":\"no\" */\"t\":\"old\"}", "/t"),
        Ok("{/* \"t\":\"no\" */\"t\":\"new\"}".to_owned())
    );
}

const VARIABLES: &str = r#"{
  "values": [
    { "key": "base", "value": "https://firefly-api.adobe.io" },
    { "key": "token", "value": "old", "enabled": false },
    { "key": "to/ken", "value": "old" },
    { "key": "token", "value": "old", "enabled": true }
  ]
}"#;

#[test]
fn f44_an_element_of_a_list_is_named_by_what_it_holds() {
    let changed = |name: &str, nth: usize| {
        let start = VARIABLES.match_indices(name).nth(nth).expect("it").0;
        let value = start + VARIABLES[start..].find("\"old\"").expect("a value");
        format!("{}\"new\"{}", &VARIABLES[..value], &VARIABLES[value + 5..])
    };
    assert_eq!(at(VARIABLES, "/values[key=to~1ken]/value"), Ok(changed("to/ken", 0)));
    assert_eq!(
        at(VARIABLES, "/values[key=token][enabled=true]/value"),
        Ok(changed("\"token\"", 1))
    );
    let several = "/values[key=token]/value";
    assert_eq!(at(VARIABLES, several), Err(EditError::SeveralPlaces(several.to_owned())));
    for nowhere in ["/values[key=other]/value", "/values[value]/value", "/none[key=token]/value"] {
        assert_eq!(at(VARIABLES, nowhere), Err(EditError::NoSuchPlace(nowhere.to_owned())));
    }
    assert_eq!(
        at(r#"[{"name":"a","t":""},{"name":"b","t":"old"}]"#, "/[name=b]/t"),
        Ok(r#"[{"name":"a","t":""},{"name":"b","t":"new"}]"#.to_owned())
    );
    let literal = r#"{"values[key=token]":{"value":"old"}}"#;
    assert_eq!(at(literal, several), Ok(literal.replace("old", "new")));
    assert_eq!(
        at(r#"{"t":"one","t":"two"}"#, "/t"),
        Err(EditError::SeveralPlaces("/t".to_owned()))
    );
}

#[test]
fn f44_in_a_place_that_is_a_position_only_what_glowjar_wrote_or_nothing_is_replaced() {
    let place = "/values/0/value".to_owned();
    let better = Some("/values[key=base]/value".to_owned());
    assert_eq!(at(VARIABLES, &place), Err(EditError::NotOurs { place: place.clone(), better }));
    let twin = "/values/1/value".to_owned();
    assert_eq!(at(VARIABLES, &twin), Err(EditError::NotOurs { place: twin.clone(), better: None }));
    assert!(json(VARIABLES, &twin, "new", &|held| held == "old").is_ok());
    for empty in [r#"["", "https://a"]"#, r#"[null, "https://a"]"#] {
        assert_eq!(at(empty, "/0"), Ok(r#"["new", "https://a"]"#.to_owned()));
    }
    assert_eq!(at(r#"["new"]"#, "/0"), Ok(r#"["new"]"#.to_owned()));
    for no_position in ["/00", "/+0", "/-", "/ 0"] {
        assert_eq!(at(r#"[""]"#, no_position), Err(EditError::NoSuchPlace(no_position.to_owned())));
    }
    assert_eq!(
        at(r#"[{"id":"x","t":"theirs"}]"#, "/0/t"),
        Err(EditError::NotOurs { place: "/0/t".to_owned(), better: Some("/[id=x]/t".to_owned()) })
    );
}

#[test]
fn f44_a_file_with_more_in_it_than_a_token_of_glowjar_s_is_not_replaced() {
    for empty in ["", "\n", " \r\n"] {
        assert_eq!(raw(empty, "new", &nothing_is_ours), Ok("new\n".to_owned()));
    }
    assert_eq!(raw("old\r\n", "new", &|held| held == "old"), Ok("new\n".to_owned()));
    assert_eq!(raw("new", "new", &nothing_is_ours), Ok("new".to_owned()));
    let theirs = raw("my notes\n", "new", &nothing_is_ours);
    assert_eq!(theirs, Err(EditError::NotOurs { place: String::new(), better: None }));
    assert_eq!(raw("", "a\nb", &nothing_is_ours), Err(EditError::Unwritable));
}

#[test]
fn json_without_such_a_string_is_refused() {
    let no_place = |pointer: &str| Err(EditError::NoSuchPlace(pointer.to_owned()));
    assert_eq!(at("{\"a\":\"\"}", "/b"), no_place("/b"));
    assert_eq!(at("{\"a\":[]}", "/a/0"), no_place("/a/0"));
    assert_eq!(at("{\"a\":1}", "/a/b"), no_place("/a/b"));
    assert_eq!(at("\"a\"", ""), Err(EditError::BadAddress(String::new())));
    assert_eq!(at("{\"a\":{}}", "/a"), Err(EditError::NotAString("/a".to_owned())));
    assert!(matches!(at("{\"a\" \"b\"}", "/a"), Err(EditError::NotJson(_))));
    assert!(matches!(at("{\"a\":\"", "/a"), Err(EditError::NotJson(_))));
    assert!(matches!(
        at(&format!("{{\"b\":{},\"a\":\"\"}}", "[".repeat(9_999)), "/a"),
        Err(EditError::NotJson(_))
    ));
}

proptest! {
    #[test]
    fn no_text_is_too_odd_to_be_looked_at(text in "\\PC*", value in "[a-zA-Z0-9._-]{1,20}") {
        let _ = env(&text, true, ("TOKEN", &value), &nothing_is_ours);
        for address in ["/a/0", "/a[b=c]/d", &text] {
            let _ = json(&text, address, &value, &nothing_is_ours);
        }
    }

    #[test]
    fn an_edited_env_file_can_be_edited_back(before in "[A-Z0-9_=# \n]{0,80}", value in "[a-z0-9]{1,20}") {
        let text = format!("{before}\nTOKEN=old\n# after\n");
        let put = |text: &str, value: &str| env(text, true, ("TOKEN", value), &|_| true).expect("edited");
        let there = put(&text, &value);
        prop_assert_eq!(put(&there, &value), there.clone());
        prop_assert_eq!(put(&there, "old"), put(&text, "old"));
    }

    #[test]
    fn what_is_written_is_read_back_by_the_grammar(value in "[ -~\u{e9}]{1,20}", before in "(export )?TOKEN *= *(old|'old'|\"old\"|)( # c)?") {
        use glowjar_import::dotenv::Dotenv;
        if let Ok(text) = env(&before, true, ("TOKEN", &value), &nothing_is_ours) {
            let parsed = Dotenv::parse(&text);
            let read: Vec<_> = parsed.assignments().map(|it| it.value(&text).to_string()).collect();
            prop_assert_eq!(read, [value]);
            prop_assert_eq!(text.ends_with(" # c"), before.ends_with(" # c"));
        }
    }

    #[test]
    fn serde_reads_the_new_value_and_everything_else_as_before(
        name in "[a-z]{1,5}", other in "\\PC{0,20}", number in any::<i32>(), value in "\\PC{0,20}"
    ) {
        let mut document = serde_json::json!({ "x": [number, { "other": other }], "t": { "z": 1 } });
        document["t"][&name] = "old".into();
        let pointer = format!("/t/{name}");
        prop_assume!(name != "z");
        let text = serde_json::to_string_pretty(&document).expect("JSON");
        let edited = json(&text, &pointer, &value, &nothing_is_ours).expect("edited");
        document["t"][&name] = value.into();
        prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&edited).expect("JSON"), document);
    }
}

#[test]
fn fuzzed_files_make_no_panic_and_change_in_one_place() {
    glowjar_fuzz::feed("kept-files", |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let is_ours = |_: &str| true;
        for is_named_so in [true, false] {
            if let Ok(edited) = env(&text, is_named_so, ("TOKEN", "new"), &is_ours) {
                let again = env(&edited, is_named_so, ("TOKEN", "new"), &is_ours);
                assert_eq!(again, Ok(edited));
            }
        }
        for address in ["/t", "/values/1/value", "/values[key=token]/value"] {
            if let Ok(edited) = json(&text, address, "new", &is_ours) {
                let same = |(one, two): &(char, char)| one == two;
                let start: usize = text
                    .chars()
                    .zip(edited.chars())
                    .take_while(same)
                    .map(|(it, _)| it.len_utf8())
                    .sum();
                let (old, new) = (&text[start..], &edited[start..]);
                let end: usize = old
                    .chars()
                    .rev()
                    .zip(new.chars().rev())
                    .take_while(same)
                    .map(|(it, _)| it.len_utf8())
                    .sum();
                let written = new.get(..new.len() - end).unwrap_or_default();
                assert!("\"new\"".contains(written), "{written}");
                assert_eq!(json(&edited, address, "new", &is_ours), Ok(edited));
            }
        }
    });
}
