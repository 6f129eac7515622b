//! Who takes notifications: a recorder on the real bus, or the real dunst.

use std::{collections::HashMap, sync::Arc, time::Duration};

use anyhow::{Context, Result, ensure};
use tokio::sync::watch;
use zbus::{
    Connection, connection::Builder, interface, object_server::SignalEmitter, zvariant::OwnedValue,
};

use crate::{
    bus::{Bus, wait_for_name},
    process::Process,
    session::Surroundings,
    timeouts::{PATIENCE, within},
};

/// Who owns `org.freedesktop.Notifications`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeTaker {
    /// Keeps everything for [`Notices`] to look at, shows nothing.
    Recorder,
    /// dunst, which shows them; nothing is kept.
    Dunst,
    /// Nobody: notifying fails.
    Nobody,
}

/// One call of `Notify`.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// Given by the recorder; a notice that replaces another has the other's.
    pub id: u32,
    pub app: String,
    pub replaces: u32,
    pub icon: String,
    pub summary: String,
    /// With its markup, as it was sent.
    pub body: String,
    /// Key and label of each button.
    pub actions: Vec<(String, String)>,
    /// 0 low, 1 normal, 2 critical (Desktop Notifications Specification, "Urgency Levels").
    pub urgency: Option<u8>,
    /// Milliseconds; -1 leaves it to the desktop, 0 never ends.
    pub timeout: i32,
    /// Whether it has left the screen: withdrawn, replaced, dismissed or acted upon.
    pub gone: Option<Gone>,
}

/// Why a notice is no longer there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone {
    Replaced,
    Dismissed,
    Withdrawn,
}

/// The notices of one desktop, oldest first.
#[derive(Debug)]
pub struct Notices {
    kept: Arc<watch::Sender<Vec<Notice>>>,
    recorder: Option<Connection>,
    _dunst: Option<Process>,
}

impl Notices {
    pub(crate) async fn start(
        surroundings: &Surroundings,
        bus: &Bus,
        taker: NoticeTaker,
    ) -> Result<Self> {
        let kept = Arc::new(watch::Sender::new(Vec::new()));
        let (mut recorder, mut dunst) = (None, None);
        match taker {
            NoticeTaker::Nobody => {}
            NoticeTaker::Recorder => {
                let builder = Builder::address(bus.address())?
                    .serve_at(PATH, Recorder { kept: kept.clone() })?
                    .name(NAME)?;
                recorder = Some(builder.build().await?);
            }
            NoticeTaker::Dunst => {
                dunst = Some(Process::start(surroundings.command("dunst"))?);
                wait_for_name(bus.connection(), NAME, true, PATIENCE).await?;
            }
        }
        Ok(Self { kept, recorder, _dunst: dunst })
    }

    /// Every notice so far, also those that are gone.
    #[must_use]
    pub fn all(&self) -> Vec<Notice> {
        self.kept.borrow().clone()
    }

    /// What a person would see right now.
    #[must_use]
    pub fn shown(&self) -> Vec<Notice> {
        self.kept.borrow().iter().filter(|notice| notice.gone.is_none()).cloned().collect()
    }

    /// Waits until `wanted` holds for all notices so far, and returns them.
    ///
    /// # Errors
    /// When it doesn't within `limit`; shows the notices there were.
    pub async fn wait_until(
        &self,
        limit: Duration,
        mut wanted: impl FnMut(&[Notice]) -> bool,
    ) -> Result<Vec<Notice>> {
        let mut changes = self.kept.subscribe();
        let waiting = async { changes.wait_for(|all| wanted(all)).await.map(|all| all.clone()) };
        let found = within(limit, "notices", waiting).await;
        Ok(found.with_context(|| format!("notices so far: {:#?}", self.all()))??)
    }

    /// The first notice, old or new, for which `wanted` holds.
    ///
    /// # Errors
    /// When none comes within `limit`.
    pub async fn wait_for(
        &self,
        limit: Duration,
        wanted: impl Fn(&Notice) -> bool,
    ) -> Result<Notice> {
        let all = self.wait_until(limit, |all| all.iter().any(&wanted)).await?;
        all.into_iter().find(|notice| wanted(notice)).context("no such notice")
    }

    /// Clicks the button with this key (`default` is the notice itself), which also puts the notice away.
    ///
    /// # Errors
    /// When the notice is not on the screen or has no such action.
    pub async fn invoke(&self, id: u32, action: &str) -> Result<()> {
        self.press(id, action).await?;
        self.dismiss(id).await
    }

    /// As [`Notices::invoke`], and the notice stays: to press again what nobody may have listened for yet.
    ///
    /// # Errors
    /// When the notice is not on the screen or has no such action.
    pub async fn press(&self, id: u32, action: &str) -> Result<()> {
        let notice = self
            .shown()
            .into_iter()
            .find(|notice| notice.id == id)
            .context("no such notice on the screen")?;
        ensure!(
            notice.actions.iter().any(|(key, _)| key == action),
            "no action {action:?} in {:?}",
            notice.actions
        );
        Ok(self.emitter()?.action_invoked(id, action).await?)
    }

    /// Closes a notice as a person would.
    ///
    /// # Errors
    /// When there is no recorder.
    pub async fn dismiss(&self, id: u32) -> Result<()> {
        mark_gone(&self.kept, id, Gone::Dismissed);
        Ok(self.emitter()?.notification_closed(id, DISMISSED).await?)
    }

    fn emitter(&self) -> Result<SignalEmitter<'static>> {
        let connection = self.recorder.as_ref().context("nobody records notices here")?;
        Ok(SignalEmitter::new(connection, PATH)?.to_owned())
    }
}

struct Recorder {
    kept: Arc<watch::Sender<Vec<Notice>>>,
}

#[interface(name = "org.freedesktop.Notifications")]
impl Recorder {
    fn get_capabilities(&self) -> Vec<&'static str> {
        vec!["actions", "body", "body-markup", "persistence"]
    }

    fn get_server_information(&self) -> (&'static str, &'static str, &'static str, &'static str) {
        ("recorder", "glowjar", "1", "1.2")
    }

    #[expect(clippy::too_many_arguments, reason = "the specification says so")]
    fn notify(
        &self,
        app: String,
        replaces: u32,
        icon: String,
        summary: String,
        body: String,
        actions: Vec<String>,
        hints: HashMap<String, OwnedValue>,
        timeout: i32,
    ) -> u32 {
        let actions =
            actions.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect();
        let urgency = hints.get("urgency").and_then(|value| value.downcast_ref::<u8>().ok());
        mark_gone(&self.kept, replaces, Gone::Replaced);
        let mut given = 0;
        self.kept.send_modify(|all| {
            let next = all.iter().map(|notice| notice.id).max().unwrap_or(0) + 1;
            given = if replaces == 0 { next } else { replaces };
            all.push(Notice {
                id: given,
                app,
                replaces,
                icon,
                summary,
                body,
                actions,
                urgency,
                timeout,
                gone: None,
            });
        });
        given
    }

    async fn close_notification(
        &self,
        id: u32,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) -> zbus::fdo::Result<()> {
        mark_gone(&self.kept, id, Gone::Withdrawn);
        emitter.notification_closed(id, WITHDRAWN).await.map_err(Into::into)
    }

    #[zbus(signal)]
    async fn notification_closed(
        emitter: &SignalEmitter<'_>,
        id: u32,
        reason: u32,
    ) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn action_invoked(emitter: &SignalEmitter<'_>, id: u32, action: &str)
    -> zbus::Result<()>;
}

fn mark_gone(kept: &watch::Sender<Vec<Notice>>, id: u32, why: Gone) {
    kept.send_if_modified(|all| {
        let shown = all.iter_mut().find(|notice| notice.id == id && notice.gone.is_none());
        shown.map(|notice| notice.gone = Some(why)).is_some()
    });
}

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
/// Reasons of `NotificationClosed` (Desktop Notifications Specification).
const DISMISSED: u32 = 2;
const WITHDRAWN: u32 = 3;
