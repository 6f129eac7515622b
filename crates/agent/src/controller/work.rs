//! Work that ends with what it was begun for.

use tokio::task::AbortHandle;

/// Ended when this is dropped.
pub(super) struct Work(Option<AbortHandle>);

impl Work {
    pub(super) const fn new(work: AbortHandle) -> Self {
        Self(Some(work))
    }

    /// None, until there is some.
    pub(super) const fn none() -> Self {
        Self(None)
    }

    /// Lets it come to its own end.
    pub(super) fn leave(mut self) {
        self.0 = None;
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        if let Some(work) = &self.0 {
            work.abort();
        }
    }
}
