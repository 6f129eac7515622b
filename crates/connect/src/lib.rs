//! What to put where so that a program works with Glowjar. Each kind of program is one file in `recipes/`, which the
//! command and the window both show; the settings of MCP clients can also be changed here.

pub mod mcp;

use std::sync::OnceLock;

use glowjar_protocol::{
    names::{self, Family},
    quoting,
};
use serde::Deserialize;

/// How a kind of program is connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipe {
    /// What a person types behind `glowjar connect`.
    pub name: &'static str,
    entry: Entry,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    title: String,
    way: Way,
    /// The names that it reads (`glowjar_protocol::names`).
    #[serde(default)]
    family: Option<String>,
    /// What the command runs in the end; a test puts another in its place.
    #[serde(default)]
    program: Option<String>,
    /// The line that a person copies.
    command: String,
    steps: String,
    /// What does not work, and what to do instead.
    limits: String,
    /// The same in German.
    de: Words,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    title: String,
    steps: String,
    limits: String,
}

/// How the program gets at tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// It is given a live token.
    Asks,
    /// It gets its own, with a secret that Glowjar made up for it.
    Mints,
}

/// A recipe in one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text<'a> {
    pub title: &'a str,
    /// What a person does, in whole sentences.
    pub steps: &'a str,
    /// Empty where there are none.
    pub limits: &'a str,
}

/// The languages that recipes are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    English,
    German,
}

impl Recipe {
    #[must_use]
    pub fn text(&self, language: Language) -> Text<'_> {
        let Entry { title, steps, limits, de, .. } = &self.entry;
        let (title, steps, limits) = match language {
            Language::English => (title, steps, limits),
            Language::German => (&de.title, &de.steps, &de.limits),
        };
        Text { title, steps: steps.trim(), limits: limits.trim() }
    }

    #[must_use]
    pub const fn way(&self) -> Way {
        self.entry.way
    }

    /// The line that a person copies.
    #[must_use]
    pub fn command(&self) -> &str {
        &self.entry.command
    }

    /// The same for one of several profiles; `None` for a name that can't be written in a shell.
    #[must_use]
    pub fn command_for(&self, profile: &str) -> Option<String> {
        let option = format!(" --profile {}", quoting::shell(profile).ok()?);
        let command = self.command();
        let (before, after) = command.split_once(" -- ").unwrap_or((command, ""));
        let rest = if after.is_empty() { String::new() } else { format!(" -- {after}") };
        Some(format!("{before}{option}{rest}"))
    }

    /// The names under which it looks for what it needs.
    #[must_use]
    pub fn family(&self) -> Option<&'static Family> {
        self.entry.family.as_deref().and_then(names::family)
    }

    /// The name under which it is let in for good, where it can't be started by `exec`.
    #[must_use]
    pub fn let_in_as(&self) -> Option<&str> {
        self.entry.command.strip_prefix("glowjar http add ")
    }
}

/// All of them, in the order in which they are listed.
pub fn recipes() -> &'static [Recipe] {
    static ALL: OnceLock<Vec<Recipe>> = OnceLock::new();
    // A test reads each, so that a mistake in one never gets this far.
    ALL.get_or_init(|| {
        let read = |(name, text): &(&'static str, &str)| {
            Some(Recipe { name, entry: toml::from_str(text).ok()? })
        };
        FILES.iter().filter_map(read).collect()
    })
}

#[must_use]
pub fn recipe(name: &str) -> Option<&'static Recipe> {
    recipes().iter().find(|recipe| recipe.name == name)
}

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../recipes/", $name, ".toml")))),*]
    };
}

const FILES: [(&str, &str); 8] =
    files!["mcp", "comfyui", "n8n", "postman", "python", "node", "curl", "app-builder"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_recipe_is_complete_in_both_languages_and_each_file_is_one() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/recipes");
        let files = std::fs::read_dir(folder).expect("the folder is there").count();
        assert_eq!((files, recipes().len()), (FILES.len(), FILES.len()));
        for (name, text) in FILES {
            let entry: Entry =
                toml::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            let recipe = Recipe { name, entry };
            let [english, german] = [Language::English, Language::German].map(|it| recipe.text(it));
            for text in [english, german] {
                assert!(!text.title.is_empty() && !text.steps.is_empty(), "{name}");
                assert_eq!(text.limits.is_empty(), english.limits.is_empty(), "{name}");
            }
            assert_ne!(english.steps, german.steps, "{name}");
            assert!(recipe.command().starts_with("glowjar "), "{name}");
            let program = recipe.entry.program.as_deref().unwrap_or_default();
            assert!(recipe.command().contains(program), "{name}");
            let is_started = recipe.entry.program.is_some();
            assert_ne!(is_started, recipe.let_in_as().is_some(), "{name}: one or the other");
            let named = recipe.command_for("It's one").expect("a line");
            let end = recipe.command().split_once(" -- ").map_or("", |(_, program)| program);
            assert!(named.contains(r" --profile 'It'\''s one'") && named.ends_with(end), "{named}");
            let Some(family) = &recipe.entry.family else { continue };
            assert!(recipe.family().is_some(), "{name}: {family}");
            let option = if recipe.way() == Way::Mints { "--mint" } else { "--names" };
            assert!(recipe.command().contains(&format!("{option} {family} ")), "{name}");
        }
    }
}
