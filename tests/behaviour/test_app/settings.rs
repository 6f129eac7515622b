//! The settings page, as a person changes one thing on it.

use glowjar_agent::{
    request::{Reply, Request},
    view::Choices,
};

use super::TestApp;

impl TestApp {
    /// Sends the settings as they are, but for what `change` does to them.
    pub async fn change_settings(&self, change: impl FnOnce(&mut Choices)) -> Reply {
        let from = self.barrier().await.settings.choices;
        let mut to = from.clone();
        change(&mut to);
        self.ask(Request::ChangeSettings { from, to }).await
    }
}
