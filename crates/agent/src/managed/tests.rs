use std::collections::BTreeSet;

use serde_json::json;

use super::*;

fn of(text: &str) -> Managed {
    let content = Content::of_json(text.as_bytes());
    Managed::of(&Reading { source: "/etc/glowjar/managed.json".to_owned(), content })
}

/// The keys that do not count, and why.
fn ignored(managed: &Managed) -> Vec<(String, String)> {
    let status = managed.status(Language::En);
    status.ignored.into_iter().map(|it| (it.key, it.code)).collect()
}

fn authority() -> &'static str {
    if cfg!(windows) { r"C:\studio\ca.pem" } else { "/etc/ssl/studio.pem" }
}

const KEEPER: &str = "https://keeper1.studio.example:7443/ims/token/v3";

fn everything() -> Value {
    json!({
        "startAtLogin": true, "lookForUpdates": false, "clearClipboardAfterSeconds": 20,
        "renewEarlyMinutes": 30, "lockWithScreen": true, "lockAfterMinutes": 10,
        "proxy": "http://proxy.studio.example:8080", "extraCa": authority(),
        "keepers": [KEEPER], "onlyKeepers": true,
    })
}

#[test]
fn each_key_sets_its_choice_and_is_told_as_it_was_written() {
    let managed = of(&everything().to_string());
    assert_eq!(ignored(&managed), []);
    let own = Choices { look_for_updates: true, lock_after_minutes: Some(5), ..Choices::default() };
    let expected = Choices {
        start_at_login: true,
        look_for_updates: false,
        clear_clipboard_after_seconds: 20,
        renew_early_minutes: Some(30),
        lock_with_screen: true,
        lock_after_minutes: Some(10),
        proxy: ProxyView::At { address: "http://proxy.studio.example:8080".to_owned() },
        extra_ca: Some(authority().to_owned()),
        ..own.clone()
    };
    assert_eq!(managed.over(&own), expected);
    let told = managed.status(Language::En).settings.into_iter();
    assert_eq!(Value::Object(told.map(|it| (it.key, it.value)).collect()), everything());
    let spelled = |key| serde_json::to_value(key).expect("JSON");
    assert!(KEYS.into_iter().all(|key| spelled(key) == name(key)), "the window spells them so");
}

#[test]
fn what_is_not_set_stays_the_person_s_and_so_does_everything_when_the_policy_is_gone() {
    let own = Choices { lock_after_minutes: Some(5), lock_with_screen: true, ..Choices::default() };
    let managed = of(r#"{"lockAfterMinutes": 10}"#);
    assert_eq!(managed.over(&own), Choices { lock_after_minutes: Some(10), ..own.clone() });
    for nothing in [Managed::default(), Managed::of(&Reading::default()), of("{}")] {
        assert_eq!(nothing.over(&own), own);
    }
}

#[test]
fn one_bad_entry_is_left_out_with_its_reason_and_all_others_count() {
    let cases = [
        (r#""startAtLogin": "yes""#, "startAtLogin", "not_a_boolean"),
        (r#""startAtLogin": 2"#, "startAtLogin", "not_a_boolean"),
        (r#""lookForUpdates": null"#, "lookForUpdates", "not_a_boolean"),
        (r#""lockAfterMinutes": "10""#, "lockAfterMinutes", "not_a_number"),
        (r#""lockAfterMinutes": 0"#, "lockAfterMinutes", "not_a_number"),
        (r#""lockAfterMinutes": 481"#, "lockAfterMinutes", "not_a_number"),
        (r#""lockAfterMinutes": -1"#, "lockAfterMinutes", "not_a_number"),
        (r#""lockAfterMinutes": 1.5"#, "lockAfterMinutes", "not_a_number"),
        (r#""lockAfterMinutes": 4294967306"#, "lockAfterMinutes", "not_a_number"),
        (r#""renewEarlyMinutes": 1e99"#, "renewEarlyMinutes", "not_a_number"),
        (r#""clearClipboardAfterSeconds": 4"#, "clearClipboardAfterSeconds", "not_a_number"),
        (r#""proxy": """#, "proxy", "not_a_proxy"),
        (r#""proxy": {"kind": "system"}"#, "proxy", "not_a_proxy"),
        (r#""proxy": "socks5://localhost:1""#, "proxy", "not_a_proxy"),
        (r#""proxy": "http://proxy.example:8080/path""#, "proxy", "not_a_proxy"),
        (r#""extraCa": "ca.pem""#, "extraCa", "not_a_path"),
        (r#""extraCa": "/etc/a\nb.pem""#, "extraCa", "not_a_path"),
        (r#""extraCa": ["/etc/ca.pem"]"#, "extraCa", "not_a_path"),
        (r#""keepers": []"#, "keepers", "not_addresses"),
        (r#""keepers": """#, "keepers", "not_addresses"),
        (r#""keepers": 7"#, "keepers", "not_addresses"),
        (r#""keepers": ["https://k.example", 7]"#, "keepers", "not_addresses"),
        (r#""keepers": ["http://k.example"]"#, "keepers", "not_addresses"),
        (r#""keepers": ["https://me:hush@k.example"]"#, "keepers", "not_addresses"),
        (r#""keepers": ["https://k.example/?key=hush"]"#, "keepers", "not_addresses"),
        (r#""onlyKeepers": "no""#, "onlyKeepers", "not_a_boolean"),
        (r#""colour": "red""#, "colour", "unknown_key"),
        (r#""StartAtLogin": true"#, "StartAtLogin", "unknown_key"),
        (r#""proxy": "system", "proxy": "direct""#, "proxy", "twice"),
    ];
    for (entry, key, code) in cases {
        let managed = of(&format!(r#"{{"lockWithScreen": true, {entry}, "renewEarlyMinute": 1}}"#));
        let expected = [(key, code), ("renewEarlyMinute", "unknown_key")];
        let expected = expected.map(|(key, code)| (key.to_owned(), code.to_owned()));
        assert_eq!(ignored(&managed), expected, "{entry}");
        assert_eq!(managed.keys, [ManagedKey::LockWithScreen], "{entry}");
        for language in [Language::En, Language::De] {
            let view = managed.view(language);
            assert!(view.ignored.iter().all(|it| !it.why.is_empty()), "{view:?}");
        }
    }
}

#[test]
fn a_secret_is_refused_and_neither_its_value_nor_any_other_that_does_not_count_is_repeated() {
    for key in ["clientSecret", "client_secret", "Refresh-Token", "proxyPassword", "API_KEY"] {
        let managed = of(&format!(r#"{{"{key}": "p8e-hush", "lockWithScreen": true}}"#));
        assert_eq!(ignored(&managed), [(key.to_owned(), "secret".to_owned())]);
        assert_eq!(managed.keys, [ManagedKey::LockWithScreen]);
    }
    let texts = [
        r#"{"clientSecret": "p8e-hush"}"#,
        r#"{"proxy": "http://me:p8e-hush@proxy.example:8080"}"#,
        r#"{"proxy": "me:p8e-hush@proxy.example:8080"}"#,
        r#"{"extraCa": "p8e-hush"}"#,
        r#"{"lockAfterMinutes": "p8e-hush"}"#,
        r#"{"other": "p8e-hush"}"#,
        r#""p8e-hush""#,
        r#"{"proxy": p8e-hush}"#,
    ];
    for text in texts {
        let managed = of(text);
        let said = format!(
            "{:?} {:?} {managed:?}",
            managed.view(Language::En),
            managed.status(Language::De)
        );
        assert!(!managed.ignored.is_empty() && !said.contains("hush"), "{said}");
        let read = format!("{:?}", Content::of_json(text.as_bytes()));
        assert!(!read.contains("hush"), "{read}");
    }
}

#[test]
fn what_is_no_object_sets_nothing_and_is_said_with_its_place() {
    let cases = [
        ("", "not_json"),
        ("{\"lockWithScreen\": true", "not_json"),
        ("{\"lockWithScreen\": true,}", "not_json"),
        ("\u{feff}{}", "not_json"),
        ("[]", "not_an_object"),
        ("null", "not_an_object"),
        ("\"{}\"", "not_an_object"),
    ];
    for (text, code) in cases {
        let managed = of(text);
        assert_eq!(ignored(&managed), [(String::new(), code.to_owned())], "{text}");
        assert_eq!(managed.over(&Choices::default()), Choices::default(), "{text}");
    }
    let said = of("{\n  \"proxy\": direct\n}").view(Language::En).ignored.remove(0).why;
    assert!(said.contains("Line 2, column 12"), "{said}");
    let deep = format!("{{\"proxy\": {}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(ignored(&of(&deep)), [(String::new(), "not_json".to_owned())]);
}

#[test]
fn a_name_with_signs_that_move_a_terminal_s_cursor_is_shown_without_them() {
    let managed = of(r#"{"\u001b[2Jlock\u202e": 1}"#);
    assert_eq!(managed.ignored[0].key, "\u{fffd}[2Jlock\u{fffd}");
    let managed = of(&format!(r#"{{"{}": 1}}"#, "a".repeat(5_000)));
    assert_eq!(managed.ignored[0].key.chars().count(), LONGEST_NAME + 1);
}

#[test]
fn a_change_of_what_is_set_is_taken_back_and_of_nothing_else() {
    let managed = of(r#"{"lockAfterMinutes": 10, "proxy": "direct", "startAtLogin": 1}"#);
    let from = managed.over(&Choices::default());
    let mut to = Choices {
        lock_after_minutes: None,
        proxy: ProxyView::System,
        lock_with_screen: true,
        ..from.clone()
    };
    assert_eq!(managed.defend(&from, &mut to), [Field::LockAfterMinutes, Field::Proxy]);
    assert_eq!(to, Choices { lock_with_screen: true, ..from.clone() });
    let mut same = from.clone();
    assert_eq!(managed.defend(&from, &mut same), []);
}

#[test]
fn a_file_that_counts_in_full_has_no_banner_and_each_kind_of_fault_has_its_own() {
    assert_eq!(of("{}").code_of_ignored(), None);
    let code = of(r#"{"b": 1, "a": 2, "token": 3}"#).code_of_ignored();
    assert_eq!(code.as_deref(), Some("managed:secret,unknown_key"));
}

#[test]
fn fuzzed_managed_settings_make_no_panic_and_set_nothing_out_of_bounds() {
    glowjar_fuzz::feed("managed", |text| {
        let managed =
            Managed::of(&Reading { source: String::new(), content: Content::of_json(text) });
        let choices = managed.over(&Choices::default());
        assert!(CLEAR_CLIPBOARD_AFTER.contains(&choices.clear_clipboard_after_seconds));
        assert!(choices.lock_after_minutes.is_none_or(|minutes| LOCK_AFTER.contains(&minutes)));
        assert!(parse_proxy(&choices.proxy).is_ok());
        managed.view(Language::De);
        managed.status(Language::En);
    });
}

#[test]
fn the_page_for_admins_and_the_templates_for_windows_name_each_key_with_its_bounds() {
    let page = include_str!("../../../../docs/studio.md");
    let admx = include_str!("../../../../src-tauri/windows/policies/Glowjar.admx");
    let texts = [
        include_str!("../../../../src-tauri/windows/policies/en-US/Glowjar.adml"),
        include_str!("../../../../src-tauri/windows/policies/de-DE/Glowjar.adml"),
    ];
    for key in KEYS.map(name) {
        assert!(page.contains(&format!("| `{key}` |")), "{key}");
        for text in texts {
            assert!(text.contains(&format!("<string id=\"{key}\">")), "{key}");
            assert!(text.contains(&format!("<string id=\"{key}_help\">")), "{key}");
        }
    }
    let named = admx.split("valueName=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let (named, all): (BTreeSet<_>, BTreeSet<_>) = (named.collect(), KEYS.map(name).into());
    assert_eq!(named, all);
    let bounds = [
        ("clearClipboardAfterSeconds", 5, 3_600),
        ("renewEarlyMinutes", 1, u64::from(LONGEST_RENEW_EARLY)),
        ("lockAfterMinutes", 1, 480),
    ];
    for (key, least, most) in bounds {
        let limits = format!("valueName=\"{key}\" minValue=\"{least}\" maxValue=\"{most}\"");
        assert!(admx.contains(&limits), "{limits}");
        assert!(page.contains(&format!("| `{key}` | {least} to {most} |")), "{key}");
        for (number, counts) in [(least, true), (most, true), (least - 1, false), (most + 1, false)]
        {
            let managed = of(&format!(r#"{{"{key}": {number}}}"#));
            assert_eq!(managed.ignored.is_empty(), counts, "{key}: {number}");
        }
    }
}

fn source(preset: Preset, endpoints: &[&str]) -> Source {
    let mut endpoints = endpoints.iter().map(|it| Endpoint::of_keeper(it).expect("an address"));
    Source {
        preset,
        token_endpoint: endpoints.next(),
        other_endpoints: endpoints.collect(),
        authority: None,
        encoding: crate::request::Encoding::Form,
        client_authentication: crate::request::ClientAuthentication::Body,
    }
}

#[test]
fn profiles_are_of_the_named_keepers_and_of_nothing_else_where_the_studio_says_so() {
    let (one, two) = ("https://keeper1.studio.example:7443", "https://keeper2.studio.example:7443");
    let evil = "https://keeper1.studio.example.evil.example:7443";
    let at = |endpoints: &[&str]| source(Preset::Keeper, endpoints);
    let adobe = source(Preset::AdobeIms, &[]);
    let sandbox = source(Preset::Sandbox, &[]);
    for text in ["{}", r#"{"onlyKeepers": false}"#] {
        assert!(of(text).allows(&at(&[evil])) && of(text).allows(&adobe), "{text}");
    }
    for text in [
        format!(r#"{{"keepers": ["{one}", "{two}"]}}"#),
        format!(r#"{{"keepers": "{one} {two}"}}"#),
    ] {
        let managed = of(&text);
        assert!(managed.allows(&at(&[two])) && managed.allows(&at(&[two, one])), "{text}");
        assert!(!managed.allows(&at(&[evil])) && !managed.allows(&at(&[one, evil])), "{text}");
        assert!(managed.allows(&adobe), "{text}");
    }
    let only = of(r#"{"onlyKeepers": true}"#);
    assert!(!only.allows(&adobe) && !only.allows(&source(Preset::Custom, &[one])));
    assert!(only.allows(&at(&[evil])) && only.allows(&sandbox));
}
