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
    let program = if cfg!(target_os = "linux") { &quoted(program) } else { program };
    let start = AutoLaunchBuilder::new().set_app_name("Glowjar").set_app_path(program).build()?;
    match wanted {
        true => start.enable()?,
        false if start.is_enabled()? => start.disable()?,
        false => {}
    }
    Ok(())
}

/// As a value of `Exec` (Desktop Entry Specification, "The Exec key"), where a space would end the program's name and a
/// percent sign begin a field. Of a backslash it takes four: one pair for the file, one for the quotes.
fn quoted(program: &str) -> String {
    let mut value = String::from("\"");
    for character in program.chars() {
        match character {
            '"' | '`' | '$' => value.push_str("\\\\"),
            '\\' => value.push_str("\\\\\\"),
            '%' => value.push('%'),
            _ => {}
        }
        value.push(character);
    }
    value.push('"');
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_in_a_folder_with_an_odd_name_is_still_one_word_for_the_desktop() {
        assert_eq!(quoted("/usr/bin/glowjar-app"), r#""/usr/bin/glowjar-app""#);
        assert_eq!(quoted("/opt/My Apps/glowjar"), r#""/opt/My Apps/glowjar""#);
        assert_eq!(quoted(r#"/a"b$c`d%e\f"#), r#""/a\\"b\\$c\\`d%%e\\\\f""#);
    }
}
