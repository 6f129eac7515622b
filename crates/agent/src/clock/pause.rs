//! A pause that no fact of the application depends on.

use std::time::Duration;

/// For listeners alone, while the system lets them accept nothing.
pub(crate) async fn pause(span: Duration) {
    tokio::time::sleep(span).await;
}

/// What a future comes to, and how much of a test's simulated time it took.
#[cfg(test)]
pub(crate) async fn timed<T>(future: impl Future<Output = T>) -> (T, Duration) {
    let begun = tokio::time::Instant::now();
    let outcome = future.await;
    (outcome, begun.elapsed())
}
