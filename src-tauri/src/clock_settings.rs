//! The system's settings of date and time.

/// False if none were found.
#[cfg(target_os = "linux")]
pub fn open() -> bool {
    // Each desktop has its own, and those that are not there do not start.
    const PROGRAMS: [(&str, &[&str]); 6] = [
        ("gnome-control-center", &["datetime"]),
        ("systemsettings", &["kcm_clock"]),
        ("kcmshell6", &["kcm_clock"]),
        ("kcmshell5", &["clock"]),
        ("cinnamon-settings", &["calendar"]),
        ("time-admin", &[]),
    ];
    PROGRAMS.iter().any(|(program, arguments)| {
        let started = std::process::Command::new(program).args(*arguments).spawn();
        // Nobody waits for it: a thread of its own takes note of its end.
        started.map(|mut child| std::thread::spawn(move || child.wait())).is_ok()
    })
}

#[cfg(target_os = "macos")]
pub fn open() -> bool {
    open::that_detached("x-apple.systempreferences:com.apple.Date-Time-Settings.extension").is_ok()
}

#[cfg(windows)]
pub fn open() -> bool {
    open::that_detached("ms-settings:dateandtime").is_ok()
}
