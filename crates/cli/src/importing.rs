//! `import`: a profile from what somebody was sent. The text comes from a file or a pipe and goes over the socket, so
//! that no secret is among anybody's arguments.

use std::{
    fs::File,
    io::{self, IsTerminal, Read, Write},
    path::Path,
};

use glowjar_protocol::{
    client::{Client, ClientError},
    frame::{FrameError, LONGEST_ASK},
    message::{Answer, Ask, SentText, UnderstoodAnswer},
    saved_text,
};
use secrecy::{SecretString, zeroize::Zeroizing};

use crate::{
    arguments::{ImportArgs, ImportFormat},
    launch,
    outcome::Trouble,
    say::say,
    tokens::unexpected,
};

pub fn run(args: &ImportArgs) -> Result<(), Trouble> {
    // Before an application is started for it.
    let text = text(args.file.as_deref())?;
    let mut client = launch::connect(&args.connection)?;
    let understood = understood(&mut client, text, args)?;
    explain(&understood);
    let name = args.name.clone().unwrap_or_else(|| understood.suggested_name.clone());
    let ask = Ask::Import { handle: understood.handle.clone(), name, anyway: args.anyway };
    match client.ask(ask, args.waiting.patience())? {
        Answer::Imported { profile, id } => {
            let printed = match args.format {
                ImportFormat::Name => profile,
                ImportFormat::Json => written(&understood, &profile, &id),
            };
            Ok(writeln!(io::stdout(), "{printed}")?)
        }
        other => Err(unexpected(other)),
    }
}

fn text(file: Option<&Path>) -> Result<SecretString, Trouble> {
    let file = file.filter(|file| *file != Path::new("-"));
    let read = match file {
        Some(file) => File::open(file).and_then(read),
        None => {
            if io::stdin().is_terminal() {
                say!("Paste what you were sent, and then press Enter and {END_OF_INPUT}:");
            }
            read(io::stdin().lock())
        }
    };
    let bytes = read.map_err(Trouble::Unreadable)?;
    if bytes.len() > LONGEST_ASK {
        return Err(TOO_LONG);
    }
    Ok(saved_text::decoded(&bytes).into())
}

/// No more than can be sent, whatever comes.
fn read(from: impl Read) -> io::Result<Zeroizing<Vec<u8>>> {
    // As large as it can get, so that no smaller buffer is left behind with a secret in it.
    let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST_ASK + 2));
    from.take(LONGEST_ASK as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn understood(
    client: &mut Client,
    text: SecretString,
    args: &ImportArgs,
) -> Result<UnderstoodAnswer, Trouble> {
    let ask = Ask::Understand { text: SentText(text), api: args.api.clone() };
    match client.ask(ask, args.waiting.patience()) {
        Ok(Answer::Understood(understood)) => Ok(understood),
        Ok(other) => Err(unexpected(other)),
        Err(ClientError::NotUnderstood(FrameError::TooLong { .. })) => Err(TOO_LONG),
        Err(error) => Err(error.into()),
    }
}

/// Says to a person what the text was taken for.
fn explain(it: &UnderstoodAnswer) {
    let kind = match it.credential_type.as_str() {
        "oauth_server_to_server" => "an OAuth Server-to-Server credential",
        "oauth_web_app" => "an OAuth Web App credential",
        _ => "a credential",
    };
    let source = match it.source.as_str() {
        "curl" => "a cURL command",
        "project_json" => "a project's JSON file",
        "postman" => "a Postman environment",
        "env" => "a list of variables",
        _ => "a text with labels",
    };
    let environment = match it.environment.as_str() {
        "production" => "Adobe",
        "stage" => "Adobe, test environment (stage)",
        _ => &it.token_endpoint,
    };
    say!("Understood {kind}, from {source}");
    say!("  client ID    {}", it.client_id);
    say!("  scopes       {}", it.scopes.join(", "));
    if let Some(api) = &it.api {
        say!("  for          {api}");
    }
    say!("  environment  {environment}");
    for warning in &it.warnings {
        say!("Look twice: {}. {}", warning.message, warning.advice);
    }
    say!("Trying it …");
}

fn written(it: &UnderstoodAnswer, profile: &str, id: &str) -> String {
    serde_json::json!({
        "version": 1,
        "profile": profile,
        "id": id,
        "client_id": it.client_id,
        "credential_type": it.credential_type,
        "source": it.source,
        "grant": it.grant,
        "environment": it.environment,
        "token_endpoint": it.token_endpoint,
        "scopes": it.scopes,
        "api": it.api,
        "warnings": it.warnings,
    })
    .to_string()
}

const TOO_LONG: Trouble =
    Trouble::Unusable("this is too long. Give only the part with client ID and secret");
const END_OF_INPUT: &str = if cfg!(windows) { "Ctrl+Z" } else { "Ctrl+D" };
