//! `connect`: what to put where so that a program works with Glowjar.

use std::{
    io::{self, Write},
    path::Path,
};

use glowjar_connect::{
    Language, Recipe, Text, Way,
    mcp::{McpError, Settings},
    recipe, recipes,
};

use crate::{arguments::ConnectProgramArgs, outcome::Trouble, say::say};

pub fn run(args: &ConnectProgramArgs) -> Result<(), Trouble> {
    let mut out = io::stdout().lock();
    let Some(name) = &args.program else {
        for recipe in recipes() {
            writeln!(out, "{:<12} {}", recipe.name, recipe.text(Language::English).title)?;
        }
        return Ok(());
    };
    let recipe = recipe(name).ok_or(Trouble::Unusable("`glowjar connect` lists what there is"))?;
    match &args.file {
        Some(file) if name == "mcp" => change(file, args, &mut out),
        Some(_) => Err(Trouble::Unusable(
            "only the settings of MCP clients are edited: `glowjar connect mcp FILE`",
        )),
        None => Ok(out.write_all(shown(recipe).as_bytes())?),
    }
}

fn shown(recipe: &Recipe) -> String {
    let Text { title, steps, limits } = recipe.text(Language::English);
    let way = match recipe.way() {
        Way::Asks => "It is given a live token each time it is started.",
        Way::Mints => {
            "It gets its own tokens, from Glowjar, with a secret that is of no use elsewhere."
        }
    };
    let read_by = recipe.family().map(|family| {
        format!(
            "Its variables have the names of the family {}, for {}.\n\n",
            family.name, family.read_by
        )
    });
    let read_by = read_by.unwrap_or_default();
    let limits = if limits.is_empty() { String::new() } else { format!("\n{limits}\n") };
    format!("{title}\n\n{way}\n\n{steps}\n\n{read_by}    {}\n{limits}", recipe.command())
}

fn change(file: &Path, args: &ConnectProgramArgs, out: &mut impl Write) -> Result<(), Trouble> {
    let settings = Settings::at(file.to_owned(), args.profile.clone());
    if args.undo {
        return Ok(settings.undo()?);
    }
    let changes = if args.apply { settings.apply()? } else { settings.preview()? };
    for change in &changes {
        writeln!(out, "{}", change.server)?;
        writeln!(out, "  runs     {}", change.line.join(" "))?;
        writeln!(out, "  without  {}", change.gone.join(", "))?;
    }
    let shown = file.display();
    if args.apply {
        say!(
            "Changed. {} is as it was before, with the secret in clear: delete it when everything works. Until then \
             `glowjar connect mcp {shown} --undo` brings it back",
            settings.backup().display(),
        );
    } else {
        say!(
            "Nothing was changed. The file holds a client secret in clear: have Glowjar take it over with \
             `glowjar import {shown}` if it does not have it yet, then change the file with `glowjar connect mcp {shown} --apply`",
        );
    }
    Ok(())
}

impl From<McpError> for Trouble {
    fn from(error: McpError) -> Self {
        match error {
            McpError::Unreadable(error) => Self::Unreadable(error),
            McpError::Unwritable(error) => Self::Output(error),
            McpError::NotJson => Self::Unusable("this is no JSON"),
            McpError::NotAList => Self::Unusable("this is no list of MCP servers"),
            McpError::NothingToChange => Self::Unusable(
                "no server in there has an id and a secret of Adobe's in its environment",
            ),
            McpError::ChangedSince => Self::Unusable(
                "the file was changed since, so it is left alone. What it was before stands in the file beside it",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_recipe_is_shown_with_the_line_to_copy() {
        for recipe in recipes() {
            assert!(shown(recipe).contains(&format!("\n    {}\n", recipe.command())), "{recipe:?}");
        }
    }
}
