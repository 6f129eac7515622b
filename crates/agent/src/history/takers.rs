//! From records to who took tokens.

use std::collections::BTreeMap;

use super::{Entry, Record};
use crate::{
    handout::{Program, Way},
    view::{Language, ProgramView, TakerView},
};

/// Programs that asked, the latest first. `day` is when the last 24 hours began.
pub(crate) fn takers<'a>(
    records: impl Iterator<Item = &'a Record>,
    day: i64,
    language: Language,
) -> Vec<TakerView> {
    let mut found: BTreeMap<(&Program, Way), TakerView> = BTreeMap::new();
    for record in records {
        let Entry::HandedOut { program, pid, way, format, times, last } = &record.entry else {
            continue;
        };
        if matches!(way, Way::File | Way::Hook) {
            continue;
        }
        let today = if *last >= day { *times } else { 0 };
        let taker = found.entry((program, *way)).or_insert_with(|| TakerView {
            program: ProgramView::of(program),
            pid: None,
            at: *last,
            manner: String::new(),
            today: 0,
        });
        taker.today = taker.today.saturating_add(today);
        if *last >= taker.at {
            (taker.at, taker.pid) = (*last, *pid);
            taker.manner = manner(*way, format, language);
        }
    }
    let mut takers: Vec<_> = found.into_values().collect();
    takers.sort_by_key(|taker| std::cmp::Reverse(taker.at));
    takers.truncate(MOST);
    takers
}

/// When this program took a token this way last, milliseconds since the Unix epoch.
pub(crate) fn last_taken<'a>(
    records: impl Iterator<Item = &'a Record>,
    taker: &Program,
    by: Way,
) -> Option<i64> {
    let taken = records.filter_map(|record| match &record.entry {
        Entry::HandedOut { program, way, last, .. } if program == taker && *way == by => {
            Some(*last)
        }
        _ => None,
    });
    taken.max()
}

/// A program's name in a sentence.
pub(crate) fn called(program: &Program, language: Language) -> String {
    match program.name() {
        "" => language.say("program-unnamed"),
        name => name.to_owned(),
    }
}

/// How it got the token, in a few words that end a sentence. A program may say what it likes of itself.
pub(crate) fn manner(way: Way, format: &str, language: Language) -> String {
    let known = match (way, format) {
        (Way::Http, _) => "manner-http",
        (Way::Hook, _) => "manner-hook",
        (Way::File, _) => "manner-file",
        (Way::Socket, "" | "raw") => "manner-raw",
        (Way::Socket, "bearer") => "manner-bearer",
        (Way::Socket, "header") => "manner-header",
        (Way::Socket, "json" | "credential-process") => "manner-json",
        (Way::Socket, "env") => "manner-env",
        (Way::Socket, "curl") => "manner-curl",
        (Way::Socket, "exec") => "manner-exec",
        (Way::Socket, own) => return language.say_with("manner-own", &[("format", own)]),
    };
    language.say(known)
}

/// More than a person reads, and what a window shows in no time.
const MOST: usize = 50;
