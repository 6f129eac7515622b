//! Whether a person is there, and what they answer.

use std::env;
use std::io::{self, Write};
use std::process::{Command, Stdio};

use crate::failure::Failure;

/// May something be installed without asking?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// `--yes`, CI, or nobody there who could answer.
    Given,
    Ask,
}

impl Consent {
    pub fn find(yes: bool) -> Self {
        if yes || env::var_os("CI").is_some() || !is_terminal(Stream::Input) {
            Consent::Given
        } else {
            Consent::Ask
        }
    }

    /// Asks if it has to. Enter means yes.
    pub fn obtain(self, question: &str) -> Result<bool, Failure> {
        if self == Consent::Given {
            return Ok(true);
        }
        print!("{} [Y/n] ", question);
        let mut answer = String::new();
        io::stdout()
            .flush()
            .and_then(|()| io::stdin().read_line(&mut answer))
            .map_err(|error| Failure::new(format!("The terminal did not answer: {}", error)))?;
        let answer = answer.trim().to_lowercase();
        Ok(answer.is_empty() || answer == "y" || answer == "yes")
    }
}

#[derive(Clone, Copy, Debug)]
pub enum Stream {
    Input,
    Output,
}

/// `std::io::IsTerminal` came with Rust 1.70, which is too new here.
pub fn is_terminal(stream: Stream) -> bool {
    let (test, input, output) = match stream {
        Stream::Input => ("test -t 0", Stdio::inherit(), Stdio::null()),
        Stream::Output => ("test -t 1", Stdio::null(), Stdio::inherit()),
    };
    Command::new("sh")
        .args(["-c", test])
        .stdin(input)
        .stdout(output)
        .status()
        .map(|status| status.success())
        .unwrap_or(false)
}
