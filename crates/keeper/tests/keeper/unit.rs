//! The unit with which systemd runs a keeper, as systemd itself judges it. Nothing is started.

use std::{fs, path::Path, process::Command};

#[test]
fn systemd_takes_the_keeper_s_unit_and_finds_it_well_confined() {
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        return println!("left out: there is no systemd-analyze");
    }
    let unit = Path::new(env!("CARGO_MANIFEST_DIR")).join("systemd/glowjar-keeper.service");
    let text = fs::read_to_string(&unit).expect("the unit");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("glowjar-keeper.service");
    let here = env!("CARGO_BIN_EXE_glowjar-keeper");
    fs::write(&file, text.replace("/usr/bin/glowjar-keeper", here)).expect("written");
    for arguments in
        [&["verify", "--man=no"][..], &["security", "--offline=true", "--threshold=20"][..]]
    {
        let judged = Command::new("systemd-analyze").args(arguments).arg(&file).output();
        let judged = judged.expect("it runs");
        let said =
            String::from_utf8_lossy(&judged.stdout) + String::from_utf8_lossy(&judged.stderr);
        assert!(judged.status.success(), "{said}");
        // Of this unit, whatever it says of others on this machine.
        assert!(
            !said
                .lines()
                .any(|line| line.contains("glowjar-keeper.service:") && !line.contains("Overall")),
            "{said}"
        );
        println!("{}", said.lines().last().unwrap_or_default());
    }
}
