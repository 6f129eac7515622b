//! Runs a person's own program when a token is new. The token goes through its environment and its standard input,
//! never through its arguments, which everybody on the machine can read.

use std::{io, process::Stdio, time::Duration};

use glowjar_ims::{AccessToken, ClientId};
use tokio::{io::AsyncWriteExt, process::Command, time::timeout};

use super::SinkError;

/// Runs it to its end; after [`TIME_LIMIT`] it is killed.
pub(super) async fn run(
    command: &[String],
    token: &AccessToken,
    client_id: &ClientId,
) -> Result<(), SinkError> {
    let [program, arguments @ ..] = command else {
        return Err(SinkError::NotStarted(io::ErrorKind::NotFound.to_string()));
    };
    let mut hook = Command::new(program);
    // Glowjar has no console on Windows, so each hook would open one.
    #[cfg(windows)]
    hook.creation_flags(CREATE_NO_WINDOW);
    let mut child = hook
        .args(arguments)
        .env("FIREFLY_SERVICES_ACCESS_TOKEN", token.expose())
        .env("FIREFLY_SERVICES_CLIENT_ID", client_id.as_str())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| SinkError::NotStarted(error.to_string()))?;
    let stdin = child.stdin.take();
    let whole = async {
        if let Some(mut stdin) = stdin {
            // One that does not read it is fine, too.
            let _ = stdin.write_all(token.expose().as_bytes()).await;
            let _ = stdin.write_all(b"\n").await;
        }
        child.wait().await
    };
    match timeout(TIME_LIMIT, whole).await {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(SinkError::Ended(status.to_string())),
        Ok(Err(error)) => Err(error.into()),
        Err(_) => Err(SinkError::Stopped(TIME_LIMIT.as_secs())),
    }
}

/// Microsoft, "Process Creation Flags".
#[cfg(windows)]
const CREATE_NO_WINDOW: u32 = 0x0800_0000;
/// Long enough to restart a server, short enough to be heard of while somebody still remembers.
const TIME_LIMIT: Duration = Duration::from_secs(60);
