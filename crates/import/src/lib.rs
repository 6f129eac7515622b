//! Reads what an admin sent: the Developer Console's cURL command in any quoting, the downloaded project, a Postman
//! environment, a block of variables, or a mail around any of them. Pure, and free of views: nothing is stored here.
//!
//! A text is understood to the letter or refused with the reason. What had to be guessed is said in a [`Remark`].

pub mod dotenv;

mod apis;
mod asked;
mod bruno;
mod curl;
mod document;
mod facts;
mod form;
mod http_file;
mod httpie;
mod join;
mod judge;
mod literal;
mod markup;
mod names;
mod pairs;
mod powershell;
pub mod request;
pub mod requests;
mod saved;
mod shell;
mod text;
mod token;
mod value;
mod wget;

use glowjar_ims::{Authority, Endpoint, Scopes};
use secrecy::{ExposeSecret, SecretString};

use self::facts::Facts;
pub use self::{
    apis::{Api, Ended, api, apis},
    facts::SignIn,
    judge::{Environment, Kind},
};

/// A credential that somebody sent, and what is known about it. `Debug` hides the secrets.
#[derive(Clone, Debug)]
pub struct Understood {
    pub source: Source,
    pub kind: Kind,
    /// Absent where the text names none, which then means Adobe's.
    pub token_endpoint: Option<Endpoint>,
    /// The address of another server that the text names, with [`Remark::AddressNotUsed`].
    pub unused_address: Option<String>,
    pub environment: Environment,
    pub body: Body,
    pub authentication: Authentication,
    pub grant: Grant,
    pub client_id: String,
    pub client_secret: Option<SecretString>,
    pub standby_secret: Option<SecretString>,
    pub refresh_token: Option<SecretString>,
    pub scopes: Scopes,
    pub told: Told,
    /// In the order in which a person should read them.
    pub remarks: Vec<Remark>,
}

impl Understood {
    /// Somebody says which API it is for: its scopes count, whatever the text says.
    pub fn take_scopes_of(&mut self, api: &'static Api) {
        let Ok(scopes) = Scopes::parse(api.scopes) else { return };
        self.scopes = scopes;
        self.told.api = Some(api);
        self.remarks.retain(|remark| {
            !matches!(remark, Remark::ScopesAssumed | Remark::FireflyScopeMissing)
        });
    }
}

/// What a text says of a credential beside what a server is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What the sender called it.
    pub title: Option<String>,
    /// The API of Adobe's that it is for, as far as scopes or an address tell.
    pub api: Option<&'static Api>,
    /// The names that the text has for what was understood, as written.
    pub names: Vec<String>,
    /// A studio's keepers, in the order in which they are to be asked; empty where the tokens come from elsewhere.
    pub keepers: Vec<Endpoint>,
    /// Who signed the certificates of those.
    pub authority: Option<Authority>,
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
    /// The usual scopes of [`Told::api`] were filled in.
    ScopesAssumed,
    /// None of the scopes is Firefly's, or of another API that is known.
    FireflyScopeMissing,
    /// The text calls an API that has ended. The credential may still be good for others.
    ApiEnded(Ended),
    StageHost,
    /// Not Adobe's server.
    OtherHost,
    /// A server of the studio's, which has the credential for all of it.
    Keeper,
    /// The secret, or the second one, is written in a way that two languages read differently. It was not taken.
    SecretUnclear,
    /// A comma, semicolon or bracket at the end of a value was left out, or words behind it.
    EndLeftOut,
    /// The text does not say what the id and the secret are. They look like Adobe's.
    KnownByLooks,
    /// The text names two servers, and the request or its variables decided.
    AddressNotUsed,
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
    /// It ends at `ends`, in seconds since 1970, if it says so.
    #[error("this is a token, and no credential")]
    Token { ends: Option<i64> },
    /// A project without its secrets, as aio's `.aio` file is.
    #[error("the secrets are in the .env beside it")]
    SecretsElsewhere,
    #[error("a person must sign in with this credential")]
    SignIn(SignIn),
    /// The client id is written in a way that two languages read differently.
    #[error("the client id can be read in two ways")]
    Unclear,
    #[error("the address in the text can't be used")]
    Address,
    /// A name stands in its place, and the text does not say what that means.
    #[error("the address is a name that the text does not explain")]
    AddressUnknown,
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
    let text = SecretString::from(text::tidied(text));
    let text = text.expose_secret();
    if text.trim().is_empty() {
        return Err(Refusal::Empty);
    }
    if text::is_binary(text) {
        return Err(Refusal::Binary);
    }
    let mut facts = Facts::default();
    let unread = |facts: &Facts| SecretString::from(facts.unclaimed(text));
    // The readers that know best where a value ends come first, and what they read the others leave alone.
    saved::read(text, &mut facts);
    if !document::read_whole(unread(&facts).expose_secret(), &mut facts) {
        asked::read(unread(&facts).expose_secret(), &mut facts);
        markup::read(unread(&facts).expose_secret(), &mut facts);
        document::read(unread(&facts).expose_secret(), &mut facts);
        form::read_all(unread(&facts).expose_secret(), &mut facts);
        pairs::read(unread(&facts).expose_secret(), &mut facts);
    }
    judge::credential(text, &facts)
}

/// What the Developer Console grants a Firefly project.
pub const FIREFLY_SCOPES: &str =
    "openid,AdobeID,session,additional_info,read_organizations,firefly_api,ff_apis";
/// In bytes. A long mail thread has a tenth of that.
pub const LONGEST: usize = 512 * 1024;
#[cfg(test)]
mod tests;
