//! What must not creep up. Each ceiling is well above what was seen, so that it is no measurement (that is `cargo xtask
//! bench`): what breaks it does something that it did not do before.

use std::{fs, path::Path};

use super::asking::one_profile;
use crate::test_app::programs::{command_file, ran};

/// As Valgrind counts them, which are the same on a busy machine. Of the build for development, which takes several times as
/// many as a release.
#[tokio::test]
async fn a_token_costs_the_command_few_instructions() {
    let (office, programs) = one_profile().await;
    let file = command_file().display().to_string();
    let arguments =
        ["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", &file, "token"];
    let counted = programs.program("valgrind", &arguments).output();
    let counted = ran(office.within("valgrind", counted).await);
    assert!(office.sandbox.accepts(counted.out.trim_end()), "{}", counted.err);
    let line = counted.err.lines().find_map(|line| line.split_once("refs:")).expect("a count").1;
    let instructions: u64 = line.trim().replace(',', "").parse().expect("a number");
    eprintln!("{instructions} instructions");
    assert!(instructions < MOST_INSTRUCTIONS, "{instructions}");
}

#[test]
fn the_command_is_small() {
    let bytes = fs::metadata(command_file()).expect("it was built").len();
    eprintln!("{bytes} bytes");
    assert!(bytes < MOST_BYTES, "{bytes}");
}

/// All that the window loads, letters included.
#[test]
fn the_window_s_page_is_small() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/dist/assets");
    let entries = fs::read_dir(folder).expect("the window was built");
    let bytes: u64 =
        entries.map(|entry| entry.expect("a file").metadata().expect("told").len()).sum();
    eprintln!("{bytes} bytes");
    assert!(bytes < MOST_BYTES_OF_THE_PAGE, "{bytes}");
}

/// 1.5 million were seen.
const MOST_INSTRUCTIONS: u64 = 3_000_000;
/// 14 MB were seen, most of it for debuggers.
const MOST_BYTES: u64 = 25_000_000;
/// 0.92 MB were seen.
const MOST_BYTES_OF_THE_PAGE: u64 = 1_300_000;
