//! `sign-in`: a person signs in with whichever browser they have. The address of the page goes to standard output, and what
//! the browser ended at is taken from standard input; or with `--device` a code goes to standard output, and nothing is taken.

use std::{
    fs,
    io::{self, BufRead, IsTerminal, Write},
    path::Path,
    thread,
    time::Duration,
};

use glowjar_protocol::{
    client::Client,
    message::{Answer, Ask, NewSignIn, SentText, SigningInAnswer},
    saved_text,
};
use secrecy::{SecretString, zeroize::Zeroizing};

use crate::{arguments::SignInArgs, launch, outcome::Trouble, say::say, tokens::unexpected};

pub fn run(args: &SignInArgs) -> Result<(), Trouble> {
    // Before an application is started for it.
    let new = new(args)?;
    let mut client = launch::connect(&args.connection)?;
    client.send(Ask::SignIn { profile: args.profile.clone(), new, device: args.device })?;
    loop {
        match client.receive(None)? {
            Answer::SigningIn(waiting) => {
                if let Some(code) = &waiting.code {
                    tell_code(&waiting.address, code)?;
                    continue;
                }
                tell(&waiting)?;
                thread::spawn(|| take_addresses(io::stdin().lock()));
            }
            Answer::SignedIn { profile, .. } => {
                say!("Signed in: {profile} has a token now");
                return Ok(());
            }
            other => return Err(unexpected(other)),
        }
    }
}

fn new(args: &SignInArgs) -> Result<Option<Box<NewSignIn>>, Trouble> {
    let Some(name) = args.new.clone() else { return Ok(None) };
    let client_secret = args.secret_file.as_deref().map(secret).transpose()?;
    Ok(Some(Box::new(NewSignIn {
        name,
        client_id: args.client_id.clone().unwrap_or_default(),
        client_secret,
        server: args.server.clone(),
        scopes: args.scopes.clone(),
        redirect: args.redirect.clone().unwrap_or_default(),
    })))
}

/// An editor may have ended the line.
fn secret(file: &Path) -> Result<SentText, Trouble> {
    let bytes = Zeroizing::new(fs::read(file).map_err(Trouble::Unreadable)?);
    let text = Zeroizing::new(saved_text::decoded(&bytes));
    Ok(SentText(SecretString::from(text.trim_end_matches(['\r', '\n']))))
}

fn tell(waiting: &SigningInAnswer) -> io::Result<()> {
    say!("Sign in at this address, with a browser on this computer or on another one:");
    let mut out = io::stdout().lock();
    writeln!(out, "{}", waiting.address)?;
    out.flush()?;
    if waiting.comes_back {
        say!(
            "A browser on this computer finds back by itself. From another one, paste the address that it ends at,"
        );
        say!("even if it shows an error there, and press Enter:");
    } else {
        say!(
            "Then paste the address that the browser ends at, even if it shows an error there, and press Enter:"
        );
    }
    if !waiting.comes_back && !io::stdin().is_terminal() {
        say!("(It is read from standard input.)");
    }
    Ok(())
}

fn tell_code(address: &str, code: &str) -> io::Result<()> {
    say!("Open this page on any device, sign in there and type in the code below it:");
    let mut out = io::stdout().lock();
    writeln!(out, "{address}\n{code}")?;
    out.flush()
}

/// Each on a connection of its own: the first one is where the end of the sign-in is told.
fn take_addresses(from: impl BufRead) {
    for line in from.lines().map_while(Result::ok) {
        let line = Zeroizing::new(line);
        let address = SentText(SecretString::from(line.trim()));
        if line.trim().is_empty() {
            continue;
        }
        let answer = Client::connect()
            .and_then(|mut client| client.ask(Ask::PasteSignIn { address }, PATIENCE));
        match answer {
            Ok(Answer::Pasted) => {}
            Ok(other) => say!("glowjar: {}", unexpected(other)),
            Err(error) => say!("glowjar: {}", Trouble::from(error)),
        }
    }
}

/// The application looks at it and no further.
const PATIENCE: Duration = Duration::from_secs(10);
