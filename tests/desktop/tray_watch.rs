//! Holds the menu that an application's icon has on the bus against the one that the application means to show, all the
//! while that it runs.
//!
//! The application says what it means in its log, see [`VIEW`]. A menu that stays different is a failure of the test,
//! whatever the test is about.

use std::{
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use anyhow::{Result, anyhow, bail};
use tokio::{runtime, sync::watch, time::timeout};
use zbus::{Connection, connection::Builder, fdo::DBusProxy, names::BusName};

use crate::{
    menu::{Menu, WantedRow},
    panel::WATCHER,
    process::Line,
    timeouts::{LOOK_AGAIN, PATIENCE, within},
    tray::{Tray, TrayItem},
};

/// A watch over one application's menu, on a thread of its own.
#[derive(Debug)]
pub struct TrayWatch {
    seen: watch::Receiver<Seen>,
    unwanted: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

/// What the watch knows so far.
#[derive(Clone, Debug, Default)]
struct Seen {
    /// The views that were said, and how many of them when the menu was last as meant.
    views: usize,
    matched: usize,
    trouble: Option<String>,
}

impl TrayWatch {
    /// Watches the icon of the process `pid` on the bus at `address`, of which `lines` is the log.
    #[must_use]
    pub fn start(address: String, pid: u32, lines: watch::Receiver<Vec<Line>>) -> Self {
        let (seer, seen) = watch::channel(Seen::default());
        let (unwanted, is_unwanted) = watch::channel(false);
        let thread = thread::spawn(move || {
            let runtime = runtime::Builder::new_current_thread().enable_all().build();
            let outcome = runtime.map_err(anyhow::Error::from).and_then(|runtime| {
                let watching = Watching {
                    pid,
                    lines,
                    is_unwanted,
                    seer: seer.clone(),
                    read: 0,
                    views: 0,
                    wanted: None,
                };
                runtime.block_on(watching.run(&address))
            });
            if let Err(trouble) = outcome {
                seer.send_modify(|seen| seen.trouble = Some(format!("{trouble:#}")));
            }
        });
        Self { seen, unwanted, thread: Some(thread) }
    }

    /// Waits until the menu is as the application last meant it to be, and returns how many views that were.
    ///
    /// # Errors
    /// When it isn't in time; shows the difference.
    pub async fn wait_until_matched(&self) -> Result<usize> {
        let mut seen = self.seen.clone();
        let settled = seen.wait_for(|seen| {
            seen.trouble.is_some() || (seen.views > 0 && seen.matched == seen.views)
        });
        let seen = within(PATIENCE, "the tray's menu", settled).await??.clone();
        match seen.trouble {
            Some(trouble) => Err(anyhow!(trouble)),
            None => Ok(seen.matched),
        }
    }

    /// Ends the watch after a last look.
    ///
    /// # Errors
    /// When the menu was not as meant, at any time or now.
    pub fn finish(&mut self) -> Result<()> {
        self.unwanted.send_replace(true);
        if let Some(thread) = self.thread.take() {
            thread.join().map_err(|_| anyhow!("the watch over the tray's menu panicked"))?;
        }
        let trouble = self.seen.borrow().trouble.clone();
        trouble.map_or(Ok(()), |trouble| Err(anyhow!(trouble)))
    }
}

struct Watching {
    pid: u32,
    lines: watch::Receiver<Vec<Line>>,
    is_unwanted: watch::Receiver<bool>,
    seer: watch::Sender<Seen>,
    /// How many lines were read, how many views were among them, and the last of these.
    read: usize,
    views: usize,
    wanted: Option<Vec<WantedRow>>,
}

impl Watching {
    /// Returns when it is no longer wanted, or the application has gone.
    async fn run(mut self, address: &str) -> Result<()> {
        let bus = Builder::address(address)?.build().await?;
        let Some(item) = self.item(&bus).await? else { return Ok(()) };
        let mut differs_since = Instant::now();
        loop {
            let menu = timeout(ANSWER, item.menu()).await.map_err(anyhow::Error::from).flatten();
            if self.read_on() {
                // A new view has its own time.
                differs_since = Instant::now();
            } else if let (Some(wanted), Ok(menu)) = (&self.wanted, &menu)
                && menu.shows(wanted)
            {
                self.seer.send_modify(|seen| seen.matched = seen.views);
                if *self.is_unwanted.borrow() || !self.next_view().await {
                    return Ok(());
                }
                differs_since = Instant::now();
            } else if has_ended(self.pid) {
                return Ok(());
            } else if differs_since.elapsed() > LONGEST_DIFFERENT {
                bail!("{}", difference(self.wanted.as_deref(), &menu));
            } else {
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        }
    }

    /// The application's icon, once there is one and a panel to show it. `None` if there is none in the end.
    async fn item(&mut self, bus: &Connection) -> Result<Option<TrayItem>> {
        let tray = Tray::new(bus.clone());
        let names = DBusProxy::new(bus).await?;
        let mut missing_since = None;
        loop {
            if let Some(item) = tray.item_of(self.pid).await.unwrap_or_default() {
                return Ok(Some(item));
            }
            self.read_on();
            let has_panel = names.name_has_owner(BusName::try_from(WATCHER)?).await?;
            let is_expected = has_panel && self.views > 0;
            if has_ended(self.pid) || (*self.is_unwanted.borrow() && !is_expected) {
                return Ok(None);
            }
            if !is_expected {
                missing_since = None;
            } else if missing_since.get_or_insert_with(Instant::now).elapsed() > PATIENCE {
                bail!("the application says what its menu shows, and has no icon in the panel");
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Whether there is a new view among what the application has written meanwhile.
    fn read_on(&mut self) -> bool {
        let views = self.views;
        {
            let lines = self.lines.borrow_and_update();
            for line in lines.iter().skip(self.read) {
                if let Some((_, rows)) = line.text.split_once(VIEW) {
                    self.views += 1;
                    self.wanted = serde_json::from_str(rows).ok();
                }
            }
            self.read = lines.len();
        }
        if self.views > views {
            self.seer.send_modify(|seen| seen.views = self.views);
        }
        self.views > views
    }

    /// Waits for a new view, or for the wish to end. False if the application has ended.
    async fn next_view(&mut self) -> bool {
        loop {
            tokio::select! {
                said = self.lines.changed() => {
                    if said.is_err() {
                        return false;
                    }
                    if self.read_on() {
                        return true;
                    }
                }
                _ = self.is_unwanted.changed() => return true,
            }
        }
    }
}

/// Also one that nobody has waited for yet.
fn has_ended(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).map_or(true, |status| {
        status.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with('Z'))
    })
}

fn difference(wanted: Option<&[WantedRow]>, menu: &Result<Menu>) -> String {
    match (wanted, menu) {
        (None, _) => "the application does not say what its menu should show".to_owned(),
        (_, Err(error)) => format!("the tray's menu can't be read: {error:#}"),
        (Some(wanted), Ok(menu)) => {
            format!("the application means to show\n{wanted:#?}\nand the tray's menu is\n{menu}")
        }
    }
}

/// Comes before the rows, as JSON, in the line that the application writes for each view.
pub const VIEW: &str = "tray_view: rows=";
/// To be set as `GLOWJAR_LOG`: the application says it at this level alone.
pub(crate) const SAY_VIEWS: &str = "info,tray_view=trace";
/// Several times what a busy machine needs to make a menu of twelve profiles.
const LONGEST_DIFFERENT: Duration = Duration::from_secs(15);
const ANSWER: Duration = Duration::from_secs(5);
