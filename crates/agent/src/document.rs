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
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    text.push(b'\n');
    file.write_all(&text)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    #[cfg(unix)]
    fs::File::open(folder)?.sync_all()?;
    Ok(())
}

/// Where a copy of a file that can't be read goes: nothing that lies there already is lost.
pub(crate) fn aside(path: &Path) -> PathBuf {
    (1..)
        .map(|n| path.with_extension(format!("unreadable-{n}.json")))
        .find(|path| !path.exists())
        .unwrap_or_else(|| path.with_extension("unreadable.json"))
}
