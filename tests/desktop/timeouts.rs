//! How long anything here is waited for.

use std::{future::Future, time::Duration};

use anyhow::{Result, anyhow};

/// The longest anything may take before a test fails.
///
/// Far more than a desktop needs (a panel is up in 3 s), since several of them start at once on two slow cores.
pub const PATIENCE: Duration = Duration::from_secs(40);

/// How often something is looked at again that sends no signal.
pub(crate) const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// What `future` resolves to, or an error that says what was waited for in vain.
///
/// # Errors
/// When `limit` has passed first.
pub async fn within<T>(
    limit: Duration,
    what: impl Into<String>,
    future: impl Future<Output = T>,
) -> Result<T> {
    tokio::time::timeout(limit, future)
        .await
        .map_err(|_| anyhow!("waited {limit:?} in vain for {}", what.into()))
}

/// Looks again and again until `look` finds something.
///
/// # Errors
/// When `limit` has passed first, or `look` failed.
pub async fn until<T, F>(
    limit: Duration,
    what: impl Into<String>,
    mut look: impl FnMut() -> F,
) -> Result<T>
where
    F: Future<Output = Result<Option<T>>>,
{
    within(limit, what, async {
        loop {
            if let Some(found) = look().await? {
                return Ok(found);
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    })
    .await?
}
