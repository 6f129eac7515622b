//! Reads what an admin sent: the Developer Console's cURL command in any quoting, the downloaded project, a Postman
//! environment, a block of variables, or a mail around any of them. Pure, and free of views: nothing is stored here.
//!
//! A text is understood to the letter or refused with the reason. What had to be guessed is said in a [`Remark`].

pub mod dotenv;

mod curl;
mod facts;
mod fields;
mod json;
mod lines;
mod shell;

use glowjar_ims::{Endpoint, Scopes};
use secrecy::SecretString;

pub use self::facts::{Environment, Kind};
use self::fields::Fields;

/// A credential that somebody sent, and what is known about it. `Debug` hides the secrets.
#[derive(Clone, Debug)]
pub struct Understood {
    pub source: Source,
    pub kind: Kind,
    /// Absent where the text names none, which then means Adobe's.
    pub token_endpoint: Option<Endpoint>,
    pub environment: Environment,
    pub body: Body,
    pub authentication: Authentication,
    pub grant: Grant,
    pub client_id: String,
    pub client_secret: Option<SecretString>,
    pub standby_secret: Option<SecretString>,
    pub refresh_token: Option<SecretString>,
    pub scopes: Scopes,
    /// What the sender called it.
    pub title: Option<String>,
    /// In the order in which a person should read them.
    pub remarks: Vec<Remark>,
}

/// The form in which the credential came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Curl,
    ProjectJson,
    Postman,
    /// `NAME=value`, in the manner of `.env`, a shell, cmd or PowerShell.
    Env,
    /// "Client ID: …", as people write to each other.
    Labels,
}

/// How the token request's body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    Form,
    Json,
}

/// RFC 6749 section 2.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authentication {
    Body,
    Basic,
}

/// RFC 6749 sections 4.4 and 6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grant {
    ClientCredentials,
    RefreshToken,
}

/// Something to look at twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remark {
    /// The text has no secret, or a name in its place.
    SecretMissing,
    /// The text has dots or stars in its place.
    SecretMasked,
    /// Shorter than Adobe's are, or ends in dots.
    SecretLooksCutOff,
    /// A line end in its middle was taken out.
    SecretWasWrapped,
    /// An `&` or `+` in it was taken as it stands, although a server would read it otherwise.
    SecretTakenLiterally,
    RefreshTokenMissing,
    /// Adobe's usual scopes were filled in.
    ScopesAssumed,
    /// None of the scopes is Firefly's.
    FireflyScopeMissing,
    StageHost,
    /// Not Adobe's server.
    OtherHost,
}

/// Why nothing was taken from a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the text is empty")]
    Empty,
    #[error("the text is longer than {} kB", LONGEST / 1024)]
    TooLong,
    #[error("this is no text")]
    Binary,
    #[error("the command or JSON ends in the middle")]
    CutOff,
    #[error("the text holds two different credentials")]
    SeveralCredentials,
    /// The command reads its data from a file that is not here.
    #[error("the command takes its data from a file")]
    FromFile,
    #[error("a service account (JWT) can't be renewed with a secret")]
    ServiceAccount,
    #[error("an API key alone gets no tokens")]
    ApiKeyOnly,
    #[error("the address in the text can't be used")]
    Address,
    #[error("the scopes in the text can't be used")]
    Scopes,
    #[error("the text holds no credential")]
    Nothing,
}

/// Reads a text, whatever it is.
///
/// # Errors
/// There is no credential in it, more than one, or half of one.
pub fn understand(text: &str) -> Result<Understood, Refusal> {
    if text.len() > LONGEST {
        return Err(Refusal::TooLong);
    }
    let text = tidied(text);
    if text.trim().is_empty() {
        return Err(Refusal::Empty);
    }
    if is_binary(&text) {
        return Err(Refusal::Binary);
    }
    let (source, fields) = read(&text)?;
    facts::settle(source, fields)
}

fn read(text: &str) -> Result<(Source, Fields), Refusal> {
    if curl::is_in(text) {
        match curl::read(text) {
            // An example call beside the credential, or the command before its gaps were filled in.
            Err(Refusal::Nothing) => {}
            Ok((source, fields)) if fields.is_whole() => return Ok((source, fields)),
            Ok((source, fields)) => {
                return match lines::read(text) {
                    Ok((_, rest)) => Ok((source, fields.join(rest)?)),
                    Err(_) => Ok((source, fields)),
                };
            }
            Err(refusal) => return Err(refusal),
        }
    }
    json::read(text).unwrap_or_else(|| lines::read(text))
}

/// Without what mail programs, chats and word processors put into a text and nobody sees.
fn tidied(text: &str) -> String {
    let visible = text.chars().filter(|character| !INVISIBLE.contains(character));
    let spaced = visible.map(|c| if SPACES.contains(&c) { ' ' } else { c });
    let text = spaced.collect::<String>().replace("\r\n", "\n").replace('\r', "\n");
    let text = unquoted(&text);
    // Copied out of a web page's source.
    if !text.contains("&amp;client_") {
        return text;
    }
    let text = TAGS.iter().fold(text, |text, tag| text.replace(tag, " "));
    text.replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

/// Takes away the marks of a mail that was answered.
fn unquoted(text: &str) -> String {
    let lines = || text.lines().filter(|line| !line.trim().is_empty());
    let marked = lines().filter(|line| line.trim_start().starts_with('>')).count();
    if marked == 0 || marked * 2 < lines().count() {
        return text.to_owned();
    }
    let bare = |line: &str| {
        let mut rest = line.trim_start();
        while let Some(inner) = rest.strip_prefix('>') {
            rest = inner.strip_prefix(' ').unwrap_or(inner);
        }
        if line.trim_start().starts_with('>') { rest.to_owned() } else { line.to_owned() }
    };
    text.lines().map(bare).collect::<Vec<_>>().join("\n")
}

fn is_binary(text: &str) -> bool {
    let odd =
        |c: &char| (c.is_control() && !c.is_whitespace()) || *c == char::REPLACEMENT_CHARACTER;
    text.contains('\0') || text.chars().filter(odd).count() * 20 > text.chars().count()
}

/// What the Developer Console grants a Firefly project (adobe-ims section 1).
pub const FIREFLY_SCOPES: &str =
    "openid,AdobeID,session,additional_info,read_organizations,firefly_api,ff_apis";
/// In bytes. A long mail thread has a tenth of that.
pub const LONGEST: usize = 512 * 1024;
/// Spaces that don't break or are not as wide as others.
const SPACES: [char; 4] = ['\u{a0}', '\u{2007}', '\u{202f}', '\u{3000}'];
/// Byte order mark, zero-width space and joiners, soft hyphen, directional marks.
const INVISIBLE: [char; 10] = [
    '\u{feff}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{ad}', '\u{200e}', '\u{200f}',
    '\u{202a}', '\u{202c}',
];

const TAGS: [&str; 8] = ["<pre>", "</pre>", "<code>", "</code>", "<p>", "</p>", "<br>", "<br/>"];

#[cfg(test)]
mod tests;
