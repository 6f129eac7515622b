//! What a leader and a follower say to each other: frames as in [`glowjar_protocol::frame`]. Both are processes of one
//! user, and here requests with typed secrets and copied tokens go through a socket, so nothing of it is ever logged.

use std::{
    io::{self, Read, Write},
    path::PathBuf,
};

use glowjar_protocol::frame::{self, FrameError, HEADER};
use secrecy::{SecretString, zeroize::Zeroizing};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    localization::Message,
    notices::Notice,
    request::{Reply, Request},
    tray::{Click, TrayView},
    view::{Language, Snapshot},
};

/// The first frame, from the follower. Its shape never changes, so that every version can tell that another differs.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Hello {
    /// The application's version. The rest is understood only by the same.
    pub version: String,
    /// Names the display. A second start on the leader's own display is no other session.
    pub display: String,
}

/// The answer to [`Hello`].
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Welcome {
    pub version: String,
    /// The leader has shown its window on this very display, and nobody is needed to follow it there.
    pub same_display: bool,
}

/// From the follower.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum ToLeader {
    Ask { id: u64, request: Box<Request> },
    Click(Click),
    Carried { order: u64, outcome: Result<bool, NotCarried> },
}

/// Why an order was not carried out.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum NotCarried {
    /// It may be yet.
    Slow,
    /// In the system's words.
    Failed(String),
}

/// From the leader.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum ToFollower {
    Snapshot(Box<Snapshot>),
    Tray(TrayView),
    Reply { id: u64, reply: Box<Reply> },
    Raise(Notice),
    Withdraw(String),
    Shortcut(Option<String>),
    Order { order: u64, what: Order },
}

/// What is to happen on the follower's desktop.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Order {
    Copy(#[serde(serialize_with = "crate::request::secret")] SecretString),
    ClearClipboard,
    OpenUrl(String),
    OpenFolder(PathBuf),
    OpenClockSettings,
    ShowWindow,
    Quit,
}

pub(super) fn write<T: Serialize>(to: &mut impl Write, message: &T) -> Result<(), FrameError> {
    let bytes = Zeroizing::new(frame::frame(message, LONGEST)?);
    to.write_all(&bytes)?;
    Ok(to.flush()?)
}

pub(super) fn read<T: DeserializeOwned>(from: &mut impl Read) -> Result<T, FrameError> {
    let mut header = [0; HEADER];
    from.read_exact(&mut header)?;
    let mut body = Zeroizing::new(vec![0; frame::length(header, LONGEST)?]);
    from.read_exact(&mut body)?;
    // The parser's own words would quote what it stumbled over, and that may be a secret.
    serde_json::from_slice(&body)
        .map_err(|_| FrameError::Io(io::Error::from(io::ErrorKind::InvalidData)))
}

/// The answer while there is no leader to ask.
pub(super) fn not_linked(language: Language) -> Reply {
    let Message { headline, advice, .. } = language.tell("failed-not_linked", &[]);
    Reply::Failed { code: "not_linked".to_owned(), message: headline, advice, cause: None }
}

/// Bytes of JSON: as much as the window may send (a pasted megabyte, each character of which JSON may write as six).
const LONGEST: usize = 8 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;
    use crate::{draft, request::Draft};

    #[test]
    fn f43_debug_of_what_sessions_say_hides_every_secret() {
        let draft = Draft {
            client_secret: Some("hunter2-typed".into()),
            standby_secret: Some("hunter2-typed".into()),
            refresh_token: Some("hunter2-typed".into()),
            ..draft::tests::draft()
        };
        let saves = Request::SaveProfile { profile: None, draft, understood: None, anyway: None };
        let reads = Request::Understand { text: "hunter2-pasted".into(), api: None };
        let replaces =
            Request::ReplaceSecret { profile: "7".to_owned(), text: "hunter2-new".into() };
        let said = format!(
            "{:?} {:?} {:?} {:?}",
            ToLeader::Ask { id: 3, request: Box::new(replaces) },
            ToLeader::Ask { id: 1, request: Box::new(saves) },
            ToLeader::Ask { id: 2, request: Box::new(reads) },
            ToFollower::Order { order: 1, what: Order::Copy("hunter2-token".into()) },
        );
        assert!(!said.contains("hunter2"), "{said}");
    }

    #[test]
    fn f43_a_request_arrives_with_the_secrets_that_were_typed() {
        let draft = Draft {
            client_secret: Some("typed".into()),
            standby_secret: None,
            refresh_token: Some(String::new().into()),
            ..draft::tests::draft()
        };
        let request = Request::SaveProfile {
            profile: Some("7".to_owned()),
            draft,
            understood: None,
            anyway: None,
        };
        let mut wire = Vec::new();
        write(&mut wire, &ToLeader::Ask { id: 7, request: Box::new(request) }).expect("written");
        let read = read::<ToLeader>(&mut wire.as_slice()).expect("read");
        let ToLeader::Ask { id: 7, request } = read else { panic!("{read:?}") };
        let Request::SaveProfile { draft, .. } = *request else {
            panic!("another request came out");
        };
        let exposed = |secret: &Option<SecretString>| {
            secret.as_ref().map(|secret| secret.expose_secret().to_owned())
        };
        assert_eq!(exposed(&draft.client_secret).as_deref(), Some("typed"));
        assert_eq!(exposed(&draft.standby_secret), None);
        assert_eq!(exposed(&draft.refresh_token).as_deref(), Some(""));
    }

    #[test]
    fn f43_what_cannot_be_read_is_not_quoted() {
        let text = br#"{"Order":{"order":1,"what":{"Copy":["hunter2"]}}}"#;
        let mut wire = u32::try_from(text.len()).expect("short").to_be_bytes().to_vec();
        wire.extend(text);
        let error = read::<ToFollower>(&mut wire.as_slice()).expect_err("no message");
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}
