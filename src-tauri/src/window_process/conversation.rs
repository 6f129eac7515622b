//! Both directions of one window's pipe.

use std::{future::Future, sync::Arc};

use futures_util::{SinkExt, StreamExt};
use glowjar_agent::{
    catalogue::Said,
    request::{Reply, Request},
    view::{Language, Snapshot},
};
use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::{mpsc, watch},
    task::JoinSet,
};
use tokio_util::codec::{FramedRead, FramedWrite, LinesCodec, LinesCodecError};

use crate::frame::{Say, Tell, lines};

/// Requests are answered side by side; of snapshots only the newest is sent.
pub struct Conversation<R, W, H> {
    from_window: FramedRead<R, LinesCodec>,
    to_window: FramedWrite<W, LinesCodec>,
    answer: H,
    under_way: JoinSet<(u64, Reply)>,
    /// The window was asked to come to the front and has not said that it did.
    is_wanted: bool,
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
            to_window: FramedWrite::new(to_window, lines()),
            answer,
            under_way: JoinSet::new(),
            is_wanted: false,
        }
    }

    /// Returns when the window has closed its end or broken the rules: true if somebody asked for a window meanwhile and
    /// this one was already on its way out.
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
        self.is_wanted
    }

    async fn pump(
        &mut self,
        snapshots: &mut watch::Receiver<Option<Arc<Snapshot>>>,
        shows: &mut mpsc::Receiver<()>,
    ) -> Result<(), LinesCodecError> {
        loop {
            tokio::select! {
                // The end of this window first: a wish to show one is then left for the next.
                biased;
                line = self.from_window.next(), if self.under_way.len() < MOST_UNDER_WAY => match line {
                    Some(line) => self.take_up(&line?).await?,
                    None => return Ok(()),
                },
                Some(Ok((id, reply))) = self.under_way.join_next() => {
                    self.tell(&Tell::Reply { id, reply }).await?;
                }
                Ok(()) = snapshots.changed() => {
                    let newest = snapshots.borrow_and_update().clone();
                    if let Some(snapshot) = newest {
                        self.tell(&Tell::Snapshot { snapshot: &*snapshot }).await?;
                    }
                }
                shown = shows.recv() => match shown {
                    Some(()) => {
                        self.is_wanted = true;
                        self.tell(&Tell::Focus { focus: true }).await?;
                    }
                    None => return Ok(()),
                },
            }
        }
    }

    async fn take_up(&mut self, line: &str) -> Result<(), LinesCodecError> {
        let (id, request) = match serde_json::from_str::<Say<Value>>(line) {
            Ok(Say::Ask { id, request }) => (id, request),
            Ok(Say::Focused { .. }) => {
                self.is_wanted = false;
                return Ok(());
            }
            Err(_) => {
                tracing::warn!("the window sent a line that is no request");
                return Ok(());
            }
        };
        // The parser's own words would quote what it stumbled over, and that may be a secret.
        let Ok(request) = serde_json::from_value(request) else {
            return self.tell(&Tell::Reply { id, reply: not_understood(Language::En) }).await;
        };
        let reply = (self.answer)(request);
        self.under_way.spawn(async move { (id, reply.await) });
        Ok(())
    }

    async fn tell(&mut self, frame: &Tell<Reply, &Snapshot>) -> Result<(), LinesCodecError> {
        let line = serde_json::to_string(frame).map_err(std::io::Error::other)?;
        self.to_window.send(line).await
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
    let Said { headline, advice } = language.tell("failed-not_understood", &[]);
    Reply::Failed { code: "not_understood".into(), message: headline, advice }
}

/// Far more than a person can click; a page gone wild waits instead of filling the memory.
const MOST_UNDER_WAY: usize = 64;

#[cfg(test)]
mod tests;
