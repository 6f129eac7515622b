//! Whether the disk has room for what a long command builds, asked before it begins rather than met in the middle.

use std::fmt;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::failure::Failure;
use crate::project::Project;

/// What the longest of these commands builds and leaves in an empty target folder.
const WANTED: Size = Size::gib(16);
/// Too little even when nearly everything is built.
const LEAST: Size = Size::gib(4);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Size {
    bytes: u64,
}

impl Size {
    const fn gib(gib: u64) -> Self {
        Self { bytes: gib << 30 }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} GiB", self.bytes as f64 / f64::from(1 << 30))
    }
}

/// Where the disk is short, takes away what cargo keeps for the next build of the same crate, and nothing but that. An
/// error where it is still too short. Where `df` can't tell, says nothing.
pub fn make_room(project: &Project) -> Result<(), Failure> {
    let target = project.target_folder()?;
    let free = match free_at(&target) {
        Some(free) => free,
        None => return Ok(()),
    };
    if free >= WANTED {
        return Ok(());
    }
    println!("{} of the disk are free at {}, {} are wanted.", free, target.display(), WANTED);
    for profile in fs::read_dir(&target).into_iter().flatten().flatten() {
        let incremental = profile.path().join("incremental");
        if incremental.is_dir() && fs::remove_dir_all(&incremental).is_ok() {
            println!("Took away {}, which cargo makes anew.", incremental.display());
        }
    }
    enough(free_at(&target).unwrap_or(free), &target)
}

fn enough(free: Size, target: &Path) -> Result<(), Failure> {
    if free >= LEAST {
        return Ok(());
    }
    Err(Failure::new(format!(
        "Only {} of the disk are free at {}, and {} are wanted to build and test everything. Free some (`cargo clean` \
         takes away all that was built here), or set CARGO_TARGET_DIR to a folder on a disk with more room.",
        free,
        target.display(),
        WANTED
    )))
}

/// What a person may still write where `folder` is, or will be.
fn free_at(folder: &Path) -> Option<Size> {
    let there = folder.ancestors().find(|folder| folder.exists())?;
    let output = Command::new("df").args(["-Pk"]).arg(there).output().ok()?;
    available(&String::from_utf8_lossy(&output.stdout))
}

/// From the fourth column of what POSIX has `df -Pk` print: blocks of 1024 bytes.
fn available(printed: &str) -> Option<Size> {
    let row = printed.lines().nth(1)?;
    // The name of the file system may have spaces in it; what follows it has none but in the last column.
    let percent = row.split_whitespace().position(|word| word.ends_with('%'))?;
    let blocks: u64 = row.split_whitespace().nth(percent.checked_sub(1)?)?.parse().ok()?;
    Some(Size { bytes: blocks.checked_mul(1024)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_free_is_read_from_df() {
        let of_linux = "Filesystem     1024-blocks     Used Available Capacity Mounted on\n\
                        /dev/vda         263174212 95030504    424960     100% /\n";
        assert_eq!(available(of_linux), Some(Size { bytes: 424_960 * 1024 }));
        let of_macos = "Filesystem   1024-blocks      Used Available Capacity  Mounted on\n\
                        map auto home    971350180 500000000 471350180    52%    /System/Volumes/Data\n";
        assert_eq!(available(of_macos), Some(Size { bytes: 471_350_180 * 1024 }));
        assert_eq!(available("df: no such file\n"), None);
        assert_eq!(available(""), None);
    }

    #[test]
    fn too_little_is_said_with_what_to_do() {
        let target = Path::new("/somewhere/target");
        assert!(enough(LEAST, target).is_ok());
        let said = enough(Size { bytes: 424_960 * 1024 }, target).unwrap_err().to_string();
        for part in ["0.4 GiB", "/somewhere/target", "16.0 GiB", "cargo clean"] {
            assert!(said.contains(part), "{}", said);
        }
    }

    #[test]
    fn this_disk_tells_what_is_free() {
        if cfg!(unix) {
            assert!(free_at(&Path::new(env!("CARGO_MANIFEST_DIR")).join("not/yet/there")).is_some());
        }
    }
}
