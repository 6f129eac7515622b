//! Where tokens go by themselves.

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::names::{Template, TemplateError, Variable};

/// Where each new token of a profile goes by itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Target {
    /// Keys in an `.env` file.
    Env {
        path: PathBuf,
        #[serde(flatten)]
        variables: Variables,
    },
    /// A string in a JSON file, found by an RFC 6901 pointer in which a step may choose an element of a list by what it
    /// holds: `/values[key=token]/value`.
    Json { path: PathBuf, pointer: String },
    /// A file with the token and a line end.
    Raw { path: PathBuf },
    /// A program and its arguments. It gets the token on its standard input and in Adobe's environment variables.
    Command { command: Vec<String> },
}

/// The keys of an `.env` file, each name once. What was written before there were templates is read as well, and what can be
/// written like that is: a key for the token, and perhaps one for the client id.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Variables(Vec<Variable>);

#[derive(Deserialize, Serialize)]
struct Written {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token_key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client_id_key: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    variables: BTreeMap<String, Template>,
}

impl Variables {
    /// Of those with the same name, the last counts.
    pub fn new(all: impl IntoIterator<Item = Variable>) -> Self {
        let mut variables: Vec<Variable> = Vec::new();
        for variable in all {
            match variables.iter_mut().find(|it| it.name == variable.name) {
                Some(known) => *known = variable,
                None => variables.push(variable),
            }
        }
        Self(variables)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Variable> {
        self.0.iter()
    }

    /// The keys that change with each token, separated by commas.
    #[must_use]
    pub fn keys(&self) -> String {
        let keys = self.0.iter().filter(|it| it.template.needs_token());
        keys.map(|it| it.name.as_str()).collect::<Vec<_>>().join(", ")
    }
}

impl TryFrom<Written> for Variables {
    type Error = TemplateError;

    fn try_from(written: Written) -> Result<Self, TemplateError> {
        let before = [(written.token_key, TOKEN), (written.client_id_key, CLIENT_ID)];
        let before = before.into_iter().filter_map(|(key, template)| Some((key?, template)));
        let before =
            before.map(|(name, template)| Ok(Variable { name, template: template.parse()? }));
        let before = before.collect::<Result<Vec<_>, TemplateError>>()?;
        let named = written.variables.into_iter();
        let named = named.map(|(name, template)| Variable { name, template });
        Ok(Self::new(before.into_iter().chain(named)))
    }
}

impl From<Variables> for Written {
    fn from(Variables(variables): Variables) -> Self {
        let shape: Vec<String> = variables.iter().map(|it| it.template.to_string()).collect();
        let shape: Vec<&str> = shape.iter().map(String::as_str).collect();
        let mut names = variables.iter().map(|it| it.name.clone());
        match shape.as_slice() {
            [TOKEN] | [TOKEN, CLIENT_ID] => Self {
                token_key: names.next(),
                client_id_key: names.next(),
                variables: BTreeMap::new(),
            },
            _ => Self {
                token_key: None,
                client_id_key: None,
                variables: variables.into_iter().map(|it| (it.name, it.template)).collect(),
            },
        }
    }
}

impl Target {
    /// The file; `None` for a program.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Env { path, .. } | Self::Json { path, .. } | Self::Raw { path } => Some(path),
            Self::Command { .. } => None,
        }
    }

    /// As the messages name it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Env { .. } => "env",
            Self::Json { .. } => "json",
            Self::Raw { .. } => "raw",
            Self::Command { .. } => "command",
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env { path, variables } => {
                write!(f, "{} in {}", variables.keys(), path.display())
            }
            Self::Json { path, pointer } => write!(f, "{pointer} in {}", path.display()),
            Self::Raw { path } => write!(f, "{}", path.display()),
            // Its arguments may be nobody else's business.
            Self::Command { command } => f.write_str(command.first().map_or("", String::as_str)),
        }
    }
}

const TOKEN: &str = "{access_token}";
const CLIENT_ID: &str = "{client_id}";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_before_there_were_templates_is_read_and_written_as_it_was() {
        for written in [
            r#"{"kind":"env","path":"/a/.env","token_key":"TOKEN"}"#,
            r#"{"kind":"env","path":"/a/.env","token_key":"TOKEN","client_id_key":"ID"}"#,
            r#"{"kind":"env","path":"/a/.env","variables":{"AUTH":"Bearer {access_token}","ID":"{client_id}"}}"#,
            r#"{"kind":"raw","path":"/a/token"}"#,
        ] {
            let target: Target = serde_json::from_str(written).expect("a target");
            assert_eq!(serde_json::to_string(&target).expect("JSON"), written);
        }
        let wrong = r#"{"kind":"env","path":"/a/.env","variables":{"A":"{tokn}"}}"#;
        assert!(serde_json::from_str::<Target>(wrong).is_err());
    }

    #[test]
    fn a_key_stands_once_and_those_that_change_are_named() {
        let variable = |name: &str, template: &str| Variable {
            name: name.to_owned(),
            template: template.parse().expect("a template"),
        };
        let variables = Variables::new([
            variable("A", "{access_token}"),
            variable("ID", "{client_id}"),
            variable("A", "Bearer {access_token}"),
            variable("ENDS", "{expires_at}"),
        ]);
        assert_eq!(variables.iter().count(), 3);
        assert_eq!(variables.keys(), "A, ENDS");
        let target = Target::Env { path: "/a/.env".into(), variables };
        assert_eq!(target.to_string(), "A, ENDS in /a/.env");
    }
}
