//! What an earlier Glowjar left behind is taken over whole: profiles, secrets, settings, answers, files, programs, history.
//!
//! The files in `earlier_versions/` were written by the version whose commit names their folder, with its own code and the
//! sandbox of that time. Only the paths of that machine were replaced, `{folder}` being the folder of the test.

use std::{fs, path::Path};

use glowjar_agent::{
    ports::Keychain,
    preferences::{Preferences, PreferencesStore},
    request::{Reply, Request},
    view::{Consent, EntryKind, LanguageChoice, Preset, Theme},
};
use serde_json::{Map, Value};

use crate::test_app::TestApp;

/// A data folder and a keychain as that version left them, before the application of today starts.
async fn left_by(version: &str) -> TestApp {
    let office = TestApp::closed(|_| {}).await;
    let kept =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("behaviour/earlier_versions").join(version);
    let folder = office.folder.path().to_str().expect("a path in UTF-8");
    for file in fs::read_dir(&kept).unwrap_or_else(|error| panic!("{}: {error}", kept.display())) {
        let file = file.expect("a folder can be read").path();
        let name = file.file_name().expect("a file has a name").to_str().expect("in UTF-8");
        // In JSON a backslash of Windows is two.
        let folder = match name.ends_with(".json") {
            true => folder.replace('\\', r"\\"),
            false => folder.to_owned(),
        };
        let text = fs::read_to_string(&file).expect("text").replace("{folder}", &folder);
        match name {
            "keychain.json" => {
                let entries: Map<String, Value> = serde_json::from_str(&text).expect("JSON");
                for (entry, value) in entries {
                    let value = value.as_str().expect("text").as_bytes().to_vec();
                    office.keychain.write(&entry, &value.into()).expect("an open keychain");
                }
            }
            "preferences.json" => {
                let file: Value = serde_json::from_str(&text).expect("JSON");
                let preferences: Preferences =
                    serde_json::from_value(file["preferences"].clone()).expect("preferences");
                office.preferences.save(&preferences);
            }
            name => fs::write(office.folder.path().join(name), text).expect("a writable folder"),
        }
    }
    office
}

const FIRST: &str = "8934f5f0a51fbffa";
const SECOND: &str = "6dd044292ff31ae1";

async fn assert_that_nothing_is_lost(office: &TestApp) {
    let snapshot = office
        .snapshot_when("a live token", |it| it.profiles.len() == 3 && it.profiles[1].can_copy)
        .await;
    let names: Vec<_> = snapshot.profiles.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["Own server", "Campaign «Frühling»", "Paused"]);
    assert_eq!(snapshot.default_profile.as_deref(), Some(SECOND));
    assert_eq!(snapshot.banners, [], "nothing was kept aside or could not be read");

    let choices = &snapshot.settings.choices;
    assert_eq!((choices.theme, choices.language), (Theme::Dark, LanguageChoice::De));
    assert_eq!(choices.clear_clipboard_after_seconds, 77);
    assert_eq!(choices.lock_after_minutes, Some(15));

    let Reply::Draft { draft } = office.ask(Request::DraftOf { profile: SECOND.to_owned() }).await
    else {
        panic!("no form");
    };
    assert_eq!((draft.preset, draft.renew_early_minutes), (Preset::Custom, Some(7)));
    assert_eq!(draft.token_endpoint, "http://127.0.0.1:9/oauth/token");
    assert!(draft.has_client_secret && draft.has_standby_secret && draft.has_refresh_token);

    let Reply::Programs { programs } =
        office.ask(Request::Programs { profile: FIRST.to_owned() }).await
    else {
        panic!("no programs");
    };
    assert!(programs.asks_first);
    assert_eq!(programs.sinks.len(), 1);
    let mut takers = programs.takers.iter().filter_map(|it| it.program.file.as_deref());
    assert!(takers.any(|file| file == "/usr/bin/python3.11"), "{:?}", programs.takers);

    let Reply::History { history } =
        office.ask(Request::History { profile: FIRST.to_owned(), since: 0 }).await
    else {
        panic!("no history");
    };
    assert!(history.entries.iter().any(|it| it.kind == EntryKind::Copied), "{history:?}");
}

#[tokio::test]
async fn everything_that_an_earlier_version_kept_is_there_and_stays_there() {
    let mut office = left_by("b75c3b8").await;
    let keychain = office.keychain.contents();
    office.start();
    assert_that_nothing_is_lost(&office).await;
    // Its token is live, so none was asked for. (The sandbox of today does not know it, and says so a little later.)
    let token = fs::read_to_string(office.folder.path().join("kept.env")).expect("the kept file");
    let token = token.split_once('=').expect("a line of an .env file").1.trim();
    assert!(keychain.contains(token));

    // Written anew by the version of today, and read by it again.
    let renamed = Request::Rename { profile: SECOND.to_owned(), name: "Own server".to_owned() };
    assert_eq!(office.ask(renamed).await, Reply::Done);
    office.restart().await;
    assert_that_nothing_is_lost(&office).await;
}

#[tokio::test]
async fn an_answer_of_an_earlier_version_holds_without_an_end() {
    let mut office = left_by("b75c3b8").await;
    office.start();
    let Reply::Permissions { permissions } = office.ask(Request::Permissions).await else {
        panic!("no answers");
    };
    let answers: Vec<_> = permissions
        .permissions
        .iter()
        .map(|it| (it.profile_name.as_str(), it.consent, it.since, it.until))
        .collect();
    assert_eq!(answers, [("Campaign «Frühling»", Consent::Always, None, None)]);
}
