//! Other programs: the socket they come to, and the real `glowjar` command.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Output, Stdio},
    sync::OnceLock,
};

use glowjar_agent::handout::Listener;
use tokio::{net::UnixStream, process::Command, task::JoinHandle};

use super::TestApp;

/// Programs can ask as long as this is there.
pub struct Programs {
    runtime_folder: tempfile::TempDir,
    listening: JoinHandle<()>,
}

/// What a command left behind.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl TestApp {
    /// Lets programs in, as `src-tauri` does.
    pub fn let_programs_in(&self) -> Programs {
        self.listen(true)
    }

    /// As in the moment before the port is open.
    pub fn let_programs_in_but_over_http(&self) -> Programs {
        self.listen(false)
    }

    fn listen(&self, over_http: bool) -> Programs {
        let runtime_folder = tempfile::tempdir().expect("a temporary folder");
        let listener =
            Listener::open_in(&runtime_folder.path().join("glowjar")).expect("a free socket");
        let http_api = self.http_api.clone();
        let listening = tokio::spawn({
            let agent = self.agent().clone();
            async move {
                if over_http {
                    http_api.open(&agent).await.expect("a free port");
                }
                listener.serve(agent, http_api).await;
            }
        });
        Programs { runtime_folder, listening }
    }

    /// Runs the command to its end.
    pub async fn run(&self, programs: &Programs, arguments: &[&str]) -> Ran {
        let running = programs.command(arguments).output();
        ran(self.within(&format!("the end of {arguments:?}"), running).await)
    }

    /// The token that the command prints.
    pub async fn token(&self, programs: &Programs, arguments: &[&str]) -> String {
        let ran = self.run(programs, &[&["token"], arguments].concat()).await;
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{arguments:?}");
        ran.out.trim_end().to_owned()
    }
}

impl Programs {
    pub fn socket(&self) -> PathBuf {
        self.runtime_folder.path().join("glowjar/handout.sock")
    }

    pub fn folder(&self) -> &Path {
        self.runtime_folder.path()
    }

    pub async fn connect(&self) -> UnixStream {
        UnixStream::connect(self.socket()).await.expect("somebody listens")
    }

    /// The command, not run yet. It never starts an application.
    pub fn command(&self, arguments: &[&str]) -> Command {
        self.program(command_file(), arguments)
    }

    /// Any program of this user's, with the command on its path.
    pub fn program(&self, program: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> Command {
        let folder = command_file().parent().unwrap_or(Path::new("/"));
        let path = env::var("PATH").unwrap_or_default();
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env("XDG_RUNTIME_DIR", self.folder())
            // Or it would find the Glowjar of the person who runs the tests.
            .env("XDG_DATA_HOME", self.folder())
            .env("PATH", format!("{}:{path}", folder.display()))
            .env_remove("GLOWJAR_SOCKET")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// As when the application is killed: whoever is connected is cut off.
    pub fn stop(&self) {
        self.listening.abort();
    }
}

impl Drop for Programs {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

pub fn ran(output: std::io::Result<Output>) -> Ran {
    let output = output.expect("the program runs");
    Ran {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).expect("text"),
        err: String::from_utf8(output.stderr).expect("text"),
    }
}

/// The command's file. `cargo xtask test` names it; a test that is run alone has it built first.
pub fn command_file() -> &'static Path {
    static FILE: OnceLock<PathBuf> = OnceLock::new();
    FILE.get_or_init(|| match env::var_os("GLOWJAR_COMMAND") {
        Some(file) => std::path::absolute(file).expect("GLOWJAR_COMMAND"),
        None => build(),
    })
}

fn build() -> PathBuf {
    let built = std::process::Command::new(env!("CARGO"))
        .args(["build", "--quiet", "-p", "glowjar-cli", "--bin", "glowjar"])
        .current_dir(crate::dependencies::root())
        .status();
    assert!(built.is_ok_and(|status| status.success()), "the command could not be built");
    // This test lies in `deps`, the command beside that folder.
    let this = env::current_exe().expect("this test is a program");
    let folder = this.ancestors().nth(2).expect("cargo's folder");
    folder.join("glowjar")
}
