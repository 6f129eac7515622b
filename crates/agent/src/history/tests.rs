use super::*;
use crate::handout::Way;
use crate::view::{EntryKind, Language, SpanView};

const DAY: i64 = 24 * 60 * 60 * 1_000;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn in_folder() -> (tempfile::TempDir, HistoryFile) {
    let folder = tempfile::tempdir().unwrap();
    let file = HistoryFile::at(folder.path().join("deep/history.json"));
    (folder, file)
}

fn failed(code: &str) -> Entry {
    Entry::Failed { code: code.to_owned(), detail: Some("503".to_owned()), times: 1 }
}

const PROFILE: ProfileId = ProfileId::new(7);

#[test]
fn what_was_noted_comes_back_after_a_restart() {
    let (_folder, file) = in_folder();
    let mut history = History::open(file.clone());
    history.note(at(DAY), None, Entry::Started);
    history.handed_out(at(DAY + 1), PROFILE, &Caller::over_http("Figma"), "http");
    history.keep();
    let back = History::open(file);
    assert_eq!(back.records, history.records);
    assert_eq!(back.records.len(), 2);
}

#[test]
fn nothing_is_written_before_it_is_due() {
    let (_folder, file) = in_folder();
    let mut history = History::open(file.clone());
    history.note(at(DAY), None, Entry::Started);
    let due = history.deadline().expect("something to write");
    history.on_time(at(due.as_millis() - 1));
    assert!(History::open(file.clone()).records.len() == 0);
    history.on_time(due);
    assert_eq!(History::open(file).records.len(), 1);
    assert_eq!(history.deadline(), None, "and then nothing wakes for it");
}

#[test]
fn f05_a_torn_file_is_an_empty_history() {
    let (_folder, file) = in_folder();
    let mut history = History::open(file.clone());
    history.note(at(DAY), None, Entry::Started);
    history.keep();
    let path = _folder.path().join("deep/history.json");
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    assert!(History::open(file).records.len() == 0);
}

#[test]
fn a_week_and_a_number_of_records_are_the_most_there_is() {
    let (_folder, file) = in_folder();
    let mut history = History::open(file);
    for minute in 0..20_000 {
        history.note(at(minute * 60_000), Some(PROFILE), Entry::Copied);
    }
    assert_eq!(history.records.len(), MOST);
    history.note(at(100 * DAY), Some(PROFILE), Entry::Copied);
    assert_eq!(history.records.len(), 1);
}

#[test]
fn a_night_of_failures_is_one_entry() {
    let (_folder, file) = in_folder();
    let mut history = History::open(file);
    for minute in 0..500 {
        history.note(at(minute * 60_000), Some(PROFILE), failed("server"));
    }
    history.note(at(DAY), Some(PROFILE), failed("dns"));
    let strip = strip(history.of(PROFILE), None, (0, 2 * DAY), "Adobe", Language::En);
    let told: Vec<_> =
        strip.entries.iter().map(|it| (it.headline.as_str(), it.detail.as_deref())).collect();
    assert_eq!(told, [("Adobe has trouble", Some("500×, 503")), ("No network", Some("503"))]);
}

#[test]
fn tokens_that_follow_each_other_are_one_bar_and_a_gap_is_a_gap() {
    let (_folder, file) = in_folder();
    let mut history = History::open(file);
    let grant = |from, to| Entry::Renewed { issued_at: from, expires_at: to };
    history.note(at(0), Some(PROFILE), grant(0, 100));
    history.note(at(90), Some(PROFILE), grant(90, 200));
    history.note(at(300), Some(PROFILE), grant(300, 400));
    history.note(at(350), Some(PROFILE), Entry::Dropped);
    let other = ProfileId::new(8);
    history.note(at(360), Some(other), grant(360, 900));
    let strip = strip(history.of(PROFILE), None, (50, 500), "Adobe", Language::De);
    assert_eq!(strip.validity, [SpanView { from: 50, to: 200 }, SpanView { from: 300, to: 350 }]);
    assert_eq!(strip.entries.iter().map(|it| it.kind).collect::<Vec<_>>(), [EntryKind::Renewed; 2]);
}

#[test]
fn a_script_that_asks_all_the_time_leaves_the_week_in_the_records() {
    let (_folder, file) = in_folder();
    let mut history = History::open(file);
    history.note(at(0), Some(PROFILE), Entry::Renewed { issued_at: 0, expires_at: DAY });
    for second in 0..86_400 {
        history.handed_out(at(second * 1_000), PROFILE, &shell(second as i32), "raw");
        if second % 60 == 0 {
            history.handed_out(at(second * 1_000), PROFILE, &Caller::over_http("Figma"), "http");
        }
    }
    assert_eq!(history.records.len(), 1 + 2 * 144);
    let takers = takers(history.of(PROFILE), 0, Language::En);
    let told: Vec<_> = takers.iter().map(|it| (it.program.name.as_str(), it.today)).collect();
    assert_eq!(told, [("bash", 86_400), ("Figma", 1_440)]);
    assert_eq!((takers[0].pid, takers[0].at), (Some(86_399), 86_399_000), "the last one's");
}

#[test]
fn programs_that_took_tokens_come_latest_first_and_each_once() {
    let (_folder, file) = in_folder();
    let mut history = History::open(file);
    history.handed_out(at(1), PROFILE, &shell(1), "raw");
    history.handed_out(at(2), PROFILE, &shell(2), "header");
    history.handed_out(at(3), PROFILE, &Caller::named("/home/mia/.env", Way::File), "env");
    history.handed_out(at(4), ProfileId::new(8), &Caller::over_http("another profile’s"), "http");
    history.handed_out(at(2 * DAY), PROFILE, &Caller::over_http("Figma"), "http");
    let takers = takers(history.of(PROFILE), DAY, Language::En);
    let told: Vec<_> = takers
        .iter()
        .map(|it| (it.program.name.as_str(), it.program.by_command, it.manner.as_str(), it.today))
        .collect();
    assert_eq!(told, [("Figma", false, "over HTTP", 1), ("bash", true, "as headers", 0)]);
    assert_eq!(takers[1].program.file.as_deref(), Some("/usr/bin/bash"));
}

#[test]
fn a_clock_that_was_set_back_starts_another_record() {
    let (_folder, file) = in_folder();
    let mut history = History::open(file);
    history.handed_out(at(DAY), PROFILE, &shell(1), "raw");
    history.handed_out(at(DAY - 60_000), PROFILE, &shell(1), "raw");
    assert_eq!(history.records.len(), 2);
}

fn shell(pid: i32) -> Caller {
    let sender = Some("/usr/bin/bash".to_owned());
    let program = Program { file: "/usr/bin/glowjar".to_owned(), sender };
    Caller { program, pid: Some(pid), way: Way::Socket }
}

#[test]
fn the_records_of_a_profile_are_found_after_others_were_dropped_and_forgotten() {
    let note = |at, profile: Option<u64>| Record {
        at,
        profile: profile.map(|id| ProfileId::new(id).to_string()),
        entry: Entry::Copied,
    };
    let mut records: Records = [(1, Some(1)), (2, None), (3, Some(2)), (4, Some(1)), (5, Some(2))]
        .map(|(at, profile)| note(at, profile))
        .into_iter()
        .collect();
    let id = |id| Some(ProfileId::new(id).to_string());
    records.prune(4, 0);
    assert_eq!(records.newest_of(&id(1)).map(|record| record.at), Some(4));
    records.prune(9, 3);
    assert_eq!(records.len(), 3);
    assert_eq!(records.newest_of(&None), None);
    records.forget(&id(1));
    assert_eq!(records.newest_of(&id(1)), None);
    records.push(note(6, Some(1)));
    assert_eq!(records.newest_of(&id(1)).map(|record| record.at), Some(6));
    assert_eq!(records.find_recent(&id(2), 3, |_| true).map(|record| record.at), Some(5));
    assert_eq!(records.find_recent(&id(2), 2, |it| it.at < 5).map(|record| record.at), Some(3));
    assert_eq!(records.find_recent(&id(2), 5, |_| true), None);
}
