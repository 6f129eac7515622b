//! Where the application listens. Both sides come to the same place without asking anybody.

#[cfg(unix)]
pub use unix::{SOCKET_VARIABLE, folder, own_user, socket};

#[cfg(windows)]
pub use windows::pipe;

#[cfg(unix)]
mod unix {
    use std::{
        env,
        os::unix::fs::MetadataExt,
        path::{Path, PathBuf},
    };

    /// Names the socket for the command where it isn't in the usual place, say inside a container.
    pub const SOCKET_VARIABLE: &str = "GLOWJAR_SOCKET";

    /// The folder of the socket: below `XDG_RUNTIME_DIR`, which is the user's alone and gone after logging out. Jobs
    /// that run without that variable (cron) find the same folder as long as systemd made it where it always does.
    #[must_use]
    pub fn folder() -> PathBuf {
        let user = own_user();
        let usual = Path::new("/run/user").join(user.to_string());
        let is_ours = |folder: &Path| folder.metadata().is_ok_and(|meta| meta.uid() == user);
        match env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from) {
            Some(folder) if folder.is_absolute() => folder.join("glowjar"),
            _ if cfg!(target_os = "linux") && is_ours(&usual) => usual.join("glowjar"),
            // Shared with others, so whoever makes it checks whose it is.
            _ => env::temp_dir().join(format!("glowjar-{user}")),
        }
    }

    /// Where the application listens.
    #[must_use]
    pub fn socket() -> PathBuf {
        folder().join("handout.sock")
    }

    /// The user this process acts as.
    #[must_use]
    pub fn own_user() -> u32 {
        rustix::process::geteuid().as_raw()
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
