//! Locked, Glowjar renews as ever and gives nothing away: no hand-outs, no copies, no files.

use glowjar_handout::protocol::{Answer, Reason};

use super::Controller;
use crate::{
    handout::refused,
    view::{Action, BannerView, Level},
};

impl Controller {
    /// Programs can lock, and only a person at the window unlocks: otherwise each program could do it for itself.
    pub(super) fn lock(&mut self, locked: bool) {
        if std::mem::replace(&mut self.locked, locked) == locked {
            return;
        }
        tracing::info!(event = if locked { "locked" } else { "unlocked" });
        self.banners.retain(|banner| banner.code != LOCKED);
        if locked {
            let said = self.language.tell("banner-locked", &[]);
            self.banners.push(BannerView {
                code: LOCKED.to_owned(),
                level: Level::Off,
                headline: said.headline,
                advice: said.advice,
                action: Some(Action::Unlock),
                dismissible: false,
            });
            if self.clipboard.is_some() {
                self.clear_clipboard();
            }
        } else {
            for profile in self.order.clone() {
                self.supply(profile);
            }
        }
    }

    /// The refusal while it is locked.
    pub(super) fn refusal_while_locked(&self) -> Option<Answer> {
        let advice = "Unlock it in its window.";
        self.locked.then(|| refused(Reason::Person, LOCKED, HEADLINE, advice))
    }
}

const LOCKED: &str = "locked";
const HEADLINE: &str = "Glowjar is locked";
