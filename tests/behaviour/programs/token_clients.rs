//! Clients that nobody here wrote, as they are on npm and PyPI, get their own tokens from Glowjar as they would from
//! Adobe, while tokens end and the refresh token behind them rotates (`tests/token-clients`).

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use glowjar_sandbox::{CLIENT_SECRET, Outcome, Rotation, Route};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use crate::office::{Office, drafts};

#[tokio::test]
async fn curl_in_a_script_gets_its_own_tokens() {
    live_on("sh", "with_curl.sh", None).await;
}

#[tokio::test]
async fn requests_oauthlib_gets_its_own_tokens() {
    live_on(&python(), "with_requests_oauthlib.py", None).await;
}

#[tokio::test]
async fn authlib_gets_its_own_tokens() {
    live_on(&python(), "with_authlib.py", None).await;
}

#[tokio::test]
async fn simple_oauth2_gets_its_own_tokens() {
    live_on("node", "with_simple_oauth2.mjs", Some("token-clients")).await;
}

#[tokio::test]
async fn adobe_s_own_library_gets_its_own_tokens() {
    live_on("node", "with_aio_lib_ims.mjs", Some("adobe-clients")).await;
}

/// Runs a program under `glowjar exec --mint`, which calls Firefly once for each line it reads.
async fn live_on(program: &str, script: &str, packages: Option<&str>) {
    let office = Office::with(|settings| settings.rotation = Rotation::Strict).await;
    office.add(drafts::refreshing()).await;
    office.live().await;
    let programs = office.let_programs_in();
    // Where Node.js looks for what a script imports.
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join(script);
    std::fs::copy(tests().join("token-clients").join(script), &file).expect("the script is there");
    if let Some(packages) = packages {
        let packages = tests().join(packages).join("node_modules");
        std::os::unix::fs::symlink(packages, folder.path().join("node_modules")).expect("a link");
    }
    let file = file.display().to_string();
    let mut running = programs
        .command(&["exec", "--mint", "adobe", "--", program, &file])
        .env("FIREFLY", office.sandbox.url())
        .env("HOME", folder.path())
        .env("XDG_CONFIG_HOME", folder.path())
        // oauthlib sends a secret over http to nobody without this, not even to this machine.
        .env("OAUTHLIB_INSECURE_TRANSPORT", "1")
        .stdin(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .expect("the command runs");
    let mut input = running.stdin.take().expect("its input");
    let mut lines = BufReader::new(running.stdout.take().expect("its output")).lines();
    let mut calls = 0;
    for _ in 0..3 {
        for _ in 0..2 {
            input.write_all(b"\n").await.expect("it reads");
            let answer = office.within("a line", lines.next_line()).await.expect("text");
            let answer =
                answer.unwrap_or_else(|| panic!("{script} ended; is `cargo xtask setup` done?"));
            assert!(answer.contains("total_count"), "{script}: {answer}");
            calls += 1;
        }
        // The token ends meanwhile.
        office.advance(Duration::from_secs(48 * 3_600));
    }
    let served = office.sandbox.requests_to(Route::Firefly);
    let served = served.iter().filter(|call| call.answered.outcome == Outcome::Served);
    assert_eq!(served.count(), calls, "{script}");
    let rotations = office.sandbox.requests_to(Route::Token);
    assert!(rotations.len() >= 3, "{rotations:?}");
    let environment = environment_of(running.id().expect("it runs"));
    assert!(!environment.contains(CLIENT_SECRET), "{script} has the real secret");
    drop(input);
    office.within("its end", running.wait()).await.expect("it ran");
}

/// What the program was given, which every program of the same user can read.
fn environment_of(pid: u32) -> String {
    let text = std::fs::read(format!("/proc/{pid}/environ")).expect("it can be read");
    String::from_utf8_lossy(&text).into_owned()
}

/// With the packages of `tests/token-clients/requirements.txt`.
fn python() -> String {
    tests().join("token-clients/.venv/bin/python").display().to_string()
}

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}
