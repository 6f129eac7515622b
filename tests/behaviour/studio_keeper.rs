//! A studio's keeper: the real program, in front of a sandbox that has the only credential of Adobe's kind.

use std::{
    env,
    io::Write as _,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::OnceLock,
    time::{Duration, Instant},
};

use glowjar_sandbox::{CLIENT_ID, CLIENT_SECRET, Sandbox};

/// It is killed when this is dropped.
pub struct Keeper {
    folder: tempfile::TempDir,
    port: u16,
    /// Desks try it first, and nobody is there.
    nobody: u16,
    process: Option<Child>,
}

impl Keeper {
    /// Returns when it has a token of the sandbox's.
    pub fn of(sandbox: &Sandbox) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut keeper = Self { folder, port: free_port(), nobody: free_port(), process: None };
        keeper.told(
            &["import"],
            &format!(
                "curl -X POST '{}/ims/token/v3' -d 'grant_type=client_credentials&client_id={CLIENT_ID}&scope=openid,AdobeID,firefly_api,ff_apis' --data-urlencode 'client_secret={CLIENT_SECRET}'",
                sandbox.url()
            ),
        );
        keeper.start();
        keeper
    }

    pub fn start(&mut self) {
        let mut command = self.command();
        command.args(["serve", "--listen", &format!("127.0.0.1:{}", self.port)]);
        self.process = Some(command.stderr(Stdio::null()).spawn().expect("it starts"));
        let begun = Instant::now();
        while !self.ran(&["status"], "").status.success() {
            assert!(begun.elapsed() < LONGEST_WAIT, "waited for the keeper's token in vain");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// By SIGKILL.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().expect("it runs");
            process.wait().expect("it ends");
        }
    }

    /// What an admin does; it has to succeed. Gives what was printed.
    #[track_caller]
    pub fn told(&self, words: &[&str], input: &str) -> String {
        let output = self.ran(words, input);
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text").trim().to_owned()
    }

    fn ran(&self, words: &[&str], input: &str) -> Output {
        let mut command = self.command();
        command.args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        // A command that takes no input may have ended.
        let _ = child.stdin.take().expect("piped").write_all(input.as_bytes());
        child.wait_with_output().expect("it ends")
    }

    fn command(&self) -> Command {
        let url = format!("http://127.0.0.1:{}", self.port);
        let all = format!("http://127.0.0.1:{},{url}", self.nobody);
        let mut command = Command::new(file());
        command.arg("--folder").arg(self.folder.path()).args(["--url", &url, "--keepers", &all]);
        command
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.kill();
    }
}

/// `cargo xtask test` names it; a test that is run alone has it built first.
fn file() -> &'static Path {
    static FILE: OnceLock<PathBuf> = OnceLock::new();
    FILE.get_or_init(|| match env::var_os("GLOWJAR_KEEPER") {
        Some(file) => std::path::absolute(file).expect("GLOWJAR_KEEPER"),
        None => build(),
    })
}

fn build() -> PathBuf {
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--locked", "-p", "glowjar-keeper", "--bin", "glowjar-keeper"])
        .current_dir(crate::dependencies::root())
        .status();
    assert!(built.is_ok_and(|status| status.success()), "the keeper could not be built");
    // This test lies in `deps`, the program beside that folder.
    let this = env::current_exe().expect("this test is a program");
    this.ancestors().nth(2).expect("cargo's folder").join("glowjar-keeper")
}

fn free_port() -> u16 {
    let free = TcpListener::bind("127.0.0.1:0").expect("a port");
    free.local_addr().expect("bound").port()
}

const LONGEST_WAIT: Duration = Duration::from_secs(120);
