//! Both directions of one window's pipe.

use std::{
    future::{Future, Pending, pending},
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use futures_util::StreamExt;
use glowjar_agent::{
    localization::Message,
    request::{Reply, Request},
    view::{Language, Snapshot},
};
use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::{mpsc, watch},
    task::JoinSet,
    time::{Timeout, timeout},
};
use tokio_util::codec::{FramedRead, LinesCodec, LinesCodecError};

use crate::frame::{Say, Tell, lines};
use outbox::Outbox;

mod outbox;

/// Requests are answered side by side; of snapshots only the newest is sent.
pub struct Conversation<R, W, H> {
    from_window: FramedRead<R, LinesCodec>,
    to_window: Outbox<W>,
    answer: H,
    under_way: JoinSet<(u64, Reply)>,
    /// Ends when the window, which was asked to come to the front, has had its time to say that it did.
    wait: Option<Wait>,
}

impl<R, W, H, F> Conversation<R, W, H>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
    H: Fn(Request) -> F,
    F: Future<Output = Reply> + Send + 'static,
{
    pub fn new(from_window: R, to_window: W, answer: H) -> Self {
        Self {
            from_window: FramedRead::new(from_window, lines()),
            to_window: Outbox::new(to_window),
            answer,
            under_way: JoinSet::new(),
            wait: None,
        }
    }

    /// Returns when the window has closed its end, broken the rules or does not answer: true if somebody asked for a
    /// window meanwhile and this one can't be shown any more.
    pub async fn hold(
        mut self,
        mut snapshots: watch::Receiver<Option<Arc<Snapshot>>>,
        shows: &mut mpsc::Receiver<()>,
    ) -> bool {
        if let Err(error) = self.pump(&mut snapshots, shows).await {
            tracing::warn!(reason = reason(&error), "lost the window");
        }
        // What the person asked for just before closing the window still happens.
        self.under_way.detach_all();
        self.wait.is_some()
    }

    async fn pump(
        &mut self,
        snapshots: &mut watch::Receiver<Option<Arc<Snapshot>>>,
        shows: &mut mpsc::Receiver<()>,
    ) -> Result<(), LinesCodecError> {
        loop {
            let has_room = self.under_way.len() + self.to_window.len() < MOST_UNDER_WAY;
            let is_asked = self.wait.is_some();
            tokio::select! {
                // The end of this window first: a wish to show one is then left for the next.
                biased;
                line = self.from_window.next(), if has_room => match line {
                    Some(line) => self.take_up(&line?)?,
                    None => return Ok(()),
                },
                written = self.to_window.write(), if self.to_window.len() > 0 => written?,
                Some(Ok((id, reply))) = self.under_way.join_next() => {
                    self.tell(&Tell::Reply { id, reply })?;
                }
                Ok(()) = snapshots.changed(), if self.to_window.len() == 0 => {
                    let newest = snapshots.borrow_and_update().clone();
                    if let Some(snapshot) = newest {
                        self.tell(&Tell::Snapshot { snapshot: &*snapshot })?;
                    }
                }
                shown = shows.recv() => match shown {
                    // One that was asked already is not given more time.
                    Some(()) if is_asked => {}
                    Some(()) => {
                        self.wait = Some(Box::pin(timeout(HANGS_AFTER, pending())));
                        self.tell(&Tell::Focus { focus: true })?;
                    }
                    None => return Ok(()),
                },
                () = over(&mut self.wait) => {
                    tracing::warn!(event = "window_hangs", "the window does not answer");
                    return Ok(());
                }
            }
        }
    }

    fn take_up(&mut self, line: &str) -> Result<(), LinesCodecError> {
        let (id, request) = match serde_json::from_str::<Say<Value>>(line) {
            Ok(Say::Ask { id, request }) => (id, request),
            Ok(Say::Focused { .. }) => {
                self.wait = None;
                return Ok(());
            }
            Err(_) => {
                tracing::warn!("the window sent a line that is no request");
                return Ok(());
            }
        };
        // The parser's own words would quote what it stumbled over, and that may be a secret.
        let Ok(request) = serde_json::from_value(request) else {
            return self.tell(&Tell::Reply { id, reply: not_understood(Language::En) });
        };
        let reply = (self.answer)(request);
        self.under_way.spawn(async move { (id, reply.await) });
        Ok(())
    }

    fn tell(&mut self, frame: &Tell<Reply, &Snapshot>) -> Result<(), LinesCodecError> {
        self.to_window.put(serde_json::to_string(frame).map_err(std::io::Error::other)?);
        Ok(())
    }
}

/// Says what happened without quoting the line.
fn reason(error: &LinesCodecError) -> String {
    match error {
        LinesCodecError::MaxLineLengthExceeded => "a request without end".into(),
        LinesCodecError::Io(error) => error.kind().to_string(),
    }
}

fn not_understood(language: Language) -> Reply {
    let Message { headline, advice, .. } = language.tell("failed-not_understood", &[]);
    Reply::Failed { code: "not_understood".into(), message: headline, advice, cause: None }
}

type Wait = Pin<Box<Timeout<Pending<()>>>>;

/// Of a window that was asked for nothing, for ever.
async fn over(wait: &mut Option<Wait>) {
    match wait {
        Some(wait) => drop(wait.await),
        None => pending().await,
    }
}

/// Far more than a person can click; a page gone wild waits instead of filling the memory.
const MOST_UNDER_WAY: usize = 64;
/// Ten times what a window needs to come up on a slow computer, and about as long as somebody looks at a click that does
/// nothing.
const HANGS_AFTER: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests;
