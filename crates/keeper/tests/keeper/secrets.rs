//! Secrets that are kept elsewhere, and the studio's key when it is replaced.

use std::{fs, path::Path, time::Duration};

use glowjar_sandbox::{CLIENT_ID, CLIENT_SECRET, Route, Sandbox, Settings};

use crate::studio::{Studio, ask, pasted, until, wait_for};

/// As it is pasted where the secret is in a secret manager.
fn without_secret(sandbox: &Sandbox) -> String {
    format!(
        "curl -X POST '{}/ims/token/v3' -d 'grant_type=client_credentials&client_id={CLIENT_ID}&scope=openid,AdobeID,firefly_api,ff_apis'",
        sandbox.url()
    )
}

/// Stands in for `op read …`: prints what is in a file, and counts how often it was run.
fn secret_manager(folder: &Path, secret: &str) -> String {
    fs::write(folder.join("secret"), secret).expect("written");
    let script = folder.join("read.sh");
    let text = "cd \"$(dirname \"$0\")\"; echo >> runs; cat secret";
    fs::write(&script, text).expect("written");
    format!("sh {}", script.display())
}

fn runs(folder: &Path) -> usize {
    fs::read_to_string(folder.join("runs")).expect("it ran").lines().count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_a_command_prints_is_read_at_a_start_and_after_a_refusal_and_never_for_a_token()
 {
    let settings =
        Settings { access_token_lifetime: Duration::from_secs(60), ..Settings::default() };
    let sandbox = Sandbox::start(settings).await.expect("a port");
    let manager = tempfile::tempdir().expect("a folder");
    let command = secret_manager(manager.path(), CLIENT_SECRET);
    let studio = Studio::new();
    let refused =
        studio.refused(&["import", "--secret-command", "false"], &without_secret(&sandbox));
    assert!(refused.contains("false failed"), "{refused}");
    studio.told(&["import", "--secret-command", &command], &without_secret(&sandbox));
    let _keeper = studio.serves();
    let line = studio.told(&["admit", "desk-1", "--lasting"], "");
    for _ in 0..5 {
        assert!(ask(&studio, &line).await.get("access_token").is_some());
    }
    let before = runs(manager.path());
    assert_eq!(before, 2, "at the import and at the start");

    // It is replaced at both ends: who resumes the pool finds the new one in use.
    fs::write(manager.path().join("secret"), NEW_SECRET).expect("written");
    sandbox.change(|settings| {
        for client in settings.clients.iter_mut().filter(|client| client.id == CLIENT_ID) {
            client.secrets = vec![NEW_SECRET.to_owned()];
        }
    });
    until("the old secret to be refused", || {
        studio.told(&["pools"], "").contains("refuses the credential")
    });
    until("the new secret to be read", || runs(manager.path()) == before + 1);
    studio.told(&["resume", "firefly"], "");
    let is_new = |it: &serde_json::Value| {
        it["access_token"].as_str().is_some_and(|token| sandbox.accepts(token))
    };
    wait_for("a token by the new secret", || ask(&studio, &line), is_new).await;
    until("the pool to be good", || studio.told(&["pools"], "").contains("good"));
    assert_eq!(runs(manager.path()), before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_of_systemd_s_is_read_from_its_credential() {
    let sandbox = Sandbox::start(Settings::default()).await.expect("a port");
    let credentials = tempfile::tempdir().expect("a folder");
    let studio = Studio::with_credentials(credentials.path());
    let import = ["import", "--secret-credential", "adobe-secret"];
    let refused = studio.refused(&import, &without_secret(&sandbox));
    assert!(refused.contains("adobe-secret can't be read"), "{refused}");
    fs::write(credentials.path().join("adobe-secret"), format!("{CLIENT_SECRET}\n"))
        .expect("written");
    studio.told(&import, &without_secret(&sandbox));
    let _keeper = studio.serves();
    let line = studio.told(&["admit", "desk-1", "--lasting"], "");
    assert!(ask(&studio, &line).await.get("access_token").is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keeper_alone_goes_on_with_another_key_and_the_old_one_opens_nothing() {
    let sandbox = Sandbox::start(Settings::default()).await.expect("a port");
    let studio = Studio::new();
    studio.told(&["import"], &pasted(&sandbox));
    let mut keeper = studio.serves();
    let line = studio.told(&["admit", "desk-1", "--lasting"], "");
    let token = ask(&studio, &line).await["access_token"].clone();
    let new = studio.file("new-key").display().to_string();
    let refused = studio.refused(&["rekey", "--new-key", &new], "");
    assert!(refused.contains("stop it first"), "{refused}");
    keeper.kill();
    let old = fs::read_to_string(studio.file("glowjar-key")).expect("a key");
    studio.told(&["rekey", "--new-key", &new], "");
    // Once more changes nothing, as after it was broken off.
    studio.told(&["rekey", "--new-key", &new], "");
    let now = fs::read_to_string(studio.file("glowjar-key")).expect("a key");
    assert_ne!(now, old);
    fs::write(studio.file("glowjar-key"), &old).expect("written");
    let refused = studio.refused(&["pools"], "");
    assert!(refused.contains("can't be opened with this studio's key"), "{refused}");
    fs::write(studio.file("glowjar-key"), &now).expect("written");
    let _keeper = studio.serves();
    assert_eq!(ask(&studio, &line).await["access_token"], token);
    assert_eq!(sandbox.requests_to(Route::Token).len(), 1);
}

const NEW_SECRET: &str = "p8e-New-Secret-Of-The-Studio-0123456789";
