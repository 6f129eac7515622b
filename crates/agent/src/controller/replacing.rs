//! Another client secret in the place of the one in use, without a moment in which the profile could not work: the new one
//! is tried before anything is stored, the old one stays as the standby until the provider refuses it, and only then goes.
//! Whoever dies in between leaves a credential that works. One that was refused already makes room for the new one. And a
//! word when it is time.

use std::collections::{BTreeMap, BTreeSet};

use glowjar_ims::{ClientSecret, RequestError};
use glowjar_lifecycle::{
    failure::{Failure, Permanent, Transient},
    id::ProfileId,
    input::{Change, KeychainTrouble, SecretSlot},
    status::Trouble,
    time::{Step, Timestamp},
};
use jiff::tz::TimeZone;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::oneshot;

use super::core::Core;
use crate::{
    crash_points,
    credential::Credential,
    draft,
    draft::{Parsed, ParsedProfile},
    event::{Event, FollowUp, SecretTrial, Verdict},
    joining,
    local_time::local_day,
    localization::FieldError,
    notices::{Button, Notice, Urgency},
    profile::{Edit, Profile},
    profile_view,
    request::{Field, FieldTrouble, Reply},
    secret_life::{Reminder, ReplaceBy},
    secret_store::Secrets,
    texts,
    timed::{Due, Timed},
    token_requests::Prepared,
    tray::Click,
    view::{NoticesWanted, Preset, ReplaceByView, SecretStep},
};

/// When to remind of which profile's secret.
#[derive(Default)]
pub(super) struct Replacing {
    reminders: BTreeMap<ProfileId, Timestamp>,
    /// Of which profiles a reminder may still be on the screen.
    shown: BTreeSet<ProfileId>,
}

impl Timed for Replacing {
    fn deadline(&self) -> Option<Timestamp> {
        self.reminders.values().min().copied()
    }

    /// A day in the calendar stays that day.
    fn shift(&mut self, _step: Step) {}

    fn on_time(&mut self, now: Timestamp) -> Option<Due> {
        self.reminders.values().any(|at| *at <= now).then_some(Due::SecretReminded)
    }
}

impl Replacing {
    pub(super) fn begin(&mut self, core: &Core) {
        for profile in core.profiles.iter() {
            self.plan_reminder(core, profile.id);
        }
    }

    /// The profile or its plan has changed.
    pub(super) fn plan_reminder(&mut self, core: &Core, profile: ProfileId) {
        let config = core.profiles.get(&profile).filter(|config| config.mints_with_a_secret());
        match config.and_then(|config| config.secret_life.reminder_at()) {
            Some(at) => self.reminders.insert(profile, at),
            None => self.reminders.remove(&profile),
        };
        let is_told = config.is_some_and(|config| config.secret_life.reminded.is_some());
        if !is_told && self.shown.remove(&profile) {
            core.host.shell.withdraw(&notice_id(profile));
        }
    }

    pub(super) fn plan(
        &mut self,
        core: &mut Core,
        profile: ProfileId,
        replace_by: Option<ReplaceByView>,
        reply: oneshot::Sender<Reply>,
    ) {
        let now = core.clock.now();
        let plan = match replace_by.map(|view| ReplaceBy::parse(view, now)) {
            None => None,
            Some(Some(plan)) => Some(plan),
            Some(None) => return invalid(core, Field::ReplaceBy, "replace_by", reply),
        };
        core.change_profile(profile, reply, |config| config.secret_life.plan(plan, now));
        self.plan_reminder(core, profile);
    }

    pub(super) fn remind(&mut self, core: &mut Core, now: Timestamp) {
        let due: Vec<ProfileId> =
            self.reminders.iter().filter(|(_, at)| **at <= now).map(|(id, _)| *id).collect();
        for profile in due {
            self.reminders.remove(&profile);
            let Some(config) = core.profiles.get(&profile) else { continue };
            let Some((reminder, at)) =
                config.secret_life.reminder(now).zip(config.secret_life.due())
            else {
                continue;
            };
            if core.preferences.choices.notices != NoticesWanted::None {
                core.host.shell.raise(&notice(core, config, reminder, at, now));
                self.shown.insert(profile);
            }
            let told = core.profiles.change(|list| {
                if let Some(config) = list.get_mut(profile) {
                    config.secret_life.reminded = Some(reminder);
                }
            });
            match told {
                Ok(()) => self.plan_reminder(core, profile),
                // Told again after the next start.
                Err(error) => tracing::warn!(event = "reminder_not_kept", %error),
            }
        }
    }
}

fn notice(
    core: &Core,
    config: &Profile,
    reminder: Reminder,
    at: Timestamp,
    now: Timestamp,
) -> Notice {
    let id = match reminder {
        Reminder::Ahead => "notice-secret_ahead",
        Reminder::Due => "notice-secret_due",
    };
    let day = local_day(at.as_millis(), now, &TimeZone::system(), core.language);
    let said = core.language.tell(id, &[("name", config.name.as_str()), ("day", &day)]);
    Notice {
        id: notice_id(config.id),
        title: said.headline,
        body: said.advice,
        urgency: Urgency::Normal,
        buttons: vec![Button { label: core.language.say("tray-open"), click: Click::OpenWindow }],
    }
}

fn notice_id(profile: ProfileId) -> String {
    format!("secret-{profile}")
}

/// Asks for a token with the new secret. Nothing is stored before there is one.
pub(super) fn replace(
    core: &Core,
    profile: ProfileId,
    typed: &SecretString,
    reply: oneshot::Sender<Reply>,
) {
    let (config, before) = match standing(core, profile) {
        Ok(standing) => standing,
        Err(why) => return core.refuse(reply, why, &[]),
    };
    let line = secret_of_line(config, typed);
    let secret = match draft::parse_client_secret(line.as_ref().unwrap_or(typed)) {
        Ok(secret) => secret,
        Err(error) => return invalid_with(core, Field::ClientSecret, &error, reply),
    };
    // One that the provider takes no longer is nothing to fall back on, and may be taken again.
    let in_use = (!is_lost(core, profile)).then(|| slot_in_use(core, profile));
    let old = in_use.and_then(|slot| of_slot(&before, slot));
    if old.is_some_and(|old| old.expose() == secret.expose()) {
        return invalid(core, Field::ClientSecret, "secret_in_use", reply);
    }
    // A desk that was let in again.
    let word = Some(secret.clone()).filter(|secret| joining::joins(config, secret));
    let next = Credential {
        // The old one is known to nobody any more.
        standby_secret: old.filter(|_| word.is_none()).cloned(),
        client_secret: if word.is_some() { joining::own_secret() } else { Some(secret) },
        ..before.clone()
    };
    let config = config.clone();
    let trial = SecretTrial { config, before, is_made: false, sent: core.requests.now() };
    try_out(core, trial, next, word, reply);
}

/// Asks for a token with the secret that was made by the console's API. The one in use becomes the standby.
pub(super) fn try_made(core: &Core, profile: ProfileId, reply: oneshot::Sender<Reply>) {
    let (config, before) = match standing(core, profile) {
        Ok(standing) => standing,
        Err(why) => return core.refuse(reply, why, &[]),
    };
    if before.step(config.console.as_ref()) != SecretStep::TryMade {
        return core.refuse(reply, "changed_meanwhile", &[]);
    }
    let old = before.client_secret.clone().filter(|_| !is_lost(core, profile));
    let next = Credential {
        client_secret: before.standby_secret.clone(),
        standby_secret: old,
        ..before.clone()
    };
    let config = config.clone();
    let trial = SecretTrial { config, before, is_made: true, sent: core.requests.now() };
    try_out(core, trial, next, None, reply);
}

fn try_out(
    core: &Core,
    trial: SecretTrial,
    next: Credential,
    word: Option<ClientSecret>,
    reply: oneshot::Sender<Reply>,
) {
    let Some(prepared) = prepare(core, &trial.config, &next, SecretSlot::Primary) else {
        let _ = reply.send(unreachable(core, &trial.config));
        return;
    };
    let trial = Box::new(trial);
    let (client, clock) = (core.client.clone(), core.clock.clone());
    core.tasks.start(None, async move {
        let joined = match &word {
            Some(word) => prepared.join(&client, word).await,
            None => Ok(()),
        };
        let outcome = match joined {
            Ok(()) => prepared.send(&client, clock.now()).await,
            Err(error) => Err(error),
        };
        let verdict = outcome.map(|issued| Some((next, Box::new(issued))));
        Event::SecretTried { trial, verdict, reply }
    });
}

/// A keeper's admin sends a whole line.
fn secret_of_line(config: &Profile, typed: &SecretString) -> Option<SecretString> {
    let is_line = config.source.preset == Preset::Keeper;
    let understood = is_line.then(|| glowjar_import::understand(typed.expose_secret()))?;
    understood.ok()?.client_secret
}

/// Asks for a token with the old secret. Once the provider refuses it, and takes the other one, it goes.
pub(super) fn confirm_gone(core: &Core, profile: ProfileId, reply: oneshot::Sender<Reply>) {
    let (config, before) = match standing(core, profile) {
        Ok(standing) => standing,
        Err(why) => return core.refuse(reply, why, &[]),
    };
    if before.standby_secret.is_none() {
        return core.refuse(reply, "no_old_secret", &[]);
    }
    let prepared = |slot| prepare(core, config, &before, slot);
    let Some((primary, standby)) = prepared(SecretSlot::Primary).zip(prepared(SecretSlot::Standby))
    else {
        let _ = reply.send(unreachable(core, config));
        return;
    };
    let alone = |secret: &Option<ClientSecret>| Credential {
        client_secret: secret.clone(),
        standby_secret: None,
        ..before.clone()
    };
    let (only_primary, only_standby) =
        (alone(&before.client_secret), alone(&before.standby_secret));
    let primary_was_refused = slot_in_use(core, profile) == SecretSlot::Standby;
    let config = config.clone();
    let sent = core.requests.now();
    let trial = Box::new(SecretTrial { config, before, is_made: false, sent });
    let (client, clock) = (core.client.clone(), core.clock.clone());
    core.tasks.start(None, async move {
        let of_standby = standby.send(&client, clock.now()).await;
        let verdict = match of_standby {
            Err(error) if is_rejected(&error) => {
                let of_primary = primary.send(&client, clock.now()).await;
                of_primary.map(|issued| Some((only_primary, Box::new(issued))))
            }
            Err(error) => Err(error),
            // Perhaps the other one was deleted.
            Ok(issued) if primary_was_refused => match primary.send(&client, clock.now()).await {
                Err(error) if is_rejected(&error) => Ok(Some((only_standby, Box::new(issued)))),
                Err(error) => Err(error),
                Ok(_) => Ok(None),
            },
            Ok(_) => Ok(None),
        };
        Event::SecretTried { trial, verdict, reply }
    });
}

/// Leaves what is to be stored to those who store.
pub(super) fn tried(
    core: &mut Core,
    trial: SecretTrial,
    verdict: Verdict,
    reply: oneshot::Sender<Reply>,
) {
    crash_points::pass("secret-tried");
    let SecretTrial { config, before, is_made, sent } = trial;
    let (credential, issued) = match verdict {
        Ok(Some(found)) => found,
        Ok(None) => return core.refuse(reply, "old_secret_works", &[]),
        Err(error) => {
            let name = config.name.as_str();
            tracing::warn!(event = "secret_refused", name, failure = ?error.failure, technical = %error.technical);
            let refused = if is_made && is_rejected(&error) {
                not_yet_taken(core, &error)
            } else {
                refusal(core, &config, &error)
            };
            let _ = reply.send(refused);
            return;
        }
    };
    let is_as_before = standing(core, config.id)
        .is_ok_and(|(now, held)| now.asks_like(&config) && held.has_secrets_of(&before));
    if !is_as_before {
        return core.refuse(reply, "changed_meanwhile", &[]);
    }
    tracing::info!(event = "secret_accepted", name = config.name.as_str());
    let step = core.requests.step_since(sent);
    let secrets = Secrets::granted(credential.clone(), *issued, step, None);
    let parsed = Parsed {
        profile: ParsedProfile::Edited(config.id, Edit::default()),
        credential,
        keeps_refresh_token: false,
        change: Some(Change::Credential),
        one_time_word: None,
        may_stay_in_memory: false,
    };
    core.tasks.then(FollowUp::Granted(Box::new((parsed, secrets)), reply));
}

/// The profile, and what it has to ask with.
pub(super) fn standing(
    core: &Core,
    profile: ProfileId,
) -> Result<(&Profile, Credential), &'static str> {
    let config = core.profiles.get(&profile).ok_or("unknown_profile")?;
    if !config.mints_with_a_secret() {
        return Err("no_secret_to_replace");
    }
    let held = core.secret_store.secrets(profile).map(|held| held.credential.clone());
    // What can't be read whole is nothing.
    let held = held.or_else(|| is_lost(core, profile).then(Credential::default));
    Ok((config, held.ok_or("keychain_closed")?))
}

/// Whether the profile has no secret that works: the provider refuses what there is, or nothing is there.
fn is_lost(core: &Core, profile: ProfileId) -> bool {
    let is_keeper_s =
        core.profiles.get(&profile).is_some_and(|it| it.source.preset == Preset::Keeper);
    match core.status(profile).and_then(|status| status.trouble) {
        Some(
            Trouble::Rejected(Permanent::SecretRejected)
            | Trouble::SecretMissing
            | Trouble::Keychain(KeychainTrouble::Incomplete),
        ) => true,
        // The keeper knows this desk no longer.
        Some(Trouble::Rejected(Permanent::ClientRejected)) => is_keeper_s,
        _ => false,
    }
}

/// Which secret the provider was last seen to take.
pub(super) fn slot_in_use(core: &Core, profile: ProfileId) -> SecretSlot {
    core.status(profile).map_or(SecretSlot::Primary, |status| status.secret)
}

pub(super) const fn of_slot(credential: &Credential, slot: SecretSlot) -> Option<&ClientSecret> {
    match slot {
        SecretSlot::Primary => credential.client_secret.as_ref(),
        SecretSlot::Standby => credential.standby_secret.as_ref(),
    }
}

fn prepare(
    core: &Core,
    config: &Profile,
    credential: &Credential,
    slot: SecretSlot,
) -> Option<Prepared> {
    let secrets = Secrets { credential: credential.clone(), ..Secrets::default() };
    Prepared::new(config, &secrets, slot, config.provider(core.sandbox.url.as_ref())?)
}

fn is_rejected(error: &RequestError) -> bool {
    matches!(error.failure, Failure::Permanent(Permanent::SecretRejected))
}

fn refusal(core: &Core, config: &Profile, error: &RequestError) -> Reply {
    let trouble = match error.failure {
        Failure::Transient { cause, .. } => Trouble::Transient(cause),
        Failure::Permanent(cause) => Trouble::Rejected(cause),
    };
    let technical = profile_view::technical_view(Some(core.clock.now()), &error.technical);
    let label = config.provider_label(core.language);
    let works = !is_lost(core, config.id);
    let words = texts::secret_trial(core.language, trouble, &label, works);
    Reply::Refused { trouble: words.with_technical(technical), anyway: None }
}

/// A secret that was made a moment ago need not be known everywhere yet.
fn not_yet_taken(core: &Core, error: &RequestError) -> Reply {
    let technical = profile_view::technical_view(Some(core.clock.now()), &error.technical);
    let trouble = texts::not_yet_taken(core.language).with_technical(technical);
    Reply::Refused { trouble, anyway: None }
}

fn unreachable(core: &Core, config: &Profile) -> Reply {
    let failure = Failure::transient(Transient::Connect);
    refusal(core, config, &RequestError { failure, technical: Box::default(), skew: None })
}

fn invalid(core: &Core, field: Field, why: &'static str, reply: oneshot::Sender<Reply>) {
    invalid_with(core, field, &FieldError::new(why), reply);
}

fn invalid_with(core: &Core, field: Field, why: &FieldError, reply: oneshot::Sender<Reply>) {
    let message = why.say(core.language);
    let _ =
        reply.send(Reply::Invalid { fields: vec![FieldTrouble { field, message, cause: None }] });
}
