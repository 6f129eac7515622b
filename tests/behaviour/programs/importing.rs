//! `glowjar import`: from what an admin sent to a living token, without the window.

use std::process::Stdio;

use glowjar_agent::request::{Reply, Request};
use glowjar_sandbox::{Answer, CLIENT_ID, CLIENT_SECRET, Outage, Route};
use serde_json::{Value, json};
use tokio::{
    io::AsyncWriteExt,
    process::{Child, Command},
};

use super::asking::say;
use crate::test_app::{
    TestApp, drafts,
    keychain::Mood,
    programs::{Programs, Ran, ran},
};

#[tokio::test]
async fn what_an_admin_sent_becomes_a_living_token_by_the_command() {
    let (office, programs) = nobody_yet().await;
    let ran = import(&office, &programs, &[], &sent(&office, CLIENT_SECRET)).await;
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "127.0.0.1\n"), "{}", ran.err);
    for word in ["a credential", "cURL", CLIENT_ID, "firefly_api", &office.token_endpoint()] {
        assert!(ran.err.contains(word), "{word} is not in {}", ran.err);
    }
    assert!(ran.err.contains("This is not Adobe’s server"), "{}", ran.err);
    office.live().await;
    assert_eq!(office.asked_so_far(), 1, "the token of the trial is the token");
    assert!(office.sandbox.accepts(&office.token(&programs, &["127.0.0.1"]).await));
}

#[tokio::test]
async fn a_file_is_imported_under_the_name_that_was_wished_for_and_told_as_json() {
    let (office, programs) = nobody_yet().await;
    let file = programs.folder().join("from admin.txt");
    std::fs::write(&file, sent(&office, CLIENT_SECRET)).expect("a file");
    let file = file.display().to_string();
    let ran =
        office.run(&programs, &["import", &file, "--name", "Campaign", "--format", "json"]).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let told: Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(told["profile"], "Campaign");
    assert_eq!(told["id"], office.live().await.id.as_str());
    // Whose server this is, nobody knows.
    assert_eq!((&told["credential_type"], &told["source"]), (&json!("unknown"), &json!("curl")));
    assert_eq!(told["environment"], "other");
    assert_eq!(told["client_id"], CLIENT_ID);
    assert_eq!(told["warnings"][0]["code"], "other_host");
}

#[tokio::test]
async fn the_scopes_are_those_of_the_api_that_a_person_names() {
    let (office, programs) = nobody_yet().await;
    let help = office.run(&programs, &["import", "--help"]).await.out;
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    let Reply::Presets { apis, .. } = office.ask(Request::Presets).await else { panic!("none") };
    for api in apis.iter().filter(|api| !api.has_ended) {
        assert!(help.contains(&api.api), "{} is not in {help}", api.api);
        let line = ["--api", &api.api, "--name", " "];
        let ran = import(&office, &programs, &line, &sent(&office, CLIENT_SECRET)).await;
        assert!(ran.err.contains(&api.scopes.replace(',', ", ")), "{}", ran.err);
        assert!(ran.err.contains(&format!("for          {}\n", api.api)), "{}", ran.err);
    }
    let ran = import(&office, &programs, &["--api", "paint"], &sent(&office, CLIENT_SECRET)).await;
    assert_refused(&office, ran, 2, "There are: firefly, photoshop").await;
}

#[tokio::test]
async fn adobes_own_credentials_are_called_what_adobe_calls_them() {
    let (office, programs) = nobody_yet().await;
    let adobes = |host| drafts::mail(&format!("https://{host}/ims/token/v3"), CLIENT_SECRET);
    // Nothing is asked of Adobe: a profile needs a name first.
    for (host, environment) in [
        ("ims-na1.adobelogin.com", "environment  Adobe\n"),
        ("ims-na1-stg1.adobelogin.com", "environment  Adobe, test environment (stage)\n"),
    ] {
        let ran = import(&office, &programs, &["--name", " "], &adobes(host)).await;
        assert!(ran.err.contains("an OAuth Server-to-Server credential"), "{}", ran.err);
        assert!(ran.err.contains(environment), "{}", ran.err);
        assert_refused(&office, ran, 2, "Give the profile a name").await;
    }
}

#[tokio::test]
async fn what_can_not_be_imported_says_why_and_leaves_nothing_behind() {
    let (office, programs) = nobody_yet().await;
    let whole = sent(&office, CLIENT_SECRET);
    let (half, _) = whole.split_at(whole.len() - 20);
    let bad: [(&[u8], &str); 8] = [
        (b"", "There is nothing in it yet"),
        (b" \n\t\n", "There is nothing in it yet"),
        (b"Hello Mia, see you on Monday. Tom", "No client ID was found"),
        (half.as_bytes(), "It ends in the middle"),
        (&[0x89, b'P', b'N', b'G', 0, 0, 0xff, 0xfe, 0, 1, 2, 3], "This is not text"),
        (&vec![b'x'; 1024 * 1024], "this is too long"),
        // Fits as text, and no longer once its quotes are escaped.
        (&vec![b'"'; 40 * 1024], "this is too long"),
        (b"x-api-key: 0123456789abcdef", "This is only an API key"),
    ];
    for (text, why) in bad {
        assert_refused(&office, import_bytes(&office, &programs, &[], text).await, 2, why).await;
    }
    let two = format!("{whole}\n{}", whole.replace(CLIENT_ID, "another-client-id"));
    let ran = import(&office, &programs, &[], &two).await;
    assert_refused(&office, ran, 2, "There are two different credentials in it").await;
    let masked = sent(&office, "••••••••••••");
    let ran = import(&office, &programs, &[], &masked).await;
    assert_refused(&office, ran, 2, "The secret is hidden by dots").await;
    let ran = office.run(&programs, &["import", "/nowhere/at/all"]).await;
    assert_refused(&office, ran, 2, "there is nothing to read there").await;
    assert_eq!(office.asked_so_far(), 0, "nobody was asked for that");
}

#[tokio::test]
async fn smart_quotes_of_a_mail_program_do_no_harm() {
    let (office, programs) = nobody_yet().await;
    let bent = sent(&office, CLIENT_SECRET).replace('\'', "’");
    let ran = import(&office, &programs, &["--name", "Campaign"], &bent).await;
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "Campaign\n"), "{}", ran.err);
    office.live().await;
}

#[tokio::test]
async fn a_name_that_is_taken_is_said_before_anything_is_asked_or_stored() {
    let (office, programs) = nobody_yet().await;
    office.add(drafts::minting()).await;
    office.live().await;
    let text = sent(&office, CLIENT_SECRET);
    let ran = import(&office, &programs, &["--name", "campaign"], &text).await;
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    assert!(ran.err.contains("There is a profile called “campaign” already"), "{}", ran.err);
    assert_eq!((office.barrier().await.profiles.len(), office.asked_so_far()), (1, 1));
}

#[tokio::test]
async fn a_wrong_secret_wants_a_person_and_is_not_saved_anyway() {
    let (office, programs) = nobody_yet().await;
    let wrong = sent(&office, "p8e-wrong-wrong-wrong-wrong-wrong");
    let ran = import(&office, &programs, &["--anyway"], &wrong).await;
    assert_refused(&office, ran, 3, "The client secret was rejected").await;
}

#[tokio::test]
async fn a_locked_keychain_wants_a_person_and_nothing_is_stored() {
    let (office, programs) = nobody_yet().await;
    office.keychain.set_mood(Mood::Locked);
    let ran = import(&office, &programs, &[], &sent(&office, CLIENT_SECRET)).await;
    assert_refused(&office, ran, 3, "The keychain is locked").await;
}

#[tokio::test]
async fn without_a_network_it_fails_unless_it_is_to_be_saved_anyway() {
    let (office, programs) = nobody_yet().await;
    office.sandbox.set_outage(Outage::Unavailable).await.expect("an outage");
    let text = sent(&office, CLIENT_SECRET);
    assert_refused(&office, import(&office, &programs, &[], &text).await, 1, "glowjar: ").await;
    let ran = import(&office, &programs, &["--anyway", "--name", "Campaign"], &text).await;
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "Campaign\n"), "{}", ran.err);
    assert_eq!(office.barrier().await.profiles.len(), 1);
}

#[tokio::test]
async fn f33_an_imported_secret_is_in_no_output_file_argument_or_environment() {
    let (office, programs) = nobody_yet().await;
    office.sandbox.next(Route::Token, Answer::Hang);
    let mut waiting = spawn(programs.command(&["import"]));
    feed(&mut waiting, sent(&office, CLIENT_SECRET).as_bytes()).await;
    office.asked(1).await;
    // While it waits for the provider's word, anybody may look at it.
    let process = format!("/proc/{}", waiting.id().expect("it runs"));
    let mut seen = String::new();
    for file in ["cmdline", "environ"] {
        let bytes = std::fs::read(format!("{process}/{file}")).expect("ours to read");
        seen.push_str(&String::from_utf8_lossy(&bytes));
    }
    assert!(seen.contains("import"), "the right process was looked at");
    waiting.kill().await.expect("it ends");

    for arguments in [&["--format", "json"][..], &["--name", "Second"], &["--name", "second"]] {
        let ran = import(&office, &programs, arguments, &sent(&office, CLIENT_SECRET)).await;
        seen.push_str(&format!("{}{}", ran.out, ran.err));
    }
    let cut_off = sent(&office, CLIENT_SECRET).replace(&CLIENT_SECRET[20..], "");
    let ran = import(&office, &programs, &[], &cut_off).await;
    seen.push_str(&format!("{}{}", ran.out, ran.err));
    // Somebody takes the file's place for the text's.
    let text = sent(&office, CLIENT_SECRET);
    let ran = office.run(&programs, &["import", "--no-start", &text]).await;
    assert_eq!(ran.code, Some(2));
    seen.push_str(&format!("{}{}", ran.out, ran.err));
    for file in ["profiles.json", "history.json"] {
        seen.push_str(
            &std::fs::read_to_string(office.folder.path().join(file)).unwrap_or_default(),
        );
    }
    assert!(seen.contains(CLIENT_ID) && seen.contains("Campaign") || seen.contains("Second"));
    assert!(!seen.contains(&CLIENT_SECRET[..8]), "{seen}");
}

/// The application without any profile, and programs let in.
#[tokio::test]
async fn what_a_person_pasted_is_not_pushed_out_by_the_texts_of_programs() {
    let (office, programs) = nobody_yet().await;
    let text = sent(&office, CLIENT_SECRET);
    let reply = office.ask(Request::Understand { text: text.as_str().into(), api: None }).await;
    let Reply::Understood { understood } = reply else { panic!("{reply:?}") };
    let handle = understood.handle.expect("a handle");

    let mut stream = programs.connect().await;
    let ask = json!({ "version": 1, "ask": "understand", "text": text });
    let mut handles = Vec::new();
    for _ in 0..40 {
        let answer = say(&mut stream, &ask).await;
        handles.push(answer["handle"].as_str().expect("a handle").to_owned());
    }
    // Another program has room of its own, too.
    let ran = import(&office, &programs, &["--name", "By the command"], &text).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let newest = handles.last().expect("a handle");
    let answer = say(&mut stream, &imports(newest, "By a program")).await;
    assert_eq!(answer["answer"], "imported", "its own newest is there: {answer}");
    let answer = say(&mut stream, &imports(&handles[0], "Too old")).await;
    assert_eq!(answer["code"], "paste_forgotten");

    let answer = say(&mut stream, &imports(&handle, "Stolen")).await;
    assert_eq!(answer["code"], "paste_forgotten", "what a person pasted is no program's");
    let add = Request::AddUnderstood { handle, name: "Campaign".to_owned(), anyway: None };
    let reply = office.ask(add).await;
    assert!(matches!(reply, Reply::Saved { .. }), "{reply:?}");
}

fn imports(handle: &str, name: &str) -> Value {
    json!({ "version": 1, "ask": "import", "handle": handle, "name": name, "anyway": false })
}

pub async fn nobody_yet() -> (TestApp, Programs) {
    let office = TestApp::open().await;
    let programs = office.let_programs_in();
    (office, programs)
}

pub async fn import(office: &TestApp, programs: &Programs, arguments: &[&str], text: &str) -> Ran {
    import_bytes(office, programs, arguments, text.as_bytes()).await
}

async fn import_bytes(
    office: &TestApp,
    programs: &Programs,
    arguments: &[&str],
    text: &[u8],
) -> Ran {
    let mut running = spawn(programs.command(&[&["import"], arguments].concat()));
    feed(&mut running, text).await;
    ran(office.within("the end of import", running.wait_with_output()).await)
}

fn spawn(mut command: Command) -> Child {
    command.stdin(Stdio::piped()).spawn().expect("the command runs")
}

/// The command may have read enough before the end.
async fn feed(running: &mut Child, text: &[u8]) {
    let mut stdin = running.stdin.take().expect("a pipe");
    let _ = stdin.write_all(text).await;
}

pub async fn assert_refused(office: &TestApp, ran: Ran, code: i32, why: &str) {
    assert_eq!((ran.code, ran.out.as_str()), (Some(code), ""), "{}", ran.err);
    assert!(ran.err.contains(why), "{why} is not in {}", ran.err);
    assert!(office.barrier().await.profiles.is_empty(), "{why}");
    assert!(office.keychain.entries().is_empty(), "{why}");
    let kept = office.profiles_file().load().expect("the file");
    assert!(kept.profiles.is_empty() && kept.leaving.is_empty(), "{why}");
}

fn sent(office: &TestApp, secret: &str) -> String {
    drafts::mail(&office.token_endpoint(), secret)
}
