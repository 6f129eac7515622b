//! Tells what happens, a line per event with the time since the beginning, and lets the story wait for it.

use std::{
    fmt::Display,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use desktop::{App, timeouts::within};
use tokio::sync::watch;

use crate::on_linux::event::Event;

pub struct Diary {
    began: Instant,
    read: watch::Sender<Read>,
}

/// What was read of the app's output so far.
#[derive(Debug, Default)]
struct Read {
    lines: usize,
    events: Vec<Event>,
}

impl Diary {
    pub fn begin() -> Self {
        Self { began: Instant::now(), read: watch::Sender::default() }
    }

    pub fn tell(&self, word: &str, sentence: impl Display) {
        let time = self.began.elapsed().as_secs();
        println!("{:>3}:{:02}  {word:<9}  {sentence}", time / 60, time % 60);
    }

    /// Tells every event of the app until it ends.
    pub async fn follow(&self, app: &App) {
        loop {
            self.catch_up(app);
            let read = self.read.borrow().lines;
            if app.wait_for_line_after(read, FOREVER, |_| true).await.is_err() {
                return;
            }
        }
    }

    /// Tells what the app has printed and nobody was told yet.
    pub fn catch_up(&self, app: &App) {
        let lines = app.lines();
        let unread = self.read.borrow().lines;
        for line in lines.iter().skip(unread) {
            let event = Event::read(&line.text);
            if let Some((word, sentence)) = event.as_ref().and_then(Event::told) {
                self.tell(word, sentence);
            }
            self.read.send_modify(|read| {
                read.lines += 1;
                read.events.extend(event);
            });
        }
    }

    /// How many events there were: where to begin looking for the next.
    pub fn mark(&self) -> usize {
        self.read.borrow().events.len()
    }

    /// The first event after `mark` for which `wanted` holds.
    ///
    /// # Errors
    /// When none comes within `limit`.
    pub async fn wait_for(
        &self,
        mark: usize,
        limit: Duration,
        what: &str,
        wanted: impl Fn(&Event) -> bool,
    ) -> Result<Event> {
        let find = |read: &Read| read.events.iter().skip(mark).find(|event| wanted(event)).cloned();
        let mut read = self.read.subscribe();
        let found = within(limit, what, read.wait_for(|read| find(read).is_some())).await??;
        find(&found).context("it was there a moment ago")
    }
}

/// A day: nobody keeps a tour for longer.
const FOREVER: Duration = Duration::from_secs(24 * 60 * 60);
