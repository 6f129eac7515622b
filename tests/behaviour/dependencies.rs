//! Who depends on whom, and that every crate from elsewhere says why it is here.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

#[test]
fn knowledge_flows_from_the_core_outwards() {
    let allowed: [(&str, &[&str]); 16] = [
        ("glowjar-lifecycle", &[]),
        ("glowjar-ims", &["glowjar-lifecycle"]),
        ("glowjar-claim", &["glowjar-lifecycle"]),
        (
            "glowjar-keeper",
            &[
                "glowjar-claim",
                "glowjar-import",
                "glowjar-ims",
                "glowjar-lifecycle",
                "glowjar-token-endpoint",
            ],
        ),
        ("glowjar-import", &["glowjar-ims"]),
        ("glowjar-protocol", &[]),
        ("glowjar-token-endpoint", &[]),
        ("glowjar-connect", &["glowjar-protocol"]),
        ("glowjar-cli", &["glowjar-connect", "glowjar-protocol"]),
        (
            "glowjar-agent",
            &[
                "glowjar-connect",
                "glowjar-import",
                "glowjar-ims",
                "glowjar-lifecycle",
                "glowjar-protocol",
                "glowjar-token-endpoint",
                "glowjar-system",
            ],
        ),
        (
            "glowjar",
            &[
                "glowjar-agent",
                "glowjar-ims",
                "glowjar-lifecycle",
                "glowjar-sandbox",
                "glowjar-system",
            ],
        ),
        ("glowjar-system", &[]),
        // So that one misreading of the protocol cannot fool both sides.
        ("glowjar-sandbox", &[]),
        ("glowjar-fuzz", &[]),
        ("glowjar-simulation", &["glowjar-agent", "glowjar-ims", "glowjar-lifecycle"]),
        (
            "glowjar-tests",
            &[
                "glowjar-agent",
                "glowjar-ims",
                "glowjar-lifecycle",
                "glowjar-protocol",
                "glowjar-sandbox",
            ],
        ),
    ];
    let metadata = metadata();
    let ours: BTreeSet<_> =
        metadata.workspace_packages().into_iter().map(|package| package.name.clone()).collect();
    for package in metadata.workspace_packages() {
        let (_, allowed) = allowed
            .iter()
            .find(|(name, _)| *name == package.name.as_str())
            .unwrap_or_else(|| panic!("{} has no place in the order yet", package.name));
        let wrong: Vec<_> = dependencies(package)
            .filter(|name| ours.contains(*name) && !allowed.contains(name))
            .collect();
        assert!(wrong.is_empty(), "{} must not know {wrong:?}", package.name);
    }
}

/// The application alone renews: the command only asks it.
#[test]
fn the_command_opens_no_keychain_and_speaks_no_http() {
    let metadata = metadata();
    for package in metadata.workspace_packages() {
        if ["glowjar-cli", "glowjar-protocol"].contains(&package.name.as_str()) {
            let wrong: Vec<_> = dependencies(package)
                .filter(|name| ["keyring", "keyring-core", "reqwest", "hyper"].contains(name))
                .collect();
            assert!(wrong.is_empty(), "{} must not know {wrong:?}", package.name);
        }
    }
}

#[test]
fn the_sandbox_knows_nothing_of_ours_in_its_tests_either() {
    let metadata = metadata();
    let sandbox =
        metadata.packages.iter().find(|package| package.name.as_str() == "glowjar-sandbox");
    let known = sandbox
        .expect("there is a sandbox")
        .dependencies
        .iter()
        .filter(|known| known.name.starts_with("glowjar"));
    assert_eq!(known.count(), 0);
}

#[test]
fn the_core_is_nothing_but_the_standard_library() {
    let metadata = metadata();
    let core =
        metadata.packages.iter().find(|package| package.name.as_str() == "glowjar-lifecycle");
    assert_eq!(
        dependencies(core.expect("there is a core")).collect::<Vec<_>>(),
        Vec::<&str>::new()
    );
}

#[test]
fn only_tests_ask_for_what_is_for_tests() {
    const FOR_TESTS: [&str; 3] = ["crash-points", "deliberate-faults", "simulated"];
    let metadata = metadata();
    for package in metadata.workspace_packages() {
        let asking = package.dependencies.iter().filter(|dependency| {
            dependency.features.iter().any(|feature| FOR_TESTS.contains(&feature.as_str()))
        });
        for dependency in asking {
            let is_of_tests = ["glowjar-simulation", "glowjar-tests"];
            assert!(is_of_tests.contains(&package.name.as_str()), "{}", dependency.name);
            assert_eq!(dependency.kind, DependencyKind::Development, "{}", dependency.name);
        }
        let default = package.features.get("default").into_iter().flatten();
        for feature in default {
            assert!(!FOR_TESTS.iter().any(|name| feature.contains(name)), "{}", package.name);
        }
    }
}

#[test]
fn only_src_tauri_depends_on_tauri() {
    let metadata = metadata();
    let others = metadata
        .workspace_packages()
        .into_iter()
        .filter(|package| package.name.as_str() != "glowjar");
    for package in others {
        let wrong: Vec<_> =
            dependencies(package).filter(|name| name.starts_with("tauri")).collect();
        assert!(wrong.is_empty(), "{} must not know {wrong:?}", package.name);
    }
}

#[test]
fn every_direct_dependency_says_in_architecture_md_what_it_is_for() {
    let text =
        fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md can be read");
    let metadata = metadata();
    let direct: BTreeSet<_> = metadata
        .workspace_packages()
        .into_iter()
        .flat_map(|package| package.dependencies.iter())
        .map(|dependency| dependency.name.as_str())
        .filter(|name| !name.starts_with("glowjar"))
        .collect();
    let unexplained: Vec<_> =
        direct.into_iter().filter(|name| !text.contains(&format!("`{name}`"))).collect();
    assert!(unexplained.is_empty(), "not in ARCHITECTURE.md, as `name`: {unexplained:?}");
}

/// Of the whole workspace, on every platform.
pub fn metadata() -> Metadata {
    let manifest = root().join("Cargo.toml");
    let mut command = MetadataCommand::new();
    command.manifest_path(manifest).other_options(vec!["--locked".to_owned()]);
    command.exec().expect("cargo describes the workspace")
}

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests lie in the workspace")
}

/// Without those of its tests.
fn dependencies(package: &Package) -> impl Iterator<Item = &str> {
    let used = package
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind != DependencyKind::Development);
    used.map(|dependency| dependency.name.as_str())
}
