//! The keeper's clock: UTC at its start, and from then on a counter that no one can set and that goes on while the machine sleeps.

use std::{
    sync::LazyLock,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use glowjar_lifecycle::time::Timestamp;

#[must_use]
pub fn now() -> Timestamp {
    static START: LazyLock<(i64, i64)> = LazyLock::new(|| (wall(), counter()));
    let (wall, start) = *START;
    Timestamp::from_millis(wall + counter() - start)
}

/// Returns after `span`, or after a quarter of a minute: tokio's timers stand still while a machine sleeps, so the caller looks again.
#[expect(clippy::disallowed_methods, reason = "this is the keeper's clock")]
pub async fn pause(span: Duration) {
    tokio::time::sleep(span.min(Duration::from_secs(15))).await;
}

/// Returns when `span` is over, counted as long as this process runs.
#[expect(clippy::disallowed_methods, reason = "this is the keeper's clock")]
pub async fn pass(span: Duration) {
    tokio::time::sleep(span).await;
}

/// `None` if it took longer than `span`, counted as long as this process runs.
pub async fn within<T>(span: Duration, work: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(span, work).await.ok()
}

#[expect(clippy::disallowed_methods, reason = "this is the keeper's clock")]
fn wall() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(target_os = "linux")]
#[expect(clippy::disallowed_methods, reason = "this is the keeper's clock")]
fn counter() -> i64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
}

/// A keeper runs where machines do not sleep. For trying it out elsewhere, a counter that stands still meanwhile will do.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::disallowed_methods, reason = "this is the keeper's clock")]
fn counter() -> i64 {
    static START: LazyLock<std::time::Instant> = LazyLock::new(std::time::Instant::now);
    i64::try_from(START.elapsed().as_millis()).unwrap_or(i64::MAX)
}
