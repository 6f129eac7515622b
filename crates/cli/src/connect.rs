//! `connect`: what to put where so that a program works with Glowjar. Each kind of program is one file in `recipes/`.

mod mcp;

use std::io::{self, Write};

use glowjar_protocol::names;
use serde::Deserialize;

use crate::{arguments::ConnectProgramArgs, outcome::Trouble};

/// How a kind of program is connected.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Recipe {
    title: String,
    way: Way,
    /// The names that it reads (`glowjar_protocol::names`).
    #[serde(default)]
    family: Option<String>,
    /// What the command runs in the end; a test puts another in its place.
    #[serde(default)]
    #[cfg_attr(not(test), expect(dead_code, reason = "for the tests alone"))]
    program: Option<String>,
    /// The line that a person copies.
    command: String,
    steps: String,
    /// What does not work, and what to do instead.
    limits: String,
}

/// How the program gets at tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Way {
    /// It is given a live token.
    Asks,
    /// It gets its own, with a secret that Glowjar made up for it.
    Mints,
}

pub fn run(args: &ConnectProgramArgs) -> Result<(), Trouble> {
    let mut out = io::stdout().lock();
    let Some(name) = &args.program else {
        for (name, text) in RECIPES {
            writeln!(out, "{name:<12} {}", recipe(text)?.title)?;
        }
        return Ok(());
    };
    let text = RECIPES.iter().find(|(known, _)| known == name).map(|(_, text)| text);
    let recipe = recipe(text.ok_or(Trouble::Unusable("`glowjar connect` lists what there is"))?)?;
    if let Some(file) = &args.file {
        return if name == "mcp" {
            mcp::connect(file, args, &mut out)
        } else {
            Err(Trouble::Unusable(
                "only the settings of MCP clients are edited: `glowjar connect mcp FILE`",
            ))
        };
    }
    out.write_all(shown(&recipe).as_bytes())?;
    Ok(())
}

fn shown(recipe: &Recipe) -> String {
    let Recipe { title, way, command, steps, limits, family, .. } = recipe;
    let way = match way {
        Way::Asks => "It is given a live token each time it is started.",
        Way::Mints => {
            "It gets its own tokens, from Glowjar, with a secret that is of no use elsewhere."
        }
    };
    let family = family.as_deref().and_then(names::family);
    let read_by = family.map(|family| {
        format!(
            "Its variables have the names of the family {}, for {}.\n\n",
            family.name, family.read_by
        )
    });
    let read_by = read_by.unwrap_or_default();
    let limits = if limits.is_empty() { String::new() } else { format!("\n{limits}\n") };
    format!("{title}\n\n{way}\n\n{}\n\n{read_by}    {command}\n{limits}", steps.trim())
}

fn recipe(text: &str) -> Result<Recipe, Trouble> {
    toml::from_str(text).map_err(|_| Trouble::Unusable("this recipe can't be read"))
}

macro_rules! recipes {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../recipes/", $name, ".toml")))),*]
    };
}

/// By their names, in the order in which they are listed.
const RECIPES: [(&str, &str); 8] =
    recipes!["mcp", "comfyui", "n8n", "postman", "python", "node", "curl", "app-builder"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_recipe_is_complete_and_each_file_is_one() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/recipes");
        let files = std::fs::read_dir(folder).expect("the folder is there").count();
        assert_eq!(files, RECIPES.len());
        for (name, text) in RECIPES {
            let recipe: Recipe =
                toml::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(!recipe.title.is_empty() && !recipe.steps.is_empty(), "{name}");
            assert!(recipe.command.starts_with("glowjar "), "{name}");
            let program = recipe.program.as_deref().unwrap_or_default();
            assert!(recipe.command.contains(program), "{name}");
            let Some(family) = &recipe.family else { continue };
            assert!(names::family(family).is_some(), "{name}: {family}");
            let option = if recipe.way == Way::Mints { "--mint" } else { "--names" };
            assert!(recipe.command.contains(&format!("{option} {family} ")), "{name}");
            assert!(shown(&recipe).contains(&recipe.command), "{name}");
        }
    }
}
