//! Schemes whose addresses the desktop hands to Glowjar: a desktop entry of the person's own, made the default.
//!
//! `tauri-plugin-deep-link` 2.4 writes the program's path unquoted into the entry, and passes on addresses of those schemes
//! alone that were known when the program was built; Adobe gives each client its own.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, ensure};

use crate::{autostart::in_desktop_entry, platform::OPENED};

/// For this person alone. Doing it twice is no error.
pub fn take(scheme: &str, program: &Path) -> anyhow::Result<()> {
    let program = program.to_str().context("the path of Glowjar's program file is no text")?;
    let folder = dirs::data_dir().context("there is no data folder")?.join("applications");
    fs::create_dir_all(&folder)?;
    let file = folder.join(ENTRY);
    let known = fs::read_to_string(&file).unwrap_or_default();
    let entry = entry(&known, scheme, program);
    if entry != known {
        let mut draft = tempfile::NamedTempFile::new_in(&folder)?;
        std::io::Write::write_all(&mut draft, entry.as_bytes())?;
        draft.persist(&file)?;
        // Where it is missing, nothing keeps such a list.
        let _ = Command::new("update-desktop-database").arg(&folder).output();
    }
    let made = Command::new("xdg-mime")
        .args(["default", ENTRY, &format!("x-scheme-handler/{scheme}")])
        .output()
        .context("xdg-mime can't be run; it comes with xdg-utils")?;
    ensure!(made.status.success(), "xdg-mime: {}", String::from_utf8_lossy(&made.stderr).trim());
    Ok(())
}

/// With the schemes that it had before. By `TryExec` a desktop passes over it once the program is removed, which no package
/// manager may do in a person's own folder.
fn entry(known: &str, scheme: &str, program: &str) -> String {
    let wanted = format!("x-scheme-handler/{scheme}");
    let before = known.lines().find_map(|line| line.strip_prefix("MimeType=")).unwrap_or_default();
    let mut types: Vec<&str> = before.split(';').filter(|kind| !kind.is_empty()).collect();
    if !types.contains(&wanted.as_str()) {
        types.push(&wanted);
    }
    format!(
        "[Desktop Entry]\nType=Application\nName=Glowjar\nNoDisplay=true\nTerminal=false\n\
         TryExec={}\nExec={} {OPENED} %u\nMimeType={};\n",
        escaped(program),
        in_desktop_entry(program),
        types.join(";")
    )
}

/// As a value that is a string (Desktop Entry Specification, "Possible value types").
fn escaped(text: &str) -> String {
    [('\\', r"\\"), ('\n', r"\n"), ('\r', r"\r"), ('\t', r"\t")]
        .into_iter()
        .fold(text.to_owned(), |text, (character, written)| text.replace(character, written))
}

const ENTRY: &str = "app.glowjar.Glowjar.sign-in.desktop";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_scheme_joins_the_first_and_a_program_that_moved_is_found_again() {
        let first = entry("", "adobe+1", "/opt/My Apps/glowjar-app");
        assert!(first.contains("\nExec=\"/opt/My Apps/glowjar-app\" --opened %u\n"), "{first}");
        let both = entry(&first, "adobe+2", "/usr/bin/glowjar-app");
        assert!(both.contains("MimeType=x-scheme-handler/adobe+1;x-scheme-handler/adobe+2;\n"));
        assert!(both.contains("Exec=\"/usr/bin/glowjar-app\""), "{both}");
        assert_eq!(entry(&both, "adobe+1", "/usr/bin/glowjar-app"), both);
    }

    #[test]
    fn a_desktop_passes_over_the_entry_once_the_program_is_removed() {
        let folder = tempfile::tempdir().expect("a folder");
        let (program, file) = (folder.path().join(r"My \ Apps"), folder.path().join(ENTRY));
        fs::copy("/bin/true", &program).expect("a program");
        fs::write(&file, entry("", "adobe+1", program.to_str().expect("text"))).expect("an entry");
        let known = || gtk::gio::DesktopAppInfo::from_filename(&file);
        let types = known().expect("a desktop entry").string("MimeType");
        assert_eq!(types.as_deref(), Some("x-scheme-handler/adobe+1;"));
        fs::remove_file(program).expect("it was there");
        assert!(known().is_none(), "an entry that starts nothing");
    }
}
