//! What changed is shown after each event. What did not is neither made anew nor compared, so that an event costs the
//! same with one profile and with thousands.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use glowjar_ims::Endpoint;
use glowjar_lifecycle::{
    id::ProfileId,
    status::{Phase, Trouble},
    time::Timestamp,
};
use jiff::{civil::Date, tz::TimeZone};
use tokio::sync::watch;

use super::core::Core;
use crate::{
    local_time::{local, local_day, local_time},
    notices::{NoticeState, Notices, Telling},
    profile::{Foretold, Refused},
    profile_view,
    tray::TrayView,
    view::{
        ClipboardView, Language, NoticesWanted, ProfileView, ProfileViews, QuestionView,
        SettingsView, SignInView, Snapshot, UndoView,
    },
};

/// What window, tray and notices were told, and of each profile what they were made from.
pub(super) struct Publisher {
    published: watch::Sender<Snapshot>,
    tray: Option<Tray>,
    notices: Notices,
    shown: HashMap<ProfileId, Shown>,
    /// All of [`Publisher::shown`], in a person's order.
    profiles: ProfileViews,
    /// With what everything shown was made.
    basis: Option<Basis>,
    /// With which choice the notices were told.
    notices_wanted: NoticesWanted,
    /// Profiles that were looked at since they were asked for.
    changed: BTreeSet<ProfileId>,
}

/// What features show of themselves.
pub(super) struct Parts {
    pub questions: Vec<QuestionView>,
    pub clipboard: Option<ClipboardView>,
    pub sign_in: Option<SignInView>,
    pub undo: Option<UndoView>,
    pub settings: SettingsView,
    pub programs_revision: u64,
}

/// What is shown of one profile.
#[derive(Debug, PartialEq)]
pub(super) struct Shown {
    view: Arc<ProfileView>,
    standing: NoticeState,
}

impl Shown {
    pub(super) fn parts(&self) -> (&ProfileView, &NoticeState) {
        (&self.view, &self.standing)
    }
}

/// What goes into the view of every profile.
#[derive(Clone, Debug, PartialEq)]
struct Basis {
    language: Language,
    sandbox: Option<Endpoint>,
    default_profile: Option<ProfileId>,
    /// Of the list of profiles.
    revision: u64,
}

/// What the tray shows, and the day that it writes times for.
struct Tray {
    view: TrayView,
    day: Option<(Date, TimeZone)>,
}

impl Publisher {
    pub(super) fn new(published: watch::Sender<Snapshot>) -> Self {
        Self {
            published,
            tray: None,
            notices: Notices::default(),
            shown: HashMap::new(),
            profiles: ProfileViews::default(),
            basis: None,
            notices_wanted: NoticesWanted::All,
            changed: BTreeSet::new(),
        }
    }

    /// Tells window, tray and notices what has changed.
    pub(super) fn publish(&mut self, core: &mut Core, parts: Parts) {
        let now = core.clock.now();
        let tellings = self.show_changed_profiles(core, now);
        #[cfg(debug_assertions)]
        self.assert_that_nothing_is_stale(core, now);
        let snapshot = self.snapshot_with(core, parts, self.profiles.clone());
        let (looks_alike, is_same) = {
            let old = self.published.borrow();
            let looks_alike = snapshot.looks_like(&old);
            let is_same = looks_alike
                && snapshot.history_revision == old.history_revision
                && snapshot.programs_revision == old.programs_revision;
            (looks_alike, is_same)
        };
        if !is_same {
            let revision = snapshot.revision + 1;
            let snapshot = Snapshot { revision, ..snapshot };
            core.host.shell.publish(&snapshot);
            self.published.send_replace(snapshot);
        }
        self.show_tray(core, now, looks_alike);
        for telling in tellings {
            match telling {
                Telling::Raise(notice) => core.host.shell.raise(&notice),
                Telling::Withdraw(id) => core.host.shell.withdraw(&id),
            }
        }
    }

    /// Makes the views of those profiles anew that may have changed, and says what there is to tell of them.
    fn show_changed_profiles(&mut self, core: &mut Core, now: Timestamp) -> Vec<Telling> {
        let mut changed = core.runtimes.take_changed();
        changed.append(&mut core.profiles.take_changed());
        while let Some(profile) = core.engine.poll_changed() {
            changed.insert(profile);
        }
        let basis = Basis {
            language: core.language,
            sandbox: core.sandbox.url.clone(),
            default_profile: core.default_profile(),
            revision: core.profiles.revision(),
        };
        let mut is_other_list = false;
        if let Some(before) = &self.basis {
            if before.language != basis.language || before.sandbox != basis.sandbox {
                changed.extend(core.profiles.ids());
            }
            if before.default_profile != basis.default_profile {
                changed.extend(before.default_profile.into_iter().chain(basis.default_profile));
            }
            is_other_list = before.revision != basis.revision;
        }
        self.basis = Some(basis);
        let mut tellings = Vec::new();
        for &id in &changed {
            let shown = shown_of(core, id, now);
            match shown {
                Some(mut shown) => {
                    match self.shown.get(&id) {
                        // Shared on, so that nobody has to compare it.
                        Some(before) if before.view == shown.view => {
                            shown.view = Arc::clone(&before.view);
                        }
                        _ => is_other_list = true,
                    }
                    self.shown.insert(id, shown);
                }
                None => {
                    is_other_list |= self.shown.remove(&id).is_some();
                    tellings.append(&mut self.notices.gone(id));
                }
            }
        }
        if is_other_list {
            let shown = |id| self.shown.get(id).map(|shown| shown.view.clone());
            self.profiles = core.profiles.ids().iter().filter_map(shown).collect();
        }
        self.changed.extend(&changed);
        tellings.append(&mut self.notices_of(core, changed));
        tellings
    }

    /// The profiles that may be otherwise than when this was asked last, or `all`. One that is gone is shown no more.
    pub(super) fn take_changed(
        &mut self,
        all: bool,
    ) -> impl Iterator<Item = (ProfileId, Option<&Shown>)> {
        let mut changed = std::mem::take(&mut self.changed);
        if all {
            changed.extend(self.shown.keys());
        }
        let shown = &self.shown;
        changed.into_iter().map(|id| (id, shown.get(&id)))
    }

    fn notices_of(&mut self, core: &mut Core, mut changed: BTreeSet<ProfileId>) -> Vec<Telling> {
        let Publisher { notices, shown, notices_wanted, .. } = self;
        let wanted = core.preferences.choices.notices;
        if std::mem::replace(notices_wanted, wanted) != wanted {
            changed.extend(core.profiles.ids());
        }
        // In a person's order, if it is more than one.
        let ids: Vec<ProfileId> = match changed.len() {
            0 | 1 => changed.into_iter().collect(),
            _ => core.profiles.ids().iter().filter(|id| changed.contains(id)).copied().collect(),
        };
        let standings = ids.iter().filter_map(|id| Some(&shown.get(id)?.standing));
        for id in &ids {
            keep_refusal(core, *id);
        }
        let mut tellings = notices.tell(standings.clone(), wanted, core.language);
        let (now, language, zone) = (core.clock.now(), core.language, TimeZone::system());
        let day = |at: Timestamp| local_day(at.as_millis(), now, &zone, language);
        for standing in standings {
            let kept = core.profiles.get(&standing.profile).and_then(|profile| profile.foretold);
            let (telling, foretold) = notices.foretell(standing, kept, now, wanted, language, day);
            tellings.extend(telling);
            if foretold != kept {
                keep_foretold(core, standing.profile, foretold);
            }
        }
        tellings
    }

    /// Compares what is shown of some profiles with how it would be made anew. What is due this very moment will be
    /// looked at in a moment.
    #[cfg(debug_assertions)]
    fn assert_that_nothing_is_stale(&self, core: &Core, now: Timestamp) {
        const SOME: usize = 8;
        if core.engine.poll_timeout().is_some_and(|wakeup| wakeup.at <= now) {
            return;
        }
        let shown = self.profiles.as_slice();
        let is_there = |id: &&ProfileId| core.engine.status(**id, now).is_some();
        let ids = core.profiles.ids().iter().filter(is_there).take(SOME);
        for (place, id) in ids.enumerate() {
            let fresh = shown_of(core, *id, now);
            debug_assert_eq!(self.shown.get(id), fresh.as_ref(), "stale");
            debug_assert_eq!(shown.get(place), fresh.map(|fresh| fresh.view).as_ref(), "stale");
        }
    }

    /// The tray writes times as of today, so it changes with the day as well.
    fn show_tray(&mut self, core: &Core, now: Timestamp, looks_alike: bool) {
        let zone = TimeZone::system();
        let day = local(now.as_millis(), &zone).map(|now| (now.date(), zone.clone()));
        if looks_alike && self.tray.as_ref().is_some_and(|tray| tray.day == day) {
            return;
        }
        let view = {
            let snapshot = self.published.borrow();
            TrayView::new(&snapshot, |at| local_time(at, now, &zone, core.language))
        };
        if self.tray.as_ref().is_none_or(|tray| tray.view != view) {
            core.host.shell.show_tray(&view);
        }
        self.tray = Some(Tray { view, day });
    }

    /// How everything is now, made anew: at this moment a token may have ended that nothing has looked at yet.
    pub(super) fn snapshot(&self, core: &Core, parts: Parts) -> Snapshot {
        let now = core.clock.now();
        let ids = core.profiles.ids().iter();
        let shown = ids.filter_map(|id| shown_of(core, *id, now));
        self.snapshot_with(core, parts, shown.map(|shown| shown.view).collect())
    }

    fn snapshot_with(&self, core: &Core, parts: Parts, profiles: ProfileViews) -> Snapshot {
        Snapshot {
            revision: self.published.borrow().revision,
            version: core.host.version.clone(),
            profiles,
            banners: core.banners.clone(),
            questions: parts.questions,
            clipboard: parts.clipboard,
            sandbox: core.sandbox.url.as_ref().map(ToString::to_string),
            language: core.language,
            theme: core.preferences.choices.theme,
            settings: parts.settings,
            default_profile: core.default_profile().map(|profile| profile.to_string()),
            sign_in: parts.sign_in.map(Box::new),
            undo: parts.undo,
            history_revision: core.journal.history.revision(),
            programs_revision: parts.programs_revision,
        }
    }
}

fn keep_foretold(core: &mut Core, profile: ProfileId, foretold: Option<Foretold>) {
    let kept = core.profiles.change(|list| {
        if let Some(profile) = list.get_mut(profile) {
            profile.foretold = foretold;
        }
    });
    if let Err(error) = kept {
        tracing::warn!(event = "foretold_not_kept", %error);
    }
}

/// Kept until there is a token that came after it, or for a halt, one that may be handed out.
fn keep_refusal(core: &mut Core, profile: ProfileId) {
    let status = core.status(profile);
    let Some((status, config)) = status.zip(core.profiles.get(&profile)) else { return };
    let is_handed_out = status.token.is_some_and(|token| token.live);
    let refused = Refused {
        cause: match (status.trouble, status.phase) {
            (Some(Trouble::Rejected(cause)), _) => Some(cause),
            (None, Phase::Holding) => None,
            _ => config.refused.cause,
        },
        halted: config.refused.halted.clone().filter(|_| !is_handed_out),
    };
    if config.refused == refused {
        return;
    }
    let kept = core.profiles.change(|list| {
        if let Some(config) = list.get_mut(profile) {
            config.refused = refused;
        }
    });
    if let Err(error) = kept {
        tracing::warn!(event = "refusal_not_kept", %error);
    }
}

fn shown_of(core: &Core, id: ProfileId, now: Timestamp) -> Option<Shown> {
    let (profile, status) = (core.profiles.get(&id)?, core.engine.status(id, now)?);
    let view = Arc::new(core.view_of(profile, &status));
    Some(Shown { view, standing: profile_view::standing(profile, &status, core.language) })
}
