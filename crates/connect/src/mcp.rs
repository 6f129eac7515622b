//! The settings of MCP clients: JSON in which each server has a command, its arguments and its environment. Claude and
//! Cursor call the list `mcpServers`, VS Code calls it `servers`.

use std::{
    fs,
    io::{self, Write as _},
    ops::Range,
    path::{Path, PathBuf},
};

use glowjar_protocol::names::{Family, families};
use jsonc_parser::{
    CollectOptions, ParseOptions,
    ast::{Object, ObjectProp, Value},
    parse_to_ast,
};

/// What is to be changed in a file.
#[derive(Debug, PartialEq, Eq)]
struct Plan {
    /// The whole file, as it will be.
    text: String,
    servers: Vec<Change>,
}

/// One server's entry. Nothing of it is secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub server: String,
    /// The command line, as it will be.
    pub line: Vec<String>,
    /// The variables that go.
    pub gone: Vec<String>,
}

/// Why a file is left as it is.
#[derive(Debug, thiserror::Error)]
pub enum McpError {
    #[error("this is no JSON")]
    NotJson,
    #[error("this is no list of MCP servers")]
    NotAList,
    #[error("no server in there has an id and a secret of Adobe's in its environment")]
    NothingToChange,
    #[error(
        "the file was changed since, so it is left alone. What it was before stands in the file beside it"
    )]
    ChangedSince,
    #[error("{0}")]
    Unreadable(io::Error),
    #[error("{0}")]
    Unwritable(#[from] io::Error),
}

/// The settings of one MCP client, and what it was before Glowjar changed it, beside it.
#[derive(Clone, Debug)]
pub struct Settings {
    file: PathBuf,
    profile: Option<String>,
}

impl Settings {
    /// The servers in there are to use this profile; without one, the only one that there is.
    #[must_use]
    pub const fn at(file: PathBuf, profile: Option<String>) -> Self {
        Self { file, profile }
    }

    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Where the file as it was is kept, for its owner alone.
    #[must_use]
    pub fn backup(&self) -> PathBuf {
        let mut name = self.file.file_name().unwrap_or_default().to_owned();
        name.push(".before-glowjar");
        self.file.with_file_name(name)
    }

    /// The text as it is, which may hold a secret in clear.
    ///
    /// # Errors
    /// See [`McpError::Unreadable`]; also for a file that is far longer than settings are.
    pub fn text(&self) -> Result<String, McpError> {
        let length = fs::metadata(&self.file).map_err(McpError::Unreadable)?.len();
        if length > LONGEST {
            return Err(McpError::NotJson);
        }
        fs::read_to_string(&self.file).map_err(McpError::Unreadable)
    }

    /// What would be changed. Nothing of it is secret.
    ///
    /// # Errors
    /// See [`McpError`].
    pub fn preview(&self) -> Result<Vec<Change>, McpError> {
        Ok(self.changes(&self.text()?)?.servers)
    }

    /// Changes the file, and keeps what it was beside it.
    ///
    /// # Errors
    /// See [`McpError`]; the file is then as it was. An earlier backup is never written over, since it holds what the
    /// file was at first.
    pub fn apply(&self) -> Result<Vec<Change>, McpError> {
        let text = self.text()?;
        let plan = self.changes(&text)?;
        keep_backup(&self.backup(), &text)?;
        replace(&self.file, &plan.text)?;
        Ok(plan.servers)
    }

    /// Brings back what it was, if the file is still what was written: what somebody changed since is theirs.
    ///
    /// # Errors
    /// See [`McpError`].
    pub fn undo(&self) -> Result<(), McpError> {
        let backup = self.backup();
        let before = fs::read_to_string(&backup).map_err(McpError::Unreadable)?;
        if self.text()? != plan(&before, self.profile.as_deref())?.text {
            return Err(McpError::ChangedSince);
        }
        replace(&self.file, &before)?;
        Ok(fs::remove_file(backup)?)
    }

    fn changes(&self, text: &str) -> Result<Plan, McpError> {
        let plan = plan(text, self.profile.as_deref())?;
        if plan.servers.is_empty() { Err(McpError::NothingToChange) } else { Ok(plan) }
    }
}

fn plan(text: &str, profile: Option<&str>) -> Result<Plan, McpError> {
    let options = ParseOptions::default();
    let parsed =
        parse_to_ast(text, &CollectOptions::default(), &options).map_err(|_| McpError::NotJson)?;
    let Some(Value::Object(root)) = &parsed.value else {
        return Err(McpError::NotAList);
    };
    let lists = ["mcpServers", "servers"].into_iter().filter_map(|name| object(root, name));
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    let mut servers = Vec::new();
    for server in lists.flat_map(|list| &list.properties) {
        if let Some((change, its_edits)) = change(text, server, profile) {
            servers.push(change);
            edits.extend(its_edits);
        }
    }
    // From the end, so that the places before stay where they are.
    edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    let mut text = text.to_owned();
    for (range, new) in edits {
        text.replace_range(range, &new);
    }
    Ok(Plan { text, servers })
}

type Edits = Vec<(Range<usize>, String)>;

/// `None` if the server has nothing to do with Adobe, or goes through Glowjar already.
fn change(text: &str, server: &ObjectProp<'_>, profile: Option<&str>) -> Option<(Change, Edits)> {
    let Value::Object(entry) = &server.value else { return None };
    let environment = object(entry, "env")?;
    let family = families().iter().find(|family| has_secret_of(environment, family))?;
    let (Value::StringLit(command), arguments) =
        (&property(entry, "command")?.value, property(entry, "args"))
    else {
        return None;
    };
    let old: Vec<String> = match arguments.map(|arguments| &arguments.value) {
        None => Vec::new(),
        Some(Value::Array(array)) => {
            let texts = array.elements.iter().map(|element| match element {
                Value::StringLit(text) => Some(text.value.clone().into_owned()),
                _ => None,
            });
            texts.collect::<Option<_>>()?
        }
        Some(_) => return None,
    };
    let mut new = vec!["exec".to_owned(), "--mint".to_owned(), family.name.clone()];
    new.extend(
        profile.into_iter().flat_map(|profile| ["--profile".to_owned(), profile.to_owned()]),
    );
    new.extend(["--".to_owned(), command.value.clone().into_owned()]);
    new.extend(old);
    let list = serde_json::to_string(&new).ok()?;
    let command_text = r#""glowjar""#;
    let mut edits = match arguments {
        Some(arguments) => vec![
            (range(&command.range), command_text.to_owned()),
            (range(value_range(&arguments.value)), list),
        ],
        None => vec![(range(&command.range), format!("{command_text}, \"args\": {list}"))],
    };
    let given: Vec<String> = family.variables(true).map(|it| it.name).collect();
    let (gone, kept): (Vec<_>, Vec<_>) = environment
        .properties
        .iter()
        .partition(|it| given.iter().any(|own| own == it.name.as_str()));
    let kept: Vec<&str> = kept.into_iter().map(|it| &text[range(&it.range)]).collect();
    let kept = if kept.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", kept.join(", ")) };
    edits.push((range(&environment.range), kept));
    let gone = gone.into_iter().map(|it| it.name.as_str().to_owned()).collect();
    let line = std::iter::once("glowjar".to_owned()).chain(new).collect();
    Some((Change { server: server.name.as_str().to_owned(), line, gone }, edits))
}

fn has_secret_of(environment: &Object<'_>, family: &Family) -> bool {
    let mut secrets = family.variables(true).filter(|it| it.template.is_secret());
    secrets.any(|it| property(environment, &it.name).is_some())
}

fn property<'a, 'b>(object: &'b Object<'a>, name: &str) -> Option<&'b ObjectProp<'a>> {
    object.properties.iter().find(|property| property.name.as_str() == name)
}

fn object<'a, 'b>(parent: &'b Object<'a>, name: &str) -> Option<&'b Object<'a>> {
    match &property(parent, name)?.value {
        Value::Object(object) => Some(object),
        _ => None,
    }
}

const fn range(range: &jsonc_parser::common::Range) -> Range<usize> {
    range.start..range.end
}

fn value_range<'a>(value: &'a Value<'_>) -> &'a jsonc_parser::common::Range {
    match value {
        Value::Array(array) => &array.range,
        Value::Object(object) => &object.range,
        Value::StringLit(text) => &text.range,
        Value::NumberLit(number) => &number.range,
        Value::BooleanLit(boolean) => &boolean.range,
        Value::NullKeyword(null) => &null.range,
    }
}

/// For its owner alone, and never over another one: that holds what the file was at first.
fn keep_backup(backup: &Path, text: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(backup)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Whole, so that a client that reads meanwhile finds the old or the new.
fn replace(file: &Path, text: &str) -> io::Result<()> {
    let file = fs::canonicalize(file)?;
    let mut beside = file.file_name().unwrap_or_default().to_owned();
    beside.push(".new-by-glowjar");
    let beside = file.with_file_name(beside);
    let permissions = fs::metadata(&file)?.permissions();
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&beside).and_then(|mut new| {
        new.write_all(text.as_bytes())?;
        new.set_permissions(permissions)?;
        new.sync_all()
    });
    written.and_then(|()| fs::rename(&beside, &file)).inspect_err(|_| {
        let _ = fs::remove_file(&beside);
    })
}

/// Bytes; settings have some thousand.
const LONGEST: u64 = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    const CLAUDE: &str = r#"{
  // what Claude reads
  "mcpServers": {
    "firefly": {
      "command": "npx",
      "args": ["-y", "firefly-mcp"],
      "env": { "FIREFLY_CLIENT_ID": "id", "FIREFLY_CLIENT_SECRET": "p8e-secret", "LOG": "1" }
    },
    "files": { "command": "npx", "args": ["-y", "files-mcp"] }
  }
}
"#;

    #[test]
    fn a_server_with_a_secret_is_run_through_glowjar_and_all_else_stays() {
        let plan = plan(CLAUDE, None).expect("a plan");
        assert_eq!(
            plan.text,
            CLAUDE
                .replacen(r#""npx""#, r#""glowjar""#, 1)
                .replacen(
                    r#"["-y", "firefly-mcp"]"#,
                    r#"["exec","--mint","firefly","--","npx","-y","firefly-mcp"]"#,
                    1
                )
                .replacen(
                    r#""FIREFLY_CLIENT_ID": "id", "FIREFLY_CLIENT_SECRET": "p8e-secret", "#,
                    "",
                    1
                )
        );
        let [change] = plan.servers.as_slice() else { panic!("{plan:?}") };
        assert_eq!(change.gone, ["FIREFLY_CLIENT_ID", "FIREFLY_CLIENT_SECRET"]);
        assert!(!format!("{change:?}").contains("p8e"));
        assert!(
            super::plan(&plan.text, None).expect("a plan").servers.is_empty(),
            "once is enough"
        );
    }

    #[test]
    fn vs_code_s_list_and_entries_without_arguments_are_known_too() {
        let text = r#"{"servers":{"a":{"command":"run-it","env":{"ADOBE_CLIENT_SECRET":"s"}}}}"#;
        let plan = plan(text, Some("Campaign")).expect("a plan");
        let expected = r#"{"servers":{"a":{"command":"glowjar", "args": ["exec","--mint","adobe","--profile","Campaign","--","run-it"],"env":{}}}}"#;
        assert_eq!(plan.text, expected);
        assert!(super::plan("[]", None).is_err() && super::plan("{", None).is_err());
    }

    #[test]
    fn what_was_changed_can_be_undone_unless_somebody_changed_it_since() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("mcp.json");
        fs::write(&file, CLAUDE).expect("a file");
        let settings = Settings::at(file.clone(), None);
        let read = || fs::read_to_string(&file).expect("a file");
        let shown = settings.preview().expect("a preview");
        assert_eq!(read(), CLAUDE);
        assert_eq!(shown[0].line[..4], ["glowjar", "exec", "--mint", "firefly"]);
        assert_eq!(settings.apply().expect("changed"), shown);
        assert!(!read().contains("p8e"));
        assert!(matches!(settings.preview(), Err(McpError::NothingToChange)));
        let changed = read();
        fs::write(&file, changed.replace("LOG", "MORE")).expect("somebody else's change");
        assert!(matches!(settings.undo(), Err(McpError::ChangedSince)));
        assert!(read().contains("MORE"));
        fs::write(&file, changed).expect("and back");
        settings.undo().expect("undone");
        assert_eq!(read(), CLAUDE);
        assert!(!settings.backup().exists());
    }

    #[test]
    fn what_is_no_such_file_is_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("mcp.json");
        let settings = Settings::at(file.clone(), None);
        assert!(matches!(settings.preview(), Err(McpError::Unreadable(_))));
        for (text, list) in [("{", false), ("[]", true), ("", true)] {
            fs::write(&file, text).expect("a file");
            match settings.apply() {
                Err(McpError::NotJson) => assert!(!list, "{text}"),
                Err(McpError::NotAList) => assert!(list, "{text}"),
                other => panic!("{other:?}"),
            }
        }
        fs::write(&file, "x".repeat(2 << 20)).expect("a file");
        assert!(matches!(settings.preview(), Err(McpError::NotJson)));
        assert!(!settings.backup().exists());
    }
}
