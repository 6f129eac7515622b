//! What was typed after `cargo xtask`.

use crate::cross::System;
use crate::failure::Failure;

pub const HELP: &str = "\
cargo xtask COMMAND

  run [--keep] [--yes] [-- APP ARGUMENTS]
          Start Glowjar. Without a display: show it at work in a private virtual desktop, and end;
          --keep leaves that desktop running.
  check   Seconds when warm: formatting, lints and unit tests of crates/, and the window's types. For while you work.
  test [--yes] [FILTER…]
          Check formatting, lints and types, run every test, those on a real desktop included, and show
          how each failure mode of the field fared.
          With filters: only the tests whose names contain one of them, and only what they need is built.
  fixtures
          Write what the tests compare with anew: samples' expected results, the window's types.
  fuzz [MINUTES]
          Feed each reader of what comes from outside with mutated samples, for so long each (10 otherwise).
  paint [--release] [--yes]
          Measure how soon the window is painted after it was opened from the tray, beside an empty window.
          --release builds and measures what people install.
  bench [--quick] [--yes]
          Measure what a release costs, in one table. --quick leaves out the running application.
  studio [--minutes N] [--engine etcd|postgres] [--yes]
  studio --desks N [--yes]
          Run a studio on this machine: three etcd or a PostgreSQL, three keepers and twenty desks, each in a network of
          its own, while somebody kills, stops and cuts (for 3 minutes otherwise). Ends with the figures. Takes root.
          --desks measures with a release build how many desks (up to 20000) one of three keepers bears, some minutes.
  setup [--yes]
          Find out what is missing for all of this, say it, and install it.
  windows [--yes]
          From Linux: lint everything for Windows, build it, and run its tests and the programs under Wine.
  macos [--yes]
          From Linux: check and lint everything for both kinds of Mac. Nothing is linked, and nothing runs.
  bundle [--check] [--yes]
          Build the release packages (.deb and .rpm on Linux). --check installs them in a clean Debian, uses them,
          upgrades the .deb and removes both. That takes root, or sudo.
  help    This page.

--yes installs what is missing without asking; so does a set CI variable, and having no terminal.";

#[derive(Debug, PartialEq, Eq)]
pub enum Task {
    Help,
    Setup { yes: bool },
    Run(RunOptions),
    Check { yes: bool },
    Test(TestOptions),
    Fixtures,
    Fuzz { minutes: u32 },
    Paint { yes: bool, release: bool },
    Bench { yes: bool, quick: bool },
    Studio { yes: bool, minutes: u32, engine: Engine },
    ManyDesks { yes: bool, desks: u32 },
    Cross { system: System, yes: bool },
    Bundle { yes: bool, checks: bool },
}

/// Where a studio's keepers meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Etcd,
    Postgres,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub struct RunOptions {
    pub yes: bool,
    pub keep: bool,
    pub app_arguments: Vec<String>,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub struct TestOptions {
    pub yes: bool,
    pub filters: Vec<String>,
}

impl Task {
    pub fn parse(arguments: impl Iterator<Item = String>) -> Result<Self, Failure> {
        let mut arguments = arguments.peekable();
        match arguments.next().as_deref() {
            None | Some("help" | "--help" | "-h") => Ok(Task::Help),
            Some(_) if arguments.peek().map(String::as_str) == Some("--help") => Ok(Task::Help),
            Some("setup") => Ok(Task::Setup { yes: parse_yes(arguments)? }),
            Some("check") => Ok(Task::Check { yes: parse_yes(arguments)? }),
            Some("fixtures") => match arguments.next() {
                None => Ok(Task::Fixtures),
                Some(unknown) => Err(usage(&unknown)),
            },
            Some("fuzz") => Ok(Task::Fuzz { minutes: parse_minutes(arguments)? }),
            Some("paint") => parse_paint(arguments),
            Some("bench") => parse_bench(arguments),
            Some("studio") => parse_studio(arguments),
            Some("windows") => {
                Ok(Task::Cross { system: System::Windows, yes: parse_yes(arguments)? })
            }
            Some("macos") => Ok(Task::Cross { system: System::MacOs, yes: parse_yes(arguments)? }),
            Some("bundle") => parse_bundle(arguments),
            Some("run") => parse_run(arguments).map(Task::Run),
            Some("test") => parse_test(arguments).map(Task::Test),
            Some(unknown) => Err(usage(unknown)),
        }
    }
}

fn parse_run(mut arguments: impl Iterator<Item = String>) -> Result<RunOptions, Failure> {
    let mut options = RunOptions::default();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--yes" => options.yes = true,
            "--keep" => options.keep = true,
            "--" => options.app_arguments = arguments.by_ref().collect(),
            unknown => return Err(usage(unknown)),
        }
    }
    Ok(options)
}

fn parse_test(arguments: impl Iterator<Item = String>) -> Result<TestOptions, Failure> {
    let mut options = TestOptions::default();
    for argument in arguments {
        match argument.as_str() {
            "--yes" => options.yes = true,
            unknown if unknown.starts_with('-') => return Err(usage(unknown)),
            _ => options.filters.push(argument),
        }
    }
    Ok(options)
}

fn parse_yes(arguments: impl Iterator<Item = String>) -> Result<bool, Failure> {
    let mut yes = false;
    for argument in arguments {
        match argument.as_str() {
            "--yes" => yes = true,
            unknown => return Err(usage(unknown)),
        }
    }
    Ok(yes)
}

fn parse_bundle(arguments: impl Iterator<Item = String>) -> Result<Task, Failure> {
    let (mut yes, mut checks) = (false, false);
    for argument in arguments {
        match argument.as_str() {
            "--yes" => yes = true,
            "--check" => checks = true,
            unknown => return Err(usage(unknown)),
        }
    }
    Ok(Task::Bundle { yes, checks })
}

fn parse_bench(arguments: impl Iterator<Item = String>) -> Result<Task, Failure> {
    let (mut yes, mut quick) = (false, false);
    for argument in arguments {
        match argument.as_str() {
            "--yes" => yes = true,
            "--quick" => quick = true,
            unknown => return Err(usage(unknown)),
        }
    }
    Ok(Task::Bench { yes, quick })
}

fn parse_studio(mut arguments: impl Iterator<Item = String>) -> Result<Task, Failure> {
    let (mut yes, mut minutes, mut engine) = (false, None, None);
    let mut desks = None;
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--yes" => yes = true,
            "--minutes" => {
                let text = arguments.next().unwrap_or_default();
                minutes = Some(text.parse().map_err(|_| usage(&text))?);
            }
            "--engine" => {
                engine = Some(match arguments.next().unwrap_or_default().as_str() {
                    "etcd" => Engine::Etcd,
                    "postgres" => Engine::Postgres,
                    unknown => return Err(usage(unknown)),
                })
            }
            "--desks" => {
                let text = arguments.next().unwrap_or_default();
                let number = text.parse().map_err(|_| usage(&text))?;
                desks = Some(number).filter(|number| (1..=MOST_DESKS).contains(number));
                if desks.is_none() {
                    return Err(usage(&text));
                }
            }
            unknown => return Err(usage(unknown)),
        }
    }
    match desks {
        Some(desks) if minutes.is_none() && engine.is_none() => Ok(Task::ManyDesks { yes, desks }),
        Some(_) => Err(usage("--desks beside --minutes or --engine")),
        None => {
            let (minutes, engine) = (minutes.unwrap_or(3), engine.unwrap_or(Engine::Etcd));
            Ok(Task::Studio { yes, minutes, engine })
        }
    }
}

/// As the test has it that does it.
const MOST_DESKS: u32 = 20_000;

fn parse_paint(arguments: impl Iterator<Item = String>) -> Result<Task, Failure> {
    let (mut yes, mut release) = (false, false);
    for argument in arguments {
        match argument.as_str() {
            "--yes" => yes = true,
            "--release" => release = true,
            unknown => return Err(usage(unknown)),
        }
    }
    Ok(Task::Paint { yes, release })
}

fn parse_minutes(mut arguments: impl Iterator<Item = String>) -> Result<u32, Failure> {
    const USUAL: u32 = 10;
    match (arguments.next(), arguments.next()) {
        (None, _) => Ok(USUAL),
        (Some(text), None) => text.parse().map_err(|_| usage(&text)),
        (Some(_), Some(unknown)) => Err(usage(&unknown)),
    }
}

fn usage(unknown: &str) -> Failure {
    Failure::new(format!("`{}` means nothing here.\n\n{}", unknown, HELP))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Option<Task> {
        Task::parse(line.split_whitespace().map(String::from)).ok()
    }

    #[test]
    fn what_follows_two_dashes_belongs_to_the_app() {
        let options = RunOptions {
            yes: false,
            keep: true,
            app_arguments: vec!["--yes".into(), "window".into()],
        };
        assert_eq!(parse("run --keep -- --yes window"), Some(Task::Run(options)));
    }

    #[test]
    fn test_takes_filters_and_refuses_unknown_flags() {
        let options = TestOptions { yes: true, filters: vec!["f13".into(), "tray".into()] };
        assert_eq!(parse("test f13 --yes tray"), Some(Task::Test(options)));
        assert_eq!(parse("test --fast"), None);
    }

    #[test]
    fn checking_takes_no_filter() {
        assert_eq!(parse("check --yes"), Some(Task::Check { yes: true }));
        assert_eq!(parse("check f13"), None);
    }

    #[test]
    fn measuring_can_leave_out_the_application() {
        assert_eq!(parse("bench"), Some(Task::Bench { yes: false, quick: false }));
        assert_eq!(parse("bench --quick"), Some(Task::Bench { yes: false, quick: true }));
        assert_eq!(parse("bench fast"), None);
        let studio = |minutes, engine| Some(Task::Studio { yes: false, minutes, engine });
        assert_eq!(parse("studio"), studio(3, Engine::Etcd));
        assert_eq!(parse("studio --engine postgres --minutes 20"), studio(20, Engine::Postgres));
        assert_eq!(parse("studio --engine redis"), None);
        assert_eq!(parse("studio --minutes"), None);
        let desks = Some(Task::ManyDesks { yes: true, desks: 1_000 });
        assert_eq!(parse("studio --desks 1000 --yes"), desks);
        for wrong in ["--desks", "--desks 0", "--desks 20001", "--desks 9 --minutes 1"] {
            assert_eq!(parse(&format!("studio {}", wrong)), None, "{}", wrong);
        }
    }

    #[test]
    fn fixtures_are_renewed_all_together() {
        assert_eq!(parse("fixtures"), Some(Task::Fixtures));
        assert_eq!(parse("fixtures samples"), None);
    }

    #[test]
    fn other_systems_are_checked_by_their_names() {
        let cross = |system, yes| Some(Task::Cross { system, yes });
        assert_eq!(parse("windows --yes"), cross(System::Windows, true));
        assert_eq!(parse("macos"), cross(System::MacOs, false));
        assert_eq!(parse("macos fast"), None);
    }

    #[test]
    fn fuzzing_takes_minutes_or_ten() {
        assert_eq!(parse("fuzz 3"), Some(Task::Fuzz { minutes: 3 }));
        assert_eq!(parse("fuzz"), Some(Task::Fuzz { minutes: 10 }));
        assert_eq!(parse("fuzz long"), None);
        assert_eq!(parse("fuzz 3 4"), None);
    }

    #[test]
    fn painting_is_measured_as_built_for_tests_unless_told_otherwise() {
        assert_eq!(parse("paint"), Some(Task::Paint { yes: false, release: false }));
        assert_eq!(parse("paint --release"), Some(Task::Paint { yes: false, release: true }));
        assert_eq!(parse("paint fast"), None);
    }

    #[test]
    fn nothing_typed_and_help_after_a_command_show_the_page() {
        assert_eq!(parse(""), Some(Task::Help));
        assert_eq!(parse("run --help"), Some(Task::Help));
        assert_eq!(parse("fly"), None);
    }
}
