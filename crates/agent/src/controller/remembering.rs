//! What comes out of the history.

use glowjar_lifecycle::id::ProfileId;

use super::core::Core;
use crate::{
    history,
    view::{HistoryView, SpanView},
};

pub(super) fn strip_of(core: &Core, profile: ProfileId, since: i64) -> HistoryView {
    let now = core.clock.now();
    let token = core.engine.status(profile, now).and_then(|status| status.token);
    let current = token.map(|token| SpanView {
        from: token.validity.issued_at.as_millis(),
        to: token.validity.expires_at.as_millis(),
    });
    let config = core.profiles.get(&profile);
    let provider = config.map(|it| it.provider_label(core.language)).unwrap_or_default();
    let span = (since.min(now.as_millis()), now.as_millis());
    history::strip(core.journal.history.of(profile), current, span, &provider, core.language)
}
