//! What people complain of on Windows and macOS: each complaint has its line in `docs/systems.md`, and each line its answer.

use std::fs;

use serde_json::Value;

use crate::dependencies::root;

#[test]
fn every_complaint_has_a_line_that_says_what_is_done_and_how_it_was_tried() {
    let table = fs::read_to_string(root().join("docs/systems.md")).expect("the table");
    let rows: Vec<Vec<&str>> = table.lines().filter_map(cells).collect();
    let expected: Vec<String> =
        (1..=7).map(|number| format!("W{number}")).chain((1..=26).map(|n| n.to_string())).collect();
    let names: Vec<&str> = rows.iter().map(|row| row[0]).collect();
    assert_eq!(names, expected);
    for row in &rows {
        assert_eq!(row.len(), 4, "{row:?}");
        assert!(row.iter().all(|cell| !cell.is_empty()), "{row:?}");
        let is_said = WAYS.iter().any(|way| row[3].starts_with(way));
        assert!(is_said, "how was it tried? {row:?}");
    }
}

#[test]
fn what_the_bundler_is_told_for_each_system_names_files_that_are_there() {
    let folder = root().join("src-tauri");
    let read = |name: &str| -> Value {
        let text = fs::read_to_string(folder.join(name)).expect("a configuration");
        serde_json::from_str(&text).expect("JSON")
    };
    let windows = &read("tauri.windows.conf.json")["bundle"]["windows"];
    assert_eq!(windows["nsis"]["installMode"], "currentUser");
    assert_eq!(windows["webviewInstallMode"]["type"], "downloadBootstrapper");
    let macos = &read("tauri.macos.conf.json")["bundle"]["macOS"];
    let linux = &read("tauri.linux.conf.json")["bundle"]["linux"];
    let of_linux = ["deb", "rpm"].map(|kind| &linux[kind]);
    let files = of_linux.iter().flat_map(|it| [&it["desktopTemplate"], &it["postRemoveScript"]]);
    let elsewhere = [&windows["nsis"]["installerHooks"], &macos["entitlements"]];
    for named in files.chain(elsewhere) {
        assert!(folder.join(named.as_str().expect("a path")).is_file(), "{named}");
    }
    let plist = fs::read_to_string(folder.join("Info.plist")).expect("what Tauri adds to");
    assert!(plist.contains("<key>LSUIElement</key>\n\t<true/>"), "{plist}");
}

/// Without it there would be no icon, and the bundler does not find out by itself.
#[test]
fn packages_for_linux_ask_for_the_tray_s_library() {
    let file = root().join("src-tauri/tauri.linux.conf.json");
    let text = fs::read_to_string(file).expect("a configuration");
    let configuration: Value = serde_json::from_str(&text).expect("JSON");
    for kind in ["deb", "rpm"] {
        let depends = configuration["bundle"]["linux"][kind]["depends"].to_string();
        assert!(depends.contains("appindicator"), "{kind}: {depends}");
    }
}

#[cfg(unix)]
#[test]
fn a_removed_package_says_what_is_still_there_and_one_that_is_replaced_says_nothing() {
    let said = |why: &str| {
        let script = root().join("src-tauri/linux/removed.sh");
        let ran = std::process::Command::new("sh").arg(script).arg(why).output().expect("a shell");
        assert!(ran.status.success(), "{ran:?}");
        String::from_utf8(ran.stdout).expect("text")
    };
    for removed in ["remove", "0"] {
        assert!(said(removed).contains("secret-tool clear service app.glowjar.Glowjar"));
    }
    for other in ["upgrade", "1", "purge"] {
        assert_eq!(said(other), "");
    }
}

#[test]
fn workflows_may_do_little_and_take_no_action_without_a_version() {
    let folder = root().join(".github/workflows");
    let mut workflows = 0;
    for entry in fs::read_dir(folder).expect("workflows") {
        let file = entry.expect("a folder can be read to its end").path();
        let text = fs::read_to_string(&file).expect("a workflow");
        assert!(text.contains("\npermissions:\n  contents: read\n"), "{}", file.display());
        let jobs = text.matches("runs-on:").count();
        assert_eq!(text.matches("timeout-minutes:").count(), jobs, "{}", file.display());
        for action in text.lines().filter_map(|line| line.split_once("uses: ")) {
            let (_, version) = action.1.split_once('@').expect("a version");
            let is_commit =
                version.len() >= 40 && version[..40].chars().all(|c| c.is_ascii_hexdigit());
            let is_release = version.strip_prefix('v').is_some_and(|n| n.parse::<u32>().is_ok());
            assert!(is_commit || is_release, "{action:?}");
        }
        workflows += 1;
    }
    assert_eq!(workflows, 2);
}

/// Those of a row that stands for a complaint.
fn cells(line: &str) -> Option<Vec<&str>> {
    let cells: Vec<&str> =
        line.strip_prefix('|')?.strip_suffix('|')?.split('|').map(str::trim).collect();
    let name = cells.first()?;
    let number = name.strip_prefix('W').unwrap_or(name);
    number.parse::<u32>().is_ok().then_some(cells)
}

const WAYS: [&str; 4] = ["seen under Wine", "tested on Linux", "compiled only", "not at all"];
