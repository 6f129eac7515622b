//! Our own files of JSON: replaced whole, so that whoever reads one, even after a crash, finds the old or the new.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use serde::Serialize;

/// So that a person can read it.
pub(crate) fn replace(path: &Path, document: &impl Serialize) -> io::Result<()> {
    replace_with(path, serde_json::to_vec_pretty(document)?)
}

/// `tempfile` makes the temporary file with mode 0600, and the rename keeps it.
pub(crate) fn replace_with(path: &Path, mut text: Vec<u8>) -> io::Result<()> {
    // A person may keep the file elsewhere and have a link here. The link stays, and the file is replaced where it is.
    let path = &behind_links(path)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    make_folder(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    text.push(b'\n');
    file.write_all(&text)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    #[cfg(unix)]
    fs::File::open(folder)?.sync_all()?;
    Ok(())
}

/// Makes a folder, and those it lies in, for this user alone, whatever the process's umask is. One that is there stays
/// as it is.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    if let Some(parent) = folder.parent() {
        make_folder(parent)?;
    }
    match make_private(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        made => made,
    }
}

#[cfg(unix)]
fn make_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    fs::DirBuilder::new().mode(0o700).create(folder)?;
    // The umask may have taken away more.
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn make_private(folder: &Path) -> io::Result<()> {
    fs::create_dir(folder)
}

/// The file that a link leads to, whether it is there or not.
fn behind_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        let Ok(target) = fs::read_link(&path) else { return Ok(path) };
        path = path.parent().unwrap_or(Path::new(".")).join(target);
    }
    Err(io::ErrorKind::InvalidInput.into())
}

/// As many as Linux follows.
const MOST_LINKS: u32 = 40;

/// Where a copy of a file that can't be read goes: nothing that lies there already is lost.
pub(crate) fn aside(path: &Path) -> PathBuf {
    (1..)
        .map(|n| path.with_extension(format!("unreadable-{n}.json")))
        .find(|path| !path.exists())
        .unwrap_or_else(|| path.with_extension("unreadable.json"))
}
