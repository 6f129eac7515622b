//! A place on a drive that may never answer. A call to it can't be broken off, so at most one is under way, and one
//! that comes to itself late finds out that it is not wanted any more.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use super::SinkError;

/// One for each sink.
#[derive(Debug, Default)]
pub(crate) struct SinkWriter {
    /// A thread is in a call, perhaps for ever.
    is_busy: AtomicBool,
    /// The number of the newest job.
    newest: AtomicU64,
}

/// Asked by a job right before it changes anything.
#[derive(Clone, Debug)]
pub(crate) struct Ticket {
    writer: Arc<SinkWriter>,
    number: u64,
}

impl Ticket {
    pub(crate) fn is_wanted(&self) -> bool {
        self.writer.newest.load(Ordering::SeqCst) == self.number
    }
}

impl SinkWriter {
    /// From now on, what was begun before changes nothing.
    pub(crate) fn outdate(&self) -> u64 {
        self.newest.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// Does the job on a thread of its own, and waits no longer than `patience` for it. While an earlier one is still
    /// in a call, no other is begun.
    pub(crate) async fn write(
        self: &Arc<Self>,
        patience: Duration,
        job: impl FnOnce(&Ticket) -> Result<(), SinkError> + Send + 'static,
    ) -> Result<(), SinkError> {
        let ticket = Ticket { writer: self.clone(), number: self.outdate() };
        if self.is_busy.swap(true, Ordering::SeqCst) {
            return Err(SinkError::NotAnswering);
        }
        let busy = Busy(self.clone());
        let writing = tokio::task::spawn_blocking(move || {
            let written = job(&ticket);
            drop(busy);
            written
        });
        match tokio::time::timeout(patience, writing).await {
            Ok(Ok(written)) => written,
            Ok(Err(_)) => Err(SinkError::Failed),
            Err(_) => Err(SinkError::NotAnswering),
        }
    }
}

/// Also after a job that panics, the next may begin.
struct Busy(Arc<SinkWriter>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.is_busy.store(false, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn a_drive_that_does_not_answer_costs_one_thread_however_often_it_is_tried() {
        let writer = Arc::new(SinkWriter::default());
        let (answer, drive) = mpsc::channel::<()>();
        let (says, said) = mpsc::channel();
        let hung = writer.write(Duration::ZERO, move |ticket| {
            let _ = drive.recv();
            let _ = says.send(ticket.is_wanted());
            Ok(())
        });
        assert_eq!(hung.await, Err(SinkError::NotAnswering));
        for _ in 0..5 {
            let again = writer.write(Duration::ZERO, |_| panic!("a second one was begun"));
            assert_eq!(again.await, Err(SinkError::NotAnswering));
        }
        answer.send(()).expect("it still waits");
        let is_wanted = tokio::task::spawn_blocking(move || said.recv()).await.expect("it ends");
        assert_eq!(is_wanted, Ok(false), "yesterday's token is not written over today's");
        while writer.is_busy.load(Ordering::SeqCst) {
            tokio::task::yield_now().await;
        }
        let after = writer.write(Duration::from_secs(60), |ticket| {
            assert!(ticket.is_wanted());
            Ok(())
        });
        assert_eq!(after.await, Ok(()));
    }

    #[tokio::test]
    async fn a_job_that_panics_does_not_stand_in_the_way_of_the_next() {
        let writer = Arc::new(SinkWriter::default());
        let patience = Duration::from_secs(60);
        let failed = writer.write(patience, |_| panic!("as a test"));
        assert_eq!(failed.await, Err(SinkError::Failed));
        assert_eq!(writer.write(patience, |_| Ok(())).await, Ok(()));
    }
}
