//! F39: who is somebody else gets nothing.

use std::{fs, os::unix::fs::PermissionsExt, process::Command};

use super::asking::one_profile;

/// A real user of this machine, for as long as the test takes.
struct Stranger {
    name: String,
    id: String,
}

impl Stranger {
    /// `None` where this user may make no other: on somebody's own machine.
    fn arrive() -> Option<Self> {
        let name = format!("glowjar-t{}", std::process::id());
        let made =
            as_root(&["useradd", "--system", "--no-create-home", "--shell", "/bin/sh", &name]);
        made?;
        let id = Command::new("id").args(["-u", &name]).output().ok()?;
        Some(Self { id: String::from_utf8(id.stdout).ok()?.trim().to_owned(), name })
    }

    fn run(&self, program: &[&str]) -> (bool, String) {
        let user = format!("--reuid={}", self.id);
        let mut line = vec!["setpriv", &user, "--clear-groups", "--"];
        line.extend(program);
        let output = command_as_root(&line).output().expect("setpriv runs");
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&said).into_owned())
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        as_root(&["userdel", &self.name]);
    }
}

fn command_as_root(line: &[&str]) -> Command {
    let is_root = rustix::process::geteuid().is_root();
    let mut command = Command::new(if is_root { line[0] } else { "sudo" });
    if !is_root {
        command.args(["--non-interactive", "--"]).arg(line[0]);
    }
    command.args(&line[1..]);
    command
}

fn as_root(line: &[&str]) -> Option<()> {
    let output = command_as_root(line).output().ok()?;
    output.status.success().then_some(())
}

/// Asks as a program would that checks nothing, and prints whatever comes back.
const ASK: &str = r#"
import socket, sys
s = socket.socket(socket.AF_UNIX); s.settimeout(20); s.connect(sys.argv[1])
body = b'{"version":1,"ask":"token"}'
try:
    s.sendall(len(body).to_bytes(4, "big") + body)
    print("answer:", s.recv(65536))
except (BrokenPipeError, ConnectionResetError):
    print("answer: b''")
"#;

#[tokio::test(flavor = "multi_thread")]
async fn f39_another_user_of_this_machine_is_refused() {
    let Some(stranger) = Stranger::arrive() else {
        eprintln!("left out: making another user takes root or sudo without a password");
        return;
    };
    let (office, programs) = one_profile().await;
    let token = office.token(&programs, &[]).await;
    let socket = programs.socket().display().to_string();
    let ask = ["/usr/bin/python3", "-c", ASK, &socket];

    let (went_well, said) = stranger.run(&ask);
    assert!(!went_well && said.contains("PermissionError"), "{said}");

    // Even if every folder and the socket itself stood open.
    for (path, mode) in [
        (programs.folder().to_owned(), 0o755),
        (programs.folder().join("glowjar"), 0o755),
        (programs.socket(), 0o666),
    ] {
        fs::set_permissions(path, PermissionsExt::from_mode(mode)).expect("a mode");
    }
    let (went_well, said) = stranger.run(&ask);
    assert_eq!((went_well, said.as_str()), (true, "answer: b''\n"));
    assert!(!said.contains(&token[..8]));

    // And the other way round: the command asks no socket that somebody else put there.
    let own = tempfile::tempdir().expect("a temporary folder");
    fs::set_permissions(own.path(), PermissionsExt::from_mode(0o777)).expect("a mode");
    let trap = own.path().join("trap").display().to_string();
    let listen = "import socket,sys\ns=socket.socket(socket.AF_UNIX);s.bind(sys.argv[1]);s.listen()\n\
                  import os;os.chmod(sys.argv[1],0o777);print('ready',flush=True);c=s.accept()[0];print(c.recv(99))";
    let user = format!("--reuid={}", stranger.id);
    let mut trapper = command_as_root(&[
        "setpriv",
        &user,
        "--clear-groups",
        "--",
        "/usr/bin/python3",
        "-c",
        listen,
        &trap,
    ])
    .stdout(std::process::Stdio::piped())
    .spawn()
    .expect("setpriv runs");
    let mut lines =
        std::io::BufRead::lines(std::io::BufReader::new(trapper.stdout.take().expect("piped")));
    assert_eq!(lines.next().expect("a line").expect("text"), "ready");
    let mut command = programs.command(&["token"]);
    let output = office.within("the end", command.env("GLOWJAR_SOCKET", &trap).output()).await;
    let ran = crate::test_app::programs::ran(output);
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""));
    assert!(ran.err.contains("belongs to another user"), "{}", ran.err);
    assert_eq!(lines.next().expect("a line").expect("text"), "b''", "nothing was asked");
    trapper.wait().expect("it ends");
}
