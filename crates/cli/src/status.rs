//! `status` and `profiles`.

use std::{
    io::{self, IsTerminal, Write},
    time::Duration,
};

use glowjar_protocol::{
    client::ClientError,
    message::{Answer, Ask, ManagedStatus, ProfileStatus, StatusAnswer},
};

use crate::{
    arguments::{ConnectArgs, StatusArgs},
    launch,
    outcome::Trouble,
    tokens::unexpected,
};

pub fn print(args: &StatusArgs) -> Result<(), Trouble> {
    if args.check {
        return check(args);
    }
    let mut client = launch::connect(&args.connection)?;
    client.send(if args.watch { Ask::Watch } else { Ask::Status })?;
    let patience = (!args.watch).then_some(PATIENCE);
    let mut is_first = true;
    loop {
        let answer = match client.receive(patience) {
            Err(ClientError::NotRunning) => return Err(Trouble::EndedMeanwhile),
            answer => answer?,
        };
        let Answer::Status(status) = answer else { return Err(unexpected(answer)) };
        let mut out = io::stdout().lock();
        let managed = args.managed.then(|| status.managed.as_deref().ok_or(Trouble::OffTopic));
        if args.json {
            match managed.transpose()? {
                Some(managed) => serde_json::to_writer(&mut out, managed),
                None => serde_json::to_writer(&mut out, &status),
            }
            .map_err(io::Error::from)?;
            out.write_all(b"\n")?;
        } else if let Some(managed) = managed.transpose()? {
            out.write_all(managed_table(managed).as_bytes())?;
        } else {
            if !is_first {
                out.write_all(b"\n")?;
            }
            // https://no-color.org
            let coloured = out.is_terminal() && std::env::var_os("NO_COLOR").is_none();
            out.write_all(table(&status, coloured).as_bytes())?;
        }
        out.flush()?;
        is_first = false;
        if !args.watch {
            return Ok(());
        }
    }
}

/// For monitoring, which reads the first line and the exit code.
fn check(args: &StatusArgs) -> Result<(), Trouble> {
    let answer = launch::connect(&args.connection)?.ask(Ask::Status, PATIENCE)?;
    let Answer::Status(status) = answer else { return Err(unexpected(answer)) };
    let (words, outcome) = checked(&status);
    let mut out = io::stdout().lock();
    out.write_all(words.as_bytes())?;
    out.flush()?;
    outcome
}

fn checked(status: &StatusAnswer) -> (String, Result<(), Trouble>) {
    let wanted: Vec<_> = status.profiles.iter().filter(|profile| profile.level != "off").collect();
    let near =
        |profile: &ProfileStatus| profile.person.sign_in_end.as_ref().is_some_and(|end| end.near);
    let is_well =
        |profile: &&&ProfileStatus| profile.live && !profile.person.is_needed && !near(profile);
    let unwell: Vec<_> = wanted.iter().filter(|profile| !is_well(profile)).collect();
    if status.profiles.is_empty() {
        let words = "There is no profile yet: run `glowjar open` and add one.\n".to_owned();
        return (words, Err(Trouble::NotWell { person_needed: true }));
    }
    if unwell.is_empty() {
        let paused = status.profiles.len() - wanted.len();
        let words = format!("Profiles with a live token: {}, paused: {paused}\n", wanted.len());
        return (words, Ok(()));
    }
    let person_needed = unwell.iter().any(|profile| profile.person.is_needed || near(profile));
    let lines = unwell.iter().map(|profile| {
        let advice = match profile.advice.as_str() {
            "" => sign_in_by(profile),
            advice => format!(". {advice}"),
        };
        format!("{}: {}{advice}\n", profile.profile, profile.headline)
    });
    (lines.collect(), Err(Trouble::NotWell { person_needed }))
}

/// Only while that is near.
fn sign_in_by(profile: &ProfileStatus) -> String {
    let near = profile.person.sign_in_end.as_ref().filter(|end| end.near);
    near.map(|end| {
        let doubt = if end.assumed { "probably " } else { "" };
        format!("; {doubt}sign in again by {}", end.at_rfc3339)
    })
    .unwrap_or_default()
}

pub fn list(connection: &ConnectArgs) -> Result<(), Trouble> {
    let answer = launch::connect(connection)?.ask(Ask::Status, PATIENCE)?;
    let Answer::Status(status) = answer else { return Err(unexpected(answer)) };
    let mut out = io::stdout().lock();
    status.profiles.iter().try_for_each(|profile| writeln!(out, "{}", profile.profile))?;
    Ok(())
}

fn table(status: &StatusAnswer, coloured: bool) -> String {
    let troubles: String = status
        .troubles
        .iter()
        .map(|trouble| format!("! {}. {}\n", trouble.headline, trouble.advice))
        .collect();
    if status.profiles.is_empty() {
        return format!("There is no profile yet: run `glowjar open` and add one.\n{troubles}");
    }
    let webhook =
        status.webhook.iter().map(|server| format!("Told when a person is needed: {server}\n"));
    let widest = status.profiles.iter().map(|profile| profile.profile.chars().count()).max();
    let rows = status.profiles.iter().map(|profile| row(profile, widest.unwrap_or(0), coloured));
    rows.chain([troubles]).chain(webhook).collect()
}

fn managed_table(managed: &ManagedStatus) -> String {
    let ManagedStatus { source, settings, ignored } = managed;
    if settings.is_empty() && ignored.is_empty() {
        return format!("Nothing is set for this computer in {source}.\n");
    }
    let names = settings.iter().map(|it| &it.key).chain(ignored.iter().map(|it| &it.key));
    let width = names.map(|name| name.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    if !settings.is_empty() {
        text += &format!("Set in {source}:\n");
        for setting in settings {
            let value = match setting.value.as_str() {
                Some(value) => value.to_owned(),
                None => setting.value.to_string(),
            };
            text += &format!("  {:width$}  {value}\n", setting.key);
        }
    }
    if !ignored.is_empty() {
        text += &format!("Without effect in {source}:\n");
        for it in ignored {
            let name =
                if it.key.is_empty() { String::new() } else { format!("{:width$}  ", it.key) };
            text += &format!("  {name}{}\n", it.message);
        }
    }
    text
}

fn row(profile: &ProfileStatus, width: usize, coloured: bool) -> String {
    let headline = match (coloured, colour(&profile.level)) {
        (true, Some(colour)) => format!("\u{1b}[{colour}m{}\u{1b}[0m", profile.headline),
        _ => profile.headline.clone(),
    };
    let ends = match (&profile.expires_at_rfc3339, profile.expires_in) {
        (Some(at), Some(left)) if profile.live => format!("  until {at} ({})", left_in_words(left)),
        (Some(at), _) => format!("  ended {at}"),
        (None, _) => String::new(),
    };
    let fingerprint = profile.fingerprint.iter().map(|print| format!("  {print}"));
    let fingerprint: String = fingerprint.collect();
    let advice = match profile.advice.as_str() {
        "" => String::new(),
        advice => format!("{:width$}  {advice}\n", ""),
    };
    let sign_in = sign_in_by(profile);
    format!("{:width$}  {headline}{ends}{sign_in}{fingerprint}\n{advice}", profile.profile)
}

fn colour(level: &str) -> Option<&'static str> {
    match level {
        "fresh" => Some("32"),
        "busy" => Some("36"),
        "soon" => Some("33"),
        "attention" => Some("31"),
        _ => None,
    }
}

fn left_in_words(seconds: u64) -> String {
    match (seconds / 3_600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s left"),
        (0, minutes, _) => format!("{minutes} min left"),
        (hours, minutes, _) => format!("{hours} h {minutes} min left"),
    }
}

/// The application knows this by heart.
const PATIENCE: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use glowjar_protocol::message::{
        GeneralTrouble, IgnoredSetting, ManagedSetting, PersonStatus, SignInEndStatus,
    };

    use super::*;

    fn nothing() -> StatusAnswer {
        StatusAnswer {
            app_version: String::new(),
            profiles: vec![],
            troubles: vec![],
            webhook: None,
            managed: None,
        }
    }

    #[test]
    fn what_the_studio_set_is_listed_with_its_place_and_what_has_no_effect_with_its_reason() {
        let setting = |key: &str, value| ManagedSetting {
            key: key.to_owned(),
            value: serde_json::json!(value),
        };
        let source = "/etc/glowjar/managed.json".to_owned();
        let nothing = ManagedStatus { source: source.clone(), ..ManagedStatus::default() };
        assert_eq!(
            managed_table(&nothing),
            "Nothing is set for this computer in /etc/glowjar/managed.json.\n"
        );
        let unknown = IgnoredSetting {
            key: "colour".to_owned(),
            code: "unknown_key".to_owned(),
            message: "No such setting.".to_owned(),
        };
        let both = ManagedStatus {
            source,
            settings: vec![setting("proxy", "direct")],
            ignored: vec![unknown.clone(), IgnoredSetting { key: String::new(), ..unknown }],
        };
        assert_eq!(
            managed_table(&both),
            "Set in /etc/glowjar/managed.json:\n  proxy   direct\n\
             Without effect in /etc/glowjar/managed.json:\n  colour  No such setting.\n  No such setting.\n"
        );
    }

    fn profile(live: bool) -> ProfileStatus {
        ProfileStatus {
            profile: "Ünï".to_owned(),
            id: "00".to_owned(),
            provider: "Adobe".to_owned(),
            client_id: "id".to_owned(),
            family: None,
            level: if live { "fresh" } else { "attention" }.to_owned(),
            headline: if live { "Live" } else { "The client secret was rejected" }.to_owned(),
            advice: if live { "" } else { "Ask your admin." }.to_owned(),
            live,
            expires_at: Some(1_893_499_200),
            expires_at_rfc3339: Some("2030-01-01T12:00:00Z".to_owned()),
            expires_in: Some(3_720),
            fingerprint: Some("0123456789ab".to_owned()),
            rejected: false,
            person: PersonStatus { is_needed: !live, sign_in_end: None },
        }
    }

    #[test]
    fn a_row_says_how_long_the_token_lives_and_what_to_do() {
        assert_eq!(
            row(&profile(true), 5, false),
            "Ünï    Live  until 2030-01-01T12:00:00Z (1 h 2 min left)  0123456789ab\n"
        );
        assert_eq!(
            row(&profile(false), 3, false),
            "Ünï  The client secret was rejected  ended 2030-01-01T12:00:00Z  0123456789ab\n     Ask your admin.\n"
        );
    }

    #[test]
    fn f45_trouble_of_no_profile_comes_last_and_also_without_any_profile() {
        let trouble = GeneralTrouble {
            code: "no_log".to_owned(),
            headline: "No log is written".to_owned(),
            advice: "/var/log can’t be written to.".to_owned(),
        };
        let line = "! No log is written. /var/log can’t be written to.\n";
        for profiles in [vec![], vec![profile(true)]] {
            let troubles = vec![trouble.clone()];
            let status =
                StatusAnswer { app_version: "1".to_owned(), profiles, troubles, ..nothing() };
            assert!(table(&status, false).ends_with(line), "{}", table(&status, false));
        }
    }

    #[test]
    fn a_check_tells_in_its_exit_code_whether_a_person_is_needed() {
        let check = |profiles: Vec<ProfileStatus>| {
            let status = StatusAnswer { app_version: "1".to_owned(), profiles, ..nothing() };
            let (words, outcome) = checked(&status);
            let needed = outcome.err().map(|trouble| match trouble {
                Trouble::NotWell { person_needed } => person_needed,
                other => panic!("{other:?}"),
            });
            (words, needed)
        };
        let paused = ProfileStatus { level: "off".to_owned(), live: false, ..profile(false) };
        let paused = ProfileStatus { person: PersonStatus::default(), ..paused };
        let trying = ProfileStatus { headline: "No network".to_owned(), ..paused.clone() };
        let trying = ProfileStatus { level: "attention".to_owned(), ..trying };
        let end = SignInEndStatus {
            at: 1,
            at_rfc3339: "2030-01-03T12:00:00Z".to_owned(),
            assumed: false,
            near: true,
        };
        let person = PersonStatus { is_needed: false, sign_in_end: Some(end) };
        let ending = ProfileStatus { person, ..profile(true) };
        let (words, needed) = check(vec![profile(true), paused]);
        assert_eq!((&*words, needed), ("Profiles with a live token: 1, paused: 1\n", None));
        let (words, needed) = check(vec![profile(true), trying.clone()]);
        assert_eq!((&*words, needed), ("Ünï: No network. Ask your admin.\n", Some(false)));
        let (words, needed) = check(vec![trying, profile(false)]);
        assert_eq!((words.lines().count(), needed), (2, Some(true)));
        let (words, needed) = check(vec![ending]);
        let expected = "Ünï: Live; sign in again by 2030-01-03T12:00:00Z\n";
        assert_eq!((&*words, needed), (expected, Some(true)));
        assert_eq!(check(vec![]).1, Some(true));
    }

    #[test]
    fn colours_are_for_terminals_alone() {
        assert!(!row(&profile(true), 3, false).contains('\u{1b}'));
        assert!(row(&profile(true), 3, true).contains("\u{1b}[32mLive\u{1b}[0m"));
    }
}
