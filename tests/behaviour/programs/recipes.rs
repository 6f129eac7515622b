//! What `glowjar connect` says is done word by word, with a program in the real one's place.

use std::{collections::BTreeMap, fs, os::unix::fs::PermissionsExt, path::Path};

use glowjar_sandbox::CLIENT_ID;
use serde_json::Value;

use super::asking::one_profile;
use crate::{
    dependencies::root,
    test_app::{
        TestApp,
        programs::{command_file, ran},
    },
};

/// Gets its own token where it is given an address for that, and otherwise has one. Prints it.
const STAND_IN: &str = r#"#!/bin/sh
if [ -n "$STAND_IN_TOKEN" ]; then eval "printf %s \"\$$STAND_IN_TOKEN\""; exit; fi
eval "curl --silent --fail \"\$$STAND_IN_URL\" -d grant_type=client_credentials \
  -d \"client_id=\$$STAND_IN_ID\" -d \"client_secret=\$$STAND_IN_SECRET\"" |
  sed 's/.*"access_token":"\([^"]*\)".*/\1/'
"#;

#[tokio::test]
async fn every_recipe_leads_its_program_to_a_live_token() {
    let families: Value = serde_json::from_str(
        &fs::read_to_string(root().join("crates/protocol/src/families.json")).expect("the table"),
    )
    .expect("JSON");
    let recipes = recipes();
    assert!(recipes.len() >= 8, "{recipes:?}");
    for (name, recipe) in recipes {
        let (office, programs) = one_profile().await;
        let shown = office.run(&programs, &["connect", &name]).await;
        let command = shown.out.lines().find_map(|line| line.strip_prefix("    glowjar "));
        let command = format!("glowjar {}", command.unwrap_or_else(|| panic!("{shown:?}")));
        let Some(program) = recipe.get("program") else {
            // It is told a secret and an address, which a person puts where the recipe says.
            let mut line = programs.program("sh", &["-c", &command]);
            let added = ran(office.within(&command, line.output()).await);
            assert_eq!(added.code, Some(0), "{name}: {added:?}");
            let url = office.run(&programs, &["http"]).await.out;
            let url = url.lines().next().expect("an address");
            fill_in(&office, &name, &shown.out, (url, added.out.trim_end())).await;
            continue;
        };
        let family = families.as_array().expect("a list").iter();
        let mut family = family.filter(|family| family["family"] == recipe["family"].as_str());
        let variables = family.next().expect("a family")["variables"].clone();
        let named = |template: &str| {
            let mut variables = variables.as_object().expect("variables").iter();
            variables.find(|(_, value)| *value == template).map(|(name, _)| name.clone())
        };
        let folder = tempfile::tempdir().expect("a temporary folder");
        let stand_in = folder.path().join(program);
        fs::write(&stand_in, STAND_IN).expect("a program");
        fs::set_permissions(&stand_in, PermissionsExt::from_mode(0o755)).expect("a mode");
        let asks = recipe["way"] == "asks";
        let path = std::env::var("PATH").unwrap_or_default();
        let glowjar = command_file().parent().unwrap_or(Path::new("/")).display().to_string();
        let mut line = programs.program("/bin/sh", &["-c", &command]);
        line.env("PATH", format!("{}:{glowjar}:{path}", folder.path().display()))
            .env("STAND_IN_URL", named("{token_url}").unwrap_or_default())
            .env("STAND_IN_ID", named("{client_id}").expect("a name for the id"))
            .env("STAND_IN_SECRET", named("{secret}").unwrap_or_default())
            .env("STAND_IN_TOKEN", named("{access_token}").filter(|_| asks).unwrap_or_default());
        let ran = ran(office.within(&command, line.output()).await);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{name}");
        assert!(office.sandbox.accepts(ran.out.trim_end()), "{name}: {ran:?}");
    }
}

/// Asks as a program does whose fields were filled in as the recipe says.
async fn fill_in(office: &TestApp, name: &str, told: &str, (url, secret): (&str, &str)) {
    let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
    let field = |label: &str| {
        let (_, value) = told
            .split_once(&format!("{label}: "))
            .unwrap_or_else(|| panic!("{name} does not say what belongs into {label}: {told}"));
        value.split('.').next().unwrap_or_default().to_owned()
    };
    let path = field("Access Token URL");
    let path = path.strip_prefix("the address with ").expect("address and path");
    assert_eq!(field("Client ID"), "yours");
    assert_eq!(field("Client Secret"), "the one that was printed");
    let scopes = office.profile().client.scopes.clone();
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let ask = || client.post(format!("{url}{path}"));
    let own = [("client_id", CLIENT_ID), ("client_secret", secret)];
    let grant = [("grant_type", "client_credentials"), ("scope", &scopes)];
    let mut ways = vec![ask().form(&[&grant[..], &own[..]].concat())];
    if told.contains("Body or Header") {
        ways.push(ask().basic_auth(CLIENT_ID, Some(secret)).form(&grant));
    } else {
        assert_eq!(field("Client Authentication"), "Send client credentials in body");
    }
    for way in ways {
        let reply = way.send().await.expect("an answer");
        assert!(reply.status().is_success(), "{name}: {}", reply.status());
        let reply: Value = reply.json().await.expect("JSON");
        assert!(office.sandbox.accepts(reply["access_token"].as_str().expect("a token")));
    }
}

#[tokio::test]
async fn an_mcp_client_s_settings_are_changed_so_that_the_server_runs_without_a_secret_in_them() {
    let (office, programs) = one_profile().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let server = folder.path().join("firefly-mcp");
    fs::write(&server, STAND_IN).expect("a program");
    fs::set_permissions(&server, PermissionsExt::from_mode(0o755)).expect("a mode");
    let file = folder.path().join("claude_desktop_config.json");
    let settings = serde_json::json!({ "mcpServers": { "firefly": {
        "command": server, "args": [],
        "env": {
            "FIREFLY_CLIENT_ID": "id", "FIREFLY_CLIENT_SECRET": "p8e-in-clear",
            "STAND_IN_URL": "FIREFLY_TOKEN_URL", "STAND_IN_ID": "FIREFLY_CLIENT_ID",
            "STAND_IN_SECRET": "FIREFLY_CLIENT_SECRET",
        },
    } } });
    fs::write(&file, settings.to_string()).expect("a file");
    let path = file.display().to_string();
    let preview = office.run(&programs, &["connect", "mcp", &path]).await;
    assert_eq!(preview.code, Some(0), "{preview:?}");
    assert!(preview.err.contains("glowjar import") && !preview.out.contains("p8e"), "{preview:?}");
    let changed = office.run(&programs, &["connect", "mcp", &path, "--apply"]).await;
    assert_eq!(changed.code, Some(0), "{changed:?}");
    let text = fs::read_to_string(&file).expect("a file");
    assert!(!text.contains("p8e-in-clear"), "{text}");

    // As the client runs it.
    let settings: Value = serde_json::from_str(&text).expect("JSON");
    let entry = &settings["mcpServers"]["firefly"];
    let strings = |value: &Value| -> Vec<String> {
        let texts = value.as_array().into_iter().flatten().filter_map(Value::as_str);
        texts.map(str::to_owned).collect()
    };
    let arguments = strings(&entry["args"]);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut server = programs.program(entry["command"].as_str().expect("a command"), &arguments);
    for (name, value) in entry["env"].as_object().expect("variables") {
        server.env(name, value.as_str().expect("text"));
    }
    let ran = ran(office.within("the server", server.output()).await);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert!(office.sandbox.accepts(ran.out.trim_end()), "{ran:?}");
    assert_eq!(office.run(&programs, &["connect", "mcp", &path, "--undo"]).await.code, Some(0));
    assert!(fs::read_to_string(&file).is_ok_and(|text| text.contains("p8e-in-clear")));
}

/// The simple strings of each recipe, by its name.
fn recipes() -> BTreeMap<String, BTreeMap<String, String>> {
    let files = fs::read_dir(root().join("crates/connect/recipes")).expect("the recipes");
    let recipe = |file: std::io::Result<fs::DirEntry>| {
        let path = file.expect("a file").path();
        let text = fs::read_to_string(&path).expect("text");
        let pairs = text.lines().filter_map(|line| {
            let (name, value) = line.split_once(" = \"")?;
            Some((name.to_owned(), value.strip_suffix('"')?.to_owned()))
        });
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        (name, pairs.collect())
    };
    files.map(recipe).collect()
}
