//! What a person would see and click in the window, through the program that stands in for it (`tests/wine/window.rs`).

use std::time::Duration;

use anyhow::{Context, Result, bail};
use desktop::timeouts::within;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    net::{
        TcpListener,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};

/// Waits for windows to open.
pub struct Windows {
    listener: TcpListener,
}

impl Windows {
    pub async fn listen() -> Result<Self> {
        Ok(Self { listener: TcpListener::bind("127.0.0.1:0").await? })
    }

    pub fn port(&self) -> Result<u16> {
        Ok(self.listener.local_addr()?.port())
    }

    /// Whether one opens within a moment.
    pub async fn opens(&self) -> bool {
        tokio::time::timeout(A_MOMENT, self.listener.accept()).await.is_ok()
    }

    /// The next one that opens.
    pub async fn opened(&self) -> Result<Window> {
        let (stream, _) = within(PATIENCE, "a window", self.listener.accept()).await??;
        let (from_tray, to_tray) = stream.into_split();
        let lines = BufReader::new(from_tray).lines();
        Ok(Window { lines, to_tray, snapshot: Value::Null, asked: 0 })
    }
}

/// An open window. It closes when it is dropped.
pub struct Window {
    lines: Lines<BufReader<OwnedReadHalf>>,
    to_tray: OwnedWriteHalf,
    snapshot: Value,
    asked: u64,
}

impl Window {
    /// The reply to a request of the window's (`ui/src/bindings/request.ts`).
    ///
    /// # Errors
    /// The application failed at it, or does not answer.
    pub async fn ask(&mut self, request: Value) -> Result<Value> {
        let id = self.begin(&request).await?;
        within(PATIENCE, "a reply", async {
            loop {
                let told = self.told().await?;
                if told["id"] == id {
                    let reply = told["reply"].clone();
                    return match reply["kind"].as_str() {
                        Some("failed" | "invalid") => bail!("{request}: {reply}"),
                        _ => Ok(reply),
                    };
                }
            }
        })
        .await?
    }

    /// Asks for what takes a person's time, and does not wait for the reply.
    ///
    /// # Errors
    /// The window was closed.
    pub async fn begin(&mut self, request: &Value) -> Result<u64> {
        self.asked += 1;
        let id = self.asked;
        self.say(&json!({ "id": id, "request": request })).await?;
        Ok(id)
    }

    /// The first snapshot, the one of now included, in which something is found.
    pub async fn find<T>(&mut self, what: &str, look: impl Fn(&Value) -> Option<T>) -> Result<T> {
        let found = within(PATIENCE, what, async {
            loop {
                if let Some(found) = look(&self.snapshot) {
                    return Ok(found);
                }
                self.told().await?;
            }
        });
        found.await?
    }

    /// The id of the profile with this name.
    pub async fn profile(&mut self, name: &str) -> Result<String> {
        self.find("the profile", |snapshot| {
            let mut profiles = snapshot["profiles"].as_array()?.iter();
            Some(profiles.find(|profile| profile["name"] == name)?["id"].as_str()?.to_owned())
        })
        .await
    }

    async fn told(&mut self) -> Result<Value> {
        let line = self.lines.next_line().await?.context("the window was closed")?;
        let mut told: Value = serde_json::from_str(&line)?;
        if told.get("focus").is_some() {
            self.say(&json!({ "focused": true })).await?;
        } else if told.get("snapshot").is_some() {
            self.snapshot = told["snapshot"].take();
        }
        Ok(told)
    }

    async fn say(&mut self, line: &Value) -> Result<()> {
        Ok(self.to_tray.write_all(format!("{line}\n").as_bytes()).await?)
    }
}

/// One is open a second after it was asked for.
const A_MOMENT: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(120);
