//! Where a client secret is that the keeper does not keep: in a secret manager, asked by a command, or in a credential of systemd's.

use std::{io, path::PathBuf, process::Stdio, time::Duration};

use secrecy::zeroize::Zeroizing;
use serde::{Deserialize, Serialize};
use tokio::{io::AsyncReadExt, process::Command};

use crate::{clock, secret::Secret};

/// Read once at a start and after a refusal, never for each token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretSource {
    /// A program and its arguments, run without a shell. What it prints is the secret.
    Command(Vec<String>),
    /// By its name in `$CREDENTIALS_DIRECTORY`.
    Credential(String),
}

#[derive(Debug, thiserror::Error)]
pub enum SecretSourceError {
    #[error("{program} can't be run: {cause}")]
    Run { program: String, cause: io::Error },
    #[error("{0} did not end in time")]
    Slow(String),
    #[error("{program} failed ({status})")]
    Failed { program: String, status: std::process::ExitStatus },
    #[error("{0} printed no secret: it has to be one line of text")]
    Printed(String),
    #[error("there is no credential of systemd's: $CREDENTIALS_DIRECTORY is not set")]
    NoCredentials,
    #[error("the credential {name} can't be read: {cause}")]
    Credential { name: String, cause: io::Error },
}

impl SecretSource {
    /// Words as they are typed, separated by white space; nothing is quoted.
    #[must_use]
    pub fn command(text: &str) -> Option<Self> {
        let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        (!words.is_empty()).then_some(Self::Command(words))
    }

    /// # Errors
    /// See [`SecretSourceError`]. None of them holds what was printed.
    pub async fn read(&self) -> Result<Secret, SecretSourceError> {
        match self {
            Self::Command(words) => {
                let (program, arguments) = words
                    .split_first()
                    .map_or(("", &[][..]), |(program, arguments)| (program.as_str(), arguments));
                printed(program, arguments).await
            }
            Self::Credential(name) => {
                let folder = std::env::var_os("CREDENTIALS_DIRECTORY");
                let folder = folder.map(PathBuf::from).ok_or(SecretSourceError::NoCredentials)?;
                let text = std::fs::read_to_string(folder.join(name)).map(Zeroizing::new);
                let text = text
                    .map_err(|cause| SecretSourceError::Credential { name: name.clone(), cause })?;
                line(&text).ok_or_else(|| SecretSourceError::Printed(name.clone()))
            }
        }
    }
}

async fn printed(program: &str, arguments: &[String]) -> Result<Secret, SecretSourceError> {
    let program = program.to_owned();
    let mut command = Command::new(&program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
    let failed_to_run = |cause| SecretSourceError::Run { program: program.clone(), cause };
    let mut child = command.spawn().map_err(failed_to_run)?;
    let output = child.stdout.take();
    let ended = clock::within(TIME_TO_READ, async {
        let mut text = Zeroizing::new(Vec::with_capacity(LONGEST));
        if let Some(output) = output {
            output.take(LONGEST as u64).read_to_end(&mut text).await?;
        }
        Ok((child.wait().await?, text))
    });
    let Some(ended) = ended.await else { return Err(SecretSourceError::Slow(program)) };
    let (status, text) = ended.map_err(failed_to_run)?;
    if !status.success() {
        return Err(SecretSourceError::Failed { program, status });
    }
    let text = std::str::from_utf8(&text).unwrap_or_default();
    line(text).ok_or(SecretSourceError::Printed(program))
}

/// The line end behind it is no part of it.
fn line(text: &str) -> Option<Secret> {
    let text = text.trim_end_matches(['\r', '\n']);
    let is_line = !text.trim().is_empty() && !text.contains('\n') && text.len() < LONGEST;
    is_line.then(|| Secret::from(text))
}

/// A secret manager may have to be reached over a slow network first.
const TIME_TO_READ: Duration = Duration::from_secs(20);
const LONGEST: usize = 16 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    async fn told(script: &str) -> Result<Secret, SecretSourceError> {
        let words = ["sh", "-c", script].map(str::to_owned).to_vec();
        SecretSource::Command(words).read().await
    }

    #[tokio::test]
    async fn what_a_command_prints_is_the_secret_and_no_error_repeats_it() {
        assert_eq!(told("echo p8e-s3cret").await.expect("read").expose(), "p8e-s3cret");
        for (script, why) in [
            ("echo p8e-s3cret; exit 1", "sh failed"),
            ("printf 'p8e-s3cret\\ntwo'", "one line"),
            ("true", "one line"),
            ("yes p8e-s3cret | head -c 1000000", "sh"),
        ] {
            let error = told(script).await.expect_err(script);
            let said = format!("{error} {error:?}");
            assert!(said.contains(why) && !said.contains("s3cret"), "{said}");
        }
        let nowhere = SecretSource::command("no-such-program --now").expect("words");
        assert!(matches!(nowhere.read().await, Err(SecretSourceError::Run { .. })));
        assert_eq!(SecretSource::command("  "), None);
    }
}
