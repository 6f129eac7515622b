//! `glowjar sign-in` in a terminal, with a browser that is somewhere, and `status --check` for monitoring.

use std::{process::Stdio, time::Duration};

use glowjar_agent::{
    request::{ClientAuthentication, Draft, Request},
    view::SignInStep,
};
use glowjar_sandbox::{CLIENT_ID, CLIENT_SECRET, DeviceFlow, NATIVE_CLIENT_ID, Outage, Rotation};
use reqwest::{header, redirect::Policy};
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStdout},
};

use super::{
    asking::{hear, one_profile, say},
    importing::nobody_yet,
};
use crate::test_app::{TestApp, drafts, programs::Programs};

const HOUR: Duration = Duration::from_secs(3_600);

const SCOPES: &str = "openid,AdobeID,firefly_api,offline_access";

/// A sign-in that waits in a terminal.
struct Terminal {
    child: Child,
    out: BufReader<ChildStdout>,
    address: String,
}

impl Terminal {
    async fn begin(office: &TestApp, programs: &Programs, more: &[&str]) -> Self {
        let mut command = programs.command(&[&["sign-in"], more].concat());
        let mut child = command.stdin(Stdio::piped()).spawn().expect("the command runs");
        let mut out = BufReader::new(child.stdout.take().expect("its output"));
        let mut address = String::new();
        office.within("the address", out.read_line(&mut address)).await.expect("a line");
        Self { child, out, address: address.trim_end().to_owned() }
    }

    /// The next of its output.
    async fn line(&mut self, office: &TestApp) -> String {
        let mut line = String::new();
        office.within("a line", self.out.read_line(&mut line)).await.expect("a line");
        line.trim_end().to_owned()
    }

    async fn types(&mut self, line: &str) {
        let input = self.child.stdin.as_mut().expect("its input");
        input.write_all(format!("{line}\n").as_bytes()).await.expect("it reads");
    }

    async fn ends(mut self, office: &TestApp) -> (Option<i32>, String) {
        let mut said = String::new();
        let mut err = self.child.stderr.take().expect("its words");
        office.within("its words", err.read_to_string(&mut said)).await.expect("text");
        let status = office.within("its end", self.child.wait()).await.expect("an end");
        (status.code(), said)
    }
}

fn browser() -> reqwest::Client {
    let browser = reqwest::Client::builder().user_agent("Browser");
    browser.redirect(Policy::none()).no_proxy().build().unwrap()
}

/// Agrees on the sandbox's page, and says where that sends the browser.
async fn agrees(address: &str) -> String {
    let browser = browser();
    let sent = browser.get(format!("{address}&decision=allow")).send().await.unwrap();
    sent.headers()[header::LOCATION].to_str().unwrap().to_owned()
}

async fn arrives(address: &str) {
    let browser = browser();
    let request = browser
        .get(address)
        .header("sec-fetch-mode", "navigate")
        .header("sec-fetch-dest", "document");
    request.send().await.unwrap();
}

fn new<'a>(server: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let begin = ["--new", "Campaign", "--client-id", NATIVE_CLIENT_ID, "--server", server];
    [&begin, &["--scopes", SCOPES][..], more].concat()
}

#[tokio::test]
async fn a_browser_on_this_computer_finds_back_by_itself_and_glowjar_opens_none() {
    let (office, programs) = nobody_yet().await;
    let server = office.sandbox.url();
    let terminal = Terminal::begin(&office, &programs, &new(&server, &[])).await;
    assert_eq!(office.shell.opened(), [""; 0]);
    let shown = office.barrier().await.sign_in.expect("the window shows it as well");
    assert_eq!(shown.address.as_deref(), Some(&*terminal.address));
    arrives(&agrees(&terminal.address).await).await;
    let (code, said) = terminal.ends(&office).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("finds back by itself") && said.contains("Signed in: Campaign"),
        "{said}"
    );
    assert!(office.live().await.client.signed_in.is_some_and(|it| it.renews));
    assert_eq!(office.shell.opened(), [""; 0]);
    office.assert_strict();
}

#[tokio::test]
async fn a_code_is_shown_in_the_terminal_and_what_the_server_lacks_is_said() {
    let (office, programs) = nobody_yet().await;
    let server = office.sandbox.url();
    let ran = office.run(&programs, &[&["sign-in"], &*new(&server, &["--device"])].concat()).await;
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{}", ran.err);
    assert!(ran.err.contains("gives out no codes"), "{}", ran.err);

    office.sandbox.change(|settings| settings.device_flow = Some(DeviceFlow::default()));
    let mut terminal = Terminal::begin(&office, &programs, &new(&server, &["--device"])).await;
    let code = terminal.line(&office).await;
    assert_eq!(Some(&code), office.barrier().await.sign_in.and_then(|it| it.code).as_ref());
    assert_eq!(office.shell.opened(), [""; 0]);
    let page = format!("{}?user_code={code}&decision=allow", terminal.address);
    assert!(browser().get(page).send().await.unwrap().status().is_success());
    office.pass(Duration::from_secs(6)).await;
    let (code, said) = terminal.ends(&office).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("type in the code") && said.contains("Signed in: Campaign"), "{said}");
    assert!(office.live().await.client.signed_in.is_some_and(|it| it.renews));
    office.assert_strict();

    // As the last time; and who leaves gives up.
    let mut terminal = Terminal::begin(&office, &programs, &[]).await;
    assert!(!terminal.line(&office).await.is_empty());
    terminal.child.kill().await.expect("it can be ended");
    office.snapshot_when("no sign-in", |snapshot| snapshot.sign_in.is_none()).await;
}

#[tokio::test]
async fn the_address_of_a_browser_elsewhere_is_pasted_and_a_wrong_one_is_said_to_be() {
    let (office, programs) = nobody_yet().await;
    let (server, back) = (office.sandbox.url(), "https://studio.example/back");
    let line = new(&server, &["--redirect", back]);
    let mut terminal = Terminal::begin(&office, &programs, &line).await;
    let address = agrees(&terminal.address).await;
    assert!(address.starts_with(back), "{address}");
    terminal.types("").await;
    terminal.types("https://studio.example/back?code=forged&state=forged").await;
    terminal.types(&format!("  {address}")).await;
    let (code, said) = terminal.ends(&office).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("glowjar: ") && said.contains("Signed in: Campaign"), "{said}");
    assert!(!said.contains("forged") && !said.contains("code="), "{said}");
    office.live().await;
}

#[tokio::test]
async fn a_client_with_a_secret_reads_it_from_a_file() {
    let (office, programs) = nobody_yet().await;
    let file = programs.folder().join("secret");
    std::fs::write(&file, format!("{}\n", glowjar_sandbox::WEB_CLIENT_SECRET)).expect("a file");
    let (server, file) = (office.sandbox.url(), file.display().to_string());
    let line = [
        "--new",
        "Web",
        "--client-id",
        glowjar_sandbox::WEB_CLIENT_ID,
        "--server",
        &server,
        "--secret-file",
        &file,
        "--scopes",
        SCOPES,
    ];
    let terminal = Terminal::begin(&office, &programs, &line).await;
    arrives(&agrees(&terminal.address).await).await;
    assert_eq!(terminal.ends(&office).await.0, Some(0));
    office.live().await;
}

#[tokio::test]
async fn a_profile_signs_in_again_and_a_person_who_says_no_is_told_so() {
    let (office, programs) = nobody_yet().await;
    let server = office.sandbox.url();
    let terminal = Terminal::begin(&office, &programs, &new(&server, &[])).await;
    arrives(&agrees(&terminal.address).await).await;
    assert_eq!(terminal.ends(&office).await.0, Some(0));
    let before = office.live().await;

    let terminal = Terminal::begin(&office, &programs, &[]).await;
    let denied = agrees(&terminal.address).await;
    let back = denied.split('?').next().expect("an address").to_owned();
    let state = denied.split("state=").nth(1).expect("a state").split('&').next().expect("one");
    arrives(&format!("{back}?error=access_denied&state={state}")).await;
    let (code, said) = terminal.ends(&office).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("The sign-in was refused"), "{said}");
    assert_eq!(office.barrier().await.profiles.len(), 1);

    let terminal = Terminal::begin(&office, &programs, &["Campaign"]).await;
    arrives(&agrees(&terminal.address).await).await;
    assert_eq!(terminal.ends(&office).await.0, Some(0));
    assert_eq!(office.live().await.id, before.id);
}

#[tokio::test]
async fn who_leaves_the_terminal_gives_up_and_there_is_one_sign_in_at_a_time() {
    let (office, programs) = nobody_yet().await;
    let server = office.sandbox.url();
    let mut terminal = Terminal::begin(&office, &programs, &new(&server, &[])).await;
    let again = office.run(&programs, &[&["sign-in"], &*new(&server, &[])].concat()).await;
    assert_eq!((again.code, again.out.as_str()), (Some(1), ""), "{}", again.err);
    assert!(again.err.contains("A sign-in is under way already"), "{}", again.err);
    let waits = office.barrier().await.sign_in.map(|it| it.step);
    assert_eq!(waits, Some(SignInStep::Waiting), "the other one goes on");
    terminal.child.kill().await.expect("it can be ended");
    office.snapshot_when("no sign-in", |snapshot| snapshot.sign_in.is_none()).await;
    assert!(office.barrier().await.banners.is_empty(), "nobody is told of their own doing");
    assert_eq!(office.keychain.entries(), [""; 0]);
}

#[tokio::test]
async fn what_can_not_be_signed_in_for_says_why() {
    let (office, programs) = nobody_yet().await;
    for (line, code, why) in [
        (vec!["sign-in"], 2, "There is no profile yet"),
        (vec!["sign-in", "Nobody"], 2, "There is no profile called"),
        (vec!["sign-in", "--new", "One"], 2, "--client-id"),
        (vec!["sign-in", "--new", "One", "--client-id", "abc"], 2, "redirect"),
        (vec!["sign-in", "--new", " ", "--client-id", "abc", "--server", "nonsense"], 2, "name"),
    ] {
        let ran = office.run(&programs, &line).await;
        assert_eq!((ran.code, ran.out.as_str()), (Some(code), ""), "{line:?}: {}", ran.err);
        assert!(ran.err.contains(why), "{line:?}: {}", ran.err);
    }
    // Over the socket as well.
    let mut stream = programs.connect().await;
    let paste =
        json!({ "version": 1, "ask": "paste_sign_in", "address": "https://a.example/?code=x" });
    let answer = say(&mut stream, &paste).await;
    assert_eq!((&answer["answer"], &answer["code"]), (&json!("failed"), &json!("sign_in_over")));
}

#[tokio::test]
async fn a_program_that_hangs_up_ends_its_sign_in() {
    let (office, programs) = nobody_yet().await;
    let mut stream = programs.connect().await;
    let ask = json!({ "version": 1, "ask": "sign_in", "new": {
        "name": "Campaign", "client_id": NATIVE_CLIENT_ID, "server": office.sandbox.url(),
        "scopes": SCOPES,
    }});
    let told = say(&mut stream, &ask).await;
    assert_eq!(told["answer"], "signing_in");
    arrives(&agrees(told["address"].as_str().expect("an address")).await).await;
    let over = hear(&mut stream).await.expect("an end");
    assert_eq!((&over["answer"], &over["profile"]), (&json!("signed_in"), &json!("Campaign")));

    let again = json!({ "version": 1, "ask": "sign_in", "profile": "Campaign" });
    assert_eq!(say(&mut stream, &again).await["answer"], "signing_in");
    drop(stream);
    office.snapshot_when("no sign-in", |snapshot| snapshot.sign_in.is_none()).await;
}

#[tokio::test]
async fn a_check_says_in_its_exit_code_how_all_profiles_are() {
    let (office, programs) = one_profile().await;
    let check = async || office.run(&programs, &["status", "--check"]).await;
    let ran = check().await;
    assert_eq!((ran.code, &*ran.err), (Some(0), ""));
    assert_eq!(ran.out, "Profiles with a live token: 1, paused: 0\n");

    office.sandbox.set_outage(Outage::ConnectionRefused).await.expect("an outage");
    office.pass(25 * HOUR).await;
    let ran = check().await;
    assert_eq!((ran.code, &*ran.err), (Some(1), ""), "{}", ran.out);
    assert!(ran.out.contains("can’t be reached"), "{}", ran.out);
    office.sandbox.end_outage().await.expect("its end");
    office.pass(Duration::from_secs(120)).await;
    office.live().await;

    let wrong =
        Draft { client_secret: Some("wrong".into()), ..drafts::untouched(drafts::minting()) };
    let profile = office.profile().id;
    office.edit(&profile, wrong).await;
    office.in_trouble("secret_rejected").await;
    let ran = check().await;
    assert_eq!((ran.code, &*ran.err), (Some(3), ""), "{}", ran.out);
    assert!(ran.out.contains("The client secret was rejected. "), "{}", ran.out);

    office.ask(Request::Pause { profile }).await;
    assert_eq!(check().await.code, Some(0), "who pauses wants none");
    programs.stop();
    office.within("a free socket", async { while check().await.code != Some(4) {} }).await;
}

#[tokio::test]
async fn a_sign_in_that_ends_soon_wants_a_person_before_it_has() {
    let office = TestApp::with(|settings| {
        settings.rotation = Rotation::Strict;
        settings.refresh_token_end_slides = false;
    })
    .await;
    let programs = office.let_programs_in();
    let token = office.sandbox.issue_refresh_token(CLIENT_ID);
    let draft = Draft {
        refresh_token: Some(token.into()),
        client_secret: Some(CLIENT_SECRET.into()),
        client_authentication: ClientAuthentication::Body,
        ..drafts::refreshing()
    };
    office.add(draft).await;
    office.live().await;
    let check = async || office.run(&programs, &["status", "--check"]).await;
    assert_eq!(check().await.code, Some(0));
    office.pass(12 * 24 * HOUR).await;
    let ran = check().await;
    assert_eq!(ran.code, Some(3), "{}", ran.out);
    assert_eq!(ran.out, "Campaign: Live; sign in again by 2030-01-15T12:00:00Z\n");
    let ran = office.run(&programs, &["status"]).await;
    assert!(ran.out.contains("; sign in again by 2030-01-15T12:00:00Z"), "{}", ran.out);
}
