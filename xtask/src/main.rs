//! `cargo xtask`: the commands a person types in this repository.
//!
//! Reads top down: what was asked ([`arguments`]), what is missing for it ([`setup`]), then one module per command.

#![forbid(unsafe_code)]

mod arguments;
mod bench;
mod bundle;
mod cross;
mod disk;
mod failure;
mod paint;
mod project;
mod reaper;
mod run;
mod setup;
mod steps;
mod studio;
mod terminal;
mod test;
mod wine;

use std::process::ExitCode;

use arguments::Task;
use project::Project;
use setup::Scope;
use terminal::Consent;

fn main() -> ExitCode {
    let outcome = Task::parse(std::env::args().skip(1)).and_then(|task| {
        let project = Project::here();
        match task {
            Task::Help => {
                println!("{}", arguments::HELP);
                Ok(())
            }
            Task::Setup { yes } => setup::setup(&project, Scope::Tests, Consent::find(yes))
                .map(|()| println!("Everything is here.")),
            Task::Run(options) => run::run(&project, &options),
            Task::Check { yes } => test::quick(&project, Consent::find(yes)),
            Task::Test(options) => test::test(&project, &options),
            Task::Fixtures => test::fixtures(&project),
            Task::Fuzz { minutes } => test::fuzz(&project, minutes),
            Task::Paint { yes, release } => paint::paint(&project, release, Consent::find(yes)),
            Task::Bench { yes, quick } => bench::bench(&project, quick, Consent::find(yes)),
            Task::ManyDesks { yes, desks } => {
                studio::many_desks(&project, desks, Consent::find(yes))
            }
            Task::Studio { yes, minutes, engine } => {
                studio::studio(&project, minutes, engine, Consent::find(yes))
            }
            Task::Cross { system, yes } => cross::check(&project, system, Consent::find(yes)),
            Task::Bundle { yes, checks } => bundle::bundle(&project, checks, Consent::find(yes)),
        }
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{}", failure);
            ExitCode::FAILURE
        }
    }
}
