//! Which test programs hold the tests that a person named, found in the sources: so nothing else has to be built.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::failure::Failure;

/// What to build for the tests whose names contain one of the filters.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Targets {
    /// What cargo calls them: `--lib`, or `--test` and `--bin` with a name. In `crates/`.
    of_crates: BTreeSet<String>,
    /// The same in `tests/` and `src-tauri/`.
    of_workspace: BTreeSet<String>,
    /// They are a package with a cargo profile of its own.
    pub with_simulation: bool,
    /// One of them drives the real application.
    pub with_application: bool,
}

impl Targets {
    /// Too many rather than too few: names are compared with a file's path as well, since a filter may name a module.
    pub fn find(root: &Path, filters: &[String]) -> Result<Self, Failure> {
        let mut found = Targets::default();
        for top in ["crates", "src-tauri", "tests"] {
            for_each_source(&root.join(top), &mut |path| {
                let place = path.strip_prefix(root).unwrap_or(path).to_string_lossy();
                if let Ok(text) = fs::read_to_string(path) {
                    found.add(&place.replace('\\', "/"), &text, filters);
                }
            });
        }
        if found == Targets::default() {
            return Err(Failure::new(format!("No test's name contains {}.", filters.join(" or "))));
        }
        Ok(found)
    }

    fn add(&mut self, place: &str, text: &str, filters: &[String]) {
        let modules = place.trim_end_matches(".rs").replace('/', "::");
        let is_meant = |name: &str| {
            let path = format!("{}::tests::{}", modules, name);
            let plain = format!("{}::{}", modules, name);
            filters.iter().any(|filter| path.contains(filter) || plain.contains(filter))
        };
        for test in tests(text).filter(|test| is_meant(test.name)) {
            if place.starts_with("tests/simulation/") {
                self.with_simulation = true;
                continue;
            }
            if let Some((of_crates, target)) = target(place) {
                if of_crates { &mut self.of_crates } else { &mut self.of_workspace }.insert(target);
                self.with_application |= test.is_ignored && !of_crates;
            }
        }
    }

    pub fn only_crates(&self) -> bool {
        self.of_workspace.is_empty()
    }

    pub fn only_simulation(&self) -> bool {
        self.of_workspace.is_empty() && self.of_crates.is_empty()
    }

    /// As cargo's arguments.
    pub fn arguments(&self) -> Vec<String> {
        let all = self.of_crates.iter().chain(&self.of_workspace);
        let unique: BTreeSet<&String> = all.collect();
        unique.into_iter().flat_map(|target| target.split(' ')).map(String::from).collect()
    }
}

/// Whether a source lies in `crates/`, and the test program that it becomes part of.
fn target(place: &str) -> Option<(bool, String)> {
    let parts: Vec<&str> = place.split('/').collect();
    let stem = |file: &str| file.trim_end_matches(".rs").to_owned();
    match parts.as_slice() {
        ["crates", "cli", "src", ..] => Some((true, "--bin glowjar".to_owned())),
        ["crates", _, "src", ..] => Some((true, "--lib".to_owned())),
        ["crates", _, "tests", test, ..] => Some((true, format!("--test {}", stem(test)))),
        ["src-tauri", "src", ..] => Some((false, "--bin glowjar-app".to_owned())),
        ["tests", "behaviour", ..] => Some((false, "--test behaviour".to_owned())),
        _ => None,
    }
}

struct Test<'a> {
    name: &'a str,
    is_ignored: bool,
}

/// The functions that have `#[test]`, `#[tokio::test]` or the like above them.
fn tests(text: &str) -> impl Iterator<Item = Test<'_>> {
    let (mut is_test, mut is_ignored) = (false, false);
    text.lines().map(str::trim).filter_map(move |line| {
        if line.starts_with("#[") {
            is_test |=
                line.starts_with("#[test]") || line.contains("::test]") || line.contains("::test(");
            is_ignored |= line.starts_with("#[ignore");
            return None;
        }
        let rest = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ")?;
        let test = Test { name: rest.split(['(', '<']).next()?, is_ignored };
        let found = is_test;
        is_test = false;
        is_ignored = false;
        if found {
            Some(test)
        } else {
            None
        }
    })
}

fn for_each_source(folder: &Path, look: &mut impl FnMut(&Path)) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            let is_foreign =
                path.file_name().map_or(false, |name| name == "node_modules" || name == "target");
            if !is_foreign {
                for_each_source(&path, look);
            }
        } else if path.extension().map_or(false, |ending| ending == "rs") {
            look(&path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "
        fn helper() {}
        #[test]
        fn f13_is_tried_again() {}
        #[tokio::test(start_paused = true)]
        #[ignore = \"needs a desktop\"]
        async fn f42_rows_change() {}
    ";

    fn found(place: &str, filter: &str) -> Targets {
        let mut targets = Targets::default();
        targets.add(place, SOURCE, &[filter.to_owned()]);
        targets
    }

    #[test]
    fn a_test_of_a_crate_wants_that_kind_of_target_alone() {
        let unit = found("crates/ims/src/reply.rs", "f13");
        assert!(unit.only_crates());
        assert_eq!(unit.arguments(), ["--lib"]);
        assert_eq!(found("crates/cli/src/format.rs", "f13").arguments(), ["--bin", "glowjar"]);
        assert_eq!(
            found("crates/ims/tests/wire/replies.rs", "f13").arguments(),
            ["--test", "wire"]
        );
        assert_eq!(found("crates/ims/tests/forms.rs", "f13").arguments(), ["--test", "forms"]);
    }

    #[test]
    fn only_a_desktops_test_wants_the_application() {
        let plain = found("tests/behaviour/application/outages.rs", "f13");
        assert_eq!((plain.only_crates(), plain.with_application), (false, false));
        assert_eq!(plain.arguments(), ["--test", "behaviour"]);
        assert!(found("tests/behaviour/desktop_app/tray.rs", "rows_change").with_application);
    }

    #[test]
    fn the_simulation_s_tests_are_built_for_themselves() {
        let years = found("tests/simulation/regressions.rs", "f13");
        assert!(years.with_simulation && years.only_simulation());
        assert!(!found("tests/behaviour/application/outages.rs", "f13").with_simulation);
    }

    #[test]
    fn a_filter_can_name_a_module_but_no_helper() {
        assert_eq!(found("crates/agent/src/tray.rs", "tray::tests").arguments(), ["--lib"]);
        assert_eq!(found("crates/agent/src/tray.rs", "helper"), Targets::default());
    }
}
