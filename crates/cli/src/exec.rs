//! `exec`: another program, with what it needs in its environment and nothing else added: a live token, or, if it gets
//! its own, a secret that ends with it.

use std::process::Command;

use glowjar_protocol::{
    message::{AdmittedAnswer, Answer, TokenAnswer},
    names::{self, Family, Placeholder, Template},
};
use secrecy::ExposeSecret;

use crate::{
    arguments::ExecArgs,
    http::is_ours,
    launch,
    outcome::Trouble,
    say::say,
    tokens::{self, token, unexpected},
};

/// Becomes that program; returns only if that failed.
pub fn run(args: &ExecArgs) -> Result<(), Trouble> {
    let variables = variables(args)?;
    let [program, arguments @ ..] = args.command.as_slice() else { return Ok(()) };
    let values = Values::of(args, &variables)?;
    let mut command = Command::new(program);
    command.args(arguments);
    for (name, template) in &variables {
        if names::is_published(name) && template.is_secret() {
            say!(
                "glowjar: what is called {name} is put into the web page by the tools that read it, where everybody \
                 can take it. Give it to the server part under another name"
            );
        }
        command.env(name, template.filled(|placeholder| values.of_placeholder(placeholder)));
    }
    drop(values);
    let not_run =
        |error| Trouble::NotRun { program: program.to_string_lossy().into_owned(), error };
    become_program(&mut command).map_err(not_run)
}

/// Each name with its template. What `--set` says comes last, and so over what a family says.
fn variables(args: &ExecArgs) -> Result<Vec<(String, Template)>, Trouble> {
    let named = |name: &Option<String>| name.as_deref().and_then(names::family);
    let of = |family: &Family, gets_its_own| {
        let variables = family.variables(gets_its_own);
        variables.map(|(name, template)| (name.to_owned(), template)).collect::<Vec<_>>()
    };
    let mut variables = match (named(&args.names), named(&args.mint)) {
        (Some(family), _) => of(family, false),
        (None, Some(family)) => of(family, true),
        (None, None) if args.set.is_empty() => {
            names::families().first().map(usual).unwrap_or_default()
        }
        (None, None) => Vec::new(),
    };
    variables.extend(args.set.iter().cloned());
    let is_of_use = variables.iter().any(|(_, template)| template.is_secret());
    match named(&args.names).filter(|_| !is_of_use) {
        Some(family) => Err(Trouble::GetsItsOwn(family.name.clone())),
        None => Ok(variables),
    }
}

/// As ever, without options: token and client id, and nothing besides.
fn usual(family: &Family) -> Vec<(String, Template)> {
    let is_usual = |name: &str| {
        [family.token_name(), family.client_id_name()].into_iter().flatten().any(|it| it == name)
    };
    let variables = family.variables(false).filter(|(name, _)| is_usual(name));
    variables.map(|(name, template)| (name.to_owned(), template)).collect()
}

/// What the templates are filled in with.
struct Values {
    token: Option<TokenAnswer>,
    admitted: Option<AdmittedAnswer>,
}

impl Values {
    /// Asks for what the templates need, and for nothing else.
    fn of(args: &ExecArgs, variables: &[(String, Template)]) -> Result<Self, Trouble> {
        let needs = |what: fn(&Template) -> bool| variables.iter().any(|(_, it)| what(it));
        let needs_admission = needs(Template::needs_admission);
        let admitted = needs_admission.then(|| admitted(args)).transpose()?;
        let needs_token = needs(Template::needs_token) || admitted.is_none();
        let token = needs_token.then(|| token(&args.asking, args.ask())).transpose()?;
        Ok(Self { token, admitted })
    }

    fn of_placeholder(&self, placeholder: Placeholder) -> String {
        let token = |field: fn(&TokenAnswer) -> String| self.token.as_ref().map(field);
        let own = |field: fn(&AdmittedAnswer) -> String| self.admitted.as_ref().map(field);
        let secret = || {
            let secret = self.admitted.as_ref()?.secret.as_ref()?;
            Some(secret.expose_secret().to_owned())
        };
        let scopes = || {
            let admitted = own(|admitted| admitted.scopes.clone());
            admitted.or_else(|| token(|token| token.scopes.clone())).unwrap_or_default()
        };
        let value = match placeholder {
            Placeholder::AccessToken => token(|it| it.access_token.expose_secret().to_owned()),
            Placeholder::ExpiresAt => token(|it| it.expires_at.to_string()),
            Placeholder::ClientId => {
                own(|it| it.client_id.clone()).or_else(|| token(|it| it.client_id.clone()))
            }
            Placeholder::Scopes => Some(scopes()),
            Placeholder::ScopesJson => {
                let scopes = scopes();
                let list = scopes.split(',').filter(|scope| !scope.is_empty());
                Some(serde_json::Value::from(list.collect::<Vec<_>>()).to_string())
            }
            Placeholder::Secret => secret(),
            Placeholder::SecretsJson => {
                secret().map(|secret| serde_json::Value::from(vec![secret]).to_string())
            }
            Placeholder::TokenUrl => own(AdmittedAnswer::token_url),
            Placeholder::Url => own(|it| it.url.clone()),
        };
        value.unwrap_or_default()
    }
}

/// Lets this process in, which the program is going to be. Before it is told where to send its secret, the system says
/// who listens there.
fn admitted(args: &ExecArgs) -> Result<AdmittedAnswer, Trouble> {
    let mut client = launch::connect(&args.asking.connection)?;
    match tokens::answer(&args.asking.waiting, &mut client, args.admission())? {
        Answer::Admitted(admitted) => {
            is_ours(&admitted.url)?;
            Ok(admitted)
        }
        other => Err(unexpected(other)),
    }
}

/// Signals and the exit status are the program's own then, and its end is this process's.
#[cfg(unix)]
fn become_program(command: &mut Command) -> std::io::Result<()> {
    Err(std::os::unix::process::CommandExt::exec(command))
}

#[cfg(not(unix))]
fn become_program(command: &mut Command) -> std::io::Result<()> {
    let status = command.status()?;
    std::process::exit(status.code().unwrap_or(1))
}
