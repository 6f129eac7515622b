//! Keeps one file current: read, edited, written whole beside itself, and put in place if nobody changed it meanwhile.

use std::{
    fs::{self, Permissions},
    io::{self, Write},
    path::Path,
};

use glowjar_protocol::{
    message::{Target, Variables},
    names::{Ready, Variable},
};
use secrecy::zeroize::Zeroizing;
use sha2::{Digest, Sha256};

use super::{
    SinkError,
    edit::{self, EditError},
};

/// What is to be put into a file.
pub(crate) struct Supply<'a> {
    pub ready: Ready<'a>,
    /// Fingerprints ([`fingerprint`]) of what Glowjar may have put there before.
    pub written: &'a [String],
    /// Asked right before the file is replaced.
    pub is_wanted: &'a dyn Fn() -> bool,
}

/// Puts the token into the file. What has it already is not touched.
///
/// # Errors
/// See [`SinkError`]; the file is as it was then.
pub(crate) fn keep_current(target: &Target, supply: &Supply) -> Result<(), SinkError> {
    let Some(path) = target.path() else { return Ok(()) };
    for _ in 0..TRIES {
        let before = read_for(target, path)?;
        let text = before.as_ref().map(|text| text.as_str());
        let after = Zeroizing::new(edited(target, text, supply)?);
        if text == Some(after.as_str()) {
            return Ok(());
        }
        let before = before.as_ref().map(|text| text.as_bytes());
        if replace(path, before, after.as_bytes(), supply.is_wanted)? {
            return Ok(());
        }
    }
    Err(SinkError::ChangedMeanwhile)
}

/// Whether a token could be put there now. Changes nothing.
///
/// # Errors
/// As [`keep_current`].
pub(crate) fn look(target: &Target, client_id: &str, scopes: &str) -> Result<(), SinkError> {
    let Some(path) = target.path() else { return Ok(()) };
    let text = read_for(target, path)?;
    let ready = Ready { access_token: "token", client_id, expires_at: 0, scopes };
    let supply = Supply { ready, written: &[], is_wanted: &|| false };
    let text = text.as_ref().map(|text| text.as_str());
    edited(target, text, &supply).map(|edited| drop(Zeroizing::new(edited)))
}

/// Names a value without giving it away: 64 bits of its SHA-256, in hexadecimal.
pub(crate) fn fingerprint(value: &str) -> String {
    let hash = Sha256::digest(value.as_bytes());
    hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The file's text; `None` if it isn't there yet and may be made.
fn read_for(target: &Target, path: &Path) -> Result<Option<Zeroizing<String>>, SinkError> {
    if let (Target::Env { .. }, Some(kind)) = (target, kind_by_name(path)) {
        return Err(EditError::OtherKind(kind).into());
    }
    read(path)
}

fn edited(target: &Target, text: Option<&str>, supply: &Supply) -> Result<String, SinkError> {
    let is_ours = |held: &str| supply.written.contains(&fingerprint(held));
    let token = supply.ready.access_token;
    match target {
        Target::Env { path, variables } => {
            let text = text.unwrap_or_default();
            env(text, is_named_env(path), variables, supply).map(|text| text.as_str().to_owned())
        }
        Target::Json { pointer, .. } => {
            let text = text.ok_or(SinkError::Missing)?;
            Ok(edit::json(text, pointer, token, &is_ours)?)
        }
        Target::Raw { .. } | Target::Command { .. } => {
            Ok(edit::raw(text.unwrap_or_default(), token, &is_ours)?)
        }
    }
}

/// One key after the other.
fn env(
    text: &str,
    is_named_so: bool,
    variables: &Variables,
    supply: &Supply,
) -> Result<Zeroizing<String>, SinkError> {
    let mut text = Zeroizing::new(text.to_owned());
    for Variable { name, template } in variables.iter() {
        let value = Zeroizing::new(template.filled(|placeholder| supply.ready.value(placeholder)));
        let is_ours = |held: &str| {
            let token = template.token_in(held);
            token.is_some_and(|token| supply.written.contains(&fingerprint(token)))
        };
        text = Zeroizing::new(edit::env(&text, is_named_so, (name, &value), &is_ours)?);
    }
    Ok(text)
}

/// The kind of file that a name stands for, where that is not a list of `KEY=value`.
fn kind_by_name(path: &Path) -> Option<&'static str> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    let (_, kind) = KINDS.iter().find(|(extensions, _)| extensions.contains(&&*extension))?;
    Some(kind)
}

/// `.env`, `.env.local`, `production.env`, and what direnv and Flask call theirs.
fn is_named_env(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    matches!(name, "env" | ".envrc" | ".flaskenv")
        || name.starts_with(".env.")
        || name.ends_with(".env")
}

/// The file's text; `None` if it isn't there yet.
fn read(path: &Path) -> Result<Option<Zeroizing<String>>, SinkError> {
    let folder = folder_of(path);
    if !folder.is_dir() {
        return Err(SinkError::FolderMissing(folder.to_owned()));
    }
    let meta = match fs::symlink_metadata(path) {
        Ok(meta) => meta,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    if meta.is_symlink() {
        return Err(SinkError::Link(fs::read_link(path)?));
    }
    if !meta.is_file() {
        return Err(SinkError::NotAFile);
    }
    if meta.permissions().readonly() {
        return Err(SinkError::ReadOnly);
    }
    #[cfg(unix)]
    if std::os::unix::fs::MetadataExt::nlink(&meta) > 1 {
        return Err(SinkError::SeveralNames);
    }
    if meta.len() > LONGEST {
        return Err(SinkError::NotText);
    }
    let text = String::from_utf8(fs::read(path)?).map_err(|_| SinkError::NotText)?;
    Ok(Some(Zeroizing::new(text)))
}

/// False if the file is no longer what it was when it was read.
fn replace(
    path: &Path,
    before: Option<&[u8]>,
    after: &[u8],
    is_wanted: &dyn Fn() -> bool,
) -> Result<bool, SinkError> {
    let folder = folder_of(path);
    let mut file = tempfile::Builder::new().prefix(".glowjar-").tempfile_in(folder)?;
    file.write_all(after)?;
    match fs::metadata(path) {
        Ok(meta) => {
            keep_group(file.as_file(), &meta);
            file.as_file().set_permissions(meta.permissions())?;
        }
        Err(_) => file.as_file().set_permissions(private(file.as_file())?)?,
    }
    file.as_file().sync_all()?;
    let now = fs::read(path).map(Zeroizing::new);
    let is_as_before = match (before, &now) {
        (Some(before), Ok(now)) => before == now.as_slice(),
        (None, Err(error)) => error.kind() == io::ErrorKind::NotFound,
        _ => false,
    };
    if !is_as_before {
        return Ok(false);
    }
    if !is_wanted() {
        return Err(SinkError::NotWanted);
    }
    let placed = match before {
        Some(_) => file.persist(path),
        // One that somebody else made this moment is theirs.
        None => file.persist_noclobber(path),
    };
    match placed {
        Ok(_) => {}
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => return Ok(false),
        Err(error) => return Err(error.error.into()),
    }
    #[cfg(unix)]
    fs::File::open(folder)?.sync_all()?;
    Ok(true)
}

/// A file shared with a group stays shared with it, where this user may do that.
#[cfg(unix)]
fn keep_group(file: &fs::File, meta: &fs::Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    let _ = fchown(file, None, Some(meta.gid()));
}

#[cfg(not(unix))]
fn keep_group(_: &fs::File, _: &fs::Metadata) {}

#[cfg(unix)]
fn private(_: &fs::File) -> io::Result<Permissions> {
    Ok(std::os::unix::fs::PermissionsExt::from_mode(0o600))
}

#[cfg(not(unix))]
fn private(file: &fs::File) -> io::Result<Permissions> {
    Ok(file.metadata()?.permissions())
}

fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("/"))
}

type Kind = (&'static [&'static str], &'static str);

/// By the ending of their names. What has another is judged by what stands in it.
const KINDS: [Kind; 15] = [
    (&["yaml", "yml"], "YAML"),
    (&["toml"], "TOML"),
    (&["json", "jsonc", "json5", "hjson"], "JSON"),
    (&["fish"], "fish"),
    (&["bat", "cmd"], "batch"),
    (&["ps1", "psm1", "psd1"], "PowerShell"),
    (&["ini", "cfg"], "INI"),
    (&["properties"], "Java properties"),
    (&["xml", "plist"], "XML"),
    (&["py"], "Python"),
    (&["js", "mjs", "cjs", "ts"], "JavaScript"),
    (&["tf", "tfvars", "hcl"], "HCL"),
    (&["csh", "tcsh"], "C shell"),
    (&["nu"], "Nushell"),
    (&["md", "html", "csv"], "document"),
];
const TRIES: u32 = 3;
/// Bytes.
const LONGEST: u64 = 4 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_somebody_changed_meanwhile_is_left_to_them() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("file");
        fs::write(&path, "theirs").expect("a file");
        for before in [Some(&b"as it was read"[..]), None] {
            assert_eq!(replace(&path, before, b"ours", &|| true), Ok(false));
            assert_eq!(fs::read(&path).expect("a file"), b"theirs");
        }
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1, "nothing lies about");
        let outdated = replace(&path, Some(b"theirs"), b"yesterday's", &|| false);
        assert_eq!(outdated, Err(SinkError::NotWanted));
        assert_eq!(fs::read(&path).expect("a file"), b"theirs");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1, "nothing lies about");
        assert_eq!(replace(&path, Some(b"theirs"), b"ours", &|| true), Ok(true));
        assert_eq!(fs::read(&path).expect("a file"), b"ours");
    }
}
