//! `http`: who may ask over HTTP. A new secret is all that comes out on standard output.

use std::{
    io::{self, Write},
    time::Duration,
};

use glowjar_protocol::message::{Answer, Ask, USUAL_TIMEOUT};
use secrecy::ExposeSecret;

use crate::{
    arguments::{HttpArgs, HttpChange},
    outcome::Trouble,
    tokens::unexpected,
};

pub fn serve(args: HttpArgs) -> Result<(), Trouble> {
    let has_address = matches!(args.change, None | Some(HttpChange::Move));
    let ask = match args.change {
        None => Ask::Http,
        Some(HttpChange::Add { name }) => Ask::AddHttp { name },
        Some(HttpChange::Remove { name }) => Ask::RemoveHttp { name },
        Some(HttpChange::Renew { name }) => Ask::RenewHttp { name },
        Some(HttpChange::Move) => Ask::MoveHttp,
    };
    let is_list = ask == Ask::Http;
    let answer = match args.connection.connect()?.ask(ask, PATIENCE)? {
        Answer::Http(answer) => answer,
        other => return Err(unexpected(other)),
    };
    if !answer.exposed.is_empty() {
        eprintln!(
            "glowjar: a program of another user listened at this port and may have seen the secrets of {}. \
             `glowjar http renew NAME` makes a new one",
            answer.exposed.join(", ")
        );
    }
    let mut out = io::stdout().lock();
    let url = answer.url.as_deref();
    if let Some(secret) = &answer.secret {
        eprintln!(
            "Ask {} with the header Authorization: Bearer and this secret:",
            url.unwrap_or("it")
        );
        writeln!(out, "{}", secret.expose_secret())?;
    } else if has_address {
        match url {
            Some(url) => writeln!(out, "{url}")?,
            None => eprintln!("The port is closed: nobody was let in"),
        }
    }
    // Without an address, a script would take the first name for it.
    if is_list && url.is_some() {
        answer.names.iter().try_for_each(|name| writeln!(out, "{name}"))?;
    }
    Ok(())
}

/// A person may be asked first, and has as long as whoever wants a token.
const PATIENCE: Duration = Duration::from_secs(USUAL_TIMEOUT + 5);
