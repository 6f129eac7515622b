//! The follower's end: connects, shows what it is sent, does what it is told, and asks for what the person wants.

use std::{
    collections::HashMap,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread,
    time::Duration,
};

use glowjar_protocol::address;
use tokio::sync::oneshot;

use super::{
    protocol::{self, Hello, NotCarried, Order, ToFollower, ToLeader, Welcome, not_linked},
    stream::{Stream, Writer, connect},
};
use crate::{
    localization::Message,
    ports::{ClipboardError, Shell},
    request::{Reply, Request},
    tray::{Click, Row, TrayView},
    view::{BannerView, Language, Level, Snapshot},
};

/// What a follower finds out that its process has to act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// The leader shows its window on this very display: nothing to follow here.
    SameDisplay,
}

/// Speaks to the leader. Cheap to clone.
#[derive(Clone)]
pub struct Follower {
    shared: Arc<Shared>,
}

struct Shared {
    desk: Arc<dyn Shell>,
    /// What is shown while nothing comes from the leader.
    unlinked: Snapshot,
    version: String,
    display: String,
    last_request: AtomicU64,
    link: Mutex<Link>,
    end: Mutex<Option<Sender<()>>>,
}

/// The connection, while there is one.
#[derive(Default)]
struct Link {
    to: Option<Writer<ToLeader>>,
    awaited: HashMap<u64, oneshot::Sender<Reply>>,
    language: Language,
    is_ended: bool,
}

impl std::fmt::Debug for Follower {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Follower")
    }
}

impl Follower {
    /// Begins to look for the leader of this data folder, and goes on until [`Follower::end`]. `display` names the
    /// display of this session, `unlinked` is shown until the leader is found.
    pub fn start(
        data_folder: PathBuf,
        desk: Arc<dyn Shell>,
        unlinked: Snapshot,
        display: String,
        on_news: impl Fn(News) + Send + 'static,
    ) -> Self {
        let (end, ended) = channel();
        let shared = Arc::new(Shared {
            desk,
            version: unlinked.version.clone(),
            display,
            last_request: AtomicU64::new(0),
            link: Mutex::new(Link { language: unlinked.language, ..Link::default() }),
            unlinked,
            end: Mutex::new(Some(end)),
        });
        let follower = Self { shared };
        let following = follower.clone();
        let started = thread::Builder::new()
            .name("following".to_owned())
            .spawn(move || following.follow(&data_folder, &ended, &on_news));
        if let Err(error) = started {
            tracing::error!(event = "not_following", %error);
        }
        follower
    }

    /// Asks the leader and waits for the answer.
    pub async fn ask(&self, request: Request) -> Reply {
        let (reply, answer) = oneshot::channel();
        let language = {
            let mut link = self.link();
            let id = self.shared.last_request.fetch_add(1, Ordering::Relaxed);
            let ask = ToLeader::Ask { id, request: Box::new(request) };
            let is_sent = link.to.as_ref().is_some_and(|to| to.send(ask));
            if !is_sent {
                return not_linked(link.language);
            }
            link.awaited.insert(id, reply);
            link.language
        };
        answer.await.unwrap_or_else(|_| not_linked(language))
    }

    /// A click in this session's tray. Those that concern this process alone need no leader.
    pub fn click(&self, click: Click) {
        match click {
            Click::Quit => self.shared.desk.quit(),
            Click::OpenWindow | Click::Unlock => self.shared.desk.show_window(),
            click => {
                if let Some(to) = &self.link().to {
                    to.send(ToLeader::Click(click));
                }
            }
        }
    }

    /// Follows no more, since this process leads from now on.
    pub fn end(&self) {
        self.shared.end.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut link = self.link();
        link.is_ended = true;
        if let Some(to) = link.to.take() {
            to.close();
        }
    }

    fn follow(&self, data_folder: &Path, ended: &Receiver<()>, on_news: &impl Fn(News)) {
        let mut is_told = false;
        loop {
            match self.connect(data_folder) {
                Ok((_, Welcome { same_display: true, .. })) => return on_news(News::SameDisplay),
                Ok((_, Welcome { version, .. })) if version != self.shared.version => {
                    if !is_told {
                        tracing::warn!(event = "other_version_leads", version);
                        let arguments =
                            [("other", version.as_str()), ("own", self.shared.version.as_str())];
                        self.show_unlinked("banner-other_version", &arguments, Level::Soon);
                    }
                    is_told = true;
                }
                Ok((stream, _)) => {
                    tracing::info!(event = "following");
                    is_told = false;
                    let outcome = self.listen(stream);
                    self.unlink();
                    tracing::info!(event = "leader_gone", reason = ?outcome.map_err(|e| e.kind()));
                }
                Err(error) => {
                    if !is_told {
                        tracing::info!(event = "leader_not_found", %error);
                        self.show_unlinked("banner-following_unlinked", &[], Level::Off);
                    }
                    is_told = true;
                }
            }
            match ended.recv_timeout(RETRY) {
                Err(RecvTimeoutError::Timeout) => {}
                Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn connect(&self, data_folder: &Path) -> io::Result<(Stream, Welcome)> {
        let sessions = address::Running::read(data_folder).and_then(|running| running.sessions);
        let socket = sessions.ok_or(ErrorKind::NotFound)?;
        let mut stream = connect(&socket)?;
        stream.set_read_timeout(Some(TIME_TO_WELCOME))?;
        let hello =
            Hello { version: self.shared.version.clone(), display: self.shared.display.clone() };
        protocol::write(&mut stream, &hello).map_err(io::Error::other)?;
        let welcome = protocol::read(&mut stream).map_err(io::Error::other)?;
        stream.set_read_timeout(None)?;
        Ok((stream, welcome))
    }

    fn listen(&self, mut stream: Stream) -> io::Result<()> {
        {
            let mut link = self.link();
            if link.is_ended {
                return Ok(());
            }
            link.to = Some(Writer::start(&stream)?);
        }
        loop {
            match protocol::read(&mut stream).map_err(io::Error::other)? {
                ToFollower::Snapshot(snapshot) => {
                    self.link().language = snapshot.language;
                    self.shared.desk.publish(&marked(*snapshot));
                }
                ToFollower::Tray(tray) => {
                    let language = self.link().language;
                    self.shared.desk.show_tray(&labelled(tray, language));
                }
                ToFollower::Reply { id, reply } => {
                    let awaiting = self.link().awaited.remove(&id);
                    let reply = match *reply {
                        Reply::Snapshot { snapshot } => {
                            Reply::Snapshot { snapshot: marked(snapshot) }
                        }
                        reply => reply,
                    };
                    if let Some(awaiting) = awaiting {
                        let _ = awaiting.send(reply);
                    }
                }
                ToFollower::Raise(notice) => self.shared.desk.raise(&notice),
                ToFollower::Withdraw(id) => self.shared.desk.withdraw(&id),
                ToFollower::Shortcut(keys) => {
                    if let Err(error) = self.shared.desk.copy_shortcut(keys.as_deref()) {
                        tracing::info!(%error, "no shortcut in this session");
                    }
                }
                ToFollower::Order { order, what } => {
                    let outcome = self.carry_out(what);
                    if let Some(to) = &self.link().to {
                        to.send(ToLeader::Carried { order, outcome });
                    }
                }
            }
        }
    }

    fn carry_out(&self, order: Order) -> Result<bool, NotCarried> {
        let desk = &self.shared.desk;
        match order {
            Order::Copy(text) => {
                desk.copy(&text).map_err(|error| match error {
                    ClipboardError::Slow => NotCarried::Slow,
                    ClipboardError::Unavailable(cause) => NotCarried::Failed(cause),
                })?;
            }
            Order::ClearClipboard => desk.clear_clipboard(),
            Order::OpenUrl(url) => desk.open_url(&url),
            Order::OpenFolder(folder) => return Ok(desk.open_folder(&folder)),
            Order::OpenClockSettings => return Ok(desk.open_clock_settings()),
            Order::ShowWindow => desk.show_window(),
            Order::Quit => desk.quit(),
        }
        Ok(true)
    }

    /// Nobody is left to have a copied token cleared in time.
    fn unlink(&self) {
        let waiting = {
            let mut link = self.link();
            link.to = None;
            std::mem::take(&mut link.awaited)
        };
        drop(waiting);
        self.shared.desk.clear_clipboard();
    }

    fn show_unlinked(&self, id: &str, arguments: &[(&'static str, &str)], level: Level) {
        let language = self.shared.unlinked.language;
        let banner = banner(language.tell(id, arguments), level);
        let label = banner.headline.clone();
        let snapshot = Snapshot { banners: vec![banner], ..self.shared.unlinked.clone() };
        self.shared.desk.publish(&snapshot);
        let item = |id, click| Row::Item { label: language.say(id), click, enabled: true };
        self.shared.desk.show_tray(&TrayView {
            icon: level,
            tooltip: label.clone(),
            menu: vec![
                Row::Label(label),
                Row::Separator,
                item("tray-open", Click::OpenWindow),
                item("tray-quit", Click::Quit),
            ],
        });
    }

    fn link(&self) -> MutexGuard<'_, Link> {
        self.shared.link.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The leader's snapshot, with a word about where it comes from.
fn marked(mut snapshot: Snapshot) -> Snapshot {
    snapshot.banners.push(banner(snapshot.language.tell("banner-following", &[]), Level::Off));
    snapshot
}

/// The leader's menu, with the same word below its first row.
fn labelled(mut tray: TrayView, language: Language) -> TrayView {
    let label = Row::Label(language.tell("banner-following", &[]).headline);
    tray.menu.insert(tray.menu.len().min(1), label);
    tray
}

fn banner(said: Message, level: Level) -> BannerView {
    let Message { headline, advice, cause } = said;
    BannerView {
        code: "following".to_owned(),
        level,
        headline,
        advice,
        action: None,
        dismissible: false,
        cause,
    }
}

/// A leader that is just starting writes its address within a second.
const RETRY: Duration = Duration::from_millis(250);
/// A leader answers a greeting at once.
const TIME_TO_WELCOME: Duration = Duration::from_secs(5);
