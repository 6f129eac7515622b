//! "Ask me the first time a program takes a token."

use std::{path::PathBuf, time::Duration};

use futures_util::future::join_all;
use glowjar_agent::{
    request::{Draft, Reply, Request},
    tray::Row,
    view::{Consent, EntryKind, Level, ProgramsView, QuestionView},
};
use serde_json::json;
use tokio::task::JoinHandle;

use super::asking::{framed, hear, one_profile};
use crate::test_app::{
    TestApp, drafts,
    programs::{Programs, Ran, ran},
    shell::Told,
};

#[tokio::test]
async fn a_program_is_asked_about_once_and_the_answer_outlives_a_restart_until_it_is_forgotten() {
    let (mut office, programs) = asking().await;
    let waiting = starts(&programs, &["token"]);
    let question = question(&office).await;
    let this = std::env::current_exe().expect("a program").display().to_string();
    assert_eq!(
        (question.program.file.as_deref(), question.program.by_command),
        (Some(&*this), true)
    );
    assert!(question.is_waiting && question.is_remembered && !question.runs_anything);
    let [Told::Raised(notice)] = &*office.told(1).await else {
        panic!("{:?}", office.shell.told())
    };
    assert!(notice.body.contains(&this), "{notice:?}");
    assert_eq!(office.shell.tray().icon, Level::Attention);
    assert!(has_row(&office.shell.tray().menu, &question.program.name));
    assert!(!waiting.is_finished(), "it waits for the person");

    // By the button of the toast.
    let labels: Vec<_> = notice.buttons.iter().map(|button| button.label.as_str()).collect();
    assert_eq!(labels, ["For an hour", "Until locked", "Always", "Never"]);
    office.agent().click(notice.buttons[2].click.clone());
    let first = ended(&office, waiting).await;
    assert_eq!((first.code, first.err.as_str()), (Some(0), ""));
    let token = first.out.trim_end();
    assert!(office.sandbox.accepts(token));
    assert_eq!(office.told(2).await[1], Told::Withdrawn(notice.id.clone()));
    assert!(office.barrier().await.questions.is_empty());
    assert_eq!(office.shell.tray().icon, Level::Fresh);
    office.token(&programs, &["--format", "bearer"]).await;
    assert!(!office.shell.debug().contains(&token[..8]), "no question and no notice holds a token");

    drop(programs);
    office.restart().await;
    office.live().await;
    let programs = office.let_programs_in();
    office.token(&programs, &[]).await;
    assert!(office.shell.told().is_empty());

    let shown = shown(&office).await;
    assert!(shown.asks_first);
    let [permission] = shown.permissions.as_slice() else { panic!("{shown:#?}") };
    assert_eq!((permission.consent, &permission.program), (Consent::Always, &question.program));
    let forget = Request::ForgetPermission { number: permission.number };
    assert_eq!(office.ask(forget).await, Reply::Done);
    let waiting = starts(&programs, &["token"]);
    let again = self::question(&office).await;
    answer(&office, again.number, true).await;
    assert_eq!(ended(&office, waiting).await.code, Some(0));
    let kept = std::fs::read_to_string(office.folder.path().join("permissions.json"));
    assert!(kept.is_ok_and(|kept| !kept.contains(&token[..8]) && kept.contains(&this)));
}

#[tokio::test]
async fn f53_an_allowed_program_that_was_updated_while_it_ran_is_not_asked_about_again() {
    let (office, programs) = asking().await;
    let nightly = programs.folder().join("nightly");
    let script =
        r#"cp "$(command -v sh)" "$0" && exec "$0" -c 'glowjar token; read go; glowjar token; :'"#;
    let mut job = programs
        .program("sh", &["-c", script, &nightly.display().to_string()])
        .stdin(std::process::Stdio::piped())
        .spawn()
        .expect("sh runs");
    let question = question(&office).await;
    assert_eq!(question.program.file, Some(nightly.display().to_string()));
    answer(&office, question.number, true).await;
    office.snapshot_when("the answer", |it| it.questions.is_empty()).await;
    std::fs::write(programs.folder().join("new"), "the new version").expect("a file");
    std::fs::rename(programs.folder().join("new"), &nightly).expect("replaced");
    drop(job.stdin.take());
    let ended = ran(office.within("the end of the job", job.wait_with_output()).await);
    let tokens: Vec<&str> = ended.out.lines().collect();
    assert!(tokens.len() == 2 && tokens[0] == tokens[1], "{ended:?}");
    assert_eq!(ended.err, "");
    assert!(office.barrier().await.questions.is_empty());
}

#[tokio::test]
async fn whom_the_person_does_not_allow_is_told_so_and_not_asked_about_again() {
    let (office, programs) = asking().await;
    let waiting = starts(&programs, &["exec", "--", "true"]);
    let question = question(&office).await;
    answer(&office, question.number, false).await;
    for refused in [ended(&office, waiting).await, office.run(&programs, &["token"]).await] {
        let this = std::env::current_exe().expect("a program").display().to_string();
        assert_eq!((refused.code, refused.out.as_str()), (Some(3), ""), "{refused:?}");
        assert_eq!(
            refused.err,
            format!(
                "glowjar: {this} may not take tokens of Campaign. That was answered in Glowjar's \
                 window, where it can be forgotten under Programs.\n"
            )
        );
    }
    assert!(office.barrier().await.questions.is_empty());
    let id = office.profile().id;
    let Reply::History { history } = office.ask(Request::History { profile: id, since: 0 }).await
    else {
        panic!("no history")
    };
    let refusals = history.entries.iter().filter(|entry| entry.kind == EntryKind::Refused);
    assert_eq!(refusals.count(), 1, "a script that goes on trying fills no history");

    let number = shown(&office).await.permissions[0].number;
    office.ask(Request::ForgetPermission { number }).await;
    let waiting = starts(&programs, &["token"]);
    let again = self::question(&office).await;
    answer(&office, again.number, true).await;
    assert_eq!(ended(&office, waiting).await.code, Some(0));
}

#[tokio::test]
async fn who_is_not_answered_in_time_is_told_so_and_the_question_stays_for_the_next_try() {
    let (office, programs) = asking().await;
    let waiting = starts(&programs, &["token"]);
    let question = question(&office).await;
    office.advance(Duration::from_secs(31));
    let refused = ended(&office, waiting).await;
    assert_eq!((refused.code, refused.out.as_str()), (Some(3), ""));
    assert!(refused.err.starts_with("glowjar: Nobody answered whether /"), "{refused:?}");
    let after = office.barrier().await;
    assert!(after.questions.iter().all(|it| !it.is_waiting && it.number == question.number));
    assert_eq!(office.shell.tray().icon, Level::Fresh, "nobody waits any more");

    answer(&office, question.number, true).await;
    office.token(&programs, &[]).await;

    let number = shown(&office).await.permissions[0].number;
    office.ask(Request::ForgetPermission { number }).await;
    let waiting = starts(&programs, &["token", "--timeout", "10m"]);
    self::question(&office).await;
    office.advance(Duration::from_secs(3_601));
    assert_eq!(ended(&office, waiting).await.code, Some(3));
    assert!(office.barrier().await.questions.is_empty(), "after an hour nobody remembers");
}

#[tokio::test]
async fn another_profile_has_its_own_answers() {
    let (office, programs) = asking().await;
    let other = office.add(Draft { name: "Packaging".to_owned(), ..drafts::minting() }).await;
    office.settled().await;
    office.token(&programs, &["Packaging"]).await;

    let waiting = starts(&programs, &["token", "Campaign"]);
    let first = question(&office).await;
    assert_eq!(first.profile_name, "Campaign");
    answer(&office, first.number, true).await;
    assert_eq!(ended(&office, waiting).await.code, Some(0));

    office.ask(Request::AskFirst { profile: other.clone(), wanted: true }).await;
    let waiting = starts(&programs, &["token", "Packaging"]);
    assert_eq!(question(&office).await.profile_name, "Packaging");
    // Who is no longer to be asked about waits no longer.
    office.ask(Request::AskFirst { profile: other, wanted: false }).await;
    assert_eq!(ended(&office, waiting).await.code, Some(0));
    assert!(office.barrier().await.questions.is_empty());
}

#[tokio::test]
async fn f38_many_callers_of_one_program_are_one_question_and_one_toast() {
    let (office, programs) = asking().await;
    let all: Vec<_> = (0..20).map(|_| starts(&programs, &["token"])).collect();
    let question = question(&office).await;
    answer(&office, question.number, true).await;
    for ran in office.within("all of them", join_all(all)).await {
        let ran = ran.expect("it ran");
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
        assert!(office.sandbox.accepts(ran.out.trim_end()));
    }
    let raised = office.shell.told();
    let raised = raised.iter().filter(|told| matches!(told, Told::Raised(_)));
    assert_eq!(raised.count(), 1);
}

#[tokio::test]
async fn locked_wins_over_every_answer() {
    let (office, programs) = asking().await;
    let waiting = starts(&programs, &["token"]);
    let question = question(&office).await;
    office.ask(Request::Lock).await;
    let refused = ended(&office, waiting).await;
    assert_eq!((refused.code, refused.err.as_str()), (Some(3), LOCKED));
    answer(&office, question.number, true).await;
    let refused = office.run(&programs, &["token"]).await;
    assert_eq!((refused.code, refused.err.as_str()), (Some(3), LOCKED));
    office.ask(Request::Unlock).await;
    office.token(&programs, &[]).await;
}

#[tokio::test]
async fn what_a_person_set_up_is_not_asked_about_and_setting_up_is() {
    let (office, programs) = one_profile().await;
    let raw = programs.folder().join("token").display().to_string();
    office.run(&programs, &["files", "raw", &raw]).await;
    let let_in = office.run(&programs, &["http", "add", "Postman"]).await;
    let secret = let_in.out.trim_end().to_owned();
    let url = office.run(&programs, &["http"]).await.out;
    let url = url.lines().next().expect("an address").to_owned();
    let profile = office.profile().id;
    office.ask(Request::AskFirst { profile: profile.clone(), wanted: true }).await;

    office.advance(Duration::from_secs(60));
    office.refresh(&profile).await;
    office.live().await;
    let http = reqwest::Client::new().get(format!("{url}/v1/token/Campaign")).bearer_auth(&secret);
    let answered = office.within("an answer", http.send()).await.expect("an answer");
    assert_eq!(answered.status(), 200);
    let body: serde_json::Value = answered.json().await.expect("JSON");
    let token = body["access_token"].as_str().expect("a token");
    let written = async {
        while !std::fs::read_to_string(&raw).is_ok_and(|text| text.trim_end() == token) {
            office.barrier().await;
        }
    };
    office.within("the file", written).await;
    assert!(office.barrier().await.questions.is_empty());

    // A program must not get around the question by setting itself up.
    let other = programs.folder().join("other").display().to_string();
    for arguments in [vec!["http", "add", "sneaky"], vec!["files", "raw", &other]] {
        let waiting = starts(&programs, &arguments);
        let asked = question(&office).await;
        answer(&office, asked.number, false).await;
        assert_eq!(ended(&office, waiting).await.code, Some(3), "{arguments:?}");
        let shown = shown(&office).await;
        assert_eq!((shown.consumers.len(), shown.sinks.len()), (1, 1));
        office.ask(Request::ForgetPermission { number: shown.permissions[0].number }).await;
    }
    let waiting = starts(&programs, &["http", "add", "another"]);
    let asked = question(&office).await;
    answer(&office, asked.number, true).await;
    assert_eq!(ended(&office, waiting).await.code, Some(0));
    assert_eq!(shown(&office).await.consumers, ["Postman", "another"]);
}

#[tokio::test]
async fn two_scripts_of_one_interpreter_are_one_program_and_the_question_says_so() {
    let (office, programs) = asking().await;
    let script = "import json, socket, struct, sys\n\
        s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])\n\
        body = json.dumps({'version': 1, 'ask': 'token'}).encode()\n\
        s.sendall(struct.pack('>I', len(body)) + body); f = s.makefile('rb')\n\
        print(json.loads(f.read(struct.unpack('>I', f.read(4))[0]))['answer'])";
    let socket = programs.socket().display().to_string();
    let mut python = programs.program("python3", &["-c", script, &socket]);
    let first = tokio::spawn(async move { ran(python.output().await) });
    let asked = question(&office).await;
    assert!(asked.runs_anything && !asked.program.by_command, "{asked:?}");
    answer(&office, asked.number, true).await;
    assert_eq!(ended(&office, first).await.out, "token\n");
    let other = format!("# another script\n{script}");
    let other = programs.program("python3", &["-c", &other, &socket]).output();
    assert_eq!(ran(office.within("the other", other).await).out, "token\n");
}

#[tokio::test]
async fn who_leaves_before_the_answer_harms_nobody_and_a_removed_profile_asks_nothing() {
    let (office, programs) = asking().await;
    let mut stream = programs.connect().await;
    let ask = framed(&json!({ "version": 1, "ask": "token", "timeout": 600 }));
    tokio::io::AsyncWriteExt::write_all(&mut stream, &ask).await.expect("sent");
    let asked = question(&office).await;
    drop(stream);
    let gave_up =
        async { while office.barrier().await.questions.iter().any(|it| it.is_waiting) {} };
    office.within("it to be gone", gave_up).await;
    answer(&office, asked.number, false).await;
    // That was this program itself, and the command is another one.
    let waiting = starts(&programs, &["token"]);
    question(&office).await;
    let profile = office.profile().id;
    office.ask(Request::RemoveProfile { profile, revoke: false }).await;
    let refused = ended(&office, waiting).await;
    assert!(refused.err.contains("This profile is gone"), "{refused:?}");
    assert!(office.barrier().await.questions.is_empty());
    let mut stream = programs.connect().await;
    tokio::io::AsyncWriteExt::write_all(&mut stream, &ask).await.expect("sent");
    assert_eq!(hear(&mut stream).await.expect("an answer")["code"], "no_profile");
}

#[tokio::test]
async fn what_a_person_allows_a_program_without_a_name_is_not_asked_once_more() {
    let (office, _programs) = asking().await;
    let other = office.add(Draft { name: "Packaging".to_owned(), ..drafts::minting() }).await;
    office.ask(Request::AskFirst { profile: other, wanted: true }).await;
    let (nameless, answered) = without_a_name(&office, r#"'ask': 'add_http', 'name': 'Postman'"#);
    let mut asked = Vec::new();
    for _ in 0..2 {
        let question = question(&office).await;
        assert!(!question.is_remembered, "{question:?}");
        asked.push(question.profile_name);
        answer(&office, question.number, true).await;
    }
    asked.sort();
    assert_eq!(asked, ["Campaign", "Packaging"], "each profile once");
    let let_in = async {
        while std::fs::read_to_string(&answered).is_ok_and(|text| !text.ends_with('\n')) {
            office.barrier().await;
        }
    };
    office.within("an answer", let_in).await;
    let answer = std::fs::read_to_string(&answered).expect("a file");
    assert_eq!(answer, "http\n");
    assert!(shown(&office).await.permissions.is_empty(), "it can't be remembered");
    drop(nameless);
}

#[tokio::test]
async fn a_question_about_a_program_without_a_name_goes_with_it() {
    let (office, _programs) = asking().await;
    let (_nameless, answered) = without_a_name(&office, "'ask': 'token', 'timeout': 2");
    question(&office).await;
    office.advance(Duration::from_secs(3));
    office.snapshot_when("no question", |seen| seen.questions.is_empty()).await;
    drop(answered);
}

#[tokio::test]
async fn one_program_that_asks_all_the_time_fills_neither_the_screen_nor_the_list() {
    let (office, programs) = asking().await;
    let mut streams = Vec::new();
    for n in 0..30 {
        let name = format!("Profile {n}");
        let id = office.add(Draft { name: name.clone(), ..drafts::minting() }).await;
        office.ask(Request::AskFirst { profile: id, wanted: true }).await;
        let mut stream = programs.connect().await;
        let ask = json!({ "version": 1, "ask": "token", "profile": name, "timeout": 5 });
        tokio::io::AsyncWriteExt::write_all(&mut stream, &framed(&ask)).await.expect("sent");
        streams.push(stream);
    }
    for stream in &mut streams[5..] {
        let answer = office.within("a refusal", hear(stream)).await.expect("an answer");
        assert_eq!(answer["code"], "not_answered");
    }
    assert_eq!(office.barrier().await.questions.len(), 5);
    let raised = || office.shell.told().iter().filter(|it| matches!(it, Told::Raised(_))).count();
    assert!(raised() <= 3, "{:?}", office.shell.told());

    // Another program is still asked about, and said to the person as well.
    let before = raised();
    let waiting = starts(&programs, &["token", "Campaign"]);
    let by_command = |seen: &glowjar_agent::view::Snapshot| {
        seen.questions.iter().any(|it| it.program.by_command)
    };
    let seen = office.snapshot_when("the other's question", by_command).await;
    assert_eq!(raised(), before + 1);
    let other = seen.questions.iter().find(|it| it.program.by_command).expect("a question").number;
    answer(&office, other, true).await;
    assert_eq!(ended(&office, waiting).await.code, Some(0));
}

#[tokio::test]
async fn a_program_that_asks_again_and_again_raises_no_toast_each_time() {
    let (office, programs) = asking().await;
    let mut stream = programs.connect().await;
    for _ in 0..10 {
        let ask = json!({ "version": 1, "ask": "token", "timeout": 1 });
        tokio::io::AsyncWriteExt::write_all(&mut stream, &framed(&ask)).await.expect("sent");
        office
            .snapshot_when("a question", |seen| seen.questions.iter().any(|it| it.is_waiting))
            .await;
        office.advance(Duration::from_secs(2));
        assert_eq!(hear(&mut stream).await.expect("an answer")["code"], "not_answered");
    }
    let raised = office.shell.told();
    let raised = raised.iter().filter(|told| matches!(told, Told::Raised(_)));
    assert_eq!(raised.count(), 1, "in twenty seconds");
}

/// A program that the system can't name: who connected has ended, and its child goes on. The second part is where its
/// child writes what kind of answer it got.
fn without_a_name(office: &TestApp, ask: &str) -> (Programs, PathBuf) {
    // Nothing accepts the connection before this returns, since nothing is awaited here.
    let programs = office.let_programs_in();
    let answered = programs.folder().join("answered");
    let out = std::fs::File::create(&answered).expect("a file");
    let script = format!(
        "import json, os, socket, struct, sys\n\
         s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])\n\
         if os.fork(): os._exit(0)\n\
         body = json.dumps({{'version': 1, {ask}}}).encode()\n\
         s.sendall(struct.pack('>I', len(body)) + body); f = s.makefile('rb')\n\
         print(json.loads(f.read(struct.unpack('>I', f.read(4))[0]))['answer'], flush=True)"
    );
    let ended = std::process::Command::new("python3")
        .args(["-c", &script, &programs.socket().display().to_string()])
        .stdout(out)
        .status();
    assert!(ended.is_ok_and(|status| status.success()));
    (programs, answered)
}

/// The application with one profile that asks first.
pub(super) async fn asking() -> (TestApp, Programs) {
    let (office, programs) = one_profile().await;
    let profile = office.profile().id;
    assert_eq!(office.ask(Request::AskFirst { profile, wanted: true }).await, Reply::Done);
    (office, programs)
}

pub(super) fn starts(programs: &Programs, arguments: &[&str]) -> JoinHandle<Ran> {
    let mut command = programs.command(arguments);
    tokio::spawn(async move { ran(command.output().await) })
}

pub(super) async fn ended(office: &TestApp, waiting: JoinHandle<Ran>) -> Ran {
    office.within("its end", waiting).await.expect("it ran")
}

/// The one that is open, once a program waits for it.
pub(super) async fn question(office: &TestApp) -> QuestionView {
    let asked = |snapshot: &glowjar_agent::view::Snapshot| {
        snapshot.questions.iter().any(|question| question.is_waiting)
    };
    let mut questions = office.snapshot_when("a question", asked).await.questions;
    assert_eq!(questions.len(), 1);
    questions.remove(0)
}

async fn answer(office: &TestApp, question: u32, allow: bool) {
    answer_with(office, question, if allow { Consent::Always } else { Consent::Never }).await;
}

pub(super) async fn answer_with(office: &TestApp, question: u32, consent: Consent) {
    assert_eq!(office.ask(Request::AnswerQuestion { question, consent }).await, Reply::Done);
}

pub(super) async fn shown(office: &TestApp) -> ProgramsView {
    let profile = office.profile().id;
    match office.ask(Request::Programs { profile }).await {
        Reply::Programs { programs } => programs,
        other => panic!("{other:?}"),
    }
}

fn has_row(menu: &[Row], program: &str) -> bool {
    menu.iter().any(|row| matches!(row, Row::Item { label, .. } if label.contains(program)))
}

const LOCKED: &str = "glowjar: Glowjar is locked. Unlock it in its window.\n";
