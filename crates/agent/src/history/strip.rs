//! From records to the strip that a person sees.

use super::{
    Entry, Record,
    takers::{called, manner},
};
use crate::handout::Way;
use crate::view::{EntryKind, EntryView, HistoryView, Language, SpanView};

/// `current` is the token in use, whose grant may be older than the records.
pub(crate) fn strip<'a>(
    records: impl Iterator<Item = &'a Record>,
    current: Option<SpanView>,
    (from, to): (i64, i64),
    provider: &str,
    language: Language,
) -> HistoryView {
    let mut spans: Vec<SpanView> = Vec::new();
    let mut entries = Vec::new();
    for record in records {
        match &record.entry {
            Entry::Granted { issued_at, expires_at } | Entry::Renewed { issued_at, expires_at } => {
                spans.push(SpanView { from: *issued_at, to: *expires_at });
            }
            Entry::Dropped => spans.iter_mut().for_each(|span| span.to = span.to.min(record.at)),
            _ => {}
        }
        if (from..=to).contains(&record.at) {
            entries.extend(shown(record, provider, language));
        }
    }
    spans.extend(current);
    HistoryView { from, to, validity: joined(spans, from, to), entries }
}

fn joined(mut spans: Vec<SpanView>, from: i64, to: i64) -> Vec<SpanView> {
    spans.sort_by_key(|span| span.from);
    let mut joined: Vec<SpanView> = Vec::new();
    for span in spans {
        let span = SpanView { from: span.from.max(from), to: span.to.min(to) };
        if span.from >= span.to {
            continue;
        }
        match joined.last_mut() {
            Some(last) if span.from <= last.to => last.to = last.to.max(span.to),
            _ => joined.push(span),
        }
    }
    joined
}

fn shown(record: &Record, provider: &str, language: Language) -> Option<EntryView> {
    let (kind, headline, detail) = match &record.entry {
        Entry::Granted { .. } => (EntryKind::Granted, language.say("history-granted"), None),
        Entry::Renewed { .. } => (EntryKind::Renewed, language.say("history-renewed"), None),
        Entry::Failed { code, detail, times } => {
            let headline = language.say_with(&format!("trouble-{code}"), &[("provider", provider)]);
            let times = (*times > 1).then(|| format!("{times}×"));
            let detail = [times, detail.clone()].into_iter().flatten().collect::<Vec<_>>();
            (EntryKind::Failed, headline, (!detail.is_empty()).then(|| detail.join(", ")))
        }
        Entry::Recovered => (EntryKind::Recovered, language.say("history-recovered"), None),
        Entry::Copied => (EntryKind::Copied, language.say("history-copied"), None),
        Entry::HandedOut { program, way, format, times, .. } => {
            let headline = match way {
                Way::Socket | Way::Http => "history-handed_out",
                Way::File => "history-written",
                Way::Hook => "history-run",
            };
            let headline = language.say_with(headline, &[("program", &called(program, language))]);
            let times = (*times > 1).then(|| format!("{times}×"));
            let detail = [times, Some(manner(*way, format, language))].into_iter().flatten();
            (EntryKind::HandedOut, headline, Some(detail.collect::<Vec<_>>().join(", ")))
        }
        Entry::Refused { program } => {
            let headline =
                language.say_with("history-refused", &[("program", &called(program, language))]);
            (EntryKind::Refused, headline, None)
        }
        Entry::Paused => (EntryKind::Paused, language.say("history-paused"), None),
        Entry::Resumed => (EntryKind::Resumed, language.say("history-resumed"), None),
        Entry::Started => (EntryKind::Started, language.say("history-started"), None),
        Entry::Ended => (EntryKind::Ended, language.say("history-ended"), None),
        Entry::Dropped => return None,
    };
    let times = match &record.entry {
        Entry::HandedOut { times, .. } => *times,
        _ => 1,
    };
    Some(EntryView { at: record.at, kind, headline, detail, times })
}
