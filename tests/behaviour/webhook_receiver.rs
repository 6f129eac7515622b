//! A server that is told how profiles are, and that checks each signature with Python's `hmac`.

use std::{fs, path::Path, process::Stdio};

use serde::Deserialize;
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// As the system says it to everybody.
pub fn this_computer() -> String {
    match std::env::var("COMPUTERNAME") {
        Ok(name) if cfg!(windows) => name,
        _ => {
            let name = fs::read_to_string("/proc/sys/kernel/hostname").expect("Linux");
            name.trim().to_owned()
        }
    }
}

/// Python's `http.server`.
pub struct Receiver {
    pub port: u16,
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

#[derive(Debug, Deserialize)]
pub struct Told {
    /// Its signature is right.
    pub verified: bool,
    /// It was made a moment ago.
    pub fresh: bool,
    pub path: String,
    pub id: String,
    pub message: Value,
}

impl Told {
    pub fn kind(&self) -> &str {
        self.message["type"].as_str().unwrap()
    }

    pub fn text(&self) -> &str {
        self.message["text"].as_str().unwrap()
    }

    pub fn profile(&self) -> &Value {
        &self.message["data"]["profile"]
    }
}

impl Receiver {
    pub async fn start(more: &[&str]) -> Self {
        let mut child = Command::new("python3")
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("webhook/receiver.py"))
            .arg(SECRET)
            .args(more)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("Python starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let port = lines.next_line().await.unwrap().expect("its port").parse().unwrap();
        Self { port, child, lines }
    }

    pub async fn next(&mut self) -> Told {
        let line = self.lines.next_line().await.unwrap();
        serde_json::from_str(&line.expect("a message")).unwrap()
    }

    pub async fn stop(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Ends it.
    pub async fn has_no_more(&mut self) {
        drop(self.child.stdin.take());
        self.child.wait().await.unwrap();
        assert_eq!(self.lines.next_line().await.unwrap(), None);
    }
}
