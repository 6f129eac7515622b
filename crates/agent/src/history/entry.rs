//! What is written down of something that happened.

use glowjar_lifecycle::validity::Validity;
use serde::{Deserialize, Serialize};

use crate::handout::{Program, Way};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Entry {
    /// The first token.
    Granted {
        issued_at: i64,
        expires_at: i64,
    },
    Renewed {
        issued_at: i64,
        expires_at: i64,
    },
    /// A request failed, or several in a row for the same reason. `code` is that of
    /// [`TroubleView`](crate::view::TroubleView); `detail` was redacted where it came from.
    Failed {
        code: String,
        detail: Option<String>,
        times: u32,
    },
    Recovered,
    Copied,
    /// A token went to another program, or several in a short time. `pid` is that of the last, which was at `last`.
    HandedOut {
        program: Program,
        pid: Option<i32>,
        way: Way,
        format: String,
        times: u32,
        last: i64,
    },
    /// A person does not let this program have tokens, and it asked.
    Refused {
        program: Program,
    },
    Paused,
    Resumed,
    /// Glowjar itself, so for all profiles.
    Started,
    Ended,
    /// The token was dropped, since the profile is somebody else now. Ends its bar and is not shown.
    Dropped,
}

impl Entry {
    pub(crate) fn granted(is_first: bool, validity: Validity) -> Self {
        let (issued_at, expires_at) =
            (validity.issued_at.as_millis(), validity.expires_at.as_millis());
        if is_first {
            Self::Granted { issued_at, expires_at }
        } else {
            Self::Renewed { issued_at, expires_at }
        }
    }
}

/// An [`Entry`], when, and to whom; to all if `profile` is absent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    pub entry: Entry,
}
