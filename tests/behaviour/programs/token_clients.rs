//! Clients that nobody here wrote, as they are on npm and PyPI, get their own tokens from Glowjar as they would from
//! Adobe, while tokens end and the refresh token behind them rotates (`tests/token-clients`).

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use glowjar_sandbox::{CLIENT_SECRET, Outcome, Rotation, Route};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
};

use super::minting::mint;
use crate::test_app::{TestApp, drafts};

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

/// It speaks the Model Context Protocol with this test as with Claude, and calls an API of its own with its tokens.
#[tokio::test]
async fn an_mcp_server_gets_its_own_tokens() {
    let office = TestApp::with(|settings| {
        settings.rotation = Rotation::Strict;
        // Its clock is not the test's. By these it sees that its token is about to end, and gets another for each call.
        settings.access_token_lifetime = Duration::from_secs(60);
    })
    .await;
    office.add(drafts::refreshing()).await;
    office.live().await;
    let programs = office.let_programs_in();
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir(folder.path().join("config")).expect("a folder");
    let api = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let names = ["CLIENT_ID={client_id}", "CLIENT_SECRET={secret}", "TOKEN_URL={token_url}"];
    let names = names.map(|name| format!("SERVICENOW_OAUTH_{name}"));
    let mut arguments = vec!["exec"];
    arguments.extend(names.iter().flat_map(|name| ["--set", name]));
    let server = tests().join("token-clients/.venv/bin/servicenow-mcp").display().to_string();
    let config = folder.path().join("config").display().to_string();
    arguments.extend(["--", &server, "--config-dir", &config]);
    let mut running = programs
        .command(&arguments)
        .env("SERVICENOW_INSTANCE", format!("http://{}", api.local_addr().expect("an address")))
        .env("HOME", folder.path())
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the command runs");
    let mut input = running.stdin.take().expect("its input");
    let mut lines = BufReader::new(running.stdout.take().expect("its output")).lines();
    let hello = json!({ "protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": { "name": "test", "version": "1" } });
    let call = json!({ "name": "query_table", "arguments": { "table": "incident" } });
    let message = |id: Option<u32>, method: &str, params: &Value| {
        let mut message = json!({ "jsonrpc": "2.0", "method": method, "params": params });
        if let Some(id) = id {
            message["id"] = id.into();
        }
        format!("{message}\n")
    };
    let started = message(Some(0), "initialize", &hello);
    input.write_all(started.as_bytes()).await.expect("it reads");
    let told = office.within("its name", lines.next_line()).await.expect("text");
    assert!(told.expect("it runs; is `cargo xtask setup` done?").contains("serverInfo"));
    let ready = message(None, "notifications/initialized", &json!({}));
    input.write_all(ready.as_bytes()).await.expect("it reads");

    let mut tokens = BTreeSet::new();
    for id in 1..=3 {
        let wanted = message(Some(id), "tools/call", &call);
        input.write_all(wanted.as_bytes()).await.expect("it reads");
        let token = office.within("its call", bearer(&api)).await;
        assert!(office.sandbox.accepts(&token), "call {id}");
        tokens.insert(token);
        let answer = office.within("an answer", lines.next_line()).await.expect("text");
        assert!(answer.is_some_and(|answer| answer.contains("INC0010001")), "call {id}");
        // The token ends meanwhile.
        office.advance(Duration::from_secs(120));
    }
    assert_eq!(tokens.len(), 3, "through two expiries");
    let environment = environment_of(running.id().expect("it runs"));
    let secret = variable(&environment, "SERVICENOW_OAUTH_CLIENT_SECRET");
    holds_nothing_of_use_elsewhere(&office, &environment, &secret, folder.path()).await;
    drop(input);
    office.within("its end", running.wait()).await.expect("it ran");
}

/// The token of the next call, which is answered as ServiceNow's table API does.
async fn bearer(api: &TcpListener) -> String {
    let (mut stream, _) = api.accept().await.expect("a call");
    let mut lines = BufReader::new(&mut stream).lines();
    let mut token = String::new();
    while let Some(line) = lines.next_line().await.expect("text").filter(|line| !line.is_empty()) {
        if let Some((name, value)) = line.split_once(": Bearer ")
            && name.eq_ignore_ascii_case("authorization")
        {
            value.clone_into(&mut token);
        }
    }
    let body = r#"{"result":[{"number":"INC0010001"}]}"#;
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
    let answer = format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    stream.write_all(answer.as_bytes()).await.expect("it listens");
    token
}

/// Runs a program under `glowjar exec --mint`, which calls Firefly once for each line it reads.
async fn live_on(program: &str, script: &str, packages: Option<&str>) {
    let office = TestApp::with(|settings| settings.rotation = Rotation::Strict).await;
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
    let secret = variable(&environment, "ADOBE_CLIENT_SECRET");
    holds_nothing_of_use_elsewhere(&office, &environment, &secret, folder.path()).await;
    drop(input);
    office.within("its end", running.wait()).await.expect("it ran");
}

/// What Glowjar gave it is refused at the provider, and the real secret is neither in its environment nor in a file that
/// it wrote.
async fn holds_nothing_of_use_elsewhere(
    office: &TestApp,
    environment: &str,
    secret: &str,
    folder: &Path,
) {
    assert!(!environment.contains(CLIENT_SECRET), "it has the real secret");
    let refused = mint(&office.sandbox.url(), secret).await;
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    let said: Value = refused.json().await.expect("JSON");
    assert_eq!(said["error"], "invalid_client");
    let found = std::process::Command::new("grep")
        .args(["--recursive", "--files-with-matches", CLIENT_SECRET])
        .arg(folder)
        .output()
        .expect("grep runs");
    assert_eq!(String::from_utf8_lossy(&found.stdout), "", "a file has the real secret");
}

fn variable(environment: &str, name: &str) -> String {
    let named = |line: &str| line.strip_prefix(name)?.strip_prefix('=').map(str::to_owned);
    environment.split('\0').find_map(named).expect("it was given")
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
