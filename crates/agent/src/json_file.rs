//! Our own files of JSON: replaced whole, so that whoever reads one, even after a crash, finds the old or the new.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use serde::Serialize;

/// Replaces the file, indented so that a person can read it, with mode 0600. A link stays, and the file that it leads to
/// is replaced.
///
/// # Errors
/// The folder can't be made or written to, or the disk is full; the file is then as it was before.
pub fn replace(path: &Path, document: &impl Serialize) -> io::Result<()> {
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

/// Gives up the name of something that can't be read, a folder or a file of another user's, so that a file can have it.
/// Nothing is lost: it may be a person's work.
///
/// # Errors
/// The system does not let it be renamed.
pub(crate) fn move_aside(path: &Path) -> io::Result<()> {
    match fs::rename(path, aside(path)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        moved => moved,
    }
}

/// Makes a folder, and those it lies in, for this user alone, whatever the process's umask is. One that is there stays
/// as it is.
///
/// # Errors
/// The system's, and if something else has the name.
pub fn make_folder(folder: &Path) -> io::Result<()> {
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
#[must_use]
pub fn aside(path: &Path) -> PathBuf {
    (1..)
        .map(|n| path.with_extension(format!("unreadable-{n}.json")))
        .find(|path| !path.exists())
        .unwrap_or_else(|| path.with_extension("unreadable.json"))
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("it is there").permissions().mode() & 0o777
    }

    #[test]
    fn f57_a_link_stays_and_what_it_leads_to_is_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let (dotfiles, data) = (folder.path().join("dotfiles"), folder.path().join("data"));
        for folder in [&dotfiles, &data] {
            fs::create_dir(folder).expect("made");
        }
        fs::write(dotfiles.join("profiles.json"), "old").expect("written");
        for (name, target) in [
            ("absolute.json", dotfiles.join("profiles.json")),
            ("relative.json", PathBuf::from("../dotfiles/profiles.json")),
            ("twice.json", PathBuf::from("relative.json")),
        ] {
            let link = data.join(name);
            symlink(&target, &link).expect("linked");
            replace(&link, &name).expect("written");
            assert_eq!(fs::read_link(&link).expect("still a link"), target);
            let text = fs::read_to_string(dotfiles.join("profiles.json")).expect("there");
            assert_eq!(text, format!("\"{name}\"\n"));
        }
        assert_eq!(fs::read_dir(&dotfiles).expect("a folder").count(), 1, "nothing is left over");
        assert_eq!(fs::read_dir(&data).expect("a folder").count(), 3, "nothing is left over");
    }

    #[test]
    fn f57_a_link_to_a_file_that_is_not_there_yet_makes_it_there() {
        let folder = tempfile::tempdir().expect("a folder");
        let link = folder.path().join("profiles.json");
        symlink("new/folder/kept.json", &link).expect("linked");
        replace(&link, &1).expect("written");
        assert!(link.is_symlink() && folder.path().join("new/folder/kept.json").is_file());
    }

    #[test]
    fn f57_links_in_a_circle_are_an_error_and_no_endless_loop() {
        let folder = tempfile::tempdir().expect("a folder");
        let (one, other) = (folder.path().join("one"), folder.path().join("other"));
        symlink(&one, &other).expect("linked");
        symlink(&other, &one).expect("linked");
        replace(&one, &1).expect_err("no file to write to");
        assert!(one.is_symlink() && other.is_symlink());
    }

    #[test]
    fn f57_folders_and_files_are_for_this_user_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a/b/file.json");
        replace(&path, &1).expect("written");
        for made in ["a", "a/b"] {
            assert_eq!(mode(&folder.path().join(made)), 0o700, "{made}");
        }
        assert_eq!(mode(&path), 0o600);
    }

    #[test]
    fn f57_a_folder_that_is_there_already_stays_as_it_is() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o750)).expect("changed");
        replace(&folder.path().join("file.json"), &1).expect("written");
        assert_eq!(mode(folder.path()), 0o750);
    }

    /// A limit on the size of files stops the process in the middle of writing: dead, by the signal that comes with it, or,
    /// if that is ignored, with the error that a full disk gives as well.
    #[cfg(target_os = "linux")]
    #[test]
    fn f05_a_crash_or_a_full_disk_in_the_middle_of_writing_leaves_the_old_file() {
        use std::os::unix::process::ExitStatusExt;
        for (ignore, signal) in [("", Some(SIGXFSZ)), ("trap '' XFSZ;", None)] {
            let folder = tempfile::tempdir().expect("a folder");
            for name in ["preferences.json", "profiles.json", "http.json", "permissions.json"] {
                let path = folder.path().join(name);
                replace(&path, &"old").expect("written");
                let line = format!(
                    "{ignore} ulimit -f 1; exec \"$0\" --exact json_file::tests::writes_more_than_it_may --ignored"
                );
                let child = std::process::Command::new("sh")
                    .args(["-c", &line])
                    .arg(std::env::current_exe().expect("this program"))
                    .env("GLOWJAR_TEST_FILE", &path)
                    .output()
                    .expect("a shell");
                assert_eq!(child.status.signal(), signal, "{child:?}");
                assert!(signal.is_some() || child.status.success(), "{child:?}");
                assert_eq!(fs::read_to_string(&path).expect("it is there"), "\"old\"\n");
                replace(&path, &"new").expect("written");
                assert_eq!(fs::read_to_string(&path).expect("it is there"), "\"new\"\n");
            }
            let left_over = fs::read_dir(folder.path()).expect("a folder").count() - 4;
            assert!(signal.is_some() || left_over == 0, "{left_over} files are left over");
        }
    }

    #[test]
    #[ignore = "run by the test above, with a limit on the size of files"]
    fn writes_more_than_it_may() {
        // `--include-ignored` comes by here as well, with nothing to do.
        let Some(path) = std::env::var_os("GLOWJAR_TEST_FILE") else { return };
        replace(Path::new(&path), &"x".repeat(100_000))
            .expect_err("it is longer than a file may be");
    }

    #[cfg(target_os = "linux")]
    const SIGXFSZ: i32 = 25;
}
