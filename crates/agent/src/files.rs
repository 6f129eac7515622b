//! Files that a person asked for, in the downloads folder, and the text of details and diagnostics.

use std::{
    fmt::Write as _,
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

use secrecy::{ExposeSecret, SecretString};

use crate::{
    json_file,
    view::{ProfileView, Snapshot, TroubleView},
};

/// Writes a file that was not there before, mode 0600, and gives its path. `name (2).json` if the name is taken.
pub(crate) async fn write_new(
    folder: PathBuf,
    name: PathBuf,
    text: SecretString,
) -> io::Result<PathBuf> {
    let written = tokio::task::spawn_blocking(move || {
        json_file::make_folder(&folder)?;
        let mut file = tempfile::NamedTempFile::new_in(&folder)?;
        file.write_all(text.expose_secret().as_bytes())?;
        file.as_file().sync_all()?;
        for number in 1..=MOST_OF_A_NAME {
            let path = folder.join(numbered(&name, number));
            match file.persist_noclobber(&path) {
                Ok(_) => return Ok(path),
                Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
                    file = error.file;
                }
                Err(error) => return Err(error.error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    });
    written.await.map_err(io::Error::other)?
}

/// Everything after the first dot is the ending: `Campaign.postman_environment.json`.
fn numbered(name: &Path, number: u32) -> PathBuf {
    if number == 1 {
        return name.to_owned();
    }
    let text = name.to_string_lossy();
    let (stem, ending) = text.split_once('.').unwrap_or((&text, ""));
    format!("{stem} ({number}).{ending}").into()
}

/// A trouble's technical side, a line each.
pub(crate) fn details(profile: &ProfileView, trouble: &TroubleView, version: &str) -> String {
    let technical = &trouble.technical;
    let lines = [
        Some(format!("Glowjar {version}")),
        Some(format!("profile: {}", profile.name)),
        Some(format!("trouble: {} ({})", trouble.headline, trouble.code)),
        Some(format!("endpoint: {}", profile.client.provider.token_endpoint)),
        Some(format!("client id: {}", profile.client.client_id)),
        technical.at.map(|at| format!("at: {}", moment(at))),
        technical.status.map(|status| format!("HTTP status: {status}")),
        technical.error.as_ref().map(|error| format!("error: {error}")),
        technical.description.as_ref().map(|text| format!("description: {text}")),
        technical.request_id.as_ref().map(|id| format!("request id: {id}")),
    ];
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// What belongs into a bug report: versions, what the window shows, and the newest part of the log.
pub(crate) fn diagnostics(snapshot: &Snapshot, now: i64, logs: &Path) -> String {
    let mut text = format!(
        "Glowjar {} on {} {}\nwritten: {}\nsettings: {:?}\n",
        snapshot.version,
        std::env::consts::OS,
        std::env::consts::ARCH,
        moment(now),
        snapshot.settings,
    );
    for banner in &snapshot.banners {
        let _ = writeln!(text, "banner: {} ({:?})", banner.code, banner.level);
    }
    for profile in &snapshot.profiles {
        let _ = writeln!(text, "\nprofile {}: {}", profile.id, profile.name);
        let _ = writeln!(
            text,
            "  {:?}, {:?}, {} ({:?}, {})",
            profile.level,
            profile.phase,
            profile.headline,
            profile.client.provider.preset,
            profile.client.provider.token_endpoint
        );
        let time = |at: Option<i64>| at.map_or_else(|| "-".to_owned(), moment);
        let _ = writeln!(
            text,
            "  valid: {} to {}, next request: {}, sign-in ends: {}",
            time(profile.validity.map(|it| it.issued_at)),
            time(profile.validity.map(|it| it.expires_at)),
            time(profile.next_attempt_at),
            time(profile.sign_in_end.map(|it| it.at))
        );
        if let Some(trouble) = &profile.trouble {
            let _ = writeln!(text, "  trouble: {} {:?}", trouble.code, trouble.technical);
        }
    }
    text.push_str("\nlog:\n");
    text.push_str(&newest(logs).unwrap_or_else(|error| format!("not readable: {error}\n")));
    text
}

/// The end of the newest log file.
fn newest(logs: &Path) -> io::Result<String> {
    let mut files: Vec<PathBuf> = fs::read_dir(logs)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "log"))
        .collect();
    // They are named after their day.
    files.sort();
    let Some(newest) = files.last() else { return Ok(String::new()) };
    let bytes = fs::read(newest)?;
    let start = bytes.len().saturating_sub(MOST_LOG);
    Ok(String::from_utf8_lossy(&bytes[start..]).into_owned())
}

/// RFC 3339, UTC.
fn moment(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at).map_or_else(|_| at.to_string(), |time| time.to_string())
}

const MOST_OF_A_NAME: u32 = 1_000;
/// In bytes. Some thousand lines, and small enough for a mail.
const MOST_LOG: usize = 512 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_takes_no_other_ones_place_and_is_its_owners() {
        let folder = tempfile::tempdir().unwrap();
        let write = || {
            write_new(folder.path().join("new"), "a.postman_environment.json".into(), "x".into())
        };
        let names = [write().await.unwrap(), write().await.unwrap()]
            .map(|path| path.file_name().unwrap().to_string_lossy().into_owned());
        assert_eq!(names, ["a.postman_environment.json", "a (2).postman_environment.json"]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let path = folder.path().join("new/a.postman_environment.json");
            assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}
