//! Reads a file that nobody but the system's administrator can have written.

use std::{
    fs::{self, File, Metadata},
    io::{self, Read},
    os::unix::fs::MetadataExt,
    path::Path,
};

use glowjar_agent::managed::Fault;

/// Nothing if there is no such file. `admins` are the users who may own it.
///
/// # Errors
/// It can't be read, or somebody else may have written it.
pub fn read(path: &Path, admins: &[u32]) -> Result<Option<Vec<u8>>, Fault> {
    // Links are followed, and then it is about where they lead.
    let real = match fs::canonicalize(path) {
        Ok(real) => real,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(&error)),
    };
    for folder in [path.parent(), real.parent()].into_iter().flatten() {
        judge(&fs::metadata(folder).map_err(|error| unreadable(&error))?, admins)?;
    }
    // Whoever opens a pipe may wait for ever.
    let found = fs::metadata(&real).map_err(|error| unreadable(&error))?;
    if !found.is_file() {
        return Err(Fault::NotAFile);
    }
    judge(&found, admins)?;
    let file = File::open(&real).map_err(|error| unreadable(&error))?;
    judge(&file.metadata().map_err(|error| unreadable(&error))?, admins)?;
    let mut text = Vec::new();
    file.take(LONGEST + 1).read_to_end(&mut text).map_err(|error| unreadable(&error))?;
    if text.len() as u64 > LONGEST { Err(Fault::TooLong) } else { Ok(Some(text)) }
}

fn judge(metadata: &Metadata, admins: &[u32]) -> Result<(), Fault> {
    if !admins.contains(&metadata.uid()) {
        return Err(Fault::NotTheAdmins);
    }
    if metadata.mode() & WRITABLE_BY_OTHERS != 0 {
        return Err(Fault::WritableByOthers);
    }
    Ok(())
}

fn unreadable(error: &io::Error) -> Fault {
    Fault::Unreadable(error.to_string())
}

/// Bytes. All settings together take less than one thousandth of it.
const LONGEST: u64 = 1024 * 1024;
/// By the group, or by all.
const WRITABLE_BY_OTHERS: u32 = 0o022;

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn own() -> [u32; 1] {
        [rustix::process::geteuid().as_raw()]
    }

    fn folder_with(text: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        allow(folder.path(), 0o755);
        fs::write(folder.path().join("managed.json"), text).expect("a file");
        allow(&folder.path().join("managed.json"), 0o644);
        folder
    }

    fn allow(path: &Path, mode: u32) {
        fs::set_permissions(path, PermissionsExt::from_mode(mode)).expect("a mode");
    }

    #[test]
    fn a_file_counts_only_if_it_and_its_folder_are_the_admin_s_and_no_one_else_s_to_write() {
        let folder = folder_with("{}");
        let file = folder.path().join("managed.json");
        assert_eq!(read(&file, &own()), Ok(Some(b"{}".to_vec())));
        let nobody = [own()[0].wrapping_add(1)];
        assert_eq!(read(&file, &nobody), Err(Fault::NotTheAdmins));
        for (path, mode) in [(&*file, 0o664), (&*file, 0o646), (folder.path(), 0o777)] {
            let before = fs::metadata(path).expect("it is there").mode();
            allow(path, mode);
            assert_eq!(read(&file, &own()), Err(Fault::WritableByOthers), "{mode:o}");
            allow(path, before & 0o777);
        }
        assert_eq!(read(&file, &own()), Ok(Some(b"{}".to_vec())));
    }

    #[test]
    fn what_is_not_there_is_nothing_and_what_is_no_file_is_said() {
        let folder = folder_with("{}");
        assert_eq!(read(&folder.path().join("other.json"), &own()), Ok(None));
        assert_eq!(read(Path::new("/no/such/folder/managed.json"), &own()), Ok(None));
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.is_ok_and(|status| status.success()));
        assert_eq!(read(&pipe, &own()), Err(Fault::NotAFile));
        let inner = folder.path().join("inner");
        fs::create_dir(&inner).expect("a folder");
        assert_eq!(read(&inner, &own()), Err(Fault::NotAFile));
        let long = " ".repeat(LONGEST as usize + 1);
        let long = folder_with(&long);
        assert_eq!(read(&long.path().join("managed.json"), &own()), Err(Fault::TooLong));
    }

    #[test]
    fn of_a_link_it_is_the_file_and_folder_that_it_leads_to_which_count() {
        let (here, there) = (folder_with("{}"), folder_with("[]"));
        let link = here.path().join("link.json");
        symlink(there.path().join("managed.json"), &link).expect("a link");
        assert_eq!(read(&link, &own()), Ok(Some(b"[]".to_vec())));
        allow(there.path(), 0o777);
        assert_eq!(read(&link, &own()), Err(Fault::WritableByOthers));
    }
}
