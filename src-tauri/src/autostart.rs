//! Starting with the person's desktop.

use anyhow::Context;
use auto_launch::AutoLaunchBuilder;

/// Has the system start this very program file at login, or not. Doing it twice is no error.
///
/// # Errors
/// The system does not allow it, or there is no folder for it.
pub fn set(wanted: bool) -> anyhow::Result<()> {
    let program = std::env::current_exe().context("Glowjar can't find its own program file")?;
    let program = program.to_str().context("the path of Glowjar's program file is no text")?;
    let start = AutoLaunchBuilder::new().set_app_name("Glowjar").set_app_path(program).build()?;
    match wanted {
        true => start.enable()?,
        false if start.is_enabled()? => start.disable()?,
        false => {}
    }
    Ok(())
}
