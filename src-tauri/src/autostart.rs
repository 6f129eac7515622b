//! Starting with the person's desktop.

use std::path::Path;

use anyhow::Context;
use auto_launch::{AutoLaunch, AutoLaunchBuilder, MacOSLaunchMode, WindowsEnableMode};

use crate::{
    own_program,
    platform::{Platform, This},
};

/// Has the system start this very program at login, or not, for this person alone. Doing it twice is no error.
///
/// # Errors
/// The system does not allow it, there is no folder for it, or the program's file was removed.
pub fn set(wanted: bool) -> anyhow::Result<()> {
    if wanted {
        let program = own_program::file().context("Glowjar can't find its own program file")?;
        let program = program.to_str().context("the path of Glowjar's program file is no text")?;
        return Ok(entry(NAME, &This::started_at_login(program))?.enable()?);
    }
    // Not only if the entry counts as switched on: one that was switched off elsewhere would stay.
    Ok(entry(NAME, "Glowjar")?.disable()?)
}

fn entry(name: &str, program: &str) -> auto_launch::Result<AutoLaunch> {
    AutoLaunchBuilder::new()
        .set_app_name(name)
        .set_app_path(program)
        // Otherwise it would be every user's, where this person may write that.
        .set_windows_enable_mode(WindowsEnableMode::CurrentUser)
        .set_macos_launch_mode(macos_mode(own_program::file().ok().as_deref()))
        .build()
}

/// macOS lists an application bundle under its own name, and any other program under its developer's.
fn macos_mode(program: Option<&Path>) -> MacOSLaunchMode {
    let is_in_a_bundle = program.is_some_and(|program| {
        program.parent().is_some_and(|folder| folder.ends_with("Contents/MacOS"))
    });
    if is_in_a_bundle { MacOSLaunchMode::SMAppService } else { MacOSLaunchMode::LaunchAgent }
}

/// As a command line of the registry's `Run` key. Unquoted, Windows would try to start each beginning of the path that
/// ends at a space (Microsoft's `CreateProcessW`, "lpCommandLine"). No path can contain a quote there.
#[cfg_attr(not(windows), allow(dead_code, reason = "tested on every system"))]
pub fn in_run_key(program: &str) -> String {
    format!("\"{program}\"")
}

/// As a value of `Exec` (Desktop Entry Specification, "The Exec key"), where a space would end the program's name and a
/// percent sign begin a field. Of a backslash it takes four: one pair for the file, one for the quotes.
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "tested on every system"))]
pub fn in_desktop_entry(program: &str) -> String {
    let mut value = String::from("\"");
    for character in program.chars() {
        match character {
            '"' | '`' | '$' => value.extend(["\\\\", character.encode_utf8(&mut [0; 4])]),
            '\\' => value.push_str("\\\\\\\\"),
            '%' => value.push_str("%%"),
            // A line's end would end the value.
            '\n' => value.push_str("\\n"),
            '\r' => value.push_str("\\r"),
            '\t' => value.push_str("\\t"),
            _ => value.push(character),
        }
    }
    value.push('"');
    value
}

/// What the system's list of such programs shows.
const NAME: &str = "Glowjar";

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(windows)]
    #[test]
    fn windows_starts_it_for_this_person_alone_and_no_longer_when_it_is_switched_off() {
        use windows_registry::CURRENT_USER;

        const RUN: &str = r"Software\Microsoft\Windows\CurrentVersion\Run";
        let name = format!("Glowjar test {}", std::process::id());
        let listed = || CURRENT_USER.open(RUN).and_then(|key| key.get_string(&name)).ok();
        let program = in_run_key(r"C:\Program Files\Glowjar\glowjar-app.exe");
        let at_login = entry(&name, &program).expect("an entry");
        at_login.enable().expect("the registry takes it");
        assert_eq!(listed().as_deref().map(str::trim), Some(program.as_str()));
        at_login.disable().expect("the registry gives it back");
        assert_eq!(listed(), None);
    }

    #[test]
    fn a_program_in_a_folder_with_an_odd_name_is_still_one_word_for_the_desktop() {
        assert_eq!(in_desktop_entry("/usr/bin/glowjar-app"), r#""/usr/bin/glowjar-app""#);
        assert_eq!(in_desktop_entry("/opt/My Apps/glowjar"), r#""/opt/My Apps/glowjar""#);
        assert_eq!(in_desktop_entry(r#"/a"b$c`d%e\f"#), r#""/a\\"b\\$c\\`d%%e\\\\f""#);
        assert_eq!(in_desktop_entry("/a\nExec=b\tc\rd"), r#""/a\nExec=b\tc\rd""#);
    }

    #[test]
    fn macos_is_asked_for_the_bundle_where_there_is_one() {
        let mode = |program| macos_mode(Some(Path::new(program)));
        let bundled = "/Applications/Glowjar.app/Contents/MacOS/glowjar-app";
        assert_eq!(mode(bundled), MacOSLaunchMode::SMAppService);
        assert_eq!(mode("/usr/local/bin/glowjar-app"), MacOSLaunchMode::LaunchAgent);
        assert_eq!(macos_mode(None), MacOSLaunchMode::LaunchAgent);
    }

    #[test]
    fn a_program_in_a_folder_with_spaces_is_one_word_for_windows() {
        let program = r"C:\Users\Mia Muster\AppData\Local\Glowjar\glowjar-app.exe";
        let expected = r#""C:\Users\Mia Muster\AppData\Local\Glowjar\glowjar-app.exe""#;
        assert_eq!(in_run_key(program), expected);
    }
}
