//! Is the sandbox like Adobe? Adobe's own clients say so: `@adobe/aio-lib-ims` and the SDK of Firefly Services, as they are
//! on npm, with their one host led to the sandbox below them (`tests/adobe-clients/clients.mjs`).

use std::{path::Path, process::Stdio};

use desktop::PATIENCE;
use glowjar_sandbox::{CLIENT_ID, CLIENT_SECRET, Route, Sandbox, Settings};
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt, process::Command};

#[tokio::test]
async fn adobes_own_clients_obtain_tokens_and_report_what_they_report_of_adobe() {
    let mut settings = Settings::default();
    settings.clients[0].secrets.push(PLAIN_SECRET.to_owned());
    let sandbox = Sandbox::start(settings).await.expect("a sandbox");
    let said = run(&sandbox).await;
    let issued = |token: &Value| sandbox.accepts(token.as_str().unwrap_or_default());

    // Reads the token as Adobe's: `created_at` and `expires_in` are strings in milliseconds (docs/adobe-ims.md §4).
    let minted = &said["aio"]["minted"]["value"];
    assert!(issued(&minted["access_token"]["token"]), "{said:#}");
    assert_eq!(minted["payload"]["token_type"], "bearer");
    assert_eq!(minted["payload"]["expires_in"], 86_399);
    assert!(minted["access_token"]["expiry"].as_i64().is_some_and(|at| at > 1_700_000_000_000));
    assert_eq!(minted["refresh_token"], Value::Null);
    let refreshed = &said["aio"]["refreshed"]["value"];
    assert!(issued(&refreshed["access_token"]["token"]), "{said:#}");
    assert!(refreshed["refresh_token"]["expiry"].is_i64(), "{said:#}");
    assert_eq!(refreshed["payload"]["expires_in"], 86_399_000, "v1 counts in milliseconds");
    assert_eq!(said["aio"]["validated"]["value"]["valid"], true, "{said:#}");

    // What its users see of Adobe when the secret is wrong (docs/adobe-ims.md §5).
    let error = said["aio"]["refused"]["error"].as_str().unwrap_or_default();
    let (status, body) = error.split_once(": ").unwrap_or_default();
    assert_eq!(status, "400 (Bad Request)");
    let body: Value = serde_json::from_str(body).expect("the error ends with Adobe's JSON");
    let expected = json!({
        "error": "invalid_client",
        "error_description": "invalid client_secret parameter",
    });
    assert_eq!(body, expected);

    let firefly = &said["firefly"];
    assert!(issued(&firefly["accepted"]["authenticated"]["value"]), "{said:#}");
    assert_eq!(firefly["accepted"]["token"], firefly["accepted"]["authenticated"]);
    // Its known bugs: it keeps an error as if it were a token, and gives out nothing ever after; and it sends a secret
    // without encoding it (docs/adobe-ims.md §7).
    for refused in ["refused", "unencoded"] {
        let nothing = json!({ "authenticated": {}, "token": { "value": "" } });
        assert_eq!(firefly[refused], nothing, "{refused}");
    }

    let requests = sandbox.requests_to(Route::Token);
    let paths: Vec<_> = requests.iter().map(|request| request.path.as_str()).collect();
    let (v1, v2, v3) = ("/ims/token/v1", "/ims/token/v2", "/ims/token/v3");
    // One each: whoever keeps an error for a token never asks again.
    assert_eq!(paths, [v2, v2, v1, v3, v3, v3]);
}

async fn run(sandbox: &Sandbox) -> Value {
    let home = tempfile::tempdir().expect("a folder");
    let mut child = Command::new("node")
        .arg("clients.mjs")
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("adobe-clients"))
        // They look for settings of their own there.
        .env("HOME", home.path())
        .env("XDG_CONFIG_HOME", home.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("Node.js starts");
    let given = json!({
        "sandbox": sandbox.url(),
        "client_id": CLIENT_ID,
        "client_secret": PLAIN_SECRET,
        "odd_secret": CLIENT_SECRET,
        "wrong_secret": "p8e-not-the-one",
        "scopes": ["openid", "AdobeID", "firefly_api"],
        "refresh_token": sandbox.issue_refresh_token(CLIENT_ID),
    });
    let mut stdin = child.stdin.take().expect("its input");
    stdin.write_all(given.to_string().as_bytes()).await.expect("it reads");
    drop(stdin);
    let output = tokio::time::timeout(PATIENCE, child.wait_with_output()).await;
    let output = output.expect("it ends").expect("it ran");
    let printed = String::from_utf8_lossy(&output.stdout);
    let last = printed.lines().last().unwrap_or_default();
    serde_json::from_str(last).unwrap_or_else(|_| {
        panic!("{}; is `npm ci` done?\n{}", output.status, String::from_utf8_lossy(&output.stderr))
    })
}

/// Without any character that has to be encoded.
const PLAIN_SECRET: &str = "p8e-plain-and-simple";
