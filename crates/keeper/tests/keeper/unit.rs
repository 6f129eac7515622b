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

/// What an admin installs. `tests/package` is for the application; this one needs nothing but dpkg-deb, and installs nothing.
#[test]
fn the_debian_package_holds_the_program_its_unit_and_what_an_admin_needs() {
    if Command::new("dpkg-deb").arg("--version").output().is_err() {
        return println!("left out: there is no dpkg-deb");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("package/deb.sh");
    let packed = Command::new(script)
        .arg(env!("CARGO_BIN_EXE_glowjar-keeper"))
        .arg(folder.path())
        .output()
        .expect("it runs");
    assert!(packed.status.success(), "{packed:?}");
    let file = String::from_utf8(packed.stdout).expect("a name").trim().to_owned();
    let unpacked = folder.path().join("root");
    let extracted =
        Command::new("dpkg-deb").arg("--raw-extract").arg(&file).arg(&unpacked).status();
    assert!(extracted.expect("it runs").success());
    let unit = fs::read_to_string(unpacked.join("usr/lib/systemd/system/glowjar-keeper.service"));
    let unit = unit.expect("the unit");
    let started = unit.lines().find_map(|line| line.strip_prefix("ExecStart=")).expect("a program");
    let program = started.split(' ').next().expect("a program").trim_start_matches('/');
    let version = Command::new(unpacked.join(program)).arg("--version").output().expect("it runs");
    let version = String::from_utf8(version.stdout).expect("text");
    let control = fs::read_to_string(unpacked.join("DEBIAN/control")).expect("there");
    let number = version.trim().trim_start_matches("glowjar-keeper ");
    assert!(control.contains(&format!("Version: {number}\n")), "{version} {control}");
    for file in [
        "etc/glowjar-keeper.env",
        "usr/share/glowjar-keeper/certificates.sh",
        "usr/share/doc/glowjar-keeper/studio.md",
        "usr/share/doc/glowjar-keeper/examples/etcd.yml",
        "usr/share/doc/glowjar-keeper/examples/several.conf",
        "usr/share/doc/glowjar-keeper/copyright",
    ] {
        assert!(unpacked.join(file).exists(), "{file}");
    }
    // An upgrade keeps what the admin wrote there.
    let kept = fs::read_to_string(unpacked.join("DEBIAN/conffiles")).expect("there");
    assert_eq!(kept, "/etc/glowjar-keeper.env\n");
    for script in ["postinst", "prerm", "postrm"] {
        let checked =
            Command::new("sh").arg("-n").arg(unpacked.join("DEBIAN").join(script)).status();
        assert!(checked.expect("sh runs").success(), "{script}");
    }
}
