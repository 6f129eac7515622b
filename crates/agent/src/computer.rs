//! What this computer is called, for who is told of it elsewhere.

/// Its name in the network; empty where it has none.
#[cfg(target_os = "linux")]
pub(crate) fn name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// Its name in the network; empty where it has none.
#[cfg(not(target_os = "linux"))]
pub(crate) fn name() -> String {
    sysinfo::System::host_name().unwrap_or_default()
}
