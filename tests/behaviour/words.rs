//! The catalogue of sentences: complete in every language, and nothing in it that nobody says.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// What the messages of one language take, by id: `trouble-dns` and `trouble-dns.advice`.
type Catalogue = BTreeMap<String, BTreeSet<String>>;

#[test]
fn every_language_has_the_same_messages_with_the_same_variables() {
    let english = catalogue("en");
    assert!(english.len() > 150, "only {} messages", english.len());
    assert_eq!(catalogue("de"), english);
}

/// What the system or a library said is in English, and says nothing to most people: it stands beside the sentence, for who
/// asks for details.
#[test]
fn no_sentence_has_the_words_of_the_system_in_it() {
    for language in ["en", "de"] {
        let holds = |(id, variables): &(String, BTreeSet<String>)| {
            let quotes = variables.iter().any(|it| it == "cause" || it == "error");
            quotes.then(|| id.clone())
        };
        let found: Vec<_> =
            catalogue(language).into_iter().filter_map(|message| holds(&message)).collect();
        assert!(found.is_empty(), "{language}: {found:?}");
    }
}

#[test]
fn every_message_is_said_somewhere_and_every_one_said_is_there() {
    let catalogue = catalogue("en");
    let code = source();
    let unused: Vec<_> = catalogue
        .keys()
        .filter(|id| !id.contains('.'))
        .filter(|id| {
            let is_said = |text: &str| code.contains(&format!("\"{text}\""));
            // Families are put together from their name and a code: `format!("trouble-{code}")`.
            let family = id
                .split_once('-')
                .is_some_and(|(family, code)| FAMILIES.contains(&family) && is_said(code));
            !is_said(id) && !family
        })
        .collect();
    assert!(unused.is_empty(), "nobody says {unused:?}");
    let known = |id: &str| catalogue.contains_key(id);
    let missing: Vec<_> = code
        .split('"')
        .filter(|text| {
            GROUPS
                .iter()
                .any(|group| text.strip_prefix(group).is_some_and(|rest| rest.starts_with('-')))
        })
        .filter(|text| text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'))
        .filter(|id| !known(id))
        .collect();
    assert!(missing.is_empty(), "no words for {missing:?}");
}

fn catalogue(language: &str) -> Catalogue {
    let path = root().join("words").join(language).join("agent.ftl");
    let text =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut catalogue = Catalogue::new();
    let mut id = String::new();
    let mut part = String::new();
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        if let Some((name, _)) = line.split_once(" = ") {
            let name = name.trim();
            if let Some(attribute) = name.strip_prefix('.') {
                part = format!("{id}.{attribute}");
            } else if !line.starts_with(' ') {
                id = name.to_owned();
                part.clone_from(&id);
            }
            assert!(
                !catalogue.contains_key(&part) || line.starts_with("    ["),
                "{part} is there twice"
            );
        }
        let variables = line.match_indices('$').map(|(at, _)| {
            line[at + 1..].chars().take_while(|c| c.is_ascii_alphanumeric()).collect::<String>()
        });
        catalogue.entry(part.clone()).or_default().extend(variables);
    }
    catalogue
}

/// What the agent and the shell around it are made of.
fn source() -> String {
    let mut text = String::new();
    for folder in ["crates/agent/src", "src-tauri/src"] {
        collect(&root().join(folder), &mut text);
    }
    text
}

fn collect(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path: PathBuf = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, text);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            text.push_str(&fs::read_to_string(&path).expect("text"));
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests lie in the workspace")
}

const FAMILIES: [&str; 5] = ["trouble", "access", "failed", "field", "paste"];
const GROUPS: [&str; 12] = [
    "headline", "trouble", "access", "notice", "tray", "history", "banner", "preset", "moment",
    "program", "manner", "sink",
];
