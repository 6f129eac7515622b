//! An installer with what Glowjar adds to Tauri's (`tests/wine/installer.nsi`), and its signature.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Result, ensure};
use desktop::process::output_of;
use tokio::process::Command;

/// Makes one that installs these programs as this version.
///
/// # Errors
/// No makensis, or it does not understand the hooks.
pub async fn make(programs: &Path, folder: &Path, version: &str) -> Result<PathBuf> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let installer = folder.join(format!("glowjar-{version}.exe"));
    let hooks = tests.with_file_name("src-tauri").join("windows/installer.nsh");
    let mut makensis = Command::new("makensis");
    makensis.args(["-V2", "-WX"]);
    for (name, value) in [
        ("HOOKS", hooks.display().to_string()),
        ("PROGRAMS", programs.display().to_string()),
        ("OUT", installer.display().to_string()),
        ("VERSION", version.to_owned()),
    ] {
        makensis.arg(format!("-D{name}={value}"));
    }
    makensis.arg(tests.join("wine/installer.nsi"));
    output_of(makensis, PATIENCE).await?;
    Ok(installer)
}

/// Signs it with a certificate of our own, has that checked, and has a copy checked of which one byte was changed.
///
/// # Errors
/// The signature is not accepted, or that of the copy is.
pub async fn sign(installer: &Path) -> Result<PathBuf> {
    let signed = installer.with_extension("signed.exe");
    let (key, certificate) = (installer.with_extension("key"), installer.with_extension("pem"));
    let mut request = Command::new("openssl");
    request.args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=Glowjar test"]);
    request.args(["-addext", "extendedKeyUsage=codeSigning", "-keyout"]).arg(&key);
    request.arg("-out").arg(&certificate);
    output_of(request, PATIENCE).await?;
    let mut sign = Command::new("osslsigncode");
    sign.args(["sign", "-h", "sha256", "-certs"]).arg(&certificate).arg("-key").arg(&key);
    sign.arg("-in").arg(installer).arg("-out").arg(&signed);
    output_of(sign, PATIENCE).await?;
    verify(&signed, &certificate).await?;

    let changed = installer.with_extension("changed.exe");
    let mut bytes = fs::read(&signed)?;
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&changed, bytes)?;
    ensure!(verify(&changed, &certificate).await.is_err(), "a changed installer counts as signed");
    fs::remove_file(changed)?;
    Ok(signed)
}

async fn verify(installer: &Path, certificate: &Path) -> Result<()> {
    let mut verify = Command::new("osslsigncode");
    verify.args(["verify", "-CAfile"]).arg(certificate).arg("-in").arg(installer);
    output_of(verify, PATIENCE).await.map(drop)
}

const PATIENCE: Duration = Duration::from_secs(120);
