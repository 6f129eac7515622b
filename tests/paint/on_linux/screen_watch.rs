//! Looks at a window while it appears, each time that something of it has changed. Looking more often would take the
//! time from those who paint.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use tokio::task::{JoinHandle, spawn_blocking};
use x11rb::{
    NONE,
    connection::Connection as _,
    protocol::{
        Event,
        damage::{ConnectionExt as _, ReportLevel},
        xproto::{Atom, AtomEnum, ConnectionExt as _, ImageFormat, Window},
    },
    rust_connection::RustConnection,
};

/// Eyes on one screen.
pub struct Eye {
    display: String,
}

/// When what was to be seen, from a moment on that is told later.
pub struct Watched(JoinHandle<Result<Vec<Look>>>);

pub struct Seen {
    /// Something of the page.
    pub painted: Duration,
    /// Everything that is there in the end.
    pub settled: Duration,
}

struct Look {
    at: Instant,
    /// Whether it has more than one colour, which an unpainted window hasn't.
    painted: bool,
    /// Some of its pixels.
    sample: Vec<u8>,
}

struct Screen {
    connection: RustConnection,
    root: Window,
    client_list: Atom,
}

impl Eye {
    pub fn open(display: &str) -> Result<Self> {
        Screen::connect(display)?;
        Ok(Self { display: display.to_owned() })
    }

    /// Begins to look for a window of this title that isn't there yet.
    pub fn watch(&self, title: &'static str) -> Watched {
        let display = self.display.clone();
        Watched(spawn_blocking(move || Screen::connect(&display)?.watch(title)))
    }
}

impl Watched {
    pub async fn since(self, begun: Instant) -> Result<Seen> {
        let looks = self.0.await??;
        let painted = looks.iter().find(|look| look.painted).context("nothing was painted")?.at;
        let last = looks.last().context("nothing was seen")?;
        let unlike = looks.iter().rposition(|look| !last.is_like(look));
        let settled = unlike.and_then(|index| looks.get(index + 1)).map_or(painted, |look| look.at);
        Ok(Seen { painted: painted - begun, settled: settled - begun })
    }
}

impl Look {
    /// But for what moves, e.g. a countdown.
    fn is_like(&self, other: &Self) -> bool {
        let pixels = self.sample.chunks(PIXEL).zip(other.sample.chunks(PIXEL));
        let unlike = pixels.filter(|(one, another)| one != another).count();
        self.sample.len() == other.sample.len() && unlike * 100 < self.sample.len() / PIXEL
    }
}

impl Screen {
    fn connect(display: &str) -> Result<Self> {
        let (connection, number) = RustConnection::connect(Some(display))?;
        let root = connection.setup().roots.get(number).context("no screen")?.root;
        let client_list = connection.intern_atom(false, b"_NET_CLIENT_LIST")?.reply()?.atom;
        // The extension answers nobody who hasn't said which version he speaks.
        connection.damage_query_version(1, 1)?.reply()?;
        Ok(Self { connection, root, client_list })
    }

    fn watch(&self, title: &str) -> Result<Vec<Look>> {
        let begun = Instant::now();
        let window = loop {
            if let Some(window) = self.window(title)? {
                break window;
            }
            if begun.elapsed() > LIMIT {
                bail!("no window {title:?}");
            }
            thread::sleep(PAUSE);
        };
        let changes = self.connection.generate_id()?;
        self.connection.damage_create(changes, window, ReportLevel::NON_EMPTY)?.check()?;
        let mut looks = Vec::new();
        let mut painted = None;
        while painted.is_none_or(|at: Instant| at.elapsed() < AFTERWARDS) {
            if begun.elapsed() > LIMIT {
                bail!("the window {title:?} stays empty");
            }
            if looks.is_empty() || self.has_changed()? {
                self.connection.damage_subtract(changes, NONE, NONE)?;
                if let Some(look) = self.look(window)? {
                    if look.painted {
                        painted.get_or_insert(look.at);
                    }
                    looks.push(look);
                }
            }
            thread::sleep(PAUSE);
        }
        Ok(looks)
    }

    fn has_changed(&self) -> Result<bool> {
        let mut changed = false;
        while let Some(event) = self.connection.poll_for_event()? {
            changed |= matches!(event, Event::DamageNotify(_));
        }
        Ok(changed)
    }

    fn window(&self, title: &str) -> Result<Option<Window>> {
        let list = self.connection.get_property(
            false,
            self.root,
            self.client_list,
            AtomEnum::WINDOW,
            0,
            64,
        )?;
        for window in list.reply()?.value32().into_iter().flatten() {
            let name = self.connection.get_property(
                false,
                window,
                AtomEnum::WM_NAME,
                AtomEnum::ANY,
                0,
                64,
            )?;
            // It may go in between.
            if name.reply().is_ok_and(|name| name.value == title.as_bytes()) {
                return Ok(Some(window));
            }
        }
        Ok(None)
    }

    /// Nothing while it can't be seen.
    fn look(&self, window: Window) -> Result<Option<Look>> {
        let size = self.connection.get_geometry(window)?.reply()?;
        let (width, height) = (size.width, size.height);
        let image =
            self.connection.get_image(ImageFormat::Z_PIXMAP, window, 0, 0, width, height, !0)?;
        let Ok(image) = image.reply() else { return Ok(None) };
        let at = Instant::now();
        let mut pixels = image.data.chunks(PIXEL);
        let first = pixels.next();
        let painted = pixels.any(|pixel| Some(pixel) != first);
        let row = usize::from(width) * PIXEL;
        let rows = image.data.chunks(row).step_by(EVERY);
        let sample =
            rows.flat_map(|row| row.chunks(PIXEL).step_by(EVERY)).flatten().copied().collect();
        Ok(Some(Look { at, painted, sample }))
    }
}

/// In bytes, on a screen of 24 bits.
const PIXEL: usize = 4;
/// One pixel of 16.
const EVERY: usize = 4;
/// A fourth of what a screen of 60 Hz takes to show a picture.
const PAUSE: Duration = Duration::from_millis(4);
/// For what comes after the first paint.
const AFTERWARDS: Duration = Duration::from_millis(1500);
const LIMIT: Duration = Duration::from_secs(40);
