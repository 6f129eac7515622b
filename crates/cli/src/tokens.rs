//! `token`, `refresh` and `check`.

use std::{
    io::{self, IsTerminal, Write},
    time::Duration,
};

use glowjar_protocol::{
    client::{Client, ClientError},
    message::{Answer, Ask, TokenAnswer, TokenAsk},
};

use crate::{
    arguments::{Asking, ProfileArgs, TokenArgs, Waiting},
    format::written,
    launch,
    outcome::Trouble,
    say::say,
};

pub fn print(args: &TokenArgs) -> Result<(), Trouble> {
    let token = token(&args.asking, args.ask())?;
    Ok(io::stdout().write_all(written(&token, args.format)?.as_bytes())?)
}

/// A live token, and on standard error what a person should know about it.
pub fn token(asking: &Asking, ask: TokenAsk) -> Result<TokenAnswer, Trouble> {
    let mut client = launch::connect(&asking.connection)?;
    match answer(&asking.waiting, &mut client, Ask::Token(ask))? {
        Answer::Token(token) => {
            if let Some(note) = &token.note {
                say!("glowjar: {note}");
            }
            Ok(token)
        }
        other => Err(unexpected(other)),
    }
}

pub fn refresh(args: &ProfileArgs) -> Result<(), Trouble> {
    let ask = Ask::Refresh { profile: args.profile.clone(), timeout: args.waiting.seconds() };
    match answer(&args.waiting, &mut launch::connect(&args.connection)?, ask)? {
        Answer::Refreshed { profile, expires_at_rfc3339, .. } => {
            say!("{profile} has a new token, valid until {expires_at_rfc3339}");
            Ok(())
        }
        other => Err(unexpected(other)),
    }
}

pub fn check(args: &ProfileArgs) -> Result<(), Trouble> {
    let ask = Ask::Check { profile: args.profile.clone() };
    match answer(&args.waiting, &mut launch::connect(&args.connection)?, ask)? {
        Answer::Checked { profile, works: true, message, .. } => {
            say!("{profile}: {message}");
            Ok(())
        }
        Answer::Checked { profile, message, advice, .. } => {
            use glowjar_protocol::message::{Reason, Refusal};
            Err(Trouble::Refused(Refusal {
                code: "no_access".to_owned(),
                reason: Reason::Failed,
                message: format!("{profile}: {message}"),
                advice,
            }))
        }
        other => Err(unexpected(other)),
    }
}

/// The application's answer. A person who watches is told that it takes longer than usual.
pub fn answer(waiting: &Waiting, client: &mut Client, ask: Ask) -> Result<Answer, ClientError> {
    client.send(ask)?;
    if io::stderr().is_terminal() && !client.answers_within(USUAL_WAIT)? {
        let limit = waiting.seconds();
        say!("glowjar: waiting, {limit} s at most. Glowjar's window says for what");
    }
    client.receive(Some(waiting.patience()))
}

pub fn unexpected(answer: Answer) -> Trouble {
    match answer {
        Answer::Failed(refusal) => Trouble::Refused(refusal),
        _ => Trouble::OffTopic,
    }
}

/// Adobe mints in less.
const USUAL_WAIT: Duration = Duration::from_secs(1);
