//! `http`: who may ask over HTTP. A new secret is all that comes out on standard output.

use std::{
    io::{self, Write},
    time::Duration,
};

use glowjar_protocol::{
    message::{Answer, Ask, USUAL_TIMEOUT},
    port_holder::{self, Holder},
};
use secrecy::ExposeSecret;

use crate::{
    arguments::{HttpArgs, HttpChange},
    launch,
    outcome::Trouble,
    say::say,
    tokens::unexpected,
};

pub fn serve(args: HttpArgs) -> Result<(), Trouble> {
    let has_address = matches!(args.change, None | Some(HttpChange::Move));
    let ask = match args.change {
        None => Ask::Http,
        Some(HttpChange::Add { name, profile }) => Ask::AddHttp { name, profile },
        Some(HttpChange::Remove { name }) => Ask::RemoveHttp { name },
        Some(HttpChange::Renew { name }) => Ask::RenewHttp { name },
        Some(HttpChange::Move) => Ask::MoveHttp,
    };
    let is_list = ask == Ask::Http;
    let answer = match launch::connect(&args.connection)?.ask(ask, PATIENCE)? {
        Answer::Http(answer) => answer,
        other => return Err(unexpected(other)),
    };
    if !answer.exposed.is_empty() {
        say!(
            "glowjar: a program of another user listened at this port and may have seen the secrets of {}. \
             `glowjar http renew NAME` makes a new one",
            answer.exposed.join(", ")
        );
    }
    if let Some(url) = &answer.url {
        is_ours(url)?;
    }
    let mut out = io::stdout().lock();
    let url = answer.url.as_deref();
    if let Some(secret) = &answer.secret {
        let url = url.unwrap_or("it");
        say!(
            "Ask {url} with the header Authorization: Bearer and this secret, or have a program that gets its own tokens \
             ask {url}/ims/token/v3, with your client id and this as client_secret:"
        );
        writeln!(out, "{}", secret.expose_secret())?;
    } else if has_address {
        match url {
            Some(url) => writeln!(out, "{url}")?,
            None => say!("The port is closed: nobody was let in"),
        }
    }
    // Without an address, a script would take the first name for it.
    if is_list && url.is_some() {
        answer.names.iter().try_for_each(|name| writeln!(out, "{name}"))?;
        answer.passing.iter().try_for_each(|name| writeln!(out, "{name} (as long as it runs)"))?;
    }
    Ok(())
}

/// Whether this user's program is who is reached at an address of this machine, as far as the system tells.
///
/// # Errors
/// [`Trouble::ForeignPort`].
pub fn is_ours(url: &str) -> Result<(), Trouble> {
    let port = url.rsplit(':').next().and_then(|port| port.parse().ok());
    match port.map(port_holder::of_port) {
        Some(Holder::OtherUser(user)) => {
            Err(Trouble::ForeignPort { url: url.to_owned(), user: user.to_string() })
        }
        _ => Ok(()),
    }
}

/// A person may be asked first, and has as long as whoever wants a token.
const PATIENCE: Duration = Duration::from_secs(USUAL_TIMEOUT + 5);
