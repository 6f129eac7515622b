//! Programs that get their own tokens get them here, with a secret that is of no use elsewhere.

use std::{process::Stdio, time::Duration};

use glowjar_protocol::{
    client::Client as Connection,
    message::{self, Ask},
};
use glowjar_sandbox::{Answer, CLIENT_ID, Route};
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

use super::{
    asking::one_profile,
    http::{let_in, report},
};
use crate::test_app::{
    TestApp, drafts,
    programs::{Programs, Ran, ran},
};

#[tokio::test]
async fn a_program_gets_its_token_as_it_would_from_adobe_with_what_is_left_of_its_life() {
    let (office, programs) = one_profile().await;
    let (url, secret) = let_in(&office, &programs, "ComfyUI").await;
    let answer = mint(&url, &secret).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let reply: Value = answer.json().await.expect("JSON");
    assert!(office.sandbox.accepts(reply["access_token"].as_str().expect("a token")));
    assert_eq!((&reply["token_type"], &reply["expires_in"]), (&json!("bearer"), &json!(86_399)));
    assert_eq!(reply.as_object().map(serde_json::Map::len), Some(3), "as Adobe's: {reply}");
    office.advance(Duration::from_secs(3_600));
    let later: Value = mint(&url, &secret).await.json().await.expect("JSON");
    assert_eq!(
        (&later["access_token"], &later["expires_in"]),
        (&reply["access_token"], &json!(82_799))
    );
    assert_eq!(office.sandbox.requests_to(Route::Token).len(), 1, "asking costs no request");

    let discovered: Value = get(&url, "/ims/.well-known/openid-configuration").await;
    assert_eq!(discovered["token_endpoint"], format!("{url}/ims/token/v3"));
    let validated = |token: &str| {
        let form = [("type", "access_token"), ("client_id", CLIENT_ID), ("token", token)];
        let request = client().post(format!("{url}/ims/validate_token/v1")).form(&form);
        async { request.send().await.expect("an answer").json::<Value>().await.expect("JSON") }
    };
    let token = reply["access_token"].as_str().expect("a token");
    assert_eq!(validated(token).await["valid"], true);
    assert_eq!(validated("another").await["valid"], false);
    let log = office.run(&programs, &["log"]).await.out;
    assert!(log.lines().any(|line| line.ends_with("token endpoint  ComfyUI")), "{log}");
}

#[tokio::test]
async fn the_secret_of_a_program_is_of_no_use_at_the_provider() {
    let (office, programs) = one_profile().await;
    let (_, secret) = let_in(&office, &programs, "n8n").await;
    let refused = mint(&office.sandbox.url(), &secret).await;
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    let said: Value = refused.json().await.expect("JSON");
    assert_eq!(said["error"], "invalid_client");
}

#[tokio::test]
async fn refusals_are_adobe_s_and_say_what_a_person_has_to_do() {
    let (office, programs) = one_profile().await;
    let (url, secret) = let_in(&office, &programs, "n8n").await;
    let with = |id: &str, secret: &str, scope: &str| {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", id),
            ("client_secret", secret),
            ("scope", scope),
        ];
        let request = client().post(format!("{url}/ims/token/v3")).form(&form);
        async {
            let answer = request.send().await.expect("an answer");
            let status = answer.status().as_u16();
            let said: Value = answer.json().await.expect("JSON");
            let text = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
            (status, text("error"), text("error_description"))
        }
    };
    let said = |status, error: &str, words: &str| (status, error.to_owned(), words.to_owned());
    let wrong = said(400, "invalid_client", "invalid client_secret parameter");
    assert_eq!(with(CLIENT_ID, "wrong", "").await, wrong);
    let wrong = said(400, "invalid_client", "invalid client_id parameter");
    assert_eq!(with("somebody-else", &secret, "").await, wrong);
    let wrong = said(400, "invalid_scope", "invalid scope parameter: photoshop");
    assert_eq!(with(CLIENT_ID, &secret, "openid,photoshop").await, wrong);
    assert_eq!(with(CLIENT_ID, &secret, "openid firefly_api").await.0, 200);
    assert_eq!(office.run(&programs, &["lock"]).await.code, Some(0));
    let (status, error, words) = with(CLIENT_ID, &secret, "").await;
    assert_eq!((status, error.as_str()), (400, "access_denied"));
    assert!(words.to_lowercase().contains("lock"), "{words}");
}

#[tokio::test]
async fn a_program_that_is_bound_to_a_profile_gets_no_other_s_tokens() {
    let (office, programs) = one_profile().await;
    let added = office.run(&programs, &["http", "add", "n8n", "--profile", "Nobody"]).await;
    assert_eq!((added.code, added.out.as_str()), (Some(2), ""), "{added:?}");
    let added = office.run(&programs, &["http", "add", "n8n", "--profile", "campaign"]).await;
    let url = office.run(&programs, &["http"]).await.out;
    let url = url.lines().next().expect("an address");
    assert_eq!(mint(url, added.out.trim_end()).await.status(), StatusCode::OK);
    // The profile goes, and another of the same client id takes its place.
    let id = office.profile().id;
    let kept = std::fs::read_to_string(office.folder.path().join("http.json")).expect("a file");
    assert!(kept.contains(&id) && kept.contains("\"version\": 1"), "{kept}");
    office.ask(glowjar_agent::request::Request::RemoveProfile { profile: id, revoke: false }).await;
    assert_eq!(mint(url, added.out.trim_end()).await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn exec_gives_a_program_a_secret_that_ends_with_it() {
    let (office, programs) = one_profile().await;
    let script = r#"
        read go
        curl --silent --fail "$ADOBE_IMS_TOKEN_URL" -d grant_type=client_credentials \
            -d "client_id=$ADOBE_CLIENT_ID" --data-urlencode "client_secret=$ADOBE_CLIENT_SECRET"
        echo; echo "$ADOBE_IMS_TOKEN_URL $ADOBE_CLIENT_SECRET $ADOBE_ACCESS_TOKEN"
        read go"#;
    let mut running = programs
        .command(&["exec", "--mint", "adobe", "--", "sh", "-c", script])
        .stdin(Stdio::piped())
        .spawn()
        .expect("the command runs");
    let mut input = running.stdin.take().expect("its input");
    let mut lines = BufReader::new(running.stdout.take().expect("its output")).lines();
    input.write_all(b"go\n").await.expect("it reads");
    let reply = office.within("the reply", lines.next_line()).await.expect("text").expect("a line");
    let reply: Value = serde_json::from_str(&reply).expect("JSON");
    assert!(office.sandbox.accepts(reply["access_token"].as_str().expect("a token")));
    let told = office.within("the rest", lines.next_line()).await.expect("text").expect("a line");
    let (token_url, secret) = told.trim_end().split_once(' ').expect("address and secret alone");
    let url = token_url.strip_suffix("/ims/token/v3").expect("Adobe's path");
    let list = office.run(&programs, &["http"]).await.out;
    assert_eq!(list, format!("{url}\nsh (as long as it runs)\n"));
    assert_eq!(mint(url, secret).await.status(), StatusCode::OK);
    assert_eq!(mint(&office.sandbox.url(), secret).await.status(), StatusCode::BAD_REQUEST);
    let kept = std::fs::read_to_string(office.folder.path().join("http.json")).expect("a file");
    let kept: Value = serde_json::from_str(&kept).expect("JSON");
    assert_eq!(kept["consumers"], json!([]), "what passes is not remembered");

    // Another one, so that the port stays open when the first ends.
    let (again, _) = let_in(&office, &programs, "n8n").await;
    assert_eq!(again, url);
    drop(input);
    office.within("its end", running.wait()).await.expect("it ran");
    let gone =
        async { while office.run(&programs, &["http"]).await.out != format!("{url}\nn8n\n") {} };
    office.within("it to be gone from the list", gone).await;
    let replayed = mint(url, secret).await;
    assert_eq!(replayed.status(), StatusCode::BAD_REQUEST);
    let log = office.run(&programs, &["log"]).await.out;
    assert!(log.contains("got nothing  a wrong secret (1)  somebody"), "{log}");
    assert_eq!(office.run(&programs, &["http", "remove", "n8n"]).await.code, Some(0));
    let closed =
        async { while TcpStream::connect(url.trim_start_matches("http://")).await.is_ok() {} };
    office.within("the port to be closed", closed).await;
}

/// As on systems that do not tell of a process's end.
#[tokio::test]
async fn a_secret_can_end_with_the_connection_it_was_given_over() {
    let (office, programs) = one_profile().await;
    let socket = programs.socket();
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let (tell, told) = tokio::sync::oneshot::channel();
    let holding = tokio::task::spawn_blocking(move || {
        let mut client = Connection::connect_to(&socket).expect("connected");
        let ask = Ask::Admit { profile: None, label: "n8n".to_owned(), connected: true };
        let answer = client.ask(ask, Duration::from_secs(30)).expect("an answer");
        let message::Answer::Admitted(admitted) = answer else { panic!("{answer:?}") };
        let _ = tell.send(admitted);
        ended.blocking_recv().ok();
    });
    let admitted = told.await.expect("admitted");
    let secret = admitted.secret.clone().expect("a secret");
    let secret = secrecy::ExposeSecret::expose_secret(&secret);
    assert_eq!(mint(&admitted.url, secret).await.status(), StatusCode::OK);
    assert!(office.run(&programs, &["http"]).await.out.contains("n8n (as long as it runs)"));
    // Longer than a question is waited for.
    office.advance(Duration::from_secs(60));
    assert_eq!(mint(&admitted.url, secret).await.status(), StatusCode::OK);
    end.send(()).expect("it waits");
    holding.await.expect("no panic");
    let address = admitted.url.trim_start_matches("http://").to_owned();
    let closed = async { while TcpStream::connect(&address).await.is_ok() {} };
    office.within("the port to be closed", closed).await;
    assert!(!office.run(&programs, &["http"]).await.out.contains("n8n"));
}

#[tokio::test]
async fn the_port_closes_behind_the_last_program_that_exec_ran() {
    let (office, programs) = one_profile().await;
    let line = ["exec", "--set", "WHERE={url}", "--", "sh", "-c", "echo $WHERE"];
    let shown = office.run(&programs, &line).await;
    assert_eq!((shown.code, shown.err.as_str()), (Some(0), ""));
    let address = shown.out.trim_end().trim_start_matches("http://").to_owned();
    assert!(address.starts_with("127.0.0.1:"), "{shown:?}");
    let closed = async { while TcpStream::connect(&address).await.is_ok() {} };
    office.within("the port to be closed", closed).await;
}

#[tokio::test]
async fn exec_gives_the_names_that_a_program_reads() {
    let (office, programs) = one_profile().await;
    let env = async |arguments: &[&str]| {
        let line = [&["exec"], arguments, &["--", "env"]].concat();
        office.run(&programs, &line).await
    };
    let has = |ran: &Ran, name: &str| {
        let start = format!("{name}=");
        ran.out.lines().find_map(|line| line.strip_prefix(&start)).map(str::to_owned)
    };
    let token = office.token(&programs, &[]).await;
    let usual = env(&[]).await;
    assert_eq!(has(&usual, "FIREFLY_SERVICES_ACCESS_TOKEN").as_ref(), Some(&token));
    assert_eq!(has(&usual, "FIREFLY_SERVICES_CLIENT_ID").as_deref(), Some(CLIENT_ID));
    assert_eq!(has(&usual, "FIREFLY_SERVICES_SCOPES"), None, "nothing else is added");
    let named = env(&["--names", "adobe"]).await;
    assert_eq!(has(&named, "ADOBE_ACCESS_TOKEN").as_ref(), Some(&token));
    assert_eq!(has(&named, "ADOBE_API_KEY").as_deref(), Some(CLIENT_ID));
    assert!(has(&named, "ADOBE_SCOPES").is_some_and(|scopes| scopes.contains("firefly_api")));
    assert_eq!(has(&named, "ADOBE_CLIENT_SECRET"), None);
    assert_eq!(has(&named, "FIREFLY_SERVICES_ACCESS_TOKEN"), None);
    let set = env(&["--set", "AUTH=Bearer {access_token}", "--set", "ID={client_id}"]).await;
    assert_eq!(has(&set, "AUTH"), Some(format!("Bearer {token}")));
    assert_eq!((has(&set, "ID").as_deref(), set.err.as_str()), (Some(CLIENT_ID), ""));
    let published = env(&["--set", "VITE_TOKEN={access_token}"]).await;
    assert!(
        published.err.contains("VITE_TOKEN") && published.err.contains("web page"),
        "{published:?}"
    );
    assert!(!published.err.contains(&token[..8]));
    let own = env(&["--names", "firefly"]).await;
    assert_eq!((own.code, own.out.as_str()), (Some(2), ""), "{own:?}");
    assert!(own.err.contains("--mint firefly"), "{own:?}");
    let both = env(&["--names", "firefly", "--set", "FIREFLY_TOKEN={access_token}"]).await;
    assert_eq!(has(&both, "FIREFLY_CLIENT_ID").as_deref(), Some(CLIENT_ID));
    for wrong in ["{tokn}", "{"] {
        let refused = env(&["--set", &format!("X={wrong}")]).await;
        assert_eq!((refused.code, refused.out.as_str()), (Some(2), ""), "{refused:?}");
    }
    let minted = env(&["--mint", "ims-s2s"]).await;
    let scopes = has(&minted, "IMS_OAUTH_S2S_SCOPES").expect("scopes");
    let scopes: Vec<String> = serde_json::from_str(&scopes).expect("an array");
    assert!(scopes.iter().any(|scope| scope == "firefly_api"));
    assert!(has(&minted, "IMS_OAUTH_S2S_CLIENT_SECRET").is_some_and(|secret| secret.len() == 64));
    assert!(!minted.out.contains(&token));
}

#[tokio::test]
async fn a_profile_remembers_under_which_names_its_programs_read() {
    let (mut office, programs) = one_profile().await;
    let id = office.profile().id;
    let names = async |office: &TestApp, programs: &Programs, arguments: &[&str]| -> Vec<String> {
        let line = [&["exec"], arguments, &["--", "env"]].concat();
        let ran = office.run(programs, &line).await;
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
        let names = ran.out.lines().filter_map(|line| line.split_once('='));
        names.map(|(name, _)| name.to_owned()).collect()
    };
    let has = |names: &[String], name: &str| names.iter().any(|it| it == name);
    let usual = names(&office, &programs, &["--names"]).await;
    assert!(has(&usual, "FIREFLY_SERVICES_ACCESS_TOKEN"), "without a choice: {usual:?}");

    let chosen = |family: &str| glowjar_agent::request::Draft {
        family: Some(family.to_owned()),
        ..drafts::untouched(drafts::minting())
    };
    office.edit(&id, chosen("adobe")).await;
    office.restart().await;
    let shown = office.live().await;
    assert_eq!(shown.client.family.as_deref(), Some("adobe"));
    drop(programs);
    let programs = office.let_programs_in();
    let own = names(&office, &programs, &["--names"]).await;
    assert!(has(&own, "ADOBE_ACCESS_TOKEN") && !has(&own, "ADOBE_CLIENT_SECRET"), "{own:?}");
    let own = names(&office, &programs, &["--mint"]).await;
    assert!(has(&own, "ADOBE_CLIENT_SECRET") && !has(&own, "ADOBE_ACCESS_TOKEN"), "{own:?}");
    let before = names(&office, &programs, &[]).await;
    assert!(has(&before, "FIREFLY_SERVICES_ACCESS_TOKEN"), "old command lines: {before:?}");
    assert!(!has(&before, "ADOBE_ACCESS_TOKEN"));
    let env = programs.folder().join(".env").display().to_string();
    assert_eq!(office.run(&programs, &["files", "env", &env, "--names"]).await.code, Some(0));
    assert!(office.run(&programs, &["files"]).await.out.contains("ADOBE_ACCESS_TOKEN in "));
    let status = office.run(&programs, &["status", "--json"]).await.out;
    assert!(status.contains("\"family\":\"adobe\""), "{status}");

    // Programs of this family take no token.
    office.edit(&id, chosen("firefly")).await;
    let refused = office.run(&programs, &["exec", "--names", "--", "env"]).await;
    assert_eq!((refused.code, refused.out.as_str()), (Some(2), ""), "{refused:?}");
    assert!(refused.err.contains("--mint firefly"), "{refused:?}");
    let own = names(&office, &programs, &["--mint"]).await;
    assert!(has(&own, "FIREFLY_CLIENT_SECRET") && has(&own, "FIREFLY_TOKEN_URL"), "{own:?}");
}

#[tokio::test]
async fn f10_a_rejected_token_is_not_valid_while_another_is_got_and_no_program_is_given_it_again() {
    let (office, programs) = one_profile().await;
    let (url, secret) = let_in(&office, &programs, "n8n").await;
    let old = office.token(&programs, &[]).await;
    let validated = async |token: &str| {
        let form = [("type", "access_token"), ("client_id", CLIENT_ID), ("token", token)];
        let request = client().post(format!("{url}/ims/validate_token/v1")).form(&form);
        let reply: Value = request.send().await.expect("an answer").json().await.expect("JSON");
        reply["valid"].as_bool().expect("yes or no")
    };
    assert!(validated(&old).await);
    let status = office.run(&programs, &["status", "--json"]).await.out;
    let status: Value = serde_json::from_str(&status).expect("JSON");
    let fingerprint = status["profiles"][0]["fingerprint"].as_str().expect("a fingerprint");
    let fingerprint = fingerprint.to_owned();
    office.sandbox.revoke_access_tokens();
    office.sandbox.next(Route::Token, Answer::Held { then: Box::new(Answer::Normal) });
    office.advance(Duration::from_secs(60));
    let complaint = programs.command(&["token", "--rejected", &fingerprint]).output();
    let meanwhile = async {
        office.asked(2).await;
        assert!(!validated(&old).await, "somebody was told that it is not");
        let minted = mint(&url, &secret);
        let look = async {
            office.barrier().await;
            office.sandbox.release();
        };
        tokio::join!(minted, look).0.json::<Value>().await.expect("JSON")
    };
    let (complaint, minted) = tokio::join!(complaint, meanwhile);
    let new = ran(complaint).out.trim_end().to_owned();
    assert_ne!(new, old);
    assert_eq!(minted["access_token"], new.as_str(), "it waited for the new one");
    assert!(validated(&new).await && !validated(&old).await);
    assert_eq!(office.asked_so_far(), 2);
}

#[tokio::test]
async fn f39_a_thousand_wrong_secrets_get_nothing_and_the_log_shows_them() {
    let (office, programs) = one_profile().await;
    let (url, secret) = let_in(&office, &programs, "n8n").await;
    let client = client();
    for n in 0..1_000 {
        let wrong = form_by(&client, &url, &format!("{n:064x}"));
        let answer = wrong.send().await.expect("an answer");
        assert!(answer.status().is_client_error());
        assert!(!answer.text().await.expect("text").contains("access_token"));
    }
    assert_eq!(mint(&url, &secret).await.status(), StatusCode::OK, "nobody else is kept waiting");
    let log = office.run(&programs, &["log"]).await.out;
    assert!(log.contains("got nothing  a wrong secret (1000)  somebody"), "{log}");
    let json = office.run(&programs, &["log", "--json"]).await.out;
    assert!(json.lines().any(|line| line.contains("\"cause\":\"wrong_secret\"")), "{json}");
    assert_eq!(office.sandbox.requests_to(Route::Token).len(), 1);
}

/// Perl, listening for one who asks, as another user.
async fn somebody_else_at(address: &str) -> Option<(tokio::process::Child, String)> {
    let mut listener = tokio::process::Command::new("perl");
    listener
        .args(["-MIO::Socket::INET", "-e"])
        .arg(
            "$s = IO::Socket::INET->new(Listen => 5, LocalAddr => $ARGV[0], ReuseAddr => 1) or exit 9; \
             $| = 1; print $s->sockport, qq(\\n); $c = $s->accept; print while <$c>",
        )
        .arg(address)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .uid(NOBODY)
        .gid(NOBODY);
    let mut listener = match listener.spawn() {
        Ok(listener) => listener,
        // A socket of another user's needs a privilege to be made.
        Err(error) => {
            eprintln!("left out: {error}");
            return None;
        }
    };
    let mut lines = BufReader::new(listener.stdout.take().expect("its output")).lines();
    let port = lines.next_line().await.expect("text").unwrap_or_default();
    Some((listener, port))
}

#[tokio::test]
async fn f39_another_user_who_takes_the_port_is_shown_no_secret_and_no_program_is_sent_there() {
    let (mut office, programs) = one_profile().await;
    let (url, _) = let_in(&office, &programs, "n8n").await;
    let address = url.trim_start_matches("http://").to_owned();
    // During: the port is Glowjar's.
    let Some((_, port)) = somebody_else_at(&address).await else { return };
    assert_eq!(port, "", "nobody else gets the port while Glowjar has it");
    // After and before: Glowjar has ended, and starts again.
    drop(programs);
    office.end().await;
    let (mut other, port) = somebody_else_at(&address).await.expect("it could be made before");
    assert!(address.ends_with(&port));
    office.start();
    office.live().await;
    let programs = office.let_programs_in();
    office.snapshot_when("the banner", |it| !it.banners.is_empty()).await;
    let ran = office.run(&programs, &["exec", "--mint", "adobe", "--", "env"]).await;
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{ran:?}");
    assert!(ran.err.contains(&NOBODY.to_string()), "{ran:?}");
    other.kill().await.expect("it runs");
}

#[tokio::test]
async fn f39_exec_looks_for_itself_who_listens_before_it_hands_a_secret_on() {
    let Some((_other, port)) = somebody_else_at("127.0.0.1:0").await else { return };
    let (office, programs) = one_profile().await;
    // An application that is fooled, or a port that changed hands a moment ago.
    let socket = programs.folder().join("fooled.sock");
    let listener = tokio::net::UnixListener::bind(&socket).expect("a socket");
    let answer = json!({
        "version": 1, "answer": "admitted", "profile": "Campaign", "client_id": CLIENT_ID,
        "url": format!("http://127.0.0.1:{port}"), "secret": "a-secret-of-its-own",
    });
    let fooled = async {
        use tokio::io::AsyncReadExt;
        let (mut stream, _) = listener.accept().await.expect("the command");
        let length = stream.read_u32().await.expect("a header");
        let mut ask = vec![0; length as usize];
        stream.read_exact(&mut ask).await.expect("a question");
        let body = answer.to_string();
        stream.write_u32(body.len().try_into().expect("short")).await.expect("sent");
        stream.write_all(body.as_bytes()).await.expect("sent");
    };
    let mut command = programs.command(&["exec", "--mint", "adobe", "--", "env"]);
    command.env("GLOWJAR_SOCKET", &socket);
    let (ran, ()) =
        tokio::join!(async { ran(office.within("its end", command.output()).await) }, fooled);
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{ran:?}");
    assert!(ran.err.contains(&NOBODY.to_string()) && !ran.err.contains("a-secret"), "{ran:?}");
}

#[tokio::test]
async fn f39_web_pages_and_other_names_get_nothing_at_the_token_endpoint_either() {
    let (office, programs) = one_profile().await;
    let (url, secret) = let_in(&office, &programs, "n8n").await;
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("host", "evil.example"),
    ] {
        let answer = form(&url, &secret).header(name, value).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{name}");
    }
    let log = office.run(&programs, &["log"]).await.out;
    assert!(log.contains("a web page (3)") && log.contains("a false name"), "{log}");
}

/// What a page tries that even knows address, id and secret.
const PAGE: &str = r#"<!doctype html><body>waiting<script>
const url = "ADDRESS", tries = [];
const form = new URLSearchParams({ grant_type: "client_credentials", client_id: "ID", client_secret: "SECRET" });
const attempt = (name, request) => tries.push(
  request.then(async (answer) => `${name}: ${answer.type} ${answer.status} ${await answer.text()}`)
    .catch((error) => `${name}: ${error}`));
const ask = (more) => fetch(url, { method: "POST", body: form, ...more });
attempt("cors", ask({}));
attempt("no-cors", ask({ mode: "no-cors" }));
attempt("json", fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(Object.fromEntries(form)) }));
attempt("basic", ask({ headers: { authorization: "Basic " + btoa("ID:SECRET") } }));
attempt("beacon", Promise.resolve(new Response(String(navigator.sendBeacon(url, form)))));
attempt("form in a frame", new Promise((found) => {
  const frame = document.createElement("iframe"); frame.name = "there"; document.body.append(frame);
  const sent = document.createElement("form"); sent.action = url; sent.method = "post"; sent.target = "there";
  for (const [name, value] of form) { const field = document.createElement("input"); field.name = name; field.value = value; sent.append(field); }
  document.body.append(sent);
  frame.onload = () => { let text; try { text = frame.contentDocument.body.textContent } catch (e) { text = String(e) }
    if (text !== "") found(new Response(text)); };
  sent.submit();
}));
Promise.all(tries).then((all) => fetch("/told", { method: "POST", body: all.join("\n") }));
</script>"#;

#[tokio::test]
async fn f39_a_web_page_in_a_real_browser_gets_no_token_from_the_token_endpoint() {
    let chromium = std::path::Path::new("/usr/bin/chromium");
    if !chromium.exists() {
        eprintln!("left out: there is no /usr/bin/chromium");
        return;
    }
    let (office, programs) = one_profile().await;
    let (url, secret) = let_in(&office, &programs, "n8n").await;
    let token = office.token(&programs, &[]).await;
    let page = PAGE.replace("ADDRESS", &format!("{url}/ims/token/v3")).replace("SECRET", &secret);
    let page = page.replace("\"ID\"", &format!("\"{CLIENT_ID}\""));
    let page = page.replace("ID:", &format!("{CLIENT_ID}:"));
    let site = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = format!("http://{}/", site.local_addr().expect("an address"));
    let profile = tempfile::tempdir().expect("a temporary folder");
    let mut browser = tokio::process::Command::new(chromium)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .arg("--remote-debugging-port=0")
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(&address)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("Chromium runs");
    let told = office.within("the page's report", report(&site, &page)).await;
    browser.kill().await.expect("it runs");
    assert!(told.lines().count() >= 6, "{told}");
    assert!(!told.contains(&token[..8]) && !told.contains("access_token"), "{told}");
    let log = office.run(&programs, &["log"]).await.out;
    assert!(log.contains("got nothing  a web page"), "{log}");
    assert!(!log.contains("token endpoint"), "nothing went out: {log}");
    assert_eq!(mint(&url, &secret).await.status(), StatusCode::OK, "it goes from a program");
}

#[tokio::test]
async fn what_exec_runs_is_let_in_when_the_person_has_allowed_it() {
    let (office, programs) = one_profile().await;
    let id = office.profile().id;
    let asks = glowjar_agent::request::Request::AskFirst { profile: id.clone(), wanted: true };
    office.ask(asks).await;
    let mut command = programs.command(&[
        "exec",
        "--set",
        "X={url} {secret}",
        "--",
        "sh",
        "-c",
        "echo $X; read go",
    ]);
    let mut running = command.stdin(Stdio::piped()).spawn().expect("it runs");
    let shown = office.snapshot_when("the question", |it| !it.questions.is_empty()).await;
    let number = shown.questions[0].number;
    office
        .ask(glowjar_agent::request::Request::AnswerQuestion {
            question: number,
            consent: glowjar_agent::view::Consent::Always,
        })
        .await;
    let mut lines = BufReader::new(running.stdout.take().expect("its output")).lines();
    let told =
        office.within("the address", lines.next_line()).await.expect("text").expect("a line");
    let (url, secret) = told.split_once(' ').expect("both");
    assert_eq!(mint(url, secret).await.status(), StatusCode::OK);
    let taken = office.run(&programs, &["log"]).await.out;
    let this = std::env::current_exe().expect("a program").display().to_string();
    assert!(taken.contains(&this), "the record names who ran it: {taken}");
    drop(running.stdin.take());
    office.within("its end", running.wait()).await.expect("it ran");
}

/// A listener that is nobody's is no port of ours.
#[tokio::test]
async fn exec_takes_another_port_if_nobody_was_told_of_the_one_before() {
    let (office, programs) = one_profile().await;
    let line = ["exec", "--set", "WHERE={url}", "--", "sh", "-c", "echo $WHERE"];
    let first = office.run(&programs, &line).await.out;
    let address = first.trim_end().trim_start_matches("http://").to_owned();
    let taken = async {
        loop {
            if let Ok(listener) = TcpListener::bind(&address).await {
                return listener;
            }
            tokio::task::yield_now().await;
        }
    };
    let _other = office.within("the port", taken).await;
    let second = office.run(&programs, &line).await;
    assert_eq!((second.code, second.err.as_str()), (Some(0), ""));
    assert_ne!(second.out, first);
}

fn form(url: &str, secret: &str) -> reqwest::RequestBuilder {
    form_by(&client(), url, secret)
}

fn form_by(client: &Client, url: &str, secret: &str) -> reqwest::RequestBuilder {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", CLIENT_ID),
        ("client_secret", secret),
        ("scope", "openid,AdobeID,firefly_api"),
    ];
    client.post(format!("{}/ims/token/v3", url.trim_end_matches('/'))).form(&form)
}

pub async fn mint(url: &str, secret: &str) -> Response {
    form(url, secret).send().await.expect("an answer")
}

async fn get(url: &str, path: &str) -> Value {
    let answer = client().get(format!("{url}{path}")).send().await.expect("an answer");
    answer.json().await.expect("JSON")
}

fn client() -> Client {
    Client::builder().no_proxy().build().expect("a client")
}

/// By its number on Linux.
const NOBODY: u32 = 65_534;
