//! Keeps one file current: read, edited, written whole beside itself, and put in place if nobody changed it meanwhile.

use std::{
    fs::{self, Permissions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use glowjar_handout::protocol::Target;
use secrecy::zeroize::Zeroizing;

use super::edit::{self, EditError};

/// Why a file is not current. Sentences for a person, begun by the file's name.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("its folder {} is missing", .0.display())]
    FolderMissing(PathBuf),
    #[error("it is read-only")]
    ReadOnly,
    #[error("it is a link to {}; name that file itself", .0.display())]
    Link(PathBuf),
    #[error("it has several names (hard links), and would lose them")]
    SeveralNames,
    #[error("it is no ordinary file")]
    NotAFile,
    #[error("it is not there; only .env and raw files are made anew")]
    Missing,
    #[error("it is not UTF-8 text, or longer than 4 MiB")]
    NotText,
    #[error("something else keeps changing it")]
    ChangedMeanwhile,
    #[error(transparent)]
    Edit(#[from] EditError),
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// Puts the token into the file. What has it already is not touched.
///
/// # Errors
/// See [`FileError`]; the file is as it was then.
pub fn keep_current(target: &Target, token: &str, client_id: &str) -> Result<(), FileError> {
    let Some(path) = target.path() else { return Ok(()) };
    for _ in 0..TRIES {
        let before = read(path)?;
        let text = before.as_ref().map(|text| text.as_str());
        let after = Zeroizing::new(edited(target, text, token, client_id)?);
        if text == Some(after.as_str()) {
            return Ok(());
        }
        if replace(path, before.as_ref().map(|text| text.as_bytes()), after.as_bytes())? {
            return Ok(());
        }
    }
    Err(FileError::ChangedMeanwhile)
}

fn edited(
    target: &Target,
    text: Option<&str>,
    token: &str,
    client_id: &str,
) -> Result<String, FileError> {
    match target {
        Target::Env { token_key, client_id_key, .. } => {
            let text = edit::env(text.unwrap_or_default(), token_key, token)?;
            match client_id_key {
                Some(key) => Ok(edit::env(&Zeroizing::new(text), key, client_id)?),
                None => Ok(text),
            }
        }
        Target::Json { pointer, .. } => {
            Ok(edit::json(text.ok_or(FileError::Missing)?, pointer, token)?)
        }
        Target::Raw { .. } | Target::Command { .. } => Ok(format!("{token}\n")),
    }
}

/// The file's text; `None` if it isn't there yet.
fn read(path: &Path) -> Result<Option<Zeroizing<String>>, FileError> {
    let folder = folder_of(path);
    if !folder.is_dir() {
        return Err(FileError::FolderMissing(folder.to_owned()));
    }
    let meta = match fs::symlink_metadata(path) {
        Ok(meta) => meta,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    if meta.is_symlink() {
        return Err(FileError::Link(fs::read_link(path)?));
    }
    if !meta.is_file() {
        return Err(FileError::NotAFile);
    }
    if meta.permissions().readonly() {
        return Err(FileError::ReadOnly);
    }
    #[cfg(unix)]
    if std::os::unix::fs::MetadataExt::nlink(&meta) > 1 {
        return Err(FileError::SeveralNames);
    }
    if meta.len() > LONGEST {
        return Err(FileError::NotText);
    }
    let text = String::from_utf8(fs::read(path)?).map_err(|_| FileError::NotText)?;
    Ok(Some(Zeroizing::new(text)))
}

/// False if the file is no longer what it was when it was read.
fn replace(path: &Path, before: Option<&[u8]>, after: &[u8]) -> io::Result<bool> {
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
    let placed = match before {
        Some(_) => file.persist(path),
        // One that somebody else made this moment is theirs.
        None => file.persist_noclobber(path),
    };
    match placed {
        Ok(_) => {}
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => return Ok(false),
        Err(error) => return Err(error.error),
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
            assert!(!replace(&path, before, b"ours").expect("looked at"));
            assert_eq!(fs::read(&path).expect("a file"), b"theirs");
        }
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1, "nothing lies about");
        assert!(replace(&path, Some(b"theirs"), b"ours").expect("written"));
        assert_eq!(fs::read(&path).expect("a file"), b"ours");
    }
}
