//! What a shell sees of the command: its exit codes, and that a terminal that is closed or full changes nothing.

use std::{
    fs::File,
    os::unix::process::ExitStatusExt,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use glowjar_agent::request::Request;
use glowjar_sandbox::{Answer, CLIENT_SECRET, Outage, Route};
use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::Child,
};

use super::asking::one_profile;
use crate::test_app::{
    TestApp, drafts,
    programs::{Programs, ran},
};

const TWO_DAYS: Duration = Duration::from_secs(48 * 3_600);

/// A file that takes nothing.
fn full() -> Stdio {
    File::options().write(true).open("/dev/full").expect("Linux has it").into()
}

/// A pipe that nobody reads from any more, as a terminal that was closed.
fn closed() -> Stdio {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    writer.into()
}

async fn code(office: &TestApp, programs: &Programs, arguments: &[&str]) -> Option<i32> {
    office.run(programs, arguments).await.code
}

#[tokio::test]
async fn each_exit_code_means_what_the_readme_says() {
    let (office, programs) = one_profile().await;
    let success: [&[&str]; 8] = [
        &["token"],
        &["token", "Campaign", "--format", "json"],
        &["exec", "--", "true"],
        &["status"],
        &["profiles"],
        &["http"],
        &["--version"],
        &["completions", "bash"],
    ];
    for arguments in success {
        assert_eq!(code(&office, &programs, arguments).await, Some(0), "{arguments:?}");
    }
    let usage: [&[&str]; 8] = [
        &[],
        &["tokens"],
        &["token", "--no-such-option"],
        &["token", "Nobody"],
        &["token", "--min-valid", "soon"],
        &["exec"],
        &["http", "remove", "Nobody"],
        &["import", "/nowhere/at/all"],
    ];
    for arguments in usage {
        assert_eq!(code(&office, &programs, arguments).await, Some(2), "{arguments:?}");
    }
    // Whatever a program that is run ends with, its signals included, is the command's own end.
    for wanted in [0, 1, 2, 3, 4, 42, 126, 127, 255] {
        let script = format!("exit {wanted}");
        let arguments = ["exec", "--", "sh", "-c", &script];
        assert_eq!(code(&office, &programs, &arguments).await, Some(wanted));
    }
    let killed = programs.command(&["exec", "--", "sh", "-c", "kill -TERM $$"]).status();
    assert_eq!(killed.await.expect("it runs").signal(), Some(15));
    // As shells say it of programs that can't be run.
    assert_eq!(code(&office, &programs, &["exec", "--", "/nowhere/at/all"]).await, Some(127));
    assert_eq!(code(&office, &programs, &["exec", "--", "/"]).await, Some(126));

    // A person is needed.
    let id = office.profile().id;
    office.ask(Request::Pause { profile: id.clone() }).await;
    office.advance(TWO_DAYS);
    office.when("the end of the token", |it| !it.can_copy).await;
    for arguments in [&["token"][..], &["exec", "--", "true"]] {
        assert_eq!(code(&office, &programs, arguments).await, Some(3), "{arguments:?}");
    }
    // Nobody is, and it does not work all the same.
    office.sandbox.set_outage(Outage::Unavailable).await.expect("an outage");
    office.ask(Request::Resume { profile: id }).await;
    let time_passes = async {
        loop {
            office.advance(Duration::from_secs(1));
            office.barrier().await;
            tokio::task::yield_now().await;
        }
    };
    let impatient = tokio::select! {
        code = code(&office, &programs, &["token", "--timeout", "2s"]) => code,
        () = time_passes => None,
    };
    assert_eq!(impatient, Some(1));
    // The application is not there.
    programs.stop();
    drop(std::fs::remove_file(programs.socket()));
    for command in ["token", "status", "profiles", "refresh", "http"] {
        let absent = code(&office, &programs, &[command, "--no-start"]).await;
        assert_eq!(absent, Some(4), "{command}");
    }
}

#[tokio::test]
async fn words_that_nobody_can_hear_change_neither_the_token_nor_the_exit_code() {
    let office =
        TestApp::with(|settings| settings.access_token_lifetime = Duration::from_secs(60)).await;
    office.add(drafts::minting()).await;
    office.live().await;
    let programs = office.let_programs_in();
    for deaf in [full, closed] {
        // It is told that no token lives as long, and gets one.
        let mut command = programs.command(&["token", "--min-valid", "5m"]);
        // `output` would listen to it.
        let heard = command.stderr(deaf()).spawn().expect("it runs");
        let heard = ran(office.within("the token", heard.wait_with_output()).await);
        assert_eq!(heard.code, Some(0));
        assert!(office.sandbox.accepts(heard.out.trim_end()), "{heard:?}");
        // It is warned of the variable's name.
        let run = ["exec", "--set", "VITE_TOKEN={access_token}", "--", "sh", "-c", "exit 7"];
        let ended = programs.command(&run).stderr(deaf()).status().await.expect("it runs");
        assert_eq!(ended.code(), Some(7));
        for (arguments, wanted) in [
            (&["token", "Nobody"][..], 2),
            (&["token", "--no-such-option"], 2),
            (&["http", "add", "Postman"], 0),
            (&["http", "remove", "Postman"], 0),
        ] {
            let ended = programs.command(arguments).stderr(deaf()).status().await;
            assert_eq!(ended.expect("it runs").code(), Some(wanted), "{arguments:?}");
        }
        let mut import = programs.command(&["import", "--name", "Second"]);
        let mut import = import.stdin(Stdio::piped()).stderr(deaf()).spawn().expect("it runs");
        let mail = drafts::mail(&office.token_endpoint(), CLIENT_SECRET);
        let mut stdin = import.stdin.take().expect("its input");
        stdin.write_all(mail.as_bytes()).await.expect("it reads");
        drop(stdin);
        let imported = ran(office.within("the import", import.wait_with_output()).await);
        assert_eq!((imported.code, imported.out.as_str()), (Some(0), "Second\n"));
        let second = office.snapshot().profiles.iter().find(|it| it.name == "Second").cloned();
        let profile = second.expect("imported").id;
        office.ask(Request::RemoveProfile { profile, revoke: false }).await;
    }
}

#[tokio::test]
async fn a_token_that_can_not_be_written_is_a_failure_and_one_that_nobody_wants_is_none() {
    let (office, programs) = one_profile().await;
    for command in ["token", "status", "profiles"] {
        let to_full = programs.command(&[command]).stdout(full()).spawn().expect("it runs");
        let failed = ran(office.within("the end", to_full.wait_with_output()).await);
        assert_eq!(failed.code, Some(1), "{command}");
        assert!(failed.err.contains("No space left on device"), "{command}: {}", failed.err);
        // As `head` does it.
        let to_nobody = programs.command(&[command]).stdout(closed()).spawn().expect("it runs");
        let left = ran(office.within("the end", to_nobody.wait_with_output()).await);
        assert_eq!((left.code, left.err.as_str()), (Some(0), ""), "{command}");
    }
}

/// As a terminal does it that is closed.
fn hang_up(child: &Child) {
    let id = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    kill_process(id.expect("it runs"), Signal::HUP).expect("it is ours");
}

async fn end(office: &TestApp, child: &mut Child) -> ExitStatus {
    office.within("the end", child.wait()).await.expect("it ends")
}

#[tokio::test]
async fn a_terminal_that_is_closed_ends_who_waits_in_it_and_nothing_else() {
    let (office, programs) = one_profile().await;
    office.sandbox.next(Route::Token, Answer::Held { then: Box::new(Answer::Normal) });
    office.advance(TWO_DAYS);
    let other = programs.command(&["token"]).spawn().expect("it runs");
    let waiting = [&["token"][..], &["exec", "--", "true"], &["refresh"]];
    let mut waiting =
        waiting.map(|arguments| programs.command(arguments).spawn().expect("it runs"));
    office.asked(2).await;
    for child in &mut waiting {
        hang_up(child);
        assert_eq!(end(&office, child).await.signal(), Some(1));
    }
    office.sandbox.release();
    let other = ran(office.within("the other's token", other.wait_with_output()).await);
    assert_eq!(other.code, Some(0), "{}", other.err);
    assert!(office.sandbox.accepts(other.out.trim_end()));
    assert_eq!(office.asked_so_far(), 2);
}

#[tokio::test]
async fn a_program_that_was_run_is_told_itself_that_the_terminal_was_closed() {
    let (office, programs) = one_profile().await;
    let script = "trap 'echo hung up; exit 9' HUP; echo ready; while :; do sleep 0.05; done";
    let mut command = programs.command(&["exec", "--", "sh", "-c", script]);
    let mut running = command.spawn().expect("it runs");
    let mut lines = BufReader::new(running.stdout.take().expect("its output")).lines();
    let mut line = async || office.within("a line", lines.next_line()).await.expect("text");
    assert_eq!(line().await.as_deref(), Some("ready"));
    hang_up(&running);
    assert_eq!(line().await.as_deref(), Some("hung up"));
    assert_eq!(end(&office, &mut running).await.code(), Some(9));
    // One that takes no notice goes on, as under `nohup`.
    let script = "trap '' HUP; echo ready; read -r word; echo \"$word\"";
    let mut command = programs.command(&["exec", "--", "sh", "-c", script]);
    let mut running = command.stdin(Stdio::piped()).spawn().expect("it runs");
    let mut lines = BufReader::new(running.stdout.take().expect("its output")).lines();
    let mut line = async || office.within("a line", lines.next_line()).await.expect("text");
    assert_eq!(line().await.as_deref(), Some("ready"));
    hang_up(&running);
    running.stdin.take().expect("its input").write_all(b"word\n").await.expect("it reads");
    assert_eq!(line().await.as_deref(), Some("word"));
    assert_eq!(end(&office, &mut running).await.code(), Some(0));
}
