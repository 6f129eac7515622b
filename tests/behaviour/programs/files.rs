//! Files that are kept current, and a program that is run with each new token.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt, symlink},
    path::Path,
    time::Duration,
};

use glowjar_agent::request::Request;
use glowjar_lifecycle::time::Step;
use glowjar_sandbox::CLIENT_ID;
use serde_json::{Value, json};

use super::asking::one_profile;
use crate::test_app::{TestApp, programs::Programs};

const ENV: &str =
    "# my own notes\nexport OTHER=\"1\"\nFIREFLY_SERVICES_ACCESS_TOKEN=old # replaced\n\nLAST=2";

#[tokio::test]
async fn an_env_file_has_the_names_that_its_reader_looks_for() {
    let (office, programs) = one_profile().await;
    let env = file(&programs, ".env", "ADOBE_ACCESS_TOKEN=\n", 0o600);
    add(&office, &programs, &["env", &env, "--names", "adobe"]).await;
    current(&office, &programs).await;
    let token = office.token(&programs, &[]).await;
    let text = read(&env);
    let scopes = "'openid,AdobeID,firefly_api,ff_apis'";
    let expected = format!(
        "ADOBE_ACCESS_TOKEN={token}\nADOBE_API_KEY={CLIENT_ID}\nADOBE_CLIENT_ID={CLIENT_ID}\nADOBE_SCOPES={scopes}\n"
    );
    assert_eq!(text, expected, "all that `exec --names adobe` gives");
    let refused = office.run(&programs, &["files", "env", &env, "--names", "firefly"]).await;
    assert_eq!((refused.code, refused.out.as_str()), (Some(2), ""), "{refused:?}");
    assert!(refused.err.contains("--mint firefly"), "{refused:?}");
}

#[tokio::test]
async fn an_env_file_has_the_templates_that_a_person_gives_through_a_renewal_and_a_restart() {
    let (mut office, programs) = one_profile().await;
    // It outlives the socket's folder.
    let home = tempfile::tempdir().expect("a temporary folder");
    let env = home.path().join(".env").display().to_string();
    fs::write(&env, "# mine\nAUTH='Bearer old'\nAUTH=\n").expect("a file");
    let set = ["env", &env, "--set", "AUTH=Bearer {access_token}"];
    let refused = office.run(&programs, &[&["files"], &set[..]].concat()).await;
    assert!(refused.err.contains("AUTH"), "set twice, and not by Glowjar: {refused:?}");
    assert_eq!(office.run(&programs, &["files", "remove", "1"]).await.code, Some(0));
    fs::write(&env, "# mine\nAUTH=\nAUTH=\n").expect("a file");
    let more = ["--set", "ENDS={expires_at}", "--set", "ID={client_id}"];
    add(&office, &programs, &[&set[..], &more].concat()).await;
    current(&office, &programs).await;
    let expected = async |programs: &Programs| {
        let token = office.token(programs, &["--format", "json"]).await;
        let token: Value = serde_json::from_str(&token).expect("JSON");
        let auth = format!("AUTH='Bearer {}'\n", token["access_token"].as_str().expect("text"));
        let ends = &token["expires_at"];
        format!("# mine\n{auth}{auth}ENDS={ends}\nID={CLIENT_ID}\n")
    };
    let first = expected(&programs).await;
    until_is(&office, &programs, &env, &first).await;
    let kept = fs::read_to_string(office.folder.path().join("outlets.json")).expect("a file");
    assert!(kept.contains("\"version\": 2") && kept.contains("Bearer {access_token}"), "{kept}");
    renew(&office, &programs).await;
    let second = expected(&programs).await;
    assert_ne!(second, first);
    until_is(&office, &programs, &env, &second).await;
    drop(programs);
    office.restart().await;
    office.live().await;
    let programs = office.let_programs_in();
    renew(&office, &programs).await;
    let token = office.token(&programs, &[]).await;
    until_holds(&office, &programs, &env, &token).await;
    assert_eq!(read(&env).matches(&token).count(), 2, "both places were known again");
}

#[tokio::test]
async fn what_an_env_file_can_not_have_is_refused_in_words() {
    let (office, programs) = one_profile().await;
    let env = file(&programs, ".env", "", 0o600);
    for (set, said) in [
        (vec!["--set", "S={secret}"], "no secret"),
        (vec!["--set", "URL={token_url}", "--set", "T={access_token}"], "no secret"),
        (vec!["--set", "ID={client_id}"], "Nothing in it would change"),
        (vec!["--set", "A B={access_token}"], "A key is a word"),
        (vec!["--set", "X={tokn}"], "{access_token}"),
    ] {
        let line = [&["files", "env", &env], &set[..]].concat();
        let refused = office.run(&programs, &line).await;
        assert_eq!((refused.code, refused.out.as_str()), (Some(2), ""), "{refused:?}");
        assert!(refused.err.contains(said), "{refused:?}");
    }
    let published = ["files", "env", &env, "--set", "VITE_TOKEN={access_token}"];
    assert!(office.run(&programs, &published).await.err.contains("web page"));
    let twice =
        ["files", "env", &env, "--set", "VITE_TOKEN={access_token}!", "--set", "B={access_token}"];
    let twice = office.run(&programs, &twice).await;
    assert_eq!(twice.code, Some(2), "two would take turns: {twice:?}");
    assert_eq!(office.run(&programs, &["files"]).await.out.lines().count(), 1);
}

#[tokio::test]
async fn an_env_file_has_the_live_token_and_everything_else_of_its_own() {
    let (office, programs) = one_profile().await;
    let file = file(&programs, ".env", ENV, 0o640);
    add(&office, &programs, &["env", &file, "--client-id-key", "ID"]).await;
    let first = office.token(&programs, &[]).await;
    current(&office, &programs).await;
    let expected =
        |token: &str| format!("{}\nID={CLIENT_ID}\n", ENV.replace("=old", &format!("={token}")));
    assert_eq!(read(&file), expected(&first));

    renew(&office, &programs).await;
    let second = office.token(&programs, &[]).await;
    until_holds(&office, &programs, &file, &second).await;
    assert_eq!(read(&file), expected(&second));
    assert_eq!(mode(&file), 0o640);
    assert_eq!(fs::read_dir(programs.folder()).expect("a folder").count(), 2, "nothing lies about");
}

#[tokio::test]
async fn a_postman_environment_and_a_raw_file_are_kept_too() {
    let (office, programs) = one_profile().await;
    let postman = "{\n  \"name\": \"Firefly\",\n  \"values\": [\n    { \"key\": \"token\", \"value\": \"\", \"enabled\": true }\n  ]\n}\n";
    let json = file(&programs, "postman.json", postman, 0o600);
    let raw = programs.folder().join("token").display().to_string();
    add(&office, &programs, &["json", &json, "/values/0/value"]).await;
    add(&office, &programs, &["raw", &raw]).await;
    current(&office, &programs).await;
    let token = office.token(&programs, &[]).await;
    assert_eq!(read(&json), postman.replace("\"\"", &format!("\"{token}\"")));
    assert_eq!((read(&raw), mode(&raw)), (format!("{token}\n"), 0o600));
}

#[tokio::test]
async fn trouble_with_a_file_is_said_retried_and_damages_nothing() {
    let (office, programs) = one_profile().await;
    let folder = programs.folder();
    let linked = file(&programs, "linked", "TOKEN=1\n", 0o600);
    symlink(&linked, folder.join("link")).expect("a link");
    let twin = file(&programs, "twin", "TOKEN=1\n", 0o600);
    fs::hard_link(&twin, folder.join("twin's twin")).expect("a second name");
    let read_only = file(&programs, "read-only", "TOKEN=1\n", 0o400);
    let binary = file(&programs, "binary", "", 0o600);
    fs::write(&binary, b"\xff\xfe").expect("a file");
    let broken = file(&programs, "broken.json", "{ \"b\": ", 0o600);
    let missing = folder.join("missing/.env").display().to_string();
    let link = folder.join("link").display().to_string();
    for (arguments, trouble) in [
        (vec!["env", &missing], "its folder"),
        (vec!["env", &link], "it is a link to"),
        (vec!["env", &twin], "several names"),
        (vec!["env", &read_only], "it is read-only"),
        (vec!["raw", &binary], "not UTF-8"),
        (vec!["json", &broken, "/a"], "no JSON"),
    ] {
        let before = fs::read(arguments[1]).ok();
        let ran = office.run(&programs, &[&["files"], &*arguments].concat()).await;
        assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{ran:?}");
        assert!(ran.err.contains(trouble) && ran.err.contains("glowjar files remove"), "{ran:?}");
        let list = office.run(&programs, &["files"]).await.out;
        assert!(list.contains(trouble), "{list}");
        assert_eq!(fs::read(arguments[1]).ok(), before, "{arguments:?}");
        let code = office.barrier().await.banners.pop().expect("a banner");
        assert!(
            code.headline.ends_with("did not get the new token") && code.advice.contains(trouble),
            "{code:?}"
        );
        let number = list.split_whitespace().next().expect("a number").to_owned();
        if arguments[1] != missing {
            assert_eq!(office.run(&programs, &["files", "remove", &number]).await.code, Some(0));
        }
        if arguments[1] == missing {
            fs::create_dir(folder.join("missing")).expect("a folder");
            office.advance(Duration::from_secs(61));
            listed(&office, &programs, |list| {
                list.contains("current\n") && !list.contains("not current")
            })
            .await;
            assert!(read(&missing).contains(&office.token(&programs, &[]).await));
            assert_eq!(office.run(&programs, &["files", "remove", &number]).await.code, Some(0));
        }
        assert!(office.barrier().await.banners.is_empty());
    }
    assert_eq!((read(&linked), read(&twin)), ("TOKEN=1\n".to_owned(), "TOKEN=1\n".to_owned()));
}

/// Linux lets a program hold up everybody who opens a file, for up to 45 s (fcntl(2), "Leases"), as a drive does whose
/// server is gone.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_drive_that_does_not_answer_is_said_and_yesterdays_token_is_not_written_when_it_does() {
    use std::process::Stdio;

    use tokio::io::{AsyncBufReadExt, BufReader};

    const HOLD: &str = "import fcntl, os, signal, sys\n\
        signal.signal(signal.SIGIO, signal.SIG_IGN)\n\
        fcntl.fcntl(os.open(sys.argv[1], os.O_RDONLY), fcntl.F_SETLEASE, fcntl.F_WRLCK)\n\
        print('held', flush=True)\n\
        sys.stdin.read()";
    let (office, programs) = one_profile().await;
    let raw = programs.folder().join("token").display().to_string();
    add(&office, &programs, &["raw", &raw]).await;
    current(&office, &programs).await;
    let first = office.token(&programs, &[]).await;
    let mut drive = programs.program("python3", &["-c", HOLD, &raw]);
    drive.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
    let mut drive = drive.spawn().expect("python3");
    let mut held = BufReader::new(drive.stdout.take().expect("piped")).lines();
    assert_eq!(held.next_line().await.expect("UTF-8").as_deref(), Some("held"));

    renew(&office, &programs).await;
    let list = listed(&office, &programs, |list| list.contains("its drive does not answer")).await;
    assert!(list.contains("not current"), "{list}");
    renew(&office, &programs).await;
    let third = office.token(&programs, &[]).await;
    drop(drive.stdin.take());
    drive.wait().await.expect("its end");
    office.advance(Duration::from_secs(61));
    // What stood there before, or the newest: never the one between them, which came to itself late.
    let look = async {
        loop {
            match read(&raw).trim_end() {
                now if now == third => break,
                now => assert!(now == first, "the token between them was written"),
            }
            office.run(&programs, &["files"]).await;
            office.advance(Duration::from_secs(61));
        }
    };
    office.within("the newest token", look).await;
    current(&office, &programs).await;
}

#[tokio::test]
async fn f44_a_list_that_somebody_saved_in_another_order_is_left_alone_and_that_is_said() {
    let (office, programs) = one_profile().await;
    let variables = |first: &str, second: &str| format!("{{\"values\":[{first},{second}]}}");
    let token = |value: &str| format!("{{\"key\":\"token\",\"value\":\"{value}\"}}");
    let base = "{\"key\":\"base\",\"value\":\"https://firefly-api.adobe.io\"}";
    let by_position = file(&programs, "by-position.json", &variables(&token(""), base), 0o600);
    let by_key = file(&programs, "by-key.json", &variables(&token("old"), base), 0o600);
    add(&office, &programs, &["json", &by_position, "/values/0/value"]).await;
    add(&office, &programs, &["json", &by_key, "/values[key=token]/value"]).await;
    let first = office.token(&programs, &[]).await;
    for path in [&by_position, &by_key] {
        assert_eq!(read(path), variables(&token(&first), base));
        fs::write(path, variables(base, &token(&first))).expect("a file");
    }

    renew(&office, &programs).await;
    let second = office.token(&programs, &[]).await;
    until_holds(&office, &programs, &by_key, &second).await;
    assert_eq!(read(&by_key), variables(base, &token(&second)));
    let list = listed(&office, &programs, |list| list.contains("not current")).await;
    assert_eq!(read(&by_position), variables(base, &token(&first)), "{list}");
    assert!(list.contains("that Glowjar did not write"), "{list}");
    assert!(list.contains("name it /values[key=base]/value"), "{list}");
    let banner = office.barrier().await.banners.pop().expect("a banner");
    assert!(banner.advice.contains("that Glowjar did not write"), "{banner:?}");

    // Put back as it was, it goes on by itself, also after a restart.
    fs::write(&by_position, variables(&token(&first), base)).expect("a file");
    office.advance(Duration::from_secs(61));
    until_holds(&office, &programs, &by_position, &second).await;
    current(&office, &programs).await;
    assert!(office.barrier().await.banners.is_empty());
}

#[tokio::test]
async fn f44_what_was_written_is_known_again_after_a_restart() {
    let (mut office, programs) = one_profile().await;
    let json = file(&programs, "list.json", "[\"\", \"theirs\"]", 0o600);
    let env = file(&programs, ".env", "TOKEN=\nTOKEN=\n", 0o600);
    let raw = programs.folder().join("raw").display().to_string();
    add(&office, &programs, &["json", &json, "/0"]).await;
    add(&office, &programs, &["env", &env, "--key", "TOKEN"]).await;
    add(&office, &programs, &["raw", &raw]).await;
    let token = office.token(&programs, &[]).await;
    let kept = read(office.folder.path().join("outlets.json"));
    assert!(kept.contains("written") && !kept.contains(&token[..8]), "{kept}");
    office.restart().await;
    office.live().await;
    let programs_now = office.let_programs_in();
    renew(&office, &programs_now).await;
    let token = office.token(&programs_now, &[]).await;
    for file in [&json, &env, &raw] {
        until_holds(&office, &programs_now, file, &token).await;
    }
    assert_eq!(read(&json), format!("[\"{token}\", \"theirs\"]"));
    assert_eq!(read(&env), format!("TOKEN={token}\nTOKEN={token}\n"));
    assert_eq!(read(&raw), format!("{token}\n"));
}

#[tokio::test]
async fn f52_what_is_not_of_this_kind_is_refused_at_once_and_stays_as_it_is() {
    let (office, programs) = one_profile().await;
    for (name, text, kind) in [
        ("config.yaml", "token: old\n", "YAML"),
        ("config.toml", "token = \"old\"\n", "TOML"),
        ("config.fish", "set -gx TOKEN old\n", "fish"),
        ("run.bat", "set TOKEN=old\r\n", "batch"),
        ("Profile.PS1", "$env:TOKEN = 'old'\r\n", "PowerShell"),
        ("by-content", "firefly:\n  token: old\n", "YAML"),
        ("script", "echo hello\n", "its line 1 is none of an .env file"),
    ] {
        let path = file(&programs, name, text, 0o600);
        let ran = office.run(&programs, &["files", "env", &path, "--key", "TOKEN"]).await;
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{ran:?}");
        assert!(ran.err.contains(kind) && ran.err.contains("glowjar files run"), "{ran:?}");
        assert_eq!(read(&path), text);
    }
    let new = programs.folder().join("new.yml").display().to_string();
    assert_eq!(office.run(&programs, &["files", "env", &new]).await.code, Some(2));
    let json = file(&programs, "a.json", "{\"t\":\"\"}", 0o600);
    assert_eq!(office.run(&programs, &["files", "json", &json, "t"]).await.code, Some(2));
    assert!(!Path::new(&new).exists());
    assert_eq!(office.run(&programs, &["files"]).await.out, "", "none of them is in the list");
    assert!(office.barrier().await.banners.is_empty());
}

#[tokio::test]
async fn f52_without_a_token_to_bring_the_place_is_looked_at_all_the_same() {
    let (office, programs) = one_profile().await;
    assert_eq!(office.run(&programs, &["lock"]).await.code, Some(0));
    let good = file(&programs, ".env", "A=1\n", 0o600);
    let ran = office.run(&programs, &["files", "env", &good]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.err.contains("gets the next token that may go out"), "{ran:?}");
    assert_eq!(read(&good), "A=1\n");
    symlink(&good, programs.folder().join("link")).expect("a link");
    let link = programs.folder().join("link").display().to_string();
    let ran = office.run(&programs, &["files", "env", &link]).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("it is a link to"), "{ran:?}");
}

#[tokio::test]
async fn a_program_is_run_with_each_new_token_and_its_failure_is_said() {
    let (office, programs) = one_profile().await;
    let out = programs.folder().join("out").display().to_string();
    let script = format!(
        "read token; [ \"$token\" = \"$FIREFLY_SERVICES_ACCESS_TOKEN\" ] && echo \"$token $FIREFLY_SERVICES_CLIENT_ID $#\" >> {out}"
    );
    add(&office, &programs, &["run", "--", "sh", "-c", &script]).await;
    current(&office, &programs).await;
    let first = office.token(&programs, &[]).await;
    renew(&office, &programs).await;
    let second = office.token(&programs, &[]).await;
    until_holds(&office, &programs, &out, &second).await;
    assert_eq!(read(&out), format!("{first} {CLIENT_ID} 0\n{second} {CLIENT_ID} 0\n"));

    for (program, trouble) in [("exit 3", "exit status: 3"), ("", "could not be started")] {
        let command = if program.is_empty() { &["no-such"][..] } else { &["sh", "-c", program] };
        let ran = office.run(&programs, &[&["files", "run", "--"], command].concat()).await;
        assert!(ran.code == Some(1) && ran.err.contains(trouble), "{ran:?}");
        let list = office.run(&programs, &["files"]).await.out;
        assert!(list.contains("not current") && list.contains(trouble), "{list}");
    }
}

#[tokio::test]
async fn files_are_still_kept_after_a_restart_and_not_after_their_profile_is_gone() {
    let (mut office, programs) = one_profile().await;
    let raw = programs.folder().join("token").display().to_string();
    add(&office, &programs, &["raw", &raw]).await;
    current(&office, &programs).await;
    let again = office.run(&programs, &["files", "raw", &raw]).await;
    assert_eq!(again.code, Some(2), "{}", again.err);
    let list = fs::read_to_string(office.folder.path().join("outlets.json")).expect("the list");
    let list: Value = serde_json::from_str(&list).expect("JSON");
    assert_eq!(list["outlets"][0]["target"]["path"], raw);
    assert!(!list.to_string().contains(&office.token(&programs, &[]).await));

    let before = fs::metadata(&raw).expect("a file").ino();
    office.restart().await;
    office.live().await;
    let programs = office.let_programs_in();
    current(&office, &programs).await;
    assert_eq!(fs::metadata(&raw).expect("a file").ino(), before, "what is current is not touched");
    fs::remove_file(&raw).expect("a file");
    renew(&office, &programs).await;
    until_holds(&office, &programs, &raw, &office.token(&programs, &[]).await).await;

    let id = office.profile().id;
    office.ask(Request::RemoveProfile { revoke: false, profile: id }).await;
    // Until then it can be brought back, with its files.
    office.agent().snapshot_when(|snapshot| snapshot.undo.is_some()).await;
    office.advance(Duration::from_secs(13));
    office.agent().snapshot_when(|snapshot| snapshot.undo.is_none()).await;
    assert_eq!(office.run(&programs, &["files"]).await.out, "");
}

#[tokio::test]
async fn the_files_of_a_profile_that_was_removed_right_before_the_end_go_with_it() {
    let (mut office, programs) = one_profile().await;
    let raw = programs.folder().join("token").display().to_string();
    add(&office, &programs, &["raw", &raw]).await;
    current(&office, &programs).await;
    let id = office.profile().id;
    office.ask(Request::RemoveProfile { revoke: false, profile: id }).await;
    office.restart().await;
    let is_empty = office.keychain.tried_when(|_| office.keychain.entries().is_empty());
    office.within("an empty keychain", is_empty).await;
    office.barrier().await;
    let programs = office.let_programs_in();
    assert_eq!(office.run(&programs, &["files"]).await.out, "");
    let list = fs::read_to_string(office.folder.path().join("outlets.json")).expect("the list");
    assert!(!list.contains(&raw), "{list}");
    fs::remove_file(&raw).expect("the token of the profile that is gone");
    office.add(crate::test_app::drafts::minting()).await;
    office.live().await;
    add(&office, &programs, &["raw", &raw]).await;
    current(&office, &programs).await;
}

#[tokio::test]
async fn a_file_that_an_earlier_glowjar_left_to_a_profile_that_is_gone_can_be_kept_current_again() {
    let mut office = TestApp::closed(|_| {}).await;
    let raw = office.folder.path().join("token").display().to_string();
    let orphan = json!({ "version": 1, "outlets": [
        { "number": 4, "profile": "0000000000000007", "target": { "kind": "raw", "path": raw } },
    ] });
    fs::write(office.folder.path().join("outlets.json"), orphan.to_string()).expect("a file");
    office.start();
    office.add(crate::test_app::drafts::minting()).await;
    office.live().await;
    let programs = office.let_programs_in();
    add(&office, &programs, &["raw", &raw]).await;
    current(&office, &programs).await;
    assert_eq!(office.run(&programs, &["files"]).await.out.lines().count(), 1);
}

#[tokio::test]
async fn a_file_is_tried_again_after_a_minute_though_the_clock_was_set_back() {
    let (office, programs) = one_profile().await;
    let folder = programs.folder().join("missing");
    let raw = folder.join("token").display().to_string();
    assert_eq!(office.run(&programs, &["files", "raw", &raw]).await.code, Some(1));
    listed(&office, &programs, |list| list.contains("its folder")).await;
    office.clock.set_by(Step::from_millis(-3_600_000));
    office.barrier().await;
    fs::create_dir(&folder).expect("a folder");
    office.advance(Duration::from_secs(61));
    until_holds(&office, &programs, &raw, &office.token(&programs, &[]).await).await;
}

#[tokio::test]
async fn a_list_of_files_that_can_not_be_read_is_said_and_never_written_over() {
    let mut office = TestApp::closed(|_| {}).await;
    let list = office.folder.path().join("outlets.json");
    fs::write(&list, "{ \"version\": 99 }").expect("a file");
    office.start();
    office.add(crate::test_app::drafts::minting()).await;
    office.live().await;
    assert_eq!(office.snapshot().banners[0].code, "sinks");
    let programs = office.let_programs_in();
    let ran = office.run(&programs, &["files", "raw", "/tmp/never"]).await;
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("outlets.json"), "{}", ran.err);
    assert_eq!(read(&list), "{ \"version\": 99 }");
}

async fn add(office: &TestApp, programs: &Programs, arguments: &[&str]) {
    let ran = office.run(programs, &[&["files"], arguments].concat()).await;
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (Some(0), "", ""));
}

async fn current(office: &TestApp, programs: &Programs) {
    listed(office, programs, |list| list.lines().all(|line| line.ends_with("  current"))).await;
}

/// The list as the command shows it, once it is as described.
async fn listed(office: &TestApp, programs: &Programs, is: impl Fn(&str) -> bool) -> String {
    let look = async {
        loop {
            let list = office.run(programs, &["files"]).await.out;
            if is(&list) {
                return list;
            }
        }
    };
    office.within("the list", look).await
}

async fn until_is(office: &TestApp, programs: &Programs, file: &str, text: &str) {
    let is = async {
        while read(file) != text {
            office.run(programs, &["files"]).await;
        }
    };
    office.within("the file", is).await;
}

async fn until_holds(office: &TestApp, programs: &Programs, file: &str, token: &str) {
    let look = async {
        while !fs::read_to_string(file).is_ok_and(|text| text.contains(token)) {
            office.run(programs, &["files"]).await;
        }
    };
    office.within("the file", look).await;
}

async fn renew(office: &TestApp, programs: &Programs) {
    office.advance(Duration::from_secs(60));
    assert_eq!(office.run(programs, &["refresh"]).await.code, Some(0));
}

fn file(programs: &Programs, name: &str, text: &str, mode: u32) -> String {
    let path = programs.folder().join(name);
    fs::write(&path, text).expect("a file");
    fs::set_permissions(&path, PermissionsExt::from_mode(mode)).expect("a mode");
    path.display().to_string()
}

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(path).expect("a text")
}

fn mode(path: &str) -> u32 {
    fs::metadata(path).expect("a file").permissions().mode() & 0o777
}
