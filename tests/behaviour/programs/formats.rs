//! What the command prints, and its exit codes.

use glowjar_sandbox::CLIENT_ID;
use serde_json::Value;

use super::asking::one_profile;
use crate::test_app::{TestApp, drafts, programs::command_file};

#[tokio::test]
async fn a_token_is_all_that_comes_out() {
    let (office, programs) = one_profile().await;
    let token = office.token(&programs, &[]).await;
    assert!(office.sandbox.accepts(&token));
    assert_eq!(office.token(&programs, &["Campaign"]).await, token);
    assert_eq!(office.token(&programs, &["campaign"]).await, token, "as people write it");
    assert_eq!(office.token(&programs, &["--format", "bearer"]).await, format!("Bearer {token}"));
    let headers = office.token(&programs, &["--format", "header"]).await;
    assert_eq!(headers, format!("Authorization: Bearer {token}\nx-api-key: {CLIENT_ID}"));
}

#[tokio::test]
async fn json_says_when_the_token_ends_in_seconds_and_in_words() {
    let (office, programs) = one_profile().await;
    let json = office.token(&programs, &["--format", "json"]).await;
    let json: Value = serde_json::from_str(&json).expect("JSON");
    let ends = office.profile().validity.expect("a token").expires_at / 1_000;
    assert_eq!(json["version"], 1);
    assert_eq!(json["expires_at"], ends);
    // A token's life counts from when it was asked for, so a moment before noon.
    assert_eq!(json["expires_at_rfc3339"], "2030-01-02T11:59:59Z");
    assert_eq!(
        (json["profile"].as_str(), json["client_id"].as_str()),
        (Some("Campaign"), Some(CLIENT_ID))
    );
    assert!(office.sandbox.accepts(json["access_token"].as_str().expect("a token")));
}

#[tokio::test]
async fn exec_gives_a_child_adobes_two_variables_and_nothing_else() {
    let (office, programs) = one_profile().await;
    let without = programs.program("env", &[]).output();
    let without = office.within("env", without).await.expect("env runs");
    let with = office.run(&programs, &["exec", "--", "env"]).await;
    assert_eq!((with.code, with.err.as_str()), (Some(0), ""));
    let before: Vec<&str> = std::str::from_utf8(&without.stdout).expect("text").lines().collect();
    let mut added: Vec<&str> = with.out.lines().filter(|line| !before.contains(line)).collect();
    added.sort_unstable();
    let token = office.token(&programs, &[]).await;
    let id = format!("FIREFLY_SERVICES_CLIENT_ID={CLIENT_ID}");
    assert_eq!(added, [format!("FIREFLY_SERVICES_ACCESS_TOKEN={token}"), id]);
}

#[tokio::test]
async fn exec_ends_as_its_child_ends() {
    let (office, programs) = one_profile().await;
    let ran = office.run(&programs, &["exec", "--", "sh", "-c", "exit 42"]).await;
    assert_eq!(ran.code, Some(42));
    let ran = office.run(&programs, &["exec", "--", "no-such-program"]).await;
    assert_eq!(ran.code, Some(127));
    assert!(ran.err.starts_with("glowjar: no-such-program could not be run"), "{}", ran.err);
}

#[tokio::test]
async fn status_shows_the_fingerprint_and_never_the_token() {
    let (office, programs) = one_profile().await;
    let token = office.token(&programs, &[]).await;
    let ran = office.run(&programs, &["status"]).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(
        ran.out.starts_with("Campaign  Live  until 2030-01-02T11:59:59Z (23 h 59 min left)"),
        "{}",
        ran.out
    );
    assert!(!ran.out.contains('\u{1b}') && !ran.out.contains(&token[..8]), "{}", ran.out);

    let json = office.run(&programs, &["status", "--json"]).await;
    assert!(!json.out.contains(&token[..8]));
    let json: Value = serde_json::from_str(&json.out).expect("JSON");
    let fingerprint = json["profiles"][0]["fingerprint"].as_str().expect("a fingerprint");
    assert_eq!(fingerprint.len(), 12);
    assert!(ran.out.contains(fingerprint));
    let profiles = office.run(&programs, &["profiles"]).await;
    assert_eq!(profiles.out, "Campaign\n");
}

#[tokio::test]
async fn with_two_profiles_the_command_wants_to_know_which_and_lists_them() {
    let (office, programs) = one_profile().await;
    let second = glowjar_agent::request::Draft { name: "Social".to_owned(), ..drafts::minting() };
    office.add(second).await;
    let ran = office.run(&programs, &["token"]).await;
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    assert_eq!(
        ran.err,
        "glowjar: There is more than one profile: say which. There are: Campaign, Social\n"
    );
    let ran = office.run(&programs, &["token", "Sociol"]).await;
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.err.contains("no profile called \"Sociol\". There are: Campaign, Social"),
        "{}",
        ran.err
    );
    office.token(&programs, &["Social"]).await;
}

#[tokio::test]
async fn without_a_profile_a_person_is_needed() {
    let office = TestApp::open().await;
    let programs = office.let_programs_in();
    let ran = office.run(&programs, &["token"]).await;
    assert_eq!(ran.code, Some(3));
    assert_eq!(office.run(&programs, &["status"]).await.code, Some(0));
}

#[tokio::test]
async fn without_the_application_the_command_says_so_with_code_4() {
    let (office, programs) = one_profile().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    for arguments in [
        &["token", "--no-start"][..],
        &["exec", "--no-start", "--", "true"],
        &["status", "--no-start"],
    ] {
        let running = programs.command(arguments).env("XDG_RUNTIME_DIR", folder.path()).output();
        let output = office.within("the end", running).await.expect("it runs");
        assert_eq!(output.status.code(), Some(4), "{arguments:?}");
        assert_eq!(output.stdout, b"");
    }
}

#[tokio::test]
async fn wrong_usage_is_code_2_and_help_comes_without_the_application() {
    let (office, programs) = one_profile().await;
    assert_eq!(office.run(&programs, &["token", "--format", "xml"]).await.code, Some(2));
    assert_eq!(office.run(&programs, &["token", "--min-valid", "soon"]).await.code, Some(2));
    assert_eq!(office.run(&programs, &["exec", "--"]).await.code, Some(2));
    programs.stop();
    assert_eq!(office.run(&programs, &["--help"]).await.code, Some(0));
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = office.run(&programs, &["completions", shell]).await;
        assert_eq!(script.code, Some(0));
        assert!(script.out.contains("min-valid"), "{shell}");
    }
    let page = office.run(&programs, &["man"]).await;
    assert!(page.out.starts_with(".ie") && page.out.contains("GLOWJAR EXEC"), "{}", page.out);
}

#[test]
fn the_command_needs_no_window_toolkit() {
    let libraries =
        std::process::Command::new("ldd").arg(command_file()).output().expect("ldd runs");
    let libraries = String::from_utf8(libraries.stdout).expect("text");
    let names: Vec<_> =
        libraries.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let allowed = ["linux-vdso", "libc.", "libgcc_s.", "libm.", "/lib", "ld-linux"];
    let others: Vec<_> =
        names.iter().filter(|name| !allowed.iter().any(|known| name.starts_with(known))).collect();
    assert!(names.len() > 1 && others.is_empty(), "{libraries}");
}
