//! What a Glowjar does while another one of the same person renews: it follows that one, until it ends.

use std::thread;

use glowjar_agent::{
    folder_lock::Waiting,
    link::{Follower, News, Side},
    preferences::Preferences,
    view::{BannerView, Language, Snapshot},
};
use tokio::{runtime::Handle, sync::oneshot};

use crate::leading::{self, Leading};

/// Follows, and leads as soon as the other one has ended. Must be called within the runtime.
pub fn follow(this: Leading, waiting: Waiting, troubles: Vec<BannerView>, language: Language) {
    tracing::info!(event = "another_leads", version = env!("CARGO_PKG_VERSION"));
    let settings = Preferences::default().view(&this.folders.known_to_the_agent());
    let unlinked =
        Snapshot { language, ..Snapshot::empty(env!("CARGO_PKG_VERSION").into(), settings) };
    let ending = this.ending.clone();
    let on_news = move |news| match news {
        News::SameDisplay => {
            tracing::info!(event = "same_display");
            ending.begin(0);
        }
    };
    let follower = Follower::start(
        this.folders.data.clone(),
        this.desk.clone(),
        unlinked,
        leading::display(),
        on_news,
    );
    this.front.turn_to(Side::Following(follower.clone()));
    let (taken, lock) = oneshot::channel();
    let waits = thread::Builder::new().name("lock".to_owned()).spawn(move || {
        let _ = taken.send(waiting.wait());
    });
    if let Err(error) = waits {
        tracing::error!(event = "not_waiting", %error);
    }
    Handle::current().spawn(async move {
        match lock.await {
            Ok(Ok(lock)) => {
                tracing::info!(event = "takes_over");
                follower.end();
                leading::lead(this, Some(lock), troubles);
            }
            // The other one is followed for as long as this process runs.
            Ok(Err(error)) => tracing::error!(event = "not_waiting", %error),
            Err(_) => {}
        }
    });
}
