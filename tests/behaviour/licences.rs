//! Every npm package that we build on may be given away with Glowjar. The crates' licences are in `deny.toml`.

use std::collections::BTreeMap;
use std::fs;

use spdx::{Expression, ParseMode};

use crate::dependencies::root;

#[test]
fn every_npm_package_may_be_given_away_with_glowjar() {
    for folder in ["ui", "tests/oidc-provider", "tests/token-clients"] {
        let text = fs::read_to_string(root().join(folder).join("package-lock.json"))
            .expect("there is a lock file");
        let lock: Lock = serde_json::from_str(&text).expect("npm writes JSON");
        let refused: Vec<_> = lock
            .packages
            .iter()
            // The one without a path is ours.
            .filter(|(path, package)| !path.is_empty() && !is_allowed(package.license.as_deref()))
            .map(|(path, package)| format!("{folder}/{path}: {:?}", package.license))
            .collect();
        assert!(lock.packages.len() > 10, "{folder} states only {} packages", lock.packages.len());
        assert!(refused.is_empty(), "\n{}\n", refused.join("\n"));
    }
}

/// Of Adobe's own clients two have Adobe's own terms. Whoever runs the tests gets them from npm, and nobody from us.
#[test]
fn adobes_own_clients_serve_the_tests_alone() {
    let text = fs::read_to_string(root().join("tests/adobe-clients/package-lock.json"))
        .expect("there is a lock file");
    let lock: Lock = serde_json::from_str(&text).expect("npm writes JSON");
    let special: Vec<_> = lock
        .packages
        .iter()
        .filter(|(path, package)| !path.is_empty() && !is_allowed(package.license.as_deref()))
        .map(|(path, _)| path.trim_start_matches("node_modules/"))
        .collect();
    // The third has Python's licence and the fourth MIT's, which its package.json states in an older way.
    let known = [
        "@adobe/firefly-services-common-apis",
        "@adobe/firefly-services-sdk-core",
        "argparse",
        "semaphore",
    ];
    assert_eq!(special, known);
    let bundle = fs::read_to_string(root().join("src-tauri/tauri.conf.json")).expect("a file");
    assert!(!bundle.contains("tests"), "{bundle}");
}

#[test]
fn a_copyleft_or_unstated_licence_is_refused() {
    assert!(is_allowed(Some("MIT OR GPL-3.0-only")));
    assert!(is_allowed(Some("Apache-2.0/MIT")));
    assert!(!is_allowed(Some("GPL-3.0-only")));
    assert!(!is_allowed(Some("MIT AND AGPL-3.0-only")));
    assert!(!is_allowed(Some("SEE LICENSE IN LICENSE.md")));
    assert!(!is_allowed(None));
}

fn is_allowed(licence: Option<&str>) -> bool {
    // Lax: older crates write `MIT/Apache-2.0`.
    let parsed = licence.and_then(|licence| Expression::parse_mode(licence, ParseMode::LAX).ok());
    parsed.is_some_and(|expression| {
        expression.evaluate(|wanted| {
            let id = wanted.license.id().map(|id| id.name);
            id.is_some_and(|id| ALLOWED.contains(&id))
        })
    })
}

#[derive(serde::Deserialize)]
struct Lock {
    packages: BTreeMap<String, Locked>,
}

#[derive(serde::Deserialize)]
struct Locked {
    license: Option<String>,
}

/// They ask for a notice at most; MPL-2.0 also for the source of its own files, which crates.io has, and OFL-1.1 that
/// nobody sells its font alone.
const ALLOWED: [&str; 16] = [
    "0BSD",
    "Apache-2.0",
    "BlueOak-1.0.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MPL-2.0",
    "OFL-1.1",
    "Unicode-3.0",
    "Unlicense",
    "W3C",
    "Zlib",
];
