//! Several desktop sessions of one person. One Glowjar holds the [lock](crate::folder_lock) and does the work, the
//! *leader*; each of the others is a *follower*: a tray and a window that show what the leader's show, and that ask the
//! leader for everything. What a person copies or opens in a session appears in that session.

#[cfg_attr(not(unix), allow(dead_code, reason = "nobody follows where there is no leader"))]
mod desks;
mod follower;
#[cfg(unix)]
mod leader;
mod protocol;
mod stream;

use std::fmt;

use tokio::sync::watch;

#[cfg(unix)]
pub use self::leader::Leader;
pub use self::{
    desks::Desks,
    follower::{Follower, News},
};
use crate::{
    agent::Agent,
    request::{Reply, Request},
    tray::Click,
};

/// What this process does, and so who answers its window and tray.
#[derive(Clone, Debug)]
pub enum Side {
    Leading(Agent),
    Following(Follower),
}

/// Window and tray ask here, whichever side this process is on at the moment. Cheap to clone.
#[derive(Clone)]
pub struct Front {
    side: watch::Sender<Option<Side>>,
}

impl fmt::Debug for Front {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Front")
    }
}

impl Default for Front {
    fn default() -> Self {
        Self { side: watch::Sender::new(None) }
    }
}

impl Front {
    /// From now on, requests and clicks go there.
    pub fn turn_to(&self, side: Side) {
        self.side.send_replace(Some(side));
    }

    /// The controller in this process, if it leads.
    #[must_use]
    pub fn agent(&self) -> Option<Agent> {
        match &*self.side.borrow() {
            Some(Side::Leading(agent)) => Some(agent.clone()),
            Some(Side::Following(_)) | None => None,
        }
    }

    /// Asks and waits for the answer; at the very start, until it is known which side this is.
    pub async fn ask(&self, request: Request) -> Reply {
        let mut sides = self.side.subscribe();
        let side = match sides.wait_for(Option::is_some).await {
            Ok(side) => side.clone(),
            Err(_) => None,
        };
        match side {
            Some(Side::Leading(agent)) => agent.ask(request).await,
            Some(Side::Following(follower)) => follower.ask(request).await,
            None => protocol::not_linked(crate::view::Language::En),
        }
    }

    /// Passes on a click in the tray's menu.
    pub fn click(&self, click: Click) {
        match &*self.side.borrow() {
            Some(Side::Leading(agent)) => agent.click(click),
            Some(Side::Following(follower)) => follower.click(click),
            None => {}
        }
    }
}
