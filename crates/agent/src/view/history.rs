//! What happened to a profile, for the strip of a day or a week.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct HistoryView {
    #[ts(type = "number")]
    pub from: i64,
    #[ts(type = "number")]
    pub to: i64,
    /// When there was a live token, in order, not overlapping, cut to `from` and `to`.
    pub validity: Vec<SpanView>,
    /// Oldest first.
    pub entries: Vec<EntryView>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct SpanView {
    #[ts(type = "number")]
    pub from: i64,
    #[ts(type = "number")]
    pub to: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct EntryView {
    #[ts(type = "number")]
    pub at: i64,
    pub kind: EntryKind,
    pub headline: String,
    pub detail: Option<String>,
    /// Of hand-outs, how many this stands for.
    pub times: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub enum EntryKind {
    Granted,
    Renewed,
    Failed,
    Recovered,
    Copied,
    HandedOut,
    Refused,
    Paused,
    Resumed,
    Started,
    Ended,
}
