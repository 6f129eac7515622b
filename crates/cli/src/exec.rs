//! `exec`: another program, with what it needs in its environment and nothing else added: a live token, or, if it gets
//! its own, a secret that ends with it.

use std::process::Command;

use glowjar_protocol::{
    client::Client,
    message::{AdmittedAnswer, Answer, TokenAnswer},
    names::{self, Placeholder, Template, Variable},
};
use secrecy::ExposeSecret;

use crate::{
    arguments::{Choice, ExecArgs},
    http::is_ours,
    launch,
    outcome::Trouble,
    say::say,
    tokens::{self, token, unexpected},
};

/// Becomes that program; returns only if that failed.
pub fn run(args: &ExecArgs) -> Result<(), Trouble> {
    let [program, arguments @ ..] = args.command.as_slice() else { return Ok(()) };
    let mut values = Values::default();
    let variables = variables(args, &mut values)?;
    values.complete(args, &variables)?;
    let mut command = Command::new(program);
    command.args(arguments);
    for Variable { name, template } in &variables {
        warn_if_published(name, template);
        command.env(name, template.filled(|placeholder| values.of_placeholder(placeholder)));
    }
    let connection = values.connection.take();
    drop(values);
    let not_run =
        |error| Trouble::NotRun { program: program.to_string_lossy().into_owned(), error };
    become_program(&mut command, connection).map_err(not_run)
}

/// Tells a person that everybody could read what is about to be given to this variable.
pub fn warn_if_published(name: &str, template: &Template) {
    if names::is_published(name) && template.is_secret() {
        say!(
            "glowjar: what is called {name} is put into the web page by the tools that read it, where everybody can \
             take it. Give it to the server part under another name"
        );
    }
}

/// Each name with its template. What `--set` says comes last, and so over what a family says.
fn variables(args: &ExecArgs, values: &mut Values) -> Result<Vec<Variable>, Trouble> {
    let (choice, gets_its_own) = match (args.names, args.mint) {
        (Some(choice), _) => (Some(choice), false),
        (None, choice) => (choice, true),
    };
    let remembered = match choice {
        Some(Choice::OfProfile) => values.family(args, gets_its_own)?,
        Some(Choice::Family(_)) | None => None,
    };
    let family = choice.and_then(|choice| choice.family(remembered.as_deref()));
    let mut variables: Vec<Variable> = match family {
        Some(family) => family.variables(gets_its_own).collect(),
        None if args.set.is_empty() => {
            names::usual().map(|usual| usual.token_and_id().collect()).unwrap_or_default()
        }
        None => Vec::new(),
    };
    variables.extend(args.set.iter().cloned());
    let is_of_use = variables.iter().any(|it| it.template.is_secret());
    match family.filter(|_| !is_of_use && !gets_its_own) {
        Some(family) => Err(Trouble::GetsItsOwn(family.name.clone())),
        None => Ok(variables),
    }
}

/// What the templates are filled in with.
#[derive(Default)]
struct Values {
    token: Option<TokenAnswer>,
    admitted: Option<AdmittedAnswer>,
    /// With whose end the secret ends, where that is not the process's.
    connection: Option<Client>,
}

impl Values {
    /// Asks for what else the templates need, and for nothing besides.
    fn complete(&mut self, args: &ExecArgs, variables: &[Variable]) -> Result<(), Trouble> {
        let needs = |what: fn(&Template) -> bool| variables.iter().any(|it| what(&it.template));
        if self.admitted.is_none() && needs(Template::needs_admission) {
            self.admit(args)?;
        }
        let needs_token = needs(Template::needs_token) || self.admitted.is_none();
        if self.token.is_none() && needs_token {
            self.token = Some(token(&args.asking, args.ask())?);
        }
        Ok(())
    }

    /// Lets this process in, which the program is going to be. Before it is told where to send its secret, the system says
    /// who listens there.
    fn admit(&mut self, args: &ExecArgs) -> Result<&AdmittedAnswer, Trouble> {
        let mut client = launch::connect(&args.asking.connection)?;
        match tokens::answer(&args.asking.waiting, &mut client, args.admission())? {
            Answer::Admitted(admitted) => {
                is_ours(&admitted.url)?;
                self.connection = Some(client).filter(|_| !cfg!(target_os = "linux"));
                Ok(self.admitted.insert(admitted))
            }
            other => Err(unexpected(other)),
        }
    }

    /// The one that the profile remembers, which is told with what will be needed anyway.
    fn family(&mut self, args: &ExecArgs, gets_its_own: bool) -> Result<Option<String>, Trouble> {
        if gets_its_own {
            return Ok(self.admit(args)?.family.clone());
        }
        Ok(self.token.insert(token(&args.asking, args.ask())?).family.clone())
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
            Placeholder::ScopesJson => Some(names::scopes_json(&scopes())),
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

/// Signals and the exit status are the program's own then, and its end is this process's.
#[cfg(unix)]
fn become_program(command: &mut Command, connection: Option<Client>) -> std::io::Result<()> {
    if let Some(connection) = &connection {
        connection.outlive_exec().map_err(std::io::Error::other)?;
    }
    Err(std::os::unix::process::CommandExt::exec(command))
}

/// The connection is open as long as this process is, which waits for the program.
#[cfg(not(unix))]
fn become_program(command: &mut Command, connection: Option<Client>) -> std::io::Result<()> {
    let status = command.status()?;
    drop(connection);
    std::process::exit(status.code().unwrap_or(1))
}
