//! The real `glowjar import`, given every sample on which the importer itself is tested: what it says, what it keeps, and
//! that no secret is in what it says.

use std::{fs, path::PathBuf};

use glowjar_agent::{
    request::{Anyway, Reply, Request},
    view::{ProxyView, UnderstoodView},
};
use serde_json::Value;

use super::importing::{assert_refused, import, nobody_yet};
use crate::{dependencies::root, test_app::TestApp};

struct Sample {
    name: String,
    text: String,
    wanted: Wanted,
}

enum Wanted {
    /// With this code.
    Refused(String),
    /// Both are right: a service account's file may hold what a server-to-server credential has.
    UnderstoodOrRefused(Understood, String),
    Understood(Understood),
}

#[derive(Default)]
struct Understood {
    /// Fields of the printed JSON, as text; lists joined by commas.
    told: Vec<(&'static str, String)>,
    /// All that a person has to be told, by code, where the sample says it.
    warnings: Option<Vec<&'static str>>,
    /// Kept in the keychain.
    secrets: Vec<String>,
}

#[tokio::test]
async fn every_sample_of_what_admins_send_is_imported_by_the_command_or_refused_in_words() {
    let samples = what_admins_send();
    assert!(samples.len() >= 41, "only {} samples", samples.len());
    for sample in samples {
        check(sample).await;
    }
}

#[tokio::test]
async fn every_shape_from_the_field_is_imported_by_the_command_or_refused_in_words() {
    let samples = from_the_field();
    assert!(samples.len() >= 32, "only {} samples", samples.len());
    for sample in samples {
        check(sample).await;
    }
}

async fn check(Sample { name, text, wanted }: Sample) {
    let (office, programs) = nobody_yet().await;
    // Nobody listens there, so that Adobe is asked nothing.
    let proxy = ProxyView::At { address: "http://127.0.0.1:9".to_owned() };
    assert_eq!(office.change_settings(|it| it.proxy = proxy).await, Reply::Done);
    let reply = office.ask(Request::Understand { text: text.as_str().into(), api: None }).await;
    let Reply::Understood { understood: shown } = reply else { panic!("{name}: {reply:?}") };

    let ran = import(&office, &programs, &["--anyway", "--format", "json"], &text).await;
    for secret in secrets_in(&text) {
        assert!(!format!("{}{}", ran.out, ran.err).contains(secret), "{name}: {}", ran.err);
    }
    let wanted = match (wanted, &shown.refusal) {
        (Wanted::Refused(code) | Wanted::UnderstoodOrRefused(_, code), Some(refusal)) => {
            assert_eq!(refusal.code, code, "{name}");
            assert!(ran.err.contains(refusal.advice.trim_end_matches('.')), "{name}: {}", ran.err);
            return assert_refused(&office, ran, 2, &refusal.message).await;
        }
        (Wanted::Understood(wanted) | Wanted::UnderstoodOrRefused(wanted, _), None) => wanted,
        (Wanted::Refused(code), None) => panic!("{name}: not refused as {code}: {}", ran.err),
        (Wanted::Understood(_), Some(refusal)) => panic!("{name}: {refusal:?}"),
    };
    let scopes = shown.scopes.scopes.join(", ");
    let mut words = vec!["Understood ", shown.client_id.as_str(), scopes.as_str()];
    for warning in &shown.warnings {
        words.extend([warning.message.as_str(), &warning.advice]);
    }
    for word in words {
        assert!(ran.err.contains(word), "{name}: {word} is not in {}", ran.err);
    }
    if let Some(wanted) = &wanted.warnings {
        let codes: Vec<_> = shown.warnings.iter().map(|warning| warning.code.as_str()).collect();
        assert_eq!(&codes, wanted, "{name}");
    }
    if wanted.secrets.is_empty() {
        // The window's form says at the same place what is missing.
        let why = missing(&office, &shown).await;
        return assert_refused(&office, ran, 2, why.trim_end_matches('.')).await;
    }
    assert_eq!(ran.code, Some(0), "{name}: {}", ran.err);
    let told: Value = serde_json::from_str(&ran.out).expect("JSON");
    for (field, wanted) in &wanted.told {
        assert_eq!(&as_text(&told[field]), wanted, "{name}: {field}");
    }
    assert_eq!(told["warnings"].as_array().map(Vec::len), Some(shown.warnings.len()), "{name}");
    let profiles = office.barrier().await.profiles;
    let saved: Vec<_> = profiles.iter().map(|it| (it.id.as_str(), it.name.as_str())).collect();
    assert_eq!(saved, [(as_text(&told["id"]).as_str(), as_text(&told["profile"]).as_str())]);
    let kept = office.keychain.contents();
    for secret in &wanted.secrets {
        assert!(!format!("{}{}", ran.out, ran.err).contains(&secret[..8]), "{name}: {}", ran.err);
        let escaped = Value::from(secret.as_str()).to_string();
        let is_kept = kept.contains(secret) || kept.contains(escaped.trim_matches('"'));
        assert!(is_kept, "{name}: the keychain lacks a secret");
    }
    assert_eq!(office.asked_so_far(), 0, "{name}");
}

/// The words of the window for what can't be saved as it is.
async fn missing(office: &TestApp, shown: &UnderstoodView) -> String {
    let (handle, name) = (shown.handle.clone().expect("a handle"), shown.suggested_name.clone());
    let add = Request::AddUnderstood { handle, name, anyway: Some(Anyway::Untried) };
    match office.ask(add).await {
        Reply::Invalid { fields } => fields[0].message.clone(),
        other => panic!("{other:?}"),
    }
}

/// The beginning of each of Adobe's secrets in the text, also of one that is cut off.
fn secrets_in(text: &str) -> Vec<&str> {
    let found = text.match_indices("p8e-").filter_map(|(at, _)| text.get(at..at + 9));
    found.filter(|it| it.bytes().all(|byte| byte.is_ascii_graphic())).collect()
}

fn as_text(value: &Value) -> String {
    match value {
        Value::Array(list) => list.iter().map(as_text).collect::<Vec<_>>().join(","),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn folder(name: &str) -> PathBuf {
    root().join("crates/import/tests").join(name)
}

fn what_admins_send() -> Vec<Sample> {
    let files = fs::read_dir(folder("samples")).expect("the samples");
    let files = files.map(|entry| entry.expect("a sample").path());
    let texts = files.filter(|file| file.extension().is_some_and(|ending| ending == "txt"));
    let sample = |file: PathBuf| Sample {
        name: file.display().to_string(),
        text: fs::read_to_string(&file).expect("text"),
        wanted: written_down(
            &fs::read_to_string(file.with_extension("expected")).expect("what to expect"),
        ),
    };
    texts.map(sample).collect()
}

/// As `samples.rs` of the importer writes it.
fn written_down(expected: &str) -> Wanted {
    if let Some(refusal) = expected.strip_prefix("refused: ") {
        let (kind, _) = refusal.split_once(',').expect("a kind and its words");
        return Wanted::Refused(code_of_refusal(kind).to_owned());
    }
    let (first, rest) = expected.split_once('\n').expect("lines");
    let mut told = Vec::new();
    let first =
        ["source", "credential_type", "environment", "grant"].into_iter().zip(first.split(", "));
    told.extend(first.map(|(field, kind)| (field, code_of(kind).to_owned())));
    let line = |name: &str| {
        let line = rest.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        line.filter(|line| *line != "-").map(str::to_owned)
    };
    told.push(("client_id", line("client id").expect("a client ID")));
    told.push(("scopes", line("scopes").unwrap_or_default()));
    if told.contains(&("environment", "other".to_owned())) {
        let endpoint = line("endpoint").expect("an endpoint");
        let (address, _) = endpoint.split_once(' ').expect("an address and how it is asked");
        told.push(("token_endpoint", address.to_owned()));
    }
    let secrets = ["secret", "standby", "refresh token"].into_iter().filter_map(line);
    let secrets = secrets.map(|secret| serde_json::from_str(&secret).expect("a quoted secret"));
    let remarks = line("remarks").expect("remarks");
    let remarks = remarks.trim_matches(['[', ']']).split(", ").filter(|remark| !remark.is_empty());
    let warnings = Some(remarks.map(code_of_remark).collect());
    Wanted::Understood(Understood { told, warnings, secrets: secrets.collect() })
}

fn from_the_field() -> Vec<Sample> {
    let expected = fs::read_to_string(folder("field/expected.json")).expect("what to expect");
    let expected: serde_json::Map<String, Value> =
        serde_json::from_str(&expected).expect("an object");
    let sample = |(name, wanted): (String, Value)| {
        let text = fs::read_to_string(folder("field").join(&name)).expect("a sample");
        Sample { name, text, wanted: of_the_field(&wanted) }
    };
    expected.into_iter().map(sample).collect()
}

fn of_the_field(wanted: &Value) -> Wanted {
    let code = match wanted["refused"].as_str() {
        Some("a person must sign in (Native App credential)") => Some("sign_in"),
        Some("the secrets are in the .env beside it") => Some("secrets_elsewhere"),
        Some(kind) => Some(code_of_refusal(kind)),
        None => None,
    };
    if let Some(code) = code {
        return Wanted::Refused(code.to_owned());
    }
    let text = |field: &str| wanted[field].as_str().map(str::to_owned);
    let told = ["client_id", "scopes"].into_iter().filter_map(|field| Some((field, text(field)?)));
    let secrets = ["client_secret", "standby_secret"].into_iter().filter_map(text).collect();
    let understood = Understood { told: told.collect(), warnings: None, secrets };
    if text("note").is_some_and(|note| note.contains("refused ServiceAccount")) {
        return Wanted::UnderstoodOrRefused(understood, "service_account".to_owned());
    }
    Wanted::Understood(understood)
}

fn code_of_refusal(kind: &str) -> &'static str {
    match kind {
        "Address" => "address",
        "ApiKeyOnly" => "api_key_only",
        "CutOff" => "cut_off",
        "FromFile" => "from_file",
        "Nothing" => "nothing",
        "ServiceAccount" => "service_account",
        "SeveralCredentials" => "several",
        other => panic!("what is the code of {other}?"),
    }
}

fn code_of_remark(kind: &str) -> &'static str {
    match kind {
        "ApiEnded(FireflyWaiting)" => "ended_firefly_waiting",
        "FireflyScopeMissing" => "scope_missing",
        "Keeper" => "keeper",
        "OtherHost" => "other_host",
        "ScopesAssumed" => "scopes_assumed",
        "SecretLooksCutOff" => "secret_cut_off",
        "SecretMasked" => "secret_masked",
        "SecretMissing" => "secret_missing",
        "SecretTakenLiterally" => "secret_literal",
        "SecretWasWrapped" => "secret_wrapped",
        "StageHost" => "stage",
        other => panic!("what is the code of {other}?"),
    }
}

fn code_of(kind: &str) -> &'static str {
    match kind {
        "Curl" => "curl",
        "Env" => "env",
        "Labels" => "mail",
        "Postman" => "postman",
        "ProjectJson" => "project_json",
        "ServerToServer" => "oauth_server_to_server",
        "WebApp" => "oauth_web_app",
        "Unknown" => "unknown",
        "Production" => "production",
        "Stage" => "stage",
        "Other" => "other",
        "ClientCredentials" => "client_credentials",
        "RefreshToken" => "refresh_token",
        other => panic!("what is the code of {other}?"),
    }
}
