//! What the pages about other programs say is run as it stands there, the address of Firefly aside.

use std::{fs, path::Path, process::Stdio, time::Duration};

use glowjar_sandbox::{CLIENT_SECRET, Outcome, Rotation, Route};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout},
};

use super::{asking::one_profile, importing::nobody_yet};
use crate::{
    dependencies::root,
    test_app::{
        TestApp, drafts,
        programs::{Programs, ran},
    },
};

const FIREFLY: &str = "https://firefly-api.adobe.io";

#[tokio::test]
async fn curl_goes_through_expiries_and_rotations() {
    let line = snippet("use-it-from.md", "curl", "sh");
    lives_on("sh", &[], &format!("while read -r line; do {}; echo; done", line.trim())).await;
}

#[tokio::test]
async fn exec_goes_through_expiries_and_rotations() {
    let line = snippet("use-it-from.md", "Shell scripts", "sh");
    // The command must not take the lines that are meant for the loop.
    lives_on("sh", &[], &format!("while read -r line; do {} < /dev/null; echo; done", line.trim()))
        .await;
}

#[tokio::test]
async fn a_program_that_gets_its_own_token_does_so_as_the_page_says() {
    let (office, programs) = one_profile().await;
    let line = snippet("use-it-from.md", "Programs that get their own token", "sh");
    let mut line = programs.program("sh", &["-c", &line]);
    let ran = ran(office.within("the line", line.output()).await);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    let reply: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    assert!(office.sandbox.accepts(reply["access_token"].as_str().expect("a token")));
}

#[tokio::test]
async fn a_python_script_goes_through_expiries_and_rotations() {
    let script = snippet("use-it-from.md", "Python", "python");
    let (script, call) = without_last_line(&script);
    let driver =
        format!("import sys\nfor line in sys.stdin:\n    {call}\n    sys.stdout.flush()\n");
    lives_on("python3", &["-u"], &format!("{script}\n{driver}")).await;
}

#[tokio::test]
async fn a_plug_in_goes_through_expiries_and_rotations() {
    let script = snippet("use-it-from.md", "Plug-ins, in the manner of ComfyUI", "python");
    let driver = "import sys\nnode = NODE_CLASS_MAPPINGS['GlowjarFireflyModels']\n\
                  defaults = {k: v[1]['default'] for k, v in node.INPUT_TYPES()['required'].items()}\n\
                  for line in sys.stdin:\n    print(getattr(node(), node.FUNCTION)(**defaults)[0], flush=True)\n";
    lives_on("python3", &["-u"], &format!("{script}\n{driver}")).await;
}

#[tokio::test]
async fn adobes_own_sdk_goes_through_expiries_and_rotations() {
    let script = snippet("use-it-from.md", "Node.js, with Adobe's SDK", "js");
    let (script, call) = without_last_line(&script);
    // The sandbox paints no pictures: any call of the SDK's goes, with all its headers, where a token is checked.
    let prelude = format!(
        "const really = globalThis.fetch;\n\
         globalThis.fetch = (url, request) => {{\n\
           if (new URL(url).host !== 'firefly-api.adobe.io') throw new Error(`asked ${{url}}`);\n\
           return really('{FIREFLY}/v3/custom-models', {{ headers: request.headers }});\n\
         }};\n"
    );
    let driver = format!(
        "import {{ createInterface }} from 'node:readline';\n\
         for await (const line of createInterface(process.stdin)) {{ {call} }}\n"
    );
    lives_on("node", &[], &format!("{prelude}{script}\n{driver}")).await;
}

#[tokio::test]
async fn files_are_kept_current_as_the_page_says() {
    let (office, programs) = one_profile().await;
    let home = tempfile::tempdir().expect("a temporary folder");
    let postman = home.path().join("postman/firefly.postman_environment.json");
    for folder in ["project", "postman"] {
        fs::create_dir(home.path().join(folder)).expect("a folder");
    }
    fs::write(&postman, r#"{"values":[{"key":"token","value":""}]}"#).expect("a file");
    let script =
        snippet("use-it-from.md", "Postman, and whatever reads its settings from a file", "sh");
    // Nobody's render farm is restarted by a test.
    let script = script.replace("systemctl --user restart render-farm", "true");
    let mut shell = programs.program("sh", &["-c", &script]);
    let shell = shell.env("HOME", home.path()).output();
    let ran = ran(office.within("the script", shell).await);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert_eq!(ran.out.lines().count(), 3, "{}", ran.out);
    let token = office.token(&programs, &[]).await;
    let has_it = |file: &Path| fs::read_to_string(file).is_ok_and(|text| text.contains(&token));
    let both = async {
        while !has_it(&postman) || !has_it(&home.path().join("project/.env")) {
            office.run(&programs, &["files"]).await;
        }
    };
    office.within("both files", both).await;
}

#[tokio::test]
async fn who_can_do_nothing_but_http_gets_a_token_as_the_page_says() {
    let (office, programs) = one_profile().await;
    let script = snippet("use-it-from.md", "Whatever can do nothing but HTTP", "sh");
    let script = programs.program("sh", &["-c", &script]).output();
    let ran = ran(office.within("the script", script).await);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let answer: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    assert!(office.sandbox.accepts(answer["access_token"].as_str().expect("a token")));
}

#[tokio::test]
async fn a_machine_is_set_up_without_the_window_as_the_page_says() {
    let (office, programs) = nobody_yet().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mail = drafts::mail(&office.token_endpoint(), CLIENT_SECRET);
    fs::write(folder.path().join("from-admin.txt"), mail).expect("a file");
    let script = snippet("use-it-from.md", "Setting up a machine without its window", "sh");
    let mut script = programs.program("sh", &["-c", &script]);
    let ran = ran(office.within("the script", script.current_dir(&folder).output()).await);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "Campaign\n"), "{}", ran.err);
    office.live().await;
}

#[tokio::test]
async fn a_ci_step_gets_a_token_that_lives_long_enough() {
    let (office, programs) = one_profile().await;
    let step = snippet("use-it-from.md", "CI", "yaml");
    let run = step.lines().find_map(|line| line.trim().strip_prefix("- run: ")).expect("a step");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let script = folder.path().join("make-pictures.sh");
    fs::write(&script, "#!/bin/sh\nprintf %s \"$FIREFLY_SERVICES_ACCESS_TOKEN\"\n")
        .expect("a script");
    fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .expect("a mode");
    let mut step = programs.program("sh", &["-c", run]);
    let ran = ran(office.within("the step", step.current_dir(folder.path()).output()).await);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(office.sandbox.accepts(&ran.out));
}

#[tokio::test]
async fn a_token_that_died_before_its_time_is_replaced_as_the_page_says() {
    let (office, programs) = one_profile().await;
    let dead = office.token(&programs, &[]).await;
    office.sandbox.revoke_access_tokens();
    office.advance(Duration::from_secs(60));
    let script = snippet("use-it-from.md", "When a server says 401", "sh");
    let mut script = programs.program("sh", &["-c", &script]);
    let script = script.env("FIREFLY_SERVICES_ACCESS_TOKEN", &dead).output();
    let ran = ran(office.within("the script", script).await);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert!(office.sandbox.accepts(ran.out.trim_end()));
}

#[tokio::test]
async fn the_protocols_python_and_node_examples_print_a_live_token() {
    let (office, programs) = one_profile().await;
    let node =
        format!("--input-type=module\n-e\n{}", snippet("handout-protocol.md", "Node.js", "js"));
    let python = format!("-c\n{}", snippet("handout-protocol.md", "Python", "python"));
    for (program, arguments) in
        [("python3", python.splitn(2, '\n')), ("node", node.splitn(3, '\n'))]
    {
        let arguments: Vec<&str> = arguments.collect();
        let running = programs.program(program, &arguments).output();
        let ran = ran(office.within(program, running).await);
        assert_eq!(ran.code, Some(0), "{program}: {}", ran.err);
        assert!(office.sandbox.accepts(ran.out.trim_end()), "{program}");
        assert!(
            arguments.last().is_some_and(|script| script.trim().lines().count() <= 24),
            "{program}"
        );
    }
}

/// Runs a script that calls Firefly once for each line it reads, while tokens end and refresh tokens rotate.
async fn lives_on(program: &str, arguments: &[&str], script: &str) {
    let office = TestApp::with(|settings| settings.rotation = Rotation::Strict).await;
    office.add(drafts::refreshing()).await;
    office.live().await;
    let programs = office.let_programs_in();
    let mut script = Script::start(&office, &programs, program, arguments, script);
    let mut calls = 0;
    for _ in 0..3 {
        for _ in 0..2 {
            let answer = office.within("a line", script.call()).await;
            assert!(answer.contains("total_count"), "{program}: {answer}");
            calls += 1;
        }
        // Nobody asked meanwhile: the token has ended, and the next call comes together with its renewal.
        office.advance(Duration::from_secs(48 * 3_600));
    }
    let served = office.sandbox.requests_to(Route::Firefly);
    assert_eq!(served.len(), calls);
    assert!(served.iter().all(|call| call.answered.outcome == Outcome::Served));
    let rotations = office.sandbox.requests_to(Route::Token);
    assert!(rotations.len() >= 3, "{rotations:?}");
    let environment = fs::read(format!("/proc/{}/environ", script.process.id().expect("it runs")));
    let environment = String::from_utf8_lossy(&environment.expect("it can be read")).into_owned();
    assert!(!environment.contains(CLIENT_SECRET), "it has the real secret");
}

struct Script {
    process: Child,
    _folder: tempfile::TempDir,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Script {
    fn start(
        office: &TestApp,
        programs: &Programs,
        program: &str,
        arguments: &[&str],
        text: &str,
    ) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        // Where Node.js looks for what a script imports.
        let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("adobe-sdk/node_modules");
        std::os::unix::fs::symlink(packages, folder.path().join("node_modules")).expect("a link");
        let file = folder.path().join("script.mjs");
        fs::write(&file, text.replace(FIREFLY, &office.sandbox.url())).expect("a script");
        let file = file.display().to_string();
        let mut process = programs
            .program(program, &[arguments, &[&file]].concat())
            .stdin(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("it runs");
        let input = process.stdin.take().expect("piped");
        let output = BufReader::new(process.stdout.take().expect("piped")).lines();
        Self { process, _folder: folder, input, output }
    }

    /// Has it call Firefly once, and gives what it printed.
    async fn call(&mut self) -> String {
        self.input.write_all(b"\n").await.expect("it reads");
        self.output.next_line().await.expect("text").expect("it goes on")
    }
}

/// The first block of this language under this heading, as it stands there.
fn snippet(page: &str, heading: &str, language: &str) -> String {
    let text = fs::read_to_string(root().join("docs").join(page)).expect("the page is there");
    let (_, section) = text.split_once(&format!("\n## {heading}\n")).expect("the heading is there");
    let (_, block) = section.split_once(&format!("```{language}\n")).expect("a block");
    block.split_once("```").expect("its end").0.to_owned()
}

/// The last line is the call, which a test makes again and again.
fn without_last_line(script: &str) -> (&str, &str) {
    script.trim_end().rsplit_once('\n').expect("more than a line")
}
