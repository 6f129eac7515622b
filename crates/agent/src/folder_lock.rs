//! One Glowjar renews for each data folder, however many desktop sessions the person has. Two that renew would each use
//! a refresh token that the other has used up, and a strict server then revokes both (RFC 9700 section 4.14.2).
//!
//! The lock is the operating system's and belongs to an open file: it ends with the process that holds it, however that
//! ended, so a file that lies there means nothing.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::Path,
};

/// Held by the Glowjar that renews, as long as this lives.
#[derive(Debug)]
pub struct FolderLock {
    _file: File,
}

/// Whether this process may renew.
#[derive(Debug)]
pub enum Claim {
    Ours(FolderLock),
    /// Another process does.
    Taken(Waiting),
}

/// Waits for the other process to end.
#[derive(Debug)]
pub struct Waiting {
    file: File,
}

impl FolderLock {
    /// Takes the lock of this data folder, which is made if it isn't there.
    ///
    /// # Errors
    /// The folder can't be made or opened, or its file system knows no locks. So it can't be known whether another
    /// Glowjar runs.
    pub fn claim(folder: &Path) -> io::Result<Claim> {
        let file = open(folder)?;
        match file.try_lock() {
            Ok(()) => Ok(Claim::Ours(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(Claim::Taken(Waiting { file })),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// A process that has led is not followed by itself: what it still writes while it ends is under the lock, too.
    pub fn hold_until_the_process_ends(self) {
        std::mem::forget(self);
    }
}

impl Waiting {
    /// Blocks until the lock is free, and takes it.
    ///
    /// # Errors
    /// The system stopped waiting.
    pub fn wait(self) -> io::Result<FolderLock> {
        loop {
            match self.file.lock() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                outcome => return outcome.map(|()| FolderLock { _file: self.file }),
            }
        }
    }
}

fn open(folder: &Path) -> io::Result<File> {
    // Where nothing can be made, a lock can still be taken.
    let _ = crate::json_file::make_folder(folder);
    let path = folder.join(NAME);
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&path).or_else(|error| {
        // In a folder that can't be written to: a file of before, or the folder itself.
        File::open(&path).or_else(|_| match fs::metadata(folder) {
            Ok(_) => File::open(folder).map_err(|_| error),
            Err(_) => Err(error),
        })
    })
}

const NAME: &str = "glowjar.lock";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f43_a_second_claim_of_one_folder_waits_until_the_first_is_dropped() {
        let folder = tempfile::tempdir().expect("a folder");
        let Claim::Ours(first) = FolderLock::claim(folder.path()).expect("a lock") else {
            panic!("somebody else has the lock of a new folder");
        };
        let Claim::Taken(waiting) = FolderLock::claim(folder.path()).expect("a lock") else {
            panic!("two have the lock");
        };
        let second = std::thread::spawn(|| waiting.wait());
        assert!(matches!(FolderLock::claim(folder.path()), Ok(Claim::Taken(_))));
        drop(first);
        let _second = second.join().expect("no panic").expect("the lock");
        assert!(matches!(FolderLock::claim(folder.path()), Ok(Claim::Taken(_))));
    }

    #[test]
    fn f43_a_file_that_was_left_behind_holds_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join(NAME), "4711").expect("written");
        assert!(matches!(FolderLock::claim(folder.path()), Ok(Claim::Ours(_))));
    }

    #[test]
    fn f43_the_lock_of_another_folder_is_another_lock() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let _ours = FolderLock::claim(one.path()).expect("a lock");
        assert!(matches!(FolderLock::claim(other.path()), Ok(Claim::Ours(_))));
    }

    #[cfg(unix)]
    #[test]
    fn f43_a_folder_reached_through_a_link_has_the_same_lock() {
        let folder = tempfile::tempdir().expect("a folder");
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::create_dir(&real).expect("made");
        std::os::unix::fs::symlink(&real, &link).expect("linked");
        let _ours = FolderLock::claim(&real).expect("a lock");
        assert!(matches!(FolderLock::claim(&link), Ok(Claim::Taken(_))));
    }

    #[cfg(unix)]
    #[test]
    fn f43_a_folder_takes_the_place_of_a_lock_file_that_cannot_be_made() {
        let folder = tempfile::tempdir().expect("a folder");
        // Not even root can write to a file that is a link to nowhere in a folder that isn't there.
        std::os::unix::fs::symlink("/nowhere/at/all", folder.path().join(NAME)).expect("linked");
        let _ours = FolderLock::claim(folder.path()).expect("a lock");
        assert!(matches!(FolderLock::claim(folder.path()), Ok(Claim::Taken(_))));
    }
}
