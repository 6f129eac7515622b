//! A pause that no fact of the application depends on.

use std::time::Duration;

/// For listeners alone, while the system lets them accept nothing.
#[expect(
    clippy::disallowed_methods,
    reason = "a listener that may accept nothing has no deadline to wait for"
)]
pub(crate) async fn pause(span: Duration) {
    tokio::time::sleep(span).await;
}

/// What a future comes to, and how much of a test's simulated time it took.
#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tokio's time is a test's simulated time")]
pub(crate) async fn timed<T>(future: impl Future<Output = T>) -> (T, Duration) {
    let begun = tokio::time::Instant::now();
    let outcome = future.await;
    (outcome, begun.elapsed())
}
