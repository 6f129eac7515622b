//! What happens on the desktop around Glowjar and matters to it.

use glowjar_agent::controller::{Agent, Happening};
use tokio::sync::mpsc;

/// Says so, and opens the window, where no panel shows the tray icon.
#[cfg(target_os = "linux")]
pub fn watch_for_a_panel(agent: Agent, shows: mpsc::Sender<()>) {
    use crate::{banners, tray_host};

    tokio::spawn(async move {
        let watched = tray_host::watch(|is_shown| {
            tracing::info!(event = if is_shown { "tray_shown" } else { "tray_not_shown" });
            if is_shown {
                agent.tell(Happening::BannerCleared { code: banners::NO_TRAY.into() });
            } else {
                let language = agent.snapshot().language;
                agent.tell(Happening::BannerRaised(banners::no_tray(None, language)));
                let _ = shows.try_send(());
            }
        });
        if let Err(error) = watched.await {
            tracing::info!(%error, "no session bus to look for a panel");
        }
    });
}

/// Has the keychain asked again when it may have been unlocked.
#[cfg(target_os = "linux")]
pub fn watch_the_keychain(agent: Agent) {
    tokio::spawn(async move {
        let watched = crate::keychain::stirring::watch(|| agent.tell(Happening::KeychainStirred));
        if let Err(error) = watched.await {
            tracing::info!(%error, "no session bus to watch the keychain on");
        }
    });
}

/// Tells when the screen is locked and unlocked.
#[cfg(target_os = "linux")]
pub fn watch_the_screen(agent: Agent) {
    use crate::presence::screen::{Said, watch};

    tokio::spawn(watch(move |said| {
        tracing::info!(event = "screen", ?said);
        agent.tell(match said {
            Said::Works(works) => Happening::ScreenLockWatched { works },
            Said::Locked => Happening::ScreenLocked,
            Said::Unlocked => Happening::ScreenUnlocked,
        });
    }));
}

/// Has profiles that wait for the network try again when it may be back.
pub fn watch_the_network(agent: Agent) {
    tokio::spawn(async move {
        let watched = crate::network::watch(|| {
            tracing::info!(event = "network_changed");
            agent.tell(Happening::Woke);
        });
        if let Err(error) = watched.await {
            tracing::warn!(%error, "the system does not tell when the network is back");
        }
    });
}

#[cfg(not(target_os = "linux"))]
pub fn watch_for_a_panel(_: Agent, _: mpsc::Sender<()>) {}

#[cfg(not(target_os = "linux"))]
pub fn watch_the_keychain(_: Agent) {}

#[cfg(not(target_os = "linux"))]
pub fn watch_the_screen(agent: Agent) {
    agent.tell(Happening::ScreenLockWatched { works: false });
}
