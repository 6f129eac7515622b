//! A pause that no fact of the application depends on.

use std::time::Duration;

/// For listeners alone, while the system lets them accept nothing.
pub(crate) async fn pause(span: Duration) {
    tokio::time::sleep(span).await;
}
