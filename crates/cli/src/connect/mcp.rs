//! The settings of MCP clients: JSON in which each server has a command, its arguments and its environment. Claude and
//! Cursor call the list `mcpServers`, VS Code calls it `servers`.

use std::{
    fs,
    io::{self, Write},
    ops::Range,
    path::{Path, PathBuf},
};

use glowjar_protocol::names::{Family, families};
use jsonc_parser::{
    CollectOptions, ParseOptions,
    ast::{Object, ObjectProp, Value},
    parse_to_ast,
};

use crate::say::say;
use crate::{arguments::ConnectProgramArgs, outcome::Trouble};

/// What is to be changed in a file.
#[derive(Debug, PartialEq, Eq)]
struct Plan {
    /// The whole file, as it will be.
    text: String,
    servers: Vec<Change>,
}

/// One server's entry. Nothing of it is secret.
#[derive(Debug, PartialEq, Eq)]
struct Change {
    server: String,
    /// The command line, as it will be.
    line: Vec<String>,
    /// The variables that go.
    gone: Vec<String>,
}

pub fn connect(
    file: &Path,
    args: &ConnectProgramArgs,
    out: &mut impl Write,
) -> Result<(), Trouble> {
    let backup = backup_of(file);
    if args.undo {
        return undo(file, &backup, args.profile.as_deref());
    }
    let text = fs::read_to_string(file).map_err(Trouble::Unreadable)?;
    let plan = plan(&text, args.profile.as_deref())?;
    if plan.servers.is_empty() {
        return Err(Trouble::Unusable(
            "no server in there has an id and a secret of Adobe's in its environment",
        ));
    }
    for change in &plan.servers {
        writeln!(out, "{}", change.server)?;
        writeln!(out, "  runs     {}", change.line.join(" "))?;
        writeln!(out, "  without  {}", change.gone.join(", "))?;
    }
    if !args.apply {
        say!(
            "Nothing was changed. The file holds a client secret in clear: have Glowjar take it over with \
             `glowjar import {0}` if it does not have it yet, then change the file with `glowjar connect mcp {0} --apply`",
            file.display()
        );
        return Ok(());
    }
    keep_backup(&backup, &text)?;
    replace(file, &plan.text)?;
    say!(
        "Changed. {} is as it was before, with the secret in clear: delete it when everything works. Until then \
         `glowjar connect mcp {} --undo` brings it back",
        backup.display(),
        file.display()
    );
    Ok(())
}

/// Only if the file is still what was written: what somebody changed since is theirs.
fn undo(file: &Path, backup: &Path, profile: Option<&str>) -> Result<(), Trouble> {
    let before = fs::read_to_string(backup).map_err(Trouble::Unreadable)?;
    let now = fs::read_to_string(file).map_err(Trouble::Unreadable)?;
    if now != plan(&before, profile)?.text {
        return Err(Trouble::Unusable(
            "the file was changed since, so it is left alone. What it was before stands in the file beside it",
        ));
    }
    replace(file, &before)?;
    Ok(fs::remove_file(backup)?)
}

fn plan(text: &str, profile: Option<&str>) -> Result<Plan, Trouble> {
    let options = ParseOptions::default();
    let parsed = parse_to_ast(text, &CollectOptions::default(), &options)
        .map_err(|_| Trouble::Unusable("this is no JSON"))?;
    let Some(Value::Object(root)) = &parsed.value else {
        return Err(Trouble::Unusable("this is no list of MCP servers"));
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
    let given: Vec<&str> = family.variables(true).map(|(name, _)| name).collect();
    let (gone, kept): (Vec<_>, Vec<_>) =
        environment.properties.iter().partition(|it| given.contains(&it.name.as_str()));
    let kept: Vec<&str> = kept.into_iter().map(|it| &text[range(&it.range)]).collect();
    let kept = if kept.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", kept.join(", ")) };
    edits.push((range(&environment.range), kept));
    let gone = gone.into_iter().map(|it| it.name.as_str().to_owned()).collect();
    let line = std::iter::once("glowjar".to_owned()).chain(new).collect();
    Some((Change { server: server.name.as_str().to_owned(), line, gone }, edits))
}

fn has_secret_of(environment: &Object<'_>, family: &Family) -> bool {
    let secrets = family.variables(true).filter(|(_, template)| template.is_secret());
    let mut names = secrets.map(|(name, _)| name.to_owned());
    names.any(|name| property(environment, &name).is_some())
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

fn backup_of(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".before-glowjar");
    file.with_file_name(name)
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
        let folder = std::env::temp_dir().join(format!("glowjar-connect-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let file = folder.join("mcp.json");
        fs::write(&file, CLAUDE).expect("a file");
        let args = |apply, undo| ConnectProgramArgs {
            program: Some("mcp".to_owned()),
            file: Some(file.clone()),
            profile: None,
            apply,
            undo,
        };
        let read = || fs::read_to_string(&file).expect("a file");
        let mut shown = Vec::new();
        connect(&file, &args(false, false), &mut shown).expect("a preview");
        assert_eq!(read(), CLAUDE);
        let shown = String::from_utf8(shown).expect("text");
        assert!(shown.contains("exec --mint firefly -- npx") && !shown.contains("p8e"), "{shown}");
        connect(&file, &args(true, false), &mut Vec::new()).expect("changed");
        assert!(!read().contains("p8e"));
        let changed = read();
        fs::write(&file, changed.replace("LOG", "MORE")).expect("somebody else's change");
        assert!(connect(&file, &args(false, true), &mut Vec::new()).is_err());
        assert!(read().contains("MORE"));
        fs::write(&file, changed).expect("and back");
        connect(&file, &args(false, true), &mut Vec::new()).expect("undone");
        assert_eq!(read(), CLAUDE);
        assert!(!backup_of(&file).exists());
        fs::remove_dir_all(&folder).expect("the folder goes");
    }
}
