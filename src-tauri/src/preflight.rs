//! What system and desktop must offer before anything starts, which would otherwise end the process with a panic.

/// Whether the system gives random numbers. Without them nothing can be encrypted, so no token renewed, and the standard
/// library's maps panic.
///
/// # Errors
/// A sentence for the person.
pub fn random_numbers() -> Result<(), String> {
    getrandom::u64().map(drop).map_err(|error| {
        format!("this system gives no random numbers ({error}): it has neither getrandom(2) nor /dev/urandom")
    })
}

/// Whether there is a desktop to show anything on.
///
/// # Errors
/// A sentence for the person: there is no display, or it does not answer.
#[cfg(target_os = "linux")]
pub fn display() -> Result<(), &'static str> {
    if std::env::var_os("DISPLAY").is_none() && std::env::var_os("WAYLAND_DISPLAY").is_none() {
        return Err("there is no desktop here: neither DISPLAY nor WAYLAND_DISPLAY is set");
    }
    gtk::init().map_err(|_| "the desktop does not answer: DISPLAY or WAYLAND_DISPLAY points at none that is running")
}

/// Whether this system can show a tray icon at all. Whether a panel shows it is another question.
///
/// # Errors
/// A sentence for the person, with the package that is missing.
#[cfg(target_os = "linux")]
pub fn tray_library() -> Result<(), &'static str> {
    let spoken = std::panic::take_hook();
    // The library's own search is the one that counts, and a panic is how it says no.
    std::panic::set_hook(Box::new(|_| {}));
    let found = std::panic::catch_unwind(|| {
        let _: &_ = &*libappindicator_sys::LIB;
    });
    std::panic::set_hook(spoken);
    found.map_err(|_| "Install libayatana-appindicator3-1 to have an icon")
}

#[cfg(not(target_os = "linux"))]
pub fn display() -> Result<(), &'static str> {
    Ok(())
}

#[cfg(not(target_os = "linux"))]
pub fn tray_library() -> Result<(), &'static str> {
    Ok(())
}
