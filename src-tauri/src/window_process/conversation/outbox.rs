//! What is on its way to a window, which may be slow to read it or not read at all.

use std::{collections::VecDeque, future::poll_fn};

use futures_util::SinkExt;
use tokio::io::AsyncWrite;
use tokio_util::codec::{FramedWrite, LinesCodec, LinesCodecError};

use crate::frame::lines;

/// Lines in the order in which they were put.
pub struct Outbox<W> {
    pipe: FramedWrite<W, LinesCodec>,
    waiting: VecDeque<String>,
    /// The pipe has taken over a line and has not passed on all of it.
    is_writing: bool,
}

impl<W: AsyncWrite + Unpin> Outbox<W> {
    pub fn new(pipe: W) -> Self {
        let pipe = FramedWrite::new(pipe, lines());
        Self { pipe, waiting: VecDeque::new(), is_writing: false }
    }

    pub fn put(&mut self, line: String) {
        self.waiting.push_back(line);
    }

    /// How many lines are not written yet.
    pub fn len(&self) -> usize {
        self.waiting.len() + usize::from(self.is_writing)
    }

    /// Writes the next line. To be called again if it was given up on the way: nothing is lost and nothing sent twice.
    ///
    /// # Errors
    /// The window has closed its end.
    pub async fn write(&mut self) -> Result<(), LinesCodecError> {
        if !self.is_writing {
            poll_fn(|cx| SinkExt::<String>::poll_ready_unpin(&mut self.pipe, cx)).await?;
            if let Some(line) = self.waiting.pop_front() {
                self.pipe.start_send_unpin(line)?;
                self.is_writing = true;
            }
        }
        SinkExt::<String>::flush(&mut self.pipe).await?;
        self.is_writing = false;
        Ok(())
    }
}
