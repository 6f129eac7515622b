//! The command line.

mod deferred_args;

use std::{ffi::OsString, path::PathBuf, time::Duration};

use clap::{
    Args, Parser, Subcommand, ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser},
};
use clap_complete::Shell;
use glowjar_protocol::{
    message::{Ask, LONGEST_TIMEOUT, TokenAsk},
    names::{self, Family, TemplateError, Variable, families},
};

pub use self::deferred_args::DeferredArgs;
use crate::{duration::Span, format::Format};

/// Hands live Adobe Firefly tokens to programs. Glowjar itself keeps them fresh; this command asks it.
#[derive(Debug, Parser)]
#[command(name = "glowjar", version, after_help = EXIT_CODES, arg_required_else_help = true)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print a live token
    Token(DeferredArgs<TokenArgs>),
    /// Run a program with a live token in its environment
    Exec(DeferredArgs<ExecArgs>),
    /// Show how each profile is
    Status(DeferredArgs<StatusArgs>),
    /// List the profiles' names
    Profiles(DeferredArgs<ConnectArgs>),
    /// Get a new token now
    Refresh(DeferredArgs<ProfileArgs>),
    /// Try the token at Firefly, without using up credits
    Check(DeferredArgs<ProfileArgs>),
    /// Make a profile of what your admin sent you: a cURL command, the project's JSON, an .env block or a whole mail
    Import(DeferredArgs<ImportArgs>),
    /// Sign in with a browser, here or on another computer, for a profile that there is or with --new for one more
    SignIn(DeferredArgs<SignInArgs>),
    /// Keep files current by themselves, and run programs when a token is new
    Files(DeferredArgs<FilesArgs>),
    /// Show which programs took tokens since Glowjar started
    Log(DeferredArgs<LogArgs>),
    /// Hand nothing out until somebody unlocks Glowjar in its window
    Lock(DeferredArgs<ConnectArgs>),
    /// Let programs in that can do nothing but HTTP
    Http(DeferredArgs<HttpArgs>),
    /// Show how a program is connected, and edit the settings of MCP clients
    Connect(DeferredArgs<ConnectProgramArgs>),
    /// Open Glowjar's window
    Open,
    /// Print a completion script for a shell
    Completions { shell: Shell },
    /// Print the manual page
    Man,
}

#[derive(Args, Debug)]
pub struct TokenArgs {
    /// The profile's name; not needed if there is only one
    profile: Option<String>,
    /// How it is written
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    #[command(flatten)]
    pub asking: Asking,
    /// Fingerprint of a token that was answered with 401: leads to one new token if it is the current one
    #[arg(long, value_name = "FINGERPRINT")]
    rejected: Option<String>,
}

#[derive(Args, Debug)]
pub struct ExecArgs {
    /// The profile's name; not needed if there is only one
    #[arg(short, long)]
    profile: Option<String>,
    /// Under which names the program looks for token and client id. Without a family: the one that the profile remembers
    #[arg(long, value_name = "FAMILY", num_args = 0..=1, default_missing_value = REMEMBERED, value_parser = family_names())]
    pub names: Option<Choice>,
    /// For a program that gets its own tokens: the client id, a secret that ends with the program, and the address to ask,
    /// under the names of this family, or of the one that the profile remembers
    #[arg(long, value_name = "FAMILY", conflicts_with = "names", num_args = 0..=1, default_missing_value = REMEMBERED, value_parser = family_names())]
    pub mint: Option<Choice>,
    /// One more variable. In the template stand {access_token}, {client_id}, {expires_at}, {scopes}, {secret}, {token_url}
    #[arg(long, value_name = "NAME=TEMPLATE", value_parser = variable)]
    pub set: Vec<Variable>,
    #[command(flatten)]
    pub asking: Asking,
    /// The program and its arguments. Without the options above it gets FIREFLY_SERVICES_ACCESS_TOKEN and
    /// FIREFLY_SERVICES_CLIENT_ID
    #[arg(required = true, last = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
}

#[derive(Args, Debug)]
pub struct StatusArgs {
    /// Write JSON, one object a line
    #[arg(long)]
    pub json: bool,
    /// Stay, and show every change
    #[arg(long)]
    pub watch: bool,
    /// For monitoring: say in a few lines whether all is well. Exit codes: 0 each profile that is not paused has a live token,
    /// 1 one has none and Glowjar keeps trying, 3 a person is needed or will be within three days, 4 Glowjar is not running
    #[arg(long, conflicts_with_all = ["watch", "json"])]
    pub check: bool,
    /// Show what your studio has set for this computer, and what of it has no effect and why
    #[arg(long, conflicts_with = "check")]
    pub managed: bool,
    #[command(flatten)]
    pub connection: ConnectArgs,
}

#[derive(Args, Debug)]
pub struct ProfileArgs {
    /// The profile's name; not needed if there is only one
    pub profile: Option<String>,
    #[command(flatten)]
    pub waiting: Waiting,
    #[command(flatten)]
    pub connection: ConnectArgs,
}

#[derive(Args, Debug)]
pub struct ImportArgs {
    /// Where the text is; standard input if it is - or left out. Never the text itself: arguments can be seen by others
    pub file: Option<PathBuf>,
    /// What to call the profile; otherwise Glowjar finds a name
    #[arg(long)]
    pub name: Option<String>,
    /// Which of Adobe's APIs it is for, whose scopes are then taken: firefly, photoshop, indesign, illustrator, express,
    /// audio-video, substance-3d, pdf-services or lightroom
    #[arg(long, value_name = "NAME")]
    pub api: Option<String>,
    /// Save it even if the provider can't be asked now
    #[arg(long)]
    pub anyway: bool,
    /// What is printed
    #[arg(long, value_enum, default_value_t)]
    pub format: ImportFormat,
    #[command(flatten)]
    pub waiting: Waiting,
    #[command(flatten)]
    pub connection: ConnectArgs,
}

#[derive(Args, Debug)]
pub struct SignInArgs {
    /// The profile's name; not needed if there is only one
    #[arg(conflicts_with = "new")]
    pub profile: Option<String>,
    /// Make a profile of this name
    #[arg(long, value_name = "NAME", requires = "client_id")]
    pub new: Option<String>,
    /// Its client ID
    #[arg(long, value_name = "ID", requires = "new")]
    pub client_id: Option<String>,
    /// A file with nothing but its client secret, if it has one
    #[arg(long, value_name = "FILE", requires = "new")]
    pub secret_file: Option<PathBuf>,
    /// The address of the server; otherwise Adobe
    #[arg(long, value_name = "URL", requires = "new")]
    pub server: Option<String>,
    /// What to ask for, with commas
    #[arg(long, value_name = "SCOPES", default_value = "openid,offline_access", requires = "new")]
    pub scopes: String,
    /// Where the browser is to end, as it is registered with the client; otherwise a free port of this machine
    #[arg(long, value_name = "URL", requires = "new")]
    pub redirect: Option<String>,
    /// Show a code to type in at the server's page, on whichever device, where the server offers that
    #[arg(long, conflicts_with = "redirect")]
    pub device: bool,
    #[command(flatten)]
    pub connection: ConnectArgs,
}

#[derive(Args, Debug)]
pub struct FilesArgs {
    /// Without any: list what there is
    #[command(subcommand)]
    pub change: Option<FilesChange>,
    #[command(flatten)]
    pub connection: ConnectArgs,
}

#[derive(Debug, Subcommand)]
pub enum FilesChange {
    /// Keep keys of an .env file current; everything else in it stays as it is
    Env {
        path: PathBuf,
        #[command(flatten)]
        keys: KeysArgs,
        #[arg(short, long)]
        profile: Option<String>,
    },
    /// Keep one string in a JSON file current, say of a Postman environment
    Json {
        path: PathBuf,
        /// Where it is, as an RFC 6901 pointer in which lists have conditions: '/values[key=token]/value'
        pointer: String,
        #[arg(short, long)]
        profile: Option<String>,
    },
    /// Keep a file with nothing but the token
    Raw {
        path: PathBuf,
        #[arg(short, long)]
        profile: Option<String>,
    },
    /// Run a program with each new token, on its standard input and in Adobe's environment variables
    Run {
        #[arg(short, long)]
        profile: Option<String>,
        #[arg(required = true, last = true, value_name = "COMMAND")]
        command: Vec<String>,
    },
    /// Leave one alone from now on
    Remove {
        /// Its number in the list
        number: u32,
    },
}

/// Which keys of an `.env` file.
#[derive(Args, Debug)]
pub struct KeysArgs {
    /// The key that holds the token [default: FIREFLY_SERVICES_ACCESS_TOKEN]
    #[arg(long)]
    pub key: Option<String>,
    /// The keys that programs of this family read, or of the one that the profile remembers
    #[arg(long, value_name = "FAMILY", num_args = 0..=1, default_missing_value = REMEMBERED, conflicts_with_all = ["key", "client_id_key"], value_parser = family_names())]
    pub names: Option<Choice>,
    /// A key for the client id
    #[arg(long, value_name = "KEY")]
    pub client_id_key: Option<String>,
    /// One more key, or this one alone. In the template stand {access_token}, {client_id}, {expires_at}, {scopes}, {scopes_json}
    #[arg(long, value_name = "NAME=TEMPLATE", value_parser = variable)]
    pub set: Vec<Variable>,
}

#[derive(Args, Debug)]
pub struct ConnectProgramArgs {
    /// Which kind of program. Without it: list them
    pub program: Option<String>,
    /// The settings file of an MCP client. Shows what would be changed in it
    pub file: Option<PathBuf>,
    /// The profile's name; not needed if there is only one
    #[arg(short, long, requires = "file")]
    pub profile: Option<String>,
    /// Change the file, and keep what it was beside it
    #[arg(long, requires = "file")]
    pub apply: bool,
    /// Bring back what it was
    #[arg(long, requires = "file", conflicts_with = "apply")]
    pub undo: bool,
}

#[derive(Args, Debug)]
pub struct LogArgs {
    /// Write JSON, one object a line
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub connection: ConnectArgs,
}

#[derive(Args, Debug)]
pub struct HttpArgs {
    /// Without any: show the address and who may come in
    #[command(subcommand)]
    pub change: Option<HttpChange>,
    #[command(flatten)]
    pub connection: ConnectArgs,
}

#[derive(Debug, Subcommand)]
pub enum HttpChange {
    /// Let one more in, and print its secret, which is shown this once
    Add {
        /// A name by which you know it again
        name: String,
        /// Only this profile's tokens, instead of those of all
        #[arg(short, long)]
        profile: Option<String>,
    },
    /// Let it in no longer. When nobody is left, the port is closed
    Remove { name: String },
    /// Print a new secret for one of them; the old one is of no use any more
    Renew { name: String },
    /// Take another port and print its address, which you have to tell every program that asks there
    Move,
}

#[derive(Args, Debug)]
pub struct Asking {
    /// How long the token should still live, say 5m. One that ends sooner is renewed first
    #[arg(long, value_name = "TIME")]
    min_valid: Option<Span>,
    #[command(flatten)]
    pub waiting: Waiting,
    #[command(flatten)]
    pub connection: ConnectArgs,
}

#[derive(Args, Debug)]
pub struct Waiting {
    /// How long to wait for the answer
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = timeout)]
    timeout: Span,
}

#[derive(Args, Debug)]
pub struct ConnectArgs {
    /// Fail if Glowjar is not running, instead of starting it
    #[arg(long)]
    pub no_start: bool,
}

/// Whose names are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    Family(&'static Family),
    /// The family that is remembered with the profile.
    OfProfile,
}

impl Choice {
    /// The usual one where the profile remembers none.
    pub fn family(self, remembered: Option<&str>) -> Option<&'static Family> {
        match self {
            Self::Family(family) => Some(family),
            Self::OfProfile => remembered.and_then(names::family).or_else(names::usual),
        }
    }
}

/// What `import` prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ImportFormat {
    /// The profile's name
    #[default]
    Name,
    /// An object with everything that was understood, without the secret
    Json,
}

/// The command line of this process. Ends the process with 2 if it can't be understood.
pub fn parse() -> Command {
    Arguments::parse().command
}

impl TokenArgs {
    pub fn ask(&self) -> TokenAsk {
        let format = self.format.to_possible_value();
        TokenAsk {
            format: format.map(|value| value.get_name().to_owned()),
            rejected: self.rejected.clone(),
            ..self.asking.ask(self.profile.clone())
        }
    }
}

impl ExecArgs {
    pub fn ask(&self) -> TokenAsk {
        TokenAsk { format: Some("exec".to_owned()), ..self.asking.ask(self.profile.clone()) }
    }

    /// To be let in, for a program that gets its own tokens.
    pub fn admission(&self) -> Ask {
        let label = self.command.first().map(|program| program.to_string_lossy().into_owned());
        Ask::Admit {
            profile: self.profile.clone(),
            label: label.unwrap_or_default(),
            connected: !cfg!(target_os = "linux"),
        }
    }
}

impl Asking {
    fn ask(&self, profile: Option<String>) -> TokenAsk {
        TokenAsk {
            profile,
            min_valid: self.min_valid.map(|span| span.0.as_secs()),
            timeout: self.waiting.seconds(),
            ..TokenAsk::default()
        }
    }
}

impl Waiting {
    pub const fn seconds(&self) -> u64 {
        self.timeout.0.as_secs()
    }

    /// How long to wait for a word from the application, which knows the time limit itself and keeps it.
    pub fn patience(&self) -> Duration {
        self.timeout.0 + GRACE
    }
}

fn family_names() -> impl TypedValueParser<Value = Choice> {
    let names = families().iter().map(|family| family.name.as_str());
    let names = names.chain([REMEMBERED]);
    PossibleValuesParser::new(names)
        .map(|name| names::family(&name).map_or(Choice::OfProfile, Choice::Family))
}

fn variable(text: &str) -> Result<Variable, String> {
    let (name, template) = text.split_once('=').ok_or("it is written NAME=TEMPLATE")?;
    if name.is_empty() || name.contains('\0') {
        return Err("it is written NAME=TEMPLATE".to_owned());
    }
    let template = template.parse().map_err(|error: TemplateError| error.to_string())?;
    Ok(Variable { name: name.to_owned(), template })
}

fn timeout(text: &str) -> Result<Span, String> {
    let span: Span = text.parse().map_err(|error| format!("{error}"))?;
    if (1..=LONGEST_TIMEOUT).contains(&span.0.as_secs()) {
        Ok(span)
    } else {
        Err(format!("it must be between 1s and {}m", LONGEST_TIMEOUT / 60))
    }
}

/// In place of a family: the one that the profile remembers.
const REMEMBERED: &str = "profile";
const GRACE: Duration = Duration::from_secs(5);

const EXIT_CODES: &str =
    "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 a person is needed, 4 Glowjar is not running";

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_timeout_is_neither_nothing_nor_for_ever() {
        let parse = |timeout| Arguments::try_parse_from(["glowjar", "token", "--timeout", timeout]);
        assert!(parse("0").is_err());
        assert!(parse("11m").is_err());
        assert!(parse("10m").is_ok());
    }

    #[test]
    fn what_follows_the_dashes_is_the_program_s_own() {
        let line = ["glowjar", "exec", "-p", "Campaign", "--", "curl", "--help", "-p"];
        let Ok(Arguments { command: Command::Exec(DeferredArgs(args)) }) =
            Arguments::try_parse_from(line)
        else {
            panic!("not understood");
        };
        assert_eq!(args.command, ["curl", "--help", "-p"]);
        assert_eq!(args.ask().profile.as_deref(), Some("Campaign"));
    }

    #[test]
    fn a_family_can_be_named_or_left_to_the_profile() {
        let mint = |line: &[&str]| match Arguments::try_parse_from(line).map(|it| it.command) {
            Ok(Command::Exec(DeferredArgs(args))) => args.mint,
            other => panic!("{other:?}"),
        };
        let adobe = names::family("adobe").map(Choice::Family);
        assert_eq!(mint(&["glowjar", "exec", "--mint", "adobe", "--", "sh"]), adobe);
        assert_eq!(mint(&["glowjar", "exec", "--mint", "--", "sh"]), Some(Choice::OfProfile));
        assert_eq!(mint(&["glowjar", "exec", "--", "sh"]), None);
        let firefly = names::family("firefly");
        assert_eq!(Choice::OfProfile.family(Some("firefly")), firefly);
        assert_eq!(Choice::OfProfile.family(None), names::usual());
        assert_eq!(Choice::OfProfile.family(Some("of a newer Glowjar")), names::usual());
    }
}
