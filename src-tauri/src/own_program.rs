//! The file that this very program is started from.

use std::{
    env, io,
    path::{Path, PathBuf},
};

/// Where this program can be started from now. An update may have replaced the file since this process began, which
/// is no obstacle.
///
/// # Errors
/// The system does not say, or the file was removed.
pub fn file() -> io::Result<PathBuf> {
    let told = env::current_exe()?;
    startable(&told, Path::exists).ok_or_else(|| {
        let removed = format!("{} was removed or moved", without_mark(&told).display());
        io::Error::new(io::ErrorKind::NotFound, removed)
    })
}

fn startable(told: &Path, exists: impl Fn(&Path) -> bool) -> Option<PathBuf> {
    // A file may really be called so.
    [told.to_owned(), without_mark(told)].into_iter().find(|file| exists(file))
}

/// Linux writes a mark behind the path of a file that was replaced or removed (`d_path` in the kernel's `fs/d_path.c`).
fn without_mark(told: &Path) -> PathBuf {
    let Some(name) = told.file_name().and_then(|name| name.to_str()) else {
        return told.to_owned();
    };
    match name.strip_suffix(REMOVED) {
        Some(name) if cfg!(target_os = "linux") => told.with_file_name(name),
        _ => told.to_owned(),
    }
}

const REMOVED: &str = " (deleted)";

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(told: &str, there: &[&str], expected: Option<&str>) {
        let exists = |file: &Path| there.iter().any(|there| file == Path::new(there));
        assert_eq!(startable(Path::new(told), exists).as_deref(), expected.map(Path::new));
    }

    #[test]
    fn a_program_that_is_where_it_was_is_started_from_there() {
        check("/usr/bin/glowjar-app", &["/usr/bin/glowjar-app"], Some("/usr/bin/glowjar-app"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn f53_a_program_whose_file_was_replaced_is_started_from_the_new_one() {
        let there = ["/opt/My Apps/glowjar-app"];
        check("/opt/My Apps/glowjar-app (deleted)", &there, Some("/opt/My Apps/glowjar-app"));
    }

    #[test]
    fn f53_a_program_whose_file_was_removed_is_started_from_nowhere() {
        check("/usr/bin/glowjar-app (deleted)", &["/usr/bin/glowjar"], None);
        check("/usr/bin/glowjar-app", &[], None);
    }

    #[test]
    fn a_file_that_is_really_called_deleted_is_itself() {
        let both = ["/opt/app (deleted)", "/opt/app"];
        check("/opt/app (deleted)", &both, Some("/opt/app (deleted)"));
    }

    #[test]
    fn this_test_is_a_program_that_can_be_started_again() {
        assert!(file().expect("a file").is_file());
    }
}
