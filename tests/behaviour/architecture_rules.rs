//! The house rules that neither a lint (`clippy.toml`) nor `deny.toml` can check: how files are shaped, and who may do what.

use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn a_module_lies_beside_its_folder_and_not_inside_as_mod_rs() {
    assert_none(
        sources().filter(|source| source.path.ends_with("/mod.rs")).map(|source| source.path),
    );
}

#[test]
fn whatever_is_left_to_do_has_an_owner() {
    const MARKS: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
    assert_none(lines_where(sources(), |line| {
        MARKS.iter().any(|mark| {
            line.split_once(mark).is_some_and(|(before, after)| {
                let is_a_word = !before.ends_with(char::is_alphanumeric)
                    && !after.starts_with(char::is_alphanumeric);
                is_a_word && !after.starts_with('(')
            })
        })
    }));
}

#[test]
fn only_the_crate_for_it_calls_what_is_unsafe() {
    let manifests = fs::read_dir(root().join("crates"))
        .expect("the crates")
        .map(|entry| entry.expect("a folder can be read to its end").path().join("Cargo.toml"));
    let others =
        manifests.chain(["src-tauri/Cargo.toml", "tests/Cargo.toml"].map(|file| root().join(file)));
    for manifest in others.filter(|manifest| !manifest.ends_with(UNSAFE_CRATE)) {
        let text = fs::read_to_string(&manifest).expect("a manifest");
        assert!(text.contains("[lints]\nworkspace = true"), "{}", manifest.display());
    }
    let workspace = fs::read_to_string(root().join("Cargo.toml")).expect("the workspace");
    assert!(workspace.contains("unsafe_code = \"forbid\""));
}

#[test]
fn one_file_of_the_ui_imports_tauri() {
    let ui = sources().filter(|source| source.path.starts_with("ui/src/"));
    let paths: Vec<_> = ui
        .filter(|source| source.text.contains("@tauri-apps/"))
        .map(|source| source.path)
        .collect();
    assert_eq!(paths.len(), 1, "{paths:?}");
}

struct Source {
    /// From the root, with forward slashes.
    path: String,
    text: String,
}

/// Everything written by hand: ours, and neither generated nor about these rules.
fn sources() -> impl Iterator<Item = Source> {
    let mut paths = Vec::new();
    for folder in ["crates", "src-tauri", "tests", "ui", "xtask"] {
        collect(&root().join(folder), &mut paths);
    }
    paths.sort();
    assert!(paths.len() > 50, "found only {} files: looking in the wrong place", paths.len());
    paths.into_iter().map(|path| {
        let text =
            fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let path = path.strip_prefix(root()).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        Source { path, text }
    })
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("a folder can be read to its end").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() {
            if !["node_modules", ".venv", "dist", "target", "gen", "bindings"].contains(&name) {
                collect(&path, paths);
            }
        } else if [".rs", ".ts", ".mjs"].iter().any(|ending| name.ends_with(ending)) {
            paths.push(path);
        }
    }
}

fn lines_where(
    sources: impl Iterator<Item = Source>,
    is_wrong: impl Fn(&str) -> bool,
) -> impl Iterator<Item = String> {
    sources.flat_map(move |source| {
        let wrong = source.text.lines().enumerate().filter(|(_, line)| is_wrong(line));
        wrong
            .map(|(index, line)| format!("{}:{}: {}", source.path, index + 1, line.trim()))
            .collect::<Vec<_>>()
    })
}

fn assert_none(found: impl Iterator<Item = String>) {
    let found: Vec<_> = found.collect();
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests lie in the workspace")
}

const UNSAFE_CRATE: &str = "crates/system/Cargo.toml";
