//! Shapes in which credentials travel in the world, all values invented: each file in `field/` gives what `expected.json`
//! says, or is refused.

use std::{fs, path::Path};

use glowjar_import::{Refusal, SignIn, understand};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

#[test]
fn f47_f48_f49_every_shape_from_the_field_is_read_rightly_or_refused() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/field");
    let expected = fs::read_to_string(folder.join("expected.json")).expect("what to expect");
    let expected: serde_json::Map<String, Value> =
        serde_json::from_str(&expected).expect("an object");
    assert!(expected.len() >= 30, "only {} shapes", expected.len());
    let wrong: Vec<_> = expected
        .iter()
        .filter_map(|(name, wanted)| {
            let text = fs::read_to_string(folder.join(name)).expect("a sample");
            difference(&text, wanted).map(|difference| format!("{name}: {difference}"))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

fn reason(wanted: &Value) -> Option<Refusal> {
    let note = wanted["note"].as_str().unwrap_or_default();
    match wanted["refused"].as_str() {
        Some("a person must sign in (Native App credential)") => {
            Some(Refusal::SignIn(SignIn::NativeApp))
        }
        Some("the secrets are in the .env beside it") => Some(Refusal::SecretsElsewhere),
        Some("ApiKeyOnly") => Some(Refusal::ApiKeyOnly),
        Some(other) => panic!("an unknown reason: {other}"),
        None => note.contains("refused ServiceAccount").then_some(Refusal::ServiceAccount),
    }
}

fn difference(text: &str, wanted: &Value) -> Option<String> {
    let understood = match understand(text) {
        Ok(understood) => understood,
        // Any other reason would send a person the wrong way.
        Err(refusal) if reason(wanted) == Some(refusal) => return None,
        Err(refusal) => return Some(format!("refused: {refusal}")),
    };
    if wanted["refused"].is_string() {
        return Some("taken, and not refused".to_owned());
    }
    let shown = |secret: &Option<SecretString>| {
        secret.as_ref().map(|secret| secret.expose_secret().to_owned())
    };
    let found = [
        ("client_id", Some(understood.client_id.clone())),
        ("client_secret", shown(&understood.client_secret)),
        ("standby_secret", shown(&understood.standby_secret)),
        ("scopes", Some(understood.scopes.to_string())),
    ];
    found.into_iter().find_map(|(name, found)| {
        let wanted = wanted[name].as_str()?;
        (found.as_deref() != Some(wanted)).then(|| format!("{name} {found:?} for {wanted:?}"))
    })
}
