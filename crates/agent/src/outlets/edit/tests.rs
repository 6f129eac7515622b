use proptest::prelude::*;

use super::*;

fn set(text: &str) -> String {
    env(text, "TOKEN", "new").expect("edited")
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
    assert_eq!(set("TOKEN='a=b'\nTOKEN=\n"), "TOKEN='new'\nTOKEN=new\n", "wherever it is set");
    assert_eq!(set("TOKEN=old"), "TOKEN=new", "no line end is added to the last line");
    assert_eq!(set("TOKEN=old#no-comment"), "TOKEN=new");
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
}

#[test]
fn what_can_not_be_read_or_written_safely_is_refused() {
    assert_eq!(env("TOKEN=\"old\n", "TOKEN", "new"), Err(EditError::OpenQuote));
    assert_eq!(env("A='old\n", "TOKEN", "new"), Err(EditError::OpenQuote));
    for odd in ["a\nb", "a'b", "a\"b", "$HOME", "`ls`"] {
        assert_eq!(env("", "TOKEN", odd), Err(EditError::Unwritable));
    }
    assert_eq!(env("", "TOKEN", "a b"), Ok("TOKEN='a b'\n".to_owned()));
}

#[test]
fn in_json_only_the_value_at_the_pointer_changes() {
    let postman = "{\n\t\"id\": 1.50, // mine\n\t\"values\": [ {\"key\":\"a\",\"value\":\"x\"},\n\t\t{\"value\" : \"old\\\"\" , \"key\":\"b\"}, ],\n}\r\n";
    let edited = json(postman, "/values/1/value", "n\"ew").expect("edited");
    assert_eq!(edited, postman.replace("\"old\\\"\"", "\"n\\\"ew\""));
    assert_eq!(
        json("\u{feff}{\"a/b\":{\"~\":null}}", "/a~1b/~0", "new"),
        Ok("\u{feff}{\"a/b\":{\"~\":\"new\"}}".to_owned())
    );
    assert_eq!(
        json("{/* \"t\":\"no\" */\"t\":\"\"}", "/t", "new"),
        Ok("{/* \"t\":\"no\" */\"t\":\"new\"}".to_owned())
    );
}

#[test]
fn json_without_such_a_string_is_refused() {
    let no_place = |pointer: &str| Err(EditError::NoSuchPlace(pointer.to_owned()));
    assert_eq!(json("{\"a\":\"\"}", "/b", "new"), no_place("/b"));
    assert_eq!(json("{\"a\":[]}", "/a/0", "new"), no_place("/a/0"));
    assert_eq!(json("{\"a\":1}", "/a/b", "new"), no_place("/a/b"));
    assert_eq!(json("\"a\"", "", "new"), no_place(""));
    assert_eq!(json("{\"a\":{}}", "/a", "new"), Err(EditError::NotAString("/a".to_owned())));
    assert!(matches!(json("{\"a\" \"b\"}", "/a", "new"), Err(EditError::NotJson(_))));
    assert!(matches!(json("{\"a\":\"", "/a", "new"), Err(EditError::NotJson(_))));
    assert!(matches!(
        json(&format!("{{\"b\":{},\"a\":\"\"}}", "[".repeat(9_999)), "/a", "new"),
        Err(EditError::NotJson(_))
    ));
}

proptest! {
    #[test]
    fn no_text_is_too_odd_to_be_looked_at(text in "\\PC*", value in "[a-zA-Z0-9._-]{1,20}") {
        let _ = env(&text, "TOKEN", &value);
        let _ = json(&text, "/a/0", &value);
    }

    #[test]
    fn an_edited_env_file_can_be_edited_back(before in "[A-Z0-9_=# \n]{0,80}", value in "[a-z0-9]{1,20}") {
        let text = format!("{before}\nTOKEN=old\n# after\n");
        let there = env(&text, "TOKEN", &value).expect("edited");
        prop_assert_eq!(env(&there, "TOKEN", &value).expect("edited"), there.clone());
        let back = env(&there, "TOKEN", "old").expect("edited");
        prop_assert_eq!(back, env(&text, "TOKEN", "old").expect("edited"));
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
        let edited = json(&text, &pointer, &value).expect("edited");
        document["t"][&name] = value.into();
        prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&edited).expect("JSON"), document);
    }
}
