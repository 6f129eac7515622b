//! Where the application listens. Both sides come to the same place without asking anybody.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

#[cfg(unix)]
pub use unix::{SOCKET, SOCKET_VARIABLE, announced, folder, own_user, socket};

#[cfg(windows)]
pub use windows::pipe;

/// The name of the application's data folder, as Tauri has it.
pub const DATA_FOLDER: &str = "app.glowjar.Glowjar";

/// Where the application that renews listens, as it writes it into its data folder: for this user's other sessions,
/// in which other variables may be set. A file that was left behind names a socket where nobody listens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Running {
    /// For programs.
    #[serde(default)]
    pub programs: Option<PathBuf>,
    /// For another Glowjar of the same user.
    #[serde(default)]
    pub sessions: Option<PathBuf>,
}

impl Running {
    /// The file in this data folder.
    #[must_use]
    pub fn file(data_folder: &Path) -> PathBuf {
        data_folder.join("running.json")
    }

    /// Nothing if it isn't there or can't be read.
    #[must_use]
    pub fn read(data_folder: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(Self::file(data_folder)).ok()?).ok()
    }
}

#[cfg(unix)]
mod unix {
    use std::{
        env,
        os::unix::{ffi::OsStrExt, fs::MetadataExt},
        path::{Path, PathBuf},
    };

    use super::{DATA_FOLDER, Running};

    /// Names the socket for the command where it isn't in the usual place, say inside a container.
    pub const SOCKET_VARIABLE: &str = "GLOWJAR_SOCKET";

    /// The socket's name in its [`folder`].
    pub const SOCKET: &str = "handout.sock";

    /// The folder of the socket: below `XDG_RUNTIME_DIR`, which is the user's alone and gone after logging out. Jobs
    /// that run without that variable (cron) find the same folder as long as systemd made it where it always does.
    ///
    /// A variable that can't be used is passed over: a folder that isn't there, is another user's (as after `su`), or
    /// whose path is too long for a socket. Then it is `/run/user/UID` (on macOS `run` in the application's data folder),
    /// and where that can't be used either, `glowjar-UID` in the folder for temporary files.
    #[must_use]
    pub fn folder() -> PathBuf {
        let variable = env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
        // macOS removes sockets from its folder for temporary files after three days.
        let lasting = if cfg!(target_os = "macos") { dirs::data_dir() } else { None };
        choose(variable, lasting, &env::temp_dir(), own_user(), |folder| {
            folder.metadata().is_ok_and(|meta| meta.is_dir() && meta.uid() == own_user())
        })
    }

    fn choose(
        variable: Option<PathBuf>,
        lasting: Option<PathBuf>,
        temporary: &Path,
        user: u32,
        is_ours: impl Fn(&Path) -> bool,
    ) -> PathBuf {
        let usual =
            cfg!(target_os = "linux").then(|| Path::new("/run/user").join(user.to_string()));
        let in_runtime = [variable, usual].into_iter().flatten().find_map(|folder| {
            let is_usable = folder.is_absolute() && is_ours(&folder);
            Some(folder.join("glowjar")).filter(|folder| is_usable && is_short(folder))
        });
        // Shared with others, so whoever makes it checks whose it is.
        let shared = |folder: &Path| folder.join(format!("glowjar-{user}"));
        let lasting = lasting.map(|data| data.join(DATA_FOLDER).join("run"));
        in_runtime
            .or_else(|| lasting.filter(|folder| is_short(folder)))
            .or_else(|| Some(shared(temporary)).filter(|folder| is_short(folder)))
            .unwrap_or_else(|| shared(Path::new("/tmp")))
    }

    /// Whether a socket in it can be bound: the system keeps its path in a field of 104 bytes (macOS; 108 on Linux), the
    /// last of which is zero. See unix(7).
    fn is_short(folder: &Path) -> bool {
        folder.as_os_str().as_bytes().len() + 1 + LONGEST_NAME < 104
    }

    /// Where the application listens.
    #[must_use]
    pub fn socket() -> PathBuf {
        folder().join(SOCKET)
    }

    /// Where the application says that it listens. See [`Running`].
    #[must_use]
    pub fn announced() -> Option<PathBuf> {
        Running::read(&dirs::data_dir()?.join(DATA_FOLDER))?.programs
    }

    /// The user this process acts as.
    #[must_use]
    pub fn own_user() -> u32 {
        rustix::process::geteuid().as_raw()
    }

    /// Bytes: `session-`, a process id and `.sock`.
    const LONGEST_NAME: usize = 20;

    #[cfg(test)]
    mod tests {
        use super::*;

        #[track_caller]
        fn check(variable: Option<&str>, ours: &[&str], temporary: &str, expected: &str) {
            let chosen =
                choose(variable.map(PathBuf::from), None, Path::new(temporary), 1000, |folder| {
                    ours.iter().any(|ours| Path::new(ours) == folder)
                });
            assert_eq!(chosen, Path::new(expected));
        }

        #[test]
        fn the_runtime_folder_is_used_where_it_can_be() {
            check(Some("/run/mine"), &["/run/mine"], "/tmp", "/run/mine/glowjar");
        }

        #[test]
        #[cfg(target_os = "linux")]
        fn a_job_without_variables_finds_the_same_folder() {
            check(None, &["/run/user/1000"], "/tmp", "/run/user/1000/glowjar");
            check(Some(""), &["/run/user/1000"], "/tmp", "/run/user/1000/glowjar");
            check(Some("run"), &["/run/user/1000", "run"], "/tmp", "/run/user/1000/glowjar");
        }

        #[test]
        fn f45_another_users_runtime_folder_is_passed_over() {
            check(Some("/run/user/0"), &[], "/tmp", "/tmp/glowjar-1000");
        }

        #[test]
        fn where_temporary_files_do_not_last_the_data_folder_holds_the_socket() {
            let lasting = |home: &str| {
                let data = Path::new(home).join("Library/Application Support");
                choose(None, Some(data), Path::new("/var/folders/x/T"), 501, |_| false)
            };
            let expected = "/Users/mia/Library/Application Support/app.glowjar.Glowjar/run";
            assert_eq!(lasting("/Users/mia"), Path::new(expected));
            let long = format!("/Users/{}", "mia".repeat(20));
            assert_eq!(lasting(&long), Path::new("/var/folders/x/T/glowjar-501"));
        }

        #[test]
        fn f57_a_path_that_is_too_long_for_a_socket_is_passed_over() {
            let long = format!("/{}", "long/".repeat(20));
            check(Some(&long), &[&long], "/tmp", "/tmp/glowjar-1000");
            check(Some(&long), &[&long], &long, "/tmp/glowjar-1000");
            let just = format!("/{}", "x".repeat(73));
            check(Some(&just), &[&just], "/tmp", &format!("{just}/glowjar"));
            let over = format!("/{}", "x".repeat(74));
            check(Some(&over), &[&over], "/tmp", "/tmp/glowjar-1000");
        }
    }
}

#[cfg(windows)]
mod windows {
    use std::env;

    /// The application's named pipe, one for each user.
    #[must_use]
    pub fn pipe() -> String {
        let user = env::var("USERNAME").unwrap_or_default();
        let user: String = user.chars().filter(|character| *character != '\\').collect();
        format!(r"\\.\pipe\app.glowjar.Glowjar.handout.{user}")
    }
}
