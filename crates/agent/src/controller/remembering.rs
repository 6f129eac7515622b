//! What goes into the history, and what comes out of it.

use glowjar_ims::Technical;
use glowjar_lifecycle::{failure::Failure, id::ProfileId, status::Trouble};

use super::Controller;
use crate::{
    history::{self, Entry},
    view::{HistoryView, Language, SpanView},
    words,
};

impl Controller {
    pub(super) fn note(&mut self, profile: ProfileId, entry: Entry) {
        self.history.note(self.clock.now(), Some(profile), entry);
    }

    pub(super) fn note_failure(
        &mut self,
        profile: ProfileId,
        failure: Failure,
        technical: &Technical,
    ) {
        let trouble = match failure {
            Failure::Transient { cause, .. } => Trouble::Transient(cause),
            Failure::Permanent(cause) => Trouble::Rejected(cause),
        };
        let code = words::trouble(Language::En, trouble, "").code.to_owned();
        let parts = [technical.status.map(|status| status.to_string()), technical.error.clone()];
        let detail = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let detail = (!detail.is_empty()).then_some(detail);
        self.note(profile, Entry::Failed { code, detail, times: 1 });
    }

    pub(super) fn strip_of(&self, profile: ProfileId, since: i64) -> HistoryView {
        let now = self.clock.now();
        let token = self.engine.status(profile, now).and_then(|status| status.token);
        let current = token.map(|token| SpanView {
            from: token.validity.issued_at.as_millis(),
            to: token.validity.expires_at.as_millis(),
        });
        let config = self.profiles.get(&profile);
        let provider = config.map(|it| it.provider_label(self.language)).unwrap_or_default();
        let span = (since.min(now.as_millis()), now.as_millis());
        history::strip(self.history.of(profile), current, span, &provider, self.language)
    }
}
