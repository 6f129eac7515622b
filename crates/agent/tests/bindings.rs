//! The TypeScript types are generated from the view and committed; these tests notice when they drift.

use std::{env, fs, path::Path};

use glowjar_agent::request::{Reply, Request};
use ts_rs::{Config, TS};

#[test]
fn committed_typescript_types_are_those_of_the_view() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/bindings");
    let fresh = tempfile::tempdir().unwrap();
    let config = Config::new().with_out_dir(fresh.path());
    Request::export_all(&config).unwrap();
    Reply::export_all(&config).unwrap();

    for entry in fs::read_dir(fresh.path()).unwrap() {
        let entry = entry.unwrap();
        let text = fs::read_to_string(entry.path()).unwrap();
        let target = committed.join(entry.file_name());
        if env::var_os("GLOWJAR_BLESS").is_some() {
            fs::create_dir_all(&committed).unwrap();
            fs::write(&target, text).unwrap();
        } else {
            assert_eq!(
                fs::read_to_string(&target).unwrap_or_default(),
                text,
                "{} is out of date: run the tests once with GLOWJAR_BLESS=1",
                target.display()
            );
        }
    }
}
