//! Completion scripts and the manual page, made from the command line's own description.

use std::io::{self, Write};

use clap::CommandFactory;
use clap_complete::{Shell, generate};

use crate::{arguments::Arguments, outcome::Trouble};

pub fn print(shell: Shell) -> Result<(), Trouble> {
    let mut script = Vec::new();
    generate(shell, &mut Arguments::command(), "glowjar", &mut script);
    Ok(io::stdout().write_all(&script)?)
}

/// One page with all commands, to be put where `man` looks: `glowjar man > ~/.local/share/man/man1/glowjar.1`.
pub fn man() -> Result<(), Trouble> {
    let mut page = Vec::new();
    let mut command = Arguments::command();
    command.build();
    let whole = clap_mangen::Man::new(command.clone());
    whole.render(&mut page)?;
    for command in command.get_subcommands().filter(|command| command.get_name() != "help") {
        writeln!(page, ".SH \"GLOWJAR {}\"", command.get_name().to_uppercase())?;
        let part = clap_mangen::Man::new(command.clone());
        part.render_synopsis_section(&mut page)?;
        part.render_description_section(&mut page)?;
        part.render_options_section(&mut page)?;
    }
    Ok(io::stdout().write_all(&page)?)
}
