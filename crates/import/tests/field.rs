//! Files and commands as Adobe's own pages and tools give them, with invented values: each is understood as
//! `field/expected.json` says.

use std::{fmt::Write, fs, path::Path};

use glowjar_import::{Refusal, Remark, Understood, decode, understand};
use secrecy::ExposeSecret;
use serde_json::Value;

#[test]
fn every_file_of_adobes_pages_and_tools_is_understood_as_written_down() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/field");
    let expected = fs::read(folder.join("expected.json")).expect("what is expected");
    let expected: Value = serde_json::from_slice(&expected).expect("JSON");
    let expected = expected.as_object().expect("an object");
    assert!(expected.len() >= 30, "only {} files", expected.len());
    let mut wrong = String::new();
    for (file, wanted) in expected {
        let bytes = fs::read(folder.join(file)).expect("a file");
        let told = decode(&bytes).and_then(|text| understand(text.expose_secret()));
        if let Err(difference) = compared(&told, wanted) {
            let _ = writeln!(wrong, "{file}: {difference}; wanted {wanted}");
        }
    }
    assert_eq!(wrong, "", "files differ from what is expected");
}

fn compared(told: &Result<Understood, Refusal>, wanted: &Value) -> Result<(), String> {
    let text = |key: &str| wanted.get(key).and_then(Value::as_str);
    if let Some(reason) = text("refused") {
        let is_right = match told {
            Err(Refusal::SignIn(_)) => reason.contains("sign in"),
            Err(Refusal::SecretsElsewhere) => reason.contains(".env"),
            Err(Refusal::ApiKeyOnly) => reason == "ApiKeyOnly",
            _ => false,
        };
        return if is_right { Ok(()) } else { Err(format!("{told:?}")) };
    }
    let it = match told {
        // An old configuration for JWT: what is in it can't be renewed with the secret.
        Err(Refusal::ServiceAccount)
            if text("note").is_some_and(|note| note.contains("ServiceAccount")) =>
        {
            return Ok(());
        }
        Err(refusal) => return Err(format!("{refusal:?}")),
        Ok(it) => it,
    };
    let secret = it.client_secret.as_ref().map(|it| it.expose_secret());
    let standby = it.standby_secret.as_ref().map(|it| it.expose_secret());
    let has_scopes = text("scopes").is_none_or(|scopes| it.scopes.to_string() == scopes);
    let assumes =
        text("note") != Some("scopes assumed") || it.remarks.contains(&Remark::ScopesAssumed);
    let is_right = text("client_id") == Some(&*it.client_id)
        && text("client_secret") == secret
        && text("standby_secret") == standby
        && has_scopes
        && assumes;
    if is_right { Ok(()) } else { Err(format!("{it:?}, {secret:?}, {standby:?}")) }
}
