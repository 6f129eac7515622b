//! Other programs' way in: the socket, who is at the other end, and the conversation with them.

pub(crate) mod accepting;
mod caller;
mod conversation;
pub mod http;
mod importing;
#[cfg(windows)]
mod pipe;
mod program;
mod record;
mod signing_in;
#[cfg(unix)]
mod socket;
pub(crate) mod status;

use std::{io, path::Path};

use glowjar_ims::AccessToken;
use glowjar_lifecycle::time::Timestamp;
use glowjar_protocol::message::{Answer, Reason, Refusal};
use sha2::{Digest, Sha256};

use crate::{
    json_file,
    view::{ProfileView, Snapshot},
};

#[cfg(unix)]
pub(crate) use accepting::Accepting;
pub use caller::{Caller, Way};
pub use glowjar_protocol::address::Running;
#[cfg(unix)]
pub use glowjar_protocol::address::folder;
pub(crate) use http::Counted;
#[cfg(windows)]
pub use pipe::{ListenError, Listener};
pub use program::Program;
pub(crate) use record::Record;
#[cfg(unix)]
pub use socket::{ListenError, Listener};
#[cfg(unix)]
pub(crate) use socket::{own_socket, same_user};

/// Names a token without giving it away: the first 12 hexadecimal digits of its SHA-256. Nobody can guess a token from
/// 48 bits, and two tokens that live at the same time don't share them.
pub(crate) fn fingerprint(token: &AccessToken) -> String {
    fingerprint_of(token.expose())
}

/// As [`fingerprint`], of a token that somebody else has.
pub(crate) fn fingerprint_of(token: &str) -> String {
    let hash = Sha256::digest(token.as_bytes());
    hash.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

/// Whole seconds since the Unix epoch, rounded down: a token never seems to live longer than it does.
pub(crate) const fn seconds(at: Timestamp) -> i64 {
    at.as_millis().div_euclid(1_000)
}

/// In UTC. Empty for a year that RFC 3339 can't write.
pub(crate) fn rfc3339(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map(|at| at.to_string()).unwrap_or_default()
}

/// Says in the data folder where this application listens, for this user's other sessions.
///
/// # Errors
/// The folder can't be written to.
pub fn announce(data_folder: &Path, running: &Running) -> io::Result<()> {
    json_file::replace(&Running::file(data_folder), running)
}

/// The id of the profile that a program calls by its name or id.
pub(crate) fn profile_id(snapshot: &Snapshot, wanted: &str) -> Option<String> {
    let wanted = wanted.trim();
    let is_meant = |profile: &&ProfileView| {
        profile.id == wanted || profile.name.to_lowercase() == wanted.to_lowercase()
    };
    snapshot.profiles.iter().find(is_meant).map(|profile| profile.id.clone())
}

/// The answer about a profile that was removed meanwhile.
pub(crate) fn gone() -> Answer {
    refused(Reason::Failed, "unknown_profile", "This profile is gone", "It was removed meanwhile.")
}

pub(crate) fn refused(reason: Reason, code: &str, message: &str, advice: &str) -> Answer {
    Answer::Failed(refusal(reason, code, message, advice))
}

pub(crate) fn refusal(reason: Reason, code: &str, message: &str, advice: &str) -> Refusal {
    Refusal {
        code: code.to_owned(),
        reason,
        message: message.to_owned(),
        advice: advice.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_what_sha256sum_says() {
        let token = AccessToken::parse("abc").expect("a token");
        assert_eq!(fingerprint(&token), "ba7816bf8f01");
    }

    #[test]
    fn f12_the_end_of_a_token_is_told_in_utc() {
        assert_eq!(rfc3339(1_893_499_200), "2030-01-01T12:00:00Z");
        assert_eq!(seconds(Timestamp::from_millis(1_999)), 1);
        assert_eq!(rfc3339(i64::MAX), "");
    }
}
