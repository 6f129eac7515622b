//! What a studio's admin has set, as `glowjar status --managed` lists it.

use serde_json::{Value, json};

use super::asking::one_profile;
use crate::test_app::MANAGED;

#[tokio::test]
async fn status_lists_what_is_set_and_what_has_no_effect_and_says_no_secret() {
    let (mut office, programs) = one_profile().await;
    let nothing = office.run(&programs, &["status", "--managed"]).await;
    assert_eq!((nothing.code, nothing.err.as_str()), (Some(0), ""));
    assert!(nothing.out.starts_with("Nothing is set for this computer"), "{}", nothing.out);

    office.manage(
        r#"{"lockAfterMinutes": 10, "proxy": "direct", "clientSecret": "p8e-hush", "colour": "red"}"#,
    );
    office.barrier().await;
    let ran = office.run(&programs, &["status", "--managed"]).await;
    let lines: Vec<&str> = ran.out.lines().collect();
    let expected = [
        &*format!("Set in {MANAGED}:"),
        "  lockAfterMinutes  10",
        "  proxy             direct",
        &*format!("Without effect in {MANAGED}:"),
    ];
    assert_eq!(lines[..4], expected, "{}", ran.out);
    assert!(
        lines[4].starts_with("  clientSecret      A secret must not stand here"),
        "{}",
        ran.out
    );
    assert!(lines[5].starts_with("  colour            No setting of this name"), "{}", ran.out);

    let json: Value = {
        let ran = office.run(&programs, &["status", "--managed", "--json"]).await;
        serde_json::from_str(&ran.out).expect("JSON")
    };
    assert_eq!(json["source"], MANAGED);
    let settings =
        json!([{"key": "lockAfterMinutes", "value": 10}, {"key": "proxy", "value": "direct"}]);
    assert_eq!(json["settings"], settings);
    assert_eq!(json["ignored"][0]["code"], "secret");
    let all = office.run(&programs, &["status", "--json"]).await.out;
    let all: Value = serde_json::from_str(&all).expect("JSON");
    assert_eq!(all["managed"], json);
    assert!(!format!("{all} {}", ran.out).contains("hush"));
    let usual = office.run(&programs, &["status"]).await.out;
    assert!(!usual.contains("lockAfterMinutes"), "{usual}");
}
